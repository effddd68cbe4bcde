"""No function over 70 lines, no file over 500: a reader must be able to hold one in the head."""

import ast
import re
import subprocess

from check.files import ROOT, sources, without_noise

LONGEST_FUNCTION = 70
LONGEST_FILE = 500

# "path" or "path:function" -> why this one may be longer.
EXCEPTIONS = {}

_NOT_A_FUNCTION = re.compile(r"\b(?:namespace|class|struct|union|enum|extern)\b[^()]*$"
                             r"|(?<![=!<>])=(?!=)(?!.*\boperator)|^\s*$")
_MEMBER_INITIALIZER = re.compile(r"\)\s*(?:noexcept\s*)?:(?!:).*[\w>]\s*$", re.DOTALL)
_NO_CODE = re.compile(r"^[ \t]*(?:#.*(?:\\\n.*)*|(?:public|protected|private):)$", re.MULTILINE)
_BEFORE_A_BODY = re.compile(r"\b(?:const|noexcept|override|final|try|mutable)\s*$")


def cpp_functions(text):
    """Every (name, first line, lines) of the functions in C++ `text`, lambdas counted as a part of
    the function they stand in. The signature counts."""
    code = _NO_CODE.sub(lambda match: "\n" * match[0].count("\n"), without_noise(text))
    found, start, position = [], 0, 0
    while match := re.compile(r"[{};]").search(code, position):
        position = match.end()
        before = code[start:match.start()]
        if match[0] != "{":
            start = position
        elif _MEMBER_INITIALIZER.search(before) and not _BEFORE_A_BODY.search(before):
            position = _end_of_block(code, position)
        elif "(" in before and not _NOT_A_FUNCTION.search(before):
            end = _end_of_block(code, position)
            first = code.count("\n", 0, start + len(before) - len(before.lstrip())) + 1
            last = code.count("\n", 0, end) + 1
            found.append((_name_in(before), first, last - first + 1))
            start = position = end
        elif re.search(r"=\s*$|[\w>]\s*$", before) and not re.search(
                r"\b(?:namespace|class|struct|union|enum|extern)\b", before):
            start = position = _end_of_block(code, position)  # The initializer of a variable.
        else:
            start = position
    return found


def _end_of_block(code, position):
    """The position after the brace that closes the block whose inside begins at `position`."""
    depth = 1
    for brace in re.compile(r"[{}]").finditer(code, position):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.end()
    return len(code)


def _name_in(signature):
    names = re.findall(r"([~\w:]+|operator\s*\S+)\s*\(", signature)
    return names[0] if names else signature.strip()[:40]


def python_functions(text):
    return [(node.name, node.lineno, node.end_lineno - node.lineno + 1)
            for node in ast.walk(ast.parse(text))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def problems_in(path, text, functions):
    """What is too long in the file `path`, whose functions are `functions`."""
    lines = text.count("\n")
    if lines > LONGEST_FILE and str(path) not in EXCEPTIONS:
        yield f"{path}: {lines} lines; a file has at most {LONGEST_FILE}"
    for name, first, length in functions:
        if length > LONGEST_FUNCTION and f"{path}:{name}" not in EXCEPTIONS:
            yield (f"{path}:{first}: {name} has {length} lines; "
                   f"a function has at most {LONGEST_FUNCTION}")


def _scripts():
    listing = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard",
                              "scripts", "tests/*.py"], cwd=ROOT, capture_output=True, text=True,
                             check=True).stdout
    return [path for path in sorted(set(listing.splitlines())) if (ROOT / path).is_file()]


def check(_options):
    problems, lengths, function_lengths = [], {}, []
    for path in sources() + _scripts():
        text = (ROOT / path).read_text()
        read = (cpp_functions if str(path).endswith((".h", ".cc")) else
                python_functions if str(path).endswith(".py") else lambda _: [])
        functions = read(text)
        lengths[str(path)] = text.count("\n")
        function_lengths += [length for _, _, length in functions]
        problems += problems_in(path, text, functions)
    return problems, _summary(lengths, function_lengths)


def _summary(lengths, functions):
    longest = max(lengths, key=lengths.get)
    short = sum(length < 10 for length in functions)
    return (f"{len(lengths)} files of {sum(lengths.values()) / len(lengths):.0f} lines on average "
            f"(longest: {longest}, {lengths[longest]}), {len(functions)} functions of "
            f"{sum(functions) / len(functions):.1f} (under 10 lines: {100 * short // len(functions)} %, "
            f"longest: {max(functions)})")
