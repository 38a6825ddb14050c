"""The two live plots, moving together: loss above, accuracy below. Needs pyqtgraph: import it late."""

from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.gui.train.curve_plot import CurvePlot
from digitlab.gui.train.curves import ACCURACY, LOSS, reading_at
from digitlab.training.run import Run

_ROOM_SHARE: Final = 0.012
"""Room behind the last epoch, so that its marks are seen whole."""


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
        self._whole = 1.0
        self._is_zoomed = False
        self._turn = 0
        self.loss = CurvePlot(LOSS)
        self.accuracy = CurvePlot(ACCURACY)
        for plot in self._both:
            plot.x_range_changed.connect(self._on_x_range_changed)
            plot.whole_requested.connect(self.show_whole_run)
            plot.hovered.connect(self._on_hovered)
            plot.left.connect(self._on_left)

    def show_run(self, run: Run | None) -> None:
        """Show another run, the whole of it, the epochs to come included."""
        self._run = run
        self._whole = (1 if run is None else run.started.config.epochs) * (1 + _ROOM_SHARE)
        self._on_left()
        for plot in self._both:
            plot.show_run(run, self._whole)
        self.show_whole_run()
        for plot in self._both:
            plot.refresh()

    @Slot()
    def show_whole_run(self) -> None:
        """Show all epochs, those to come included."""
        self.loss.show_epochs(0, self._whole)

    def refresh_next(self) -> None:
        """Draw what the run holds now in one plot, and in the other the next time: never both in one go."""
        self._both[self._turn].refresh()
        self._turn = 1 - self._turn

    @property
    def _both(self) -> tuple[CurvePlot, CurvePlot]:
        return self.loss, self.accuracy

    @Slot(float, float)
    def _on_x_range_changed(self, first: float, last: float) -> None:
        # pyqtgraph's own link shifts the epochs where it finds the plots unequally wide, as they are while resizing.
        for plot in self._both:
            plot.show_epochs(first, last)
        is_zoomed = last - first < self._whole * (1 - 1e-6)
        if is_zoomed != self._is_zoomed:
            self._is_zoomed = is_zoomed
            self.zoom_changed.emit(is_zoomed)

    @Slot(float)
    def _on_hovered(self, x: float) -> None:
        for plot, quantity in ((self.loss, LOSS), (self.accuracy, ACCURACY)):
            plot.show_reading(None if self._run is None else reading_at(self._run, quantity, x))

    @Slot()
    def _on_left(self) -> None:
        for plot in self._both:
            plot.show_reading(None)
