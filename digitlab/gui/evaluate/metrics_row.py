"""The metrics of an evaluation side by side, each below its name."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.confusion import digit_metrics, macro_average
from digitlab.evaluation.metrics import REJECTED_DIGIT_SHARE
from digitlab.gui import theme
from digitlab.gui.evaluate.wording import interval_text
from digitlab.gui.session.values import EvaluationResult
from digitlab.gui.widgets.card import quiet_label, title_label
from digitlab.gui.widgets.fields import describe, set_tip
from digitlab.gui.widgets.label import Label, LayoutBarrier
from digitlab.words.numbers import NO_VALUE, exact_percent, loss, percent, points

_METRICS: Final = (
    ("accuracy", "Accuracy", "The share of digits that the network classifies correctly."),
    (
        "interval",
        "95 % interval",
        "The 95 % confidence interval of the accuracy (Wilson score interval): the uncertainty due to the limited "
        "number of images. The more images are evaluated, the narrower it is.",
    ),
    ("correct", "Correct", "The number of digits classified correctly."),
    (
        "loss",
        "Loss",
        "The loss that training minimises, computed on these digits. Overconfident mistakes increase it.",
    ),
    ("f1", "Mean F1", "The mean of the ten F1 scores, the harmonic means of precision and recall (macro average)."),
    (
        "error",
        "Calibration error",
        "Expected calibration error: the difference between confidence and accuracy, averaged over the predictions.",
    ),
    (
        "auc",
        "ROC AUC",
        "Digits against images without a digit: the area under the ROC curve. It is the probability that a digit "
        "scores higher than an image without one. 50 % is chance.",
    ),
    (
        "rejected",
        "Non-digits rejected",
        f"The share of images without a digit that are rejected when {exact_percent(REJECTED_DIGIT_SHARE)} of the "
        "digits are.",
    ),
)
_ONLY_WITH_OTHERS: Final = ("auc", "rejected")
_WIDE: Final = ("interval", "correct", "error", "rejected")

_ONE_LINE_PX: Final = 860
"""Width from which all metrics fit in one line; without those of non-digits, they always do."""

_VALUE_PX: Final = 22
"""Height of the accuracy's line, shared by the smaller values beside it."""


class MetricsRow(QWidget):
    """Values side by side with small names above, the accuracy largest.

    Its columns change with the width and with the kind of the data, never with the values.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a row without values."""
        super().__init__(parent)
        self._placed: tuple[list[str], int] | None = None
        self._shown: EvaluationResult | None = None
        self._names: dict[str, Label] = {}
        self._values: dict[str, Label] = {}
        self._barriers: dict[str, LayoutBarrier] = {}
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACE_S)
        grid.setVerticalSpacing(0)
        for key, title, tooltip in _METRICS:
            name, value = quiet_label(title, wraps=False), title_label() if key == "accuracy" else Label()
            describe(value, f"{key}Metric", title, tooltip)
            set_tip(name, tooltip)
            if key != "accuracy":
                value.setMinimumHeight(_VALUE_PX)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            # The width must not depend on the value, or all columns would move whenever it changes.
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            self._names[key], self._values[key], self._barriers[key] = name, value, LayoutBarrier(value)
            for widget in (name, self._barriers[key]):
                widget.setParent(self)  # also those that are not placed
        self._place(has_others=False)
        self.show_result(None)

    def show_result(self, result: EvaluationResult | None) -> None:
        """Show the metrics of an evaluation, or none."""
        if result is self._shown and result is not None:
            return
        self._shown = result
        texts = {} if result is None else _texts(result)
        if result is not None:
            self._place(has_others=len(result.data.others) > 0)
        for key, value in self._values.items():
            text = texts.get(key, NO_VALUE)
            if value.text() != text:
                value.setText(text)
                value.setAccessibleName(f"{self._names[key].text()}: {text}")

    def _place(self, *, has_others: bool) -> None:
        """Place the metrics that there are in one line, or in two if all of them are too many for one."""
        shown = [key for key, _, _ in _METRICS if has_others or key not in _ONLY_WITH_OTHERS]
        lines = 2 if has_others and self.width() < _ONE_LINE_PX else 1
        if (shown, lines) == self._placed:
            return  # setting the stretch again would lay out and paint the whole panel
        self._placed = (shown, lines)
        per_line = len(shown) // lines
        for key, name in self._names.items():
            for widget in (name, self._barriers[key]):
                self._grid.removeWidget(widget)
                widget.setVisible(key in shown)
        for place, key in enumerate(shown):
            line, column = divmod(place, per_line)
            self._grid.addWidget(self._names[key], 2 * line, column)
            self._grid.addWidget(self._barriers[key], 2 * line + 1, column)
        for column in range(len(_METRICS)):
            # An empty column takes no space.
            is_wide = column < per_line and shown[column] in _WIDE
            self._grid.setColumnStretch(column, 0 if column >= per_line else 5 if is_wide else 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use another line if there is little space."""
        super().resizeEvent(event)
        assert self._placed is not None
        self._place(has_others=len(self._placed[0]) == len(_METRICS))


def _texts(result: EvaluationResult) -> dict[str, str]:
    metrics = result.metrics
    texts = {
        "accuracy": percent(metrics.accuracy, metrics.count),
        "interval": interval_text(metrics.interval),
        "correct": f"{metrics.correct:,} of {metrics.count:,}",
        "loss": loss(metrics.loss),
        "f1": percent(macro_average(digit_metrics(metrics.confusion)).f1, metrics.count // CLASS_COUNT),
        "error": points(metrics.calibration_error),
    }
    apart = metrics.non_digits
    if apart is not None:
        rejected = f"{percent(apart.rejected, apart.count)} of {apart.count:,}"
        texts |= {"auc": percent(apart.auc), "rejected": rejected}
    return texts
