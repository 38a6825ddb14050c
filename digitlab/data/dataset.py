"""Datasets of labelled images: digits, or other classes."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from digitlab.data.classes import DIGITS, Classes
from digitlab.data.digit import LEAST_SIDE, MOST_SIDE
from digitlab.data.drawing.strokes import Drawing
from digitlab.system.errors import DigitLabError


class Part(StrEnum):
    """The part of a dataset on which a network is evaluated. Drawings have no parts."""

    TEST = "test"
    TRAINING = "training"


@dataclass(frozen=True, slots=True, eq=False)
class DigitSet:
    """Labelled images, of digits or of other classes.

    Attributes:
        images: Shape (n, side, side), uint8: 0 is background, 255 is full ink. MNIST's side is 28.
        labels: Shape (n,), uint8: the index of the class.
        classes: What the labels stand for.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    classes: Classes = DIGITS

    def __post_init__(self) -> None:
        """Check shapes, types and values.

        Raises:
            DigitLabError: If they differ from the description of the attributes.
        """
        shape = self.images.shape
        if len(shape) != 3 or shape[1] != shape[2] or not LEAST_SIDE <= shape[1] <= MOST_SIDE:
            raise DigitLabError(
                f"The images have the shape {shape}.",
                expected=f"Expected (number of images, side, side), with a side of {LEAST_SIDE} to {MOST_SIDE} pixels.",
            )
        if self.images.dtype != np.uint8:
            raise DigitLabError(f"The images have the type {self.images.dtype}.", expected="Expected uint8, 0 to 255.")
        if self.labels.shape != self.images.shape[:1]:
            raise DigitLabError(
                f"There are {len(self.images)} images, but labels of shape {self.labels.shape}.",
                expected="Expected one label per image.",
            )
        count = len(self.classes)
        if self.labels.dtype != np.uint8 or (self.labels.size and int(self.labels.max()) >= count):
            raise DigitLabError(
                f"Some labels are not {self.classes.nouns}.",
                expected=f"Expected whole numbers from 0 to {count - 1}.",
            )

    @property
    def side(self) -> int:
        """Side of the images in pixels."""
        side: int = self.images.shape[1]
        return side

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.images)

    def subset(self, indices: NDArray[np.intp] | slice) -> "DigitSet":
        """Return the images at the given indices."""
        return DigitSet(self.images[indices], self.labels[indices], self.classes)


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Training images and test images, of the same side and classes.

    Attributes:
        name: Its name, for example "MNIST".
        train: The training images.
        test: The test images; never used in training.
        drawings: Strokes to train on in addition to the images; those without a label are not digits. One that is
            repeated is used more often than the others.
    """

    name: str
    train: DigitSet
    test: DigitSet
    drawings: tuple[Drawing, ...] = ()

    def __post_init__(self) -> None:
        """Check that both parts go together.

        Raises:
            DigitLabError: If their images differ in size, or their classes.
        """
        if (self.train.side, self.train.classes) != (self.test.side, self.test.classes):
            raise DigitLabError(
                "The training images and the test images differ in size or in their classes.",
                expected="Expected the same for both.",
            )

    @property
    def classes(self) -> Classes:
        """What the labels stand for."""
        return self.train.classes

    @property
    def side(self) -> int:
        """Side of the images in pixels."""
        return self.train.side
