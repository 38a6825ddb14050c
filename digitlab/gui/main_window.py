"""The window: panels, menus and controllers put together. Wiring only."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Slot
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QStatusBar,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from digitlab.data.sources import DataSource
from digitlab.gui import theme
from digitlab.gui.actions import COMMANDS, give_icons, make_actions, shipped_action
from digitlab.gui.app.start import Start
from digitlab.gui.draw.answering import ViewController
from digitlab.gui.draw.canvas import Tool
from digitlab.gui.draw.panel import DrawPanel
from digitlab.gui.features import Panels
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.replay.bar import TimeBar
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import TrainingState
from digitlab.gui.theme import ColourScheme
from digitlab.system.assets import shipped_model_names
from digitlab.system.errors import DigitLabError
from digitlab.system.settings import Settings, save_settings

if TYPE_CHECKING:
    from digitlab.gui.features import Controllers

_log = logging.getLogger(__name__)

_TOOLS: Final = ("pen", "eraser", "undo", "redo", "clear")
"""The actions under the canvas."""

_STATE_WORDS: Final = {
    TrainingState.RUNNING: "Training",
    TrainingState.PAUSED: "Training is paused",
    TrainingState.STOPPING: "Stopping",
}
"""What the status bar says of a training while nothing else goes on."""

_SIZE: Final = QSize(1280, 800)
_FRAME: Final = QSize(16, 40)
"""Room for the window manager's frame and title, so that the first window fits on a small screen."""
_DRAW_WIDTH: Final = 336
_CLOSE_TIMEOUT_S: Final = 2.5
"""How long closing waits for each worker: a batch takes 0.04 s; only the loading of TensorFlow takes longer."""


class MainWindow(QMainWindow):
    """The one window.

    Args:
        session: What is open.
        settings: What the person chose last time.
    """

    def __init__(self, session: Session, settings: Settings) -> None:
        """Build what is seen first and wire it; nothing slow happens here."""
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("DigitLab")
        self.setAcceptDrops(True)
        self.resize(_SIZE.boundedTo(self.screen().availableSize() - _FRAME))
        self.session = session
        self._settings = settings
        self._scheme = theme.scheme_of(settings.colour_scheme)
        self._bar = MessageBar(self)
        self.messages = Messages(self._bar)
        self.actions_by_name = make_actions(self)
        self.editor: SketchEditor = SketchEditor(session, self)
        self.views = ViewController(session, self.messages, self)
        self._controllers: Controllers | None = None
        self._start: Start | None = None
        self.draw = DrawPanel(session, self.editor, tuple(self.actions_by_name[name] for name in _TOOLS), self)
        self.panels = Panels(session, self._the_controllers, self)
        self.time_bar = TimeBar(session, self)
        self._place()
        self._wire_actions()
        self._wire_session()
        self._show_icons()
        self._restore()

    # Building

    def _place(self) -> None:
        middle = QWidget(self)
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(theme.SPACE_XS, theme.SPACE_XS, theme.SPACE_M, 0)
        layout.setSpacing(theme.SPACE_S)
        layout.addWidget(self._bar)
        layout.addWidget(self.panels, 1)
        self.setCentralWidget(middle)
        self._dock = dock = QDockWidget("Draw a digit", self)
        dock.setObjectName("drawDock")
        dock.setWidget(_with_margin(self.draw))
        self.draw.setMinimumWidth(_DRAW_WIDTH - 60)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        toggle = dock.toggleViewAction()
        toggle.setText("&Drawing panel")
        for menu in self.menuBar().findChildren(QMenu):
            if menu.title() == "&View":
                menu.addAction(toggle)
        holder = QToolBar("Time", self)
        holder.setObjectName("timeToolBar")
        holder.setMovable(False)
        holder.toggleViewAction().setVisible(False)
        holder.addWidget(_with_margin(self.time_bar, right=theme.SPACE_M, top=theme.SPACE_S))
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, holder)
        status = QStatusBar(self)
        status.setSizeGripEnabled(False)
        self._activity = QLabel("Ready", self)
        self._activity.setObjectName("activity")
        status.addWidget(self._activity, 1)
        self.setStatusBar(status)

    def _wire_actions(self) -> None:
        for name in COMMANDS:
            self._action(name).triggered.connect(self._on_action_triggered)
        for digit, button in enumerate(self.draw.keep_row.digits.buttons):
            self._action(f"keepAs{digit}").triggered.connect(button.click)
        self._shipped = QActionGroup(self)
        for name in shipped_model_names():
            self._shipped.addAction(self._action(shipped_action(name))).setData(name)
        self._shipped.triggered.connect(self._on_shipped_triggered)
        for name in ("tool", "panel", "scheme"):
            group = self._group(name)
            group.triggered.connect(getattr(self, f"_on_{name}_triggered"))
        self._action("pen").setChecked(True)
        stack = self.editor.stack
        stack.canUndoChanged.connect(self._action("undo").setEnabled)
        stack.canRedoChanged.connect(self._action("redo").setEnabled)
        self._action("undo").setEnabled(False)
        self._action("redo").setEnabled(False)

    def _group(self, name: str) -> QActionGroup:
        first = {"tool": "pen", "panel": "showInspect", "scheme": "schemeSystem"}[name]
        group = self._action(first).actionGroup()
        assert group is not None
        return group

    def _wire_session(self) -> None:
        session = self.session
        self.draw.strip.preprocessing_requested.connect(self.views.set_preprocessing)
        row, bar = self.draw.keep_row, self.time_bar
        row.keep_requested.connect(self._hand_to(lambda controllers: controllers.my_digits.keep_as))
        row.undo_requested.connect(self._hand_to(lambda controllers: controllers.my_digits.undo))
        bar.snapshot_chosen.connect(self._hand_to(lambda controllers: controllers.replay.show_index))
        bar.play_requested.connect(self._hand_to(lambda controllers: controllers.replay.play_or_pause))
        bar.newest_requested.connect(self._hand_to(lambda controllers: controllers.replay.show_newest))
        bar.pin_requested.connect(self._hand_to(lambda controllers: controllers.replay.pin_or_unpin))
        bar.swap_requested.connect(self._hand_to(lambda controllers: controllers.replay.swap))
        bar.continue_requested.connect(self._hand_to(lambda controllers: controllers.training.continue_training))
        self.panels.currentChanged.connect(self._on_panels_current_changed)
        session.activity_changed.connect(self._on_session_activity_changed)
        session.training_state_changed.connect(self._on_session_training_state_changed)
        self._on_session_training_state_changed()

    def _action(self, name: str) -> QAction:
        return self.actions_by_name[name]

    def _restore(self) -> None:
        """Put the window where it was; anything unusable is dropped."""
        self._action({"light": "schemeLight", "dark": "schemeDark"}.get(self._scheme, "schemeSystem")).setChecked(True)
        self._action("showInspect").setChecked(True)
        self.restoreGeometry(QByteArray.fromBase64(self._settings.window_geometry.encode()))
        self.restoreState(QByteArray.fromBase64(self._settings.window_state.encode()))
        if self._settings.panel in self.panels.by_action:
            self.panels.setCurrentWidget(self.panels.by_action[self._settings.panel])

    def begin(self, file: Path | None) -> None:
        """Start what goes on behind the window, once it is on screen.

        Args:
            file: A file to open, or None for the recorded run of the shipped network.
        """
        if not self._settings.window_state:
            self.resizeDocks([self._dock], [_DRAW_WIDTH], Qt.Orientation.Horizontal)
        if self._dock.isFloating():
            # It came back before the window did, so window managers may have put it behind.
            self._dock.raise_()
        self._start = Start(self, file)

    @property
    def controllers(self) -> "Controllers":
        """What turns wishes into work; made with the first wish, or else soon after the window is painted."""
        if self._controllers is None:
            from digitlab.gui.features import Controllers

            folder = self._settings.last_folder
            self._controllers = Controllers(self.session, self.editor, self.messages, folder, self)
        return self._controllers

    def _the_controllers(self) -> "Controllers":
        return self.controllers

    def _hand_to(self, slot_of: "Callable[[Controllers], Callable[..., object]]") -> Callable[..., object]:
        """Return what hands the values of a signal to a controller, which is made then if it was not yet."""
        return lambda *values: slot_of(self.controllers)(*values)

    # What the person does

    @Slot()
    def _on_action_triggered(self) -> None:
        COMMANDS[self.sender().objectName()](self)

    @Slot(QAction)
    def _on_shipped_triggered(self, action: QAction) -> None:
        self.controllers.files.open_shipped(action.data())

    @Slot(QAction)
    def _on_tool_triggered(self, action: QAction) -> None:
        self.draw.canvas.set_tool(Tool.ERASER if action is self._action("eraser") else Tool.PEN)

    @Slot(QAction)
    def _on_panel_triggered(self, action: QAction) -> None:
        self.panels.setCurrentWidget(self.panels.by_action[action.objectName()])

    @Slot(QAction)
    def _on_scheme_triggered(self, action: QAction) -> None:
        self._scheme = {"schemeLight": ColourScheme.LIGHT, "schemeDark": ColourScheme.DARK}.get(
            action.objectName(), ColourScheme.SYSTEM
        )
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply_scheme(app, self._scheme)

    @Slot()
    def follow_system_colours(self) -> None:
        """Take the system's colours anew, if that is what the person chose."""
        app = QApplication.instance()
        if self._scheme is ColourScheme.SYSTEM and isinstance(app, QApplication):
            theme.restyle(app, is_dark=theme.is_dark_wanted(ColourScheme.SYSTEM))

    # What changes

    @Slot(int)
    def _on_panels_current_changed(self, index: int) -> None:
        del index
        self._action(self.panels.shown_action).setChecked(True)

    @Slot()
    def _on_session_activity_changed(self) -> None:
        self._show_activity()

    @Slot()
    def _on_session_training_state_changed(self) -> None:
        state = self.session.training_state
        self._action("train").setEnabled(state not in (TrainingState.PREPARING, TrainingState.STOPPING))
        self._action("stop").setEnabled(state.is_busy and state is not TrainingState.STOPPING)
        for name in ("reset", "newSeed", "openLast", "openEarlier"):
            self._action(name).setEnabled(not state.is_busy)
        self._shipped.setEnabled(not state.is_busy)
        self._show_activity()

    def tell_activity(self, words: str) -> None:
        """Say something in the status bar until something else goes on."""
        self._activity.setText(words)

    def _show_activity(self) -> None:
        self._activity.setText(self.session.activity or _STATE_WORDS.get(self.session.training_state, "Ready"))

    def _show_icons(self) -> None:
        give_icons(self.actions_by_name, self.palette())

    def stop_for_good(self) -> None:
        """End all work behind the window."""
        if self._start is not None:
            self._start.cancel()
        self.panels.hold()  # nothing is built any more, which would make the controllers now
        closed = [] if self._controllers is None else self._controllers.close(_CLOSE_TIMEOUT_S)
        if not all([*closed, self.views.close(_CLOSE_TIMEOUT_S)]):
            _log.warning("A worker was still busy when the window closed.")

    def settings(self) -> Settings:
        """Return what the person chose, as it is now."""
        source = self.session.recipe.source
        return replace(
            self._settings,
            colour_scheme=str(self._scheme),
            last_folder=self._settings.last_folder if self._controllers is None else self._controllers.dialogs.folder,
            data_source=source if source in tuple(DataSource) else self._settings.data_source,
            window_geometry=bytes(self.saveGeometry().toBase64().data()).decode(),
            window_state=bytes(self.saveState().toBase64().data()).decode(),
            panel=self.panels.shown_action,
        )

    # Overrides of Qt

    def changeEvent(self, event: QEvent) -> None:
        """Give the icons the theme's colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._show_icons()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Play or pause with Space, where no widget has a use for it: a shortcut would take it from all buttons."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.controllers.replay.play_or_pause()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        if self.controllers.files.open_mime(event.mimeData()):
            event.acceptProposedAction()
        else:
            self.messages.show_info(
                "A link cannot be opened here.", "Save what it leads to as a file, then drop the file."
            )

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the training, keep the settings and end the threads. Asks nothing: a trained network is kept anyway."""
        try:
            save_settings(self.settings())
        except DigitLabError as error:
            _log.warning("The settings could not be saved: %s", error)
        self.hide()
        self.stop_for_good()
        super().closeEvent(event)


def _with_margin(panel: QWidget, right: int = theme.SPACE_XS, top: int = 0) -> QWidget:
    """Return a widget that holds a panel away from the window's edge, and from what is right of it and above."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(theme.SPACE_M, top, right, 0)
    layout.addWidget(panel)
    return holder
