"""The network as a row of boxes: the face of a box shows the size of its maps, its depth their number."""

import math
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.fields import set_tip, tip_of
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.model.layer import Shape
from digitlab.model.spec import INPUT_SHAPE, ModelSpec
from digitlab.words.numbers import dimensions

_HEIGHT_PX: Final = 148
_FACE_PX: Final = 62
"""Side of the face for 28 × 28 maps."""
_LEAST_PX: Final = 6
_LIST_WIDTH_PX: Final = 8
_GAP_PX: Final = 12
"""Minimum gap between two boxes."""
_WORD_GAP_PX: Final = 6
"""Minimum gap between two shape labels."""
_SMALLEST_FONT_PX: Final = 10
_SHIFT: Final = (0.7, -0.5)
"""Offset of the back of a box to the right and down, relative to the depth."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box.

    Attributes:
        name: The layer's name.
        shape: Its output's shape.
    """

    name: str
    shape: Shape

    @property
    def face_px(self) -> tuple[float, float]:
        """Width and height of the face; a list of numbers is a narrow column, taller for longer lists."""
        if len(self.shape) == 1:
            return _LIST_WIDTH_PX, min(max(8 * math.log2(self.shape[0] + 1), 20.0), 84.0)
        height, width = (max(_FACE_PX * length / INPUT_SHAPE[0], _LEAST_PX) for length in self.shape[:2])
        return width, height

    @property
    def depth_px(self) -> float:
        """Depth of the box, proportional to the square root of the number of maps."""
        return 0.0 if len(self.shape) == 1 else 3.2 * math.sqrt(self.shape[2])


class NetworkDiagram(QWidget):
    """Paints the boxes with their names and shapes.

    In the colours of the application: the style sheet gives the widget of a scroll area a transparent surface.
    """

    parts_kind = PartsKind.LIST

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a diagram of the input alone."""
        super().__init__(parent)
        self.setObjectName("networkDiagram")
        self.setAccessibleName("Diagram of the network")
        set_tip(self, "Each box is a layer's output: its face shows the size of the maps, its depth their number.")
        self.setWhatsThis(tip_of(self))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._boxes: tuple[Box, ...] = (Box("input", INPUT_SHAPE),)

    def show_spec(self, spec: ModelSpec) -> None:
        """Show a network."""
        names = ("input", *spec.layer_names)
        self._boxes = tuple(Box(name, shape) for name, shape in zip(names, spec.shapes, strict=True))
        self.setAccessibleDescription(", ".join(f"{box.name} {dimensions(box.shape)}" for box in self._boxes))
        self.setMinimumWidth(len(self._boxes) * (_least_column(self._boxes) + _WORD_GAP_PX))
        self.update()

    def part_count(self) -> int:
        """Return the number of boxes."""
        return len(self._boxes)

    def part(self, index: int) -> Part:
        """Return a box with the shape of its layer's output."""
        box, width = self._boxes[index], self.width() / len(self._boxes)
        return Part(f"{box.name}: {dimensions(box.shape)}", QRectF(index * width, 0, width, self.height()))

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(560, _HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size."""
        return QSize(320, _HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint boxes, names and shapes."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = theme.small_font(painter.font())
        painter.setFont(font)
        column = self.width() / len(self._boxes)
        middle = (self.height() - 34) / 2
        widest = max(box.face_px[0] + _SHIFT[0] * box.depth_px for box in self._boxes)
        shrink = min((column - _GAP_PX) / widest, 1.0)
        edge: QPointF | None = None
        shapes = [dimensions(box.shape) for box in self._boxes]
        if _widest(shapes, font) > column - _WORD_GAP_PX:
            shapes = [shape.replace(" ", "") for shape in shapes]
        if _widest(shapes, font) > column - _WORD_GAP_PX:
            font.setPixelSize(_SMALLEST_FONT_PX)
            painter.setFont(font)
        for index, (box, shape) in enumerate(zip(self._boxes, shapes, strict=True)):
            centre = QPointF((index + 0.5) * column, middle)
            edge = self._paint_box(painter, box, centre, edge, shrink)
            self._paint_text(painter, box.name, shape, index * column, column)
        painter.end()

    def _paint_box(
        self, painter: QPainter, box: Box, centre: QPointF, before: QPointF | None, shrink: float
    ) -> QPointF:
        """Paint a box and the line from the previous one; return where the line to the next one starts."""
        width, height = (side * shrink if len(box.shape) > 1 else side for side in box.face_px)
        depth = box.depth_px * shrink
        shift = QPointF(_SHIFT[0] * depth, _SHIFT[1] * depth)
        face = QRectF(0, 0, width, height)
        face.moveCenter(centre - shift / 2)
        if before is not None:
            painter.setPen(QPen(QApplication.palette().color(theme.LINE), 1))
            painter.drawLine(before, QPointF(face.left() - 3, centre.y()))
        accent, surface = QApplication.palette().color(theme.ACCENT), QApplication.palette().color(theme.SURFACE)
        painter.setPen(QPen(accent, 1))
        top = QPolygonF([face.topLeft(), face.topRight(), face.topRight() + shift, face.topLeft() + shift])
        side = QPolygonF([face.topRight(), face.bottomRight(), face.bottomRight() + shift, face.topRight() + shift])
        if depth:
            painter.setBrush(theme.mixed(accent, surface, 0.12))
            painter.drawPolygon(top)
            painter.setBrush(theme.mixed(accent, surface, 0.34))
            painter.drawPolygon(side)
        painter.setBrush(theme.mixed(accent, surface, 0.22))
        painter.drawRect(face)
        return QPointF(face.right() + shift.x() + 3, centre.y())

    def _paint_text(self, painter: QPainter, name: str, shape: str, left: float, width: float) -> None:
        metrics = QFontMetricsF(painter.font())
        y = self.height() - 2 * metrics.height() - 2
        centred = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.setPen(QApplication.palette().color(theme.TEXT))
        painter.drawText(QRectF(left, y, width, metrics.height()), centred, name)
        painter.setPen(QApplication.palette().color(theme.QUIET))
        painter.drawText(QRectF(left, y + metrics.height(), width, metrics.height() + 2), centred, shape)


def _least_column(boxes: tuple[Box, ...]) -> int:
    """Return the width of the widest shape in the smallest font."""
    font = QFont()
    font.setPixelSize(_SMALLEST_FONT_PX)
    return math.ceil(_widest([dimensions(box.shape).replace(" ", "") for box in boxes], font))


def _widest(texts: list[str], font: QFont) -> float:
    metrics = QFontMetricsF(font)
    return max(metrics.horizontalAdvance(text) for text in texts)
