"""The figures of My digits: both accuracies in a line, the curves, and which digit is taken for which."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.prediction_cache import UNKNOWN
from digitlab.gui import theme
from digitlab.gui.charts.confusion_matrix import ConfusionMatrix
from digitlab.gui.mydigits.curve import OwnCurvePlot, OwnCurves, reference_and_own_colours
from digitlab.gui.mydigits.wording import explanation, headline, held_out
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.fields import describe
from digitlab.model.snapshot import Snapshot

_WORDS_LINES = 2


class OwnFigures(QFrame):
    """Shows how well the moment on screen, and all others of the run, read the person's own digits."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Begin empty; ``refresh`` shows the session."""
        super().__init__(parent)
        self.setProperty("card", True)
        self._session = session
        self._headline = QLabel()
        self._headline.setProperty("title", True)
        self._words = QLabel()
        self._curve = OwnCurvePlot()
        self._curves = OwnCurves()
        self._shares: dict[int, tuple[Snapshot, float]] = {}
        self._labels: NDArray[np.int8] = np.empty(0, np.int8)  # that the shares are of
        self._curve_words = QLabel()
        self.matrix = ConfusionMatrix()
        describe(self._headline, "ownHeadline", "Accuracy", "Right answers of the network on screen.")
        describe(self._words, "ownWords", "What the figures are of", "What the figures above are of.")
        describe(self._curve_words, "ownCurveWords", "Reading of the curve", "What the curve says where you point.")
        for label in (self._words, self._curve_words):
            label.setProperty("quiet", True)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            # Neither width nor height follow the words, or the charts would move under the pointer.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._words.setFixedHeight(_WORDS_LINES * self._words.fontMetrics().lineSpacing())
        self._curve_words.setFixedHeight(self._curve_words.fontMetrics().lineSpacing())
        self.matrix.setMinimumHeight(230)
        self._curve.setMinimumHeight(140)
        self._legend = _Legend()
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_M, theme.SPACE_M, theme.SPACE_M, theme.SPACE_S)
        column.setSpacing(theme.SPACE_XS)
        column.addWidget(self._headline)
        column.addWidget(self._words)
        column.addWidget(self._legend)
        column.addWidget(self._curve, 2)
        column.addWidget(self._curve_words)
        column.addWidget(self.matrix, 3)
        self._curve.pointed.connect(self._on_curve_pointed)

    @property
    def curve(self) -> OwnCurvePlot:
        """The plot of the curves."""
        return self._curve

    def refresh(self) -> None:
        """Show what is known by now, at all moments."""
        self._curves = self._known_curves()
        self._legend.show_name(self._curves.reference_name)
        self.follow_snapshot()

    def follow_snapshot(self) -> None:
        """Show another moment, as cheaply as the person may drag the time slider."""
        session, mine = self._session, self._session.mine
        snapshot = session.snapshot
        run = session.run if session.has_snapshot(snapshot) else None  # a pinned moment may be of another run
        if not snapshot.spec.classifies:
            self._headline.setText("No answers")
            self._words.setText("The network on screen ends in feature maps and gives no answers.")
            self.matrix.show_counts(None)
            self._curve.show_curves(OwnCurves())
            return
        answers = mine.predictions.predicted(snapshot, mine.digits)
        known = answers != UNKNOWN
        reference = held_out(run, snapshot)
        total = int(known.sum())
        if total == 0:
            self._headline.setText("Reading your digits …")
            self._words.setText("")
        else:
            right = int((answers == mine.labels)[known].sum())
            self._headline.setText(headline(reference, right, total))
            more = "" if total == len(answers) else f" {len(answers) - total:,} more are being read."
            self._words.setText(explanation(reference, snapshot, right, total) + more)
        counts = np.zeros((CLASS_COUNT, CLASS_COUNT), np.int64)
        np.add.at(counts, (mine.labels[known], answers[known]), 1)
        self.matrix.show_counts(counts)
        self._curve.show_curves(replace(self._curves, shown=None if run is None else snapshot.epoch))

    def _known_curves(self) -> OwnCurves:
        mine, run, newest = self._session.mine, self._session.run, self._session.newest
        if run is None or not run.started.spec.classifies or not mine.digits:
            return OwnCurves()
        started = run.started
        snapshots = list(run.snapshots)
        if not snapshots and not run.is_running:
            # Of some networks only the end of their training is kept. A run that goes on has its own soon.
            snapshots = [newest]
        own = [(kept.epoch, self._share(kept)) for kept in snapshots if mine.predictions.is_complete(kept, mine.digits)]
        self._shares = {id(kept): self._shares[id(kept)] for kept in snapshots if id(kept) in self._shares}
        reference = tuple((started.first_epoch + epoch.epoch, epoch.val_accuracy) for epoch in run.epochs)
        name = started.dataset_name if started.validates_on_test else f"{started.dataset_name} (validation)"
        ends = [epoch for epoch, _ in (*own, *reference)] + [kept.epoch for kept in snapshots[-1:]]
        return OwnCurves(tuple(own), len(snapshots), len(mine.digits), reference, name, end=max(ends, default=1.0))

    def _share(self, kept: Snapshot) -> float:
        """Return the share of right answers of a moment that all are known of; counted once."""
        mine = self._session.mine
        if self._labels is not mine.labels:
            self._labels = mine.labels
            self._shares.clear()
        if id(kept) not in self._shares:
            rights = np.count_nonzero(mine.predictions.predicted(kept, mine.digits) == mine.labels)
            self._shares[id(kept)] = (kept, rights / len(mine.labels))
        return self._shares[id(kept)][1]

    @Slot()
    def _on_curve_pointed(self) -> None:
        self._curve_words.setText(self._curve.readout)


class _Legend(QWidget):
    """Which curve is which, by line and mark as well as by colour."""

    def __init__(self) -> None:
        super().__init__()
        self._own = QLabel()
        self._reference = QLabel()
        self._name = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_L)
        for label in (self._own, self._reference):
            label.setProperty("quiet", True)
            label.setTextFormat(Qt.TextFormat.RichText)
            row.addWidget(label)
        row.addStretch(1)

    def show_name(self, name: str) -> None:
        reference, own = (colour.name() for colour in reference_and_own_colours(self.palette()))
        self._own.setText(f'<span style="color:{own}">━●━</span> you')
        self._reference.setText(f'<span style="color:{reference}">╍■╍</span> {name}')
        self._reference.setVisible(bool(name))
