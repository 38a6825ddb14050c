"""The update ratio of each layer over the snapshots: the size of a training step relative to the weights."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from digitlab.gui.charts.chart import Chart
from digitlab.gui.charts.items import Band, Line, Lines, SnapshotMarker
from digitlab.gui.charts.plot import Plot, Pointed, snapshots_frame
from digitlab.gui.charts.scales import SnapshotScale, Targets, log_scale
from digitlab.gui.learning.wording import layer_title, typical_updates
from digitlab.gui.session.values import Learning
from digitlab.gui.widgets.fields import describe
from digitlab.insight.health import HEALTHY_UPDATES
from digitlab.insight.learning import learning_layers
from digitlab.words.numbers import epoch, fraction, number

_LEFT_PX: Final = 76
_RIGHT_PX: Final = 88
_MOST_POINTS: Final = 400
_LOWEST_RATIO: Final = 1e-7
_USUAL_POWERS: Final = (-5, -1)


class UpdateRatioChart(Chart):
    """The update ratio of each layer on a logarithmic scale, with the healthy range."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty chart."""
        super().__init__(snapshots_frame("Update ratio", _LEFT_PX, _RIGHT_PX), parent)
        self._learning: Learning | None = None
        self._scale: SnapshotScale | None = None
        describe(
            self,
            "updateChart",
            "Update ratio over time",
            "Update size / weight size: how much one training step changes a layer's weights. In the shaded range, "
            "around 1/1,000, the learning rate is about right.",
            "The norm of the change of a layer's weights in one step, divided by the norm of the weights, on a "
            "logarithmic scale. The rule of thumb is about 1/1,000 (Stanford CS231n); the shaded range is a factor of "
            "ten on either side. Above it the learning rate is probably too high, below it perhaps too low. Click, or "
            "use the arrow keys, to go to another snapshot.",
        )

    def show_learning(self, learning: Learning, scale: SnapshotScale, step: int) -> None:
        """Show measurements.

        Args:
            learning: The measurements.
            scale: The snapshots that were measured.
            step: Training step of the snapshot on screen.
        """
        message = ""
        if not len(learning.updates.steps):
            message = (
                "Not measured in this run." if learning.is_of_run else "The update ratio is measured during training."
            )
        before, plot = self._learning, self.plot
        is_new = before is None or learning.updates is not before.updates or scale != self._scale
        self._learning, self._scale = learning, scale
        if is_new or message != plot.message:
            plot = Plot(message=message) if message else _plot(learning, scale)
        marks = () if message or len(scale.steps) == 1 else (SnapshotMarker(scale.place(step)),)
        self.show_plot(plot, step=step, marks=marks, summary=_typical(learning, step))


def _plot(learning: Learning, scale: SnapshotScale) -> Plot:
    spec, updates = learning.spec, learning.updates
    stride = math.ceil(len(updates.steps) / _MOST_POINTS)
    ratios = np.maximum(updates.ratios[::stride], _LOWEST_RATIO / 10)
    lines = tuple(
        Line(layer_title(spec, layer), updates.steps[::stride], ratios[:, place])
        for place, layer in enumerate(learning_layers(spec))
    )

    def read(pointed: Pointed) -> str:
        ratios = _typical(learning, scale.steps[pointed.index])
        return f"{ratios} at {epoch(scale.epochs[pointed.index])}"

    return Plot(
        x=scale,
        y=log_scale(*_powers(updates.ratios), _power_text),
        items=(Band(*HEALTHY_UPDATES, "healthy"), Lines(lines)),
        targets=Targets.columns(len(scale.steps)),
        read=read,
        steps=scale.steps,
    )


def _typical(learning: Learning, step: int) -> str:
    """Return the ratio of each layer around a step: ``Conv 1 1/1,000, Dense 1/800``."""
    names = [layer_title(learning.spec, layer) for layer in learning_layers(learning.spec)]
    ratios = typical_updates(learning.updates, step)
    return ", ".join(f"{name} {fraction(ratio)}" for name, ratio in zip(names, ratios, strict=False))


def _powers(ratios: NDArray[np.float64]) -> tuple[int, int]:
    """Return the exponents of the powers of ten between which the lines and the healthy range lie."""
    seen = ratios[np.isfinite(ratios) & (ratios > 0)]
    low, high = _USUAL_POWERS
    if seen.size:
        # Ignore a few small ratios, which would compress the rest; the largest show where a training diverged.
        low = min(low, math.floor(math.log10(max(np.percentile(seen, 1), _LOWEST_RATIO))))
        high = max(high, math.ceil(math.log10(seen.max())))
    return low, high


def _power_text(power: int) -> str:
    """Return a power of ten as a multiple of the weights: ``1/100``, ``1``, ``10``."""
    return fraction(10.0**power) if power < 0 else number(10.0**power, 1)
