"""What has one mechanism is done by that mechanism alone; each exception below says why.

The mechanisms are described in ``ARCHITECTURE.md``. Who formats numbers: ``words/test_one_formatter.py``.
"""

import ast
import re
from collections.abc import Callable
from typing import Final

import pytest

from digitlab.model.layers import LAYER_TYPES
from tests.structure import MODULES

LAYERS: Final = {kind.__name__ for kind in LAYER_TYPES.values()}
STYLES: Final = {"card", "title", "quiet"}


def _is_call_of(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name


def _makes_a_timer(node: ast.AST) -> bool:
    return _is_call_of(node, "QTimer") or (isinstance(node, ast.Attribute) and node.attr == "singleShot")


def _styles_by_hand(node: ast.AST) -> bool:
    return _is_call_of(node, "setProperty") and getattr(node.args[0], "value", None) in STYLES


def _handles_changes(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "changeEvent"


def _makes_a_small_font(node: ast.AST) -> bool:
    return _is_call_of(node, "setPixelSize") and "FONT_SMALL_PX" in ast.unparse(node)


def _asks_for_a_layer_type(node: ast.AST) -> bool:
    if isinstance(node, ast.MatchClass):
        return ast.unparse(node.cls).split(".")[-1] in LAYERS
    if not _is_call_of(node, "isinstance"):
        return False
    return bool(LAYERS & {name.id for name in ast.walk(node.args[1]) if isinstance(name, ast.Name)})


def _sets_the_activity(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(target, ast.Attribute) and target.attr == "activity" for target in targets)


def _fills_the_status_bar(node: ast.AST) -> bool:
    return _is_call_of(node, "showMessage")


_OPENERS: Final = {
    *("open", "io.open", "io.FileIO", "os.open", "gzip.open", "zipfile.ZipFile", "sqlite3.connect", "shutil.copyfile"),
    *("np.load", "np.loadtxt", "np.fromfile", "np.memmap", "json.load", "tarfile.open", "lzma.open", "bz2.open"),
}
_READERS_OF_PATHS: Final = {"read_bytes", "read_text"}
_MODES: Final = re.compile("[rwxabt+]{1,3}")


def _opens_a_file(node: ast.AST) -> bool:
    """Whether a path is opened: content in memory, and the object of an open file, are not."""
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    name = called.split(".")[-1]
    first = node.args[0] if node.args else None
    if called in ("Image.open", "gzip.GzipFile"):
        return not (first is not None and _is_call_of(first, "BytesIO")) and "fileobj=" not in ast.unparse(node)
    if name == "open" and isinstance(first, ast.Constant):
        return bool(_MODES.fullmatch(str(first.value)))
    if called.endswith(("path.open", "path().open")):
        return True
    return called in _OPENERS or (name in _READERS_OF_PATHS and isinstance(node.func, ast.Attribute))


def _is_abstract_by_hand(node: ast.AST) -> bool:
    return isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node)


def _makes_a_label(node: ast.AST) -> bool:
    """Return whether a label, or a class of labels, is made of Qt's, which guesses from its text whether it is rich."""
    return _is_call_of(node, "QLabel") or (
        isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "QLabel" for base in node.bases)
    )


def _shows_a_raw_tooltip(node: ast.AST) -> bool:
    """Return whether a tooltip is set that is neither ``wrapped`` nor written there; Qt guesses whether it is rich."""
    texts = []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name = ast.unparse(node.func)
        texts = node.args[1:2] if name == "QToolTip.showText" else []
        texts = node.args[:1] if node.func.attr == "setToolTip" else texts
    if isinstance(node, ast.match_case) and ast.unparse(node.pattern).endswith("ToolTipRole"):
        texts = [part.value for part in node.body if isinstance(part, ast.Return) and part.value is not None]
    return any(not isinstance(text, ast.Constant) and not _is_call_of(text, "wrapped") for text in texts)


RULES: Final[dict[str, tuple[Callable[[ast.AST], bool], set[str]]]] = {
    "widgets.throttle delays and coalesces": (
        _makes_a_timer,
        {
            "digitlab.gui.widgets.throttle",
            "digitlab.gui.widgets.paint_queue",  # one painting an event-loop slice, not one for all requests
            "digitlab.gui.session.desk",  # drains events while a training runs
            "digitlab.gui.train.panel",  # ticks for as long as there is something to draw
            "digitlab.gui.replay.controller",  # plays back
            "digitlab.gui.explain.slide.playback",  # moves the window, frame by frame
            "digitlab.gui.messages",  # news disappears
            "digitlab.gui.app.start",  # one step an event-loop slice
            "digitlab.gui.app.garbage",  # once a second
            "digitlab.gui.app.driver",  # waits as a person would
        },
    ),
    "widgets.card makes cards, titles and quiet labels": (
        _styles_by_hand,
        {
            "digitlab.gui.widgets.card",
            "digitlab.gui.messages",  # imported before the widgets
            "digitlab.gui.charts.epoch_plot",  # a label that is a card itself
            "digitlab.gui.charts.share_table",  # a label of a class of its own
        },
    ),
    "widgets.label makes labels, of plain text": (
        _makes_a_label,
        {
            "digitlab.gui.widgets.label",
            "digitlab.gui.messages",  # imported before the widgets
        },
    ),
    "widgets.fields escapes tooltips": (
        _shows_a_raw_tooltip,
        {
            "digitlab.gui.widgets.fields",
            "digitlab.gui.actions",  # texts of the table of actions
        },
    ),
    "widgets.themed follows the theme": (
        _handles_changes,
        {
            "digitlab.gui.widgets.themed",
            "digitlab.gui.messages",  # imported before the widgets
            "digitlab.gui.inspect.network_view",  # follows the screen's pixels
            "digitlab.gui.maps.tile_grid",  # follows the screen's pixels
        },
    ),
    "theme.small_font makes small fonts": (_makes_a_small_font, {"digitlab.gui.theme"}),
    "the training controller says what it prepares": (
        _sets_the_activity,
        {
            "digitlab.gui.train.controller",
            "digitlab.gui.session.session",  # the first value
        },
    ),
    "Messages.note shows notes in the status bar": (_fills_the_status_bar, {"digitlab.gui.main_window"}),
    "system.reading is the door for files from outside": (
        _opens_a_file,
        {
            "digitlab.system.reading",
            "digitlab.system.limits",  # a zip from an open file
            "digitlab.system.database",  # SQLite opens its files itself, after the door has checked them
            "digitlab.system.storage",  # writes, and locks
            "digitlab.system.log",  # rotates the log, with an opener that goes through the door
            "digitlab.model.files.archive",  # writes
            "digitlab.data.mine.opening",  # a copy that it has just made
            "digitlab.gui.theme",  # shipped icons
            "digitlab.cli",  # the null device
        },
    ),
    "layers say what they can do": (_asks_for_a_layer_type, set()),
    "abstract methods are declared with abc": (_is_abstract_by_hand, set()),
}
"""For each mechanism: how doing its work by hand looks, and the modules in which that is right."""


@pytest.mark.parametrize("mechanism", RULES)
def test_each_mechanism_is_the_only_one(mechanism):
    is_by_hand, allowed = RULES[mechanism]
    found = {
        name: node.lineno
        for name, path in MODULES.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if is_by_hand(node)
    }
    wrong = [f"{name}:{line}" for name, line in found.items() if name not in allowed]
    assert not wrong, f"{mechanism}: {wrong}"
    assert not allowed - set(found), f"no longer an exception: {allowed - set(found)}"


def test_the_main_window_only_wires():
    tree = ast.parse(MODULES["digitlab.gui.main_window"].read_text("utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Lambda)]


@pytest.mark.parametrize(
    ("code", "is_opened"),
    [
        ("open(name)", True),
        ("path.open()", True),
        ('(folder / name).open("rb")', True),
        ("path.read_bytes()", True),
        ("np.load(path)", True),
        ("sqlite3.connect(path)", True),
        ("zipfile.ZipFile(path)", True),
        ("gzip.open(path)", True),
        ("Image.open(path)", True),
        ("Image.open(io.BytesIO(content))", False),
        ("gzip.GzipFile(fileobj=file)", False),
        ("read_bytes(path, _PICTURES)", False),
        ("archive.open(name)", False),
        ("controllers.dialogs.open()", False),
    ],
)
def test_opening_a_file_by_hand_is_found(code, is_opened):
    assert _opens_a_file(ast.parse(code, mode="eval").body) == is_opened
