"""The histograms of all snapshots as a heat map, and that of the snapshot on screen as bars beside it."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart
from digitlab.gui.charts.items import Area, Mark, SnapshotMarker
from digitlab.gui.charts.plot import Plot, Pointed, snapshots_frame
from digitlab.gui.charts.scales import NO_SCALE, SnapshotScale, Targets, ValueScale
from digitlab.gui.widgets.fields import describe
from digitlab.insight.histogram import Histogram, SideBySide, side_by_side
from digitlab.words.numbers import epoch, number, percent

_BARS_PX: Final = 84
_LEFT_PX: Final = 48
_BARS_GAP_PX: Final = 8
_MOST_ROWS: Final = 96

SCALE: Final = (1e-4, 0.3)
"""Shares of the first and the last colour; the scale between is logarithmic, so that the tails are visible."""


def scaled(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the positions 0..1 of shares on the colour scale; 0 for shares below it."""
    low, high = (math.log10(end) for end in SCALE)
    logarithms = np.log10(np.maximum(shares, SCALE[0]))
    places: NDArray[np.float32] = np.clip((logarithms - low) / (high - low), 0, 1)
    return places


class HistogramMap(Chart):
    """One column per snapshot, one row per range of values, coloured by the share of values in that range."""

    def __init__(self, name: str, title: str, values: str, explanation: str, parent: QWidget | None = None) -> None:
        """Create an empty map.

        Args:
            name: Object name.
            title: Title of the map.
            values: The noun for the counted values, in the plural: weights, activations.
            explanation: Its purpose, in a sentence or two.
            parent: The widget around it.
        """
        super().__init__(snapshots_frame(title, _LEFT_PX, _BARS_PX), parent)
        self._values = values
        self._columns: tuple[Histogram | None, ...] = ()
        self._laid: tuple[Histogram | None, ...] = ()  # the histograms in the table
        self._table: SideBySide | None = None
        self._scale: SnapshotScale | None = None
        describe(
            self,
            name,
            f"{title} over time",
            f"{explanation} Snapshots are shown from left to right, values from bottom to top; the colour is the share "
            "of the values in a range. The bars are the snapshot on screen.",
            f"{explanation} The kept snapshots of the training are shown from left to right, values from bottom to "
            "top; the colour is the share of the values in a range, on a logarithmic scale so that rare values are "
            "visible too. The bars on the right are the snapshot on screen, with the same vertical axis. Click, or use "
            "the arrow keys, to go to another snapshot.",
        )

    def show_histograms(
        self,
        scale: SnapshotScale,
        columns: tuple[Histogram | None, ...],
        step: int,
        shown: Histogram | None,
        waiting: str = "",
    ) -> None:
        """Show the histograms of snapshots; with unchanged columns, only the bars are painted again.

        Args:
            scale: The snapshots.
            columns: The histogram of each, None where it is not measured yet.
            step: Training step of the snapshot on screen.
            shown: Its histogram, which is not always one of the columns; None while unknown.
            waiting: Why there is no histogram yet; empty if there is one.
        """
        if waiting:
            self._columns, self._scale = (), None
            self.show_plot(self.plot if self.plot.message == waiting else Plot(message=waiting), step=step)
            return
        is_new = columns is not self._columns or scale is not self._scale
        self._columns, self._scale = columns, scale
        if is_new or (shown is not None and shown not in self._laid):
            self._laid = columns if shown is None or shown in columns else (*columns, shown)
            self._table = side_by_side(self._laid, _MOST_ROWS)
            is_new = True
        plot = _plot(scale, columns, self._table, self._values) if is_new else self.plot
        self.show_plot(plot, step=step, marks=self._marks_of(scale, step, shown), summary=_summary(shown, self._values))

    def _marks_of(self, scale: SnapshotScale, step: int, shown: Histogram | None) -> tuple[Mark, ...]:
        is_alone = len(scale.steps) == 1
        shares = np.empty(0, np.float32)
        if self._table is not None and shown is not None and shown.total:
            column = next(index for index, histogram in enumerate(self._laid) if histogram is shown)
            shares = self._table.shares[::-1, column]
        bars = HistogramBars(shares, is_alone=is_alone)
        return (bars,) if is_alone else (bars, SnapshotMarker(scale.place(step)))


def _plot(scale: SnapshotScale, columns: tuple[Histogram | None, ...], table: SideBySide | None, values: str) -> Plot:
    heat_map = HeatMap(None if table is None else table.shares[::-1, : len(columns)], is_alone=len(scale.steps) == 1)
    return Plot(
        x=scale,
        y=NO_SCALE if table is None else _value_scale(table.low, table.high),
        items=(heat_map,),
        targets=Targets.columns(len(scale.steps)),
        read=_reader(scale, columns, table, values),
        steps=scale.steps,
    )


def _value_scale(low: float, high: float) -> ValueScale:
    """Return a scale with ticks at zero and at the ends of the range that are not too close to it."""
    labels = tuple(
        (value, number(value, 2))
        for value in (low, 0.0, high)
        if (value == 0.0 and low <= 0 <= high) or abs(value) > 0.15 * (high - low)
    )
    return ValueScale(low, high, labels)


def _reader(
    scale: SnapshotScale, columns: tuple[Histogram | None, ...], table: SideBySide | None, values: str
) -> Callable[[Pointed], str]:
    def read(pointed: Pointed) -> str:
        """Return the snapshot, the range of values and its share."""
        column = pointed.index
        when = epoch(scale.epochs[column]).capitalize()
        if table is None or columns[column] is None:
            return f"{when}: not measured yet"
        row = min(max(int(pointed.height * len(table.shares)), 0), len(table.shares) - 1)
        share = float(table.shares[row, column])
        low, high = table.low + row * table.step, table.low + (row + 1) * table.step
        if math.isnan(share):
            return f"{when}: no finite values"
        return f"{when}, {number(low, 2)} to {number(high, 2)}: {percent(share)} of the {values}"

    return read


def _summary(shown: Histogram | None, values: str) -> str:
    """Return the range of the values of a snapshot, and how many are zero."""
    if shown is None:
        return ""
    if shown.total == 0:
        return f"None of the {values} are finite"
    if shown.zeros == shown.total:
        return "all are zero"
    text = f"{number(shown.low, 2)} to {number(shown.high, 2)}"
    return f"{text}, {percent(shown.zeros / shown.total)} are zero" if shown.zeros else text


def _bars_space(area: Area, *, is_alone: bool) -> QRectF:
    """Return the space of the bars: beside the map, or instead of it if there is only one snapshot."""
    field = area.field
    if is_alone:
        return field.adjusted(0, 0, _BARS_PX - _BARS_GAP_PX, 0)
    return QRectF(field.right() + _BARS_GAP_PX, field.top(), _BARS_PX - 2 * _BARS_GAP_PX, field.height())


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """The heat map.

    Attributes:
        shares: Share of the values in each cell, shape (rows, columns), the highest values first; NaN where not
            measured. None before anything is measured.
        is_alone: Whether there is only one snapshot; then the bars replace the map.
    """

    shares: NDArray[np.float32] | None
    is_alone: bool

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint the map over the colour for missing measurements, and the base line of the bars."""
        field, palette = area.field, area.palette
        if self.shares is None or not self.is_alone:
            painter.fillRect(field, palette.color(theme.TRACK))
        if self.shares is not None and not self.is_alone:
            painter.drawImage(field, self._image(self.shares, area))
        bars = _bars_space(area, is_alone=self.is_alone)
        painter.fillRect(QRectF(bars.left() - 1, bars.top(), 1, bars.height()), palette.color(theme.LINE))

    def _image(self, shares: NDArray[np.float32], area: Area) -> QImage:
        """Return an image with a pixel per cell: transparent if not measured, the surface's colour if empty."""
        surface = area.palette.color(theme.SURFACE)
        pixels = np.empty((*shares.shape, 4), dtype=np.uint8)
        pixels[..., :3] = _colours(np.nan_to_num(shares))
        pixels[..., 3] = 255
        pixels[shares == 0] = (surface.red(), surface.green(), surface.blue(), 255)
        pixels[np.isnan(shares)] = 0
        return _image(pixels)


@dataclass(frozen=True, slots=True, eq=False)
class HistogramBars:
    """One histogram as horizontal bars.

    Attributes:
        shares: Share of the values in each row, shape (rows,), the highest values first; empty for no bars.
        is_alone: Whether the bars replace the map.
    """

    shares: NDArray[np.float32]
    is_alone: bool

    def bounds(self, area: Area) -> QRectF:
        """Return the space of the bars."""
        return _bars_space(area, is_alone=self.is_alone)

    def paint(self, painter: QPainter, area: Area) -> None:
        """Paint the bars."""
        if not len(self.shares):
            return
        space = self.bounds(area)
        across = np.arange(int(space.width()))
        # At least one pixel for the smallest share.
        lengths = np.maximum(scaled(self.shares) * len(across), 1)
        is_bar = (self.shares > 0)[:, np.newaxis] & (across < lengths[:, np.newaxis])
        pixels = np.zeros((*is_bar.shape, 4), dtype=np.uint8)
        pixels[..., :3] = _colours(self.shares)[:, np.newaxis]
        pixels[..., 3] = 255 * is_bar
        painter.drawImage(space, _image(pixels))


def _colours(shares: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the colours of shares, shape (..., 3)."""
    return theme.sequential_table()[(scaled(shares) * 255).astype(np.uint8)]


def _image(pixels: NDArray[np.uint8]) -> QImage:
    """Return an image of pixels, shape (height, width, 4), not premultiplied."""
    height, width, _ = pixels.shape
    # A copy, because the image does not keep the array alive.
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
