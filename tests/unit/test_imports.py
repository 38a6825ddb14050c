"""The rooms of the package and who may import whom, held to by reading the source and by starting Python."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

REPOSITORY: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = REPOSITORY / "digitlab"

QT: Final = {"PySide6", "shiboken6", "pyqtgraph"}
LEARNING: Final = {"tensorflow", "keras"}
LEARNING_ROOMS: Final = ("model.build", "model.files", "training", "insight.attribution")
PANELS: Final = {"draw", "replay", "train", "runs", "learning", "inspect", "network", "explain", "evaluate", "mydigits"}

# What a room may import besides itself. Names of one module and of one folder are written alike.
CORE: Final = frozenset({"", "errors", "storage", "database", "assets", "settings", "log"})
ALLOWED: Final = {
    "": frozenset(),
    "errors": frozenset({""}),
    "storage": frozenset({"", "errors"}),
    "database": frozenset({"", "errors"}),
    "assets": frozenset({"", "errors", "storage"}),
    "log": frozenset({"", "errors", "storage"}),
    "settings": frozenset({"", "errors", "storage"}),
    "work": frozenset({"", "errors"}),
    "data": CORE,
    "model": CORE | {"data"},
    "training": CORE | {"data", "model", "work"},
    "insight": CORE | {"data", "model"},
    "gui": CORE | {"work", "data", "model", "training", "insight"},
    "commands": CORE | {"work", "data", "model", "training", "insight", "gui"},
    "cli": CORE | {"commands", "gui"},
    "__main__": frozenset({"", "cli"}),
}


class Import(NamedTuple):
    """One import statement's target: ``module`` is imported by ``source``, at the top of it or within a function."""

    source: str
    module: str
    line: int
    at_top: bool

    def __str__(self) -> str:
        return f"{self.source}:{self.line} imports {self.module}"


def _module_name(path: Path) -> str:
    parts = path.relative_to(REPOSITORY).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES: Final = {_module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def _statements(node: ast.AST, at_top: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Yield the import statements that run, with whether they run when the module itself is imported."""
    for child in ast.iter_child_nodes(node):
        if _is_type_checking(child):
            continue
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, at_top
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from _statements(child, at_top and not inside)


def _imports(source: str) -> list[Import]:
    found = []
    for statement, at_top in _statements(ast.parse(MODULES[source].read_text("utf-8")), at_top=True):
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        else:
            assert statement.level == 0, f"{source}:{statement.lineno} is a relative import"
            module = statement.module or ""
            inner = [f"{module}.{alias.name}" for alias in statement.names]
            # "from digitlab.data import raster" imports the module raster, "... import Dataset" the room data.
            names = [name if name in MODULES else module for name in inner]
        found += [Import(source, name, statement.lineno, at_top) for name in names]
    return found


ALL: Final = [entry for source in MODULES for entry in _imports(source)]
OWN: Final = [entry for entry in ALL if entry.module.split(".")[0] == "digitlab"]


def _inner(module: str) -> str:
    """Return a module's name within the package, for example ``model.build``."""
    return module.removeprefix("digitlab").removeprefix(".")


def _room(module: str) -> str:
    return _inner(module).split(".")[0]


def _panel(module: str) -> str | None:
    parts = _inner(module).split(".")
    return parts[1] if parts[0] == "gui" and len(parts) > 1 and parts[1] in PANELS else None


def _listed(entries: list[Import]) -> str:
    return "\n".join(str(entry) for entry in entries)


def test_every_room_is_known():
    unknown = {_room(module) for module in MODULES} - set(ALLOWED)
    assert not unknown, f"say in ALLOWED and in ARCHITECTURE.md what these may import: {unknown}"


def _is_allowed(entry: Import) -> bool:
    source, target = _room(entry.source), _room(entry.module)
    return source == target or target in ALLOWED.get(source, frozenset())


def test_rooms_import_in_one_direction_only():
    wrong = [entry for entry in OWN if not _is_allowed(entry)]
    assert not wrong, _listed(wrong)


def test_nothing_outside_gui_imports_qt():
    wrong = [entry for entry in ALL if _room(entry.source) != "gui" and entry.module.split(".")[0] in QT]
    assert not wrong, _listed(wrong)


def test_only_the_rooms_of_learning_import_tensorflow_and_keras():
    wrong = [
        entry
        for entry in ALL
        if entry.module.split(".")[0] in LEARNING
        and not f"{_inner(entry.source)}.".startswith(tuple(f"{room}." for room in LEARNING_ROOMS))
    ]
    assert not wrong, _listed(wrong)


def test_tensorflow_and_keras_are_imported_inside_functions():
    wrong = [entry for entry in ALL if entry.at_top and entry.module.split(".")[0] in LEARNING]
    assert not wrong, _listed(wrong)


def test_work_imports_the_standard_library_only():
    wrong = [
        entry
        for entry in ALL
        if _room(entry.source) == "work"
        and entry.module.split(".")[0] not in sys.stdlib_module_names
        and _room(entry.module) not in {"work", "errors"}
    ]
    assert not wrong, _listed(wrong)


def test_panels_do_not_import_one_another():
    wrong = [
        entry
        for entry in OWN
        if _panel(entry.source) and _panel(entry.module) and _panel(entry.source) != _panel(entry.module)
    ]
    assert not wrong, _listed(wrong)


def _circles(edges: dict[str, set[str]]) -> list[list[str]]:
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


def test_circles_are_found():
    assert _circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert _circles({"a": {"b", "c"}, "b": {"c"}}) == []


def test_no_modules_import_one_another_in_a_circle():
    edges: dict[str, set[str]] = {module: set() for module in MODULES}
    for entry in OWN:
        if entry.module != entry.source:
            edges[entry.source].add(entry.module)
    assert _circles(edges) == []


def _modules_after(statement: str) -> set[str]:
    """Return the names of the top-level packages that a new Python holds after a statement."""
    program = f"{statement}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def _core_modules() -> list[str]:
    return [module for module in MODULES if _room(module) not in {"gui", "commands", "cli", "__main__"}]


def test_importing_the_core_loads_neither_qt_nor_tensorflow():
    loaded = _modules_after(f"import {', '.join(_core_modules())}")
    assert "digitlab" in loaded
    assert not loaded & (QT | LEARNING)


def test_importing_the_command_line_loads_neither_qt_nor_tensorflow():
    assert not _modules_after("import digitlab.cli") & (QT | LEARNING)


def test_importing_the_app_loads_qt_but_neither_tensorflow_nor_pyqtgraph():
    """The window must be on screen before the slow imports begin."""
    loaded = _modules_after("import digitlab.gui.app.application")
    assert "PySide6" in loaded
    assert not loaded & (LEARNING | {"pyqtgraph"})
