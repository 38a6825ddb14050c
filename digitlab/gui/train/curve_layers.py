"""The plot as painted layers that grow: at each update only what is new is drawn, so a long run costs no more."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPen, QPixmap, QPolygonF

from digitlab.gui import theme
from digitlab.gui.train.curves import ACCURACY, Curves, Quantity, Thinning, curves_of
from digitlab.gui.train.scale import (
    Numbers,
    Scale,
    accuracy_range,
    epoch_ticks,
    linear_ticks,
    log_ticks,
    loss_range,
)
from digitlab.training.run import Run

_LEFT_PX: Final = 48
_RIGHT_PX: Final = 12
_TOP_PX: Final = 4
_BOTTOM_PX: Final = 40
_TICK_SPACE_X_PX: Final = 40
_TICK_SPACE_Y_PX: Final = 40
_MANY_EPOCHS: Final = 40
"""Above so many epochs on screen the marks get smaller."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What decides that a plot has to be painted anew.

    Attributes:
        size: Of the plot in device-independent pixels.
        ratio: Device pixels a device-independent one.
        x_range: First and last epoch on screen.
        is_log: Whether the vertical scale is logarithmic.
        palette: The colours.
        palette_key: Tells palettes apart.
    """

    size: QSize
    ratio: float
    x_range: tuple[float, float]
    is_log: bool
    palette: QPalette
    palette_key: int


class CurveLayers:
    """Three pixmaps, one above the other: paper with axes and single batches, smoothed curve, marks of epochs.

    Attributes:
        scale: Where epochs and values lie on the layers.
        full_paints: How often everything was painted anew.
    """

    def __init__(self, quantity: Quantity) -> None:
        """Begin without a picture."""
        self._quantity = quantity
        self._run: Run | None = None
        self._frame: Frame | None = None
        self._layers: tuple[QPixmap, ...] = ()
        self._thinning = Thinning(1, 1)
        self._painted_until = 0
        self._painted_epochs = 0
        self._extremes = (np.inf, -np.inf)
        self.scale = Scale((0, 1), (0, 1), is_log=False, left=0, top=0, width=1, height=1)
        self.full_paints = 0

    def update(self, run: Run | None, frame: Frame) -> bool:
        """Bring the layers up to date; return whether anything changed."""
        if run is not self._run or frame != self._frame or not self._layers:
            self._run, self._frame = run, frame
            self._paint_all()
            return True
        if run is None:
            return False
        return self._grow(run)

    def paint(self, painter: QPainter) -> None:
        """Put the layers on screen."""
        for layer in self._layers:
            painter.drawPixmap(0, 0, layer)

    def _grow(self, run: Run) -> bool:
        stop = self._complete(run)
        if stop > self._painted_until:
            # One bin more on the left joins the new piece to the old.
            start = max(self._painted_until - self._thinning.bin_size, 0)
            curves = curves_of(run, self._quantity, (start, stop), self._thinning)
            self._widen(curves.batch_y)
        elif len(run.epochs) == self._painted_epochs:
            return False
        else:
            curves = None
        self._widen(self._epoch_values(run))
        if self._y_range() != self.scale.y_range:
            self._paint_all()
            return True
        if curves is not None:
            self._paint_curves(curves)
            self._painted_until = stop
        if len(run.epochs) != self._painted_epochs:
            self._paint_marks(run)
        return True

    def _paint_all(self) -> None:
        frame, run = self._frame, self._run
        if frame is None:
            return
        self.full_paints += 1
        self._layers = tuple(_pixmap(frame, frame.palette.color(theme.SURFACE) if i == 0 else None) for i in range(3))
        width = max(frame.size.width() - _LEFT_PX - _RIGHT_PX, 1)
        height = max(frame.size.height() - _TOP_PX - _BOTTOM_PX, 1)
        first, last = frame.x_range
        self._extremes = (np.inf, -np.inf)
        curves = None
        if run is not None:
            per_epoch = run.started.steps_per_epoch
            self._thinning = Thinning.of(per_epoch, last - first, width)
            bin_size = self._thinning.bin_size
            start = max((int(first * per_epoch) // bin_size - 1) * bin_size, 0)
            stop = self._complete(run)
            curves = curves_of(run, self._quantity, (min(start, stop), stop), self._thinning)
            self._painted_until = stop
            self._widen(curves.batch_y)
            self._widen(self._epoch_values(run))
        self.scale = Scale(frame.x_range, self._y_range(), frame.is_log, _LEFT_PX, _TOP_PX, width, height)
        self._paint_axes(frame)
        if run is not None and curves is not None:
            self._paint_curves(curves)
            self._paint_marks(run)

    def _complete(self, run: Run) -> int:
        """Return how many batches can be drawn for good: a bin that still fills would have to be drawn over."""
        frame = self._frame
        last = run.started.config.epochs if frame is None else frame.x_range[1]
        bin_size = self._thinning.bin_size
        shown = min(run.step, (int(last * run.started.steps_per_epoch) // bin_size + 1) * bin_size)
        return shown if run.ended is not None else shown // bin_size * bin_size

    def _epoch_values(self, run: Run) -> Numbers:
        """Return the training and validation values of the epochs on screen."""
        first, last = (0.0, np.inf) if self._frame is None else self._frame.x_range
        shown = [epoch for epoch in run.epochs if first <= epoch.epoch <= last]
        values = [read(epoch) for epoch in shown for read in (self._quantity.training, self._quantity.validation)]
        return np.array(values, dtype=np.float64)

    def _widen(self, values: Numbers) -> None:
        if len(values):
            low, high = self._extremes
            self._extremes = min(low, float(values.min())), max(high, float(values.max()))

    def _y_range(self) -> tuple[float, float]:
        low, high = self._extremes if self._extremes[0] <= self._extremes[1] else (0.0, 1.0)
        if self._quantity is ACCURACY:
            return accuracy_range(low)
        return loss_range(low, high, is_log=self._frame is not None and self._frame.is_log)

    def _paint_axes(self, frame: Frame) -> None:
        scale, palette = self.scale, frame.palette
        painter = QPainter(self._layers[0])
        font = QFont(painter.font())
        font.setPixelSize(theme.FONT_SMALL_PX)
        painter.setFont(font)
        line, quiet = palette.color(theme.LINE), palette.color(theme.QUIET)
        right, bottom = scale.left + scale.width, scale.top + scale.height
        rows = max(int(scale.height / _TICK_SPACE_Y_PX), 2)
        low, high = scale.y_range
        y_ticks = log_ticks(low, high, 2 * rows) if scale.is_log else linear_ticks(low, high, rows)
        for tick, y in zip(y_ticks, scale.y_px(np.array(y_ticks)), strict=True):
            painter.setPen(_faded(line, palette))
            painter.drawLine(QPointF(scale.left, round(y)), QPointF(right, round(y)))
            painter.setPen(quiet)
            text = f"{100 * tick:.10g} %" if self._quantity is ACCURACY else f"{tick:.6g}"
            box = QRectF(0, y - 8, scale.left - theme.SPACE_S, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        x_ticks = epoch_ticks(*scale.x_range, max(int(scale.width / _TICK_SPACE_X_PX), 2))
        for tick, x in zip(x_ticks, scale.x_px(np.array(x_ticks)), strict=True):
            painter.setPen(line)
            painter.drawLine(QPointF(round(x), bottom), QPointF(round(x), bottom + 4))
            painter.setPen(quiet)
            box = QRectF(x - _TICK_SPACE_X_PX / 2, bottom + 5, _TICK_SPACE_X_PX, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{tick:.6g}")
        painter.drawText(QRectF(scale.left, bottom + 21, scale.width, 16), Qt.AlignmentFlag.AlignCenter, "epoch")
        painter.setPen(line)
        painter.drawLine(QPointF(scale.left, bottom), QPointF(right, bottom))
        painter.end()

    def _paint_curves(self, curves: Curves) -> None:
        frame = self._frame
        if frame is None:
            return
        # Batches are not antialiased: they are vertical strokes mostly, and the many of them must stay cheap.
        batch = QPen(theme.batch_colour(frame.palette), 1)
        smooth = QPen(theme.curve_colours(frame.palette)[0], 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        smooth.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        for layer, pen, x, y, is_smooth in (
            (self._layers[0], batch, curves.batch_x, curves.batch_y, False),
            (self._layers[1], smooth, curves.smooth_x, curves.smooth_y, True),
        ):
            painter = self._field_painter(layer)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, is_smooth)
            painter.setPen(pen)
            painter.drawPolyline(_polygon(self.scale, x, y))
            painter.end()

    def _paint_marks(self, run: Run) -> None:
        frame = self._frame
        if frame is None:
            return
        self._painted_epochs = len(run.epochs)
        layer = self._layers[2]
        layer.fill(Qt.GlobalColor.transparent)
        first, last = self.scale.x_range
        radius = 4.0 if last - first <= _MANY_EPOCHS else 2.0
        training, validation = theme.curve_colours(frame.palette)
        x = np.array([epoch.epoch for epoch in run.epochs], dtype=np.float64)
        painter = self._field_painter(layer, radius + 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(training, 1.5))
        painter.setBrush(frame.palette.color(theme.SURFACE))
        for point in _points(self.scale, x, np.array([self._quantity.training(epoch) for epoch in run.epochs])):
            painter.drawRect(QRectF(point.x() - radius, point.y() - radius, 2 * radius, 2 * radius))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(validation)
        for point in _points(self.scale, x, np.array([self._quantity.validation(epoch) for epoch in run.epochs])):
            painter.drawEllipse(point, radius, radius)
        painter.end()

    def _field_painter(self, layer: QPixmap, room: float = 0) -> QPainter:
        """Return a painter that stays within the field of the curves, and some room around it."""
        scale = self.scale
        painter = QPainter(layer)
        field = QRectF(scale.left, scale.top, scale.width, scale.height)
        painter.setClipRect(field.adjusted(-room, -room, room, room))
        return painter


def _pixmap(frame: Frame, colour: QColor | None) -> QPixmap:
    pixmap = QPixmap(frame.size * frame.ratio)
    pixmap.setDevicePixelRatio(frame.ratio)
    pixmap.fill(Qt.GlobalColor.transparent if colour is None else colour)
    return pixmap


def _points(scale: Scale, x: Numbers, y: Numbers) -> list[QPointF]:
    return [QPointF(px, py) for px, py in zip(scale.x_px(x).tolist(), scale.y_px(y).tolist(), strict=True)]


def _polygon(scale: Scale, x: Numbers, y: Numbers) -> QPolygonF:
    return QPolygonF(_points(scale, x, y))


def _faded(line: QColor, palette: QPalette) -> QColor:
    """Return the colour of grid lines: halfway between lines and surface."""
    surface = palette.color(theme.SURFACE)
    mixed = ((line.red() + surface.red()) // 2, (line.green() + surface.green()) // 2)
    return QColor(*mixed, (line.blue() + surface.blue()) // 2)
