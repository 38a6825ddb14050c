"""The training configuration: the tutorial's by default, and every value within its range."""

from dataclasses import replace

import numpy as np
import pytest

from digitlab.system.errors import DigitLabError
from digitlab.training.config import Optimizer, TrainingConfig


def test_the_defaults_are_those_of_the_tutorial():
    config = TrainingConfig()
    assert (config.epochs, config.batch_size, config.optimizer, config.learning_rate) == (10, 100, Optimizer.SGD, 0.01)


@pytest.mark.parametrize(
    "changes",
    [
        {"epochs": 0},
        {"epochs": 1001},
        {"batch_size": 0},
        {"batch_size": 10_001},
        {"seed": -1},
        {"seed": 2**31},
        {"validation_share": -0.1},
        {"validation_share": 0.51},
        {"validation_share": float("nan")},
        {"learning_rate": 0.0},
        {"learning_rate": -0.01},
        {"learning_rate": float("nan")},
        {"learning_rate": float("inf")},
        {"learning_rate": 1.1e12},
    ],
)
def test_a_value_out_of_its_range_is_reported(changes: dict[str, float]):
    with pytest.raises(DigitLabError) as told:
        replace(TrainingConfig(), **changes)  # type: ignore[arg-type]
    assert str(*changes).replace("_", " ") in str(told.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"epochs": 1000},
        {"batch_size": 10_000},
        {"seed": 2**31 - 1},
        {"validation_share": 0.5},
        {"learning_rate": 1e12},
        {"learning_rate": 1e-12},
    ],
)
def test_the_ends_of_the_ranges_are_allowed(changes: dict[str, float]):
    replace(TrainingConfig(), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("optimizer", Optimizer)
def test_usual_learning_rates_are_those_of_keras(optimizer: Optimizer):
    from digitlab.training.to_keras import keras_optimizer

    default = type(keras_optimizer(TrainingConfig(optimizer=optimizer), total_steps=1))()
    assert float(default.learning_rate) == pytest.approx(optimizer.usual_learning_rate)


def test_the_no_digit_output_is_ignored_for_the_accuracy_on_digits():
    from digitlab.training.to_keras import predicted_correctly

    labels = np.array([3, 3, 10, 10], dtype=np.uint8)
    outputs = np.full((4, 11), 0.02, dtype=np.float32)
    outputs[:, 3], outputs[:, 10] = [0.3, 0.1, 0.3, 0.1], [0.5, 0.1, 0.5, 0.1]
    outputs[1, 7] = outputs[3, 7] = 0.6
    assert np.array(predicted_correctly(labels, outputs, 10)).tolist() == [True, False, True, False]
