"""The rooms of the package and who may import whom, held by reading the source and by starting Python.

The rules stand in ``tests/structure.py``; ``python -m tests.structure`` prints what they find.
"""

import ast
import os
import re
import subprocess
import sys
from typing import Final

from tests.structure import (
    ALL,
    ALLOWED,
    FEATURES,
    MODULES,
    PACKAGE,
    REPOSITORY,
    Import,
    circles,
    full_folders,
    import_circles,
    room_of,
    wrong_ways,
)

QT: Final = {"PySide6", "shiboken6", "pyqtgraph"}
LEARNING: Final = {"tensorflow", "keras"}
DECODERS: Final = {"pillow_heif", "pypdfium2", "resvg_py"}
LEARNING_ROOMS: Final = ("digitlab.model.build", "digitlab.training")

WRITERS: Final = ("controller", "answering", "editor", "opening", "session", "application", "demo", "tabs")
"""Modules that may set a value of the session; everybody else only reads."""


def _listed(entries: list[Import]) -> str:
    return "\n".join(str(entry) for entry in entries)


def _top(module: str) -> str:
    return module.split(".")[0]


def test_every_room_is_known():
    unknown = {room_of(module) for module in MODULES} - set(ALLOWED)
    assert not unknown, f"say in tests/structure.py and in ARCHITECTURE.md what these may import: {unknown}"


def test_rooms_import_in_one_direction_only():
    wrong = wrong_ways()
    assert not wrong, _listed(wrong)


def test_no_feature_imports_another():
    for feature in FEATURES:
        assert not ALLOWED[feature] & (FEATURES - {feature})


def test_nothing_outside_gui_imports_qt():
    wrong = [entry for entry in ALL if not room_of(entry.source).startswith("gui") and _top(entry.module) in QT]
    assert not wrong, _listed(wrong)


def test_words_are_without_qt():
    wrong = [entry for entry in ALL if room_of(entry.source) == "words" and _top(entry.module) in QT]
    assert not wrong, _listed(wrong)


def test_only_the_rooms_of_learning_import_tensorflow_and_keras():
    wrong = [
        entry
        for entry in ALL
        if _top(entry.module) in LEARNING
        and not f"{entry.source}.".startswith(tuple(f"{room}." for room in LEARNING_ROOMS))
    ]
    assert not wrong, _listed(wrong)


def test_tensorflow_and_keras_are_imported_inside_functions():
    wrong = [entry for entry in ALL if entry.at_top and _top(entry.module) in LEARNING]
    assert not wrong, _listed(wrong)


def test_decoders_are_imported_in_their_own_process_alone():
    wrong = [
        entry
        for entry in ALL
        if _top(entry.module) in DECODERS and (entry.at_top or entry.source != "digitlab.data.files.picture_apart")
    ]
    assert not wrong, _listed(wrong)


def test_work_imports_the_standard_library_and_errors_only():
    wrong = [
        entry
        for entry in ALL
        if entry.source == "digitlab.system.work"
        and _top(entry.module) not in sys.stdlib_module_names
        and entry.module != "digitlab.system.errors"
    ]
    assert not wrong, _listed(wrong)


def test_circles_are_found():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}}) == []


def test_no_modules_import_one_another_in_a_circle():
    assert import_circles() == []


def test_no_folder_is_a_loose_pile():
    assert full_folders() == []


def test_every_room_says_what_lives_there():
    for module, path in MODULES.items():
        if path.name == "__init__.py" and module != "digitlab":
            words = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
            lead = [line for paragraph in words.split("\n\n")[:2] for line in paragraph.splitlines()]
            assert 2 <= len(lead) <= 5, f"{module}: what lives there, what it may import, what never belongs there"


def test_every_file_that_the_architecture_page_names_exists():
    page = (REPOSITORY / "ARCHITECTURE.md").read_text("utf-8")
    names = {name for name in re.findall(r"`([\w./]+)`", page) if "/" in name.strip("/")}
    roots = (REPOSITORY, PACKAGE, PACKAGE / "gui")
    assert len(names) > 20
    missing = {name for name in names if not any((root / name).exists() for root in roots)}
    assert not missing


def _is_session(node: ast.expr) -> bool:
    return ast.unparse(node).split(".")[-1].strip("_") == "session"


def test_only_controllers_set_the_values_of_the_session_and_nobody_emits_its_signals():
    wrong = []
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            targets = node.targets if isinstance(node, ast.Assign) else []
            sets = [target for target in targets if isinstance(target, ast.Attribute) and _is_session(target.value)]
            is_emit = isinstance(node, ast.Attribute) and node.attr == "emit" and isinstance(node.value, ast.Attribute)
            if (sets and path.stem not in WRITERS) or (is_emit and _is_session(node.value.value)):
                wrong.append(f"{module}:{node.lineno}")
    assert not wrong, wrong


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
    return [module for module in MODULES if not room_of(module).startswith(("gui", "commands", "cli", "__main__"))]


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
    assert not loaded & (LEARNING | DECODERS | {"pyqtgraph"})
