"""The training loop. Runs in the thread that owns Keras."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import Dataset, DigitSet
from digitlab.model.build import build_keras_model
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError
from digitlab.training.config import MAXIMUM_SEED, Augmentation, TrainingConfig
from digitlab.training.control import TrainingControl
from digitlab.training.events import OptimizerStart, Origin, TrainingEnded, TrainingStarted
from digitlab.training.examples.batches import Examples, batch_position
from digitlab.training.optimizer_state import SLOT_COUNTS, OptimizerState, restore_state
from digitlab.training.runtime import release_memory
from digitlab.training.steps import Steps, Totals, shuffled_orders
from digitlab.training.to_keras import keras_optimizer
from digitlab.training.watcher import Publish, TrainingStoppedError, Watcher

if TYPE_CHECKING:
    import keras

_log = logging.getLogger(__name__)

Batch = tuple[NDArray[np.uint8], NDArray[np.uint8]]
"""Images, shape (n, side, side), and labels, shape (n,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """The point of a run from which another training continues.

    Attributes:
        run_name: Name of the run.
        snapshot: The weights.
        optimizer_state: The optimizer's state at that step, or None if it was not kept.
    """

    run_name: str
    snapshot: Snapshot
    optimizer_state: OptimizerState | None


@dataclass(frozen=True, slots=True, eq=False)
class TrainingRequest:
    """What to train, and how.

    Attributes:
        spec: The network.
        config: The hyperparameters.
        dataset: The training and validation data.
        checkpoint: Where to continue from, of a run of the same network; None to start with random weights.
    """

    spec: ModelSpec
    config: TrainingConfig
    dataset: Dataset
    checkpoint: Checkpoint | None = None

    @property
    def origin(self) -> Origin | None:
        """Where the training continues from, as the run records it; None if it starts with random weights."""
        if self.checkpoint is None:
            return None
        snapshot, state = self.checkpoint.snapshot, self.checkpoint.optimizer_state
        start = OptimizerStart.FRESH
        if state is not None and state.optimizer is self.config.optimizer:
            start = OptimizerStart.RESTORED
        elif not SLOT_COUNTS[self.config.optimizer]:
            start = OptimizerStart.STATELESS
        return Origin(self.checkpoint.run_name, snapshot.step, snapshot.epoch, start)


def initial_snapshot(spec: ModelSpec, seed: int) -> Snapshot:
    """Return the untrained network with which a training with this seed starts."""
    return Snapshot.of(spec, build_keras_model(spec, seed).get_weights())


def train(request: TrainingRequest, control: TrainingControl, publish: Publish) -> None:
    """Train a network and publish its progress as events. Failures end up in ``TrainingEnded``, not in exceptions.

    Args:
        request: What to train.
        control: Pauses and stops it from another thread.
        publish: Called in this thread with each event; ``TrainingEnded`` always comes last.
    """
    error: DigitLabError | None = None
    was_stopped = False
    try:
        _fit(request, control, publish)
    except TrainingStoppedError:
        was_stopped = True
    except DigitLabError as failure:
        # Without its traceback, whose frames would take the Keras model into other threads.
        error = failure.with_traceback(None)
    except Exception as failure:  # noqa: BLE001 - anything that Keras or TensorFlow raises must reach the user
        _log.exception("Training failed.")
        error = _plain_error(failure)
    finally:
        release_memory()
    publish(TrainingEnded(was_stopped=was_stopped, error=error))


def _split(dataset: Dataset, share: float) -> tuple[DigitSet, DigitSet]:
    """Return training and validation digits; to validate on, the last of the training digits or the test digits."""
    held_out = round(len(dataset.train) * share)
    if held_out == 0:
        return dataset.train, dataset.test
    return dataset.train.subset(slice(0, -held_out)), dataset.train.subset(slice(-held_out, None))


def _fit(request: TrainingRequest, control: TrainingControl, publish: Publish) -> None:
    problem = request.spec.training_problem()
    if problem is not None:
        raise DigitLabError(problem.reason)
    request.spec.check_data(request.dataset.train)
    config = request.config
    training, validation = _split(request.dataset, config.validation_share)
    if not len(training) or not len(validation):
        raise DigitLabError(
            "The dataset has too few images for training and validation.", remedy="Choose a larger dataset."
        )
    examples = None
    if config.augmentation is not Augmentation.NONE:
        examples = Examples(training, request.dataset.drawings, request.spec, config)
    started = TrainingStarted(
        request.spec,
        config,
        request.dataset.name,
        training_count=len(training) if examples is None else examples.count,
        validation_count=len(validation),
        validates_on_test=validation is request.dataset.test,
        origin=request.origin,
    )
    # Otherwise a continued training would repeat the image order of the run's first epoch.
    seed = (config.seed + started.first_step) % (MAXIMUM_SEED + 1)
    model = build_keras_model(request.spec, seed, config.dropout, for_training=True)
    optimizer = _optimizer(request, started, model)
    if not optimizer.built:
        # Keras creates the state with the first batch; without this it would be missing from the first snapshot.
        optimizer.build(model.trainable_variables)
    publish(started)
    batches = _shuffled_batches(training, started) if examples is None else _augmented_batches(examples, started)
    watcher = Watcher(started, model, optimizer, control, publish)
    _run_epochs(Steps(model, optimizer, request.spec), batches, validation, watcher, started)


def _run_epochs(
    steps: Steps, batches: Iterator[Batch], validation: DigitSet, watcher: Watcher, started: TrainingStarted
) -> None:
    """Train and validate epoch by epoch."""
    watcher.begin()
    for epoch in range(1, started.config.epochs + 1):
        watcher.begin_epoch(epoch)
        for images, labels in islice(batches, started.steps_per_epoch):
            watcher.end_batch(steps.train(images, labels))
        watcher.begin_validation()
        result = Totals()
        for totals in steps.evaluate(validation):
            result += totals
            watcher.end_validation_batch()
        watcher.end_epoch(result)


def _shuffled_batches(digits: DigitSet, started: TrainingStarted) -> Iterator[Batch]:
    """Yield the batches of all epochs in the order of Keras' ``fit``."""
    size = started.config.batch_size
    for order in shuffled_orders(len(digits), started.config.epochs):
        for first in range(0, len(order), size):
            chosen = order[first : first + size]
            yield digits.images[chosen], digits.labels[chosen]


def _augmented_batches(examples: Examples, started: TrainingStarted) -> Iterator[Batch]:
    """Yield the augmented batches of all epochs, each generated when it is needed."""
    for number in range(started.total_steps):
        yield examples.batch(*batch_position(started, number))


def _optimizer(request: TrainingRequest, started: TrainingStarted, model: "keras.Sequential") -> Any:
    """Return the optimizer. To continue from a checkpoint, also restore weights and optimizer state."""
    checkpoint = request.checkpoint
    if checkpoint is None:
        return keras_optimizer(request.config, started.total_steps)
    if checkpoint.snapshot.spec.weight_shapes != request.spec.weight_shapes:
        raise DigitLabError(
            "The snapshot to continue from belongs to another network.",
            remedy="Open the run's own network in the Network tab, or train from the start.",
        )
    model.set_weights(list(checkpoint.snapshot.arrays))
    state = checkpoint.optimizer_state
    if state is None or state.optimizer is not request.config.optimizer:
        return keras_optimizer(request.config, started.total_steps)
    optimizer = keras_optimizer(request.config, started.total_steps, first_step=state.iterations)
    restore_state(state, optimizer, model.trainable_variables)
    return optimizer


def _plain_error(failure: Exception) -> DigitLabError:
    if isinstance(failure, MemoryError) or type(failure).__name__ == "ResourceExhaustedError":
        return DigitLabError(
            "There is not enough memory for this training.",
            remedy="Choose a smaller batch size or fewer filters, or close other programs, and train again.",
        )
    return DigitLabError(
        f"The training failed inside TensorFlow: {type(failure).__name__}.",
        remedy="The last snapshot is kept, and the log has the details. Try again with other settings.",
    )
