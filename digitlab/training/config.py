"""The training configuration."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from digitlab.system.errors import DigitLabError

MAXIMUM_EPOCHS: Final = 1_000
MAXIMUM_BATCH_SIZE: Final = 10_000
MAXIMUM_VALIDATION_SHARE: Final = 0.5
MAXIMUM_DROPOUT: Final = 0.9
MAXIMUM_SEED: Final = 2**31 - 1
"""Largest seed that Python, NumPy and TensorFlow all accept."""

MAXIMUM_LEARNING_RATE: Final = 1e12
"""Far too high on purpose: people may try what too high a rate does, and the training then reports divergence."""


class Optimizer(StrEnum):
    """The rule that turns gradients into weight updates."""

    SGD = "sgd"
    MOMENTUM = "momentum"
    NESTEROV = "nesterov"
    RMSPROP = "rmsprop"
    ADAGRAD = "adagrad"
    ADAM = "adam"

    @property
    def usual_learning_rate(self) -> float:
        """The usual starting point: Keras' default learning rate for the optimizer."""
        return 0.01 if self in (Optimizer.SGD, Optimizer.MOMENTUM, Optimizer.NESTEROV) else 0.001


class Schedule(StrEnum):
    """How the learning rate changes over the steps."""

    CONSTANT = "constant"
    WARMUP_COSINE = "warm-up and cosine"
    """Linear warm-up over the first steps, then cosine decay to 0 at the last step."""


WARMUP_STEPS: Final = 200
"""Length of the warm-up in steps, but at most a tenth of the training."""


class Augmentation(StrEnum):
    """How the training images are varied from epoch to epoch."""

    NONE = "none"
    IMAGES = "images"
    """A random half of the images is slightly warped, a different half in each epoch."""
    DRAWINGS = "drawings"
    """The same, plus drawings warped as strokes, non-digits among them."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """The hyperparameters of a training. The defaults are the tutorial's.

    Attributes:
        epochs: Passes over the training images.
        batch_size: Images per step.
        optimizer: The rule that turns gradients into weight updates.
        learning_rate: The learning rate; with a schedule, its maximum.
        seed: Determines the initial weights and the order of the images.
        validation_share: Share of the training images, 0..0.5, held out for validation; 0 validates on the test images.
        schedule: How the learning rate changes over the steps.
        augmentation: How the training images are varied.
        dropout: Share of the inputs of the last layer with a kernel, 0..0.9, that each step drops at random.
    """

    epochs: int = 10
    batch_size: int = 100
    optimizer: Optimizer = Optimizer.SGD
    learning_rate: float = 0.01
    seed: int = 1
    validation_share: float = 0.0
    schedule: Schedule = Schedule.CONSTANT
    augmentation: Augmentation = Augmentation.NONE
    dropout: float = 0.0

    def __post_init__(self) -> None:
        """Check that every value is in its range.

        Raises:
            DigitLabError: If one is not.
        """
        _check("number of epochs", self.epochs, 1, MAXIMUM_EPOCHS)
        _check("batch size", self.batch_size, 1, MAXIMUM_BATCH_SIZE)
        _check("seed", self.seed, 0, MAXIMUM_SEED)
        _check("validation share", self.validation_share, 0.0, MAXIMUM_VALIDATION_SHARE)
        _check("dropout", self.dropout, 0.0, MAXIMUM_DROPOUT)
        if not (math.isfinite(self.learning_rate) and 0 < self.learning_rate <= MAXIMUM_LEARNING_RATE):
            raise DigitLabError(
                f"The learning rate is {self.learning_rate:g}.",
                expected=f"It must be more than 0 and at most {MAXIMUM_LEARNING_RATE:g}; 0.01 is a common value.",
            )


def _check(what: str, value: float, minimum: float, maximum: float) -> None:
    if not minimum <= value <= maximum:
        raise DigitLabError(f"The {what} is {value}.", expected=f"It must be between {minimum} and {maximum}.")


MEMORY_BUDGET: Final = 256 * 2**20
"""Memory that a run's snapshots and optimizer states may take, in bytes."""
