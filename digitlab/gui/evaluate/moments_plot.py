"""How the accuracy grew: a curve over the kept moments of the run, marked at the moment on screen."""

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.chart import Chart
from digitlab.gui.fields import describe
from digitlab.gui.values import JudgedMoments
from digitlab.gui.wording import percent

_DEPTHS: Final = ((0.005, 5), (0.01, 5), (0.02, 4), (0.05, 5), (0.1, 5), (0.2, 4), (0.5, 5), (1.0, 5))
"""How far below 100 % the vertical axis may begin, with the number of steps up to there."""

_TICKS: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
"""Epochs that may be written below."""

_SPOT_PX: Final = 2.5
_MARK_PX: Final = 5.0


class MomentsPlot(Chart):
    """A curve of the share of right answers over epochs; dense moments at the beginning get room by a square root.

    Signals:
        moment_chosen: The person clicked a moment, or pressed Enter on it; carries its step.
    """

    moment_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__("epoch (the beginning is stretched)", "right answers", parent)
        self._moments = JudgedMoments()
        self._steps: list[int] = []
        self._known: list[tuple[float, float]] = []  # epochs and accuracies
        self._shown: int | None = None
        self._depth, self._tick_count = _DEPTHS[-1]
        describe(
            self,
            "momentsPlot",
            "Accuracy over the training",
            "The share of right answers at each kept moment of the run, marked at the moment on screen. Click one to "
            "show it.",
            "The share of right answers at each kept moment of the run that was judged on these data. The ring marks "
            "the moment on screen. Point at the curve, or use the arrow keys, to read it; click, or press Enter, to go "
            "there.",
        )

    def show_moments(self, moments: JudgedMoments, shown: int | None) -> None:
        """Show other moments.

        Args:
            moments: What is known of them.
            shown: The step of the one on screen, or None if it is not of the run.
        """
        if moments is self._moments:
            if shown != self._shown:
                self._shown = shown
                self.update()
            return
        self._moments, self._shown = moments, shown
        rows = zip(moments.steps, moments.epochs, moments.accuracies, strict=True)
        known = [(step, epoch, accuracy) for step, epoch, accuracy in rows if accuracy is not None]
        self._steps = [step for step, _, _ in known]
        self._known = [(epoch, accuracy) for _, epoch, accuracy in known]
        lowest = min((accuracy for _, accuracy in self._known), default=0.0)
        self._depth, self._tick_count = next((entry for entry in _DEPTHS if entry[0] >= 1.0 - lowest), _DEPTHS[-1])
        self.renew()

    @property
    def words(self) -> str:
        """The moment pointed at, or the best one."""
        if not self._known:
            return ""
        if self.index is not None and self.index < len(self._known):
            epoch, accuracy = self._known[self.index]
            return f"Epoch {epoch:.2f}: {percent(accuracy)} are right."
        epoch, accuracy = max(self._known, key=lambda entry: entry[1])
        first = self._known[0]
        return (
            f"From {percent(first[1])} at epoch {first[0]:.1f} to {percent(accuracy)} at epoch {epoch:.1f}, the best."
        )

    @property
    def count(self) -> int:
        """Number of moments that are known."""
        return len(self._known)

    @property
    def _end(self) -> float:
        return max(self._moments.epochs[-1] if self._moments.epochs else 1.0, 1e-6)

    def item_at(self, x: float) -> int | None:
        """Return the moment nearest to a place on the axis."""
        return int(np.argmin([abs(math.sqrt(epoch) - x) for epoch, _ in self._known])) if self._known else None

    def x_ticks(self) -> list[tuple[float, str]]:
        """Return epochs, placed at their square roots."""
        end = self._end
        inner = [
            epoch for epoch in (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0) if epoch < 0.8 * end
        ]
        return [(math.sqrt(epoch), f"{epoch:g}") for epoch in (0.0, *inner[-4:], round(end, 2))]

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return accuracies up to 100 %."""
        values = [1.0 - self._depth * step / self._tick_count for step in range(self._tick_count, -1, -1)]
        return [(value, f"{100 * value:.4g} %") for value in values]

    def paint_items(self, painter: QPainter) -> None:
        """Paint the curve, its moments, and the one on screen."""
        palette = self.palette()
        colour = theme.curve_colours(palette)[1]
        points = [self.to_pixels(math.sqrt(epoch), accuracy) for epoch, accuracy in self._known]
        painter.setPen(QPen(colour, 1.5))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for point in points:
            painter.drawEllipse(point, _SPOT_PX, _SPOT_PX)
        painter.setBrush(palette.color(theme.SURFACE))
        for step, point in zip(self._steps, points, strict=True):
            if step == self._shown:
                painter.setPen(QPen(palette.color(theme.QUIET), 1))
                painter.drawLine(point, QPointF(point.x(), self.field.bottom()))
                painter.setPen(QPen(palette.color(theme.TEXT), 2))
                painter.drawEllipse(point, _MARK_PX, _MARK_PX)
        if self.index is not None and self.index < len(points):
            painter.setPen(QPen(palette.color(theme.TEXT), 1.5))
            painter.drawEllipse(points[self.index], _MARK_PX - 1, _MARK_PX - 1)

    def _choose(self) -> None:
        if self.index is not None and self.index < len(self._steps):
            self.moment_chosen.emit(self._steps[self.index])

    # Overrides of Qt

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the moment under the pointer."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.mouseMoveEvent(event)
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the moment pointed at with Enter; the other keys point."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose()
        else:
            super().keyPressEvent(event)
