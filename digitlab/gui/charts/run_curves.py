"""The curves of one run in a plot over epochs, and their styles. Needs pyqtgraph: import it late."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor, QPainterPath, QPalette, QPen
from PySide6.QtWidgets import QGraphicsItem

from digitlab.gui.charts.curves import Numbers, Quantity, curves_of
from digitlab.gui.charts.ranges import LOG_FLOOR
from digitlab.runs.run import Run
from digitlab.words.names import one_line
from digitlab.words.numbers import epoch_number

_MANY_EPOCHS: Final = 40
"""Marks are smaller if more epochs than this are on screen."""

Pen = Callable[[QPalette], QPen]
"""Returns a pen in the colours of a palette."""


@dataclass(frozen=True, slots=True, eq=False)
class LineStyle:
    """The style of a line.

    Attributes:
        name: What the line shows.
        pen: Its pen.
        level: Lines and marks at higher levels cover those at lower ones.
        is_smooth: Whether it is anti-aliased, which takes several times as long.
    """

    name: str
    pen: Pen
    level: float
    is_smooth: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class MarkStyle:
    """The style of the marks at the ends of epochs.

    Attributes:
        name: What the marks show.
        symbol: A pyqtgraph symbol, or a path of about unit size around the origin.
        size_px: Usual size.
        small_size_px: Size where many epochs are on screen.
        outline: Pen of the outline.
        fill: Fill colour.
        level: As for lines.
        line: Pen of the line that connects them, or None for none.
    """

    name: str
    symbol: str | QPainterPath
    size_px: int
    small_size_px: int
    outline: Pen
    fill: Callable[[QPalette], QColor]
    level: float
    line: Pen | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RunStyle:
    """The style of a run.

    Attributes:
        validation: Marks for validation after each epoch.
        smoothed: The smoothed curve of its batches.
        training: The mean over its training images in each epoch, or None.
        batches: The per-batch curve, or None.
        is_scaled_to_marks: Whether the vertical range depends only on the marks, not on the batch curves.
    """

    validation: MarkStyle
    smoothed: LineStyle
    training: MarkStyle | None = None
    batches: LineStyle | None = None
    is_scaled_to_marks: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PlottedRun:
    """A run in a plot.

    Attributes:
        name: Its display name; empty if it needs none, for example as the only run.
        run: Its history, which may still grow.
        style: Its style.
    """

    name: str
    run: Run
    style: RunStyle

    def describe(self, quantity: Quantity) -> str:
        """Return the values of its last epoch as a sentence; empty before the first."""
        if not self.run.epochs:
            return ""
        newest = self.run.epochs[-1]
        at = epoch_number(self.run.started.first_epoch + newest.epoch)
        values = f"validation {quantity.write(quantity.validation(newest))}."
        if self.style.training is not None:
            values = f"training {quantity.write(quantity.training(newest))}, {values}"
        return f"{one_line(self.name)}, epoch {at}: {values}" if self.name else f"After epoch {at}: {values}"


@dataclass(frozen=True, slots=True)
class VisibleRange:
    """The visible part of a plot.

    Attributes:
        first: First epoch.
        last: Last epoch.
        width_px: Pixels between them.
        is_log: Whether the vertical scale is logarithmic.
    """

    first: float
    last: float
    width_px: float
    is_log: bool

    def drawable(self, values: Numbers) -> Numbers:
        """Return values as drawn: on a logarithmic scale, not below its floor."""
        return np.maximum(values, LOG_FLOOR) if self.is_log else values


class RunCurves:
    """The graphics items of one run.

    Attributes:
        plotted: The run.
        scaled_to: Values on screen that the vertical range must contain, shape (n,); set by ``refresh``.
        curve: Values of the batch curve on screen, shape (m,).
    """

    def __init__(self, plotted: PlottedRun, add: Callable[[pg.PlotDataItem], None]) -> None:
        """Create the items, without points.

        Args:
            plotted: The run.
            add: Adds an item to the plot.
        """
        self.plotted = plotted
        self.scaled_to: Numbers = np.empty(0)
        self.curve: Numbers = np.empty(0)
        self._drawn: tuple[object, ...] = ()
        self._marked: tuple[object, ...] = ()
        style = plotted.style
        self._batches = None if style.batches is None else _line_item(style.batches)
        self._smoothed = _line_item(style.smoothed)
        self._training = None if style.training is None else _mark_item(style.training)
        self._validation = _mark_item(style.validation)
        for item in self.items:
            add(item)

    @property
    def items(self) -> list[pg.PlotDataItem]:
        """All items."""
        items = (self._batches, self._smoothed, self._training, self._validation)
        return [item for item in items if item is not None]

    def refresh(self, quantity: Quantity, visible: VisibleRange) -> bool:
        """Draw the current data of the run; return whether anything changed."""
        run = self.plotted.run
        wanted = (visible, run.step, len(run.epochs))
        if wanted == self._drawn:
            return False
        self._drawn = wanted
        curves = curves_of(run, quantity, (visible.first, visible.last), visible.width_px)
        if self._batches is not None:
            self._batches.setData(curves.batch_x, visible.drawable(curves.batch_y))
        self._smoothed.setData(curves.smooth_x, visible.drawable(curves.smooth_y))
        marks = self._refresh_marks(quantity, visible)
        self.curve = curves.smooth_y if self._batches is None else curves.batch_y
        self.scaled_to = marks if self.plotted.style.is_scaled_to_marks else np.concatenate([self.curve, marks])
        return True

    def _refresh_marks(self, quantity: Quantity, visible: VisibleRange) -> Numbers:
        """Draw the marks, unless they are up to date, and return the values of those on screen."""
        run = self.plotted.run
        at = run.started.first_epoch + np.array([epoch.epoch for epoch in run.epochs], dtype=np.float64)
        validation = np.array([quantity.validation(epoch) for epoch in run.epochs], dtype=np.float64)
        training = np.array([quantity.training(epoch) for epoch in run.epochs], dtype=np.float64)
        is_small = visible.last - visible.first > _MANY_EPOCHS
        wanted = (len(run.epochs), is_small, visible.is_log)
        if wanted != self._marked:
            self._marked = wanted
            for item, style, values in (
                (self._training, self.plotted.style.training, training),
                (self._validation, self.plotted.style.validation, validation),
            ):
                if item is not None and style is not None:
                    size = style.small_size_px if is_small else style.size_px
                    item.setData(at, visible.drawable(values), symbolSize=size)
        is_on_screen = (at >= visible.first) & (at <= visible.last)
        drawn = [validation] if self._training is None else [training, validation]
        return np.concatenate([values[is_on_screen] for values in drawn])

    def restyle(self, palette: QPalette) -> None:
        """Apply the colours of a palette."""
        style = self.plotted.style
        for item, line in ((self._batches, style.batches), (self._smoothed, style.smoothed)):
            if item is not None and line is not None:
                item.setPen(line.pen(palette))
        for item, mark in ((self._training, style.training), (self._validation, style.validation)):
            if item is not None and mark is not None:
                item.setSymbolPen(mark.outline(palette))
                item.setSymbolBrush(mark.fill(palette))
                item.setPen(None if mark.line is None else mark.line(palette))


def _line_item(style: LineStyle) -> pg.PlotDataItem:
    item = pg.PlotDataItem(name=style.name, pen=None, antialias=style.is_smooth)
    item.setZValue(style.level)
    # Cached as a picture: usually only one curve grows, or the line of the snapshot moves over all of them.
    item.curve.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
    return item


def _mark_item(style: MarkStyle) -> pg.PlotDataItem:
    item = pg.PlotDataItem(name=style.name, pen=None, symbol=style.symbol, antialias=True)
    item.setZValue(style.level)
    item.scatter.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
    return item
