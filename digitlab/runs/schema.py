"""The JSON form of a run's settings, shared by ``.digitlab`` files and the files in the list of runs."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from digitlab.model.files.network_file import spec_from_json, spec_to_json
from digitlab.system.errors import DigitLabError
from digitlab.training.config import MAXIMUM_SEED, Augmentation, Optimizer, Schedule, TrainingConfig
from digitlab.training.events import (
    MAXIMUM_UPDATE_RATIO,
    EpochEnded,
    OptimizerStart,
    Origin,
    TrainingStarted,
    UpdatesMeasured,
)

MAXIMUM_STEPS: Final = 10_000_000
"""Maximum number of batches of a run that is read: far more than a day of training."""

MAXIMUM_UPDATES: Final = 20_000
"""Maximum number of update ratios of a run that is read; a training measures about a hundred."""

MAXIMUM_NAME_LENGTH: Final = 100
"""Maximum length of the name of a run or a dataset, in characters; the rest is cut off."""


def start_to_json(started: TrainingStarted) -> dict[str, Any]:
    """Return the JSON object of a training's settings."""
    return {
        "spec": spec_to_json(started.spec),
        "config": asdict(started.config),
        "dataset": started.dataset_name,
        "training_count": started.training_count,
        "validation_count": started.validation_count,
        "validates_on_test": started.validates_on_test,
        "origin": None if started.origin is None else asdict(started.origin),
    }


def start_from_json(description: dict[str, Any], path: Path) -> TrainingStarted:
    """Read a training's settings from a JSON object and check every value; unknown members are ignored.

    Args:
        description: The JSON object.
        path: The file it came from, for messages.

    Raises:
        DigitLabError: If its network cannot be built, or it has no training images.
        KeyError, TypeError, ValueError, AttributeError, OverflowError: If it is malformed.
    """
    config = description["config"]
    for name in ("epochs", "batch_size", "seed"):
        whole(config[name], MAXIMUM_SEED)
    started = TrainingStarted(
        spec_from_json(description["spec"], path),
        _config(config),
        str(description["dataset"])[:MAXIMUM_NAME_LENGTH],
        training_count=whole(description["training_count"], MAXIMUM_STEPS),
        validation_count=whole(description["validation_count"], MAXIMUM_STEPS),
        validates_on_test=bool(description["validates_on_test"]),
        origin=_origin(description.get("origin")),
    )
    if started.training_count < 1:
        raise DigitLabError(f"{path.name} contains a training without images.")
    return started


def epoch_from_json(value: dict[str, Any]) -> EpochEnded:
    """Read an epoch; raises KeyError, TypeError or ValueError for most other values."""
    epoch = EpochEnded(**value)
    if not all(isinstance(number, int | float) and math.isfinite(number) for number in value.values()):
        raise ValueError("epochs")
    return epoch


def updates_from_json(
    values: Sequence[dict[str, Any]], started: TrainingStarted, batches: int
) -> list[UpdatesMeasured]:
    """Read update ratios; raises KeyError, TypeError or ValueError for most other values.

    Args:
        values: The members of an ``UpdatesMeasured`` for each measured step, in the order of the steps.
        started: The run's settings.
        batches: Number of its batches.
    """
    if len(values) > MAXIMUM_UPDATES:
        raise ValueError("updates")
    layers = sum(bool(shapes) for shapes in started.spec.weight_shapes)
    updates = [_update(value, started.first_step + batches, layers) for value in values]
    if any(earlier.step >= later.step for earlier, later in pairwise(updates)):
        raise ValueError("updates")
    return updates


def whole(value: Any, maximum: int) -> int:
    """Return ``value`` if it is a whole number from 0 to a maximum; raises ValueError otherwise."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= maximum:
        raise ValueError("number")
    return value


def _update(value: dict[str, Any], last_step: int, layers: int) -> UpdatesMeasured:
    ratios = tuple(float(ratio) for ratio in value["ratios"])
    if len(ratios) != layers or not all(0 <= ratio <= MAXIMUM_UPDATE_RATIO for ratio in ratios):
        raise ValueError("updates")
    return UpdatesMeasured(whole(value["step"], last_step), ratios)


def _config(value: dict[str, Any]) -> TrainingConfig:
    """Read the hyperparameters; runs of the first DigitLab have neither schedule nor augmentation."""
    return TrainingConfig(
        **{
            **value,
            "optimizer": Optimizer(value["optimizer"]),
            "schedule": Schedule(value.get("schedule", Schedule.CONSTANT)),
            "augmentation": Augmentation(value.get("augmentation", Augmentation.NONE)),
        }
    )


def _origin(value: dict[str, Any] | None) -> Origin | None:
    if value is None:
        return None
    epoch = float(value["epoch"])
    if not 0 <= epoch <= MAXIMUM_STEPS:
        raise ValueError("origin")
    step = whole(value["step"], MAXIMUM_STEPS)
    return Origin(str(value["run_name"])[:MAXIMUM_NAME_LENGTH], step, epoch, OptimizerStart(value["optimizer"]))
