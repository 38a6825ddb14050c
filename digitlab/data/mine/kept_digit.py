"""A digit that the user drew and kept with its true label."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.raster import render
from digitlab.data.drawing.strokes import Drawing


@dataclass(frozen=True, slots=True, eq=False)
class KeptDigit:
    """One of the user's own digits.

    Attributes:
        id: Its permanent number, 1..2^62; a relabelled digit keeps it.
        drawing: The strokes, at least one, with the label 0..9; the canvas is the unit square.
        image: Shape (28, 28), uint8, read-only: the drawing as the network's input.
        kept_at: When it was kept, with a time zone.
    """

    id: int
    drawing: Drawing
    image: NDArray[np.uint8]
    kept_at: datetime

    @classmethod
    def of(cls, drawing: Drawing, label: int, image: NDArray[np.uint8] | None = None) -> "KeptDigit":
        """Create a digit from a drawing, with a new number and the present time.

        Args:
            drawing: At least one stroke.
            label: The true digit, 0..9.
            image: Its rendering, if it was already rendered.
        """
        # Random, so that two windows never give the same number and neither has to wait for the file.
        number = secrets.randbelow(2**62) + 1
        return cls(number, Drawing(drawing.strokes, label), _frozen(drawing, image), datetime.now(UTC))

    @property
    def label(self) -> int:
        """The true digit, 0..9."""
        label = self.drawing.label
        assert label is not None
        return label

    def relabelled(self, label: int) -> "KeptDigit":
        """Return the same digit with another label, 0..9."""
        return replace(self, drawing=Drawing(self.drawing.strokes, label))


def _frozen(drawing: Drawing, image: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    image = render(drawing) if image is None else image
    image.flags.writeable = False
    return image
