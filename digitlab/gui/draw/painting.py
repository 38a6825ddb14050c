"""Painting a sketch on a square of the screen."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from digitlab.data.drawing.raster import CANVAS_PEN_SHARE
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.drawing.strokes import Stroke

_SHARP_UP_TO = 64
"""Side in pixels up to which a picture is shown as sharp squares; larger ones are smoothed."""


Point = tuple[float, float, float]
"""x to the right and y down in units of the canvas's side, and pressure 0..1."""


def pen_width(pressure: float) -> float:
    """Return the width of the pen as a share of the canvas's side, for a pressure of 0..1."""
    return CANVAS_PEN_SHARE * (0.5 + pressure)


def grey_image(pixels: NDArray[np.uint8]) -> QImage:
    """Return an image with a copy of grey values of shape (height, width), uint8."""
    height, width = pixels.shape
    data = np.ascontiguousarray(pixels)
    return QImage(data.data, width, height, width, QImage.Format.Format_Grayscale8).copy()


def marked_image(pixels: NDArray[np.uint8], marked: NDArray[np.uint8], colour: QColor) -> QImage:
    """Return an image with a copy of grey values, part of which have a colour.

    Args:
        pixels: Shape (height, width), uint8.
        marked: Same shape: how much of each value has the colour instead of white. It is shown as strong as possible,
            so that faint lines are seen.
        colour: The colour.
    """
    height, width = pixels.shape
    part = np.minimum(marked, pixels)[:, :, None] / 255.0
    light = pixels[:, :, None] / 255.0 - part
    part *= 1.0 / max(float(part.max()), 1.0 / 255.0)
    data = np.rint(
        255.0 * light * (1.0 - part) + part * np.array([colour.red(), colour.green(), colour.blue()])
    ).astype(np.uint8)
    return QImage(data.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def paint_sketch(painter: QPainter, sketch: Sketch, side: float, ink: QColor) -> None:
    """Paint a sketch on the square from (0, 0) to (side, side)."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if sketch.picture is not None:
        _paint_picture(painter, sketch.picture, side)
    for stroke in sketch.drawing.strokes:
        _paint_stroke(painter, stroke, side, ink)


class Backing:
    """An image of the strokes at the screen's resolution, to which the newest segments are added as the pen moves.

    What leaves the square is not in it.
    """

    def __init__(self) -> None:
        """Create an image that has to be painted."""
        self._image = QImage()

    def clear(self) -> None:
        """Have everything painted again."""
        self._image = QImage()

    def image(self, side: float, ratio: float, ink: QColor, sketch: Callable[[], Sketch]) -> QImage:
        """Return the image, painted if it was cleared or has another size.

        Args:
            side: Side of the square in pixels of the window system.
            ratio: Pixels of the screen per pixel of the window system.
            ink: The colour of the strokes.
            sketch: Returns what to paint.
        """
        pixels = max(round(side * ratio), 1)
        if self._image.width() != pixels:
            self._image = QImage(QSize(pixels, pixels), QImage.Format.Format_ARGB32_Premultiplied)
            self._image.setDevicePixelRatio(ratio)
            self._image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._image)
            paint_sketch(painter, sketch(), side, ink)
            painter.end()
        return self._image

    def add_segment(self, start: Point, end: Point, side: float, ink: QColor) -> QRectF:
        """Paint a segment; the same point twice gives a dot.

        Returns:
            The part of the square that has changed, in pixels of the window system; it may leave the square.
        """
        (x0, y0, p0), (x1, y1, p1) = start, end
        width = pen_width((p0 + p1) / 2) * side
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        # Qt paints nothing for a line of zero length, so a single point becomes a very short line: a dot.
        painter.drawLine(QPointF(x0 * side, y0 * side), QPointF(x1 * side + 0.01, y1 * side))
        painter.end()
        box = QRectF(QPointF(x0 * side, y0 * side), QPointF(x1 * side, y1 * side)).normalized()
        return box.adjusted(-width, -width, width, width)


def _paint_stroke(painter: QPainter, stroke: Stroke, side: float, ink: QColor) -> None:
    pen = QPen(ink, 1, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    points = [QPointF(x * side, y * side) for x, y in stroke.points[:, :2]]
    if len(points) == 1:
        points.append(points[0] + QPointF(0.01, 0.0))
    pressures = stroke.points[:, 2]
    if np.all(pressures == pressures[0]):
        pen.setWidthF(pen_width(float(pressures[0])) * side)
        painter.setPen(pen)
        painter.drawPolyline(points)
        return
    for index in range(len(points) - 1):
        pen.setWidthF(pen_width(float(pressures[index : index + 2].mean())) * side)
        painter.setPen(pen)
        painter.drawLine(points[index], points[index + 1])


def _paint_picture(painter: QPainter, picture: Picture, side: float) -> None:
    image = grey_image(picture.pixels)
    smooth = max(image.width(), image.height()) > _SHARP_UP_TO
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
    scale = side / max(image.width(), image.height())
    width, height = image.width() * scale, image.height() * scale
    painter.drawImage(QRectF((side - width) / 2, (side - height) / 2, width, height), image)
