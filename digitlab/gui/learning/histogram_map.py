"""Histograms over time as a heat map, and beside it the one of the moment on screen as bars."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.charts.snapshot_axis import SnapshotAxis
from digitlab.gui.charts.snapshot_chart import SnapshotChart
from digitlab.gui.widgets.fields import describe
from digitlab.insight.histogram import Histogram, SideBySide, side_by_side
from digitlab.words.numbers import epoch, number, percent

BARS_PX: Final = 84
_LEFT_PX: Final = 48
_BARS_GAP_PX: Final = 8
_MOST_ROWS: Final = 96

SCALE: Final = (1e-4, 0.3)
"""Shares with the first and the last colour; the scale between is logarithmic, so that the tails are seen."""


def scaled(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return places 0..1 on the scale of colours for shares; 0 for what is below it."""
    low, high = (math.log10(end) for end in SCALE)
    logarithms = np.log10(np.maximum(shares, SCALE[0]))
    places: NDArray[np.float32] = np.clip((logarithms - low) / (high - low), 0, 1)
    return places


class HistogramMap(SnapshotChart):
    """One column a moment, one row a range of values, coloured by the share of values in that range."""

    def __init__(self, name: str, title: str, values: str, explanation: str, parent: QWidget | None = None) -> None:
        """Begin empty.

        Args:
            name: Object name.
            title: What is shown.
            values: What is counted, in the plural: weights, activations.
            explanation: What it is good for, in a sentence or two.
            parent: The widget around it.
        """
        super().__init__(title, _LEFT_PX, BARS_PX, parent)
        self._values = values
        self._columns: tuple[Histogram | None, ...] = ()
        self._shown: Histogram | None = None
        self._laid: tuple[Histogram | None, ...] = ()  # what the table is of
        self._table: SideBySide | None = None
        describe(
            self,
            name,
            f"{title} over time",
            f"{explanation} From left to right the moments of the training, from below to above the values, the "
            "colour how many have that value; the bars are of the moment on screen.",
            f"{explanation} From left to right are the kept moments of the training, from below to above the values; "
            "the colour says which share of them is in that range, on a logarithmic scale so that rare values are seen "
            "too. The bars on the right are the moment on screen, on the same scale. Click, or use the arrow keys, to "
            "go to another moment.",
        )

    def show_columns(self, columns: tuple[Histogram | None, ...]) -> None:
        """Take other histograms, one a moment, None where it is not measured yet."""
        self._columns = columns
        self._lay(columns)

    def show_histogram(self, axis: SnapshotAxis, step: int, shown: Histogram | None) -> None:
        """Show the bars of another moment.

        Args:
            axis: The moments of the columns.
            step: The training step on screen.
            shown: What is there; not always one of the columns.
        """
        self._shown = shown
        if shown is not None and shown not in self._laid:
            self._lay((*self._columns, shown))
        self.show_snapshot(axis, step)

    def _lay(self, histograms: tuple[Histogram | None, ...]) -> None:
        self._laid = histograms
        self._table = side_by_side(histograms, _MOST_ROWS)
        self.renew()

    # What the chart asks for

    def words_at(self, column: int, height: float) -> str:
        """Return the moment, the range of values and its share."""
        axis, table = self.axis, self._table
        if axis is None:
            return ""
        when = epoch(axis.epochs[column]).capitalize()
        if table is None or self._columns[column] is None:
            return f"{when}: not measured yet"
        row = min(max(int(height * len(table.shares)), 0), len(table.shares) - 1)
        share = float(table.shares[row, column])
        low, high = table.low + row * table.step, table.low + (row + 1) * table.step
        if math.isnan(share):
            return f"{when}: nothing that is a number"
        return f"{when}, {number(low, 2)} to {number(high, 2)}: {percent(share)} of the {self._values}"

    def words_now(self) -> str:
        """Return the range of the values at the moment on screen, and how many are zero."""
        shown = self._shown
        if shown is None:
            return ""
        if shown.total == 0:
            return f"Not one of the {self._values} is a number"
        if shown.zeros == shown.total:
            return "all are zero"
        words = f"{number(shown.low, 2)} to {number(shown.high, 2)}"
        return f"{words}, {percent(shown.zeros / shown.total)} are zero" if shown.zeros else words

    def y_ticks(self) -> list[tuple[float, str]]:
        """Return zero and the ends of the range, those that are not too close to it."""
        table = self._table
        if table is None:
            return []
        low, high = table.low, table.high
        return [
            ((value - low) / (high - low), number(value, 2))
            for value in (low, 0.0, high)
            if (value == 0.0 and low <= 0 <= high) or abs(value) > 0.15 * (high - low)
        ]

    def paint_background(self, painter: QPainter, axis: SnapshotAxis) -> None:
        """Paint the map, unless there is only one moment, which the bars show."""
        field, palette = self.field, self.palette()
        if self._table is None or len(axis.steps) > 1:
            painter.fillRect(field, palette.color(theme.TRACK))
        if self._table is not None and len(axis.steps) > 1:
            painter.drawImage(field, self._make_image(self._table))
        bars = self.snapshot_room
        painter.fillRect(QRectF(bars.left() - 1, bars.top(), 1, bars.height()), palette.color(theme.LINE))

    @property
    def snapshot_room(self) -> QRectF:
        """Room for the bars: beside the map, or in its place."""
        field = self.field
        if self.axis is not None and len(self.axis.steps) == 1:
            return field.adjusted(0, 0, BARS_PX - _BARS_GAP_PX, 0)
        return QRectF(field.right() + _BARS_GAP_PX, field.top(), BARS_PX - 2 * _BARS_GAP_PX, field.height())

    def paint_snapshot(self, painter: QPainter) -> None:
        """Paint the bars."""
        table, shown = self._table, self._shown
        column = next((index for index, histogram in enumerate(self._laid) if histogram is shown), None)
        if table is None or shown is None or column is None or not shown.total:
            return
        room = self.snapshot_room
        shares = table.shares[::-1, column]
        places = scaled(shares)
        across = np.arange(int(room.width()))
        # The first pixel of whatever is there, however little.
        is_bar = (shares > 0)[:, np.newaxis] & (across < np.maximum(places * len(across), 1)[:, np.newaxis])
        pixels = np.zeros((*is_bar.shape, 4), dtype=np.uint8)
        pixels[..., :3] = _colours(shares)[:, np.newaxis]
        pixels[..., 3] = 255 * is_bar
        painter.drawImage(room, _image(pixels))

    def _make_image(self, table: SideBySide) -> QImage:
        """Return one pixel a column and row: transparent where not measured, the surface where there is nothing."""
        shares = table.shares[::-1, : len(self._columns)]
        surface = self.palette().color(theme.SURFACE)
        pixels = np.empty((*shares.shape, 4), dtype=np.uint8)
        pixels[..., :3] = _colours(np.nan_to_num(shares))
        pixels[..., 3] = 255
        pixels[shares == 0] = (surface.red(), surface.green(), surface.blue(), 255)
        pixels[np.isnan(shares)] = 0
        return _image(pixels)


def _colours(shares: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the colours of shares, shape (..., 3)."""
    return theme.sequential_table()[(scaled(shares) * 255).astype(np.uint8)]


def _image(pixels: NDArray[np.uint8]) -> QImage:
    """Return an image of pixels, shape (height, width, 4), not premultiplied."""
    height, width, _ = pixels.shape
    # A copy: the image does not keep the array alive.
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
