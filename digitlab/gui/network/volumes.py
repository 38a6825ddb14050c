"""The diagram of a network to scale: a volume for each layer's output, and what connects it with the one before.

All maps have one scale, and all depths another one: a volume's face shows the size of the maps, its depth their number.
Lists of numbers are columns whose height grows with the logarithm of their length.
"""

import itertools
import math
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPalette, QPen, QPolygonF

from digitlab.data.digit import IMAGE_SIDE
from digitlab.gui import theme
from digitlab.model.layer import Shape
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import dimensions

_FACE_PX: Final = 62
"""Side of the face for 28 × 28 maps at full scale."""
_LEAST_FACE_PX: Final = 2
_MAP_PX: Final = 0.5
"""Depth of one map, unless the deepest volume would be too deep."""
_DEEPEST_PX: Final = 40
_LIST_WIDTH_PX: Final = 8
_LIST_PX: Final = (20, 84)
"""The shortest and the longest list."""
_GAP_PX: Final = 12
"""Minimum gap between two volumes."""
_WORD_GAP_PX: Final = 6
"""Minimum gap between two labels."""
_SMALLEST_FONT_PX: Final = 10
_SHIFT: Final = (0.7, -0.5)
"""Offset of the back of a volume to the right and down, relative to its depth."""
_EXAMPLE: Final = (0.3, 0.62)
"""Where in the maps the value is whose window is drawn, as a share of their height and width."""


@dataclass(frozen=True, slots=True)
class Volume:
    """The output of a layer.

    Attributes:
        name: The name of the layer.
        titles: That layer, and those that only change its values, each in a few words; none for the input alone.
        shape: Its shape.
        window: The rows and columns of the volume before that the example value is computed from, and the row and
            column of that value; None if no window slides over maps.
    """

    name: str
    titles: tuple[str, ...]
    shape: Shape
    window: tuple[slice, slice, int, int] | None = None

    @property
    def is_list(self) -> bool:
        """Whether it is a list of numbers."""
        return len(self.shape) == 1


@dataclass(frozen=True, slots=True)
class _Placed:
    """A volume on the picture: its face, and the offset of its back; all in pixels."""

    volume: Volume
    face: QRectF
    shift: QPointF

    @property
    def right(self) -> float:
        return self.face.right() + self.shift.x()

    def part(self, rows: slice, columns: slice) -> QRectF:
        """Return a part of the face."""
        height, width = self.volume.shape[:2]
        across, down = self.face.width() / width, self.face.height() / height
        corner = QPointF(self.face.left() + columns.start * across, self.face.top() + rows.start * down)
        return QRectF(corner.x(), corner.y(), (columns.stop - columns.start) * across, (rows.stop - rows.start) * down)


def volumes_of(spec: ModelSpec) -> tuple[Volume, ...]:
    """Return the volumes of a network that can be built, the input first.

    Layers that compute each value from the one at the same place have no volume of their own: that would be the same
    again.
    """
    volumes = [Volume("input", (), spec.input_shape)]
    for index, (name, layer, shape) in enumerate(zip(spec.layer_names, spec.layers, spec.shapes[1:], strict=True)):
        if layer.is_elementwise:
            volumes[-1] = replace(volumes[-1], titles=(*volumes[-1].titles, layer.title))
            continue
        window = None
        if layer.window is not None:
            row, column = (int(length * share) for length, share in zip(shape, _EXAMPLE, strict=False))
            rows, columns, _ = spec.sources(index, (row, column, 0))
            window = (rows, columns, row, column)
        volumes.append(Volume(name, (layer.title,), shape, window))
    return tuple(volumes)


def least_column(volumes: tuple[Volume, ...]) -> int:
    """Return the least width of a volume with its label in pixels."""
    font = QFont()
    font.setPixelSize(_SMALLEST_FONT_PX)
    return math.ceil(_widest([dimensions(volume.shape).replace(" ", "") for volume in volumes], font)) + _WORD_GAP_PX


def paint_volumes(
    painter: QPainter,
    area: QRectF,
    volumes: tuple[Volume, ...],
    palette: QPalette,
    *,
    has_titles: bool = False,
    seen: QRectF | None = None,
) -> None:
    """Paint the diagram.

    Args:
        painter: The painter, in pixels or other units.
        area: Where.
        volumes: The volumes, at least one.
        palette: The colours.
        has_titles: Whether lines below each volume say what its layers are.
        seen: The part that is needed, of a long network much less than the whole; None for the whole.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = theme.small_font(painter.font())
    column = area.width() / len(volumes)
    shapes = [dimensions(volume.shape) for volume in volumes]
    if _widest(shapes, font) > column - _WORD_GAP_PX:
        shapes = [shape.replace(" ", "") for shape in shapes]
    if _widest(shapes, font) > column - _WORD_GAP_PX:
        font.setPixelSize(_SMALLEST_FONT_PX)
    painter.setFont(font)
    line = QFontMetricsF(font).height()
    labels = [
        (volume.name, shape, *(volume.titles if has_titles else ()))
        for volume, shape in zip(volumes, shapes, strict=True)
    ]
    text_top = area.bottom() - max(len(texts) for texts in labels) * line - 2
    # A volume is within its column, and what connects it in its column and that before.
    first = 0 if seen is None else max(int((seen.left() - area.left()) / column) - 1, 0)
    last = len(volumes) if seen is None else min(int((seen.right() - area.left()) / column) + 2, len(volumes))
    placed = _placed(volumes, QRectF(area.left(), area.top(), area.width(), text_top - area.top()))[first:last]
    for before, after in itertools.pairwise(placed):
        _paint_connection_behind(painter, before, after, palette)
    for one in placed:
        _paint_volume(painter, one, palette)
    for before, after in itertools.pairwise(placed):
        _paint_window(painter, before, after)
    for index in range(first, last):
        for row, text in enumerate(labels[index]):
            painter.setPen(palette.color(theme.QUIET if row else theme.TEXT))
            place = QRectF(area.left() + index * column, text_top + row * line, column, line + 2)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)


def _placed(volumes: tuple[Volume, ...], area: QRectF) -> list[_Placed]:
    """Return the volumes beside each other, each in the middle of its column, all at one scale."""
    deepest = max(volume.shape[2] for volume in volumes if not volume.is_list)
    per_map = min(_MAP_PX, _DEEPEST_PX / deepest)
    column = area.width() / len(volumes)
    widths = [_sides(volume)[0] + _SHIFT[0] * _depth(volume, per_map) for volume in volumes]
    scale = min((column - _GAP_PX) / max(widths), 1.0)
    placed = []
    for index, volume in enumerate(volumes):
        width, height = _sides(volume)
        if not volume.is_list:
            width, height = max(width * scale, _LEAST_FACE_PX), max(height * scale, _LEAST_FACE_PX)
        depth = _depth(volume, per_map) * scale
        shift = QPointF(_SHIFT[0] * depth, _SHIFT[1] * depth)
        face = QRectF(0, 0, width, height)
        face.moveCenter(QPointF(area.left() + (index + 0.5) * column, area.center().y()) - shift / 2)
        placed.append(_Placed(volume, face, shift))
    return placed


def _sides(volume: Volume) -> tuple[float, float]:
    """Return width and height of the face at full scale."""
    if volume.is_list:
        low, high = _LIST_PX
        return _LIST_WIDTH_PX, min(max(8 * math.log2(volume.shape[0] + 1), low), high)
    height, width = (_FACE_PX * length / IMAGE_SIDE for length in volume.shape[:2])
    return width, height


def _depth(volume: Volume, per_map: float) -> float:
    return 0.0 if volume.is_list else per_map * volume.shape[2]


def _paint_volume(painter: QPainter, one: _Placed, palette: QPalette) -> None:
    accent, surface = palette.color(theme.ACCENT), palette.color(theme.SURFACE)
    face, shift = one.face, one.shift
    painter.setPen(QPen(accent, 1))
    if not one.volume.is_list:
        painter.setBrush(theme.mixed(accent, surface, 0.12))
        painter.drawPolygon(
            QPolygonF([face.topLeft(), face.topRight(), face.topRight() + shift, face.topLeft() + shift])
        )
        painter.setBrush(theme.mixed(accent, surface, 0.34))
        painter.drawPolygon(
            QPolygonF([face.topRight(), face.bottomRight(), face.bottomRight() + shift, face.topRight() + shift])
        )
    painter.setBrush(theme.mixed(accent, surface, 0.22))
    painter.drawRect(face)


def _paint_connection_behind(painter: QPainter, before: _Placed, after: _Placed, palette: QPalette) -> None:
    """Paint the lines to a list from everything before it, or a line to other maps."""
    if after.volume.window is not None:
        return
    painter.setPen(QPen(palette.color(theme.LINE), 1))
    left, right = before.right, after.face.left()
    if after.volume.is_list:
        painter.drawLine(QPointF(left, before.face.top() + before.shift.y()), after.face.topLeft())
        painter.drawLine(QPointF(before.face.right(), before.face.bottom()), after.face.bottomLeft())
    else:
        middle = after.face.center().y()
        painter.drawLine(QPointF(left + 3, middle), QPointF(right - 3, middle))


def _paint_window(painter: QPainter, before: _Placed, after: _Placed) -> None:
    """Paint the window on the volume before, and the lines from it to the value that it gives."""
    if after.volume.window is None:
        return
    rows, columns, row, column = after.volume.window
    window = before.part(rows, columns)
    value = after.part(slice(row, row + 1), slice(column, column + 1))
    painter.setPen(QPen(theme.MARK, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(window)
    painter.drawLine(window.topRight(), value.center())
    painter.drawLine(window.bottomRight(), value.center())
    painter.setBrush(theme.MARK)
    painter.drawEllipse(value.center(), 1.5, 1.5)


def _widest(texts: list[str], font: QFont) -> float:
    metrics = QFontMetricsF(font)
    return max(metrics.horizontalAdvance(text) for text in texts)
