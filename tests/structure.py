"""The structure of the package: rooms, the direction of imports between them, and what breaks the rules.

``python -m tests.structure`` prints it, and ends with 1 if anything breaks a rule; ``tests/unit/test_imports.py`` holds
the same rules. A room is a folder; in ``digitlab`` and in ``digitlab/gui`` a file that stands there alone is one too.
Imports under TYPE_CHECKING and within functions count like all others.
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

REPOSITORY: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = REPOSITORY / "digitlab"

FEATURES: Final = frozenset(
    f"gui.{name}"
    for name in [
        "draw",
        "inspect",
        "network",
        "train",
        "learning",
        "explain",
        "runs",
        "evaluate",
        "mydigits",
        "replay",
        "files",
        "lessons",
    ]
)
"""One feature a room."""

_SYSTEM: Final = frozenset({"system"})
_DATA: Final = _SYSTEM | {"data", "data.drawing", "data.files", "data.mine", "data.pictures"}
_MODEL: Final = _DATA | {"model", "model.files", "model.drafting"}
_CORE: Final = _MODEL | {"insight", "attribution", "embedding", "training", "training.examples", "evaluation", "runs"}
_LESSONS: Final = frozenset({"lessons", "lessons.measuring", "lessons.reading"})
_PARTS: Final = frozenset(
    {
        *("words", "gui.theme", "gui.messages", "gui.widgets", "gui.widgets.gallery", "gui.session"),
        *("gui.charts", "gui.maps"),
    }
)

_EXPLAIN: Final = frozenset(f"gui.explain.{name}" for name in ["sheets", "slide", "sandbox", "whatif", "why", "seeks"])

ALLOWED: Final[dict[str, frozenset[str]]] = {
    "": frozenset(),
    "system": frozenset(),
    "data.pictures": _SYSTEM | {"data", "data.drawing"},
    "data.drawing": _SYSTEM | {"data", "data.files", "data.pictures"},
    "data.files": _SYSTEM | {"data", "data.drawing"},
    "data.mine": _SYSTEM | {"data", "data.drawing", "data.files"},
    "data": _DATA,
    "model": _DATA,
    "model.files": _DATA | {"model"},
    "model.drafting": _DATA | {"model"},
    "insight": _MODEL,
    "attribution": _MODEL | {"insight"},
    "embedding": _MODEL | {"insight"},
    "training.examples": _MODEL | {"training"},
    "training": _MODEL | {"training.examples"},
    "evaluation": _MODEL,
    "runs": _MODEL | {"training"},
    "gui.theme": _SYSTEM,
    "gui.messages": _SYSTEM | {"gui.theme", "words"},
    "words": _CORE,
    "lessons": _CORE | _LESSONS | {"words"},
    "lessons.measuring": _CORE | {"words", "lessons"},
    "lessons.reading": _CORE | _LESSONS | {"words"},
    "gui.widgets": _CORE | {"gui.theme", "words"},
    "gui.widgets.gallery": _CORE | {"gui.theme", "words", "gui.widgets"},
    "gui.session": _CORE | {"gui.messages", "words"},
    "gui.charts": _CORE | {"gui.theme", "words", "gui.widgets"},
    "gui.maps": _CORE | {"gui.theme", "words", "gui.widgets"},
    **dict.fromkeys(FEATURES, _CORE | _PARTS),
    "gui.files": _CORE | _PARTS | _LESSONS,
    "gui.lessons": _CORE | _PARTS | _LESSONS,
    "gui.explain": _CORE | _PARTS | _EXPLAIN,
    **dict.fromkeys(_EXPLAIN, _CORE | _PARTS | _EXPLAIN),
    "gui.evaluate": _CORE | _PARTS | {"gui.evaluate.map"},
    "gui.evaluate.map": _CORE | _PARTS,
    "gui.network": _CORE | _PARTS | {"gui.network.blocks"},
    "gui.network.blocks": _CORE | _PARTS,
    "gui.inspect": _CORE | _PARTS | {"gui.inspect.unit"},
    "gui.inspect.unit": _CORE | _PARTS | {"gui.inspect"},
    "gui.stage": _CORE | _PARTS | _LESSONS | FEATURES | {"gui.tabs"},
    "gui.tabs": _CORE | _PARTS | FEATURES | {"gui.evaluate.map"},
    "gui.features": _CORE | _PARTS | _LESSONS | FEATURES | {"gui.tabs", "gui.stage"},
    "gui.actions": _CORE | _PARTS | {"gui.features"},
    "gui.main_window": _CORE | _PARTS | FEATURES | {"gui.tabs", "gui.features", "gui.actions"},
    "gui.app": _CORE | _PARTS | FEATURES | {"commands", "gui.tabs", "gui.features", "gui.actions", "gui.main_window"},
    "gui": frozenset(),
    "commands": _CORE | _LESSONS | {"words"},
    "cli": _SYSTEM | {"commands", "gui.app"},
    "__main__": frozenset({"cli"}),
}
"""What a room may import besides itself and the package's name and version."""

MOST_LOOSE_FILES: Final = 6
"""Files that may stand directly in ``gui``, besides ``__init__.py``."""

MOST_FILES: Final = 15
"""Files that may stand directly in a room, besides ``__init__.py``."""

_ROOMS_OF_FILES: Final = ("", "gui")
"""Folders in which each file is a room of its own."""


class Import(NamedTuple):
    """One imported module: ``module`` is imported by ``source``."""

    source: str
    module: str
    line: int
    at_top: bool
    """Whether it runs when ``source`` itself is imported: not within a function or under TYPE_CHECKING."""

    def __str__(self) -> str:
        return f"{self.source}:{self.line} imports {self.module}"


def module_name(path: Path) -> str:
    """Return the dotted name of a file in the package."""
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES: Final = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _inner(module: str) -> str:
    """Return a module's name within the package, for example ``model.build``."""
    return module.removeprefix("digitlab").removeprefix(".")


def room_of(module: str) -> str:
    """Return the room of a module of the package; empty for the package itself."""
    inner = _inner(module)
    if module in MODULES and MODULES[module].name == "__init__.py":
        return inner
    folder = inner.rpartition(".")[0]
    return inner if folder in _ROOMS_OF_FILES else folder


def _statements(node: ast.AST, at_top: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, at_top
        is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        is_for_types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        yield from _statements(child, at_top and not is_function and not is_for_types)


def imports_of(source: str) -> list[Import]:
    """Return all imports of a module of the package."""
    found = []
    for statement, at_top in _statements(ast.parse(MODULES[source].read_text("utf-8")), at_top=True):
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        else:
            if statement.level:
                raise ValueError(f"{source}:{statement.lineno} is a relative import")
            module = statement.module or ""
            inner = [f"{module}.{alias.name}" for alias in statement.names]
            # "from digitlab.data import sources" imports the module, "from digitlab import __version__" the package.
            names = [name if name in MODULES else module for name in inner]
        found += [Import(source, name, statement.lineno, at_top) for name in names]
    return found


ALL: Final = [entry for source in MODULES for entry in imports_of(source)]
OWN: Final = [entry for entry in ALL if entry.module.split(".")[0] == "digitlab" and entry.module != entry.source]


def wrong_ways() -> list[Import]:
    """Return the imports that run against the direction."""
    wrong = []
    for entry in OWN:
        source, target = room_of(entry.source), room_of(entry.module)
        if target not in {source, ""} and target not in ALLOWED.get(source, frozenset()):
            wrong.append(entry)
    return wrong


def circles(edges: dict[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected components of more than one node (Tarjan 1972, SIAM J. Comput. 1, 146)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for target in edges.get(node, ()):
            if target not in index:
                visit(target)
                low[node] = min(low[node], low[target])
            elif target in stack:
                low[node] = min(low[node], index[target])
        if low[node] == index[node]:
            cut = stack.index(node)
            component = stack[cut:]
            del stack[cut:]
            if len(component) > 1:
                found.append(sorted(component))

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return found


def import_circles() -> list[list[str]]:
    """Return the modules that import one another in a circle."""
    edges: dict[str, set[str]] = {module: set() for module in MODULES}
    for entry in OWN:
        edges[entry.source].add(entry.module)
    return circles(edges)


def files_in_folders() -> Counter[str]:
    """Return how many files stand directly in each folder, ``__init__.py`` not counted."""
    return Counter(
        _inner(module_name(path.parent / "__init__.py")) for path in MODULES.values() if path.name != "__init__.py"
    )


def full_folders() -> list[str]:
    """Return, in words, which folders hold more files than they may."""
    limits = {folder: MOST_LOOSE_FILES if folder == "gui" else MOST_FILES for folder in files_in_folders()}
    return [
        f"digitlab/{folder.replace('.', '/')} holds {count} files, more than {limits[folder]}"
        for folder, count in sorted(files_in_folders().items())
        if count > limits[folder]
    ]


def main() -> int:
    """Print the rooms, what each imports, and what breaks the rules."""
    lines: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for module, path in MODULES.items():
        lines[room_of(module)] += len(path.read_text("utf-8").splitlines())
        files[room_of(module)] += path.name != "__init__.py"
    print(f"{len(lines)} rooms, {len(MODULES)} files, {sum(lines.values()):,} lines")
    for room in sorted(lines):
        targets = Counter(room_of(entry.module) for entry in OWN if room_of(entry.source) == room)
        imported = ", ".join(target for target in sorted(targets) if target not in {room, ""})
        print(f"{room or 'digitlab':<20} {files[room]:>3} files {lines[room]:>6,} lines  <- {imported or 'nothing'}")
    offenders = [str(entry) for entry in wrong_ways()]
    offenders += [f"a circle: {' -> '.join(circle)}" for circle in import_circles()]
    offenders += full_folders()
    print(
        "\n".join(["", f"{len(offenders)} break the rules:", *offenders] if offenders else ["", "No rule is broken."])
    )
    return 1 if offenders else 0


if __name__ == "__main__":
    sys.exit(main())
