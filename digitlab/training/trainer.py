"""The training itself, watched batch by batch. Runs in the thread that owns Keras."""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from digitlab.data.dataset import Dataset, DigitSet
from digitlab.errors import DigitLabError
from digitlab.model.build import build_keras_model
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.training.config import MAXIMUM_SEED, Augmentation, TrainingConfig
from digitlab.training.control import TrainingControl
from digitlab.training.events import OptimizerStart, Origin, TrainingEnded, TrainingStarted
from digitlab.training.examples import Examples, place_of
from digitlab.training.optimizer_state import SLOT_COUNTS, OptimizerState, restore_state
from digitlab.training.runtime import release_memory
from digitlab.training.to_keras import keras_accuracy, keras_loss, keras_optimizer, network_input, one_hot
from digitlab.training.watcher import Publish, TrainingStoppedError, Watcher

if TYPE_CHECKING:
    import keras

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Branching:
    """The moment of a run that another training goes on from.

    Attributes:
        run_name: What people call the run.
        snapshot: The weights.
        optimizer_state: The optimizer's state at that moment, if it was kept.
    """

    run_name: str
    snapshot: Snapshot
    optimizer_state: OptimizerState | None


@dataclass(frozen=True, slots=True, eq=False)
class TrainingRequest:
    """A training to be done.

    Attributes:
        spec: The network.
        config: The recipe.
        dataset: What to learn from.
        branching: Where to go on from, a moment of a run of the same network; None to begin with random weights.
    """

    spec: ModelSpec
    config: TrainingConfig
    dataset: Dataset
    branching: Branching | None = None

    @property
    def origin(self) -> Origin | None:
        """Where it goes on from, as the run will tell."""
        if self.branching is None:
            return None
        snapshot, state = self.branching.snapshot, self.branching.optimizer_state
        start = OptimizerStart.FRESH
        if state is not None and state.optimizer is self.config.optimizer:
            start = OptimizerStart.RESTORED
        elif not SLOT_COUNTS[self.config.optimizer]:
            start = OptimizerStart.STATELESS
        return Origin(self.branching.run_name, snapshot.step, snapshot.epoch, start)


def initial_snapshot(spec: ModelSpec, seed: int) -> Snapshot:
    """Return the untrained network that a training with this seed starts from."""
    return Snapshot.of(spec, build_keras_model(spec, seed).get_weights())


def train(request: TrainingRequest, control: TrainingControl, publish: Publish) -> None:
    """Train a network and tell everything through events. Never raises for what training can run into.

    Args:
        request: What to train.
        control: Pauses and stops it from another thread.
        publish: Called in this thread with each event. ``TrainingEnded`` comes last, whatever happens.
    """
    error: DigitLabError | None = None
    was_stopped = False
    try:
        _fit(request, control, publish)
    except TrainingStoppedError:
        was_stopped = True
    except DigitLabError as failure:
        # Without its traceback, which would carry the frames and with them the Keras model into other threads.
        error = failure.with_traceback(None)
    except Exception as failure:  # noqa: BLE001 - whatever Keras or TensorFlow raises must reach the person
        _log.exception("Training failed.")
        error = _in_plain_words(failure)
    finally:
        release_memory()
    publish(TrainingEnded(was_stopped=was_stopped, error=error))


def _split(dataset: Dataset, share: float) -> tuple[DigitSet, DigitSet]:
    """Return training and validation digits: the last share of the training digits, or the test digits."""
    held_out = round(len(dataset.train) * share)
    if held_out == 0:
        return dataset.train, dataset.test
    return dataset.train.subset(slice(0, -held_out)), dataset.train.subset(slice(-held_out, None))


def _fit(request: TrainingRequest, control: TrainingControl, publish: Publish) -> None:
    problem = request.spec.training_problem()
    if problem is not None:
        raise DigitLabError(problem.reason)
    config, class_count = request.config, request.spec.class_count
    training, validation = _split(request.dataset, config.validation_share)
    if not len(training) or not len(validation):
        raise DigitLabError(
            "The dataset has too few images to train and validate on.", remedy="Choose a larger dataset."
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
    # A branch would otherwise see the images in the order of the run's own first epoch again.
    seed = (config.seed + started.first_step) % (MAXIMUM_SEED + 1)
    model = build_keras_model(request.spec, seed, config.dropout)
    model.compile(
        loss=keras_loss(request.spec.loss),
        optimizer=_optimizer(request, started, model),
        metrics=[keras_accuracy(class_count)],
        jit_compile=False,  # On the CPU, XLA makes this network about twice as slow.
    )
    if not model.optimizer.built:
        # Else what it remembers would be missing from the first snapshot: Keras makes it with the first batch.
        model.optimizer.build(model.trainable_variables)
    publish(started)
    watcher = Watcher(started, model, control, publish)
    judged = network_input(validation.images), one_hot(validation.labels, class_count)
    judging_batch = max(config.batch_size, 500)
    if examples is not None:
        judging = {"x": judged[0], "y": judged[1], "batch_size": judging_batch}
        _fit_examples(model, examples, started, watcher, judging)
        return
    model.fit(
        network_input(training.images),
        one_hot(training.labels, class_count),
        batch_size=config.batch_size,
        epochs=config.epochs,
        validation_data=judged,
        validation_batch_size=judging_batch,
        verbose=0,
        callbacks=[watcher.as_keras_callback()],
    )


def _optimizer(request: TrainingRequest, started: TrainingStarted, model: "keras.Sequential") -> Any:
    """Return the optimizer; for a branch also give the model its weights, and the optimizer its state."""
    branching = request.branching
    if branching is None:
        return keras_optimizer(request.config, started.total_steps)
    if branching.snapshot.spec.weight_shapes != request.spec.weight_shapes:
        raise DigitLabError(
            "The moment to go on from belongs to another network.",
            remedy="Open the run's own network in the recipe, or train from the beginning.",
        )
    model.set_weights(list(branching.snapshot.arrays))
    state = branching.optimizer_state
    if state is None or state.optimizer is not request.config.optimizer:
        return keras_optimizer(request.config, started.total_steps)
    optimizer = keras_optimizer(request.config, started.total_steps, first_step=state.iterations)
    restore_state(state, optimizer, model.trainable_variables)
    return optimizer


def _fit_examples(
    model: "keras.Sequential", examples: Examples, started: TrainingStarted, watcher: Watcher, judged: dict[str, Any]
) -> None:
    """Train on batches made one by one in this thread.

    Keras' ``fit`` would have TensorFlow's threads call Python for them. After a training that was stopped such a thread
    may wait for the interpreter for good, and with it the end of the program (TensorFlow 2.21, Keras 3.15).
    """
    callback = watcher.as_keras_callback()
    watcher.begin()
    for epoch in range(started.config.epochs):
        watcher.begin_epoch(epoch)
        for index in range(examples.batch_count):
            images, labels = examples.batch(*place_of(started, epoch * examples.batch_count + index))
            targets = one_hot(labels, model.output_shape[-1])
            figures = model.train_on_batch(network_input(images), targets, return_dict=True)
            right = round(float(figures["accuracy"]) * len(labels))
            watcher.note_batch(len(labels), float(figures["loss"]), right)
        judgement = model.evaluate(**judged, verbose=0, return_dict=True, callbacks=[callback])
        watcher.end_epoch(epoch, {f"val_{name}": value for name, value in judgement.items()})


def _in_plain_words(failure: Exception) -> DigitLabError:
    if isinstance(failure, MemoryError) or type(failure).__name__ == "ResourceExhaustedError":
        return DigitLabError(
            "There is not enough memory for this training.",
            remedy="Choose a smaller batch size or fewer filters, or close other programs, and train again.",
        )
    return DigitLabError(
        f"The training failed inside TensorFlow: {type(failure).__name__}.",
        remedy="The last good network is kept. The log has the details; try again with other settings.",
    )
