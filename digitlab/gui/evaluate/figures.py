"""The figures of a judgement as rows of names and numbers."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from digitlab.gui import theme
from digitlab.gui.fields import describe, wrapped
from digitlab.gui.wording import percent
from digitlab.training.judgement import QUESTIONED_DIGITS, Judgement

_ROWS: Final = (
    ("accuracy", "Accuracy", "The share of the digits that the network reads rightly."),
    ("right", "Right", "How many digits that are."),
    (
        "loss",
        "Loss",
        "What training makes small, here on these digits. A network without calibration has a larger one.",
    ),
    (
        "error",
        "Calibration error",
        "Expected calibration error: how far sureness and truth lie apart, averaged over the answers.",
    ),
    ("others", "No digits", "How many images show no digit."),
    (
        "auc",
        "Digits told apart",
        "Area under the ROC curve: how often a digit looks more like a digit to the network than an image of none. "
        "50 % is chance.",
    ),
    (
        "questioned",
        "No digits questioned",
        f"How many images without a digit are questioned when {100 * QUESTIONED_DIGITS:g} % of the digits are.",
    ),
)
_ONLY_WITH_OTHERS: Final = ("others", "auc", "questioned")


class Figures(QWidget):
    """Names on the left, numbers on the right, the accuracy largest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without numbers."""
        super().__init__(parent)
        self._names: dict[str, QLabel] = {}
        self._values: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACE_M)
        grid.setVerticalSpacing(theme.SPACE_S)
        grid.setColumnStretch(1, 1)
        for row, (key, title, tooltip) in enumerate(_ROWS):
            name, value = QLabel(title), QLabel()
            describe(value, f"{key}Figure", title, tooltip)
            name.setToolTip(wrapped(tooltip))
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if key == "accuracy":
                name.setProperty("title", True)
                value.setProperty("title", True)
            grid.addWidget(name, row, 0)
            grid.addWidget(value, row, 1)
            self._names[key], self._values[key] = name, value

    def show_judgement(self, judgement: Judgement) -> None:
        """Show the numbers of a judgement."""
        texts = {
            "accuracy": f"{100 * judgement.accuracy:.2f} %",
            "right": f"{judgement.right:,} of {judgement.count:,}",
            "loss": f"{judgement.loss:.4f}",
            "error": percent(judgement.calibration_error),
        }
        apart = judgement.separation
        if apart is not None:
            texts |= {"others": f"{apart.count:,}", "auc": percent(apart.auc), "questioned": percent(apart.questioned)}
        for key, value in self._values.items():
            value.setText(texts.get(key, ""))
            value.setAccessibleName(f"{self._names[key].text()}: {value.text()}")
        for key in _ONLY_WITH_OTHERS:
            self._names[key].setVisible(apart is not None)
            self._values[key].setVisible(apart is not None)
