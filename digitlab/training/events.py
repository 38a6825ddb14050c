"""What a training tells while it goes on. All events are frozen, so that they may cross threads."""

from dataclasses import dataclass

from digitlab.errors import DigitLabError
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.training.config import TrainingConfig


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
    """

    spec: ModelSpec
    config: TrainingConfig
    dataset_name: str
    training_count: int
    validation_count: int
    validates_on_test: bool

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches an epoch; the last may be smaller."""
        return -(-self.training_count // self.config.batch_size)

    @property
    def total_steps(self) -> int:
        """The number of batches in the whole training."""
        return self.steps_per_epoch * self.config.epochs


@dataclass(frozen=True, slots=True)
class BatchEnded:
    """One batch was trained.

    Attributes:
        step: Number of batches trained so far, this one included.
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
        epoch: Number of epochs so far, this one included.
        step: Number of batches so far.
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
    """

    snapshot: Snapshot
    is_kept: bool


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
    | TrainingPaused
    | TrainingResumed
    | TrainingEnded
)
