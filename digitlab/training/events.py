"""The events that a training publishes. They are frozen, so they can cross threads."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError
from digitlab.training.config import TrainingConfig
from digitlab.training.optimizer_state import OptimizerState


class OptimizerStart(StrEnum):
    """The optimizer state with which a continued training started."""

    RESTORED = "restored"
    """The state saved with the checkpoint."""
    STATELESS = "stateless"
    """The optimizer has no state, so nothing is missing."""
    FRESH = "fresh"
    """A new state, because none was saved or it belongs to another optimizer."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The snapshot of another run from which a training continues.

    Attributes:
        run_name: Name of that run.
        step: Number of batches trained up to the snapshot.
        epoch: The same in epochs.
        optimizer: What the optimizer started with.
    """

    run_name: str
    step: int
    epoch: float
    optimizer: OptimizerStart


@dataclass(frozen=True, slots=True)
class TrainingStarted:
    """The network is built, and the first batch is about to start.

    Attributes:
        spec: The network.
        config: The hyperparameters.
        dataset_name: Name of the dataset.
        training_count: Number of training images.
        validation_count: Number of validation images.
        validates_on_test: Whether those are the dataset's test images.
        origin: Where it continues from, or None if it started with random weights.
    """

    spec: ModelSpec
    config: TrainingConfig
    dataset_name: str
    training_count: int
    validation_count: int
    validates_on_test: bool
    origin: Origin | None = None

    @property
    def first_step(self) -> int:
        """Number of batches trained before this training started."""
        return 0 if self.origin is None else self.origin.step

    @property
    def first_epoch(self) -> float:
        """The same in epochs: where its curves start."""
        return 0.0 if self.origin is None else self.origin.epoch

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches per epoch; the last one may be smaller."""
        return -(-self.training_count // self.config.batch_size)

    def epoch_of(self, step: int) -> float:
        """Return the position of a step on the epoch axis.

        Args:
            step: Number of batches, counted as in ``Snapshot.step``.
        """
        return self.first_epoch + (step - self.first_step) / self.steps_per_epoch

    @property
    def total_steps(self) -> int:
        """The number of batches in the whole training."""
        return self.steps_per_epoch * self.config.epochs


@dataclass(frozen=True, slots=True)
class BatchEnded:
    """One batch was trained.

    Attributes:
        step: Number of batches of this training so far, including this one.
        loss: Mean loss of this batch.
        accuracy: Accuracy on this batch, 0..1.
        seconds: Training time since the start, without pauses.
    """

    step: int
    loss: float
    accuracy: float
    seconds: float


@dataclass(frozen=True, slots=True)
class ValidationStarted:
    """The batches of an epoch are done, and validation has started."""

    epoch: int


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """One epoch was trained and validated.

    Attributes:
        epoch: Number of epochs of this training so far, including this one.
        step: Number of batches of this training so far.
        loss: Mean training loss over the epoch, measured while the weights changed.
        accuracy: Training accuracy over the epoch, 0..1, measured while the weights changed.
        val_loss: Loss on the validation images after the epoch.
        val_accuracy: Accuracy on the validation images after the epoch, 0..1.
        seconds: Duration of the epoch with validation, without pauses.
    """

    epoch: int
    step: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class SnapshotTaken:
    """The weights were copied.

    Attributes:
        snapshot: The weights.
        is_kept: Whether it belongs to the run's history; else it only updates the display.
        optimizer_state: The optimizer's state, or None. It is copied with every kept snapshot and also every few
            seconds, so that an interrupted training can be resumed.
    """

    snapshot: Snapshot
    is_kept: bool
    optimizer_state: OptimizerState | None = None


@dataclass(frozen=True, slots=True)
class UpdatesMeasured:
    """The update ratios of one step were measured.

    Attributes:
        step: Number of batches so far, counted as in ``Snapshot.step``, including this one.
        ratios: For each layer with weights, from input to output, the Euclidean norm of the weights' update divided by
            the norm of the weights before it.
    """

    step: int
    ratios: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TrainingPaused:
    """The training is paused after a batch; weights and optimizer state are kept."""


@dataclass(frozen=True, slots=True)
class TrainingResumed:
    """The training continues after a pause."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingEnded:
    """The training has ended. Its last snapshot was published before.

    Attributes:
        was_stopped: Whether it was stopped before the end of its last epoch.
        error: Why it failed, or None.
    """

    was_stopped: bool = False
    error: DigitLabError | None = None


TrainingEvent = (
    TrainingStarted
    | BatchEnded
    | ValidationStarted
    | EpochEnded
    | SnapshotTaken
    | UpdatesMeasured
    | TrainingPaused
    | TrainingResumed
    | TrainingEnded
)


MAXIMUM_UPDATE_RATIO: Final = 1e9
"""Largest update ratio that is recorded; about 1e-3 is typical."""
