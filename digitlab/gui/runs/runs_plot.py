"""The curves of several runs in one plot. Needs pyqtgraph: import it late."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.charts.curves import Quantity
from digitlab.gui.charts.epoch_plot import EpochPlot, readout_table
from digitlab.gui.charts.items import cosmetic_pen
from digitlab.gui.charts.run_curves import LineStyle, MarkStyle, PlottedRun, RunStyle
from digitlab.gui.runs import marks
from digitlab.gui.runs.wording import NONE
from digitlab.gui.widgets.label import escaped
from digitlab.runs.run import Run
from digitlab.words.names import one_line
from digitlab.words.numbers import NO_VALUE, epoch_text

_FADED: Final = 0.45
_VALIDATION_LEVEL: Final = 100


@dataclass(frozen=True, slots=True)
class DrawnRun:
    """A run in the plot.

    Attributes:
        name: Its display name.
        mark: Its number, which determines its colour and its mark.
        run: Its history, which may still grow.
    """

    name: str
    mark: int
    run: Run


class RunsPlot(EpochPlot):
    """Validation after each epoch, as a line with marks for each run; behind it, a thin smoothed training curve."""

    def __init__(self, quantity: Quantity, parent: QWidget | None = None) -> None:
        """Create an empty plot."""
        super().__init__(quantity, f"runs{quantity.name.capitalize()}", parent)
        self._plotted: dict[DrawnRun, PlottedRun] = {}
        self.setAccessibleName(f"{quantity.name.capitalize()} of the selected runs")
        self.hovered.connect(self._on_hovered)
        self.left.connect(self.hide_reading)

    def show_drawn(self, drawn: tuple[DrawnRun, ...]) -> None:
        """Draw runs; the zoom stays while they are the same and end at the same epoch."""
        plotted = {run: self._plotted.get(run) or PlottedRun(run.name, run.run, run_style(run.mark)) for run in drawn}
        before, self._plotted = (set(self._plotted), self.whole), plotted
        self.show_runs(tuple(plotted.values()), max((_end(run.run) for run in drawn), default=1.0))
        if (set(plotted), self.whole) != before:
            self.show_whole()

    @Slot(float)
    def _on_hovered(self, epoch: float) -> None:
        """Show the values of all runs at an epoch."""
        first, last = self.x_range
        at = min(max(epoch, first), last)
        self.show_reading(at, readout_text(self.runs, self.quantity, at) if self.runs else "")


def run_style(mark: int) -> RunStyle:
    """Return the style of a run by its number, with its own colour and marks."""

    def colour(palette: QPalette) -> QColor:
        return marks.colour(mark, palette)

    def faded(palette: QPalette) -> QColor:
        faded = marks.colour(mark, palette)
        faded.setAlphaF(_FADED)
        return faded

    return RunStyle(
        smoothed=LineStyle("smoothed", lambda palette: cosmetic_pen(faded(palette), 1), mark),
        validation=MarkStyle(
            "validation",
            marks.shape(mark),
            9,
            5,
            outline=lambda palette: cosmetic_pen(palette.color(theme.SURFACE), 1),
            fill=colour,
            level=_VALIDATION_LEVEL + mark,
            line=lambda palette: cosmetic_pen(colour(palette), 2),
        ),
        # The plot compares validation: the high training loss of the first batches must not flatten its curves.
        is_scaled_to_marks=True,
    )


def readout_text(runs: tuple[PlottedRun, ...], quantity: Quantity, at: float) -> str:
    """Return each run's last validation value up to an epoch as rich text."""
    rows = [[epoch_text(at), "validation"]]
    for plotted in runs:
        run = plotted.run
        ends = run.started.first_epoch + np.array([epoch.epoch for epoch in run.epochs])
        reached = np.flatnonzero(ends <= at + 0.05)
        value = NO_VALUE if run.epochs else NONE
        if len(reached) and at <= _end(run) + 0.5:
            value = escaped(quantity.write(quantity.validation(run.epochs[reached[-1]])))
        rows.append([escaped(one_line(plotted.name)), value])
    return readout_table(rows)


def _end(run: Run) -> float:
    """Return where a run ends, or is going to end, on the epoch axis."""
    started = run.started
    if run.is_running:
        return started.first_epoch + started.config.epochs
    return max(started.epoch_of(started.first_step + run.step), 1e-3)
