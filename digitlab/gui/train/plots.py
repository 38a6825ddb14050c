"""The two live plots with a shared horizontal range: loss and accuracy. Needs pyqtgraph: import it late."""

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.gui.charts.curves import ACCURACY, LOSS, readings_at
from digitlab.gui.charts.epoch_plot import EpochPlot
from digitlab.gui.charts.run_curves import PlottedRun
from digitlab.gui.train.readout import readout_text
from digitlab.gui.train.styles import COMPARED, RUN
from digitlab.gui.widgets.throttle import Throttle
from digitlab.runs.run import NamedRun, Run


class TrainingPlots(QObject):
    """Links the epochs and the readouts of both plots.

    Signals:
        zoom_changed: The plots were zoomed or reset; carries whether only a part of the epochs is on screen.

    Attributes:
        loss: The plot of the loss.
        accuracy: The plot of the accuracy.
    """

    zoom_changed = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        """Create both plots, empty."""
        super().__init__(parent)
        self._run: PlottedRun | None = None
        self._names = ("", "")
        self._compared: NamedRun | None = None
        self._compared_run: PlottedRun | None = None
        self._is_zoomed = False
        self._next = 0
        self._marked: tuple[float | None, float | None] = (None, None)
        self._marking = Throttle(self._mark_accuracy, 0, self)
        self.loss = EpochPlot(LOSS, "loss")
        self.accuracy = EpochPlot(ACCURACY, "accuracy")
        for plot in self._both:
            plot.x_range_changed.connect(self._on_x_range_changed)
            plot.hovered.connect(self._on_hovered)
            plot.left.connect(self._on_left)

    def show_run(self, run: Run | None) -> None:
        """Show another run in full, including its remaining epochs."""
        self._run = None if run is None else PlottedRun("", run, RUN)
        self._is_zoomed = False
        self._show_both()

    def show_compared(self, compared: NamedRun | None) -> None:
        """Show a second run for comparison, or none; the zoom stays."""
        self._compared = compared
        self._compared_run = None if compared is None else PlottedRun(compared.name, compared.run, COMPARED)
        self._show_both()

    def show_names(self, name: str, compared: str) -> None:
        """Set the names of the runs in the readouts; empty for none."""
        self._names = name, compared

    def _show_both(self) -> None:
        runs = [plotted for plotted in (self._run, self._compared_run) if plotted is not None]
        ends = (plotted.run.started.first_epoch + plotted.run.started.config.epochs for plotted in runs)
        end = max(ends, default=1)
        self._on_left()
        was_zoomed = self._is_zoomed
        for plot in self._both:
            plot.show_runs(runs, end)
        if not was_zoomed:
            self.show_whole_run()

    def show_snapshots(self, shown: float | None, pinned: float | None) -> None:
        """Mark the snapshot on screen and the pinned one, in epochs, or none; the plots are redrawn in turn."""
        if (shown, pinned) != self._marked:
            self._marked = (shown, pinned)
            self.loss.show_snapshots(shown, pinned)
            self._marking.request()

    def _mark_accuracy(self) -> None:
        self.accuracy.show_snapshots(*self._marked)

    @Slot()
    def show_whole_run(self) -> None:
        """Show all epochs of both runs, including the remaining ones."""
        self.loss.show_whole()

    def refresh_next(self) -> None:
        """Update one plot, and the other one on the next call: never both at once."""
        self._both[self._next].refresh()
        self._next = 1 - self._next

    @property
    def _both(self) -> tuple[EpochPlot, EpochPlot]:
        return self.loss, self.accuracy

    @Slot(float, float)
    def _on_x_range_changed(self, first: float, last: float) -> None:
        # pyqtgraph's own link shifts the epochs when the plots differ in width, as they do while resizing.
        for plot in self._both:
            plot.show_epochs(first, last)
        is_zoomed = last - first < self.loss.whole * (1 - 1e-6)
        if is_zoomed != self._is_zoomed:
            self._is_zoomed = is_zoomed
            self.zoom_changed.emit(is_zoomed)

    @Slot(float)
    def _on_hovered(self, x: float) -> None:
        run = None if self._run is None else self._run.run
        compared = None if self._compared is None else self._compared.run
        for plot, quantity in ((self.loss, LOSS), (self.accuracy, ACCURACY)):
            reading, beside = readings_at(run, compared, quantity, x)
            first = reading or beside
            if first is None:
                plot.hide_reading()
                continue
            text = readout_text(reading, beside, self._names, quantity)
            plot.show_reading(first.x, text, None if reading is None else reading.batch)

    @Slot()
    def _on_left(self) -> None:
        for plot in self._both:
            plot.hide_reading()
