"""The buttons that control training, and what they train."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.session.values import TrainingState
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.fields import describe, set_flag, set_tip
from digitlab.gui.widgets.themed import Themed
from digitlab.model.spec import ModelSpec
from digitlab.words.recipes import trained_instead, trained_network

_TRAIN: Final = "Train"
PAUSE: Final = "Pause"
RESUME: Final = "Resume"
STOP: Final = "Stop"
PAUSE_TIP: Final = "Pause after this batch. You can still draw and look inside."
RESUME_TIP: Final = "Resume training with the saved state of the optimizer."
STOP_TIP: Final = "Stop after this batch. The network keeps what it has learned."


class TrainingButtons(Themed, QWidget):
    """One primary button (Train, Pause or Resume), Stop and Reset, below a sentence about the network to train.

    Signals:
        train_requested: Train with the recipe.
        pause_requested: Pause after this batch.
        resume_requested: Resume training.
        stop_requested: Stop after this batch.
        reset_requested: Show the untrained network of this recipe and seed.
    """

    train_requested = Signal()
    pause_requested = Signal()
    resume_requested = Signal()
    stop_requested = Signal()
    reset_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create the buttons for the idle state."""
        super().__init__(parent)
        self._state = TrainingState.IDLE
        self._problem = ""
        self._primary = QPushButton(_TRAIN)
        self._primary.setProperty("primary", True)
        self._stop = QPushButton(STOP)
        self._reset = QPushButton("Reset")
        describe(self._primary, "trainButton", _TRAIN, "Train the network with this recipe.")
        describe(self._stop, "stopButton", STOP, STOP_TIP)
        describe(
            self._reset,
            "resetButton",
            "Reset",
            "Show the untrained network, with the initial weights of this seed.",
        )
        self._primary.clicked.connect(self._on_primary_clicked)
        self._stop.clicked.connect(self.stop_requested)
        self._reset.clicked.connect(self.reset_requested)
        self._network = quiet_label()
        self._network.setTextFormat(Qt.TextFormat.PlainText)
        describe(self._network, "trainedNetwork", "Network to train", "What the next training trains.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_XS)
        column.addWidget(self._network)
        row = QHBoxLayout()
        column.addLayout(row)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._primary, 2)
        row.addWidget(self._stop, 1)
        row.addWidget(self._reset, 1)
        self.follow_theme()

    def show_state(self, state: TrainingState, problem: str) -> None:
        """Enable the buttons that apply in a state.

        Args:
            state: The state of the training worker.
            problem: Why training cannot start; empty if it can.
        """
        self._state, self._problem = state, problem
        self.restyle()

    def show_network(self, spec: ModelSpec, unapplied: Sequence[str]) -> None:
        """Show what the next training trains.

        Args:
            spec: The network of the recipe.
            unapplied: The fields in Network that differ from it because one of them is invalid.
        """
        self._network.setText(trained_instead(spec, unapplied) if unapplied else trained_network(spec))
        set_flag(self._network, "problem", is_on=bool(unapplied))

    def restyle(self) -> None:
        """Show the state, with icons in the theme's colours."""
        state = self._state
        label, tooltip, icon = _TRAIN, self._problem or "Train the network with this recipe (Ctrl+T).", "play"
        if state is TrainingState.PAUSED:
            label, tooltip = RESUME, RESUME_TIP
        elif state.is_busy:
            label, tooltip, icon = PAUSE, PAUSE_TIP, "pause"
        self._primary.setText(label)
        self._primary.setAccessibleName(label)
        set_tip(self._primary, tooltip)
        can_train = state is TrainingState.IDLE and not self._problem
        self._primary.setEnabled(can_train or state.can_pause_or_resume)
        self._stop.setEnabled(state.can_stop)
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
