"""The verdict: what the network takes the drawing for, in one glance."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from digitlab.gui import theme
from digitlab.insight.lens import Inspection
from digitlab.insight.verdict import Verdict, VerdictKind


class VerdictView(QWidget):
    """One large digit, how sure the network is, and what else it could be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without a verdict."""
        super().__init__(parent)
        self.setObjectName("verdict")
        self.setWhatsThis(
            "What the network takes your drawing for. It knows nothing but digits, so it may be sure of a scribble too."
        )
        self._digit = QLabel(self)
        self._digit.setObjectName("verdictDigit")
        font = self._digit.font()
        font.setPixelSize(theme.FONT_VERDICT_PX)
        font.setBold(True)
        self._digit.setFont(font)
        self._digit.setFixedWidth(44)
        self._digit.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text = QLabel(self)
        self._text.setObjectName("verdictText")
        self._text.setProperty("title", True)
        self._second = QLabel(self)
        self._second.setObjectName("verdictSecond")
        self._second.setProperty("quiet", True)
        self._second.setWordWrap(True)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.SPACE_M)
        layout.setVerticalSpacing(0)
        layout.addWidget(self._digit, 0, 0, 2, 1)
        layout.addWidget(self._text, 0, 1, Qt.AlignmentFlag.AlignBottom)
        layout.addWidget(self._second, 1, 1, Qt.AlignmentFlag.AlignTop)
        layout.setColumnStretch(1, 1)
        self.setFixedHeight(60)
        self.show_empty()

    @property
    def digit_text(self) -> str:
        """The large digit on show; empty without a verdict."""
        return self._digit.text()

    @property
    def verdict_text(self) -> str:
        """The words beside it."""
        return self._text.text()

    def show_empty(self) -> None:
        """Ask for a drawing."""
        self._show("", "Draw a digit", "The answer follows the pen.")

    def show_inspection(self, inspection: Inspection, remark: str) -> None:
        """Show what a network made of an image.

        Args:
            inspection: The network's work.
            remark: What else is known of the image; empty to name the second likeliest digit instead.
        """
        verdict = Verdict.of_inspection(inspection)
        if verdict is None:
            self._show("–", "No answer", "This network ends in feature maps.")
        elif verdict.kind is VerdictKind.EMPTY:
            self.show_empty()
        else:
            self._show_answer(verdict, inspection, remark)

    def _show_answer(self, verdict: Verdict, inspection: Inspection, remark: str) -> None:
        probabilities = inspection.probabilities
        if verdict.digit is None or probabilities is None:
            self._show("?", verdict.text, remark or "No digit stands out.")
            return
        best = float(probabilities[verdict.digit])
        second = remark
        if not second and verdict.runner_up is not None and float(probabilities[verdict.runner_up]) >= 0.0005:
            article = "an" if verdict.runner_up == 8 else "a"
            second = f"then {article} {verdict.runner_up}, {float(probabilities[verdict.runner_up]) * 100:.1f} %"
        self._show(str(verdict.digit), f"{verdict.text}, {best * 100:.1f} %", second)

    def _show(self, digit: str, text: str, second: str) -> None:
        self._digit.setText(digit)
        self._text.setText(text)
        self._second.setText(second)
        self._digit.setAccessibleName(f"Verdict: {digit} {text}")
