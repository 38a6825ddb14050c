"""Datasets of labelled digits."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT, IMAGE_SIDE
from digitlab.data.drawing.strokes import Drawing
from digitlab.system.errors import DigitLabError


class Part(StrEnum):
    """The part of a dataset on which a network is evaluated. Drawings have no parts."""

    TEST = "test"
    TRAINING = "training"


@dataclass(frozen=True, slots=True, eq=False)
class DigitSet:
    """Labelled digit images.

    Attributes:
        images: Shape (n, 28, 28), uint8: 0 is background, 255 is full ink.
        labels: Shape (n,), uint8, values 0..9.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __post_init__(self) -> None:
        """Check shapes, types and values.

        Raises:
            DigitLabError: If they differ from the description of the attributes.
        """
        if self.images.ndim != 3 or self.images.shape[1:] != (IMAGE_SIDE, IMAGE_SIDE):
            raise DigitLabError(
                f"The images have the shape {self.images.shape}.",
                expected=f"Expected (number of images, {IMAGE_SIDE}, {IMAGE_SIDE}).",
            )
        if self.images.dtype != np.uint8:
            raise DigitLabError(f"The images have the type {self.images.dtype}.", expected="Expected uint8, 0 to 255.")
        if self.labels.shape != self.images.shape[:1]:
            raise DigitLabError(
                f"There are {len(self.images)} images, but labels of shape {self.labels.shape}.",
                expected="Expected one label per image.",
            )
        if self.labels.dtype != np.uint8 or (self.labels.size and int(self.labels.max()) >= CLASS_COUNT):
            raise DigitLabError("Some labels are not digits.", expected="Expected whole numbers from 0 to 9.")

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.images)

    def subset(self, indices: NDArray[np.intp] | slice) -> "DigitSet":
        """Return the digits at the given indices."""
        return DigitSet(self.images[indices], self.labels[indices])


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Training digits and test digits.

    Attributes:
        name: Its name, for example "MNIST".
        train: The training digits.
        test: The test digits; never used in training.
        drawings: Strokes to train on in addition to the images; those without a label are not digits. One that is
            repeated is used more often than the others.
    """

    name: str
    train: DigitSet
    test: DigitSet
    drawings: tuple[Drawing, ...] = ()
