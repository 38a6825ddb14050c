"""The verdict: what the network takes the drawing for, in one glance."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from digitlab.data.digit import NO_DIGIT
from digitlab.data.drawing.plain_shapes import is_plain_shape
from digitlab.gui import theme
from digitlab.insight.lens import Inspection
from digitlab.insight.verdict import Verdict, VerdictKind
from digitlab.model.outputs import output_symbol
from digitlab.words.numbers import percent
from digitlab.words.verdict import verdict_text, with_article

_HEIGHT: Final = 60
_DIGIT_WIDTH: Final = 44

_DIGITS_PX: Final = 60
"""Several digits share the room of one: each has at most this size divided by their number."""

_SILENT_BELOW: Final = 0.0005
"""A share that would read 0.0 % is left out."""

_DOUBTFUL: Final = (VerdictKind.UNCERTAIN, VerdictKind.POSSIBLE, VerdictKind.NO_DIGIT)


class VerdictView(QWidget):
    """One large digit, how sure the network is, and what else it could be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without a verdict."""
        super().__init__(parent)
        self.setObjectName("verdict")
        self.setWhatsThis(
            "What the network takes your drawing for. A network with an eleventh output has also learned what is no "
            "digit, and says so. One with ten outputs knows nothing but digits, so it may be sure of a scribble too. "
            "Dots, flat lines and filled areas are recognised without it. Where a drawing is doubtful as one "
            "digit, what stands side by side is read by itself."
        )
        # Of a fixed size that follows this widget: with each new word Qt would lay out and paint the whole panel.
        self._inner = QWidget(self)
        self._digit = QLabel()
        self._digit.setObjectName("verdictDigit")
        font = self._digit.font()
        font.setPixelSize(theme.FONT_VERDICT_PX)
        font.setBold(True)
        self._digit.setFont(font)
        self._digit.setFixedWidth(_DIGIT_WIDTH)
        self._digit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel()
        self._text.setObjectName("verdictText")
        self._text.setProperty("title", True)
        self._text.setWordWrap(True)
        self._second = QLabel()
        self._second.setObjectName("verdictSecond")
        self._second.setProperty("quiet", True)
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
        """Give the words all the room."""
        super().resizeEvent(event)
        self._inner.setFixedSize(self.size())

    @property
    def digit_text(self) -> str:
        """What is shown large: the digit, or several; empty without a verdict."""
        return self._digit.text()

    @property
    def verdict_text(self) -> str:
        """The words beside it."""
        return self._text.text()

    @property
    def second_text(self) -> str:
        """The quiet words below."""
        return self._second.text()

    def show_empty(self) -> None:
        """Ask for a drawing."""
        self._show("", "Draw a digit", "The answer follows the pen.")

    def show_verdict(self, verdict: Verdict | None, inspection: Inspection, remark: str) -> None:
        """Show the verdict on an image.

        Args:
            verdict: The verdict; None if the network gives no answer.
            inspection: The network's work that it judges.
            remark: What else is known of the image; empty to say what else it could be instead.
        """
        outputs = inspection.outputs
        if verdict is None or outputs is None:
            self._show("–", "No answer", "This network ends in feature maps.")
        elif verdict.kind is VerdictKind.EMPTY:
            self.show_empty()
        else:
            is_clear = verdict.kind not in _DOUBTFUL
            self._show(
                _large(verdict), _title(verdict, outputs), remark or _second(verdict, inspection), is_clear=is_clear
            )

    def _show(self, digit: str, text: str, second: str, *, is_clear: bool = True) -> None:
        font = self._digit.font()
        size = min(theme.FONT_VERDICT_PX, _DIGITS_PX // max(len(digit), 1))
        if font.pixelSize() != size:
            font.setPixelSize(size)
            self._digit.setFont(font)
        self._digit.setForegroundRole(theme.TEXT if is_clear else theme.QUIET)
        self._digit.setText(digit)
        self._text.setText(text)
        self._second.setText(second)
        self._digit.setAccessibleName(f"Verdict: {digit} {text}")


def _large(verdict: Verdict) -> str:
    if verdict.kind is VerdictKind.NO_DIGIT:
        return output_symbol(NO_DIGIT)
    return "".join(str(digit) for digit in verdict.digits) or "?"


def _title(verdict: Verdict, outputs: NDArray[np.float32]) -> str:
    if verdict.digit is None or verdict.kind is VerdictKind.UNCERTAIN:
        return verdict_text(verdict)
    return f"{verdict_text(verdict)}, {percent(float(outputs[verdict.digit]))}"


def _second(verdict: Verdict, inspection: Inspection) -> str:
    """Say what else it could be, or what to do."""
    outputs, likeliest = inspection.outputs, inspection.probabilities
    if outputs is None or likeliest is None:
        return ""
    match verdict.kind:
        case VerdictKind.SEVERAL:
            return "Draw one alone to see its bars."
        case VerdictKind.NO_DIGIT:
            is_plain = is_plain_shape(inspection.image)
            return (
                "Too flat, too small or too full for one."
                if is_plain
                else f"At best {with_article(int(likeliest.argmax()))}."
            )
        case VerdictKind.POSSIBLE:
            return f"More likely no digit, {percent(float(outputs[NO_DIGIT]))}"
    if verdict.digit is None:
        return "No digit stands out."
    if verdict.kind is VerdictKind.UNCERTAIN:
        return f"perhaps {with_article(verdict.digit)}, {percent(float(outputs[verdict.digit]))}"
    if verdict.runner_up is None or float(outputs[verdict.runner_up]) < _SILENT_BELOW:
        return ""
    return f"then {with_article(verdict.runner_up)}, {percent(float(outputs[verdict.runner_up]))}"
