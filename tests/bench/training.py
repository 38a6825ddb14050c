"""Training with live snapshots against the tutorial's plain Keras script, in one run and in turn."""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from digitlab.data.builtin import builtin_dataset
from digitlab.data.dataset import Dataset
from digitlab.model.presets import TUTORIAL
from digitlab.training.config import TrainingConfig
from digitlab.training.control import TrainingControl
from digitlab.training.events import EpochEnded, TrainingEnded, TrainingEvent
from digitlab.training.run import Run
from digitlab.training.runtime import load_tensorflow
from digitlab.training.to_keras import network_input, one_hot
from digitlab.training.trainer import TrainingRequest, train
from digitlab.work import Worker
from tests.bench.rows import Row, median

TRAIN_COUNT: Final = 6_000
TEST_COUNT: Final = 1_000
ROUNDS: Final = 5
BATCH_SIZE: Final = 100
_WAIT_S: Final = 1_800.0


@dataclass(frozen=True, slots=True)
class Epoch:
    """What one epoch with its validation took.

    Attributes:
        wall_s: Time that passed.
        cpu_s: Time that all threads of the process computed; it suffers less from what else runs on the machine.
    """

    wall_s: float
    cpu_s: float


class _Clock:
    def __init__(self) -> None:
        self._marks: list[tuple[float, float]] = []

    def mark(self) -> None:
        self._marks.append((time.perf_counter(), time.process_time()))

    def last_epoch(self) -> Epoch:
        (wall, cpu), (later_wall, later_cpu) = self._marks[-2:]
        return Epoch(later_wall - wall, later_cpu - cpu)


def tutorial_epoch(dataset: Dataset, jit_compile: bool | str) -> Epoch:
    """Train as the tutorial's script does; return the second epoch, when everything is traced."""
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        loss="categorical_crossentropy",
        optimizer=keras.optimizers.SGD(0.01),
        metrics=["accuracy"],
        jit_compile=jit_compile,
    )
    clock = _Clock()

    class ClockCallback(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            clock.mark()

    model.fit(
        network_input(dataset.train.images),
        one_hot(dataset.train.labels),
        batch_size=BATCH_SIZE,
        epochs=2,
        validation_data=(network_input(dataset.test.images), one_hot(dataset.test.labels)),
        verbose=0,
        callbacks=[ClockCallback()],
    )
    keras.backend.clear_session(free_memory=False)
    return clock.last_epoch()


def our_epoch(dataset: Dataset) -> Epoch:
    """Train as the window does, events kept in a run; return the second epoch."""
    runs: list[Run] = []
    clock = _Clock()

    def publish(event: TrainingEvent) -> None:
        if runs:
            runs[0].add(event)
        if isinstance(event, EpochEnded):
            clock.mark()
        elif isinstance(event, TrainingEnded):
            if event.error is not None:
                raise event.error
        elif not runs:
            runs.append(Run(event))  # type: ignore[arg-type]

    config = TrainingConfig(epochs=2, batch_size=BATCH_SIZE)
    train(TrainingRequest(TUTORIAL, config, dataset), TrainingControl(), publish)
    return clock.last_epoch()


def _rounds() -> dict[str, list[Epoch]]:
    """Measure all variants in turn, so that a busy machine hits them alike."""
    load_tensorflow()
    dataset = builtin_dataset(TRAIN_COUNT, TEST_COUNT)
    variants: dict[str, Callable[[], Epoch]] = {
        "ours": lambda: our_epoch(dataset),
        "plain": lambda: tutorial_epoch(dataset, jit_compile=False),
        "auto": lambda: tutorial_epoch(dataset, jit_compile="auto"),
    }
    epochs: dict[str, list[Epoch]] = {name: [] for name in variants}
    for number in range(ROUNDS):
        for name, variant in variants.items():
            epochs[name].append(variant())
        told = ", ".join(f"{name} {values[-1].wall_s:.2f} s" for name, values in epochs.items())
        print(f"  round {number + 1} of {ROUNDS}: {told}", file=sys.stderr, flush=True)
    return epochs


def measure() -> Iterator[Row]:
    """Train in a worker, as the app does, and compare an epoch of 6,000 digits with validation on 1,000."""
    results: list[dict[str, list[Epoch]]] = []
    failures: list[Exception] = []
    worker = Worker("bench training", failures.append)
    worker.submit(lambda: results.append(_rounds()))
    worker.close(_WAIT_S)
    if failures:
        raise failures[0]
    epochs = results[0]
    for name, script in (("plain", "script without XLA"), ("auto", "script as it is")):
        pairs = list(zip(epochs["ours"], epochs[name], strict=True))
        # Pairs measured one after the other share the state of the machine: their ratio varies less than the times.
        wall = median([ours.wall_s / theirs.wall_s for ours, theirs in pairs])
        cpu = median([ours.cpu_s / theirs.cpu_s for ours, theirs in pairs])
        yield Row(
            "training, an epoch, median",
            median([o.wall_s for o, _ in pairs]),
            "s",
            median([t.wall_s for _, t in pairs]),
            script,
        )
        yield Row("training, paired ratio of times", wall, "x", 1.0, script, 1.05, True)
        yield Row("training, paired ratio of CPU times", cpu, "x", 1.0, script, 1.05, True)
