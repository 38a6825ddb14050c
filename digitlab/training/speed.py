"""How long an epoch takes: from what a network computes, calibrated by the trainings that ran on this machine."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from digitlab.model.spec import ModelSpec
from digitlab.training.config import Augmentation, TrainingConfig

# The seconds of a training step on one machine with two cores: fitted by ``python -m tests.bench.step_times``, which
# prints them with the error for networks that were left out. Other machines differ mainly by a factor.
SECONDS_PER_STEP: Final = 9.5e-4
SECONDS_PER_MULTIPLY_ADD: Final = 1.2e-11
SECONDS_PER_BYTE: Final = 1.2e-9
SECONDS_PER_PARAMETER: Final = 3.4e-10
SECONDS_PER_IMAGE: Final[Mapping[Augmentation, float]] = {
    Augmentation.NONE: 0.0,
    Augmentation.IMAGES: 2.0e-5,
    Augmentation.DRAWINGS: 1.0e-4,
}
"""What the augmentation of an image takes."""

_VALIDATION_SHARE: Final = 1 / 3
"""Of the work for a training image: the backward pass takes about twice the forward pass."""

OTHER_NETWORK_ERROR: Final = 0.6
"""Relative error for a network that was not trained here yet: smaller for 8 of 10 networks left out of the fit."""

SAME_NETWORK_ERROR: Final = 0.15
"""Relative error for one that was, at least: other batch sizes, and what else the machine has to do."""

ELSEWHERE_ERROR: Final = 2.0
"""Relative error while nothing was trained on this machine."""

_NEWEST: Final = 8
"""Trainings that count: a machine can change its speed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A training that ran on this machine.

    Attributes:
        spec: Its network.
        config: Its hyperparameters.
        steps: Number of batches trained, at least 1.
        validated: Number of images validated, all epochs together.
        seconds: How long that took.
    """

    spec: ModelSpec
    config: TrainingConfig
    steps: int
    validated: int
    seconds: float

    @property
    def factor(self) -> float:
        """How many times as long it took as the constants say."""
        return self.seconds / work_seconds(self.spec, self.config, self.steps, self.validated)


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long an epoch takes.

    Attributes:
        seconds: With validation.
        error: Relative error: the epoch takes probably between seconds / (1 + error) and seconds * (1 + error).
        count: Number of trainings on this machine that it is calibrated by; with 0 it is of another machine.
    """

    seconds: float
    error: float
    count: int


def step_seconds(spec: ModelSpec, config: TrainingConfig) -> float:
    """Return the seconds of a training step by the constants above."""
    work = sum(row.multiply_adds for row in spec.summary())
    each = SECONDS_PER_MULTIPLY_ADD * work + SECONDS_PER_BYTE * spec.activation_bytes
    each += SECONDS_PER_IMAGE[config.augmentation]
    return SECONDS_PER_STEP + config.batch_size * each + SECONDS_PER_PARAMETER * spec.total_parameters


def work_seconds(spec: ModelSpec, config: TrainingConfig, steps: int, validated: int) -> float:
    """Return the seconds by the constants above.

    Args:
        spec: The network.
        config: The hyperparameters.
        steps: Number of batches.
        validated: Number of images to validate on, all epochs together.
    """
    one = step_seconds(spec, config) - config.batch_size * SECONDS_PER_IMAGE[config.augmentation]
    return steps * step_seconds(spec, config) + validated / config.batch_size * _VALIDATION_SHARE * one


def estimate(
    spec: ModelSpec, config: TrainingConfig, images: int, validation_images: int, measured: Sequence[Measured]
) -> Estimate:
    """Return how long an epoch of a network will take.

    The factor between this machine and the constants is the median over its trainings: those of the same network, if
    there are any. The error is the largest deviation from it, but at least what the constants above say.

    Args:
        spec: The network; it can be built.
        config: The hyperparameters.
        images: Number of training images.
        validation_images: Number of images to validate on.
        measured: Trainings on this machine, the newest first.
    """
    usual = work_seconds(spec, config, -(-images // config.batch_size), validation_images)
    same = [one for one in measured if one.spec.layers == spec.layers]
    factors = [one.factor for one in (same or measured)[:_NEWEST]]
    if not factors:
        return Estimate(usual, ELSEWHERE_ERROR, 0)
    factor = median(factors)
    spread = max(math.exp(abs(math.log(one / factor))) - 1 for one in factors)
    return Estimate(usual * factor, max(spread, SAME_NETWORK_ERROR if same else OTHER_NETWORK_ERROR), len(factors))
