"""The window: panels, menus and controllers put together. Wiring only."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDockWidget,
    QLabel,
    QMainWindow,
    QMenu,
    QStatusBar,
    QToolBar,
    QVBoxLayout,
    QWhatsThis,
    QWidget,
)

from digitlab.assets import shipped_model_names
from digitlab.data.sources import DataSource
from digitlab.errors import DigitLabError
from digitlab.gui import theme
from digitlab.gui.actions import give_icons, make_actions, shipped_action
from digitlab.gui.controllers.together import Controllers
from digitlab.gui.draw.canvas import Tool
from digitlab.gui.draw.editor import SketchEditor
from digitlab.gui.draw.panel import DrawPanel
from digitlab.gui.help import about_text, keyboard_dialog, open_log_folder
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.panels import Panels
from digitlab.gui.pixels import grey_image
from digitlab.gui.replay.bar import TimeBar
from digitlab.gui.session import Session
from digitlab.gui.theme import ColourScheme
from digitlab.gui.values import TrainingState
from digitlab.settings import Settings, save_settings

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
_PLOTS_DELAY_MS: Final = 400
"""pyqtgraph takes 0.7 s to import; by then the first digit has been answered."""

_TENSORFLOW_DELAY_MS: Final = 1_500
"""TensorFlow loads behind everything a person sees first."""


class MainWindow(QMainWindow):
    """The one window.

    Args:
        session: What is open.
        settings: What the person chose last time.
    """

    def __init__(self, session: Session, settings: Settings) -> None:
        """Build and wire everything; nothing slow happens here."""
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
        self.editor = SketchEditor(session, self)
        self.controllers = Controllers(session, self.editor, self.messages, settings.last_folder, self)
        self.draw = DrawPanel(session, self.editor, tuple(self.actions_by_name[name] for name in _TOOLS), self)
        self.draw.keep_row.keep_requested.connect(self.controllers.my_digits.keep_as)
        self.draw.keep_row.undo_requested.connect(self.controllers.my_digits.undo)
        self.panels = Panels(session, self.controllers, self)
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
        slots: dict[str, Callable[[], object]] = {
            "open": self.controllers.dialogs.open,
            "paste": self.controllers.dialogs.paste,
            "saveNetwork": self.controllers.dialogs.save_network,
            "saveDrawing": self.controllers.dialogs.save_drawing,
            "openLast": self.controllers.runs.open_last,
            "openEarlier": self.controllers.runs.open_earlier,
            "quit": self.close,
            "undo": self.editor.undo,
            "redo": self.editor.stack.redo,
            "clear": self._on_clear_triggered,
            "copyImage": self._on_copy_image_triggered,
            "fullScreen": self._on_full_screen_triggered,
            "train": self._on_train_triggered,
            "stop": self.controllers.training.stop,
            "reset": self.controllers.training.reset,
            "newSeed": self.controllers.training.new_seed,
            "evaluate": self._on_evaluate_triggered,
            "play": self.controllers.replay.play_or_pause,
            "earlier": self._on_earlier_triggered,
            "later": self._on_later_triggered,
            "newest": self.controllers.replay.show_newest,
            "pin": self.controllers.replay.pin_or_unpin,
            "swap": self.controllers.replay.swap,
            "goOn": self.controllers.training.go_on,
            "testDigit": self._on_test_digit_triggered,
            "whatsThis": QWhatsThis.enterWhatsThisMode,
            "keyboard": self._on_keyboard_triggered,
            "openLog": open_log_folder,
            "about": self._on_about_triggered,
        }
        for name, slot in slots.items():
            self._action(name).triggered.connect(slot)
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
        session, replay, bar = self.session, self.controllers.replay, self.time_bar
        bar.moment_chosen.connect(replay.show_index)
        bar.play_requested.connect(replay.play_or_pause)
        bar.newest_requested.connect(replay.show_newest)
        bar.pin_requested.connect(replay.pin_or_unpin)
        bar.swap_requested.connect(replay.swap)
        bar.go_on_requested.connect(self.controllers.training.go_on)
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
        self.controllers.views.refresh()
        self.controllers.runs.begin()
        self.controllers.my_digits.begin()
        if file is None:
            self.controllers.files.begin()
        else:
            self.controllers.files.open_path(file)
        QTimer.singleShot(_PLOTS_DELAY_MS, self, self._on_idle)
        QTimer.singleShot(_TENSORFLOW_DELAY_MS, self, self.controllers.training.load_tensorflow)

    @Slot()
    def _on_idle(self) -> None:
        """Build what has not been seen yet, so that it opens at once."""
        self.panels.network.panel()
        self.panels.train.panel().ensure_plots()

    # What the person does

    @Slot()
    def _on_copy_image_triggered(self) -> None:
        if self.session.view is not None:
            QGuiApplication.clipboard().setImage(grey_image(self.session.view.steps.image))
            self._activity.setText("The 28 × 28 image is in the clipboard")

    @Slot()
    def _on_full_screen_triggered(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot()
    def _on_clear_triggered(self) -> None:
        """Empty the canvas, and take the pen: there is nothing left to erase."""
        self.editor.clear()
        self._action("pen").trigger()

    @Slot()
    def _on_train_triggered(self) -> None:
        self.panels.network.panel().apply_now()
        panel = self.panels.train.panel()
        if self.session.training_state is TrainingState.IDLE and panel.problem:
            self.panels.setCurrentWidget(self.panels.train)
            self.messages.tell_error(DigitLabError(panel.problem))
        else:
            self.controllers.training.train_or_pause()

    @Slot()
    def _on_evaluate_triggered(self) -> None:
        self.panels.setCurrentWidget(self.panels.evaluate)
        self.controllers.evaluation.judge()

    @Slot()
    def _on_earlier_triggered(self) -> None:
        self.controllers.replay.step_by(-1)

    @Slot()
    def _on_later_triggered(self) -> None:
        self.controllers.replay.step_by(1)

    @Slot()
    def _on_test_digit_triggered(self) -> None:
        self.controllers.files.show_test_digit(0)

    @Slot()
    def _on_keyboard_triggered(self) -> None:
        keyboard_dialog(self).show()

    @Slot()
    def _on_about_triggered(self) -> None:
        self.messages.tell(*about_text())

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

    def _show_activity(self) -> None:
        self._activity.setText(self.session.activity or _STATE_WORDS.get(self.session.training_state, "Ready"))

    def _show_icons(self) -> None:
        give_icons(self.actions_by_name, self.palette())

    def stop_for_good(self) -> None:
        """End all work behind the window."""
        self.controllers.close()

    def settings(self) -> Settings:
        """Return what the person chose, as it is now."""
        source = self.session.recipe.source
        return replace(
            self._settings,
            colour_scheme=str(self._scheme),
            last_folder=self.controllers.dialogs.folder,
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
            self.messages.tell("A link cannot be opened here.", "Save what it leads to as a file, then drop the file.")

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
