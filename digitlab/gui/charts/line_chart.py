"""Lines over the moments of a run, one a layer."""

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.charts.snapshot_axis import SnapshotAxis
from digitlab.gui.charts.snapshot_chart import TITLE_PX, SnapshotChart
from digitlab.gui.session.values import Learning

NAMES_PX: Final = 88
_SAMPLE_PX: Final = 20
_NAME_PX: Final = 14

_COLOURS_LIGHT: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#000000")
_COLOURS_DARK: Final = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#F0E442")
"""Of the Okabe-Ito set (Okabe and Ito 2008), those that stand out from each surface."""

_DASHES: Final[tuple[tuple[float, ...], ...]] = ((), (5, 2.5), (1.5, 2), (6, 2, 1.5, 2), (9, 3), (3, 2, 1, 2, 1, 2))
"""Lines differ in these too, in units of their width."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One layer's line.

    Attributes:
        name: The layer.
        places: Shape (n,), 0..1 from left to right, ascending.
        heights: Shape (n,), 0..1 from below; NaN where there is nothing.
    """

    name: str
    places: NDArray[np.float64]
    heights: NDArray[np.float64]


def line_pen(palette: QPalette, index: int) -> QPen:
    """Return the pen of a line by its number: its colour and its dashes."""
    colours = _COLOURS_DARK if theme.is_dark(palette) else _COLOURS_LIGHT
    pen = QPen(QColor(colours[index % len(colours)]), 1.8)
    # Seven layers and more: the colours come again, with other dashes.
    dashes = _DASHES[(index + index // len(colours)) % len(_DASHES)]
    if dashes:
        pen.setDashPattern(dashes)
    return pen


class LineChart(SnapshotChart):
    """Paints lines with their names beside their ends."""

    def __init__(self, title: str, left_px: int, parent: QWidget | None = None) -> None:
        """Begin without lines."""
        super().__init__(title, left_px, NAMES_PX, parent)
        self._lines: tuple[Line, ...] = ()
        self._learning: Learning | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is painted."""
        return self._lines

    def take(self, learning: Learning, axis: SnapshotAxis, step: int, lines: tuple[Line, ...]) -> None:
        """Show other lines, or the same at another moment."""
        words = self.words_instead
        is_other = lines is not self._lines
        self._learning, self._lines = learning, lines
        self.show_snapshot(axis, step)
        if is_other or self.words_instead != words:
            self.renew()

    @property
    @abstractmethod
    def words_instead(self) -> str:
        """What to say where there are no lines to paint; empty where there are."""
        raise NotImplementedError

    @property
    def spans_snapshots(self) -> bool:
        """Whether there are lines over the moments."""
        return not self.words_instead and super().spans_snapshots

    @property
    def readout(self) -> str:
        """What is written beside the title; nothing where the same words stand below."""
        return "" if self.words_instead else super().readout

    def paint_background(self, painter: QPainter, axis: SnapshotAxis) -> None:
        """Paint the lines, or words instead."""
        del axis
        if self.words_instead:
            painter.setPen(self.palette().color(theme.QUIET))
            room = QRectF(self.rect()).adjusted(theme.SPACE_S, TITLE_PX, -theme.SPACE_S, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.words_instead)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = self.field
        painter.save()
        painter.setClipRect(field.adjusted(0, -2, 0, 2))
        for index, line in enumerate(self._lines):
            painter.setPen(line_pen(self.palette(), index))
            known = np.isfinite(line.heights)
            xs = field.left() + line.places[known] * field.width()
            ys = field.bottom() - line.heights[known] * field.height()
            points = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
            if len(points) == 1:
                points.append(points[0] + QPointF(4, 0))
            painter.drawPolyline(QPolygonF(points))
        painter.restore()
        self._paint_names(painter, field)

    def _paint_names(self, painter: QPainter, field: QRectF) -> None:
        """Write the names beside the lines' ends, moved apart where they would cover each other."""
        ends = []
        for index, line in enumerate(self._lines):
            known = np.flatnonzero(np.isfinite(line.heights))
            if len(known):
                ends.append((self.pixel(1.0, float(line.heights[known[-1]])).y(), index))
        ends.sort()
        y = -math.inf
        highest = field.bottom() + _NAME_PX / 2 - _NAME_PX * len(ends)
        for nth, (end, index) in enumerate(ends):
            y = max(min(end, highest + nth * _NAME_PX), y + _NAME_PX, field.top())
            left = field.right() + 6
            painter.setPen(line_pen(self.palette(), index))
            painter.drawLine(QPointF(left, y), QPointF(left + _SAMPLE_PX, y))
            painter.setPen(self.palette().color(theme.TEXT))
            room = QRectF(left + _SAMPLE_PX + 4, y - _NAME_PX / 2, self.width() - left - _SAMPLE_PX - 4, _NAME_PX)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._lines[index].name)
