"""A horizontal slider whose groove is filled from 0 to the handle."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QStyle, QStyleOptionSlider, QWidget

from digitlab.gui import theme

_HEIGHT_PX: Final = 18
_LEAST_PX: Final = 44
_HANDLE_PX: Final = 5


class LineSlider(QSlider):
    """A slider that is 18 px high; a double click sets it to 0, and the wheel moves it only while it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a slider at 0."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT_PX)

    def show_value(self, value: int) -> None:
        """Move the handle without a signal."""
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)

    def minimumSizeHint(self) -> QSize:
        """Return a size at which the slider can still be moved."""
        return QSize(_LEAST_PX, _HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the groove, filled from 0 to the handle, which the style would fill from the left."""
        del event
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style, slider = self.style(), QStyle.ComplexControl.CC_Slider
        handle = QRectF(style.subControlRect(slider, option, QStyle.SubControl.SC_SliderHandle, self)).center()
        span = self.width() - style.pixelMetric(QStyle.PixelMetric.PM_SliderLength, option, self)
        zero = self.width() / 2 - span / 2 + span * -self.minimum() / (self.maximum() - self.minimum())
        middle, palette = self.height() / 2, self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(theme.TRACK))
        painter.drawRoundedRect(QRectF(0, middle - 2, self.width(), 4), 2, 2)
        painter.setBrush(palette.color(theme.ACCENT))
        painter.drawRect(QRectF(QPointF(zero, middle - 2), QPointF(handle.x(), middle + 2)).normalized())
        painter.setPen(QPen(palette.color(theme.ACCENT if self.value() or self.hasFocus() else theme.QUIET), 1.5))
        painter.setBrush(palette.color(theme.ACCENT if self.hasFocus() else theme.SURFACE))
        painter.drawEllipse(QPointF(handle.x(), middle), _HANDLE_PX, _HANDLE_PX)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Set the slider to 0."""
        self.setValue(0)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move the handle if the slider has the focus, so that scrolling past it changes nothing."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
