"""Strokes of a pen, and drawings made of them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digitlab.system.errors import DigitLabError

NEUTRAL_PRESSURE: Final = 0.5
"""The pressure of a mouse, or of a file without pressure; it gives the pen its nominal width."""


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """One stroke of the pen, from pen down to pen up.

    Attributes:
        points: Shape (n, 3), float64, read-only, n >= 1: x to the right, y down (in any unit), and pressure 0..1.
    """

    points: NDArray[np.float64]

    @classmethod
    def of(cls, points: ArrayLike) -> "Stroke":
        """Create a stroke from points.

        Args:
            points: Shape (n, 2) or (n, 3): x, y and optionally pressure 0..1.

        Raises:
            DigitLabError: If the points are empty, have another shape or are not finite.
        """
        array = np.array(points, dtype=np.float64)
        if array.ndim != 2 or array.shape[0] == 0 or array.shape[1] not in (2, 3):
            raise DigitLabError(
                f"A stroke has the shape {array.shape}.", expected="A stroke is a list of [x, y] or [x, y, pressure]."
            )
        if not np.isfinite(array).all():
            raise DigitLabError("A stroke has a coordinate that is not a finite number.")
        if array.shape[1] == 2:
            array = np.column_stack([array, np.full(len(array), NEUTRAL_PRESSURE)])
        array[:, 2] = np.clip(array[:, 2], 0.0, 1.0)
        array.flags.writeable = False
        return cls(array)


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A drawing: strokes in order, and the intended digit, if known.

    Attributes:
        strokes: The strokes in the order of drawing. Empty for a blank canvas.
        label: The intended digit 0..9, or None.
    """

    strokes: tuple[Stroke, ...] = ()
    label: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it has no strokes."""
        return not self.strokes
