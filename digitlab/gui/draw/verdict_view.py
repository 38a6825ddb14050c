"""The verdict: the network's prediction at a glance."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from digitlab.data.classes import DIGITS, Classes
from digitlab.data.drawing.plain_shapes import is_plain_shape
from digitlab.gui import theme
from digitlab.gui.widgets.card import quiet_label, title_label
from digitlab.gui.widgets.label import Label
from digitlab.insight.lens import Inspection
from digitlab.insight.verdict import Verdict, VerdictKind
from digitlab.words.numbers import SILENT_BELOW, count, probability
from digitlab.words.verdict import named, verdict_text

_HEIGHT: Final = 60
_DIGIT_WIDTH: Final = 44

_PAIR_PX: Final = 30
"""Largest font size for several digits."""

_ROW_PX: Final = 190
"""A longer row of digits has at most this size divided by their number, which leaves half of the narrowest view."""

_REPEATED: Final = 2
"""Up to this number, the title repeats the digits."""

_DOUBTFUL: Final = (VerdictKind.UNCERTAIN, VerdictKind.POSSIBLE, VerdictKind.NO_DIGIT, VerdictKind.MANY)


class VerdictView(QWidget):
    """One large digit, the confidence of the network, and its second choice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a view without a verdict."""
        super().__init__(parent)
        self.setObjectName("verdict")
        self.setWhatsThis(
            "The network's prediction for your drawing. A network with an eleventh output is also trained to reject "
            "non-digits. One with ten outputs distinguishes only digits, so it may be confident about a scribble too. "
            "Dots, flat lines and filled areas are rejected without the network. If a drawing is uncertain as one "
            "digit or too wide for one, up to twelve parts that are side by side are classified separately."
        )
        # Of a fixed size set by this widget: otherwise each new text would lay out and paint the whole panel.
        self._inner = QWidget(self)
        self._digit = Label()
        self._digit.setObjectName("verdictDigit")
        self._digit.setFont(theme.verdict_font(self._digit.font()))
        self._digit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = title_label()
        self._text.setObjectName("verdictText")
        self._text.setWordWrap(True)
        self._second = quiet_label()
        self._second.setObjectName("verdictSecond")
        self._second.setWordWrap(True)
        layout = QGridLayout(self._inner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.SPACE_M)
        layout.setVerticalSpacing(0)
        layout.addWidget(self._digit, 0, 0, 2, 1)
        layout.addWidget(self._text, 0, 1, Qt.AlignmentFlag.AlignBottom)
        layout.addWidget(self._second, 1, 1, Qt.AlignmentFlag.AlignTop)
        layout.setColumnStretch(1, 1)
        self.setFixedHeight(_HEIGHT)
        self.show_empty()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Resize the texts to the whole widget."""
        super().resizeEvent(event)
        self._inner.setFixedSize(self.size())

    @property
    def digit_text(self) -> str:
        """The large text: a digit, or several; empty without a verdict."""
        return self._digit.text()

    @property
    def verdict_text(self) -> str:
        """The title beside the large text."""
        return self._text.text()

    @property
    def second_text(self) -> str:
        """The small text below the title."""
        return self._second.text()

    def show_empty(self, classes: Classes = DIGITS) -> None:
        """Show a prompt to draw."""
        self._show("", f"Draw {classes.with_article}", "Classified while you draw.")

    def show_verdict(self, verdict: Verdict | None, inspection: Inspection, remark: str) -> None:
        """Show the verdict on an image.

        Args:
            verdict: The verdict; None if the network makes no prediction.
            inspection: The network's activations and outputs from which it was derived.
            remark: A remark on the image, shown instead of the second choice; may be empty.
        """
        outputs, classes = inspection.outputs, inspection.snapshot.spec.classes
        if verdict is None or outputs is None:
            self._show("–", "No prediction", "This network ends in feature maps.")
        elif verdict.kind is VerdictKind.EMPTY:
            self.show_empty(classes)
        else:
            is_clear = verdict.kind not in _DOUBTFUL
            self._show(
                _large_text(verdict, classes),
                _title_text(verdict, outputs, classes),
                remark or _second_text(verdict, inspection),
                is_clear=is_clear,
            )

    def _show(self, digit: str, text: str, second: str, *, is_clear: bool = True) -> None:
        font = self._digit.font()
        size = theme.FONT_VERDICT_PX if len(digit) < 2 else min(_PAIR_PX, _ROW_PX // len(digit))
        if font.pixelSize() != size:
            font.setPixelSize(size)
            self._digit.setFont(font)
        self._digit.setFixedWidth(max(_DIGIT_WIDTH, QFontMetrics(font).horizontalAdvance(digit) + 2))
        self._digit.setForegroundRole(theme.TEXT if is_clear else theme.QUIET)
        self._digit.setText(digit)
        self._text.setText(text)
        self._second.setText(second)
        self._digit.setAccessibleName(f"Verdict: {digit} {text}")


def _large_text(verdict: Verdict, classes: Classes) -> str:
    if verdict.kind is VerdictKind.NO_DIGIT:
        return classes.symbol(len(classes))
    if verdict.kind is VerdictKind.MANY:
        return "…"
    return "".join(map(classes.symbol, verdict.digits)) or "?"


def _title_text(verdict: Verdict, outputs: NDArray[np.float32], classes: Classes) -> str:
    if len(verdict.digits) > _REPEATED:
        return count(len(verdict.digits), "digit")
    if verdict.digit is None or verdict.kind is VerdictKind.UNCERTAIN:
        return verdict_text(verdict, classes)
    text = verdict_text(verdict, classes)
    if verdict.kind is VerdictKind.CONFIDENT and not classes.are_digits:
        text = classes.name(verdict.digit)  # the large text may be its number only
    return f"{text}, {probability(float(outputs[verdict.digit]))}"


def _second_text(verdict: Verdict, inspection: Inspection) -> str:
    """Return the second choice, or a hint."""
    outputs, likeliest, classes = inspection.outputs, inspection.probabilities, inspection.snapshot.spec.classes
    if outputs is None or likeliest is None:
        return ""
    match verdict.kind:
        case VerdictKind.SEVERAL:
            return "Draw one digit to see its bars."
        case VerdictKind.MANY:
            return "Up to 12 in a row are read."
        case VerdictKind.NO_DIGIT:
            is_plain = is_plain_shape(inspection.image)
            return (
                "Too flat, too small or too full for one."
                if is_plain
                else f"Most likely {classes.noun}: {classes.name(int(likeliest.argmax()))}."
            )
        case VerdictKind.POSSIBLE:
            return f"More likely no {classes.noun}, {probability(float(outputs[-1]))}"
    if verdict.digit is None:
        return f"No {classes.noun} stands out."
    if verdict.kind is VerdictKind.UNCERTAIN:
        return f"perhaps {named(verdict.digit, classes)}, {probability(float(outputs[verdict.digit]))}"
    if verdict.runner_up is None or float(outputs[verdict.runner_up]) < SILENT_BELOW:
        return ""
    return f"then {named(verdict.runner_up, classes)}, {probability(float(outputs[verdict.runner_up]))}"
