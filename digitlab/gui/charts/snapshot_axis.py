"""The moments of a run as the horizontal axis that all charts of the room share. No Qt in here."""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitlab.words.numbers import epoch_figure


@dataclass(frozen=True, slots=True)
class SnapshotAxis:
    """Moments side by side, each as wide as the next: as on the time slider, the beginning takes much room.

    Attributes:
        steps: Number of batches trained before each moment, ascending; at least one.
        epochs: The same in epochs.
    """

    steps: tuple[int, ...]
    epochs: tuple[float, ...]

    def positions(self, steps: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return where moments stand, 0..1 from the left edge to the right; those between columns lie between them.

        Args:
            steps: Shape (n,): numbers of batches trained; beyond the ends they stand at the ends.
        """
        places: NDArray[np.float64] = np.interp(steps, self.steps, np.arange(len(self.steps)) + 0.5)
        return places / len(self.steps)

    def position(self, step: int) -> float:
        """Return where one moment stands, 0..1."""
        right = bisect_right(self.steps, step)
        if right in (0, len(self.steps)):
            return (min(max(right - 1, 0), len(self.steps) - 1) + 0.5) / len(self.steps)
        before, after = self.steps[right - 1 : right + 1]
        return (right - 0.5 + (step - before) / (after - before)) / len(self.steps)

    def column_at(self, position: float) -> int:
        """Return the column at a position 0..1."""
        return min(max(int(position * len(self.steps)), 0), len(self.steps) - 1)

    def nearest(self, step: int) -> int:
        """Return the column whose moment is nearest to a step."""
        return min(range(len(self.steps)), key=lambda column: abs(self.steps[column] - step))

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return up to so many positions to write an epoch at, with the texts; the first and the last among them."""
        count = len(self.steps)
        columns = sorted({round(place) for place in np.linspace(0, count - 1, min(max(most, 2), count))})
        return [((column + 0.5) / count, epoch_figure(self.epochs[column])) for column in columns]
