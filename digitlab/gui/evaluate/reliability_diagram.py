"""The reliability diagram: accuracy against confidence."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from digitlab.evaluation.metrics import Metrics
from digitlab.evaluation.reliability import ReliabilityBin
from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart
from digitlab.gui.charts.items import Area
from digitlab.gui.charts.plot import Plot, Pointed, axes_frame
from digitlab.gui.charts.scales import Targets, percent_scale
from digitlab.gui.evaluate.wording import bin_text, reliability_text
from digitlab.gui.widgets.fields import describe

_COUNTS_PX: Final = 34
_COUNTS_GAP_PX: Final = 6
_BAR_GAP_PX: Final = 2
_SCALE: Final = percent_scale(5)

_FEW: Final = 20
"""Bars of fewer predictions are paler, because they are unreliable."""


class ReliabilityDiagram(Chart):
    """A bar for each range of confidence, the diagonal of perfect calibration, and the numbers of predictions."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty diagram."""
        super().__init__(axes_frame("confidence", "accuracy", _COUNTS_PX + _COUNTS_GAP_PX), parent)
        describe(
            self,
            "reliabilityDiagram",
            "Reliability diagram",
            "Of all predictions with a confidence of 80 %, four in five should be correct. Where bars reach the "
            "dashed line, confidence and accuracy agree.",
            "A reliability diagram. Predictions are grouped by their confidence; each bar is the accuracy of one "
            "group. Where bars reach the dashed line, the network is well calibrated: its percentages can be trusted. "
            "Below the line it is overconfident, above it underconfident. The thin lines are 95 % confidence "
            "intervals; the small bars below are the numbers of predictions, on a logarithmic scale. Point at a bar, "
            "or use the arrow keys, to read it.",
        )
        self.show_metrics(None)

    def show_metrics(self, metrics: Metrics | None) -> None:
        """Show the metrics of a network, or none."""
        if metrics is None or not metrics.bins:
            self.show_plot(Plot(_SCALE, _SCALE))
        else:
            self.show_plot(_plot(metrics.bins), summary=reliability_text(metrics))


def _plot(bins: tuple[ReliabilityBin, ...]) -> Plot:
    def read(pointed: Pointed) -> str:
        return bin_text(bins[pointed.index])

    def highlight(index: int | None) -> Sequence[BinOutline]:
        return () if index is None else (BinOutline(bins[index]),)

    return Plot(
        x=_SCALE,
        y=_SCALE,
        items=(ReliabilityBars(bins),),
        targets=Targets(np.array([entry.low for entry in bins]), np.array([entry.high for entry in bins])),
        read=read,
        highlight=highlight,
    )


def _bar(entry: ReliabilityBin, area: Area) -> QRectF:
    bar = QRectF(area.pixel(entry.low, entry.accuracy), area.pixel(entry.high, 0.0))
    return bar.adjusted(_BAR_GAP_PX / 2, 0, -_BAR_GAP_PX / 2, 0)


@dataclass(frozen=True, slots=True)
class BinOutline:
    """Outlines one bar, including its count."""

    entry: ReliabilityBin

    def _rect(self, area: Area) -> QRectF:
        bar = _bar(self.entry, area)
        bar.setBottom(area.field.bottom() + area.below_px)
        return bar

    def bounds(self, area: Area) -> QRectF:
        """Return the outline."""
        return self._rect(area).adjusted(-2, -2, 2, 2)

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint the outline."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(area.palette.color(theme.TEXT), 1.5))
        painter.drawRect(self._rect(area))


@dataclass(frozen=True, slots=True)
class ReliabilityBars:
    """Bars with their intervals and counts, and the diagonal."""

    bins: tuple[ReliabilityBin, ...]

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint bars and counts, then diagonal and intervals."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = area.palette
        text = palette.color(theme.TEXT)
        self._paint_counts_axis(painter, area)
        for entry in self.bins:
            colour = QColor(theme.curve_colours(palette)[0])
            colour.setAlphaF(0.35 if entry.count < _FEW else 0.85)
            painter.fillRect(_bar(entry, area), colour)
        self._paint_counts(painter, area)
        painter.setPen(QPen(text, 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(area.pixel(0.0, 0.0), area.pixel(1.0, 1.0))
        painter.setPen(QPen(text, 1))
        for entry in self.bins:
            (low, high), middle = entry.interval, (entry.low + entry.high) / 2
            painter.drawLine(area.pixel(middle, low), area.pixel(middle, high))

    def _paint_counts(self, painter: QPainter, area: Area) -> None:
        largest = math.log1p(max(entry.count for entry in self.bins))
        floor = area.field.bottom() + area.below_px
        for entry in self.bins:
            bar, height = _bar(entry, area), max(math.log1p(entry.count) / largest * _COUNTS_PX, 1.0)
            space = QRectF(bar.left(), floor - height, bar.width(), height)
            painter.fillRect(space, area.palette.color(theme.QUIET))

    def _paint_counts_axis(self, painter: QPainter, area: Area) -> None:
        """Paint the base line of the counts, and their label on the left."""
        field = area.field
        painter.setPen(area.palette.color(theme.QUIET))
        space = QRectF(0, field.bottom() + _COUNTS_GAP_PX, field.left() - _COUNTS_GAP_PX, _COUNTS_PX)
        painter.drawText(space, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "answers")
        y = field.bottom() + area.below_px + 0.5
        painter.setPen(area.palette.color(theme.LINE))
        painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
