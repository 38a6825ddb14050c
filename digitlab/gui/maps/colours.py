"""Values to be shown as tiles, and the colour index of each. Without Qt."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np
from numpy.typing import NDArray

TOP: Final = 254
"""Colour index of the largest value."""
MIDDLE: Final = 127
"""Colour index of zero for signed values."""
GAP_INDEX: Final = 255
"""Colour index of the background between tiles."""


class Colours(Enum):
    """Which colour table a picture uses."""

    GREY = auto()
    SEQUENTIAL = auto()
    """For values from 0 up."""
    DIVERGING = auto()
    """For signed values, symmetric about 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """A picture of tiles for a grid of tiles.

    Attributes:
        values: Shape (tiles, rows, cols), float32.
        colours: The colour table.
        limit: The value with the strongest colour.
    """

    values: NDArray[np.float32]
    colours: Colours
    limit: float


def shade(values: NDArray[np.float32], limits: NDArray[np.float32] | float) -> NDArray[np.uint8]:
    """Return colour indices of values from 0 up; values that are not finite have the index of 0."""
    return _indices(values, limits, 0, TOP)


def shade_signed(values: NDArray[np.float32], limits: NDArray[np.float32] | float) -> NDArray[np.uint8]:
    """Return colour indices of signed values: 127 is exactly 0, 0 and 254 are the limits."""
    return _indices(values, limits, MIDDLE, MIDDLE)


def _indices(
    values: NDArray[np.float32], limits: NDArray[np.float32] | float, zero: int, reach: int
) -> NDArray[np.uint8]:
    with np.errstate(over="ignore", invalid="ignore"):  # values and limits of a diverged network are infinite
        limits = np.asarray(limits, dtype=np.float32)
        scale = np.where(limits > 0, np.float32(reach) / np.maximum(limits, np.float32(1e-30)), np.float32(0))
        scaled = values * scale
        scaled += np.float32(zero + 0.5)
        if not np.isfinite(scaled.sum()):
            scaled = np.nan_to_num(scaled, nan=zero, posinf=zero + reach, neginf=0)
        return np.clip(scaled, 0, TOP, out=scaled).astype(np.uint8)
