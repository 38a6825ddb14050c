"""Fit the seconds of a training step to what networks compute: ``python -m tests.bench.step_times``.

Prints the constants of ``digitlab.training.speed``, and how far they are off for networks that were left out of the
fit, one after the other. No part of the bench: it has no target.
"""

import time
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.builtin import builtin_dataset
from digitlab.model.build import build_keras_model
from digitlab.model.layer import Activation
from digitlab.model.layers import Conv2D, Dense, Flatten, GlobalPooling2D, Pooling2D
from digitlab.model.presets import PRESETS
from digitlab.model.spec import ModelSpec
from digitlab.training.config import Augmentation, TrainingConfig
from digitlab.training.examples.batches import Examples
from digitlab.training.runtime import load_tensorflow
from digitlab.training.steps import Steps
from digitlab.training.to_keras import keras_optimizer

SECONDS: Final = 1.2
"""How long each network is trained."""

_OUT: Final = Dense(10, Activation.SOFTMAX)


@dataclass(frozen=True, slots=True)
class Case:
    """A network with a batch size."""

    name: str
    spec: ModelSpec
    batch_size: int


def cases() -> list[Case]:
    """Return the networks to measure: shipped presets, and others of very different shapes."""
    others = {
        "tiny": (Conv2D(4, 5, 2), Flatten(), _OUT),
        "wide": (Conv2D(64, 3), Pooling2D(2), Conv2D(64, 3), GlobalPooling2D(), _OUT),
        "deep": (Conv2D(16, 3), Conv2D(16, 3), Conv2D(16, 3), Conv2D(16, 3), Pooling2D(3), Flatten(), _OUT),
        "large kernels": (Conv2D(16, 9), Pooling2D(2), Conv2D(32, 5), Flatten(), _OUT),
        "dense": (Flatten(), Dense(256, Activation.RELU), Dense(256, Activation.RELU), _OUT),
    }
    specs = {name: spec for name, spec in PRESETS.items() if spec.classifies}
    specs |= {name: ModelSpec(name, layers) for name, layers in others.items()}
    return [Case(name, spec, size) for name, spec in specs.items() for size in (32, 100, 256)]


def seconds_of(case: Case) -> float:
    """Return the median seconds of a training step, after some to warm up."""
    digits = builtin_dataset().train
    config = TrainingConfig(batch_size=case.batch_size)
    model = build_keras_model(case.spec, 1, for_training=True)
    optimizer = keras_optimizer(config, 1_000)
    optimizer.build(model.trainable_variables)
    steps = Steps(model, optimizer, case.spec)
    images, labels = digits.images[: case.batch_size], digits.labels[: case.batch_size]
    times, start = [], time.perf_counter()
    while time.perf_counter() - start < SECONDS or len(times) < 5:
        before = time.perf_counter()
        steps.train(images, labels)
        times.append(time.perf_counter() - before)
    return float(np.median(times[2:]))


def features(case: Case) -> list[float]:
    """Return what a step's seconds depend on: 1, multiply-adds and bytes of a batch, parameters."""
    work = sum(row.multiply_adds for row in case.spec.summary())
    spec, size = case.spec, case.batch_size
    return [1.0, float(size * work), float(size * spec.activation_bytes), float(spec.total_parameters)]


def fitted(rows: NDArray[np.float64], times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the constants, none below 0, with the least squares of the relative errors."""
    used = list(range(rows.shape[1]))
    while True:
        found, *_ = np.linalg.lstsq(rows[:, used] / times[:, None], np.ones(len(times)), rcond=None)
        if found.min() >= 0:
            constants = np.zeros(rows.shape[1])
            constants[used] = found
            return constants
        used.pop(int(found.argmin()))


def augmentation_seconds(augmentation: Augmentation) -> float:
    """Return the seconds in which an image of a batch is generated."""
    dataset = builtin_dataset()
    config = TrainingConfig(augmentation=augmentation)
    examples = Examples(dataset.train, dataset.drawings, PRESETS["tutorial"], config)
    examples.batch(0, 0)
    start = time.perf_counter()
    for index in range(20):
        examples.batch(0, index % examples.batch_count)
    return (time.perf_counter() - start) / 20 / config.batch_size


def main() -> None:
    """Measure, fit and print."""
    load_tensorflow()
    measured = cases()
    times = np.array([seconds_of(case) for case in measured])
    rows = np.array([features(case) for case in measured])
    names = np.array([case.name for case in measured])
    off = np.empty(len(times))
    for name in dict.fromkeys(names):
        others = names != name
        off[~others] = rows[~others] @ fitted(rows[others], times[others]) / times[~others]
    for case, seconds, ratio in zip(measured, times, off, strict=True):
        print(f"{case.name:<14} batch {case.batch_size:>3}: {1000 * seconds:7.2f} ms; predicted {ratio:.2f} of it")
    errors = np.exp(np.abs(np.log(off))) - 1
    print("left out: " + ", ".join(f"{share} % below {np.percentile(errors, share):.0%}" for share in (50, 80, 100)))
    labels = ("SECONDS_PER_STEP", "SECONDS_PER_MULTIPLY_ADD", "SECONDS_PER_BYTE", "SECONDS_PER_PARAMETER")
    for label, constant in zip(labels, fitted(rows, times), strict=True):
        print(f"{label} = {constant:.3g}")
    for augmentation in (Augmentation.IMAGES, Augmentation.DRAWINGS):
        print(f"{augmentation}: {augmentation_seconds(augmentation):.3g} s an image")


if __name__ == "__main__":
    main()
