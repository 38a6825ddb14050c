"""The reliability diagram: how often answers are right, against how sure the network was of them."""

import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from digitlab.evaluation.metrics import Metrics
from digitlab.evaluation.reliability import ReliabilityBin
from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart
from digitlab.gui.evaluate.wording import bin_words, reliability_words
from digitlab.gui.widgets.fields import describe
from digitlab.words.numbers import exact_percent

_COUNTS_PX: Final = 34
_COUNTS_GAP_PX: Final = 6
_BAR_GAP_PX: Final = 2
_TICKS: Final = [(share / 100, exact_percent(share / 100)) for share in range(0, 101, 20)]

_FEW: Final = 20
"""Bars of fewer answers are paler: they say little."""


class ReliabilityDiagram(Chart):
    """A bar for each range of confidence, the diagonal where sureness and truth agree, and the numbers of answers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__("how sure the network was", "right answers", parent)
        self._metrics: Metrics | None = None
        describe(
            self,
            "reliabilityDiagram",
            "Reliability diagram",
            "A reliability diagram: of all answers given with 80 %, four in five should be right. Bars on the dashed "
            "line are as right as they are sure.",
            "A reliability diagram. All answers are sorted by how sure the network was; each bar shows how many of "
            "them were right. Bars on the dashed line are as right as they are sure: its percentages can be trusted. "
            "Bars below it: the network is too sure; above it: too modest. The thin lines show how far chance alone "
            "may move a bar (95 % of the time), and the small bars below how many answers there were, on a logarithmic "
            "scale. Point at a bar, or use the arrow keys, to read it.",
        )

    def show_metrics(self, metrics: Metrics | None) -> None:
        """Show another judgement, or none."""
        self._metrics = metrics
        self.renew()

    @property
    def bins(self) -> tuple[ReliabilityBin, ...]:
        """The bars."""
        return () if self._metrics is None else self._metrics.bins

    @property
    def words(self) -> str:
        """What the bar pointed at says, or the whole diagram."""
        if self._metrics is None:
            return ""
        return reliability_words(self._metrics) if self.index is None else bin_words(self.bins[self.index])

    @property
    def count(self) -> int:
        """Number of bars."""
        return len(self.bins)

    @property
    def room_below(self) -> int:
        """Room for the numbers of answers."""
        return _COUNTS_PX + _COUNTS_GAP_PX

    def item_at(self, x: float) -> int | None:
        """Return the bar at a confidence."""
        return next((index for index, entry in enumerate(self.bins) if entry.low <= x <= entry.high), None)

    def x_ticks(self) -> list[tuple[float, str]]:
        """Return 0 to 100 %."""
        return _TICKS

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return 0 to 100 %."""
        return _TICKS

    def paint_items(self, painter: QPainter) -> None:
        """Paint bars, counts, diagonal and intervals."""
        palette = self.palette()
        strong, text, quiet = theme.curve_colours(palette)[0], palette.color(theme.TEXT), palette.color(theme.QUIET)
        largest = math.log1p(max(entry.count for entry in self.bins))
        for index, entry in enumerate(self.bins):
            bar = QRectF(self.to_pixels(entry.low, entry.accuracy), self.to_pixels(entry.high, 0.0))
            bar = bar.adjusted(_BAR_GAP_PX / 2, 0, -_BAR_GAP_PX / 2, 0)
            colour = QColor(strong)
            colour.setAlphaF(0.35 if entry.count < _FEW else 0.85)
            painter.fillRect(bar, colour)
            floor = self.field.bottom() + self.room_below
            height = max(math.log1p(entry.count) / largest * _COUNTS_PX, 1.0)
            painter.fillRect(QRectF(bar.left(), floor - height, bar.width(), height), quiet)
            if index == self.index:
                painter.setPen(QPen(text, 1.5))
                painter.drawRect(QRectF(bar.left(), bar.top(), bar.width(), floor - bar.top()))
        painter.setPen(QPen(text, 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(self.to_pixels(0.0, 0.0), self.to_pixels(1.0, 1.0))
        painter.setPen(QPen(text, 1))
        for entry in self.bins:
            low, high = entry.interval
            middle = (entry.low + entry.high) / 2
            painter.drawLine(self.to_pixels(middle, low), self.to_pixels(middle, high))
        self._paint_counts_name(painter, quiet)

    def _paint_counts_name(self, painter: QPainter, colour: QColor) -> None:
        """Write what the small bars are, where confidences below 10 % leave room: the largest of ten is never less."""
        painter.setPen(colour)
        place = QRectF(0, self.field.bottom() + _COUNTS_GAP_PX, self.field.left() - _COUNTS_GAP_PX, _COUNTS_PX)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "answers")
        base = QPointF(0, self.field.bottom() + self.room_below + 0.5)
        painter.setPen(self.palette().color(theme.LINE))
        painter.drawLine(QPointF(self.field.left(), base.y()), QPointF(self.field.right(), base.y()))
