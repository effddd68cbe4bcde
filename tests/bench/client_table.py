"""The client library's targets: what others were measured at, hiredis and ours beside each cluster."""

from dataclasses import dataclass, field


@dataclass
class ClientRow:
    measure: str
    unit: str
    limit: float
    at_least: bool = True         # Or at most.
    redis_plus_plus: str = "-"    # As quoted in the issue: Debian has no package of it.
    libvalkey: str = "-"
    hiredis: dict = field(default_factory=dict)  # Cluster -> figure, measured in this run.
    ours: dict = field(default_factory=dict)     # Cluster -> figure.

    @property
    def verdict(self):
        if not self.ours or None in self.ours.values():
            return "not measured"
        meets = all(value >= self.limit if self.at_least else value <= self.limit
                    for value in self.ours.values())
        return "met" if meets else "MISSED"

    @property
    def target(self):
        return f"{'>=' if self.at_least else '<='} {_figure(self.limit, self.unit)}"


def show(rows):
    clusters = list(dict.fromkeys(cluster for row in rows for cluster in row.ours))
    lines = [["client, per second of its CPU time", "redis++ *", "libvalkey *",
              *[f"{who} on {cluster}" for cluster in clusters for who in ("hiredis", "ours")], "target", ""]]
    for row in rows:
        figures = [_figure(of.get(cluster), row.unit) for cluster in clusters for of in (row.hiredis, row.ours)]
        lines.append([row.measure, row.redis_plus_plus, row.libvalkey, *figures, row.target, row.verdict])
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        cells = [cell.ljust(width) if index in (0, len(line) - 1) else cell.rjust(width)
                 for index, (cell, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())
    print("* quoted: measured earlier against Redis 7.0.15, not in this run")


def _figure(value, unit):
    if value is None:
        return "-"
    if unit == "1/s":
        return f"{value / 1e6:.2f} M" if value >= 1e6 else f"{value / 1e3:.0f} k"
    return f"{value:.3g} {unit}".strip()
