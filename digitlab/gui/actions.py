"""Menus, shortcuts and tool buttons as one table."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QKeySequence, QPalette
from PySide6.QtWidgets import QMainWindow, QMenu, QWhatsThis

from digitlab.data.digit import CLASS_COUNT
from digitlab.gui import theme
from digitlab.gui.session.names import shipped_title
from digitlab.gui.session.values import TrainingState
from digitlab.system.assets import DEFAULT_MODEL, shipped_model_names
from digitlab.system.errors import DigitLabError
from digitlab.training.recipes import RECIPES

if TYPE_CHECKING:
    from digitlab.gui.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing the person can do.

    Attributes:
        name: objectName of the action.
        menu: The menu it stands in; `` > `` leads to a submenu.
        text: Its text, with the mnemonic.
        shortcuts: Its keys, the first one shown.
        icon: Name of its icon; empty for none.
        tip: What it does, in one sentence.
        group: Actions of one group exclude each other and are checkable; empty for none.
        starts_section: Whether a line stands above it in the menu, or above the submenu that it is the first of.
    """

    name: str
    menu: str
    text: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    group: str = ""
    starts_section: bool = False


KEEP_MENU: Final = "&Edit > &Keep drawing as"
"""Ten actions that are one to a person."""

_KEEP_TIP: Final = "Keep the drawing with the digit you meant, in My digits."

ACTIONS: Final = (
    ActionSpec("open", "&File", "&Open…", ("Ctrl+O",), "open", "Open a network, a picture, a drawing or a dataset."),
    ActionSpec("paste", "&File", "&Paste picture", ("Ctrl+V",), "paste", "Put the clipboard's picture on the canvas."),
    ActionSpec("saveNetwork", "&File", "&Save network…", ("Ctrl+S",), "save", "Save the network with its run."),
    ActionSpec("saveDrawing", "&File", "Save &drawing…", (), "export", "Save the strokes on the canvas."),
    ActionSpec("openLast", "&File", "Open the &last training", (), "reset", "The last network you trained here."),
    ActionSpec("openEarlier", "&File", "Open the training &before", (), "", "The network you trained before the last."),
    ActionSpec("quit", "&File", "&Quit", ("Ctrl+Q",), "", "", starts_section=True),
    ActionSpec("undo", "&Edit", "&Undo", ("Ctrl+Z",), "undo", "Take back the last stroke."),
    ActionSpec("redo", "&Edit", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "Do it again."),
    ActionSpec("clear", "&Edit", "&Clear", ("Delete", "Esc"), "clear", "Empty the canvas."),
    ActionSpec("copyImage", "&Edit", "C&opy 28 × 28 image", (), "copy", "Copy what the network sees."),
    *(
        ActionSpec(f"keepAs{digit}", KEEP_MENU, f"&{digit}", (f"Alt+{digit}",), tip=_KEEP_TIP)
        for digit in range(CLASS_COUNT)
    ),
    ActionSpec("pen", "&Edit", "&Pen", ("P",), "pen", "Draw.", group="tool", starts_section=True),
    ActionSpec("eraser", "&Edit", "&Eraser", ("E",), "eraser", "Erase parts of strokes.", group="tool"),
    ActionSpec("showInspect", "&View", "&Look inside", ("Ctrl+1",), "layers", "", group="panel"),
    ActionSpec("showNetwork", "&View", "&Network", ("Ctrl+2",), "network", "", group="panel"),
    ActionSpec("showTrain", "&View", "&Train", ("Ctrl+3",), "play", "", group="panel"),
    ActionSpec("showLearning", "&View", "Lea&rning", ("Ctrl+4",), "learning", "", group="panel"),
    ActionSpec("showRuns", "&View", "R&uns", ("Ctrl+5",), "runs", "", group="panel"),
    ActionSpec("showEvaluate", "&View", "&Evaluate", ("Ctrl+6",), "evaluate", "", group="panel"),
    ActionSpec("showMyDigits", "&View", "&My digits", ("Ctrl+7",), "my-digits", "", group="panel"),
    ActionSpec("schemeSystem", "&View > &Colours", "As the &system", (), "", "", group="scheme"),
    ActionSpec("schemeLight", "&View > &Colours", "&Light", (), "", "", group="scheme"),
    ActionSpec("schemeDark", "&View > &Colours", "&Dark", (), "", "", group="scheme"),
    ActionSpec("fullScreen", "&View", "&Full screen", ("F11",), "fullscreen", "", starts_section=True),
    ActionSpec("train", "&Train", "&Train or pause", ("Ctrl+T",), "play", "Begin, pause or resume the training."),
    ActionSpec("stop", "&Train", "&Stop", ("Ctrl+.",), "stop", "End the training after this batch."),
    ActionSpec("reset", "&Train", "&Reset", (), "reset", "Show the untrained network of this seed again."),
    ActionSpec("newSeed", "&Train", "New s&eed", (), "dice", "Start from other random weights."),
    ActionSpec("evaluate", "&Train", "&Evaluate", ("Ctrl+E",), "evaluate", "Let the network answer all test digits."),
    ActionSpec("testDigit", "&Train", "Random test &digit", ("Ctrl+D",), "picture", "Put a test image on the canvas."),
    ActionSpec("play", "&Replay", "&Play or pause", (), "play", "Let the training pass before your eyes (Space)."),
    ActionSpec("earlier", "&Replay", "&Earlier moment", ("Ctrl+Left",), "", "One moment back."),
    ActionSpec("later", "&Replay", "&Later moment", ("Ctrl+Right",), "", "One moment on."),
    ActionSpec("newest", "&Replay", "&Newest moment", ("Ctrl+End",), "newest", "Show the newest moment, and follow."),
    ActionSpec("pin", "&Replay", "P&in or unpin", ("Ctrl+P",), "pin", "Keep this moment beside others."),
    ActionSpec("swap", "&Replay", "&Swap with pinned", ("Ctrl+B",), "swap", "Exchange pinned and shown moment."),
    ActionSpec("goOn", "&Replay", "&Go on from here", ("Ctrl+G",), "branch", "Train on from this moment."),
    ActionSpec("whatsThis", "&Help", "&What is this?", ("Shift+F1",), "help", "Click anything to have it explained."),
    ActionSpec("keyboard", "&Help", "&Keyboard", ("F1",), "keyboard", "All keys."),
    ActionSpec("openLog", "&Help", "Open the &log folder", (), "", ""),
    ActionSpec("about", "&Help", "&About DigitLab", (), "info", ""),
)

_SHIPPED_STAND_BEFORE: Final = "openLast"


def shipped_action(name: str) -> str:
    """Return the name of the action that opens a shipped network: ``openPen`` for ``pen``."""
    return f"open{name.capitalize()}"


def action_specs() -> tuple[ActionSpec, ...]:
    """Return all actions in the order of the menus, with one for each shipped network, the default one first."""
    found = shipped_model_names()
    known = [name for name in RECIPES if name in found]
    names = sorted([*known, *(name for name in found if name not in known)], key=lambda name: name != DEFAULT_MODEL)
    shipped = [_shipped_spec(name, is_first=name == names[0]) for name in names]
    place = next(index for index, spec in enumerate(ACTIONS) if spec.name == _SHIPPED_STAND_BEFORE)
    return (*ACTIONS[:place], *shipped, *ACTIONS[place:])


def _shipped_spec(name: str, *, is_first: bool) -> ActionSpec:
    text = f"&{shipped_title(name)}" + (" (default)" if name == DEFAULT_MODEL else "")
    tip = RECIPES[name].explanation if name in RECIPES else ""
    return ActionSpec(shipped_action(name), "&File > Shipped &networks", text, tip=tip, starts_section=is_first)


def make_actions(window: QMainWindow) -> dict[str, QAction]:
    """Make all actions and the window's menus.

    Returns:
        The actions by name; the caller connects them.
    """
    actions: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    menus: dict[str, QMenu] = {}
    for spec in action_specs():
        action = QAction(spec.text, window)
        action.setObjectName(spec.name)
        action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
        keys = f" ({spec.shortcuts[0]})" if spec.shortcuts else ""
        action.setToolTip((spec.tip or plain_text(spec)) + keys)
        action.setStatusTip(spec.tip)
        if spec.group:
            action.setCheckable(True)
            groups.setdefault(spec.group, QActionGroup(window)).addAction(action)
        _menu(window, menus, spec.menu, starts_section=spec.starts_section).addAction(action)
        actions[spec.name] = action
    return actions


def plain_text(spec: ActionSpec) -> str:
    """Return an action's text without its mnemonic and dots."""
    return spec.text.replace("&", "").rstrip("…")


def _menu(window: QMainWindow, menus: dict[str, QMenu], path: str, *, starts_section: bool) -> QMenu:
    """Return a menu, made where it is missing, and draw a line at its end, or above it if it is a new submenu."""
    if path not in menus:
        parent, _, title = path.rpartition(" > ")
        holder = _menu(window, menus, parent, starts_section=starts_section) if parent else window.menuBar()
        menu = holder.addMenu(title)
        menu.setToolTipsVisible(True)
        menus[path] = menu
    elif starts_section:
        menus[path].addSeparator()
    return menus[path]


def give_icons(actions: dict[str, QAction], palette: QPalette) -> None:
    """Give the actions their icons in the colours of a palette."""
    for spec in ACTIONS:
        if spec.icon:
            actions[spec.name].setIcon(theme.icon(spec.icon, palette))


def _clear(window: "MainWindow") -> None:
    """Empty the canvas, and take the pen: there is nothing left to erase."""
    window.editor.clear()
    window.actions_by_name["pen"].trigger()


def _copy_image(window: "MainWindow") -> None:
    from digitlab.gui.widgets.pixels import grey_image

    view = window.session.view
    if view is not None:
        QGuiApplication.clipboard().setImage(grey_image(view.steps.image))
        window.tell_activity("The 28 × 28 image is in the clipboard")


def _train_or_pause(window: "MainWindow") -> None:
    panels = window.panels
    if panels.network.built is not None:
        panels.network.built.apply_now()
    panel = panels.train.panel()
    if window.session.training_state is TrainingState.IDLE and panel.problem:
        panels.setCurrentWidget(panels.train)
        window.messages.show_error(DigitLabError(panel.problem))
    else:
        window.controllers.training.train_or_pause()


def _evaluate(window: "MainWindow") -> None:
    window.panels.setCurrentWidget(window.panels.evaluate)
    window.controllers.evaluation.evaluate()


def _show_keyboard(window: "MainWindow") -> None:
    from digitlab.gui.widgets.help import keyboard_dialog

    keyboard_dialog(window).show()


def _open_log(window: "MainWindow") -> None:
    del window
    from digitlab.gui.widgets.help import open_log_folder

    open_log_folder()


def _show_about(window: "MainWindow") -> None:
    from digitlab.gui.widgets.help import about_text

    window.messages.show_info(*about_text())


COMMANDS: Final[dict[str, Callable[["MainWindow"], object]]] = {
    "open": lambda window: window.controllers.dialogs.open(),
    "paste": lambda window: window.controllers.dialogs.paste(),
    "saveNetwork": lambda window: window.controllers.dialogs.save_network(),
    "saveDrawing": lambda window: window.controllers.dialogs.save_drawing(),
    "openLast": lambda window: window.controllers.runs.open_last(),
    "openEarlier": lambda window: window.controllers.runs.open_earlier(),
    "quit": lambda window: window.close(),
    "undo": lambda window: window.editor.undo(),
    "redo": lambda window: window.editor.stack.redo(),
    "clear": _clear,
    "copyImage": _copy_image,
    "fullScreen": lambda window: window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen),
    "train": _train_or_pause,
    "stop": lambda window: window.controllers.training.stop(),
    "reset": lambda window: window.controllers.training.reset(),
    "newSeed": lambda window: window.controllers.training.new_seed(),
    "evaluate": _evaluate,
    "testDigit": lambda window: window.controllers.files.show_test_digit(0),
    "play": lambda window: window.controllers.replay.play_or_pause(),
    "earlier": lambda window: window.controllers.replay.step_by(-1),
    "later": lambda window: window.controllers.replay.step_by(1),
    "newest": lambda window: window.controllers.replay.show_newest(),
    "pin": lambda window: window.controllers.replay.pin_or_unpin(),
    "swap": lambda window: window.controllers.replay.swap(),
    "goOn": lambda window: window.controllers.training.continue_training(),
    "whatsThis": lambda window: QWhatsThis.enterWhatsThisMode(),
    "keyboard": _show_keyboard,
    "openLog": _open_log,
    "about": _show_about,
}
"""By the names of the actions. The controllers are made when the first wish needs them, at the latest."""
