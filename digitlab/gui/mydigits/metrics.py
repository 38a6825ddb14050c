"""The metrics of My digits: the accuracies on held-out and on own digits, their curves, and the confusion matrix."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.prediction_cache import UNKNOWN
from digitlab.gui import theme
from digitlab.gui.charts.confusion_matrix import ConfusionMatrix
from digitlab.gui.mydigits.curve import OwnCurvePlot, OwnCurves, reference_and_own_colours
from digitlab.gui.mydigits.wording import explanation, headline, held_out, reference_name
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, quiet_label, quiet_rich_label, title_label
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.label import escaped
from digitlab.gui.widgets.themed import Themed
from digitlab.model.snapshot import Snapshot

_WIDE_PX = 376
"""In a narrower card each text gets one line more."""


class OwnMetrics(Card):
    """The accuracy of the snapshot on screen, and of all others of the run, on the user's own digits."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create empty charts; ``refresh`` shows the session."""
        super().__init__(parent=parent)
        self._session = session
        self._headline = title_label()
        self._explanation = quiet_label()
        self._curve = OwnCurvePlot()
        self._curves = OwnCurves()
        self._shares: dict[int, tuple[Snapshot, float]] = {}
        self._labels: NDArray[np.int8] = np.empty(0, np.int8)  # for which the shares were computed
        self._curve_text = quiet_label()
        self.matrix = ConfusionMatrix()
        describe(self._headline, "ownHeadline", "Accuracy", "The accuracy of the network on screen.")
        describe(self._explanation, "ownWords", "Explanation", "What the accuracy was computed on.")
        describe(self._curve_text, "ownCurveWords", "Curve values", "The values of the curve where you point.")
        for label in (self._headline, self._explanation, self._curve_text):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            # Neither width nor height may depend on the text, or the charts would move under the pointer.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.matrix.setMinimumHeight(230)
        self._curve.setMinimumHeight(140)
        self._legend = _Legend()
        column = self.column
        column.setContentsMargins(theme.SPACE_M, theme.SPACE_M, theme.SPACE_M, theme.SPACE_S)
        column.setSpacing(theme.SPACE_XS)
        column.addWidget(self._headline)
        column.addWidget(self._explanation)
        column.addWidget(self._legend)
        column.addWidget(self._curve, 2)
        column.addWidget(self._curve_text)
        column.addWidget(self.matrix, 3)
        self._curve.pointed.connect(self._on_curve_pointed)

    @property
    def curve(self) -> OwnCurvePlot:
        """The plot of the curves."""
        return self._curve

    def refresh(self) -> None:
        """Show the known accuracies of all snapshots."""
        self._curves = self._known_curves()
        self._legend.show_name(self._curves.reference_name)
        self.follow_snapshot()

    def follow_snapshot(self) -> None:
        """Show the snapshot on screen; fast enough for each step of the time slider."""
        session, mine = self._session, self._session.mine
        snapshot = session.snapshot
        run = session.run if session.has_snapshot(snapshot) else None  # a pinned snapshot may be of another run
        if not snapshot.spec.reads_digits:
            others = "is for other classes than digits, or another size of images"
            why = others if snapshot.spec.classifies else "ends in feature maps and makes no predictions"
            self._headline.setText("No answers")
            self._explanation.setText(f"The network on screen {why}.")
            self.matrix.show_counts(None)
            self._curve.show_curves(OwnCurves())
            return
        answers = mine.predictions.predicted(snapshot, mine.digits)
        known = answers != UNKNOWN
        reference = held_out(run, snapshot)
        total = int(known.sum())
        if total == 0:
            self._headline.setText("Classifying your digits …")
            self._explanation.setText("")
        else:
            correct = int((answers == mine.labels)[known].sum())
            self._headline.setText(headline(reference, correct, total))
            more = "" if total == len(answers) else f" {len(answers) - total:,} more are being classified."
            self._explanation.setText(explanation(reference, snapshot, correct, total) + more)
        counts = np.zeros((CLASS_COUNT, CLASS_COUNT), np.int64)
        np.add.at(counts, (mine.labels[known], answers[known]), 1)
        self.matrix.show_counts(counts)
        self._curve.show_curves(replace(self._curves, shown=None if run is None else snapshot.epoch))

    def _known_curves(self) -> OwnCurves:
        mine, run, newest = self._session.mine, self._session.run, self._session.newest
        if run is None or not run.started.spec.reads_digits or not mine.digits:
            return OwnCurves()
        started = run.started
        snapshots = list(run.snapshots)
        if not snapshots and not run.is_running:
            # Some networks have no snapshots of their training; a running training will have some soon.
            snapshots = [newest]
        own = [(kept.epoch, self._share(kept)) for kept in snapshots if mine.predictions.is_complete(kept, mine.digits)]
        self._shares = {id(kept): self._shares[id(kept)] for kept in snapshots if id(kept) in self._shares}
        reference = tuple((started.first_epoch + epoch.epoch, epoch.val_accuracy) for epoch in run.epochs)
        ends = [epoch for epoch, _ in (*own, *reference)] + [kept.epoch for kept in snapshots[-1:]]
        return OwnCurves(
            tuple(own), len(snapshots), len(mine.digits), reference, reference_name(started), end=max(ends, default=1.0)
        )

    def _share(self, kept: Snapshot) -> float:
        """Return the accuracy of a snapshot whose predictions are complete; computed once."""
        mine = self._session.mine
        if self._labels is not mine.labels:
            self._labels = mine.labels
            self._shares.clear()
        if id(kept) not in self._shares:
            correct = np.count_nonzero(mine.predictions.predicted(kept, mine.digits) == mine.labels)
            self._shares[id(kept)] = (kept, correct / len(mine.labels))
        return self._shares[id(kept)][1]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the texts the lines that the longest of them may need."""
        super().resizeEvent(event)
        extra = 0 if self.width() >= _WIDE_PX else 1
        for label, lines in (
            (self._headline, 1 + extra),
            (self._explanation, 2 + extra),
            (self._curve_text, 1 + extra),
        ):
            label.setFixedHeight(lines * label.fontMetrics().lineSpacing())

    @Slot()
    def _on_curve_pointed(self) -> None:
        self._curve_text.setText(self._curve.readout)


class _Legend(Themed, QWidget):
    """The legend of the curves, which differ in line and marker as well as in colour."""

    def __init__(self) -> None:
        super().__init__()
        self._own = quiet_rich_label()
        self._reference = quiet_rich_label()
        self._name = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_L)
        for label in (self._own, self._reference):
            row.addWidget(label)
        row.addStretch(1)
        self.follow_theme()

    def show_name(self, name: str) -> None:
        """Show the name of the held-out digits; hidden without one."""
        self._name = name
        self.restyle()

    def restyle(self) -> None:
        """Show the lines in the theme's colours."""
        reference, own = (colour.name() for colour in reference_and_own_colours(self.palette()))
        self._own.setText(f'<span style="color:{own}">━●━</span> you')
        self._reference.setText(f'<span style="color:{reference}">╍■╍</span> {escaped(self._name)}')
        self._reference.setVisible(bool(self._name))
