"""What a training tells while it goes on. All events are frozen, so that they may cross threads."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError
from digitlab.training.config import TrainingConfig
from digitlab.training.optimizer_state import OptimizerState


class OptimizerStart(StrEnum):
    """What the optimizer of a branch began with."""

    RESTORED = "restored"
    """With the state it had at that moment."""
    STATELESS = "stateless"
    """It remembers nothing between steps, so nothing is missing."""
    FRESH = "fresh"
    """Anew, because its state at that moment was not kept or belongs to another optimizer."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The moment of another run that a training goes on from.

    Attributes:
        run_name: What people call that run.
        step: Number of batches trained until then.
        epoch: The same in epochs.
        optimizer: What the optimizer began with.
    """

    run_name: str
    step: int
    epoch: float
    optimizer: OptimizerStart


@dataclass(frozen=True, slots=True)
class TrainingStarted:
    """The network is built and the first batch is about to begin.

    Attributes:
        spec: The network.
        config: The recipe.
        dataset_name: What it learns from.
        training_count: Number of training images.
        validation_count: Number of images validated on after each epoch.
        validates_on_test: Whether those are the dataset's test images.
        origin: Where it goes on from, or None if it began with random weights.
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
        """Number of batches trained before this training began."""
        return 0 if self.origin is None else self.origin.step

    @property
    def first_epoch(self) -> float:
        """The same in epochs: where its curves begin."""
        return 0.0 if self.origin is None else self.origin.epoch

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches an epoch; the last may be smaller."""
        return -(-self.training_count // self.config.batch_size)

    def epoch_of(self, step: int) -> float:
        """Return where a moment stands on the epoch axis.

        Args:
            step: Number of batches trained before it, as ``Snapshot.step`` counts them.
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
        step: Number of batches of this training so far, this one included.
        loss: Mean loss of this batch alone.
        accuracy: Share of this batch answered rightly, 0..1.
        seconds: Time spent training since the start, pauses left out.
    """

    step: int
    loss: float
    accuracy: float
    seconds: float


@dataclass(frozen=True, slots=True)
class ValidationStarted:
    """The batches of an epoch are done and the validation images are being answered."""

    epoch: int


@dataclass(frozen=True, slots=True)
class EpochEnded:
    """One epoch was trained and validated.

    Attributes:
        epoch: Number of epochs of this training so far, this one included.
        step: Number of its batches so far.
        loss: Mean training loss over the epoch, while the weights changed.
        accuracy: Training accuracy over the epoch, 0..1, while the weights changed.
        val_loss: Loss on the validation images after the epoch.
        val_accuracy: Accuracy on the validation images after the epoch, 0..1.
        seconds: Time the epoch took with validation, pauses left out.
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
    """The weights at this moment.

    Attributes:
        snapshot: The weights.
        is_kept: Whether it belongs to the run's history, or only serves what is on screen now.
        optimizer_state: What the optimizer remembers at this moment; copied for those that are kept, and every few
            seconds, so that a training that was cut off can go on.
    """

    snapshot: Snapshot
    is_kept: bool
    optimizer_state: OptimizerState | None = None


@dataclass(frozen=True, slots=True)
class UpdatesMeasured:
    """How far one step moved the weights.

    Attributes:
        step: Number of batches trained so far as ``Snapshot.step`` counts them, this one included.
        ratios: For each layer with weights, from input to output, the Euclidean length of the change of its weights
            by this step over that of the weights before it.
    """

    step: int
    ratios: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class TrainingPaused:
    """The training waits after a batch; weights and optimizer state are kept."""


@dataclass(frozen=True, slots=True)
class TrainingResumed:
    """The training goes on after a pause."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingEnded:
    """The training is over. The last snapshot was published before.

    Attributes:
        was_stopped: Whether it was asked to stop before its last epoch.
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
"""How far a step may have moved the weights of a layer, against how long they were; 1e-3 is usual."""
