"""The buttons that run a training."""

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from digitlab.gui import theme
from digitlab.gui.session.values import TrainingState
from digitlab.gui.widgets.fields import describe, wrapped

_TRAIN = "Train"
_PAUSE = "Pause"
_RESUME = "Resume"


class TrainingButtons(QWidget):
    """One primary button (Train, Pause or Resume), Stop and Reset.

    Signals:
        train_requested: Train by the recipe.
        pause_requested: Wait after this batch.
        resume_requested: Go on.
        stop_requested: End after this batch.
        reset_requested: Show the untrained network of this recipe and seed.
    """

    train_requested = Signal()
    pause_requested = Signal()
    resume_requested = Signal()
    stop_requested = Signal()
    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin idle."""
        super().__init__(parent)
        self._state = TrainingState.IDLE
        self._problem = ""
        self._primary = QPushButton(_TRAIN)
        self._primary.setProperty("primary", True)
        self._stop = QPushButton("Stop")
        self._reset = QPushButton("Reset")
        describe(self._primary, "trainButton", _TRAIN, "Train the network by this recipe.")
        describe(self._stop, "stopButton", "Stop", "Ends the training after this batch; what was learned stays.")
        describe(
            self._reset,
            "resetButton",
            "Reset",
            "Same start: shows the untrained network, with the first weights that this seed gives.",
        )
        self._primary.clicked.connect(self._on_primary_clicked)
        self._stop.clicked.connect(self.stop_requested)
        self._reset.clicked.connect(self.reset_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._primary, 2)
        row.addWidget(self._stop, 1)
        row.addWidget(self._reset, 1)
        self._refresh()

    def show_state(self, state: TrainingState, problem: str) -> None:
        """Offer what makes sense now.

        Args:
            state: What the training worker does.
            problem: Why training cannot begin; empty if it can.
        """
        self._state, self._problem = state, problem
        self._refresh()

    def _refresh(self) -> None:
        state = self._state
        label, tooltip, icon = _TRAIN, self._problem or "Train the network by this recipe (Ctrl+T).", "play"
        if state is TrainingState.PAUSED:
            label, tooltip = _RESUME, "Go on; the optimizer's memory was kept."
        elif state.is_busy:
            label, tooltip, icon = _PAUSE, "Wait after this batch; drawing and looking inside go on.", "pause"
        self._primary.setText(label)
        self._primary.setAccessibleName(label)
        self._primary.setToolTip(wrapped(tooltip))
        enabled = {
            TrainingState.IDLE: not self._problem,
            TrainingState.RUNNING: True,
            TrainingState.PAUSED: True,
        }
        self._primary.setEnabled(enabled.get(state, False))
        self._stop.setEnabled(state.is_busy and state is not TrainingState.STOPPING)
        self._reset.setEnabled(state is TrainingState.IDLE)
        self._primary.setIcon(theme.icon(icon, self.palette(), is_on_accent=self._primary.isEnabled()))

    @Slot()
    def _on_primary_clicked(self) -> None:
        commands = {
            TrainingState.IDLE: self.train_requested,
            TrainingState.RUNNING: self.pause_requested,
            TrainingState.PAUSED: self.resume_requested,
        }
        command = commands.get(self._state)
        if command is not None:
            command.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_reset"):
            self._refresh()
