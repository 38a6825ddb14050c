"""The parts of a painted chart: items, painted once and cached, and marks, which change with snapshot and pointer."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Protocol

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF

from digitlab.gui import theme
from digitlab.gui.charts.scales import Numbers, Scale

_DOT_PX: Final = 2.5
_SAMPLE_PX: Final = 20
_NAME_PX: Final = 14
_MARKER_RISE_PX: Final = 4
"""How far the marker of the snapshot on screen extends above the plot area, in pixels."""

_COLOURS_LIGHT: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B37C00", "#000000")
_COLOURS_DARK: Final = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#F0E442")
"""Colours of the Okabe-Ito set (Okabe and Ito 2008) that stand out from each surface; the orange is darker on white."""

_DASHES: Final[tuple[tuple[float, ...], ...]] = ((), (5, 2.5), (1.5, 2), (6, 2, 1.5, 2), (9, 3), (3, 2, 1, 2, 1, 2))
"""Dash patterns that also distinguish lines, in units of the line width."""


@dataclass(frozen=True, slots=True)
class Area:
    """Where an item is painted.

    Attributes:
        field: The plot area in pixels of the chart.
        outer: The whole chart in pixels.
        below_px: Height of the strip between the plot area and the texts below it.
        x: The horizontal scale.
        y: The vertical scale.
        palette: The chart's colours.
    """

    field: QRectF
    outer: QRectF
    below_px: int
    x: Scale
    y: Scale
    palette: QPalette

    def pixels(self, xs: ArrayLike, ys: ArrayLike) -> list[QPointF]:
        """Return the positions of points, given their values."""
        field = self.field
        across = field.left() + self.x.places(xs) * field.width()
        up = field.bottom() - self.y.places(ys) * field.height()
        return [QPointF(x, y) for x, y in zip(across.tolist(), up.tolist(), strict=True)]

    def pixel(self, x: float, y: float) -> QPointF:
        """Return the position of one point."""
        return self.pixels([x], [y])[0]

    def x_pixel(self, x: float) -> float:
        """Return the position of a value on the horizontal axis."""
        return float(self.field.left() + self.x.places([x])[0] * self.field.width())

    def y_pixel(self, y: float) -> float:
        """Return the position of a value on the vertical axis."""
        return float(self.field.bottom() - self.y.places([y])[0] * self.field.height())


class Item(Protocol):
    """Something painted into a chart."""

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint it; the painter's state is restored afterwards."""
        ...


class Mark(Item, Protocol):
    """An item that can change without a repaint of the rest of the chart."""

    def bounds(self, area: Area) -> QRectF:
        """Return the rectangle that it paints in."""
        ...


class Dot(Enum):
    """The shape that marks each point of a curve."""

    ROUND = auto()
    SQUARE = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A line through points, with dots.

    Attributes:
        xs: Shape (n,).
        ys: Shape (n,).
        colour: Returns its colour for a palette.
        dot: The shape at the points.
        style: Solid or dashed.
        most_dots: Maximum number of dots; only the last points have them.
    """

    xs: ArrayLike
    ys: ArrayLike
    colour: Callable[[QPalette], QColor]
    dot: Dot = Dot.ROUND
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    most_dots: int = 10_000

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint the line, then the dots."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        points, colour = area.pixels(self.xs, self.ys), self.colour(area.palette)
        painter.setPen(QPen(colour, 1.6, self.style))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for point in points[-self.most_dots :]:
            if self.dot is Dot.ROUND:
                painter.drawEllipse(point, _DOT_PX, _DOT_PX)
            else:
                painter.drawRect(int(point.x() - 2), int(point.y() - 2), 4, 4)


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line with a name.

    Attributes:
        name: Its name, painted beside its end.
        xs: Shape (n,), ascending.
        ys: Shape (n,); NaN where unknown.
    """

    name: str
    xs: ArrayLike
    ys: Numbers


def line_pen(palette: QPalette, index: int) -> QPen:
    """Return the pen of a line by its number: its colour and its dashes."""
    colours = _COLOURS_DARK if theme.is_dark(palette) else _COLOURS_LIGHT
    pen = QPen(QColor(colours[index % len(colours)]), 1.8)
    # From the seventh line on the colours repeat, with other dashes.
    dashes = _DASHES[(index + index // len(colours)) % len(_DASHES)]
    if dashes:
        pen.setDashPattern(dashes)
    return pen


def cosmetic_pen(colour: QColor, width: float, dashes: Sequence[float] = ()) -> QPen:
    """Return a pen with a width in pixels, whatever the scale of the plot; dashes in units of the width."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    if dashes:
        pen.setDashPattern(dashes)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Several lines with their names on the right of the plot area."""

    lines: tuple[Line, ...]

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint the lines, then the names beside their ends."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(area.field.adjusted(0, -2, 0, 2))
        ends = []
        for index, line in enumerate(self.lines):
            known = np.isfinite(line.ys)
            points = area.pixels(np.asarray(line.xs)[known], line.ys[known])
            if not points:
                continue
            ends.append((points[-1].y(), index))
            if len(points) == 1:
                points.append(points[0] + QPointF(4, 0))
            painter.setPen(line_pen(area.palette, index))
            painter.drawPolyline(QPolygonF(points))
        painter.restore()
        self._paint_names(painter, area, sorted(ends))

    def _paint_names(self, painter: QPainter, area: Area, ends: list[tuple[float, int]]) -> None:
        """Paint the names from top to bottom, moved apart where they would overlap."""
        field, y = area.field, -math.inf
        highest = field.bottom() + _NAME_PX / 2 - _NAME_PX * len(ends)
        for nth, (end, index) in enumerate(ends):
            y = max(min(end, highest + nth * _NAME_PX), y + _NAME_PX, field.top())
            left = field.right() + 6
            painter.setPen(line_pen(area.palette, index))
            painter.drawLine(QPointF(left, y), QPointF(left + _SAMPLE_PX, y))
            painter.setPen(area.palette.color(theme.TEXT))
            left += _SAMPLE_PX + 4
            space = QRectF(left, y - _NAME_PX / 2, area.outer.right() - left, _NAME_PX)
            painter.drawText(space, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.lines[index].name)


@dataclass(frozen=True, slots=True)
class Band:
    """A shaded range of the vertical axis with its name.

    Attributes:
        low: Its lower end.
        high: Its upper end.
        name: Its name, painted at its lower left.
    """

    low: float
    high: float
    name: str

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint shade and name."""
        top, bottom = area.y_pixel(self.high), area.y_pixel(self.low)
        band = QRectF(area.field.left(), top, area.field.width(), bottom - top)
        colour = area.palette.color(theme.ACCENT)
        colour.setAlphaF(0.12)
        painter.fillRect(band, colour)
        painter.setPen(area.palette.color(theme.QUIET))
        alignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        space = band.adjusted(4, 1, -4, -1)
        if painter.fontMetrics().horizontalAdvance(self.name) <= space.width():
            painter.drawText(space, alignment, self.name)


@dataclass(frozen=True, slots=True)
class SnapshotMarker:
    """Marks the snapshot on screen with a line in two colours, which stands out from every background.

    Attributes:
        place: Its place on the horizontal axis, 0..1.
    """

    place: float

    def _x(self, area: Area) -> float:
        return round(area.field.left() + self.place * area.field.width()) + 0.5

    def bounds(self, area: Area) -> QRectF:
        """Return a narrow strip."""
        top = area.field.top() - _MARKER_RISE_PX
        return QRectF(self._x(area) - 3.5, top - 1, 7, area.field.bottom() - top + 3)

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint the line."""
        x = self._x(area)
        for role, width in ((theme.SURFACE, 3.0), (theme.TEXT, 1.0)):
            painter.setPen(QPen(area.palette.color(role), width))
            painter.drawLine(QPointF(x, area.field.top() - _MARKER_RISE_PX), QPointF(x, area.field.bottom()))


@dataclass(frozen=True, slots=True)
class VerticalLine:
    """A thin line at a value of the horizontal axis."""

    x: float

    def bounds(self, area: Area) -> QRectF:
        """Return a narrow strip."""
        return QRectF(area.x_pixel(self.x) - 1, area.field.top() - 1, 2, area.field.height() + 2)

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint the line."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = area.x_pixel(self.x)
        painter.setPen(QPen(area.palette.color(theme.QUIET), 1))
        painter.drawLine(QPointF(x, area.field.top()), QPointF(x, area.field.bottom()))


@dataclass(frozen=True, slots=True)
class Ring:
    """A ring around a point of a curve.

    Attributes:
        x: Value on the horizontal axis.
        y: Value on the vertical axis.
        is_large: Whether it marks the snapshot on screen instead of the pointed target.
        has_stem: Whether a thin line leads down to the axis.
    """

    x: float
    y: float
    is_large: bool = False
    has_stem: bool = False

    @property
    def _radius(self) -> float:
        return 5.0 if self.is_large else 4.0

    def bounds(self, area: Area) -> QRectF:
        """Return the ring and its stem."""
        centre, reach = area.pixel(self.x, self.y), self._radius + 2
        ring = QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach)
        return ring | QRectF(centre, QPointF(centre.x() + 1, area.field.bottom() + 1)) if self.has_stem else ring

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint stem and ring."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, centre = area.palette, area.pixel(self.x, self.y)
        if self.has_stem:
            painter.setPen(QPen(palette.color(theme.QUIET), 1))
            painter.drawLine(centre, QPointF(centre.x(), area.field.bottom()))
        painter.setPen(QPen(palette.color(theme.TEXT), 2 if self.is_large else 1.5))
        painter.setBrush(palette.color(theme.SURFACE))
        painter.drawEllipse(centre, self._radius, self._radius)
