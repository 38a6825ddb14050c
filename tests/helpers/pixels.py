"""The colours of a painted widget, at positions in its own units, whatever the scale of the screen."""

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget


def picture_of(widget: QWidget) -> QImage:
    """Return what a widget paints, in the pixels of the screen."""
    return widget.grab().toImage()


def colour_in(picture: QImage, x: float, y: float) -> QColor:
    """Return the colour in the middle of the point whose corner is at a position, in units of the widget."""
    ratio = picture.devicePixelRatio()
    return picture.pixelColor(int((int(x) + 0.5) * ratio), int((int(y) + 0.5) * ratio))


def colour_at(widget: QWidget, point: QPoint | QPointF) -> QColor:
    """Return the colour that a widget paints at a point."""
    return colour_in(picture_of(widget), point.x(), point.y())
