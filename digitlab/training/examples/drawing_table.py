"""Many drawings in three arrays, for fast selection of any subset."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.ink import Ink
from digitlab.data.drawing.strokes import Drawing


@dataclass(frozen=True, slots=True, eq=False)
class DrawingTable:
    """Drawings, stored one after another.

    Attributes:
        points: Shape (n, 3), float64: x, y and pressure of all points, drawing after drawing, stroke after stroke.
        point_counts: Shape (strokes,), intp: the number of points of each stroke, at least 1.
        stroke_counts: Shape (drawings,), intp: the number of strokes of each drawing.
    """

    points: NDArray[np.float64]
    point_counts: NDArray[np.intp]
    stroke_counts: NDArray[np.intp]

    @classmethod
    def of(cls, drawings: Sequence[Drawing]) -> "DrawingTable":
        """Store drawings."""
        strokes = [stroke.points for drawing in drawings for stroke in drawing.strokes]
        return cls(
            np.concatenate(strokes) if strokes else np.empty((0, 3)),
            np.array([len(stroke) for stroke in strokes], dtype=np.intp),
            np.array([len(drawing.strokes) for drawing in drawings], dtype=np.intp),
        )

    def __len__(self) -> int:
        """Return the number of drawings."""
        return len(self.stroke_counts)

    def picked(self, indices: NDArray[np.intp]) -> "DrawingTable":
        """Return the drawings at the given indices, in that order; an index may occur more than once."""
        strokes = _ranges(self.stroke_counts, indices)
        return DrawingTable(
            self.points[_ranges(self.point_counts, strokes)], self.point_counts[strokes], self.stroke_counts[indices]
        )

    def ink(self) -> Ink:
        """Return the drawings as ink."""
        owners = np.repeat(np.arange(len(self)), self.stroke_counts)
        return Ink.of_points(self.points, self.point_counts, owners, len(self))


def _ranges(counts: NDArray[np.intp], chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the indices of all items of the chosen groups, the groups of the given sizes being contiguous."""
    starts, sizes = (np.cumsum(counts) - counts)[chosen], counts[chosen]
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))
