"""Only ``words.numbers`` formats decimals, exponents and percentages for people."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.structure import MODULES, REPOSITORY

ALLOWED = {
    "digitlab.words.numbers",
    "digitlab.training.config",  # errors about the typed learning rate; training cannot import words
    "digitlab.training.watcher",
    "digitlab.gui.widgets.fields",  # what is typed into a field, which is read back
}

_DECIMALS = re.compile(r"\.\d+|[fgeFGE%]$")


def _formats(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for part, after in zip(node.values, [*node.values[1:], ast.Constant("")], strict=True):
                if not isinstance(part, ast.FormattedValue):
                    continue
                spec = "".join(
                    entry.value for entry in getattr(part.format_spec, "values", []) if isinstance(entry, ast.Constant)
                )
                is_date = "%" in spec and not spec.endswith("%")
                if _DECIMALS.search(spec) and not is_date:
                    yield node.lineno, f"{{:{spec}}}"
                if isinstance(after, ast.Constant) and str(after.value).lstrip(" \N{NO-BREAK SPACE}").startswith("%"):
                    yield node.lineno, "{} %"
        elif (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Mod)
            and isinstance(getattr(node.left, "value", None), str)
        ):
            yield node.lineno, "% formatting"


def test_one_module_formats_numbers():
    found = [
        f"{Path(path).relative_to(REPOSITORY)}:{line}: {what}"
        for name, path in MODULES.items()
        if name not in ALLOWED
        for line, what in _formats(ast.parse(path.read_text("utf-8")))
    ]
    assert not found, "\n".join(found)
