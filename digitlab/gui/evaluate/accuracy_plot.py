"""How the accuracy grew: a curve over the kept moments of the run, marked at the moment on screen."""

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart
from digitlab.gui.session.values import AccuracyOverTime
from digitlab.gui.widgets.fields import describe
from digitlab.words.numbers import epoch_figure, epoch_words, exact_percent, percent

_SHARES: Final = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9998, 0.9999)
"""Accuracies that may be written on the left; the last is as far as 60,000 images tell."""

_TICKS: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0)
"""Epochs that may be written below."""

_SPOT_PX: Final = 2.5
_MARK_PX: Final = 5.0


class AccuracyPlot(Chart):
    """A curve of the share of right answers over epochs.

    Square roots of epochs and logarithms of mistakes give room to where much happens: the beginning, and the top.

    Signals:
        snapshot_chosen: The person clicked a moment, or pressed Enter on it; carries its step.
    """

    snapshot_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__("epoch (the beginning is stretched)", "right answers (the top is stretched)", parent)
        self._snapshots = AccuracyOverTime()
        self._steps: list[int] = []
        self._known: list[tuple[float, float]] = []  # epochs and accuracies
        self._shown: int | None = None
        self._top = 0.9
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

    def show_snapshots(self, snapshots: AccuracyOverTime, shown: int | None) -> None:
        """Show other moments.

        Args:
            snapshots: What is known of them.
            shown: The step of the one on screen, or None if it is not of the run.
        """
        if snapshots is self._snapshots:
            if shown != self._shown:
                self._shown = shown
                self.update()
            return
        self._snapshots, self._shown = snapshots, shown
        rows = zip(snapshots.steps, snapshots.epochs, snapshots.accuracies, strict=True)
        known = [(step, epoch, accuracy) for step, epoch, accuracy in rows if accuracy is not None]
        self._steps = [step for step, _, _ in known]
        self._known = [(epoch, accuracy) for _, epoch, accuracy in known]
        highest = max((accuracy for _, accuracy in self._known), default=0.0)
        above = [share for share in _SHARES if share >= highest]
        self._top = max(above[0] if above else _SHARES[-1], 0.9)
        self.renew()

    @property
    def words(self) -> str:
        """The moment pointed at, or the best one."""
        if not self._known:
            return ""
        if self.index is not None and self.index < len(self._known):
            epoch, accuracy = self._known[self.index]
            return f"{epoch_words(epoch).capitalize()}: {self._percent(accuracy)} are right."
        epoch, accuracy = max(self._known, key=lambda entry: entry[1])
        if len(self._known) == 1:
            return f"On {self._snapshots.count:,} images: {self._percent(accuracy)} at {epoch_words(epoch)}."
        begin, first = self._known[0]
        best = f"{self._percent(accuracy)} at {epoch_words(epoch)}"
        how = f"from {self._percent(first)} at {epoch_words(begin)} to {best}, the highest"
        return f"On the same {self._snapshots.count:,} images: {how}."

    def _percent(self, share: float) -> str:
        return percent(share, self._snapshots.count)

    @property
    def count(self) -> int:
        """Number of moments that are known."""
        return len(self._known)

    @property
    def _end(self) -> float:
        return max(self._snapshots.epochs[-1] if self._snapshots.epochs else 1.0, 1e-6)

    def item_at(self, x: float) -> int | None:
        """Return the moment nearest to a place on the axis."""
        return int(np.argmin([abs(math.sqrt(epoch) - x) for epoch, _ in self._known])) if self._known else None

    def x_ticks(self) -> list[tuple[float, str]]:
        """Return epochs, placed at their square roots."""
        end = self._end
        inner = [
            epoch for epoch in (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0) if epoch < 0.8 * end
        ]
        return [(math.sqrt(epoch), epoch_figure(epoch)) for epoch in (0.0, *inner[-4:], round(end, 2))]

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return accuracies, placed by the logarithm of the mistakes."""
        return [(_height(share), exact_percent(share)) for share in _SHARES if share <= self._top]

    def paint_items(self, painter: QPainter) -> None:
        """Paint the curve, its moments, and the one on screen."""
        palette = self.palette()
        colour = theme.curve_colours(palette)[1]
        points = [
            self.to_pixels(math.sqrt(epoch), _height(min(accuracy, self._top))) for epoch, accuracy in self._known
        ]
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
            self.snapshot_chosen.emit(self._steps[self.index])

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


def _height(accuracy: float) -> float:
    """Return where an accuracy stands on the axis: each step up by 1 leaves a tenth of the mistakes."""
    return -math.log10(max(1.0 - accuracy, 1e-6))
