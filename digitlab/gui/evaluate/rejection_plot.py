"""The rejection curve: the accuracy of the remaining predictions when the least confident ones are rejected."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from digitlab.evaluation.reliability import RejectionCurve
from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart
from digitlab.gui.charts.items import Area, Ring
from digitlab.gui.charts.plot import Plot, Pointed, axes_frame
from digitlab.gui.charts.scales import Targets, ValueScale
from digitlab.gui.evaluate.wording import USUAL_REJECTED, rejection_text
from digitlab.gui.widgets.fields import describe
from digitlab.words.numbers import exact_percent

_STEPS: Final = 100
"""Number of shares that can be pointed at, besides 0."""

_ENDS: Final = (0.05, 0.1, 0.2, 0.5, 1.0)
"""Where the horizontal axis may end."""

_CAUGHT: Final = 0.9
"""The axis ends where this share of the mistakes is rejected ..."""

_FARTHEST: Final = 3.0
"""... but at about three rejections per mistake: mistakes due to a wrong label are made with high confidence."""

_LEAST_DEPTH: Final = 0.0025
"""A smaller depth would need labels with two decimals, for which there is no space beside the axis."""

_DEPTHS: Final = tuple(
    (first * 10.0**power, steps)
    for power in (-3, -2, -1)
    for first, steps in ((1, 5), (2, 4), (3, 3), (4, 4), (5, 5), (6, 3), (8, 4))
    if first * 10.0**power > _LEAST_DEPTH
)
"""How far below 100 % the vertical axis may start, with the number of intervals from there."""

_ALL: Final = (1.0, 5)
_SPACE_BELOW: Final = 1.05
_LABEL_PX: Final = 16


class RejectionPlot(Chart):
    """A curve from the accuracy of all predictions up to that of the most confident ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty chart."""
        super().__init__(axes_frame("predictions rejected, the least confident first", "accuracy of the rest"), parent)
        describe(
            self,
            "rejectionPlot",
            "Rejection curve",
            "The accuracy of the remaining predictions when the least confident ones are rejected, for a person to "
            "check.",
            "A rejection curve. If a person checks the least confident predictions, how accurate are the rest? The "
            "steeper the curve rises, the better the confidence separates correct predictions from mistakes. The "
            "dashed line is the accuracy when predictions are rejected at random. Point at the curve, or use the arrow "
            "keys, to read it.",
        )
        self.show_curve(None)

    def show_curve(self, curve: RejectionCurve | None) -> None:
        """Show a curve, or none."""
        if curve is None:
            self.show_plot(Plot(_reject_scale(_ENDS[0]), _accuracy_scale(*_ALL)))
        else:
            self.show_plot(_plot(curve), summary=rejection_text(curve, USUAL_REJECTED))


def _plot(curve: RejectionCurve) -> Plot:
    mistakes = 1.0 - float(curve.accuracy[0])
    end = _end_for(curve, mistakes)
    depth = next((entry for entry in _DEPTHS if entry[0] >= _SPACE_BELOW * mistakes), _ALL)

    def share_of(index: int | None) -> float:
        return USUAL_REJECTED if index is None else end * index / _STEPS

    def read(pointed: Pointed) -> str:
        return rejection_text(curve, share_of(pointed.index))

    def highlight(index: int | None) -> tuple[Ring, ...]:
        rejected, accuracy = curve.at(share_of(index))
        return (Ring(rejected, accuracy, has_stem=True),) if rejected <= end else ()

    return Plot(
        x=_reject_scale(end),
        y=_accuracy_scale(*depth),
        items=(RandomRejection(float(curve.accuracy[0]), end), RejectionLine(curve, end)),
        targets=Targets.nearest(np.linspace(0.0, 1.0, _STEPS + 1)),
        read=read,
        highlight=highlight,
    )


def _reject_scale(end: float) -> ValueScale:
    """Return a scale of shares from 0 in five intervals."""
    return ValueScale(0.0, end, tuple((end * nth / 5, exact_percent(end * nth / 5)) for nth in range(6)))


def _accuracy_scale(depth: float, intervals: int) -> ValueScale:
    """Return a scale of accuracies from ``depth`` below 100 % up to 100 %."""
    values = [1.0 - depth * nth / intervals for nth in range(intervals, -1, -1)]
    return ValueScale(values[0], 1.0, tuple((value, exact_percent(round(value, 4))) for value in values))


@dataclass(frozen=True, slots=True)
class RandomRejection:
    """The accuracy when predictions are rejected at random: a dashed line with its name.

    Attributes:
        accuracy: Accuracy of all predictions.
        end: Where the horizontal axis ends.
    """

    accuracy: float
    end: float

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint line and name."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(area.palette.color(theme.QUIET), 1.2, Qt.PenStyle.DashLine))
        right = area.pixel(self.end, self.accuracy)
        painter.drawLine(QPointF(area.field.left(), right.y()), right)
        above = int(right.y()) - _LABEL_PX - 2
        # If all predictions are correct, there is no space above the line.
        top = above if above >= area.field.top() else int(right.y()) + 4
        space = QRectF(right.x() - 200, top, 196, _LABEL_PX)
        painter.drawText(space, Qt.AlignmentFlag.AlignRight, "rejected at random")


@dataclass(frozen=True, slots=True, eq=False)
class RejectionLine:
    """The curve, drawn with one point per pixel: it can have as many points as there are predictions.

    Attributes:
        curve: The curve.
        end: Where the horizontal axis ends.
    """

    curve: RejectionCurve
    end: float

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint the curve."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shares = np.linspace(0.0, self.end, max(int(area.field.width()), 1) + 1)
        accuracies = self.curve.accuracy[np.searchsorted(self.curve.rejected, shares + 1e-12, side="right") - 1]
        painter.setPen(QPen(theme.curve_colours(area.palette)[0], 2))
        painter.drawPolyline(QPolygonF(area.pixels(shares, accuracies)))


def _end_for(curve: RejectionCurve, mistakes: float) -> float:
    farthest = next((end for end in _ENDS if end >= _FARTHEST * mistakes), _ENDS[-1])
    return next((end for end in _ENDS if end >= farthest or _rest(curve, end) <= (1 - _CAUGHT) * mistakes), farthest)


def _rest(curve: RejectionCurve, share: float) -> float:
    """Return the share of all predictions that are mistakes and not rejected."""
    rejected, accuracy = curve.at(share)
    return (1.0 - rejected) * (1.0 - accuracy)
