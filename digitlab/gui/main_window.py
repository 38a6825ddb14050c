"""The window: the drawing panel, the tabs, the time bar, the menus and the status bar put together. Wiring only."""

import logging
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QStatusBar, QToolBar, QVBoxLayout, QWidget

from digitlab.data.sources import DataSource
from digitlab.gui import theme
from digitlab.gui.actions import VIEW_MENU, Actions
from digitlab.gui.draw.answering import ViewController
from digitlab.gui.draw.panel import DrawPanel
from digitlab.gui.features import Controllers, Features, Tabs
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.replay.bar import TimeBar
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import TrainingState
from digitlab.gui.widgets.themed import Themed
from digitlab.system.errors import DigitLabError
from digitlab.system.settings import Settings, save_settings

_log = logging.getLogger(__name__)

_TOOLS: Final = ("pen", "eraser", "undo", "redo", "clear")
"""The actions under the canvas."""

_STATE_TEXTS: Final = {
    TrainingState.RUNNING: "Training",
    TrainingState.PAUSED: "Training is paused",
    TrainingState.STOPPING: "Stopping",
}
"""What the status bar says of a training while there is no other activity."""

_SIZE: Final = QSize(1280, 800)
_FRAME: Final = QSize(16, 40)
"""Space for the window manager's frame and title, so that the first window fits on a small screen."""
_DRAW_WIDTH: Final = 336
_CLOSE_TIMEOUT_S: Final = 2.5
"""How long closing waits for each worker: a batch takes 0.04 s; only the loading of TensorFlow takes longer."""


class MainWindow(Themed, QMainWindow):
    """The one window.

    Args:
        session: What is open.
        settings: What the user chose last time.

    Signals:
        closing: All work is about to end.

    Attributes:
        session: What is open.
        messages: Shows messages to the user.
        actions_by_name: The actions of menus, keys and tool buttons.
        features: What the actions act on.
    """

    closing = Signal()

    def __init__(self, session: Session, settings: Settings) -> None:
        """Build what is seen first and wire it; nothing slow happens here."""
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("DigitLab")
        self.setAcceptDrops(True)
        self.resize(_SIZE.boundedTo(self.screen().availableSize() - _FRAME))
        self.session = session
        self._settings = settings
        self._bar = MessageBar(self)
        self.messages = Messages(self._bar)
        self._actions = Actions(self)
        tools = tuple(self.actions_by_name[name] for name in _TOOLS)
        scheme = theme.scheme_of(settings.colour_scheme)
        self.features = Features(session, self.messages, settings.last_folder, scheme, tools, self)
        self._place()
        self.restoreGeometry(QByteArray.fromBase64(settings.window_geometry.encode()))
        self.restoreState(QByteArray.fromBase64(settings.window_state.encode()))
        self.panels.show_tab(settings.panel)
        self._actions.drive(self.features)
        session.activity_changed.connect(self._show_activity)
        session.training_state_changed.connect(self._show_activity)
        self.follow_theme()

    # Its parts

    @property
    def actions_by_name(self) -> dict[str, QAction]:
        """The actions by name."""
        return self._actions.by_name

    @property
    def draw(self) -> DrawPanel:
        """The drawing panel."""
        return self.features.draw

    @property
    def panels(self) -> Tabs:
        """The tabs."""
        return self.features.tabs

    @property
    def time_bar(self) -> TimeBar:
        """The time slider with its buttons."""
        return self.features.time_bar

    @property
    def editor(self) -> SketchEditor:
        """Changes the sketch on the canvas."""
        return self.features.editor

    @property
    def views(self) -> ViewController:
        """Answers the sketch on the canvas."""
        return self.features.views

    @property
    def controllers(self) -> Controllers:
        """The controllers; made when they are needed first, or else soon after the window is painted."""
        return self.features.controllers

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
        self._actions.menus[VIEW_MENU].addAction(toggle)
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

    def place_dock(self) -> None:
        """Give the drawing panel its width or its place; the window must be on screen."""
        if not self._settings.window_state:
            self.resizeDocks([self._dock], [_DRAW_WIDTH], Qt.Orientation.Horizontal)
        if self._dock.isFloating():
            # It was shown before the window was, so window managers may have put it behind.
            self._dock.raise_()

    # The end

    def stop_for_good(self) -> None:
        """End all work in threads."""
        self.closing.emit()
        if not self.features.close(_CLOSE_TIMEOUT_S):
            _log.warning("A worker was still busy when the window closed.")

    def settings(self) -> Settings:
        """Return what the user chose, as it is now."""
        source = self.session.recipe.source
        return replace(
            self._settings,
            colour_scheme=str(self.features.scheme),
            last_folder=self.features.folder,
            data_source=source if source in tuple(DataSource) else self._settings.data_source,
            window_geometry=bytes(self.saveGeometry().toBase64().data()).decode(),
            window_state=bytes(self.saveState().toBase64().data()).decode(),
            panel=self.panels.shown,
        )

    @Slot()
    def _show_activity(self) -> None:
        self.statusBar().clearMessage()
        self._activity.setText(self.session.activity or _STATE_TEXTS.get(self.session.training_state, "Ready"))

    def restyle(self) -> None:
        """Give the icons the theme's colours."""
        self._actions.show_icons(self.palette())

    # Overrides of Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Play or pause with Space, where no widget has a use for it: a shortcut would take it from all buttons."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.actions_by_name["play"].trigger()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and pictures."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        if self.controllers.files.open_mime(event.mimeData()):
            event.acceptProposedAction()
        else:
            self.messages.show_info("A link cannot be opened here.", "Save the linked file, then drop that.")

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
    """Return a widget with a panel and margins between it and the window's edge."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(theme.SPACE_M, top, right, 0)
    layout.addWidget(panel)
    return holder
