"""Training one fold of the pen network with the app's trainer, and its answers to what it holds out."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from material import SEED, Material, Split
from numpy.typing import NDArray
from photos import seen_in_pictures

from digitlab.data.dataset import Dataset, DigitSet
from digitlab.data.drawing.raster import render_many
from digitlab.insight.batch import answer_all
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run import Run
from digitlab.runs.run_file import write_run
from digitlab.system.errors import DigitLabError
from digitlab.system.storage import atomic_write
from digitlab.training.config import TrainingConfig
from digitlab.training.control import TrainingControl
from digitlab.training.events import EpochEnded, SnapshotTaken, TrainingEnded, TrainingEvent, TrainingStarted
from digitlab.training.recipes import RECIPES
from digitlab.training.trainer import TrainingRequest, train

FOLD_EPOCHS: Final = 3
"""Epochs of a fold: fewer than the recipe has, to save time. The estimates are lower for it."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The logits of a fold on its held-out data, each of shape (n, 11), float32.

    Attributes:
        mnist: On the held-out digits of MNIST.
        digits: On the held-out pen digits.
        letters: On the held-out letters.
        digit_indices: Indices of these digits in the material.
        letter_indices: Indices of these letters.
    """

    mnist: NDArray[np.float32]
    digits: NDArray[np.float32]
    letters: NDArray[np.float32]
    digit_indices: NDArray[np.intp]
    letter_indices: NDArray[np.intp]

    def save(self, path: Path) -> None:
        """Write an npz file."""
        with atomic_write(path) as file:
            np.savez_compressed(file, **{name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def load(cls, path: Path) -> "Answers":
        """Read an npz file."""
        with np.load(path) as file:
            return cls(**{name: file[name] for name in cls.__slots__})


def train_fold(material: Material, fold: int, path: Path) -> None:
    """Train a fold, and save the network with its run, and its logits beside it as ``.npz``.

    Args:
        material: The data.
        fold: The fold.
        path: The ``.digitlab`` file to write.

    Raises:
        DigitLabError: If the training fails.
    """
    split = material.split(fold)
    snapshot, run = _trained(replace(RECIPES["pen"].config, epochs=FOLD_EPOCHS), split.dataset)
    _answers(snapshot, material, split).save(path.with_suffix(".npz"))
    write_run(path, snapshot, run)


def train_shipped(material: Material, path: Path) -> None:
    """Train the network to ship on everything, and on simulated photos, and save it with its run.

    Args:
        material: The data.
        path: The ``.digitlab`` file to write.

    Raises:
        DigitLabError: If the training fails.
    """
    dataset = material.split(None).dataset
    known, seen = dataset.train, seen_in_pictures(dataset.train, SEED)
    both = DigitSet(np.concatenate([known.images, seen.images]), np.concatenate([known.labels, seen.labels]))
    snapshot, run = _trained(RECIPES["pen"].config, replace(dataset, train=both))
    write_run(path, snapshot, run)


def logits(snapshot: Snapshot, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the logits, shape (n, classes), for images of shape (n, 28, 28)."""
    answers = answer_all(snapshot, images)
    assert answers is not None
    return answers.sums


def _trained(config: TrainingConfig, dataset: Dataset) -> tuple[Snapshot, Run]:
    """Train, printing the metrics of each epoch."""
    follower = _Follower()
    request = TrainingRequest(RECIPES["pen"].spec, replace(config, seed=SEED), dataset)
    train(request, TrainingControl(), follower.publish)
    if follower.error is not None or follower.run is None or follower.newest is None:
        raise follower.error or DigitLabError("The training produced no network.")
    return follower.newest, follower.run


def _answers(snapshot: Snapshot, material: Material, split: Split) -> Answers:
    digits = render_many([material.digits[index].drawing for index in split.digits])
    letters = render_many([material.letters[index].drawing for index in split.letters])
    return Answers(
        logits(snapshot, split.dataset.test.images),
        logits(snapshot, digits),
        logits(snapshot, letters),
        split.digits,
        split.letters,
    )


class _Follower:
    """Stores a training's run and prints its epochs."""

    def __init__(self) -> None:
        self.run: Run | None = None
        self.newest: Snapshot | None = None
        self.error: DigitLabError | None = None

    def publish(self, event: TrainingEvent) -> None:
        if isinstance(event, TrainingStarted):
            self.run = Run(event)
        elif self.run is not None:
            self.run.add(event)
        match event:
            case SnapshotTaken():
                self.newest = event.snapshot
            case EpochEnded():
                print(
                    f"epoch {event.epoch}: loss {event.loss:.4f}, held-out MNIST {event.val_accuracy:.2%}, "
                    f"{event.seconds:.0f} s",
                    flush=True,
                )
            case TrainingEnded():
                self.error = event.error
