"""The canvas: the square to draw on."""

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
    QResizeEvent,
    QSinglePointEvent,
    QTabletEvent,
)
from PySide6.QtWidgets import QWidget

from digitlab.data.drawing.geometry import erase, touches
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.drawing.strokes import NEUTRAL_PRESSURE, Drawing, Stroke
from digitlab.gui import theme
from digitlab.gui.draw.painting import Backing, Point, pen_width
from digitlab.gui.draw.pen import Tool, mouse_tool, tablet_tool
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed
from digitlab.gui.widgets.throttle import Pace
from digitlab.words.names import one_line

ERASER_RADIUS: Final = 0.05
"""Radius of the eraser as a share of the canvas's side."""

_DESCRIPTION: Final = "Draw a digit here with the mouse, a finger or a pen."

_SMALLEST_STEP: Final = 0.002
"""Movements smaller than this share of the canvas's side are ignored as jitter."""

_GROWTH_PERIOD_MS: Final = 8
"""The drawing is announced at most 120 times per second, however many points the pen reports; none is lost."""


class Canvas(Themed, QWidget):
    """A square to draw on with mouse, finger or tablet pen, independent of networks.

    It shows a sketch and emits the sketches that result from drawing. A stroke ends with the button that began it. It
    may leave the canvas: it keeps its coordinates, and only what is painted ends at the edge.

    Signals:
        sketch_growing: The sketch while the pen moves, with all points so far; when the pen touches the canvas, and
            then at most once per ``_GROWTH_PERIOD_MS``.
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
        self.setAccessibleDescription(_DESCRIPTION)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._sketch = Sketch()
        self._tool = Tool.PEN
        self._backing = Backing()
        self._points: list[Point] = []
        self._button = Qt.MouseButton.NoButton  # the one that began the stroke in progress
        self._used_tool = Tool.PEN
        self._growth = Pace(self._grow, _GROWTH_PERIOD_MS, self)
        self._growing: Sketch | None = None
        self._mark: QRectF | None = None
        self._overlay: tuple[QImage, QRectF] | None = None
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
        return self._button is not Qt.MouseButton.NoButton

    def part_count(self) -> int:
        """Return the number of strokes, or 1 for a picture."""
        return len(self._sketch.drawing.strokes) + (self._sketch.picture is not None)

    def part(self, index: int) -> Part:
        """Return a stroke with its place, or the picture."""
        picture, strokes = self._sketch.picture, self._sketch.drawing.strokes
        if picture is not None and index == 0:
            return Part(f"picture: {one_line(picture.name)}", QRectF(self.rect()))
        number = index - (picture is not None)
        points = strokes[number].points[:, :2].clip(0.0, 1.0) * self.width()
        low, high = points.min(axis=0), points.max(axis=0)
        return Part(f"stroke {number + 1} of {len(strokes)}", QRectF(QPointF(*low.tolist()), QPointF(*high.tolist())))

    def set_sketch(self, sketch: Sketch) -> None:
        """Show another sketch."""
        if sketch is not self._sketch:
            self._sketch = sketch
            self.restyle()

    def follow(self, sketch: Sketch) -> None:
        """Show the session's sketch; a stroke in progress that is not part of it is dropped."""
        if self.is_drawing:
            if sketch is self._growing:
                return
            self._lift()
            self.restyle()
        self.set_sketch(sketch)

    def set_mark(self, mark: QRectF | None) -> None:
        """Outline a part of the canvas, in units of its side; None removes the outline."""
        if mark != self._mark:
            self._mark = mark
            self.update()

    def set_overlay(self, image: QImage | None, place: QRectF, title: str = "") -> None:
        """Show a translucent image over the strokes.

        Args:
            image: The image; None for none.
            place: Where, in units of the canvas's side; it may reach beyond the canvas.
            title: What it shows, for screen readers.
        """
        if image is not None or self._overlay is not None:
            self._overlay = None if image is None else (image, place)
            self.setAccessibleDescription(f"{_DESCRIPTION} Over the strokes: {title}." if title else _DESCRIPTION)
            self.update()

    @property
    def overlay(self) -> tuple[QImage, QRectF] | None:
        """The image over the strokes and its place, in units of the canvas's side; None if there is none."""
        return self._overlay

    # The pen

    def _press(self, event: QSinglePointEvent, pressure: float, tool: Tool) -> None:
        """Start a stroke, unless one is in progress whose button is still down."""
        if self.is_drawing:
            if event.button() is not self._button and self._button in event.buttons():
                return
            self._pen_up()  # its release was lost
        self.setFocus(Qt.FocusReason.MouseFocusReason)  # Qt does so for the mouse, but not for a tablet pen
        self._button = event.button()
        self._used_tool = tool
        if self._sketch.is_empty:
            self.update()  # all of it: the placeholder disappears, not only the part under the stroke
        if tool is Tool.PEN:
            base = self._sketch.under_pen()
            if base is not self._sketch:
                self.set_sketch(base)
        self._points = [self._point(event.position(), pressure)]
        if tool is Tool.PEN:
            self._paint_newest()
        self._point_at(event.position())
        self._growth.request()

    def _move(self, event: QSinglePointEvent, pressure: float) -> None:
        """Add a point to the stroke in progress, or end it if its release was lost."""
        if self.is_drawing and self._button not in event.buttons():
            self._pen_up()
        self._point_at(event.position())
        if not self.is_drawing:
            return
        point = self._point(event.position(), pressure)
        x, y, _ = self._points[-1]
        if abs(point[0] - x) < _SMALLEST_STEP and abs(point[1] - y) < _SMALLEST_STEP:
            return
        self._points.append(point)
        if self._used_tool is Tool.PEN:
            self._paint_newest()
        self._growth.request()

    def _release(self, event: QSinglePointEvent) -> None:
        """End the stroke that this button began."""
        if self.is_drawing and event.button() is self._button:
            self._pen_up()

    def _pen_up(self) -> None:
        finished = self._grown()
        self._lift()
        if self._used_tool is Tool.ERASER:
            self.set_sketch(finished)
            self.update()  # the eraser's circle disappears
        self._sketch = finished
        if finished.is_empty:
            self.update()  # the placeholder appears again
        self.sketch_finished.emit(finished)

    def _lift(self) -> None:
        self._button = Qt.MouseButton.NoButton
        self._points = []
        self._growth.cancel()

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
        # Remains outside the canvas could be neither seen nor erased, but the network would see them.
        erased = erase(self._sketch.drawing, path, ERASER_RADIUS).strokes
        strokes = tuple(stroke for stroke in erased if touches(stroke, margin=pen_width(1.0) / 2))
        return self._sketch if strokes == self._sketch.drawing.strokes else Sketch(Drawing(strokes))

    def _point(self, position: QPointF, pressure: float) -> Point:
        square = self._square()
        place = (position - square.topLeft()) / square.width()
        return (place.x(), place.y(), pressure)

    def _point_at(self, position: QPointF) -> None:
        """Show the eraser's circle where the pen is."""
        if self._is_eraser:
            self._pointer = position
            self.update()

    @property
    def _is_eraser(self) -> bool:
        """Whether the pen erases now, or would if it touched the canvas."""
        return (self._used_tool if self.is_drawing else self._tool) is Tool.ERASER

    # Painting

    def _square(self) -> QRectF:
        width, height = self.width(), self.height()
        side = float(max(min(width, height), 1))
        return QRectF((width - side) / 2, (height - side) / 2, side, side)

    def _paint_newest(self) -> None:
        """Paint the newest segment into the backing image, and update only its part of the canvas."""
        square, ink = self._square(), self._ink()
        self._image(square.width(), ink)
        start, end = self._points[-2:] if len(self._points) > 1 else self._points * 2
        changed = self._backing.add_segment(start, end, square.width(), ink)
        self.update(changed.translated(square.topLeft()).toAlignedRect())

    def _image(self, side: float, ink: QColor) -> QImage:
        return self._backing.image(side, self.devicePixelRatioF(), ink, self._painted)

    def _painted(self) -> Sketch:
        return self._grown() if self.is_drawing and self._used_tool is Tool.PEN else self._sketch

    def restyle(self) -> None:
        """Paint the strokes again, as in the colours of another theme."""
        self._backing.clear()
        self.update()

    def _ink(self) -> QColor:
        return self.palette().color(theme.TEXT)

    # Overrides of Qt

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(288, 288)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the background, the sketch, the outline and the eraser."""
        square = self._square()
        image = self._image(square.width(), self._ink())
        painter = QPainter(self)
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
        painter.drawImage(square.topLeft(), image)
        if self._sketch.is_empty and not self.is_drawing:
            painter.setPen(self.palette().color(theme.QUIET))
            painter.drawText(square, Qt.AlignmentFlag.AlignCenter, "Draw a digit here")
        self._paint_overlays(painter, square)

    def _paint_overlays(self, painter: QPainter, square: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._overlay is not None:
            image, place = self._overlay
            corner, size = square.topLeft() + place.topLeft() * square.width(), place.size() * square.width()
            painter.save()
            painter.setClipRect(square.adjusted(1, 1, -1, -1), Qt.ClipOperation.IntersectClip)
            painter.drawImage(QRectF(corner, size), image)
            painter.restore()
        if self._mark is not None:
            corner, size = square.topLeft() + self._mark.topLeft() * square.width(), self._mark.size() * square.width()
            mark = QRectF(corner, size).intersected(square.adjusted(1, 1, -1, -1))
            painter.setPen(QPen(theme.MARK, 2))
            if not mark.isEmpty():
                painter.drawRect(mark)
        if self._is_eraser and self._pointer is not None:
            painter.setPen(QPen(self.palette().color(theme.QUIET), 1))
            radius = ERASER_RADIUS * square.width()
            painter.drawEllipse(self._pointer, radius, radius)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Repaint the strokes at the new size."""
        self._backing.clear()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Repaint the strokes for a screen with another pixel ratio."""
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.restyle()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the pen down; the right button erases."""
        tool = mouse_tool(event, self._tool)
        if tool is not None:
            self._press(event, NEUTRAL_PRESSURE, tool)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the pen."""
        self._move(event, NEUTRAL_PRESSURE)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lift the pen."""
        self._release(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the eraser's circle."""
        self._pointer = None
        self.update()
        super().leaveEvent(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Draw with a tablet pen and its pressure; the eraser end and the barrel button erase."""
        event.accept()
        match event.type():
            case QEvent.Type.TabletPress:
                self._press(event, event.pressure(), tablet_tool(event, self._tool))
            case QEvent.Type.TabletMove:
                self._move(event, event.pressure())
            case QEvent.Type.TabletRelease:
                self._release(event)
