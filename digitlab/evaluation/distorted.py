"""The accuracy of a network on distorted digits, by kind and strength."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import DigitSet
from digitlab.data.drawing.distortions import KINDS, STRENGTHS, Kind, distorted
from digitlab.data.drawing.photographs import PHOTO_KINDS, PhotoKind, photographed, read_back
from digitlab.data.drawing.strokes import Drawing
from digitlab.evaluation.reliability import wilson_interval
from digitlab.model.outputs import of_classes

INPUT_COUNT: Final = 1_000
"""Digits whose input is distorted, at most: a kind at one strength takes a third of a second with the tutorial
network."""

PHOTO_COUNT: Final = 200
"""Digits of which photos are simulated, at most: preprocessing takes ten times as long as the network, 2 s for a kind
at one strength."""

COLUMNS: Final = (0.0, *STRENGTHS)
"""The strengths of a row, with 0 for the undistorted digits."""

_CHUNK: Final = 20
"""Photos between two checks for cancellation: about a fifth of a second."""

Classify = Callable[[NDArray[np.uint8]], NDArray[np.floating] | None]
"""Takes images, shape (n, 28, 28), and returns a network's outputs, shape (n, 10) or (n, 11); None if cancelled."""


@dataclass(frozen=True, slots=True)
class Score:
    """How many of some digits are classified correctly.

    Attributes:
        correct: Number of digits classified correctly.
        count: Number of digits, at least 1.
    """

    correct: int
    count: int

    @property
    def accuracy(self) -> float:
        """The share classified correctly, 0..1."""
        return self.correct / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the accuracy, 0..1."""
        return wilson_interval(self.accuracy, self.count)


@dataclass(frozen=True, slots=True)
class DistortedRow:
    """The accuracy for one kind of distortion.

    Attributes:
        kind: The kind.
        scores: The score at each strength of ``COLUMNS``, the first ones so far.
    """

    kind: Kind | PhotoKind
    scores: tuple[Score, ...] = ()

    @property
    def is_photo(self) -> bool:
        """Whether a photo is distorted, before preprocessing, instead of the network's input."""
        return isinstance(self.kind, PhotoKind)


EMPTY_ROWS: Final = (*map(DistortedRow, KINDS.values()), *map(DistortedRow, PHOTO_KINDS.values()))
"""The rows of a table before anything is evaluated: first the kinds on the network's input, then those of photos."""


class DistortedDigits:
    """A sample of digits, distorted in every way; photos are kept, so that a second network is evaluated sooner."""

    def __init__(self, digits: DigitSet, drawings: Sequence[Drawing] = ()) -> None:
        """Draw the sample.

        Args:
            digits: The digits, at least one.
            drawings: Their strokes, of which sharper photos are made; empty if there are only images.
        """
        self._digits = digits
        self._drawings = drawings
        # Files are often sorted by digit: the first images alone would not represent the rest.
        self._order = np.random.default_rng(0).permutation(len(digits))[:INPUT_COUNT]
        self._photos: dict[tuple[str, float], NDArray[np.uint8]] = {}

    def evaluate(
        self, classify: Classify, progress: Callable[[float], None], is_cancelled: Callable[[], bool]
    ) -> Iterator[tuple[DistortedRow, ...]]:
        """Evaluate a network, cell by cell; ends early if cancelled.

        Args:
            classify: The network.
            progress: Called with the completed share, 0..1.
            is_cancelled: Called from time to time.

        Yields:
            All rows, with one score more each time.
        """
        rows = list(EMPTY_ROWS)
        cells = [(index, strength) for index in range(len(rows)) for strength in COLUMNS]
        clean: dict[bool, Score] = {}  # the same for all kinds
        for done, (index, strength) in enumerate(cells):
            progress(done / len(cells))
            row = rows[index]
            score = clean.get(row.is_photo) if strength == 0.0 else None
            if score is None:
                score = self._score(row, strength, classify, is_cancelled)
            if score is None:
                return
            if strength == 0.0:
                clean[row.is_photo] = score
            rows[index] = DistortedRow(row.kind, (*row.scores, score))
            yield tuple(rows)

    def _score(
        self, row: DistortedRow, strength: float, classify: Classify, is_cancelled: Callable[[], bool]
    ) -> Score | None:
        chosen = self._order[:PHOTO_COUNT] if row.is_photo else self._order
        if row.is_photo:
            images = self._read_photos(row.kind.name, strength, chosen, is_cancelled)
        else:
            images = distorted(self._digits.images[chosen], row.kind.name, strength, _rng(row.kind.name))
        outputs = None if images is None else classify(images)
        if outputs is None:
            return None
        correct = of_classes(outputs, len(self._digits.classes)).argmax(axis=1) == self._digits.labels[chosen]
        return Score(int(correct.sum()), len(chosen))

    def _read_photos(
        self, kind: str, strength: float, chosen: NDArray[np.intp], is_cancelled: Callable[[], bool]
    ) -> NDArray[np.uint8] | None:
        """Return the network's input for a photo of each chosen digit; None if cancelled."""
        key = kind, strength
        if key not in self._photos:
            images = np.empty((len(chosen), *self._digits.images.shape[1:]), np.uint8)
            for place, index in enumerate(chosen.tolist()):
                if place % _CHUNK == 0 and is_cancelled():
                    return None
                digit = self._drawings[index] if self._drawings else self._digits.images[index]
                images[place] = read_back(photographed(digit, kind, strength, _rng(kind, index)))
            self._photos[key] = images
        return self._photos[key]


def _rng(kind: str, index: int = 0) -> np.random.Generator:
    """Return the random source of a kind, the same for every strength, so that the columns can be compared."""
    return np.random.default_rng([index, *kind.encode()])
