"""The canvas: the square to draw on."""

from enum import Enum, auto
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPointingDevice,
    QResizeEvent,
    QTabletEvent,
)
from PySide6.QtWidgets import QWidget

from digitlab.data.drawing.geometry import erase
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.drawing.strokes import NEUTRAL_PRESSURE, Drawing, Stroke
from digitlab.gui import theme
from digitlab.gui.draw.painting import paint_sketch, pen_width
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed
from digitlab.words.names import one_line

ERASER_RADIUS: Final = 0.05
"""Radius of the eraser as a share of the canvas's side."""

_SMALLEST_STEP: Final = 0.002
"""Movements smaller than this share of the canvas's side are ignored as jitter."""


class Tool(Enum):
    """The current tool."""

    PEN = auto()
    ERASER = auto()


class Canvas(Themed, QWidget):
    """A square to draw on with mouse, finger or tablet pen, independent of networks.

    It shows a sketch and emits the sketches that result from drawing.

    Signals:
        sketch_growing: The sketch while the pen moves.
        sketch_finished: The sketch when the pen was lifted.
    """

    parts_kind = PartsKind.LIST

    sketch_growing = Signal(object)
    sketch_finished = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty canvas, with the pen as its tool."""
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription("Draw a digit here with the mouse, a finger or a pen.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._sketch = Sketch()
        self._tool = Tool.PEN
        self._backing = QImage()
        self._points: list[tuple[float, float, float]] = []
        self._is_down = False
        self._used_tool = Tool.PEN
        self._growing: Sketch | None = None
        self._mark: QRectF | None = None
        self._pointer: QPointF | None = None
        self.follow_theme()

    @property
    def tool(self) -> Tool:
        """The current tool."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Switch to the pen or the eraser."""
        self._tool = tool
        self.update()

    @property
    def sketch(self) -> Sketch:
        """The sketch shown, without the stroke in progress."""
        return self._sketch

    @property
    def mark(self) -> QRectF | None:
        """The outlined part of the canvas, in units of its side, or None."""
        return self._mark

    @property
    def is_drawing(self) -> bool:
        """Whether the pen is down."""
        return self._is_down

    def part_count(self) -> int:
        """Return the number of strokes, or 1 for a picture."""
        return len(self._sketch.drawing.strokes) + (self._sketch.picture is not None)

    def part(self, index: int) -> Part:
        """Return a stroke with its place, or the picture."""
        picture, strokes = self._sketch.picture, self._sketch.drawing.strokes
        if picture is not None and index == 0:
            return Part(f"picture: {one_line(picture.name)}", QRectF(self.rect()))
        number = index - (picture is not None)
        points = strokes[number].points[:, :2] * self.width()
        low, high = points.min(axis=0), points.max(axis=0)
        return Part(f"stroke {number + 1} of {len(strokes)}", QRectF(QPointF(*low.tolist()), QPointF(*high.tolist())))

    def set_sketch(self, sketch: Sketch) -> None:
        """Show another sketch."""
        if sketch is not self._sketch:
            self._sketch = sketch
            self._backing = QImage()
            self.update()

    def follow(self, sketch: Sketch) -> None:
        """Show the session's sketch; a stroke in progress that is not part of it is dropped."""
        if self._is_down:
            if sketch is self._growing:
                return
            self._is_down = False
            self._points = []
            self._backing = QImage()
            self.update()
        self.set_sketch(sketch)

    def set_mark(self, mark: QRectF | None) -> None:
        """Outline a part of the canvas, in units of its side; None removes the outline."""
        if mark != self._mark:
            self._mark = mark
            self.update()

    # The pen

    def _pen_down(self, position: QPointF, pressure: float, tool: Tool) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)  # Qt does so for the mouse, but not for a tablet pen
        self._is_down = True
        self._used_tool = tool
        if self._sketch.is_empty:
            self.update()  # all of it: the placeholder disappears, not only the part under the stroke
        if tool is Tool.PEN:
            base = self._sketch.under_pen()
            if base is not self._sketch:
                self.set_sketch(base)
        self._points = [self._point(position, pressure)]
        if tool is Tool.PEN:
            self._paint_newest()
        self._grow()

    def _pen_move(self, position: QPointF, pressure: float) -> None:
        point = self._point(position, pressure)
        x, y, _ = self._points[-1]
        if abs(point[0] - x) < _SMALLEST_STEP and abs(point[1] - y) < _SMALLEST_STEP:
            return
        self._points.append(point)
        if self._used_tool is Tool.PEN:
            self._paint_newest()
        self._grow()

    def _pen_up(self) -> None:
        if not self._is_down:
            return
        self._is_down = False
        finished = self._grown()
        self._points = []
        self._sketch = finished
        if finished.is_empty:
            self.update()  # the placeholder appears again
        self.sketch_finished.emit(finished)

    def _grow(self) -> None:
        grown = self._grown()
        if self._used_tool is Tool.ERASER:
            self._points = self._points[-1:]
            self.set_sketch(grown)
        self._growing = grown
        self.sketch_growing.emit(grown)

    def _grown(self) -> Sketch:
        """Return the sketch with the changes since the pen went down."""
        if not self._points:
            return self._sketch
        if self._used_tool is Tool.PEN:
            return Sketch(Drawing((*self._sketch.drawing.strokes, Stroke.of(self._points))))
        if self._sketch.picture is not None:
            return self._sketch
        path = np.array(self._points)[:, :2]
        erased = erase(self._sketch.drawing, path, ERASER_RADIUS)
        return self._sketch if erased is self._sketch.drawing else Sketch(Drawing(erased.strokes))

    def _point(self, position: QPointF, pressure: float) -> tuple[float, float, float]:
        side = self._side()
        corner = self._square().topLeft()
        x, y = (position.x() - corner.x()) / side, (position.y() - corner.y()) / side
        return (min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0), pressure)

    # Painting

    def _side(self) -> float:
        return float(max(min(self.width(), self.height()), 1))

    def _square(self) -> QRectF:
        side = self._side()
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def _paint_newest(self) -> None:
        """Paint the newest segment into the backing image, and update only its part of the canvas."""
        self._ensure_backing()
        side = self._side()
        (x0, y0, p0), (x1, y1, p1) = self._points[-2:] if len(self._points) > 1 else self._points * 2
        width = pen_width((p0 + p1) / 2) * side
        painter = QPainter(self._backing)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(
            QPen(self._ink(), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        # Qt paints nothing for a line of zero length, so a single point becomes a very short line: a dot.
        painter.drawLine(QPointF(x0 * side, y0 * side), QPointF(x1 * side + 0.01, y1 * side))
        painter.end()
        box = QRectF(QPointF(x0 * side, y0 * side), QPointF(x1 * side, y1 * side)).normalized()
        corner = self._square().topLeft()
        self.update(box.adjusted(-width, -width, width, width).translated(corner).toAlignedRect())

    def _ensure_backing(self) -> None:
        ratio = self.devicePixelRatioF()
        pixels = max(round(self._side() * ratio), 1)
        if self._backing.width() == pixels:
            return
        self._backing = QImage(QSize(pixels, pixels), QImage.Format.Format_ARGB32_Premultiplied)
        self._backing.setDevicePixelRatio(ratio)
        self._backing.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._backing)
        sketch = self._sketch
        if self._is_down and self._used_tool is Tool.PEN and self._points:
            sketch = self._grown()
        paint_sketch(painter, sketch, self._side(), self._ink())
        painter.end()

    def restyle(self) -> None:
        """Repaint the strokes in the theme's colours."""
        self._backing = QImage()
        self.update()

    def _ink(self) -> QColor:
        return self.palette().color(theme.TEXT)

    # Overrides of Qt

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(288, 288)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the background, the sketch, the outline and the eraser."""
        self._ensure_backing()
        painter = QPainter(self)
        square = self._square()
        painter.setClipRect(event.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.palette().color(theme.ACCENT if self.hasFocus() else theme.LINE)
        painter.setPen(QPen(line, 1))
        painter.setBrush(self.palette().color(theme.WINDOW))
        painter.drawRoundedRect(square.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        painter.setPen(QPen(self.palette().color(theme.LINE), 1, Qt.PenStyle.DotLine))
        middle, inset = square.center(), square.width() * 0.06
        painter.drawLine(QPointF(middle.x(), square.top() + inset), QPointF(middle.x(), square.bottom() - inset))
        painter.drawLine(QPointF(square.left() + inset, middle.y()), QPointF(square.right() - inset, middle.y()))
        painter.drawImage(square.topLeft(), self._backing)
        if self._sketch.is_empty and not self._is_down:
            painter.setPen(self.palette().color(theme.QUIET))
            painter.drawText(square, Qt.AlignmentFlag.AlignCenter, "Draw a digit here")
        self._paint_overlays(painter, square)

    def _paint_overlays(self, painter: QPainter, square: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._mark is not None:
            side = square.width()
            mark = QRectF(
                square.left() + self._mark.x() * side,
                square.top() + self._mark.y() * side,
                self._mark.width() * side,
                self._mark.height() * side,
            )
            painter.setPen(QPen(theme.MARK, 2))
            painter.drawRect(mark.intersected(square.adjusted(1, 1, -1, -1)))
        if self._tool is Tool.ERASER and self._pointer is not None:
            painter.setPen(QPen(self.palette().color(theme.QUIET), 1))
            radius = ERASER_RADIUS * square.width()
            painter.drawEllipse(self._pointer, radius, radius)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Repaint the strokes at the new size."""
        self._backing = QImage()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Repaint the strokes for a screen with another pixel ratio."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.restyle()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the pen down; the right button erases."""
        if event.button() is Qt.MouseButton.LeftButton and not self._is_down:
            self._pen_down(event.position(), NEUTRAL_PRESSURE, self._tool)
        elif event.button() is Qt.MouseButton.RightButton and not self._is_down:
            self._pen_down(event.position(), NEUTRAL_PRESSURE, Tool.ERASER)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the pen."""
        if self._tool is Tool.ERASER:
            self._pointer = event.position()
            self.update()
        if self._is_down:
            self._pen_move(event.position(), NEUTRAL_PRESSURE)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lift the pen."""
        del event
        self._pen_up()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the eraser's circle."""
        self._pointer = None
        self.update()
        super().leaveEvent(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Draw with a tablet pen and its pressure; the eraser end erases."""
        event.accept()
        match event.type():
            case QEvent.Type.TabletPress:
                is_eraser = event.pointerType() == QPointingDevice.PointerType.Eraser
                self._pen_down(event.position(), event.pressure(), Tool.ERASER if is_eraser else self._tool)
            case QEvent.Type.TabletMove if self._is_down:
                self._pen_move(event.position(), event.pressure())
            case QEvent.Type.TabletRelease:
                self._pen_up()
