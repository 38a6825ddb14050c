"""Over time: every kept moment of the run judged, and the curve that this makes."""

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
    """The curve of the accuracy over the moments of a run, and the button that judges them all.

    Signals:
        snapshots_requested: All moments are to be judged; carries whether on all images.
        snapshot_chosen: A moment is to be shown; carries its step.
    """

    snapshots_requested = Signal(bool)
    snapshot_chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show a session."""
        super().__init__(parent)
        self._session = session
        self._plot = AccuracyPlot()
        self._card = ChartCard("How right was it at each moment?", self._plot)
        self._button = QPushButton("Evaluate all moments")
        self._images = ChoiceBox()
        describe(
            self._button,
            "momentsButton",
            "Evaluate all moments",
            "Judge every kept moment of the run, so that all figures follow at once when the time slider moves.",
        )
        describe(self._images, "momentImagesBox", "Images", "How many images each moment is judged on.")
        self._images.add_choice("on 2,000 images", False, "Drawn at random, the same for every moment")
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
        self._card.show_words("" if snapshots.count else self._empty_words(snapshots, can=can))

    def _empty_words(self, snapshots: AccuracyOverTime, *, can: bool) -> str:
        if self._session.evaluation.task is Task.SNAPSHOTS:
            return "The curve comes with the first moments …"
        if not can:
            return "Train a network, or open one with its run: then every kept moment of it can be judged."
        return (
            f"The run has {count(len(snapshots.epochs), 'kept snapshot')}. Evaluate them all to see how they compare."
        )

    @Slot()
    def _on_button_clicked(self) -> None:
        self.snapshots_requested.emit(bool(self._images.currentData()))
