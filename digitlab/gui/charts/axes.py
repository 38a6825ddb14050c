"""The axes of the zoomable plot: epochs below, values with grid lines on the left. Needs pyqtgraph: import it late."""

import math
from collections.abc import Callable
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QPalette, QPen
from PySide6.QtWidgets import QGraphicsItem

from digitlab.gui import theme
from digitlab.gui.charts.ranges import log_ticks
from digitlab.words.numbers import EPOCH_STEP, epoch_number

_LEFT_PX: Final = 48
_BOTTOM_PX: Final = 40
_TICK_PX: Final = 4
_TEXT_GAP_PX: Final = 7
_LOG_TICK_SPACE_PX: Final = 20
_WHOLE_EPOCHS_FROM: Final = 3
"""Fractions of epochs are labelled only if fewer epochs than this are on screen."""

_GRID_ALPHA: Final = 128
"""Opacity of grid lines: halfway between the line colour and the surface; 255 would be opaque."""

Ticks = list[tuple[float | None, list[float]]]


class PlotAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis in the theme's colours and small font."""

    def __init__(self, orientation: str, density: float) -> None:
        """Create an axis.

        Args:
            orientation: Side of the plot: ``bottom`` or ``left``.
            density: Number of ticks, as a multiple of the usual number.
        """
        super().__init__(orientation)
        self.setStyle(
            tickFont=theme.small_font(QFont()), maxTickLevel=0, hideOverlappingLabels=False, autoExpandTextSpace=False
        )
        self.setTickDensity(density)
        self.enableAutoSIPrefix(False)
        # Cached: replaying its picture at every repaint would take as long as the curves (6 ms of 10, measured).
        for item in (self, self.label):
            item.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)

    def restyle(self, palette: QPalette) -> None:
        """Apply the colours of a palette."""
        self.setPen(palette.color(theme.LINE))
        self.setTickPen(palette.color(theme.LINE))
        self.setTextPen(palette.color(theme.QUIET))


class EpochAxis(PlotAxis):
    """The epochs, at the bottom."""

    def __init__(self) -> None:
        """Create the axis with its label."""
        super().__init__("bottom", density=2.4)
        self.setStyle(tickLength=_TICK_PX, tickTextOffset=2)
        self.setLabel("epoch", **{"font-size": f"{theme.FONT_SMALL_PX}px"})
        self.setHeight(_BOTTOM_PX)

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:  # noqa: N802, N803
        """Return the spacing of ticks: whole epochs, unless only a few are on screen; never finer than their texts."""
        levels: list[tuple[float, float]] = super().tickSpacing(minVal, maxVal, size)
        least = EPOCH_STEP if maxVal > EPOCH_STEP else EPOCH_STEP / 10
        if maxVal - minVal >= _WHOLE_EPOCHS_FROM:
            least = 1.0
        return [(max(spacing, least), offset) for spacing, offset in levels]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return epochs as text."""
        del scale, spacing
        return [epoch_number(value) for value in values]


class ValueAxis(PlotAxis):
    """The values, on the left, with grid lines."""

    def __init__(self, write: Callable[[float], str]) -> None:
        """Create the axis; ``write`` returns the text of a value."""
        super().__init__("left", density=1.5)
        self._write = write
        self.setStyle(tickLength=0, tickTextOffset=_TEXT_GAP_PX)
        self.setGrid(_GRID_ALPHA)
        self.setWidth(_LEFT_PX)

    def restyle(self, palette: QPalette) -> None:
        """Apply the colours of a palette; the axis has a grid instead of a line."""
        super().restyle(palette)
        self.setPen(QPen(QColor(0, 0, 0, 0)))

    def boundingRect(self) -> QRectF:  # noqa: N802
        """Return the painted area, which includes the outer halves of the texts at both ends."""
        half = theme.FONT_SMALL_PX
        rect: QRectF = super().boundingRect().adjusted(0, -half, 0, half)
        return rect

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Ticks:  # noqa: N802, N803
        """Return the values to label; on a logarithmic scale, their base-10 logarithms."""
        if not self.logMode:
            levels: Ticks = super().tickValues(minVal, maxVal, size)
            return levels
        most = max(int(size / _LOG_TICK_SPACE_PX), 2)
        return [(None, [math.log10(tick) for tick in log_ticks(10**minVal, 10**maxVal, most)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return values as text."""
        del scale, spacing
        return [self._write(10**value if self.logMode else value) for value in values]
