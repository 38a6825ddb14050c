"""A small histogram with its range below."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.inspect.unit.unit_facts import Histogram
from digitlab.gui.widgets.fields import set_tip
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.words.numbers import number

LINE: Final = 15
_ZERO_PX: Final = 8
"""Space for the label of zero, on each side."""

_DIGITS: Final = 2


class HistogramView(QWidget):
    """Shows a histogram of weights, biases or activations."""

    parts_kind = PartsKind.CHART

    def __init__(self, name: str, explanation: str, parent: QWidget | None = None) -> None:
        """Create an empty histogram.

        Args:
            name: Object name.
            explanation: Text for the tooltip and What's this.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setObjectName(name)
        set_tip(self, explanation)
        self.setWhatsThis(explanation)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._histogram: Histogram | None = None

    @property
    def histogram(self) -> Histogram | None:
        """The histogram on screen."""
        return self._histogram

    def show_histogram(self, histogram: Histogram | None) -> None:
        """Show a histogram; None hides the widget."""
        if histogram == self._histogram and histogram is not None:
            return
        self._histogram = histogram
        self.setVisible(histogram is not None)
        if histogram is not None:
            self.setAccessibleName(
                f"{histogram.name}, {number(histogram.low, _DIGITS)} to {number(histogram.high, _DIGITS)}"
            )
            self.update()

    def part_count(self) -> int:
        """Return the number of bars."""
        return 0 if self._histogram is None else len(self._histogram.counts)

    def part(self, index: int) -> Part:
        """Return a bar with its range and its count."""
        histogram, count = self._histogram, self.part_count()
        if histogram is None:
            return Part("", QRectF())
        width = (histogram.high - histogram.low) / count
        ends = (number(histogram.low + width * end, _DIGITS) for end in (index, index + 1))
        place = QRectF(index * self.width() / count, LINE, self.width() / count, self.height() - 2 * LINE)
        return Part(f"{' to '.join(ends)}: {histogram.counts[index]:,}", place)

    def sizeHint(self) -> QSize:
        """Return a size at which individual bars are visible."""
        return QSize(136, 76)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the name, the bars and the values at the ends."""
        del event
        histogram = self._histogram
        if histogram is None:
            return
        palette = QApplication.palette()
        painter = QPainter(self)
        painter.setFont(theme.small_font(self.font()))
        painter.setPen(palette.color(theme.QUIET))
        line = QRectF(0, 0, self.width(), LINE)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, histogram.name)
        bottom = self.height() - LINE - 2
        space = max(bottom - LINE - 4, 4)
        largest = max(histogram.counts)
        wide = self.width() / len(histogram.counts)
        for nth, count in enumerate(histogram.counts):
            if count:
                high = max(count / largest * space, 1.0)
                painter.fillRect(QRectF(nth * wide, bottom - high, max(wide - 1, 1), high), palette.color(theme.ACCENT))
        painter.fillRect(QRectF(0, bottom, self.width(), 1), palette.color(theme.LINE))
        line.moveTop(bottom + 2)
        if histogram.low == histogram.high:
            painter.drawText(line, Qt.AlignmentFlag.AlignHCenter, number(histogram.low, _DIGITS))
            painter.end()
            return
        low_text, high_text = number(histogram.low, _DIGITS), number(histogram.high, _DIGITS)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, low_text)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, high_text)
        if histogram.low < 0 < histogram.high:
            zero = self.width() * -histogram.low / (histogram.high - histogram.low)
            painter.fillRect(QRectF(zero, LINE + 4, 1, bottom - LINE), palette.color(theme.QUIET))
            measured = painter.fontMetrics()
            left, right = measured.horizontalAdvance(low_text), self.width() - measured.horizontalAdvance(high_text)
            if left + _ZERO_PX < zero < right - _ZERO_PX:
                painter.drawText(
                    QRectF(zero - _ZERO_PX, line.top(), 2 * _ZERO_PX, LINE), Qt.AlignmentFlag.AlignHCenter, "0"
                )
        painter.end()
