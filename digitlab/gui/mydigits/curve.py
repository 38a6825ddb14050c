"""Accuracy on one's own digits over the moments of a run, beside that on the run's test digits."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart
from digitlab.gui.mydigits.wording import epoch_places
from digitlab.gui.widgets.fields import describe
from digitlab.words.numbers import epoch_words, exact_percent, percent

_SPOT_PX: Final = 2.5
_MARK_PX: Final = 5.0
_Y_TICKS: Final = [(share / 4, exact_percent(share / 4)) for share in range(5)]

Points = tuple[tuple[float, float], ...]
"""Epochs and shares of right answers, from left to right."""


@dataclass(frozen=True, slots=True)
class OwnCurves:
    """What the plot shows.

    Attributes:
        own: Accuracy on one's own digits at the kept moments that are known.
        snapshots: Number of kept moments, known or not.
        total: Number of one's own digits.
        reference: Accuracy on the digits that the run was validated on, after each epoch.
        reference_name: What those are called.
        shown: The epoch of the moment on screen, or None if it is not of the run.
        end: The last epoch.
    """

    own: Points = ()
    snapshots: int = 0
    total: int = 0
    reference: Points = ()
    reference_name: str = ""
    shown: float | None = None
    end: float = 1.0


def reference_and_own_colours(palette: QPalette) -> tuple[QColor, QColor]:
    """Return the colours of both curves: that of validation, as under Train, and one of its own for the person."""
    return theme.curve_colours(palette)[1], theme.compared_colours()[0]


class OwnCurvePlot(Chart):
    """Two curves over epochs; the beginning, where everything happens, is stretched by a square root."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__("epoch (the beginning is stretched)", "right answers", parent)
        self._curves = OwnCurves()
        describe(
            self,
            "ownCurvePlot",
            "Accuracy over the training",
            "The share of right answers over the training: on your own digits (line with dots) and on the test digits "
            "(dashed with squares).",
            "The share of right answers at each kept moment of the training: on your own digits, a line with dots, and "
            "on the digits that the training was tested with after each epoch, dashed with squares. The upright line "
            "marks the moment on screen. Point at a curve, or use the arrow keys, to read it.",
        )

    def show_curves(self, curves: OwnCurves) -> None:
        """Show other curves, or another moment."""
        if curves == self._curves:
            return
        is_same = curves.own == self._curves.own
        self._curves = curves
        if is_same:
            self.update()
        else:
            self.renew()

    @property
    def curves(self) -> OwnCurves:
        """What is shown."""
        return self._curves

    @property
    def words(self) -> str:
        """The moment pointed at, or the best one."""
        own = self._curves.own
        if not own:
            return ""
        if self.index is not None and self.index < len(own):
            epoch, share = own[self.index]
            beside = [value for at, value in self._curves.reference if at <= epoch + 1e-6]
            reference = f", {self._curves.reference_name} {percent(beside[-1])}" if beside else ""
            return f"{epoch_words(epoch).capitalize()}: you {self._own_percent(share)}{reference}."
        epoch, share = max(own, key=lambda point: point[1])
        so_far = "" if len(own) >= self._curves.snapshots else f" of {len(own)} read so far"
        return f"Your best moment{so_far}: {self._own_percent(share)} at {epoch_words(epoch)}."

    def _own_percent(self, share: float) -> str:
        return percent(share, self._curves.total)

    @property
    def count(self) -> int:
        """Number of moments that are known."""
        return len(self._curves.own)

    def item_at(self, x: float) -> int | None:
        """Return the moment nearest to a place on the axis."""
        places = [abs(math.sqrt(epoch) - x) for epoch, _ in self._curves.own]
        return int(np.argmin(places)) if places else None

    def x_ticks(self) -> list[tuple[float, str]]:
        """Return epochs, placed at their square roots."""
        return epoch_places(max(self._curves.end, 0.01))

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return shares from 0 to 100 %."""
        return _Y_TICKS

    def paint_items(self, painter: QPainter) -> None:
        """Paint the moment on screen, then the curves and what is pointed at."""
        palette, curves = self.palette(), self._curves
        reference_colour, own_colour = reference_and_own_colours(palette)
        if curves.shown is not None:
            x = self.to_pixels(math.sqrt(min(curves.shown, curves.end)), 0.0).x()
            painter.setPen(QPen(palette.color(theme.QUIET), 1))
            painter.drawLine(QPointF(x, self.field.top()), QPointF(x, self.field.bottom()))
        reference = self._paint_line(painter, curves.reference, reference_colour, Qt.PenStyle.DashLine)
        for point in reference[-60:]:
            painter.drawRect(int(point.x() - 2), int(point.y() - 2), 4, 4)
        own = self._paint_line(painter, curves.own, own_colour, Qt.PenStyle.SolidLine)
        for point in own:
            painter.drawEllipse(point, _SPOT_PX, _SPOT_PX)
        painter.setBrush(palette.color(theme.SURFACE))
        painter.setPen(QPen(palette.color(theme.TEXT), 2))
        for (epoch, _), point in zip(curves.own, own, strict=True):
            if epoch == curves.shown:
                painter.drawEllipse(point, _MARK_PX, _MARK_PX)
        if self.index is not None and self.index < len(own):
            painter.drawEllipse(own[self.index], _MARK_PX - 1, _MARK_PX - 1)

    def _paint_line(self, painter: QPainter, points: Points, colour: QColor, style: Qt.PenStyle) -> list[QPointF]:
        """Paint a curve, make ready to paint its spots, and return where they lie."""
        places = [self.to_pixels(math.sqrt(epoch), share) for epoch, share in points]
        painter.setPen(QPen(colour, 1.6, style))
        painter.drawPolyline(QPolygonF(places))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        return places
