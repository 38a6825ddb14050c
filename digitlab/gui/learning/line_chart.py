"""Lines over the moments of a run: how long steps are, and how many units are dead."""

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.fields import describe
from digitlab.gui.learning.moment_axis import MomentAxis
from digitlab.gui.learning.moment_chart import TITLE_PX, MomentChart
from digitlab.gui.learning.wording import epoch, fraction, layer_title, percent, typical_updates
from digitlab.gui.values import Learning, Updates
from digitlab.insight.health import HEALTHY_UPDATES, MANY_DEAD
from digitlab.insight.learning import Moment, learning_layers
from digitlab.model.spec import ModelSpec

NAMES_PX: Final = 88
_SAMPLE_PX: Final = 20
_NAME_PX: Final = 14
_MOST_POINTS: Final = 400
_LOWEST_UPDATE: Final = 1e-7
_LONGEST_UPDATE: Final = 100.0

_COLOURS_LIGHT: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#000000")
_COLOURS_DARK: Final = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#F0E442")
"""Of the Okabe-Ito set (Okabe and Ito 2008), those that stand out from each surface."""

_DASHES: Final[tuple[tuple[float, ...], ...]] = ((), (5, 2.5), (1.5, 2), (6, 2, 1.5, 2), (9, 3), (3, 2, 1, 2, 1, 2))
"""Lines differ in these too, in units of their width."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One layer's line.

    Attributes:
        name: The layer.
        places: Shape (n,), 0..1 from left to right, ascending.
        heights: Shape (n,), 0..1 from below; NaN where there is nothing.
    """

    name: str
    places: NDArray[np.float64]
    heights: NDArray[np.float64]


def line_pen(palette: QPalette, index: int) -> QPen:
    """Return the pen of a line by its number: its colour and its dashes."""
    colours = _COLOURS_DARK if theme.is_dark(palette) else _COLOURS_LIGHT
    pen = QPen(QColor(colours[index % len(colours)]), 1.8)
    # Seven layers and more: the colours come again, with other dashes.
    dashes = _DASHES[(index + index // len(colours)) % len(_DASHES)]
    if dashes:
        pen.setDashPattern(dashes)
    return pen


class LineChart(MomentChart):
    """Paints lines with their names beside their ends."""

    def __init__(self, title: str, left_px: int, parent: QWidget | None = None) -> None:
        """Begin without lines."""
        super().__init__(title, left_px, NAMES_PX, parent)
        self._lines: tuple[Line, ...] = ()
        self._learning: Learning | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is painted."""
        return self._lines

    def take(self, learning: Learning, axis: MomentAxis, step: int, lines: tuple[Line, ...]) -> None:
        """Show other lines, or the same at another moment."""
        words = self.words_instead
        is_other = lines is not self._lines
        self._learning, self._lines = learning, lines
        self.show_moment(axis, step)
        if is_other or self.words_instead != words:
            self.renew()

    @property
    @abstractmethod
    def words_instead(self) -> str:
        """What to say where there are no lines to paint; empty where there are."""

    @property
    def spans_moments(self) -> bool:
        """Whether there are lines over the moments."""
        return not self.words_instead and super().spans_moments

    @property
    def readout(self) -> str:
        """What is written beside the title; nothing where the same words stand below."""
        return "" if self.words_instead else super().readout

    def paint_ground(self, painter: QPainter, axis: MomentAxis) -> None:
        """Paint the lines, or words instead."""
        del axis
        if self.words_instead:
            painter.setPen(self.palette().color(theme.QUIET))
            room = QRectF(self.rect()).adjusted(theme.SPACE_S, TITLE_PX, -theme.SPACE_S, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.words_instead)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = self.field
        painter.save()
        painter.setClipRect(field.adjusted(0, -2, 0, 2))
        for index, line in enumerate(self._lines):
            painter.setPen(line_pen(self.palette(), index))
            known = np.isfinite(line.heights)
            xs = field.left() + line.places[known] * field.width()
            ys = field.bottom() - line.heights[known] * field.height()
            points = [QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
            if len(points) == 1:
                points.append(points[0] + QPointF(4, 0))
            painter.drawPolyline(QPolygonF(points))
        painter.restore()
        self._paint_names(painter, field)

    def _paint_names(self, painter: QPainter, field: QRectF) -> None:
        """Write the names beside the lines' ends, moved apart where they would cover each other."""
        ends = []
        for index, line in enumerate(self._lines):
            known = np.flatnonzero(np.isfinite(line.heights))
            if len(known):
                ends.append((self.pixel(1.0, float(line.heights[known[-1]])).y(), index))
        ends.sort()
        y = -math.inf
        highest = field.bottom() + _NAME_PX / 2 - _NAME_PX * len(ends)
        for nth, (end, index) in enumerate(ends):
            y = max(min(end, highest + nth * _NAME_PX), y + _NAME_PX, field.top())
            left = field.right() + 6
            painter.setPen(line_pen(self.palette(), index))
            painter.drawLine(QPointF(left, y), QPointF(left + _SAMPLE_PX, y))
            painter.setPen(self.palette().color(theme.TEXT))
            room = QRectF(left + _SAMPLE_PX + 4, y - _NAME_PX / 2, self.width() - left - _SAMPLE_PX - 4, _NAME_PX)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._lines[index].name)


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

    def show_learning(self, learning: Learning, axis: MomentAxis, step: int) -> None:
        """Show other measurements."""
        if self._learning is None or learning.updates is not self._learning.updates or axis != self.axis:
            self._scale = _decades(learning.updates.ratios)
            lines = self._made(learning.spec, learning.updates, axis)
        else:
            lines = self.lines
        self.take(learning, axis, step, lines)

    def _made(self, spec: ModelSpec, updates: Updates, axis: MomentAxis) -> tuple[Line, ...]:
        if not len(updates.steps):
            return ()
        stride = math.ceil(len(updates.steps) / _MOST_POINTS)
        places = axis.positions(updates.steps[::stride])
        low, high = self._scale
        logarithms = np.log10(np.clip(updates.ratios[::stride], _LOWEST_UPDATE / 10, 10 * _LONGEST_UPDATE))
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
        return ", ".join(
            f"{name} {fraction(ratio) if math.isfinite(ratio) and ratio > 0 else ratio}"
            for name, ratio in zip(names, ratios, strict=True)
        )

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return the powers of ten."""
        if not self.lines:
            return []
        low, high = self._scale
        stride = 1 if high - low <= 5 else 2
        return [((power - low) / (high - low), _decade(power)) for power in range(low, high + 1, stride)]

    def paint_ground(self, painter: QPainter, axis: MomentAxis) -> None:
        """Paint the healthy band, then the lines."""
        if self.lines:
            self._paint_band(painter)
        super().paint_ground(painter, axis)

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

    def show_learning(self, learning: Learning, axis: MomentAxis, step: int) -> None:
        """Show other measurements."""
        if self._learning is None or learning.columns is not self._learning.columns:
            lines = self._made(learning, axis)
        else:
            lines = self.lines
        self.take(learning, axis, step, lines)

    def _made(self, learning: Learning, axis: MomentAxis) -> tuple[Line, ...]:
        layers = learning_layers(learning.spec)
        moments = learning.columns.moments
        shares = np.array([[_share(moment, place) for place in range(len(layers))] for moment in moments])
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
        moment = learning.columns.moments[column]
        words = "Not measured yet" if moment is None else self._words(moment)
        return f"{words} at {epoch(axis.epochs[column])}"

    def words_now(self) -> str:
        """Return the counts at the moment on screen."""
        return "" if self._learning is None or self._learning.shown is None else self._words(self._learning.shown)

    def _words(self, moment: Moment) -> str:
        assert self._learning is not None
        spec = self._learning.spec
        counts = [
            f"{layer_title(spec, layer)} {int(dead.sum())}/{len(dead)}"
            for layer, dead in zip(learning_layers(spec), (entry.dead for entry in moment.layers), strict=True)
            if dead is not None
        ]
        return ", ".join(counts) or "No layer has a ReLU."

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return shares from none to the highest."""
        if self.words_instead:
            return []
        return [(height, percent(height * self._highest)) for height in (0.0, 0.5, 1.0)]


def _share(moment: Moment | None, place: int) -> float:
    """Return the share of a layer's units that are dead; NaN where it is not known."""
    if moment is None:
        return math.nan
    dead = moment.layers[place].dead
    return math.nan if dead is None else float(dead.mean())


def _decades(ratios: NDArray[np.float64]) -> tuple[int, int]:
    """Return the powers of ten that the lines and the healthy band lie between."""
    seen = ratios[np.isfinite(ratios) & (ratios > 0)]
    low, high = -5, -1
    if seen.size:
        # A few outliers must not press the rest together.
        shortest, longest = np.percentile(seen, (1, 99.5))
        low = min(low, math.floor(math.log10(max(shortest, _LOWEST_UPDATE))))
        high = max(high, math.ceil(math.log10(min(longest, _LONGEST_UPDATE))))
    return low, high


def _decade(power: int) -> str:
    """Return a power of ten as a share of the weights: ``1/100``, ``1``, ``10``."""
    return fraction(10.0**power) if power < 0 else f"{10**power}"
