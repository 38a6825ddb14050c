"""The page "Accuracy by epoch": the accuracy at every kept snapshot of the run."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.card import ChartCard
from digitlab.gui.evaluate.accuracy_plot import AccuracyPlot
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import AccuracyOverTime, Task
from digitlab.gui.widgets.fields import ChoiceBox, describe
from digitlab.words.numbers import count


class OverTime(QWidget):
    """The curve of the accuracy over the snapshots of a run, and the button that evaluates them all.

    Signals:
        snapshots_requested: Evaluate all snapshots; carries whether to use all images.
        snapshot_chosen: Show a snapshot; carries its training step.
    """

    snapshots_requested = Signal(bool)
    snapshot_chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show a session."""
        super().__init__(parent)
        self._session = session
        self._plot = AccuracyPlot()
        self._card = ChartCard("Accuracy over the training", self._plot)
        self._button = QPushButton("Evaluate all snapshots")
        self._images = ChoiceBox()
        describe(
            self._button,
            "snapshotsButton",
            "Evaluate all snapshots",
            "Evaluate every kept snapshot of the run, so that all metrics follow the time slider immediately.",
        )
        describe(self._images, "snapshotImagesBox", "Images", "How many images each snapshot is evaluated on.")
        self._images.add_choice("on 2,000 images", False, "Drawn at random, the same for every snapshot")
        self._images.add_choice("on all images", True, "Exact, but slow: minutes on a large set")
        self._images.setMinimumContentsLength(14)
        self._button.clicked.connect(self._on_button_clicked)
        self._plot.snapshot_chosen.connect(self.snapshot_chosen)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._button)
        row.addWidget(self._images)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_S)
        column.addLayout(row)
        column.addWidget(self._card, 1)

    def refresh(self) -> None:
        """Show what the session holds."""
        session, evaluation = self._session, self._session.evaluation
        snapshots = evaluation.over_time
        run = session.run
        can = run is not None and bool(run.snapshots) and run.started.spec.classifies
        self._button.setEnabled(can and not evaluation.task.is_requested)
        is_of_run = run is not None and session.has_snapshot(session.snapshot)
        self._plot.show_snapshots(snapshots, session.snapshot.step if is_of_run else None)
        self._card.show_text("" if snapshots.count else self._empty_text(snapshots, can=can))

    def _empty_text(self, snapshots: AccuracyOverTime, *, can: bool) -> str:
        if self._session.evaluation.task is Task.SNAPSHOTS:
            return "The curve appears with the first results …"
        if not can:
            return "Train a network, or open one with its run, to evaluate all of its kept snapshots."
        return (
            f"The run has {count(len(snapshots.epochs), 'kept snapshot')}. Evaluate them all to see how they compare."
        )

    @Slot()
    def _on_button_clicked(self) -> None:
        self.snapshots_requested.emit(bool(self._images.currentData()))
