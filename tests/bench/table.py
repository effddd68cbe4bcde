"""One line for each target: both figures, their ratio, what was promised, whether it holds."""

from dataclasses import dataclass


@dataclass
class Row:
    measure: str
    unit: str
    reference: float | None  # None: the reference has no such figure.
    ours: float | None       # None: our server does not report it.
    limit: float
    of_reference: bool       # The limit is a part of the reference's figure, not a figure.

    @property
    def ratio(self):
        if self.ours is None or not self.reference:
            return None
        return self.ours / self.reference

    @property
    def verdict(self):
        value = self.ratio if self.of_reference else self.ours
        if value is None:
            return "not measured"
        return "met" if value <= self.limit else "MISSED"

    @property
    def target(self):
        return f"<= {self.limit:g} x" if self.of_reference else f"<= {self.limit:g} {self.unit}"


def show(rows, names):
    lines = [["measure", *names, "ratio", "target", ""]]
    for row in rows:
        lines.append([row.measure, _figure(row.reference, row.unit), _figure(row.ours, row.unit),
                      "-" if row.ratio is None else f"{row.ratio:.3f}", row.target, row.verdict])
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        print("  ".join(cell.ljust(width) if index in (0, 5) else cell.rjust(width)
                        for index, (cell, width) in enumerate(zip(line, widths))).rstrip())


def _figure(value, unit):
    if value is None:
        return "-"
    return f"{value:,.0f} {unit}" if value >= 1000 else f"{value:.4g} {unit}"
