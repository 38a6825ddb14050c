"""Menus, keys and tool buttons as one table: what the user can do, when, and what it does."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QPalette
from PySide6.QtWidgets import QMainWindow, QMenu, QWhatsThis

from digitlab.data.digit import CLASS_COUNT
from digitlab.gui import theme
from digitlab.gui.features import Features
from digitlab.gui.session.names import shipped_title
from digitlab.gui.session.values import TrainingState
from digitlab.gui.theme import ColourScheme
from digitlab.gui.widgets.help import about_text, keyboard_dialog, open_log_folder
from digitlab.system.assets import DEFAULT_MODEL, shipped_model_names
from digitlab.training.recipes import RECIPES

FILE_MENU: Final = "&File"
EDIT_MENU: Final = "&Edit"
KEEP_MENU: Final = "&Edit > &Keep drawing as"
VIEW_MENU: Final = "&View"
COLOURS_MENU: Final = "&View > &Colours"
TRAIN_MENU: Final = "&Train"
REPLAY_MENU: Final = "&Replay"
HELP_MENU: Final = "&Help"
_SHIPPED_MENU: Final = "&File > Shipped &networks"

_KEEP_TIP: Final = "Keep the drawing in My digits, labelled with the digit that you meant."


def _always(features: Features) -> bool:
    del features
    return True


def _is_idle(features: Features) -> bool:
    return not features.session.training_state.is_busy


def _can_train_or_pause(features: Features) -> bool:
    return features.session.training_state not in (TrainingState.PREPARING, TrainingState.STOPPING)


def _can_stop(features: Features) -> bool:
    state = features.session.training_state
    return state.is_busy and state is not TrainingState.STOPPING


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing that the user can do.

    Attributes:
        name: objectName of the action.
        menu: The menu it is in; `` > `` leads to a submenu.
        text: Its text, with the mnemonic.
        run: What it does.
        shortcuts: Its keys, the first one shown.
        icon: Name of its icon; empty for none.
        tip: What it does, in one sentence.
        enabled: Whether it can be used now.
        checked: Whether it is the chosen one of its group now; None for actions without a group.
        group: Actions of one group exclude each other; empty for none.
        starts_section: Whether there is a line above it in the menu, or above the submenu that it is the first of.
    """

    name: str
    menu: str
    text: str
    run: Callable[[Features], object]
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    enabled: Callable[[Features], bool] = _always
    checked: Callable[[Features], bool] | None = None
    group: str = ""
    starts_section: bool = False

    @property
    def plain_text(self) -> str:
        """Its text without the mnemonic and dots."""
        return self.text.replace("&", "").rstrip("…")


def _file_actions() -> Iterator[ActionSpec]:
    yield ActionSpec(
        "open",
        FILE_MENU,
        "&Open…",
        lambda features: features.controllers.dialogs.open(),
        ("Ctrl+O",),
        "open",
        "Open a network, a training, a picture, a drawing or a dataset.",
    )
    yield ActionSpec(
        "paste",
        FILE_MENU,
        "&Paste picture",
        lambda features: features.controllers.dialogs.paste(),
        ("Ctrl+V",),
        "paste",
        "Put the picture in the clipboard on the canvas.",
    )
    yield ActionSpec(
        "saveNetwork",
        FILE_MENU,
        "&Save network…",
        lambda features: features.controllers.dialogs.save_network(),
        ("Ctrl+S",),
        "save",
        "Save the network with its training.",
    )
    yield ActionSpec(
        "saveDrawing",
        FILE_MENU,
        "Save &drawing…",
        lambda features: features.controllers.dialogs.save_drawing(),
        icon="export",
        tip="Save the strokes on the canvas.",
    )
    found = shipped_model_names()
    known = [name for name in RECIPES if name in found]
    names = sorted([*known, *(name for name in found if name not in known)], key=lambda name: name != DEFAULT_MODEL)
    for name in names:
        yield ActionSpec(
            shipped_action(name),
            _SHIPPED_MENU,
            f"&{shipped_title(name)}" + (" (default)" if name == DEFAULT_MODEL else ""),
            partial(_open_shipped, name=name),
            tip=RECIPES[name].explanation if name in RECIPES else "",
            enabled=_is_idle,
            starts_section=name == names[0],
        )
    yield ActionSpec(
        "openLast",
        FILE_MENU,
        "Open the &last training",
        lambda features: features.controllers.runs.open_last(),
        icon="reset",
        tip="Open the training that was started last.",
        enabled=_is_idle,
    )
    yield ActionSpec(
        "openEarlier",
        FILE_MENU,
        "Open the training &before",
        lambda features: features.controllers.runs.open_earlier(),
        tip="Open the training before the last one.",
        enabled=_is_idle,
    )
    yield ActionSpec(
        "quit", FILE_MENU, "&Quit", lambda features: features.window.close(), ("Ctrl+Q",), starts_section=True
    )


def _edit_actions() -> Iterator[ActionSpec]:
    yield ActionSpec(
        "undo",
        EDIT_MENU,
        "&Undo",
        lambda features: features.editor.undo(),
        ("Ctrl+Z",),
        "undo",
        "Undo the last stroke.",
        enabled=lambda features: features.editor.stack.canUndo(),
    )
    yield ActionSpec(
        "redo",
        EDIT_MENU,
        "&Redo",
        lambda features: features.editor.stack.redo(),
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        "redo",
        "Redo what was undone.",
        enabled=lambda features: features.editor.stack.canRedo(),
    )
    yield ActionSpec(
        "clear", EDIT_MENU, "&Clear", lambda features: features.clear(), ("Delete", "Esc"), "clear", "Clear the canvas."
    )
    yield ActionSpec(
        "copyImage",
        EDIT_MENU,
        "C&opy 28 × 28 image",
        lambda features: features.copy_image(),
        icon="copy",
        tip="Copy the image that the network sees.",
    )
    for digit in range(CLASS_COUNT):
        yield ActionSpec(
            f"keepAs{digit}", KEEP_MENU, f"&{digit}", partial(_keep, digit=digit), (f"Alt+{digit}",), tip=_KEEP_TIP
        )
    yield ActionSpec(
        "pen",
        EDIT_MENU,
        "&Pen",
        lambda features: features.use_pen(),
        ("P",),
        "pen",
        "Draw.",
        checked=lambda features: not features.is_erasing,
        group="tool",
        starts_section=True,
    )
    yield ActionSpec(
        "eraser",
        EDIT_MENU,
        "&Eraser",
        lambda features: features.use_eraser(),
        ("E",),
        "eraser",
        "Erase parts of strokes.",
        checked=lambda features: features.is_erasing,
        group="tool",
    )


def _view_actions() -> Iterator[ActionSpec]:
    tabs = (
        ("showNetwork", "&Network", "network"),
        ("showTrain", "&Train", "play"),
        ("showLearning", "Lea&rning", "learning"),
        ("showInspect", "&Look inside", "layers"),
        ("showEvaluate", "&Evaluate", "evaluate"),
        ("showRuns", "R&uns", "runs"),
        ("showMyDigits", "&My digits", "my-digits"),
    )
    for number, (name, text, icon) in enumerate(tabs, start=1):
        yield ActionSpec(
            name,
            VIEW_MENU,
            text,
            partial(_show_tab, name=name),
            (f"Ctrl+{number}",),
            icon,
            checked=partial(_is_shown, name=name),
            group="tab",
        )
    schemes = (
        ("schemeSystem", "As the &system", ColourScheme.SYSTEM),
        ("schemeLight", "&Light", ColourScheme.LIGHT),
        ("schemeDark", "&Dark", ColourScheme.DARK),
    )
    for name, text, scheme in schemes:
        yield ActionSpec(
            name,
            COLOURS_MENU,
            text,
            partial(_choose_scheme, scheme=scheme),
            checked=partial(_is_chosen, scheme=scheme),
            group="scheme",
        )
    yield ActionSpec(
        "fullScreen",
        VIEW_MENU,
        "&Full screen",
        lambda features: features.window.setWindowState(
            features.window.windowState() ^ Qt.WindowState.WindowFullScreen
        ),
        ("F11",),
        "fullscreen",
        starts_section=True,
    )


def _train_actions() -> Iterator[ActionSpec]:
    yield ActionSpec(
        "train",
        TRAIN_MENU,
        "&Train or pause",
        lambda features: features.train(),
        ("Ctrl+T",),
        "play",
        "Start, pause or resume the training.",
        enabled=_can_train_or_pause,
    )
    yield ActionSpec(
        "stop",
        TRAIN_MENU,
        "&Stop",
        lambda features: features.controllers.training.stop(),
        ("Ctrl+.",),
        "stop",
        "Stop the training after this batch.",
        enabled=_can_stop,
    )
    yield ActionSpec(
        "reset",
        TRAIN_MENU,
        "&Reset",
        lambda features: features.controllers.training.reset(),
        icon="reset",
        tip="Show the untrained network of this seed again.",
        enabled=_is_idle,
    )
    yield ActionSpec(
        "newSeed",
        TRAIN_MENU,
        "New s&eed",
        lambda features: features.controllers.training.new_seed(),
        icon="dice",
        tip="Start from other random weights.",
        enabled=_is_idle,
    )
    yield ActionSpec(
        "evaluate",
        TRAIN_MENU,
        "&Evaluate",
        lambda features: features.evaluate(),
        ("Ctrl+E",),
        "evaluate",
        "Evaluate the network on all test images.",
    )
    yield ActionSpec(
        "testDigit",
        TRAIN_MENU,
        "Random test &digit",
        lambda features: features.controllers.files.show_test_digit(0),
        ("Ctrl+D",),
        "picture",
        "Put a random test image on the canvas.",
    )


def _replay_actions() -> Iterator[ActionSpec]:
    yield ActionSpec(
        "play",
        REPLAY_MENU,
        "&Play or pause",
        lambda features: features.controllers.replay.play_or_pause(),
        icon="play",
        tip="Play back the training (Space).",
    )
    yield ActionSpec(
        "earlier",
        REPLAY_MENU,
        "&Earlier snapshot",
        lambda features: features.controllers.replay.step_by(-1),
        ("Ctrl+Left",),
        tip="Show the snapshot before.",
    )
    yield ActionSpec(
        "later",
        REPLAY_MENU,
        "&Later snapshot",
        lambda features: features.controllers.replay.step_by(1),
        ("Ctrl+Right",),
        tip="Show the next snapshot.",
    )
    yield ActionSpec(
        "newest",
        REPLAY_MENU,
        "&Newest snapshot",
        lambda features: features.controllers.replay.show_newest(),
        ("Ctrl+End",),
        "newest",
        "Show the newest snapshot, and follow the training.",
    )
    yield ActionSpec(
        "pin",
        REPLAY_MENU,
        "P&in or unpin",
        lambda features: features.controllers.replay.pin_or_unpin(),
        ("Ctrl+P",),
        "pin",
        "Pin this snapshot, to compare others with it.",
    )
    yield ActionSpec(
        "swap",
        REPLAY_MENU,
        "&Swap with pinned",
        lambda features: features.controllers.replay.swap(),
        ("Ctrl+B",),
        "swap",
        "Swap the pinned and the shown snapshot.",
    )
    yield ActionSpec(
        "continueTraining",
        REPLAY_MENU,
        "&Continue from here",
        lambda features: features.controllers.training.continue_training(),
        ("Ctrl+G",),
        "branch",
        "Continue training from this snapshot, as a run of its own.",
    )


def _help_actions() -> Iterator[ActionSpec]:
    yield ActionSpec(
        "whatsThis",
        HELP_MENU,
        "&What is this?",
        lambda _: QWhatsThis.enterWhatsThisMode(),
        ("Shift+F1",),
        "help",
        "Click anything to have it explained.",
    )
    yield ActionSpec("keyboard", HELP_MENU, "&Keyboard", _show_keyboard, ("F1",), "keyboard", "All keys.")
    yield ActionSpec("openLog", HELP_MENU, "Open the &log folder", lambda _: open_log_folder())
    yield ActionSpec(
        "about", HELP_MENU, "&About DigitLab", lambda features: features.messages.show_info(*about_text()), icon="info"
    )


def _open_shipped(features: Features, name: str) -> None:
    features.controllers.files.open_shipped(name)


def _keep(features: Features, digit: int) -> None:
    features.keep_as(digit)


def _show_tab(features: Features, name: str) -> None:
    features.tabs.show_tab(name)


def _is_shown(features: Features, name: str) -> bool:
    return features.tabs.shown == name


def _choose_scheme(features: Features, scheme: ColourScheme) -> None:
    features.choose_scheme(scheme)


def _is_chosen(features: Features, scheme: ColourScheme) -> bool:
    return features.scheme is scheme


def _show_keyboard(features: Features) -> None:
    rows = [
        (", ".join(keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in _keys(spec)), spec.plain_text)
        for spec in action_specs()
        if spec.shortcuts and spec.menu != KEEP_MENU  # ten rows of the same; the dialog has one row for all
    ]
    keyboard_dialog(rows, features.window).show()


def action_specs() -> tuple[ActionSpec, ...]:
    """Return all actions in the order of the menus.

    What they do is looked up when they are triggered: the first one that needs the controllers makes them, if nothing
    did before.
    """
    return (
        *_file_actions(),
        *_edit_actions(),
        *_view_actions(),
        *_train_actions(),
        *_replay_actions(),
        *_help_actions(),
    )


def shipped_action(name: str) -> str:
    """Return the name of the action that opens a shipped network: ``openPen`` for ``pen``."""
    return f"open{name.capitalize()}"


def _keys(spec: ActionSpec) -> list[QKeySequence]:
    return [QKeySequence(keys) for keys in spec.shortcuts]


class _Action(QAction):
    """An action of the table."""

    def __init__(self, spec: ActionSpec, parent: "Actions", window: QMainWindow) -> None:
        super().__init__(spec.text, window)
        self.spec = spec
        self._actions = parent
        self.setObjectName(spec.name)
        self.setShortcuts(_keys(spec))
        keys = f" ({spec.shortcuts[0]})" if spec.shortcuts else ""
        self.setToolTip((spec.tip or spec.plain_text) + keys)
        self.setStatusTip(spec.tip)
        self.setCheckable(bool(spec.group))
        self.triggered.connect(self._on_triggered)

    @Slot()
    def _on_triggered(self) -> None:
        self._actions.run(self.spec)


class Actions(QObject):
    """The actions of the window, and its menus.

    Attributes:
        specs: The table.
        by_name: The actions by name.
        menus: The menus by path; see ``ActionSpec.menu``.
    """

    def __init__(self, window: QMainWindow) -> None:
        """Make all actions and menus; they do nothing before ``drive``."""
        super().__init__(window)
        self.specs = action_specs()
        self.by_name: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        self._features: Features | None = None
        groups: dict[str, QActionGroup] = {}
        for spec in self.specs:
            action = _Action(spec, self, window)
            if spec.group:
                groups.setdefault(spec.group, QActionGroup(window)).addAction(action)
            self._menu(window, spec.menu, starts_section=spec.starts_section).addAction(action)
            self.by_name[spec.name] = action

    def drive(self, features: Features) -> None:
        """Act on features from now on, and follow which actions are possible and which are chosen."""
        self._features = features
        features.session.training_state_changed.connect(self.refresh)
        features.editor.stack.canUndoChanged.connect(self.refresh)
        features.editor.stack.canRedoChanged.connect(self.refresh)
        features.tabs.currentChanged.connect(self.refresh)
        # The buttons of the time bar are these actions, too.
        bar = features.time_bar
        bar.play_requested.connect(self.by_name["play"].trigger)
        bar.newest_requested.connect(self.by_name["newest"].trigger)
        bar.pin_requested.connect(self.by_name["pin"].trigger)
        bar.swap_requested.connect(self.by_name["swap"].trigger)
        bar.continue_requested.connect(self.by_name["continueTraining"].trigger)
        self.refresh()

    def run(self, spec: ActionSpec) -> None:
        """Do what an action does."""
        if self._features is not None:
            spec.run(self._features)
            self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show which actions are possible and which are chosen."""
        if self._features is None:
            return
        for spec in self.specs:
            action = self.by_name[spec.name]
            action.setEnabled(spec.enabled(self._features))
            if spec.checked is not None and spec.checked(self._features):
                action.setChecked(True)

    def show_icons(self, palette: QPalette) -> None:
        """Give the actions their icons in the colours of a palette."""
        for spec in self.specs:
            if spec.icon:
                self.by_name[spec.name].setIcon(theme.icon(spec.icon, palette))

    def _menu(self, window: QMainWindow, path: str, *, starts_section: bool) -> QMenu:
        """Return a menu, made where it is missing, and draw a line at its end, or above it if it is a new submenu."""
        if path not in self.menus:
            parent, _, title = path.rpartition(" > ")
            holder = self._menu(window, parent, starts_section=starts_section) if parent else window.menuBar()
            menu = holder.addMenu(title)
            menu.setToolTipsVisible(True)
            self.menus[path] = menu
        elif starts_section:
            self.menus[path].addSeparator()
        return self.menus[path]
