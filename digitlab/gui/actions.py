"""Menus, keys and tool buttons as one table: what the user can do, when, and what it does."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence, QPalette
from PySide6.QtWidgets import QMainWindow, QMenu, QWhatsThis

from digitlab.data.digit import CLASS_COUNT
from digitlab.gui import theme
from digitlab.gui.features import Features
from digitlab.gui.session import available
from digitlab.gui.session.names import shipped_title
from digitlab.gui.session.session import Session
from digitlab.gui.theme import ColourScheme
from digitlab.gui.widgets.throttle import Throttle
from digitlab.system.assets import DEFAULT_MODEL, shipped_model_names
from digitlab.training.recipes import RECIPES
from digitlab.words.recipes import recipe_note

VIEW_MENU: Final = "&View"
_FILE: Final = "&File"
_EDIT: Final = "&Edit"
_KEEP: Final = "&Edit > &Keep drawing as"
_TRAIN: Final = "&Train"
_REPLAY: Final = "&Replay"
_HELP: Final = "&Help"

_REFRESH_MS: Final = 50
"""How soon the actions follow what changes many times a second."""

_KEEP_TIP: Final = "Keep the drawing in My digits, labelled with the digit that you meant."
_CONTINUE_TIP: Final = "Continue training from this snapshot as a new run."


_ESC: Final = QKeySequence(Qt.Key.Key_Escape)


def _always(features: Features) -> bool:
    del features
    return True


def _when(is_available: Callable[[Session], bool]) -> Callable[[Features], bool]:
    return lambda features: is_available(features.session)


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing that the user can do.

    Attributes:
        name: objectName of the action.
        menu: The menu it is in; `` > `` separates a submenu.
        text: Its label, with the mnemonic.
        shortcuts: Its keyboard shortcuts; the tooltip shows the first.
        icon: Name of its icon; empty for none.
        tip: What it does, in one sentence.
        run: The command. It looks controllers up only when triggered, so the first one that needs them creates them.
        enabled: Whether the command is available now.
        checked: Whether it is the checked action of its group now; None for actions without a group.
        group: The group in which only one action is checked; empty for none.
        is_canvas_key: Whether its keys work only while the canvas has the focus: elsewhere, keys without Ctrl or Alt
            type, choose or delete something else.
        starts_section: Whether a separator precedes it in the menu, or precedes the submenu that it starts.
    """

    name: str
    menu: str
    text: str
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    _: KW_ONLY
    run: Callable[[Features], object]
    enabled: Callable[[Features], bool] = _always
    checked: Callable[[Features], bool] | None = None
    group: str = ""
    is_canvas_key: bool = False
    starts_section: bool = False

    @property
    def plain_text(self) -> str:
        """Its label without the mnemonic and the ellipsis."""
        return self.text.replace("&", "").rstrip("…")


def action_specs() -> tuple[ActionSpec, ...]:
    """Return all actions in the order of the menus."""
    # At most two lines for each action: how it looks, and what it does.
    # fmt: off
    return (
        ActionSpec("open", _FILE, "&Open…", ("Ctrl+O",), "open", "Open a network, a run, a picture or a dataset.",
                   run=lambda f: f.controllers.dialogs.open()),
        ActionSpec("paste", _FILE, "&Paste picture", ("Ctrl+V",), "paste", "Paste a picture onto the canvas.",
                   run=lambda f: f.controllers.dialogs.paste()),
        ActionSpec("saveNetwork", _FILE, "&Save network…", ("Ctrl+S",), "save", "Save the network with its run.",
                   run=lambda f: f.controllers.dialogs.save_network()),
        ActionSpec("saveDrawing", _FILE, "Save &drawing…", (), "export", "Save the strokes on the canvas.",
                   run=lambda f: f.controllers.dialogs.save_drawing(), enabled=_when(available.has_strokes)),
        ActionSpec("saveCode", _FILE, "Save as &Keras code…", (), "code",
                   "Save network and recipe as a Keras script or a Jupyter notebook.",
                   run=lambda f: f.controllers.dialogs.save_code(), enabled=_when(available.can_be_code)),
        *_shipped_specs(),
        ActionSpec("openLast", _FILE, "Open &last run", (), "reset", "Open the newest run.",
                   run=lambda f: f.controllers.runs.open_last(), enabled=_when(available.has_run)),
        ActionSpec("openEarlier", _FILE, "Open run &before last", (), "", "Open the second newest run.",
                   run=lambda f: f.controllers.runs.open_earlier(), enabled=_when(available.has_earlier_run)),
        ActionSpec("quit", _FILE, "&Quit", ("Ctrl+Q",), run=lambda f: f.window.close(), starts_section=True),

        ActionSpec("undo", _EDIT, "&Undo", ("Ctrl+Z",), "undo", "Undo the last stroke.",
                   run=lambda f: f.editor.undo(), enabled=lambda f: f.editor.stack.canUndo()),
        ActionSpec("redo", _EDIT, "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", "Redo what was undone.",
                   run=lambda f: f.editor.stack.redo(), enabled=lambda f: f.editor.stack.canRedo()),
        ActionSpec("clear", _EDIT, "&Clear", ("Delete", "Esc"), "clear", "Clear the canvas.", is_canvas_key=True,
                   run=lambda f: f.clear(), enabled=_when(available.has_sketch)),
        ActionSpec("undoEdit", _EDIT, "Undo &network edit", ("Ctrl+Alt+Z",), "undo", "Undo the last network edit.",
                   run=lambda f: f.controllers.network_editor.undo(), enabled=lambda f: bool(_edits_of(f)[0]),
                   starts_section=True),
        ActionSpec("redoEdit", _EDIT, "Redo net&work edit", ("Ctrl+Alt+Shift+Z",), "redo", "Redo what was undone.",
                   run=lambda f: f.controllers.network_editor.redo(), enabled=lambda f: bool(_edits_of(f)[1])),
        ActionSpec("resetEdits", _EDIT, "Reset network ed&its", (), "reset", "Show the network without its edits.",
                   run=lambda f: f.controllers.network_editor.reset(), enabled=_when(available.is_edited)),
        ActionSpec("copyImage", _EDIT, "C&opy 28 × 28 image", (), "copy", "Copy the image that the network sees.",
                   run=lambda f: f.copy_image(), enabled=_when(available.has_image)),
        *(
            ActionSpec(f"keepAs{digit}", _KEEP, f"&{digit}", (f"Alt+{digit}",), "", _KEEP_TIP,
                       run=partial(Features.keep_as, digit=digit), enabled=_when(available.can_keep))
            for digit in range(CLASS_COUNT)
        ),
        ActionSpec("pen", _EDIT, "&Pen", ("P",), "pen", "Draw.", is_canvas_key=True,
                   run=lambda f: f.use_pen(), checked=lambda f: not f.is_erasing, group="tool", starts_section=True),
        ActionSpec("eraser", _EDIT, "&Eraser", ("E",), "eraser", "Erase parts of strokes.", is_canvas_key=True,
                   run=lambda f: f.use_eraser(), checked=lambda f: f.is_erasing, group="tool"),

        ActionSpec("distort", _EDIT, "&Distort…", ("D",), "", "Show or hide the sliders that distort the input.",
                   is_canvas_key=True, run=lambda f: f.draw.distort.toggle.click()),

        _tab_spec("showNetwork", "&Network", "Ctrl+1", "network"),
        _tab_spec("showTrain", "&Train", "Ctrl+2", "play"),
        _tab_spec("showLearning", "Lea&rning", "Ctrl+3", "learning"),
        _tab_spec("showInspect", "&Look inside", "Ctrl+4", "layers"),
        _tab_spec("showExplain", "E&xplain", "Ctrl+5", "explain"),
        _tab_spec("showEvaluate", "&Evaluate", "Ctrl+6", "evaluate"),
        _tab_spec("showRuns", "R&uns", "Ctrl+7", "runs"),
        _tab_spec("showMyDigits", "&My digits", "Ctrl+8", "my-digits"),
        ActionSpec("explainBack", VIEW_MENU, "Explain: &back", ("Alt+Left",), "", "Back to the value explained before.",
                   run=lambda f: f.tabs.explain.panel().go_back(), enabled=lambda f: _can_explain(f, -1),
                   starts_section=True),
        ActionSpec("explainForward", VIEW_MENU, "Explain: for&ward", ("Alt+Right",), "", "Forward again.",
                   run=lambda f: f.tabs.explain.panel().go_forward(), enabled=lambda f: _can_explain(f, 1)),
        _scheme_spec("schemeSystem", "&System", ColourScheme.SYSTEM),
        _scheme_spec("schemeLight", "&Light", ColourScheme.LIGHT),
        _scheme_spec("schemeDark", "&Dark", ColourScheme.DARK),
        ActionSpec("moveDraw", VIEW_MENU, "Drawing panel on the other &side",
                   run=lambda f: f.dock.change_side(), starts_section=True),
        ActionSpec("resetLayout", VIEW_MENU, "Reset la&yout", (), "reset", "Dock the panels where they were first.",
                   run=lambda f: f.reset_layout()),
        ActionSpec("nextRegion", VIEW_MENU, "Ne&xt part of the window", ("F6",), "",
                   "Move to the canvas, the tabs, their content, the time bar or the status bar.",
                   run=lambda f: f.move_to_region(1), starts_section=True),
        ActionSpec("previousRegion", VIEW_MENU, "Pre&vious part of the window", ("Shift+F6",), "",
                   "Move back to the previous part of the window.", run=lambda f: f.move_to_region(-1)),
        ActionSpec("fullScreen", VIEW_MENU, "&Full screen", ("F11",), "fullscreen",
                   run=_toggle_full_screen, starts_section=True),

        ActionSpec("train", _TRAIN, "&Train or pause", ("Ctrl+T",), "play", "Start, pause or resume training.",
                   run=lambda f: f.train(), enabled=_when(available.can_train_or_pause)),
        ActionSpec("stop", _TRAIN, "&Stop", ("Ctrl+.",), "stop", "Stop training after this batch.",
                   run=lambda f: f.controllers.training.stop(), enabled=_when(available.can_stop)),
        ActionSpec("reset", _TRAIN, "&Reset", (), "reset", "Show the untrained network of this seed again.",
                   run=lambda f: f.controllers.training.reset(), enabled=_when(available.is_idle)),
        ActionSpec("newSeed", _TRAIN, "New s&eed", (), "dice", "Start from different random weights.",
                   run=lambda f: f.controllers.training.new_seed(), enabled=_when(available.is_idle)),
        ActionSpec("evaluate", _TRAIN, "&Evaluate", ("Ctrl+E",), "evaluate", "Evaluate the network on all test images.",
                   run=lambda f: f.evaluate(), enabled=_when(available.can_evaluate)),
        ActionSpec("testDigit", _TRAIN, "Random test &digit", ("Ctrl+D",), "picture", "Show a random test image.",
                   run=lambda f: f.controllers.files.show_test_digit(0)),

        ActionSpec("play", _REPLAY, "&Play or pause", (), "play", "Play back the run (Space).",
                   run=lambda f: f.controllers.replay.play_or_pause(), enabled=_when(available.has_past)),
        ActionSpec("earlier", _REPLAY, "&Earlier snapshot", ("Ctrl+Left",), "", "Show the previous snapshot.",
                   run=lambda f: f.controllers.replay.step_by(-1), enabled=_when(available.can_go_back)),
        ActionSpec("later", _REPLAY, "&Later snapshot", ("Ctrl+Right",), "", "Show the next snapshot.",
                   run=lambda f: f.controllers.replay.step_by(1), enabled=_when(available.can_go_forward)),
        ActionSpec("newest", _REPLAY, "&Newest snapshot", ("Ctrl+End",), "newest", "Follow the newest snapshot.",
                   run=lambda f: f.controllers.replay.show_newest(), enabled=_when(available.can_show_newest)),
        ActionSpec("pin", _REPLAY, "P&in or unpin", ("Ctrl+P",), "pin", "Pin this snapshot for comparison.",
                   run=lambda f: f.controllers.replay.pin_or_unpin()),
        ActionSpec("swap", _REPLAY, "&Swap with pinned", ("Ctrl+B",), "swap", "Swap the pinned and the shown snapshot.",
                   run=lambda f: f.controllers.replay.swap(), enabled=_when(available.can_swap)),
        ActionSpec("continueTraining", _REPLAY, "&Continue from here", ("Ctrl+G",), "branch", _CONTINUE_TIP,
                   run=lambda f: f.continue_training(), enabled=_when(available.can_continue)),

        ActionSpec("lessons", _HELP, "&Lessons", ("Ctrl+L",), "lessons", "Ten short lessons on the network.",
                   run=lambda f: f.show_lessons()),
        ActionSpec("whatsThis", _HELP, "&What's this?", ("Shift+F1",), "help", "Click anything for an explanation.",
                   run=lambda _: QWhatsThis.enterWhatsThisMode()),
        ActionSpec("keyboard", _HELP, "&Keyboard", ("F1",), "keyboard", "List all keys.", run=_show_keyboard),
        ActionSpec("openLog", _HELP, "Open the &log folder", run=_open_log_folder),
        ActionSpec("about", _HELP, "&About DigitLab", (), "info", run=_show_about),
    )
    # fmt: on


def _shipped_specs() -> list[ActionSpec]:
    """Return an action for each shipped network, the default one first."""
    found = shipped_model_names()
    known = [name for name in RECIPES if name in found]
    names = sorted([*known, *(name for name in found if name not in known)], key=lambda name: name != DEFAULT_MODEL)
    return [_shipped_spec(name, is_first=name == names[0]) for name in names]


def _shipped_spec(name: str, *, is_first: bool) -> ActionSpec:
    return ActionSpec(
        shipped_action(name),
        "&File > Shipped &networks",
        f"&{shipped_title(name)}" + (" (default)" if name == DEFAULT_MODEL else ""),
        tip=recipe_note(RECIPES[name]) if name in RECIPES else "",
        run=lambda f: f.controllers.files.open_shipped(name),
        enabled=_when(available.is_idle),
        starts_section=is_first,
    )


def _edits_of(features: Features) -> tuple[str, str]:
    """Return the names of the edits of the network to undo and to redo; empty for none."""
    return features.controllers.network_editor.history if features.has_controllers else ("", "")


def _can_explain(features: Features, step: int) -> bool:
    """Return whether Explain is shown, and there is a value before, -1, or after, 1, the one on screen."""
    panel = features.tabs.explain.built
    return panel is not None and panel.isVisible() and panel.can_go(step)


def _tab_spec(name: str, text: str, key: str, icon: str) -> ActionSpec:
    return ActionSpec(
        name,
        VIEW_MENU,
        text,
        (key,),
        icon,
        run=lambda f: f.tabs.show_tab(name),
        checked=lambda f: f.tabs.shown == name,
        group="tab",
    )


def _scheme_spec(name: str, text: str, scheme: ColourScheme) -> ActionSpec:
    return ActionSpec(
        name,
        "&View > T&heme",
        text,
        run=lambda f: f.choose_scheme(scheme),
        checked=lambda f: f.scheme is scheme,
        group="scheme",
    )


def _toggle_full_screen(features: Features) -> None:
    window = features.window
    window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)


# Help is imported on first use, so that it does not delay the first paint.


def _show_keyboard(features: Features) -> None:
    from digitlab.gui.widgets.help import keyboard_dialog

    rows = [
        (
            ", ".join(keys.toString(QKeySequence.SequenceFormat.NativeText) for keys in _keys(spec)),
            f"On the canvas: {spec.plain_text.lower()}" if spec.is_canvas_key else spec.plain_text,
        )
        for spec in action_specs()
        if spec.shortcuts and spec.menu != _KEEP  # ten similar rows; the dialog has one row for all
    ]
    keyboard_dialog(rows, features.window).show()


def _open_log_folder(features: Features) -> None:
    from digitlab.gui.widgets.help import open_log_folder

    del features
    open_log_folder()


def _show_about(features: Features) -> None:
    from digitlab.gui.widgets.help import about_text

    features.messages.show_info(*about_text())


def shipped_action(name: str) -> str:
    """Return the name of the action that opens a shipped network: ``openPen`` for ``pen``."""
    return f"open{name.capitalize()}"


def _keys(spec: ActionSpec) -> list[QKeySequence]:
    return [QKeySequence(keys) for keys in spec.shortcuts]


class _Action(QAction):
    """An action of the table, as Qt has it."""

    def __init__(self, spec: ActionSpec, parent: "Actions", window: QMainWindow) -> None:
        super().__init__(spec.text, window)
        self.spec = spec
        self._actions = parent
        self.setObjectName(spec.name)
        self.setShortcuts(_keys(spec))
        if spec.is_canvas_key:
            self.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
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
        """Create all actions and menus; they do nothing before ``drive``."""
        super().__init__(window)
        self.specs = action_specs()
        self.by_name: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        self._features: Features | None = None
        self._had_sketch = False
        self._refreshing = Throttle(self.refresh, _REFRESH_MS, self)
        groups: dict[str, QActionGroup] = {}
        for spec in self.specs:
            action = _Action(spec, self, window)
            if spec.group:
                groups.setdefault(spec.group, QActionGroup(window)).addAction(action)
            self._menu(window, spec.menu, starts_section=spec.starts_section).addAction(action)
            self.by_name[spec.name] = action

    def drive(self, features: Features) -> None:
        """Connect the actions to the features, and keep their enabled and checked states up to date."""
        self._features = features
        session, stack = features.session, features.editor.stack
        for changed in (
            session.training_state_changed,
            session.replay_changed,
            session.run_changed,
            session.network_opened,
            session.recipe_changed,
            session.kept.changed,
            stack.canUndoChanged,
            stack.canRedoChanged,
            features.tabs.currentChanged,
        ):
            changed.connect(self.refresh)
        # Often: as the pen moves, the slider moves, and a training goes on.
        for changed in (session.view_changed, session.snapshot_changed, session.newest_changed):
            changed.connect(self._refreshing.request)
        for slowly in (session.evaluation_changed, session.place_changed, session.edits_changed):
            slowly.connect(self._refreshing.request)
        session.sketch_changed.connect(self._on_session_sketch_changed)
        session.is_collecting_changed.connect(self._on_session_is_collecting_changed)
        features.draw.canvas.addActions([self.by_name[spec.name] for spec in self.specs if spec.is_canvas_key])
        # The buttons of the time bar are these actions too.
        bar = features.time_bar
        bar.play_requested.connect(self.by_name["play"].trigger)
        bar.newest_requested.connect(self.by_name["newest"].trigger)
        bar.pin_requested.connect(self.by_name["pin"].trigger)
        bar.swap_requested.connect(self.by_name["swap"].trigger)
        bar.continue_requested.connect(self.by_name["continueTraining"].trigger)
        bar.chip.save_requested.connect(self.by_name["saveNetwork"].trigger)
        bar.chip.set_actions(tuple(self.by_name[name] for name in ("undoEdit", "redoEdit", "resetEdits")))
        self.refresh()

    def run(self, spec: ActionSpec) -> None:
        """Run the command of an action."""
        if self._features is not None:
            spec.run(self._features)
            self.refresh()

    @Slot()
    def _on_session_sketch_changed(self) -> None:
        """Refresh when the canvas gets its first stroke or is cleared; the rest can wait."""
        if self._features is not None and self._had_sketch != available.has_sketch(self._features.session):
            self.refresh()
        self._refreshing.request()

    @Slot()
    def _on_session_is_collecting_changed(self) -> None:
        """Leave Esc to collecting digits, which it ends; otherwise it clears the canvas."""
        is_collecting = self._features is not None and self._features.session.is_collecting
        clear = next(spec for spec in self.specs if spec.name == "clear")
        keys = [key for key in _keys(clear) if not (is_collecting and key == _ESC)]
        self.by_name[clear.name].setShortcuts(keys)

    @Slot()
    def refresh(self) -> None:
        """Update the enabled and checked states of the actions."""
        if self._features is None:
            return
        self._had_sketch = available.has_sketch(self._features.session)
        for spec in self.specs:
            action = self.by_name[spec.name]
            action.setEnabled(spec.enabled(self._features))
            if spec.checked is not None and spec.checked(self._features):
                action.setChecked(True)

    def show_icons(self, palette: QPalette) -> None:
        """Set the icons of the actions in the colours of a palette."""
        for spec in self.specs:
            if spec.icon:
                self.by_name[spec.name].setIcon(theme.icon(spec.icon, palette))

    def _menu(self, window: QMainWindow, path: str, *, starts_section: bool) -> QMenu:
        """Return a menu, creating it if missing; add a separator at its end, or above it if it is a new submenu."""
        if path not in self.menus:
            parent, _, title = path.rpartition(" > ")
            holder = self._menu(window, parent, starts_section=starts_section) if parent else window.menuBar()
            menu = holder.addMenu(title)
            menu.setToolTipsVisible(True)
            self.menus[path] = menu
        elif starts_section:
            self.menus[path].addSeparator()
        return self.menus[path]
