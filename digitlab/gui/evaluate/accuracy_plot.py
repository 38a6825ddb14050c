"""The accuracy over the kept snapshots of a run."""

import numpy as np
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart
from digitlab.gui.charts.items import Curve, Ring
from digitlab.gui.charts.plot import Plot, Pointed, axes_frame
from digitlab.gui.charts.scales import Targets, accuracy_scale, epoch_scale
from digitlab.gui.session.values import AccuracyOverTime
from digitlab.gui.widgets.fields import describe
from digitlab.words.numbers import epoch_text, percent

_MOST_EPOCHS = 4


class AccuracyPlot(Chart):
    """A curve of the accuracy over epochs.

    Square-root epochs and logarithmic errors give more space to where most changes: the start, and high accuracies.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty chart."""
        super().__init__(axes_frame("epoch (square-root scale)", "accuracy (logarithmic scale of errors)"), parent)
        self._snapshots = AccuracyOverTime()
        self._points: dict[int, tuple[float, float]] = {}
        describe(
            self,
            "snapshotsPlot",
            "Accuracy over the training",
            "The accuracy at each kept snapshot of the run, marked at the snapshot on screen. Click one to show it.",
            "The accuracy at each kept snapshot of the run that was evaluated on these data. The ring marks the "
            "snapshot on screen. Point at the curve, or use the arrow keys, to read it; click, or press Enter, to go "
            "to that snapshot.",
        )
        self.show_snapshots(AccuracyOverTime(), None)

    def show_snapshots(self, snapshots: AccuracyOverTime, shown: int | None) -> None:
        """Show the accuracy of snapshots.

        Args:
            snapshots: Their known accuracies.
            shown: Training step of the one on screen, or None if it does not belong to the run.
        """
        plot = self.plot
        if snapshots is not self._snapshots or not plot.items:
            self._snapshots = snapshots
            rows = zip(snapshots.steps, snapshots.epochs, snapshots.accuracies, strict=True)
            self._points = {step: (epoch, accuracy) for step, epoch, accuracy in rows if accuracy is not None}
            plot = _plot(snapshots, self._points)
        at = None if shown is None else self._points.get(shown)
        marks = () if at is None else (Ring(*at, is_large=True, has_stem=True),)
        summary = _summary(list(self._points.values()), snapshots.count)
        self.show_plot(plot, step=shown, marks=marks, summary=summary)


def _plot(snapshots: AccuracyOverTime, known: dict[int, tuple[float, float]]) -> Plot:
    points = list(known.values())
    epochs = np.array([epoch for epoch, _ in points])
    accuracies = np.array([accuracy for _, accuracy in points])
    x = epoch_scale(max(snapshots.epochs[-1] if snapshots.epochs else 1.0, 1e-6), _MOST_EPOCHS)
    y = accuracy_scale(float(accuracies.max(initial=0.0)))
    heights = np.minimum(accuracies, y.high)

    def read(pointed: Pointed) -> str:
        epoch, accuracy = points[pointed.index]
        return f"{epoch_text(epoch).capitalize()}: accuracy {percent(accuracy, snapshots.count)}."

    def highlight(index: int | None) -> tuple[Ring, ...]:
        return () if index is None else (Ring(float(epochs[index]), float(heights[index])),)

    return Plot(
        x=x,
        y=y,
        items=(Curve(epochs, heights, lambda palette: theme.curve_colours(palette)[1]),),
        targets=Targets.nearest(x.places(epochs)),
        read=read,
        highlight=highlight,
        steps=tuple(known),
    )


def _summary(points: list[tuple[float, float]], images: int) -> str:
    """Return the best accuracy, and where it started; empty without points."""
    if not points:
        return ""
    epoch, accuracy = max(points, key=lambda point: point[1])
    best = f"{percent(accuracy, images)} at {epoch_text(epoch)}"
    if len(points) == 1:
        return f"Accuracy on {images:,} images: {best}."
    start, first = points[0]
    rise = f"from {percent(first, images)} at {epoch_text(start)} to {best}, the highest"
    return f"Accuracy on the same {images:,} images: {rise}."
