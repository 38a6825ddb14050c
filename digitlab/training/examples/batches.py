"""The batches of a training with augmentation: images and drawings, warped differently in every epoch.

Each batch is generated when it is needed and depends only on the seed, the epoch and its number, so the same seed gives
the same training bit for bit.
"""

import math
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.builtin import random_drawing
from digitlab.data.dataset import DigitSet
from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.raster import render_ink
from digitlab.data.drawing.strokes import Drawing
from digitlab.model.spec import ModelSpec
from digitlab.training.config import Augmentation, TrainingConfig
from digitlab.training.events import TrainingStarted
from digitlab.training.examples.augment import warped_images, warped_ink
from digitlab.training.examples.drawing_table import DrawingTable
from digitlab.training.examples.nondigits import random_non_digit, several_digits


class Kind(IntEnum):
    """The source of an example."""

    IMAGE = 0
    DRAWN_DIGIT = 1
    DRAWN_NO_DIGIT = 2
    GENERATED = 3
    SEVERAL = 4


SHARES: Final[Mapping[Kind, float]] = {
    Kind.IMAGE: 0.42,
    Kind.DRAWN_DIGIT: 0.38,
    Kind.DRAWN_NO_DIGIT: 0.12,
    Kind.GENERATED: 0.05,
    Kind.SEVERAL: 0.03,
}
"""The mix of an epoch with drawings. A network with ten outputs is trained on the first two kinds only."""

WARPED_SHARE: Final = 0.5
"""Of the images in an epoch; the others stay unchanged, because the test images are not warped either."""

TRANSFORMED_SHARE: Final = 0.4
"""Of the drawings that are not digits: a rotated or mirrored letter is one more shape that is not a digit."""

BUILTIN_DRAWINGS: Final = 2_000
"""Built-in digits that are generated where a dataset has no drawings; takes half a second."""

GENERATED_DRAWINGS: Final = 4_000
SEVERAL_DRAWINGS: Final = 2_000
"""How many are generated before a training. With MNIST an epoch contains each about twice, warped differently each
time; generating them takes a second."""

_ROUNDING: Final = 1e-6
"""Tolerance in batches for rounding errors of a checkpoint's position on the epoch axis."""

_SYMMETRIES: Final = np.array(
    [
        [[cosine * mirror, sine * mirror], [-sine, cosine]]
        for cosine, sine in ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))
        for mirror in (1.0, -1.0)
    ]
)
"""The eight symmetries of the square as matrices for row vectors; the first is the identity."""


class Examples:
    """The source of the batches of a training with augmentation."""

    def __init__(self, digits: DigitSet, drawings: Sequence[Drawing], spec: ModelSpec, config: TrainingConfig) -> None:
        """Prepare what all batches share.

        Args:
            digits: The training images, at least one. Every epoch contains each of them once.
            drawings: Labelled ones are digits, unlabelled ones are not. Used with ``Augmentation.DRAWINGS`` only.
            spec: The network; one with eleven outputs is also trained on drawings that are not digits.
            config: The hyperparameters; the augmentation is not ``NONE``.
        """
        self._digits = digits
        self._config = config
        parts: dict[Kind, list[Drawing]] = {}
        if config.augmentation is Augmentation.DRAWINGS:
            parts = _drawn_parts(drawings, spec, np.random.default_rng(config.seed))
        self._sizes = {Kind.IMAGE: len(digits), **{kind: len(part) for kind, part in parts.items()}}
        whole = [drawing for part in parts.values() for drawing in part]
        rest = len(spec.classes)
        self._table = DrawingTable.of(whole)
        self._labels = np.array([rest if drawing.label is None else drawing.label for drawing in whole], np.uint8)
        self._counts = _epoch_counts(self._sizes)
        self._plan: tuple[int, NDArray[np.uint8], NDArray[np.intp]] | None = None

    @property
    def counts(self) -> Mapping[Kind, int]:
        """The number of examples of each kind per epoch."""
        return self._counts

    @property
    def count(self) -> int:
        """The number of examples per epoch."""
        return sum(self._counts.values())

    @property
    def batch_count(self) -> int:
        """The number of batches per epoch; the last one may be smaller."""
        return -(-self.count // self._config.batch_size)

    def batch(self, epoch: int, index: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Generate a batch.

        Args:
            epoch: From 0.
            index: From 0, below ``batch_count``.

        Returns:
            Images, shape (n, side, side), uint8, and labels, shape (n,), uint8: the classes, or their number
            for no digit. The same arguments give the same batch.
        """
        kinds, sources = self._epoch_plan(epoch)
        part = slice(index * self._config.batch_size, (index + 1) * self._config.batch_size)
        kinds, sources = kinds[part], sources[part]
        rng = np.random.default_rng((self._config.seed, epoch, index))
        images = np.empty((len(kinds), *self._digits.images.shape[1:]), dtype=np.uint8)
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
                sources.append(first + _repeated_permutations(self._sizes[kind], count, rng))
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
        self, indices: NDArray[np.intp], may_transform: NDArray[np.bool_], rng: np.random.Generator
    ) -> NDArray[np.uint8]:
        if not len(indices):
            return np.empty((0, *self._digits.images.shape[1:]), dtype=np.uint8)
        is_transformed = may_transform & (rng.random(len(indices)) < TRANSFORMED_SHARE)
        transforms = np.where(is_transformed, rng.integers(1, len(_SYMMETRIES), len(indices)), 0)
        ink = warped_ink(self._table.picked(indices).ink(), rng, _SYMMETRIES[transforms])
        return render_ink(ink, self._digits.side)


def batch_position(started: TrainingStarted, batches: int) -> tuple[int, int]:
    """Return the epoch and the index of the next batch of a training, as ``Examples.batch`` counts them.

    A continued training starts with the batch after its checkpoint, even in the middle of an epoch, so it never repeats
    a batch from before. With another batch size it starts with the next whole batch.

    Args:
        started: The training.
        batches: Number of batches it has trained so far.
    """
    per_epoch = started.steps_per_epoch
    before = math.ceil(started.first_epoch * per_epoch - _ROUNDING)
    return divmod(before + batches, per_epoch)


def _drawn_parts(drawings: Sequence[Drawing], spec: ModelSpec, rng: np.random.Generator) -> dict[Kind, list[Drawing]]:
    """Sort drawings by kind and generate the others, if they are digits.

    Without an output for "no digit", a network is trained on drawings of its classes only.
    """
    inked = [drawing for drawing in drawings if not drawing.is_empty]
    digits = [drawing for drawing in inked if drawing.label is not None]
    if not digits and spec.classes.are_digits:
        digits = [random_drawing(number % CLASS_COUNT, rng) for number in range(BUILTIN_DRAWINGS)]
    parts = {Kind.DRAWN_DIGIT: digits} if digits else {}
    if spec.has_no_digit_output:
        others = [drawing for drawing in inked if drawing.label is None]
        if others:
            parts[Kind.DRAWN_NO_DIGIT] = others
        parts[Kind.GENERATED] = [random_non_digit(rng) for _ in range(GENERATED_DRAWINGS)]
        parts[Kind.SEVERAL] = [several_digits(digits, rng) for _ in range(SEVERAL_DRAWINGS)]
    return parts


def _epoch_counts(sizes: Mapping[Kind, int]) -> dict[Kind, int]:
    """Return the number of examples of each kind in an epoch that contains each image once."""
    shares = {kind: SHARES[kind] for kind in sizes}
    if Kind.GENERATED in shares and Kind.DRAWN_NO_DIGIT not in shares:
        shares[Kind.GENERATED] += SHARES[Kind.DRAWN_NO_DIGIT]
    return {kind: round(sizes[Kind.IMAGE] * share / SHARES[Kind.IMAGE]) for kind, share in shares.items()}


def _repeated_permutations(size: int, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return ``count`` indices below ``size``: random permutations one after another, the last one truncated."""
    rounds = [np.empty(0, dtype=np.intp), *(rng.permutation(size) for _ in range(-(-count // size)))]
    return np.concatenate(rounds)[:count]
