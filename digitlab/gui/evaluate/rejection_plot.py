"""The rejection curve: how right the rest is when the least sure answers are questioned."""

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from digitlab.evaluation.reliability import RejectionCurve
from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart
from digitlab.gui.evaluate.wording import USUAL_REJECTED, rejection_words
from digitlab.gui.widgets.fields import describe
from digitlab.words.numbers import exact_percent

_STEPS: Final = 100
"""Shares that can be pointed at, besides none."""

_ENDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
"""Where the horizontal axis may end."""

_CAUGHT: Final = 0.9
"""The axis ends where so many of the mistakes are questioned ..."""

_FARTHEST: Final = 3.0
"""... but not much farther than three times as many answers as there are mistakes: a wrong label is never unsure."""

_LEAST_DEPTH: Final = 0.0025
"""Texts with two decimals, which a smaller depth would need, have no room beside the axis."""

_DEPTHS: Final = tuple(
    (first * 10.0**power, steps)
    for power in (-3, -2, -1)
    for first, steps in ((1, 5), (2, 4), (3, 3), (4, 4), (5, 5), (6, 3), (8, 4))
    if first * 10.0**power > _LEAST_DEPTH
)
"""How far below 100 % the vertical axis may begin, with the number of steps up to there."""

_ALL: Final = (1.0, 5)
_ROOM_BELOW: Final = 1.05

_SPOT_PX: Final = 4.0
_LABEL_PX: Final = 16


class RejectionPlot(Chart):
    """A curve from the accuracy of all answers up to that of the surest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__("answers questioned, the least sure first", "right among the rest", parent)
        self._curve: RejectionCurve | None = None
        self._end = _ENDS[0]
        self._depth, self._steps = _ALL
        describe(
            self,
            "rejectionPlot",
            "Rejection curve",
            "A rejection curve: how many of the other answers are right when a person looks at the least sure ones.",
            "A rejection curve. Let a person look at the answers that the network is least sure of: how right is the "
            "rest? The steeper the curve rises, the better the network knows what it does not know. The dashed line is "
            "what questioning at random would bring: nothing. Point at the curve, or use the arrow keys, to read it.",
        )

    def show_curve(self, curve: RejectionCurve | None) -> None:
        """Show another curve, or none."""
        self._curve = curve
        if curve is not None:
            mistakes = 1.0 - float(curve.accuracy[0])
            self._end = _end_for(curve, mistakes)
            self._depth, self._steps = next((entry for entry in _DEPTHS if entry[0] >= _ROOM_BELOW * mistakes), _ALL)
        self.renew()

    @property
    def words(self) -> str:
        """What the share pointed at brings, or a usual one."""
        return "" if self._curve is None else rejection_words(self._curve, self._share)

    @property
    def _share(self) -> float:
        return USUAL_REJECTED if self.index is None else self._end * self.index / _STEPS

    @property
    def count(self) -> int:
        """Number of shares that can be pointed at."""
        return 0 if self._curve is None else _STEPS + 1

    def item_at(self, x: float) -> int | None:
        """Return the share nearest to a value."""
        return min(max(round(x / self._end * _STEPS), 0), _STEPS)

    def x_ticks(self) -> list[tuple[float, str]]:
        """Return the shares from 0 on, in five steps."""
        return [(self._end * step / 5, exact_percent(self._end * step / 5)) for step in range(6)]

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return accuracies up to 100 %."""
        values = [1.0 - self._depth * step / self._steps for step in range(self._steps, -1, -1)]
        return [(value, exact_percent(round(value, 4))) for value in values]

    def paint_items(self, painter: QPainter) -> None:
        """Paint the curve, what chance would bring, and the share pointed at."""
        curve = self._curve
        if curve is None:
            return
        palette, field = self.palette(), self.field
        start = float(curve.accuracy[0])
        painter.setPen(QPen(palette.color(theme.QUIET), 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(self.to_pixels(0.0, start), self.to_pixels(self._end, start))
        label = self.to_pixels(self._end, start)
        above = int(label.y()) - _LABEL_PX - 2
        # Where all answers are right, there is no room above the line.
        top = above if above >= field.top() else int(label.y()) + 4
        place = QRectF(label.x() - 200, top, 196, _LABEL_PX)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight, "questioned at random")
        painter.setPen(QPen(theme.curve_colours(palette)[0], 2))
        painter.drawPolyline(QPolygonF(self._points(curve)))
        rejected, accuracy = curve.at(self._share)
        if rejected <= self._end:
            spot = self.to_pixels(rejected, accuracy)
            painter.setPen(QPen(palette.color(theme.QUIET), 1))
            painter.drawLine(spot, QPointF(spot.x(), field.bottom()))
            painter.setPen(QPen(palette.color(theme.TEXT), 1.5))
            painter.setBrush(palette.color(theme.SURFACE))
            painter.drawEllipse(spot, _SPOT_PX, _SPOT_PX)

    def _points(self, curve: RejectionCurve) -> list[QPointF]:
        """Return the curve on screen, a point a pixel."""
        width = max(int(self.field.width()), 1)
        low, high = self.to_pixels(0.0, 1.0 - self._depth), self.to_pixels(self._end, 1.0)
        shares = np.linspace(0.0, self._end, width + 1)
        accuracies = curve.accuracy[np.searchsorted(curve.rejected, shares + 1e-12, side="right") - 1]
        xs = np.linspace(low.x(), high.x(), width + 1)
        ys = low.y() + (accuracies - (1.0 - self._depth)) / self._depth * (high.y() - low.y())
        return [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]


def _end_for(curve: RejectionCurve, mistakes: float) -> float:
    farthest = next((end for end in _ENDS if end >= _FARTHEST * mistakes), _ENDS[-1])
    return next((end for end in _ENDS if end >= farthest or _rest(curve, end) <= (1 - _CAUGHT) * mistakes), farthest)


def _rest(curve: RejectionCurve, share: float) -> float:
    """Return which share of all answers are mistakes that nobody questions."""
    rejected, accuracy = curve.at(share)
    return (1.0 - rejected) * (1.0 - accuracy)
