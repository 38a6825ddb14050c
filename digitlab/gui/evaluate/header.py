"""The upper part of the panel: the data, the buttons, progress, the metrics, and their network and data."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from digitlab.gui import theme
from digitlab.gui.evaluate.data_box import DataBox, PartBox
from digitlab.gui.evaluate.metrics_row import MetricsRow
from digitlab.gui.evaluate.wording import result_text, stale_text
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.fields import describe, set_flag, set_tip
from digitlab.gui.widgets.label import LayoutBarrier
from digitlab.gui.widgets.themed import Themed

NO_ANSWERS: Final = "The network on screen ends in feature maps, so it makes no predictions to evaluate."

_BAR_STEPS: Final = 1000
_LINE_PX: Final = 18
_ONE_LINE_PX: Final = 900
_LEAST_BAR_PX: Final = 48
"""So narrow, the header fits into a window of 960 pixels beside the drawing and a scroll bar."""

_EVALUATE_TOOLTIP: Final = "Evaluate the network on screen on these digits (Ctrl+E)."


class EvaluateHeader(Themed, Card):
    """The data to evaluate on, and the metrics. Its height and layout never change.

    Signals:
        evaluate_requested: Evaluate the network on screen.
        cancel_requested: Cancel the evaluation.
        source_chosen: Evaluate on other data; carries their source.
        part_chosen: Evaluate on another part of the data; carries the ``Part``.
        data_file_requested: Choose a file to evaluate on.
        following_chosen: Whether to evaluate the snapshot on screen whenever it changes.
    """

    evaluate_requested = Signal()
    cancel_requested = Signal()
    source_chosen = Signal(str)
    part_chosen = Signal(object)
    data_file_requested = Signal()
    following_chosen = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create the header of a session's evaluation."""
        super().__init__(parent=parent)
        self._session = session
        self._data = DataBox(session.evaluation.source)
        self._part = PartBox()
        self._evaluate = QPushButton("Evaluate")
        self._cancel = QPushButton("Cancel")
        self._follow = QCheckBox("Follow snapshot")
        self._bar = QProgressBar()
        self._progress = quiet_label(wraps=False)
        self._metrics = MetricsRow()
        self._about = quiet_label()
        self._set_up()
        self._about_place = LayoutBarrier(self._about)
        self._lay_out()
        self._data.source_chosen.connect(self.source_chosen)
        self._data.file_requested.connect(self.data_file_requested)
        self._part.part_chosen.connect(self.part_chosen)
        self._evaluate.clicked.connect(self.evaluate_requested)
        self._cancel.clicked.connect(self.cancel_requested)
        self._follow.clicked.connect(self.following_chosen)
        self.follow_theme()

    def _set_up(self) -> None:
        self._evaluate.setProperty("primary", True)
        describe(self._evaluate, "evaluateButton", "Evaluate", _EVALUATE_TOOLTIP)
        describe(self._cancel, "cancelEvaluationButton", "Cancel", "Stop the evaluation; the metrics so far stay.")
        describe(
            self._follow,
            "followSnapshotBox",
            "Follow snapshot",
            "Evaluate the snapshot on screen whenever the time slider stops. Earlier results are shown immediately.",
        )
        describe(self._bar, "evaluationBar", "Progress", "The share of the images evaluated so far.")
        describe(self._progress, "evaluationProgress", "Progress", "The step in progress.")
        describe(
            self._about,
            "evaluatedNetwork",
            "Evaluated network",
            "The network and the data of these metrics.",
        )
        self._bar.setTextVisible(False)
        self._bar.setMinimumWidth(_LEAST_BAR_PX)
        self._progress.setFixedHeight(_LINE_PX)
        for label in (self._progress, self._about):
            # The width must not depend on the text, or every new text would lay out the whole header again.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy = self._bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(policy)

    def _lay_out(self) -> None:
        progress = QVBoxLayout()
        progress.setSpacing(2)
        progress.addWidget(self._bar)
        progress.addWidget(LayoutBarrier(self._progress))
        first = QHBoxLayout()
        first.setSpacing(theme.SPACE_S)
        self._data.setMinimumWidth(140)
        self._part.setMinimumWidth(126)
        for widget in (self._data, self._part, self._evaluate, self._cancel):
            first.addWidget(widget)
        first.addLayout(progress, 1)
        last = QHBoxLayout()
        last.addWidget(self._about_place, 1)
        last.addWidget(self._follow, 0, Qt.AlignmentFlag.AlignRight)
        column = self.column
        column.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_XS)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(first)
        column.addWidget(self._metrics)
        column.addLayout(last)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the text about network and data a second line in a narrow window, even if the present text is short."""
        super().resizeEvent(event)
        lines = 1 if self.width() >= _ONE_LINE_PX else 2
        self._about_place.setFixedHeight(lines * _LINE_PX)

    def refresh(self) -> None:
        """Show the session's evaluation; unchanged parts are not updated."""
        evaluation, snapshot = self._session.evaluation, self._session.snapshot
        is_busy, can = evaluation.task.is_requested, snapshot.spec.classifies
        self._data.show_source(evaluation.source)
        self._data.setEnabled(not is_busy)
        # Only on a change: otherwise every progress update would lay out and paint the whole panel.
        self._part.show_part(evaluation.source, evaluation.part, is_busy=is_busy)
        if self._evaluate.isEnabled() != (can and not is_busy):
            self._evaluate.setEnabled(can and not is_busy)
            self.restyle()
        self._cancel.setEnabled(is_busy)
        self._follow.setChecked(evaluation.is_following)
        self._show_progress()
        self._metrics.show_result(evaluation.result)
        if not can:
            self._show_about(NO_ANSWERS, is_problem=True)
        elif evaluation.result is None:
            self._show_about("", is_problem=False)
        else:
            text = result_text(evaluation.result, self._session.name_of(evaluation.result.snapshot))
            stale = stale_text(evaluation, snapshot)
            self._show_about(f"{stale} {text}" if stale else text, is_problem=False)

    def _show_progress(self) -> None:
        evaluation = self._session.evaluation
        self._bar.setVisible(evaluation.task.is_requested)
        if not evaluation.progress:
            self._bar.setRange(0, 0)  # indeterminate: reading a file or preparing takes an unknown time
        else:
            self._bar.setRange(0, _BAR_STEPS)
            self._bar.setValue(round(_BAR_STEPS * evaluation.progress))
        text = f"{evaluation.progress_text} …" if evaluation.progress_text else ""
        if self._progress.text() != text:
            self._progress.setText(text)
            self._progress.setAccessibleName(text)
            set_tip(self._progress, text)

    def _show_about(self, text: str, *, is_problem: bool) -> None:
        if self._about.text() != text:
            self._about.setText(text)
            self._about.setAccessibleName(text)
            set_tip(self._about, text)
        set_flag(self._about, "problem", is_on=is_problem)

    def restyle(self) -> None:
        """Draw the icon in the colours of the theme and of the button's state."""
        self._evaluate.setIcon(theme.icon("evaluate", self.palette(), is_on_accent=self._evaluate.isEnabled()))
        can = self._session.snapshot.spec.classifies
        set_tip(self._evaluate, _EVALUATE_TOOLTIP if can else NO_ANSWERS)
