"""A map on screen: what was asked for, and the points, test digits first and own digits after them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.sketch import Sketch
from digitlab.data.held_out import HeldOutSet
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.embedding.digit_map import DigitMap, MapMethod
from digitlab.embedding.plane import Points
from digitlab.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Question:
    """What to map.

    Attributes:
        snapshot: The network and its weights.
        data: The labelled digits.
        own: The person's own digits, to be marked.
        method: How to find positions.
    """

    snapshot: Snapshot
    data: HeldOutSet
    own: tuple[KeptDigit, ...]
    method: MapMethod


@dataclass(frozen=True, slots=True, eq=False)
class ShownMap:
    """A map of digits with the own digits on it. A point is a test digit, or after those an own digit.

    Attributes:
        question: What was asked for; the map may still be by PCA while t-SNE is being computed.
        found: The map of the test digits.
        own: The own digits that are placed.
        own_points: Their positions, shape (m, 2).
    """

    question: Question
    found: DigitMap
    own: tuple[KeptDigit, ...]
    own_points: Points

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.found) + len(self.own)

    @property
    def points(self) -> Points:
        """The positions of all points, shape (n + m, 2)."""
        return np.concatenate([self.found.points, self.own_points])

    @property
    def labels(self) -> NDArray[np.uint8]:
        """The true digits of all points, shape (n + m,)."""
        own = np.array([digit.label for digit in self.own], np.uint8)
        return np.concatenate([self.found.labels, own])

    def image(self, point: int) -> NDArray[np.uint8]:
        """Return the image of a point, shape (28, 28), uint8."""
        if point >= len(self.found):
            return self.own[point - len(self.found)].image
        return np.asarray(self.question.data.digits.images[self.found.indices[point]])

    def sketch(self, point: int) -> Sketch:
        """Return a point's digit for the canvas."""
        if point >= len(self.found):
            return Sketch(self.own[point - len(self.found)].drawing)
        return self.question.data.sketch(int(self.found.indices[point]))
