"""One live plot: a quantity against epochs, to zoom into and to read values from."""

from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QLabel, QWidget

from digitlab.gui import theme
from digitlab.gui.train.curve_layers import CurveLayers, Frame
from digitlab.gui.train.curves import ACCURACY, Quantity, Reading
from digitlab.gui.train.scale import Scale
from digitlab.training.run import Run

_READOUT_GAP_PX: Final = 12
_WHEEL_NOTCH: Final = 120
_ZOOM_A_NOTCH: Final = 0.8


class CurvePlot(QWidget):
    """Paints a run's curves. Drawing more often is cheap, since only what is new is painted.

    Signals:
        range_wished: The person zooms or moves; carries the first and last epoch to show.
        whole_wished: The person wants the whole run on screen again.
        hovered: The pointer, or an arrow key, is at an epoch.
        left: The pointer, or the focus, is gone.
    """

    range_wished = Signal(float, float)
    whole_wished = Signal()
    hovered = Signal(float)
    left = Signal()

    def __init__(self, quantity: Quantity, parent: QWidget | None = None) -> None:
        """Show no run yet."""
        super().__init__(parent)
        self._quantity = quantity
        self._layers = CurveLayers(quantity)
        self._run: Run | None = None
        self._x_range = (0.0, 1.0)
        self._is_log = False
        self._reading: Reading | None = None
        self._dragged_from: tuple[float, tuple[float, float]] | None = None
        self.setObjectName(f"{quantity.name}Plot")
        self.setAccessibleName(f"{quantity.name.capitalize()} against epochs")
        self.setWhatsThis(
            "<p>Point at the curves to read values. Wheel: zoom. Drag: move. Double-click: the whole run again. "
            "With the keyboard: left and right read values, plus and minus zoom, Home shows the whole run.</p>"
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 120)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._readout = QLabel(self)
        self._readout.setObjectName(f"{quantity.name}Readout")
        self._readout.setProperty("card", True)
        self._readout.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_S, theme.SPACE_XS)
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.hide()

    @property
    def scale(self) -> Scale:
        """Where epochs and values lie on the widget, as last painted."""
        return self._layers.scale

    @property
    def full_paints(self) -> int:
        """How often everything was painted anew, and not only what was new."""
        return self._layers.full_paints

    @property
    def is_log(self) -> bool:
        """Whether the vertical scale is logarithmic."""
        return self._is_log

    def set_log(self, *, is_log: bool) -> None:
        """Choose a logarithmic or a linear vertical scale."""
        self._is_log = is_log
        self.refresh()

    def show_run(self, run: Run | None, first: float, last: float) -> None:
        """Show a run from one epoch to another."""
        self._run = run
        self._x_range = (first, last)
        self.refresh()

    def refresh(self) -> None:
        """Draw what the run holds now; nothing while nobody sees it."""
        if not self.isVisible():
            return
        palette = self.palette()
        frame = Frame(
            self.size(), self.devicePixelRatioF(), self._x_range, self._is_log, palette, int(palette.cacheKey())
        )
        if self._layers.update(self._run, frame):
            self.update()
            self._describe()

    def _describe(self) -> None:
        """Tell a screen reader the values of the newest epoch."""
        words = "No epoch is finished yet."
        if self._run is not None and self._run.epochs:
            newest, write = self._run.epochs[-1], self._quantity.write
            training, validation = write(self._quantity.training(newest)), write(self._quantity.validation(newest))
            words = f"After epoch {newest.epoch}: training {training}, validation {validation}."
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def show_reading(self, reading: Reading | None) -> None:
        """Point out a batch and write its values beside it, or nothing."""
        if reading == self._reading:
            return
        self._reading = reading
        self._readout.setVisible(reading is not None)
        if reading is not None:
            self._readout.setText(readout_text(reading, self._quantity))
            self._readout.adjustSize()
            self._place_readout(reading)
        self.update()

    def _place_readout(self, reading: Reading) -> None:
        """Put the values where the curves are not: losses fall, accuracies rise."""
        scale = self.scale
        at = self._x_px(reading)
        x = at + _READOUT_GAP_PX
        if x + self._readout.width() > self.width():
            x = at - _READOUT_GAP_PX - self._readout.width()
        low = scale.top + scale.height - self._readout.height() - theme.SPACE_S
        self._readout.move(round(x), round(low) if self._quantity is ACCURACY else theme.SPACE_S)

    def _x_px(self, reading: Reading) -> float:
        return float(self.scale.x_px(np.array([reading.x]))[0])

    def _zoom(self, factor: float, at: float) -> None:
        first, last = self._x_range
        self.range_wished.emit(at - (at - first) * factor, at + (last - at) * factor)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(560, 280)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the layers and what is pointed out."""
        del event
        painter = QPainter(self)
        self._layers.paint(painter)
        reading, scale = self._reading, self.scale
        if reading is not None:
            x = round(self._x_px(reading))
            painter.setPen(QPen(self.palette().color(theme.QUIET), 1))
            painter.drawLine(QPointF(x, scale.top), QPointF(x, scale.top + scale.height))
            y = float(scale.y_px(np.array([reading.batch]))[0])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(self.palette().color(theme.SURFACE))
            painter.setPen(QPen(self.palette().color(theme.TEXT), 1.5))
            painter.drawEllipse(QPointF(x, y), 3.5, 3.5)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(theme.ACCENT), 1))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened unseen."""
        super().showEvent(event)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint anew for another size."""
        super().resizeEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_readout"):
            self.refresh()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to move the curves."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged_from = event.position().x(), self._x_range

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the curves with the pointer, or read values."""
        if self._dragged_from is None:
            self.hovered.emit(self.scale.x_at(event.position().x()))
            return
        start_px, (first, last) = self._dragged_from
        shift = (start_px - event.position().x()) * (last - first) / max(self.scale.width, 1)
        self.range_wished.emit(first + shift, last + shift)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End moving."""
        del event
        self._dragged_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole run again."""
        del event
        self.whole_wished.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        notches = event.angleDelta().y() / _WHEEL_NOTCH
        self._zoom(_ZOOM_A_NOTCH**notches, self.scale.x_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read values and zoom without a mouse."""
        first, last = self._x_range
        at = self._reading.x if self._reading is not None else (first + last) / 2
        step = (last - first) / 100
        match event.key():
            case Qt.Key.Key_Left:
                self.hovered.emit(max(at - step, first))
            case Qt.Key.Key_Right:
                self.hovered.emit(min(at + step, last))
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._zoom(_ZOOM_A_NOTCH**2, at)
            case Qt.Key.Key_Minus:
                self._zoom(_ZOOM_A_NOTCH**-2, at)
            case Qt.Key.Key_Home:
                self.whole_wished.emit()
            case _:
                super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Stop pointing out."""
        super().leaveEvent(event)
        self.left.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Stop pointing out."""
        super().focusOutEvent(event)
        self.left.emit()
        self.update()


def readout_text(reading: Reading, quantity: Quantity) -> str:
    """Return the values under the pointer as rich text: a table of names and numbers."""
    validation = "after the epoch" if reading.validation is None else quantity.write(reading.validation)
    rows = (
        ("step", f"{reading.step:,}"),
        (f"batch {quantity.name}", quantity.write(reading.batch)),
        (f"epoch {reading.epoch} {quantity.name}", quantity.write(reading.training)),
        ("validation", validation),
    )
    cells = "".join(f"<tr><td>{name}&nbsp;&nbsp;</td><td align='right'><b>{text}</b></td></tr>" for name, text in rows)
    return f"<table cellspacing='0' style='font-size:{theme.FONT_SMALL_PX}px'>{cells}</table>"
