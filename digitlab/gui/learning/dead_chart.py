"""How many units are dead."""

import math

import numpy as np
from PySide6.QtWidgets import QWidget

from digitlab.gui.charts.line_chart import Line, LineChart
from digitlab.gui.charts.snapshot_axis import SnapshotAxis
from digitlab.gui.learning.wording import layer_title
from digitlab.gui.session.values import Learning
from digitlab.gui.widgets.fields import describe
from digitlab.insight.health import MANY_DEAD
from digitlab.insight.learning import SnapshotStatistics, learning_layers
from digitlab.words.numbers import epoch, percent


class DeadChart(LineChart):
    """How many units of each ReLU layer are dead, as a share."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__("Dead units", 42, parent)
        self._highest = MANY_DEAD
        describe(
            self,
            "deadChart",
            "Dead units over time",
            "How many filters and units with a ReLU answer nothing but zero to all test drawings. They have no "
            "gradient, so they rarely come back.",
            "A ReLU answers zero where its sum is negative. A unit whose sum is negative for every image is dead: it "
            "says nothing, its gradient is zero, and so it seldom learns again. Counted on a hundred drawn digits. A "
            "few are usual; very many tell of a learning rate that is too high. Click, or use the arrow keys, to go "
            "to another moment.",
        )

    def show_learning(self, learning: Learning, axis: SnapshotAxis, step: int) -> None:
        """Show other measurements."""
        if self._learning is None or learning.columns is not self._learning.columns:
            lines = self._made(learning, axis)
        else:
            lines = self.lines
        self.take(learning, axis, step, lines)

    def _made(self, learning: Learning, axis: SnapshotAxis) -> tuple[Line, ...]:
        layers = learning_layers(learning.spec)
        measured = learning.columns.measured
        shares = np.array([[_share(stats, place) for place in range(len(layers))] for stats in measured])
        counted = [place for place in range(len(layers)) if np.isfinite(shares[:, place]).any()]
        most = max((float(np.nanmax(shares[:, place])) for place in counted), default=0.0)
        self._highest = 1.0 if most > MANY_DEAD else MANY_DEAD
        places = axis.positions(np.array(axis.steps))
        return tuple(
            Line(layer_title(learning.spec, layers[place]), places, shares[:, place] / self._highest)
            for place in counted
        )

    @property
    def words_instead(self) -> str:
        """Give the counts of a single moment in words, and say if there is nothing to count."""
        axis = self.axis
        is_alone = axis is not None and len(axis.steps) == 1
        return "" if self.lines and not is_alone else self.words_now()

    def words_at(self, column: int, height: float) -> str:
        """Return the counts at a moment."""
        del height
        axis, learning = self.axis, self._learning
        if axis is None or learning is None:
            return ""
        stats = learning.columns.measured[column]
        words = "Not measured yet" if stats is None else self._words(stats)
        return f"{words} at {epoch(axis.epochs[column])}"

    def words_now(self) -> str:
        """Return the counts at the moment on screen."""
        return "" if self._learning is None or self._learning.shown is None else self._words(self._learning.shown)

    def _words(self, stats: SnapshotStatistics) -> str:
        assert self._learning is not None
        spec = self._learning.spec
        counts = [
            f"{layer_title(spec, layer)} {int(dead.sum())}/{len(dead)}"
            for layer, dead in zip(learning_layers(spec), (entry.dead for entry in stats.layers), strict=True)
            if dead is not None
        ]
        return ", ".join(counts) or "No layer has a ReLU."

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return shares from none to the highest."""
        if self.words_instead:
            return []
        return [(height, percent(height * self._highest)) for height in (0.0, 0.5, 1.0)]


def _share(stats: SnapshotStatistics | None, place: int) -> float:
    """Return the share of a layer's units that are dead; NaN where it is not known."""
    if stats is None:
        return math.nan
    dead = stats.layers[place].dead
    return math.nan if dead is None else float(dead.mean())
