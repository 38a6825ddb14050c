"""One live plot: a quantity against epochs, to zoom into and to read values from. Needs pyqtgraph: import it late."""

from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QGraphicsItem, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.curves import Numbers, Quantity, Reading, curves_of
from digitlab.gui.charts.epoch_plot import EpochPlot
from digitlab.gui.session.names import names_of
from digitlab.gui.train.legend import line_pen
from digitlab.gui.train.readout import Readout
from digitlab.runs.run import NamedRun, Run
from digitlab.training.events import EpochEnded
from digitlab.words.numbers import epoch_figure

_MANY_EPOCHS: Final = 40
"""Above so many epochs on screen the marks get smaller."""

_NARROWEST_STEPS: Final = 10
"""Zooming in ends at so many batches."""


class CurvePlot(EpochPlot):
    """Shows a run's curves, and those of another run beside them.

    Wheel and drag, which are pyqtgraph's own, change the epochs; the values fit themselves.

    Signals:
        x_range_changed: Other epochs are on screen; carries the first and the last.
        whole_requested: The person wants the whole run on screen again.
        hovered: The pointer, or an arrow key, is at an epoch.
        left: The pointer, or the focus, is gone.
    """

    x_range_changed = Signal(float, float)
    whole_requested = Signal()
    hovered = Signal(float)
    left = Signal()

    def __init__(self, quantity: Quantity, parent: QWidget | None = None) -> None:
        """Show no run yet."""
        super().__init__(quantity, parent)
        self._run: Run | None = None
        self._compared: NamedRun | None = None
        self._drawn: tuple[object, ...] = ()
        self._marked: tuple[object, ...] = ()
        self._compared_drawn: tuple[object, ...] = ()
        self._compared_values: Numbers = np.empty(0)
        self._batch = self._add_curve("batch", 0)
        self._smooth = self._add_curve("smoothed", 1, antialias=True)
        self._compared_smooth = self._add_curve("compared smoothed", 2, antialias=True)
        self._training = self._add_curve("epoch mean", 3, symbol="s", antialias=True)
        self._compared_validation = self._add_curve("compared validation", 4, symbol="d", antialias=True)
        self._validation = self._add_curve("validation", 5, symbol="o", antialias=True)
        self._keep_painted()
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.setZValue(6)
        self._snapshot = self._add_snapshot(6.1)
        self._pinned = self._add_snapshot(6.0)
        self._spot = self._add_curve("pointed out", 7, symbol="o", symbolSize=7, antialias=True)
        self._view.addItem(self._line, ignoreBounds=True)
        self._readout = Readout(quantity, self)
        self._set_up_widget()
        self.finish()
        self.show_readings(None, None)

    def _add_curve(self, name: str, z: float, **options: object) -> "pg.PlotDataItem":
        curve = pg.PlotDataItem(name=name, pen=None, **options)
        curve.setZValue(z)
        self.addItem(curve, ignoreBounds=True)
        return curve

    def _keep_painted(self) -> None:
        """Keep what is painted of each curve as a picture.

        Mostly only one of them grows, or the moment's line moves over them all.
        """
        for curve in (self._batch, self._smooth, self._compared_smooth):
            curve.curve.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        for marks in (self._training, self._compared_validation, self._validation):
            marks.scatter.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def _add_snapshot(self, z: float) -> "pg.InfiniteLine":
        line = pg.InfiniteLine(angle=90, movable=False)
        line.setZValue(z)
        line.hide()
        self._view.addItem(line, ignoreBounds=True)
        return line

    def _set_up_widget(self) -> None:
        name = self._quantity.name
        self.setObjectName(f"{name}Plot")
        self.setAccessibleName(f"{name.capitalize()} against epochs")
        self.setWhatsThis(
            "<p>Point at the curves to read values. Wheel: zoom. Drag: move. Double-click: the whole run again. "
            "With the keyboard: left and right read values, plus and minus zoom, Home shows the whole run.</p>"
        )

    def show_runs(self, run: Run | None, compared: NamedRun | None, whole: float) -> None:
        """Take other runs; ``show_epochs`` and ``refresh`` put them on screen.

        Args:
            run: The run.
            compared: The one beside it, which does not grow.
            whole: The right end of the axis with all of both on screen.
        """
        self._run, self._compared = run, compared
        shown = run if run is not None or compared is None else compared.run
        narrowest = whole if shown is None else min(_NARROWEST_STEPS / shown.started.steps_per_epoch, whole)
        self._view.setLimits(xMin=0, xMax=whole, minXRange=narrowest, maxXRange=whole)

    def show_snapshots(self, shown: float | None, pinned: float | None) -> None:
        """Mark the moment on screen and the pinned one.

        Args:
            shown: In epochs, or None to mark none.
            pinned: The same.
        """
        for line, at in ((self._snapshot, shown), (self._pinned, pinned)):
            if at is not None:
                line.setValue(at)
            if line.isVisible() != (at is not None):
                line.setVisible(at is not None)

    def show_epochs(self, first: float, last: float) -> None:
        """Show the run from one epoch to another, as far as there is one."""
        self._view.setXRange(first, last, padding=0)

    def refresh(self) -> None:
        """Draw what the runs hold now; nothing while nobody sees it, or if it is on screen already."""
        run = self._run
        if not self.isVisible():
            return
        grown = () if run is None else (run.step, len(run.epochs))
        wanted = (run, self._compared, *grown, *self.x_range, self._view.width(), self._is_log)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        self._draw_compared()
        if run is not None:
            self._draw(run)
        else:
            self._marked = ()
            for curve in (self._batch, self._smooth, self._training, self._validation):
                curve.clear()
            self._fit_values(self._compared_values)
        self._describe()

    def _draw(self, run: Run) -> None:
        curves = curves_of(run, self._quantity, self.x_range, self._view.width())
        first, last = self.x_range
        epochs = self._epochs_on_screen(run)
        training = np.array([self._quantity.training(epoch) for epoch in epochs], dtype=np.float64)
        validation = np.array([self._quantity.validation(epoch) for epoch in epochs], dtype=np.float64)
        self._fit_values(np.concatenate([curves.batch_y, training, validation, self._compared_values]))
        self._batch.setData(curves.batch_x, self._drawable(curves.batch_y))
        self._smooth.setData(curves.smooth_x, self._drawable(curves.smooth_y))
        marked = (run, self.x_range, len(epochs), self._is_log)
        if marked != self._marked:
            self._marked = marked
            at = _positions(run, epochs)
            size = 8 if last - first <= _MANY_EPOCHS else 4
            self._training.setData(at, self._drawable(training), symbolSize=size)
            self._validation.setData(at, self._drawable(validation), symbolSize=size)

    def _draw_compared(self) -> None:
        """Draw the run beside: its smoothed curve and validation. It does not grow, so mostly it is there already."""
        wanted = (self._compared, *self.x_range, self._view.width(), self._is_log)
        if wanted == self._compared_drawn:
            return
        self._compared_drawn = wanted
        if self._compared is None:
            self._compared_values = np.empty(0)
            self._compared_smooth.clear()
            self._compared_validation.clear()
            return
        run = self._compared.run
        curves = curves_of(run, self._quantity, self.x_range, self._view.width())
        epochs = self._epochs_on_screen(run)
        validation = np.array([self._quantity.validation(epoch) for epoch in epochs], dtype=np.float64)
        self._compared_values = np.concatenate([curves.smooth_y, validation])
        first, last = self.x_range
        size = 10 if last - first <= _MANY_EPOCHS else 6
        at = _positions(run, epochs)
        self._compared_smooth.setData(curves.smooth_x, self._drawable(curves.smooth_y))
        self._compared_validation.setData(at, self._drawable(validation), symbolSize=size)

    def _epochs_on_screen(self, run: Run) -> list[EpochEnded]:
        first, last = self.x_range
        begins_at = run.started.first_epoch
        return [epoch for epoch in run.epochs if first <= begins_at + epoch.epoch <= last]

    def _describe(self) -> None:
        """Tell a screen reader the values of the newest epoch."""
        words, write = "No epoch is finished yet.", self._quantity.write
        if self._run is not None and self._run.epochs:
            newest = self._run.epochs[-1]
            training, validation = write(self._quantity.training(newest)), write(self._quantity.validation(newest))
            (at,) = _positions(self._run, [newest])
            words = f"After epoch {epoch_figure(at)}: training {training}, validation {validation}."
        if self._compared is not None and self._compared.run.epochs:
            last = self._compared.run.epochs[-1]
            (at,) = _positions(self._compared.run, [last])
            validation = write(self._quantity.validation(last))
            words += f" {self._compared.name}, epoch {epoch_figure(at)}: validation {validation}."
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def show_readings(self, reading: Reading | None, compared: Reading | None) -> None:
        """Point out a batch of the run and write its values beside it, and those of the run beside; or nothing."""
        first = reading or compared
        self._pointed_at = None if first is None else first.x
        for part in (self._line, self._readout):
            part.setVisible(first is not None)
        self._spot.setVisible(reading is not None)
        if reading is not None:
            self._spot.setData([reading.x], self._drawable(np.array([reading.batch])))
        if first is not None:
            self._line.setValue(first.x)
            self._readout.write(reading, compared, names_of(self._run, self._compared))
            self._place_readout(first.x)

    def _place_readout(self, at: float) -> None:
        x = self._view.mapViewToScene(QPointF(at, 0)).x()
        self._readout.place(x, self._view.sceneBoundingRect())

    def restyle(self) -> None:
        """Give the curves the palette's colours."""
        palette = self.palette()
        surface, quiet, text = (palette.color(role) for role in (theme.SURFACE, theme.QUIET, theme.TEXT))
        training, validation = theme.curve_colours(palette)
        self._batch.setPen(theme.batch_colour(palette), width=1)
        self._smooth.setPen(training, width=2)
        compared, compared_validation = theme.compared_colours()
        self._compared_smooth.setPen(line_pen(compared, is_compared=True))
        self._compared_validation.setSymbolPen(surface, width=1)
        self._compared_validation.setSymbolBrush(compared_validation)
        self._training.setSymbolPen(training, width=1.5)
        self._training.setSymbolBrush(surface)
        self._validation.setSymbolPen(None)
        self._validation.setSymbolBrush(validation)
        self._line.setPen(quiet)
        self._snapshot.setPen(palette.color(theme.ACCENT), width=2)
        self._pinned.setPen(theme.compared_colours()[0], width=2)
        self._spot.setSymbolPen(text, width=1.5)
        self._spot.setSymbolBrush(surface)

    def read(self, epoch: float) -> None:
        """Ask for the values at an epoch."""
        self.hovered.emit(epoch)

    def stop_reading(self) -> None:
        """Tell that nothing is pointed at."""
        self.left.emit()

    def show_whole(self) -> None:
        """Ask for the whole run."""
        self.whole_requested.emit()

    def note_epochs(self, first: float, last: float) -> None:
        """Keep the readout at its epoch, and tell which are on screen."""
        if self._pointed_at is not None:
            self._place_readout(self._pointed_at)
        self.x_range_changed.emit(first, last)


def _positions(run: Run, epochs: list[EpochEnded]) -> Numbers:
    """Return where the ends of some epochs stand on the axis, on which a branch begins at its origin."""
    return run.started.first_epoch + np.array([epoch.epoch for epoch in epochs], dtype=np.float64)
