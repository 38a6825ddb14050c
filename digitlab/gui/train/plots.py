"""The two live plots, moving together: loss above, accuracy below."""

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.gui.train.curve_plot import CurvePlot
from digitlab.gui.train.curves import ACCURACY, LOSS, reading_at
from digitlab.training.run import Run

_ROOM_SHARE: Final = 0.012
"""Room behind the last epoch, so that its marks are seen whole."""

_NARROWEST_STEPS: Final = 10
"""Zooming in ends at so many batches."""


class TrainingPlots(QObject):
    """Keeps both plots at the same epochs, and their readouts at the same batch.

    Signals:
        zoom_changed: Whether less than the whole run is on screen.

    Attributes:
        loss: The plot of the loss.
        accuracy: The plot of the accuracy.
    """

    zoom_changed = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        """Make both plots, empty."""
        super().__init__(parent)
        self._run: Run | None = None
        self._x_range = (0.0, 1.0)
        self._is_zoomed = False
        self.loss = CurvePlot(LOSS)
        self.accuracy = CurvePlot(ACCURACY)
        for plot in self._both:
            plot.range_wished.connect(self._on_range_wished)
            plot.whole_wished.connect(self.show_whole_run)
            plot.hovered.connect(self._on_hovered)
            plot.left.connect(self._on_left)

    @property
    def x_range(self) -> tuple[float, float]:
        """First and last epoch on screen."""
        return self._x_range

    def show_run(self, run: Run | None) -> None:
        """Show another run, the whole of it."""
        self._run = run
        self._on_left()
        self.show_whole_run()

    @Slot()
    def show_whole_run(self) -> None:
        """Show all epochs, those to come included."""
        self._show_range(0.0, self._whole)

    def refresh(self) -> None:
        """Draw what the run holds now."""
        for plot in self._both:
            plot.refresh()

    @property
    def _both(self) -> tuple[CurvePlot, CurvePlot]:
        return self.loss, self.accuracy

    @property
    def _whole(self) -> float:
        """The right end of the axis with the whole run on screen."""
        epochs = 1 if self._run is None else self._run.started.config.epochs
        return epochs * (1 + _ROOM_SHARE)

    def _show_range(self, first: float, last: float) -> None:
        self._x_range = (first, last)
        for plot in self._both:
            plot.show_run(self._run, first, last)
        is_zoomed = last - first < self._whole * (1 - 1e-6)
        if is_zoomed != self._is_zoomed:
            self._is_zoomed = is_zoomed
            self.zoom_changed.emit(is_zoomed)

    @Slot(float, float)
    def _on_range_wished(self, first: float, last: float) -> None:
        """Show what is wished, but nothing outside the run, and at least a few batches."""
        whole = self._whole
        narrowest = 0.0 if self._run is None else _NARROWEST_STEPS / self._run.started.steps_per_epoch
        width = min(max(last - first, narrowest), whole)
        middle = (first + last) / 2
        start = min(max(middle - width / 2, 0.0), whole - width)
        self._show_range(start, start + width)

    @Slot(float)
    def _on_hovered(self, x: float) -> None:
        for plot, quantity in ((self.loss, LOSS), (self.accuracy, ACCURACY)):
            plot.show_reading(None if self._run is None else reading_at(self._run, quantity, x))

    @Slot()
    def _on_left(self) -> None:
        for plot in self._both:
            plot.show_reading(None)
