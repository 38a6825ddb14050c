"""How long the steps of a training are, as shares of the weights."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.charts.line_chart import Line, LineChart
from digitlab.gui.charts.snapshot_axis import SnapshotAxis
from digitlab.gui.learning.wording import layer_title, typical_updates
from digitlab.gui.session.values import Learning, Updates
from digitlab.gui.widgets.fields import describe
from digitlab.insight.health import HEALTHY_UPDATES
from digitlab.insight.learning import learning_layers
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import epoch, fraction, number

_MOST_POINTS: Final = 400
_LOWEST_UPDATE: Final = 1e-7


class UpdateChart(LineChart):
    """How far each step moved the weights of each layer, on a logarithmic scale, with the healthy band."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__("Length of a step", 76, parent)
        self._scale = (-5, -1)
        describe(
            self,
            "updateChart",
            "Length of a step over time",
            "How far one training step moves a layer's weights, as a share of the weights. In the shaded band, about "
            "1/1000, the learning rate is about right.",
            "The length of the change of a layer's weights in one step over the length of the weights, on a "
            "logarithmic scale. About 1/1000 is a rule of thumb (Stanford CS231n); the shaded band is a factor of ten "
            "on either side. Above it the learning rate is likely too high, below it perhaps too low. Click, or use "
            "the arrow keys, to go to another moment.",
        )

    def show_learning(self, learning: Learning, axis: SnapshotAxis, step: int) -> None:
        """Show other measurements."""
        if self._learning is None or learning.updates is not self._learning.updates or axis != self.axis:
            self._scale = _decades(learning.updates.ratios)
            lines = self._made(learning.spec, learning.updates, axis)
        else:
            lines = self.lines
        self.take(learning, axis, step, lines)

    def _made(self, spec: ModelSpec, updates: Updates, axis: SnapshotAxis) -> tuple[Line, ...]:
        if not len(updates.steps):
            return ()
        stride = math.ceil(len(updates.steps) / _MOST_POINTS)
        places = axis.positions(updates.steps[::stride])
        low, high = self._scale
        logarithms = np.log10(np.maximum(updates.ratios[::stride], _LOWEST_UPDATE / 10))
        heights = (logarithms - low) / (high - low)
        return tuple(
            Line(layer_title(spec, layer), places, heights[:, place])
            for place, layer in enumerate(learning_layers(spec))
        )

    @property
    def words_instead(self) -> str:
        """Say that nothing was measured."""
        if self.lines:
            return ""
        return "Not measured in this run." if self._is_of_run else "Only a training shows how long its steps are."

    @property
    def _is_of_run(self) -> bool:
        return self._learning is not None and self._learning.is_of_run

    def words_at(self, column: int, height: float) -> str:
        """Return the lengths of the steps about a moment."""
        del height
        axis = self.axis
        if axis is None or not self.lines:
            return ""
        return f"{self._words(axis.steps[column])} at {epoch(axis.epochs[column])}"

    def words_now(self) -> str:
        """Return the lengths of the steps about the moment on screen."""
        return self._words(self.step)

    def _words(self, step: int) -> str:
        learning = self._learning
        if learning is None:
            return ""
        ratios = typical_updates(learning.updates, step)
        if not ratios:
            return self.words_instead
        names = [layer_title(learning.spec, layer) for layer in learning_layers(learning.spec)]
        return ", ".join(f"{name} {fraction(ratio)}" for name, ratio in zip(names, ratios, strict=True))

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return the powers of ten."""
        if not self.lines:
            return []
        low, high = self._scale
        stride = math.ceil((high - low) / 5)
        return [((power - low) / (high - low), _decade(power)) for power in range(low, high + 1, stride)]

    def paint_background(self, painter: QPainter, axis: SnapshotAxis) -> None:
        """Paint the healthy band, then the lines."""
        if self.lines:
            self._paint_band(painter)
        super().paint_background(painter, axis)

    def _paint_band(self, painter: QPainter) -> None:
        low, high = self._scale
        bottom, top = ((math.log10(end) - low) / (high - low) for end in HEALTHY_UPDATES)
        band = QRectF(self.pixel(0.0, top), self.pixel(1.0, bottom))
        colour = self.palette().color(theme.ACCENT)
        colour.setAlphaF(0.12)
        painter.fillRect(band, colour)
        painter.setPen(self.palette().color(theme.QUIET))
        painter.drawText(
            band.adjusted(4, 1, -4, -1), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, "healthy"
        )


def _decades(ratios: NDArray[np.float64]) -> tuple[int, int]:
    """Return the powers of ten that the lines and the healthy band lie between."""
    seen = ratios[np.isfinite(ratios) & (ratios > 0)]
    low, high = -5, -1
    if seen.size:
        # A few short ones must not press the rest together; the longest tell where a training broke down.
        low = min(low, math.floor(math.log10(max(np.percentile(seen, 1), _LOWEST_UPDATE))))
        high = max(high, math.ceil(math.log10(seen.max())))
    return low, high


def _decade(power: int) -> str:
    """Return a power of ten as a share of the weights: ``1/100``, ``1``, ``10``."""
    return fraction(10.0**power) if power < 0 else number(10.0**power, 1)
