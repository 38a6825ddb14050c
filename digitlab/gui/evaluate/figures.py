"""The figures of a judgement side by side, each below its name."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.confusion import digit_metrics, macro_average
from digitlab.evaluation.metrics import REJECTED_DIGIT_SHARE
from digitlab.gui import theme
from digitlab.gui.evaluate.wording import interval_words
from digitlab.gui.session.values import EvaluationResult
from digitlab.gui.widgets.fields import describe, wrapped
from digitlab.gui.widgets.still import StillRoom
from digitlab.words.numbers import exact_percent, loss, percent, points

_FIGURES: Final = (
    ("accuracy", "Accuracy", "The share of the digits that the network reads rightly."),
    (
        "interval",
        "95 % interval",
        "How far chance reaches: other images of the same kind would give another accuracy. With very many of them it "
        "would lie between these two, in 95 of 100 cases. The more images are judged, the narrower it is.",
    ),
    ("right", "Right", "How many digits are read rightly."),
    (
        "loss",
        "Loss",
        "What training makes small, here on these digits. A network without calibration has a larger one.",
    ),
    ("f1", "Mean F1", "The mean of the ten digits' F1, each of which weighs precision and recall alike."),
    (
        "error",
        "Calibration error",
        "Expected calibration error: how far sureness and truth lie apart, averaged over the answers.",
    ),
    (
        "auc",
        "Digits told apart",
        "Area under the ROC curve: how often a digit looks more like a digit to the network than an image of none. "
        "50 % is chance.",
    ),
    (
        "questioned",
        "No digits questioned",
        f"How many images without a digit are questioned when {exact_percent(REJECTED_DIGIT_SHARE)} of the digits are.",
    ),
)
_ONLY_WITH_OTHERS: Final = ("auc", "questioned")
_WIDE: Final = ("interval", "right", "questioned")

_VALUE_PX: Final = 22
"""Height of the large figure's line, for the small ones beside it."""

_YET: Final = "–"
"""Stands for a figure that is not there, or not yet."""


class Figures(QWidget):
    """A row of numbers with small names above, the accuracy largest. Its height and places never change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without numbers."""
        super().__init__(parent)
        self._has_others: bool | None = None
        self._shown: EvaluationResult | None = None
        self._names: dict[str, QLabel] = {}
        self._values: dict[str, QLabel] = {}
        self._rooms: dict[str, StillRoom] = {}
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACE_M)
        grid.setVerticalSpacing(0)
        for column, (key, title, tooltip) in enumerate(_FIGURES):
            name, value = QLabel(title), QLabel()
            describe(value, f"{key}Figure", title, tooltip)
            name.setProperty("quiet", True)
            name.setToolTip(wrapped(tooltip))
            if key == "accuracy":
                value.setProperty("title", True)
            else:
                value.setMinimumHeight(_VALUE_PX)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            # Its width must not follow the number, or all would move with each that grows.
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.addWidget(name, 0, column)
            room = StillRoom(value)
            grid.addWidget(room, 1, column)
            self._names[key], self._values[key], self._rooms[key] = name, value, room
        self._show_columns(has_others=False)
        self.show_result(None)

    def show_result(self, result: EvaluationResult | None) -> None:
        """Show the numbers of a judgement, or none."""
        if result is self._shown and result is not None:
            return
        self._shown = result
        texts = {} if result is None else _texts(result)
        if result is not None:
            self._show_columns(has_others=len(result.data.others) > 0)
        for key, value in self._values.items():
            text = texts.get(key, _YET)
            if value.text() != text:
                value.setText(text)
                value.setAccessibleName(f"{self._names[key].text()}: {text}")

    def _show_columns(self, *, has_others: bool) -> None:
        if has_others is self._has_others:
            return  # a stretch set anew would lay out and paint the whole panel
        self._has_others = has_others
        for column, (key, _, _) in enumerate(_FIGURES):
            is_shown = has_others or key not in _ONLY_WITH_OTHERS
            self._names[key].setVisible(is_shown)
            self._rooms[key].setVisible(is_shown)
            # What is not shown takes no room.
            self._grid.setColumnStretch(column, (5 if key in _WIDE else 4) if is_shown else 0)


def _texts(result: EvaluationResult) -> dict[str, str]:
    metrics = result.metrics
    texts = {
        "accuracy": percent(metrics.accuracy, metrics.count),
        "interval": interval_words(metrics.interval),
        "right": f"{metrics.correct:,} of {metrics.count:,}",
        "loss": loss(metrics.loss),
        "f1": percent(macro_average(digit_metrics(metrics.confusion)).f1, metrics.count // CLASS_COUNT),
        "error": points(metrics.calibration_error),
    }
    apart = metrics.non_digits
    if apart is not None:
        rejected = f"{percent(apart.rejected, apart.count)} of {apart.count:,}"
        texts |= {"auc": percent(apart.auc), "questioned": rejected}
    return texts
