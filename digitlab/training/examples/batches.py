"""What a training shows the network: batches of images and drawings, warped anew in every epoch.

Each batch is made when it is needed, from the seed, the epoch and its number alone. So the same seed gives the same
training bit for bit.
"""

import math
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.builtin import random_drawing
from digitlab.data.dataset import DigitSet
from digitlab.data.digit import CLASS_COUNT, IMAGE_SIDE, NO_DIGIT
from digitlab.data.drawing.raster import render_ink
from digitlab.data.drawing.strokes import Drawing
from digitlab.model.spec import ModelSpec
from digitlab.training.config import Augmentation, TrainingConfig
from digitlab.training.events import TrainingStarted
from digitlab.training.examples.augment import warped_images, warped_ink
from digitlab.training.examples.drawing_table import DrawingTable
from digitlab.training.examples.nondigits import made_up, several


class Kind(IntEnum):
    """Where an example comes from."""

    IMAGE = 0
    DRAWN_DIGIT = 1
    DRAWN_NO_DIGIT = 2
    MADE_UP = 3
    SEVERAL = 4


SHARES: Final[Mapping[Kind, float]] = {
    Kind.IMAGE: 0.55,
    Kind.DRAWN_DIGIT: 0.30,
    Kind.DRAWN_NO_DIGIT: 0.08,
    Kind.MADE_UP: 0.045,
    Kind.SEVERAL: 0.025,
}
"""How an epoch with drawings is mixed. A network with ten outputs gets the first two alone."""

WARPED_SHARE: Final = 0.5
"""Of the images in an epoch; the others are shown as they are, for the test images are not warped."""

TURNED_SHARE: Final = 0.4
"""Of the drawings that are no digits: a letter on its side or in a mirror is one more shape that is no digit."""

BUILTIN_DRAWINGS: Final = 2_000
"""Digits in DigitLab's own hand that stand in where a dataset has no drawings; drawn in half a second."""

MADE_UP_DRAWINGS: Final = 4_000
SEVERAL_DRAWINGS: Final = 2_000
"""How many are made before a training. With MNIST an epoch shows each about twice, warped anew; made in a second."""

_ROUNDING: Final = 1e-6
"""Batches that the place of a branch on the epoch axis may be off by, as it is a number with a fraction."""

_TURNS: Final = np.array(
    [
        [[cosine * mirror, sine * mirror], [-sine, cosine]]
        for cosine, sine in ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))
        for mirror in (1.0, -1.0)
    ]
)
"""The eight ways to lay a square upon itself, matrices for row vectors; the first leaves everything as it is."""


class Examples:
    """The examples of a training with augmentation."""

    def __init__(self, digits: DigitSet, drawings: Sequence[Drawing], spec: ModelSpec, config: TrainingConfig) -> None:
        """Prepare what all batches share.

        Args:
            digits: The training images, at least one. Every epoch shows each of them once.
            drawings: Labelled ones are digits, unlabelled ones are none. Used with ``Augmentation.DRAWINGS`` only.
            spec: The network; with eleven outputs it is shown what is no digit, too.
            config: The recipe; its augmentation is not ``NONE``.
        """
        self._digits = digits
        self._config = config
        parts: dict[Kind, list[Drawing]] = {}
        if config.augmentation is Augmentation.DRAWINGS:
            parts = _drawn_parts(drawings, spec.has_no_digit_output, np.random.default_rng(config.seed))
        self._sizes = {Kind.IMAGE: len(digits), **{kind: len(part) for kind, part in parts.items()}}
        whole = [drawing for part in parts.values() for drawing in part]
        self._table = DrawingTable.of(whole)
        self._labels = np.array([NO_DIGIT if drawing.label is None else drawing.label for drawing in whole], np.uint8)
        self._counts = _counted(self._sizes)
        self._plan: tuple[int, NDArray[np.uint8], NDArray[np.intp]] | None = None

    @property
    def counts(self) -> Mapping[Kind, int]:
        """How many examples of each kind an epoch has."""
        return self._counts

    @property
    def count(self) -> int:
        """The number of examples an epoch."""
        return sum(self._counts.values())

    @property
    def batch_count(self) -> int:
        """The number of batches an epoch; the last may be smaller."""
        return -(-self.count // self._config.batch_size)

    def batch(self, epoch: int, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Make a batch.

        Args:
            epoch: From 0.
            index: From 0, below ``batch_count``.

        Returns:
            Images, shape (n, 28, 28), uint8, and labels, shape (n,), uint8, 0..9 or ``NO_DIGIT``. The same numbers give
            the same batch.
        """
        kinds, sources = self._epoch_plan(epoch)
        part = slice(index * self._config.batch_size, (index + 1) * self._config.batch_size)
        kinds, sources = kinds[part], sources[part]
        rng = np.random.default_rng((self._config.seed, epoch, index))
        images = np.empty((len(kinds), IMAGE_SIDE, IMAGE_SIDE), dtype=np.uint8)
        labels = np.empty(len(kinds), dtype=np.uint8)
        is_image = kinds == Kind.IMAGE
        of_images, of_drawings = sources[is_image], sources[~is_image]
        labels[is_image], labels[~is_image] = self._digits.labels[of_images], self._labels[of_drawings]
        images[is_image] = self._warped_images(of_images, rng)
        images[~is_image] = self._warped_drawings(of_drawings, kinds[~is_image] == Kind.DRAWN_NO_DIGIT, rng)
        return images, labels

    def _epoch_plan(self, epoch: int) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
        """Return the kind of each example of an epoch and the index of its image or drawing, both in random order."""
        if self._plan is None or self._plan[0] != epoch:
            rng = np.random.default_rng((self._config.seed, epoch))
            kinds = np.repeat(np.array(list(self._counts), dtype=np.uint8), list(self._counts.values()))
            sources, first = [], 0
            for kind, count in self._counts.items():
                sources.append(first + _rounds(self._sizes[kind], count, rng))
                first += 0 if kind is Kind.IMAGE else self._sizes[kind]
            order = rng.permutation(len(kinds))
            self._plan = epoch, kinds[order], np.concatenate(sources)[order]
        return self._plan[1:]

    def _warped_images(self, indices: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.uint8]:
        images = self._digits.images[indices]
        is_warped = rng.random(len(images)) < WARPED_SHARE
        images[is_warped] = warped_images(images[is_warped], rng)
        return images

    def _warped_drawings(
        self, indices: NDArray[np.intp], may_turn: NDArray[np.bool_], rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        if not len(indices):
            return np.empty((0, IMAGE_SIDE, IMAGE_SIDE), dtype=np.uint8)
        is_turned = may_turn & (rng.random(len(indices)) < TURNED_SHARE)
        turns = np.where(is_turned, rng.integers(1, len(_TURNS), len(indices)), 0)
        return render_ink(warped_ink(self._table.picked(indices).ink(), rng, _TURNS[turns]))


def place_of(started: TrainingStarted, batches: int) -> tuple[int, int]:
    """Return the epoch and the number in it of the next batch of a training, as ``Examples.batch`` counts them.

    A branch goes on with the batch after its origin, also within an epoch and as a branch of a branch; so it never sees
    a batch that led to its origin. Where it has batches of another size, it begins with the next whole one.

    Args:
        started: The training.
        batches: Number of its batches so far.
    """
    per_epoch = started.steps_per_epoch
    before = math.ceil(started.first_epoch * per_epoch - _ROUNDING)
    return divmod(before + batches, per_epoch)


def _drawn_parts(
    drawings: Sequence[Drawing], has_no_digit_output: bool, rng: np.random.Generator
) -> dict[Kind, list[Drawing]]:
    """Sort drawings by kind and make those that nobody drew. A network with ten outputs gets digits alone."""
    inked = [drawing for drawing in drawings if not drawing.is_empty]
    digits = [drawing for drawing in inked if drawing.label is not None]
    if not digits:
        digits = [random_drawing(number % CLASS_COUNT, rng) for number in range(BUILTIN_DRAWINGS)]
    parts = {Kind.DRAWN_DIGIT: digits}
    if has_no_digit_output:
        others = [drawing for drawing in inked if drawing.label is None]
        if others:
            parts[Kind.DRAWN_NO_DIGIT] = others
        parts[Kind.MADE_UP] = [made_up(rng) for _ in range(MADE_UP_DRAWINGS)]
        parts[Kind.SEVERAL] = [several(digits, rng) for _ in range(SEVERAL_DRAWINGS)]
    return parts


def _counted(sizes: Mapping[Kind, int]) -> dict[Kind, int]:
    """Return how many examples of each kind there are in an epoch that shows each image once."""
    shares = {kind: SHARES[kind] for kind in sizes}
    if Kind.MADE_UP in shares and Kind.DRAWN_NO_DIGIT not in shares:
        shares[Kind.MADE_UP] += SHARES[Kind.DRAWN_NO_DIGIT]
    return {kind: round(sizes[Kind.IMAGE] * share / SHARES[Kind.IMAGE]) for kind, share in shares.items()}


def _rounds(size: int, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return indices below ``size``: all of them in random order, and again, until there are enough."""
    rounds = [np.empty(0, dtype=np.intp), *(rng.permutation(size) for _ in range(-(-count // size)))]
    return np.concatenate(rounds)[:count]
