"""Training one fold of the pen network with the app's trainer, and predicting its held-out data."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from material import Material, Split
from numpy.typing import NDArray

from digitlab.data.drawing.raster import render_many
from digitlab.insight.batch import answer_all
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run import Run
from digitlab.runs.run_file import write_run
from digitlab.system.errors import DigitLabError
from digitlab.system.storage import atomic_write
from digitlab.training.control import TrainingControl
from digitlab.training.events import EpochEnded, SnapshotTaken, TrainingEnded, TrainingEvent, TrainingStarted
from digitlab.training.recipes import NamedRecipe
from digitlab.training.trainer import TrainingRequest, train


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The logits of a fold on its held-out data, each of shape (n, classes), float32.

    Attributes:
        mnist: On MNIST's test digits.
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


def train_recipe(recipe: NamedRecipe, split: Split, seed: int) -> tuple[Snapshot, Run]:
    """Train, printing the metrics of each epoch.

    Raises:
        DigitLabError: If the training fails.
    """
    follower = _Follower()
    train(
        TrainingRequest(recipe.spec, replace(recipe.config, seed=seed), split.dataset),
        TrainingControl(),
        follower.publish,
    )
    if follower.error is not None or follower.run is None or follower.newest is None:
        raise follower.error or DigitLabError("The training produced no network.")
    return follower.newest, follower.run


def answer(snapshot: Snapshot, material: Material, split: Split) -> Answers:
    """Predict the held-out data of a fold."""
    digits = render_many([material.digits[index].drawing for index in split.digits])
    letters = render_many([material.letters[index].drawing for index in split.letters])
    return Answers(
        logits(snapshot, material.mnist.test.images),
        logits(snapshot, digits),
        logits(snapshot, letters),
        split.digits,
        split.letters,
    )


def logits(snapshot: Snapshot, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the logits, shape (n, classes), for images of shape (n, 28, 28)."""
    answers = answer_all(snapshot, images)
    assert answers is not None
    return answers.sums


def train_fold(recipe: NamedRecipe, material: Material, fold: int, folder: Path, name: str, seed: int) -> None:
    """Train a fold and save the network with its run, and its logits: ``name-fold.digitlab`` and ``.npz``."""
    split = material.split(fold)
    snapshot, run = train_recipe(recipe, split, seed)
    stem = f"{name}-{fold}"
    write_run(folder / f"{stem}.digitlab", snapshot, run)
    answer(snapshot, material, split).save(folder / f"{stem}.npz")


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
                    f"epoch {event.epoch}: loss {event.loss:.4f}, MNIST test {event.val_accuracy:.2%}, "
                    f"{event.seconds:.0f} s",
                    flush=True,
                )
            case TrainingEnded():
                self.error = event.error
