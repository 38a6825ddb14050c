"""How a network is trained, as a value."""

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
"""Largest seed that Python, NumPy and TensorFlow all take."""

MAXIMUM_LEARNING_RATE: Final = 1e12
"""Absurd on purpose: people may try what too high a rate does; training then says so."""


class Optimizer(StrEnum):
    """The rule by which gradients change the weights."""

    SGD = "sgd"
    MOMENTUM = "momentum"
    NESTEROV = "nesterov"
    RMSPROP = "rmsprop"
    ADAGRAD = "adagrad"
    ADAM = "adam"

    @property
    def usual_learning_rate(self) -> float:
        """The learning rate people start from: Keras' default for the optimizer."""
        return 0.01 if self in (Optimizer.SGD, Optimizer.MOMENTUM, Optimizer.NESTEROV) else 0.001


class Schedule(StrEnum):
    """How the learning rate changes over the steps."""

    CONSTANT = "constant"
    WARMUP_COSINE = "warm-up and cosine"
    """Grows evenly over the first steps, then falls along half a cosine to 0 at the last step."""


WARMUP_STEPS: Final = 200
"""Steps over which the learning rate grows; a tenth of the training if that is fewer."""


class Augmentation(StrEnum):
    """What is done to the training images, so that no two epochs show the same."""

    NONE = "none"
    IMAGES = "images"
    """About half of the images are warped a little, others in every epoch."""
    DRAWINGS = "drawings"
    """The same, and the dataset's drawings are warped as strokes, with what is no digit among them."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """The recipe of a training. The defaults are the tutorial's.

    Attributes:
        epochs: Passes over the training images.
        batch_size: Images a step.
        optimizer: The rule by which gradients change the weights.
        learning_rate: Length of a step; with a schedule the longest.
        seed: Decides the first weights and the order of the images.
        validation_share: Part of the training images, 0..0.5, held out to validate on; with 0 the test images serve.
        schedule: How the learning rate changes over the steps.
        augmentation: What is done to the training images.
        dropout: Share of the last layer's inputs, 0..0.9, that each step leaves out at random.
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
        """Check every value.

        Raises:
            DigitLabError: If one is out of its range.
        """
        _check("number of epochs", self.epochs, 1, MAXIMUM_EPOCHS)
        _check("batch size", self.batch_size, 1, MAXIMUM_BATCH_SIZE)
        _check("seed", self.seed, 0, MAXIMUM_SEED)
        _check("validation share", self.validation_share, 0.0, MAXIMUM_VALIDATION_SHARE)
        _check("dropout", self.dropout, 0.0, MAXIMUM_DROPOUT)
        if not (math.isfinite(self.learning_rate) and 0 < self.learning_rate <= MAXIMUM_LEARNING_RATE):
            raise DigitLabError(
                f"The learning rate is {self.learning_rate:g}.",
                expected=f"It must be more than 0 and at most {MAXIMUM_LEARNING_RATE:g}; 0.01 is usual.",
            )


def _check(what: str, value: float, minimum: float, maximum: float) -> None:
    if not minimum <= value <= maximum:
        raise DigitLabError(f"The {what} is {value}.", expected=f"It must lie between {minimum} and {maximum}.")


MEMORY_BUDGET: Final = 256 * 2**20
"""How much memory a run's weights and optimizer states may take, in bytes."""
