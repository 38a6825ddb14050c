"""The window: the drawing panel, the tabs, the time bar, the menus and the status bar put together. Wiring only."""

import logging
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QByteArray, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStatusBar, QToolBar, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.actions import VIEW_MENU, Actions
from digitlab.gui.draw.answering import ViewController
from digitlab.gui.draw.dock import DrawDock, ShowDrawButton
from digitlab.gui.draw.panel import DrawPanel
from digitlab.gui.features import Features
from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.replay.bar import TimeBar
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import TrainingState
from digitlab.gui.tabs import Controllers, Tabs
from digitlab.gui.widgets.label import Label
from digitlab.gui.widgets.themed import Themed
from digitlab.system.errors import DigitLabError
from digitlab.system.settings import Settings, save_settings
from digitlab.words.names import one_line

_log = logging.getLogger(__name__)

_TOOLS: Final = ("pen", "eraser", "undo", "redo", "clear")
"""The actions under the canvas."""

_STATE_TEXTS: Final = {
    TrainingState.RUNNING: "Training",
    TrainingState.PAUSED: "Training is paused",
    TrainingState.STOPPING: "Stopping",
}
"""Status bar text for each training state while there is no other activity."""

_NOTE_MS: Final = 5_000
"""How long the status bar shows a note, unless training goes on before."""

_SIZE: Final = QSize(1280, 800)
_FRAME: Final = QSize(16, 40)
"""Space for the window manager's frame and title, so that the first window fits on a small screen."""
_STATUS_PX: Final = 26
"""The height of the status bar with the controls of a training, so that nothing moves when one starts."""

_CLOSE_TIMEOUT_S: Final = 2.5
"""How long closing waits for each worker: a batch takes 0.04 s; only loading TensorFlow takes longer."""


class MainWindow(Themed, QMainWindow):
    """The main window.

    Args:
        session: The open network, run and drawing.
        settings: The user's settings from the last session.

    Signals:
        closing: All background work is about to stop.

    Attributes:
        session: The open network, run and drawing.
        messages: Shows messages to the user.
        actions_by_name: The actions of menus, shortcuts and tool buttons.
        features: What the actions operate on.
        last_settings: The user's settings from the last session.
    """

    closing = Signal()

    def __init__(self, session: Session, settings: Settings) -> None:
        """Build and connect what the first frame shows; nothing slow happens here."""
        super().__init__()
        self.setObjectName("mainWindow")
        self.setAcceptDrops(True)
        self.resize(_SIZE.boundedTo(self.screen().availableSize() - _FRAME))
        self.session = session
        self.last_settings = settings
        self._bar = MessageBar(self)
        self.messages = Messages(self._bar)
        self._actions = Actions(self)
        tools = tuple(self.actions_by_name[name] for name in _TOOLS)
        scheme = theme.scheme_of(settings.colour_scheme)
        self.features = Features(session, self.messages, settings, scheme, tools, self)
        self._place()
        self.restoreGeometry(QByteArray.fromBase64(settings.window_geometry.encode(errors="replace")))
        self.restoreState(QByteArray.fromBase64(settings.window_state.encode(errors="replace")))
        self.panels.show_tab(settings.panel)
        self.draw.canvas.setFocus()
        self._actions.drive(self.features)
        session.activity_changed.connect(self._show_activity)
        self.messages.noted.connect(self._on_messages_noted)
        for changed in (
            session.snapshot_changed,
            session.run_changed,
            session.network_opened,
            session.kept.changed,
            session.kept.open_changed,
        ):
            changed.connect(self._show_title)
        self._show_title()
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
    def _dock(self) -> DrawDock:
        return self.features.dock

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
        """Runs the network on the sketch."""
        return self.features.views

    @property
    def controllers(self) -> Controllers:
        """The controllers, created on first use or soon after the window is painted."""
        return self.features.controllers

    def _place(self) -> None:
        middle = QWidget(self)
        layout = QHBoxLayout(middle)
        layout.setContentsMargins(theme.SPACE_XS, theme.SPACE_XS, theme.SPACE_M, 0)
        layout.setSpacing(theme.SPACE_S)
        layout.addWidget(ShowDrawButton(self._dock))
        layout.addWidget(self.panels, 1)
        self._bar.lie_over(self.panels)
        self.setCentralWidget(middle)
        self._actions.menus[VIEW_MENU].addAction(self._dock.toggleViewAction())
        holder = QToolBar("Time", self)
        holder.setObjectName("timeToolBar")
        holder.setMovable(False)
        holder.toggleViewAction().setVisible(False)
        holder.addWidget(_with_margin(self.time_bar))
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, holder)
        status = QStatusBar(self)
        status.setSizeGripEnabled(False)
        status.setMinimumHeight(_STATUS_PX)
        self._activity = Label("Ready", self)
        self._activity.setObjectName("activity")
        status.addWidget(self._activity, 1)
        self.setStatusBar(status)

    def place_dock(self) -> None:
        """Give the drawing panel its width; the window must be on screen."""
        self._dock.begin(is_new=not self.last_settings.window_state)

    # Closing

    def stop_workers(self) -> None:
        """Stop all background work."""
        self.closing.emit()
        if not self.features.close(_CLOSE_TIMEOUT_S):
            _log.warning("A worker was still busy when the window closed.")

    def settings(self) -> Settings:
        """Return the user's current settings."""
        kept, last = self.session.kept, self.last_settings
        settings = replace(
            last,
            colour_scheme=str(self.features.scheme),
            last_folder=self.features.folder,
            window_geometry=bytes(self.saveGeometry().toBase64().data()).decode(),
            window_state=bytes(self.saveState().toBase64().data()).decode(),
            panel=self.panels.shown,
            plotted_runs=tuple(path.name for path in kept.plotted)
            if kept.is_listed
            else self.last_settings.plotted_runs,
        )
        settings = self.features.with_lessons(settings)
        return self.controllers.restart.remembered(settings) if self.features.has_controllers else settings

    @Slot(str)
    def _on_messages_noted(self, text: str) -> None:
        self.statusBar().showMessage(text, _NOTE_MS)

    @Slot()
    def _show_activity(self) -> None:
        self.statusBar().clearMessage()
        self._activity.setText(self.session.activity or _STATE_TEXTS.get(self.session.training_state, "Ready"))

    @Slot()
    def _show_title(self) -> None:
        """Show the name of the network on screen in the title, where Qt would replace a single [*]."""
        name = one_line(self.session.network_name).replace("[*]", "[*][*]")
        self.setWindowTitle(f"{name} - DigitLab")

    def restyle(self) -> None:
        """Redraw the icons in the theme's colours."""
        self._actions.show_icons(self.palette())

    # Overrides of Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the docks their part of the new size."""
        super().resizeEvent(event)
        self.features.follow_window()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle Space and Esc if no widget does: shortcuts would take these keys from all buttons and fields.

        Space plays or pauses, except while digits are collected. Esc closes the message, then leaves full screen.
        """
        match Qt.Key(event.key()):
            case _ if event.modifiers():
                super().keyPressEvent(event)
            case Qt.Key.Key_Space if not self.session.is_collecting:
                self.actions_by_name["play"].trigger()
            case Qt.Key.Key_Escape if self.messages.text:
                self.messages.dismiss()
            case Qt.Key.Key_Escape if self.isFullScreen():
                self.actions_by_name["fullScreen"].trigger()
            case _:
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
            self.messages.show_info("A link cannot be opened here.", "Save the linked file, then drop it here.")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop training, save the settings and end the threads, without a prompt: every run is saved anyway."""
        super().closeEvent(event)  # first, because the window closes even if what follows fails
        try:
            save_settings(self.settings())
        except DigitLabError as error:
            _log.warning("The settings could not be saved: %s", error)
        finally:
            self.hide()
            self.stop_workers()


def _with_margin(panel: QWidget) -> QWidget:
    """Return a widget that holds a panel, with margins to the window's edge."""
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, 0)
    layout.addWidget(panel)
    return holder
