"""The dead ReLU units of each layer over the snapshots."""

import math
from typing import Final

import numpy as np
from PySide6.QtWidgets import QWidget

from digitlab.gui.charts.chart import Chart
from digitlab.gui.charts.items import Line, Lines, SnapshotMarker
from digitlab.gui.charts.plot import Plot, Pointed, snapshots_frame
from digitlab.gui.charts.scales import SnapshotScale, Targets, ValueScale
from digitlab.gui.learning.wording import layer_title, waiting_text
from digitlab.gui.session.values import Learning
from digitlab.gui.widgets.fields import describe
from digitlab.insight.health import MANY_DEAD
from digitlab.insight.learning import SnapshotStatistics, learning_layers
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import epoch, percent

_LEFT_PX: Final = 46
_RIGHT_PX: Final = 88


class DeadUnitsChart(Chart):
    """The share of each ReLU layer's units that are dead, over the snapshots."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty chart."""
        super().__init__(snapshots_frame("Dead ReLU units", _LEFT_PX, _RIGHT_PX), parent)
        self._learning: Learning | None = None
        self._lines: tuple[Line, ...] = ()
        describe(
            self,
            "deadChart",
            "Dead ReLU units over time",
            "How many filters and units with a ReLU output zero for every test drawing. They get no gradient, so they "
            "rarely recover.",
            "A ReLU outputs zero where its weighted sum is negative. A unit whose sum is negative for every image is "
            "dead: its output and its gradient are zero, so it rarely recovers. Tested on a hundred drawn digits. A "
            "few are normal; very many suggest that the learning rate is too high. Click, or use the arrow keys, to go "
            "to another snapshot.",
        )

    def show_learning(self, learning: Learning, scale: SnapshotScale, step: int) -> None:
        """Show measurements.

        Args:
            learning: The measurements.
            scale: The snapshots that were measured.
            step: Training step of the snapshot on screen.
        """
        is_new = self._learning is None or learning.columns is not self._learning.columns
        self._learning = learning
        if is_new:
            self._lines = _lines(learning, scale)
        counts = waiting_text(learning) if learning.shown is None else _counts(learning.spec, learning.shown)
        # A single snapshot gives no line; its counts are shown as text instead.
        message = "" if self._lines and len(scale.steps) > 1 else counts
        plot = self.plot
        if is_new or message != plot.message:
            plot = Plot(message=message) if message else _plot(learning, scale, self._lines)
        marks = () if message else (SnapshotMarker(scale.place(step)),)
        self.show_plot(plot, step=step, marks=marks, summary=counts)


def _lines(learning: Learning, scale: SnapshotScale) -> tuple[Line, ...]:
    """Return a line for each layer with known dead units."""
    layers = learning_layers(learning.spec)
    measured = learning.columns.measured
    shares = np.array([[_share(stats, place) for place in range(len(layers))] for stats in measured])
    return tuple(
        Line(layer_title(learning.spec, layer), scale.steps, shares[:, place])
        for place, layer in enumerate(layers)
        if np.isfinite(shares[:, place]).any()
    )


def _share(stats: SnapshotStatistics | None, place: int) -> float:
    """Return the share of a layer's units that are dead, 0..1; NaN if unknown."""
    dead = None if stats is None else stats.layers[place].dead
    return math.nan if dead is None else float(dead.mean())


def _plot(learning: Learning, scale: SnapshotScale, lines: tuple[Line, ...]) -> Plot:
    most = max((float(np.nanmax(line.ys)) for line in lines), default=0.0)
    high = 1.0 if most > MANY_DEAD else MANY_DEAD

    def read(pointed: Pointed) -> str:
        stats = learning.columns.measured[pointed.index]
        counts = "Not measured yet" if stats is None else _counts(learning.spec, stats)
        return f"{counts} at {epoch(scale.epochs[pointed.index])}"

    return Plot(
        x=scale,
        y=ValueScale(0.0, high, tuple((share, percent(share)) for share in (0.0, high / 2, high))),
        items=(Lines(lines),),
        targets=Targets.columns(len(scale.steps)),
        read=read,
        steps=scale.steps,
    )


def _counts(spec: ModelSpec, stats: SnapshotStatistics) -> str:
    """Return how many units of each ReLU layer are dead: ``Conv 1 3/32, Dense 1 0/20``."""
    counts = [
        f"{layer_title(spec, layer)} {int(entry.dead.sum())}/{len(entry.dead)}"
        for layer, entry in zip(learning_layers(spec), stats.layers, strict=True)
        if entry.dead is not None
    ]
    return ", ".join(counts) or "No layer has a ReLU."
