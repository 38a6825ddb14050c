"""The two live plots, moving together: loss above, accuracy below. Needs pyqtgraph: import it late."""

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from digitlab.gui.charts.curves import ACCURACY, LOSS, readings_at
from digitlab.gui.train.curve_plot import CurvePlot
from digitlab.runs.run import NamedRun, Run

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
        self._compared: NamedRun | None = None
        self._whole = 1.0
        self._is_zoomed = False
        self._turn = 0
        self._marked: tuple[float | None, float | None] = (None, None)
        self._marking = QTimer(self)
        self._marking.setSingleShot(True)
        self._marking.timeout.connect(self._on_marking_timeout)
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
        self._is_zoomed = False
        self._show_both()

    def show_compared(self, compared: NamedRun | None) -> None:
        """Show another run beside the run, or none; what was zoomed into stays on screen."""
        self._compared = compared
        self._show_both()

    def _show_both(self) -> None:
        both = (self._run, None if self._compared is None else self._compared.run)
        runs = [run for run in both if run is not None]
        ends = (run.started.first_epoch + run.started.config.epochs for run in runs)
        self._whole = max(ends, default=1) * (1 + _ROOM_SHARE)
        self._on_left()
        was_zoomed = self._is_zoomed
        for plot in self._both:
            plot.show_runs(self._run, self._compared, self._whole)
        if not was_zoomed:
            self.show_whole_run()
        for plot in self._both:
            plot.refresh()

    def show_snapshots(self, shown: float | None, pinned: float | None) -> None:
        """Mark the moment on screen and the pinned one, in epochs, or none: never in both plots in one go."""
        if (shown, pinned) != self._marked:
            self._marked = (shown, pinned)
            self.loss.show_snapshots(shown, pinned)
            self._marking.start(0)

    @Slot()
    def _on_marking_timeout(self) -> None:
        self.accuracy.show_snapshots(*self._marked)

    @Slot()
    def show_whole_run(self) -> None:
        """Show all epochs of both runs, those to come included."""
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
        compared = None if self._compared is None else self._compared.run
        for plot, quantity in ((self.loss, LOSS), (self.accuracy, ACCURACY)):
            plot.show_readings(*readings_at(self._run, compared, quantity, x))

    @Slot()
    def _on_left(self) -> None:
        for plot in self._both:
            plot.show_readings(None, None)
