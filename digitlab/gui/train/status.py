"""The training in the status bar: its progress and its controls, in sight from every tab."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import TrainingState
from digitlab.gui.train.buttons import (
    PAUSE,
    PAUSE_TIP,
    RESUME,
    RESUME_TIP,
    STOP,
    STOP_TIP,
)
from digitlab.gui.train.progress import progress_of
from digitlab.gui.train.progress_view import show_share
from digitlab.gui.widgets.fields import describe, set_tip
from digitlab.gui.widgets.themed import Themed
from digitlab.gui.widgets.throttle import Throttle

_REFRESH_MS: Final = 250
_BAR_PX: Final = 96
_BUTTON_PX: Final = 20
_ICON_PX: Final = 14
_WIDEST: Final = "Epoch 100 of 100 · 59 min 59 s left"
"""Its width is that of the words; longer ones are shortened."""


class TrainingStatus(Themed, QWidget):
    """A bar, the epoch and the time left, and buttons to pause and stop; hidden while no training is in progress.

    Signals:
        train_requested: Pause or resume the training.
        stop_requested: Stop after this batch.
        details_requested: Show the Train tab.
    """

    train_requested = Signal()
    stop_requested = Signal()
    details_requested = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        """Show the training of a session."""
        super().__init__(parent)
        self.setObjectName("trainingStatus")
        self._session = session
        self._bar = QProgressBar()
        self._words = QPushButton()
        self._pause = QToolButton()
        self._stop = QToolButton()
        self._refreshing = Throttle(self._show_progress, _REFRESH_MS, self)
        self._set_up()
        session.training_state_changed.connect(self._on_state_changed)
        session.run_changed.connect(self._refreshing.request)
        session.run_advanced.connect(self._on_run_advanced)
        session.activity_changed.connect(self._on_run_advanced)
        self._pause.clicked.connect(self.train_requested)
        self._stop.clicked.connect(self.stop_requested)
        self._words.clicked.connect(self.details_requested)
        self.follow_theme()
        self._on_state_changed()

    def _set_up(self) -> None:
        describe(self._bar, "statusProgressBar", "Training progress", "The completed share of all batches.")
        describe(self._words, "statusProgressWords", "Training", "Show the training in the Train tab.")
        describe(self._pause, "statusPauseButton", PAUSE, PAUSE_TIP)
        describe(self._stop, "statusStopButton", STOP, STOP_TIP)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_BAR_PX)
        self._words.setProperty("link", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, theme.SPACE_M, 0)
        row.setSpacing(theme.SPACE_S)
        for widget in (self._bar, self._words, self._pause, self._stop):
            row.addWidget(widget)
        for button in (self._pause, self._stop):
            button.setProperty("bare", True)
            button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
            button.setIconSize(QSize(_ICON_PX, _ICON_PX))

    @Slot()
    def _on_state_changed(self) -> None:
        state = self._session.training_state
        self.setVisible(state.is_busy)
        is_paused = state is TrainingState.PAUSED
        self._pause.setAccessibleName(RESUME if is_paused else PAUSE)
        set_tip(self._pause, RESUME_TIP if is_paused else PAUSE_TIP)
        self._pause.setEnabled(state.can_pause_or_resume)
        self._stop.setEnabled(state.can_stop)
        self.restyle()
        self._show_progress()

    @Slot()
    def _on_run_advanced(self) -> None:
        if self.isVisible():
            self._refreshing.request()

    def _show_progress(self) -> None:
        session = self._session
        progress = progress_of(session.run, session.run_name, session.training_state, session.activity)
        show_share(self._bar, progress.share)
        text, metrics = progress.brief or progress.headline, self._words.fontMetrics()
        space = self._words.width() - 2 * theme.SPACE_S
        self._words.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, space))
        self._words.setAccessibleName(text)

    def _fit_words(self) -> None:
        # Of a fixed size: otherwise Qt would lay out and paint the whole window for each new text.
        metrics = self._words.fontMetrics()
        self._words.setFixedSize(metrics.horizontalAdvance(_WIDEST) + 2 * theme.SPACE_S, _BUTTON_PX)

    def restyle(self) -> None:
        """Redraw the icons in the theme's colours."""
        is_paused = self._session.training_state is TrainingState.PAUSED
        self._pause.setIcon(theme.icon("play" if is_paused else "pause", self.palette()))
        self._stop.setIcon(theme.icon("stop", self.palette()))

    def showEvent(self, event: QShowEvent) -> None:
        """Adjust the width to the fonts on screen."""
        super().showEvent(event)
        self._fit_words()
        self._show_progress()
