"""Training: its events, pause, stop, seed and failures."""

import gc
import threading
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pytest

from digitlab.data.dataset import Dataset, DigitSet
from digitlab.evaluation.metrics import mean_loss
from digitlab.insight.batch import answer_all
from digitlab.insight.lens import inspect
from digitlab.model.layer import Activation
from digitlab.model.layers import Dense
from digitlab.model.presets import PRESETS
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import Loss
from digitlab.training import steps
from digitlab.training import trainer as trainer_module
from digitlab.training.config import Augmentation, Optimizer, TrainingConfig
from digitlab.training.control import TrainingControl
from digitlab.training.events import (
    BatchEnded,
    EpochEnded,
    SnapshotTaken,
    TrainingEnded,
    TrainingEvent,
    TrainingPaused,
    TrainingResumed,
    TrainingStarted,
    ValidationStarted,
)
from digitlab.training.to_keras import keras_optimizer
from digitlab.training.trainer import TrainingRequest, initial_snapshot, train
from tests.helpers.networks import small_dataset, small_spec
from tests.unit.training.conftest import SMALL_CONFIG, Trainer

STEPS_PER_EPOCH = 7

Event = TypeVar("Event")


def _of(events: list[TrainingEvent], kind: type[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def _ended(events: list[TrainingEvent]) -> TrainingEnded:
    assert isinstance(events[-1], TrainingEnded)
    assert len(_of(events, TrainingEnded)) == 1
    return events[-1]


def _same_weights(one: Snapshot, other: Snapshot, tolerance: float = 0.0) -> bool:
    return all(np.allclose(a, b, rtol=0, atol=tolerance) for a, b in zip(one.arrays, other.arrays, strict=True))


@pytest.fixture(scope="module")
def failed_events(run_training: Trainer) -> list[TrainingEvent]:
    """All events of a training whose learning rate is far too high."""
    return run_training(learning_rate=1e9)


@pytest.fixture(scope="module")
def watched(failed_events: list[TrainingEvent], run_training: Trainer) -> tuple[list[TrainingEvent], list[np.ndarray]]:
    """The usual training once more, after one that failed: its events, and what each snapshot said as it was published.

    That is what the lens answers to the first test image, while the training goes on.
    """
    answers: list[np.ndarray] = []

    def look(event: TrainingEvent) -> None:
        if isinstance(event, SnapshotTaken):
            answers.append(_answer(event.snapshot))

    return run_training(react=look), answers


def _answer(snapshot: Snapshot) -> np.ndarray:
    outputs = inspect(snapshot, small_dataset().test.images[0]).outputs
    assert outputs is not None
    return outputs


def test_a_training_publishes_its_events_in_order(usual_events: list[TrainingEvent]):
    events = usual_events
    started = events[0]
    assert isinstance(started, TrainingStarted)
    assert (started.training_count, started.validation_count, started.validates_on_test) == (330, 120, True)
    assert (started.steps_per_epoch, started.total_steps) == (STEPS_PER_EPOCH, 2 * STEPS_PER_EPOCH)
    assert [batch.step for batch in _of(events, BatchEnded)] == list(range(1, 15))
    assert [epoch.epoch for epoch in _of(events, EpochEnded)] == [1, 2]
    assert [epoch.step for epoch in _of(events, EpochEnded)] == [7, 14]
    assert [begun.epoch for begun in _of(events, ValidationStarted)] == [1, 2]
    assert _ended(events).error is None
    assert not _ended(events).was_stopped
    seconds = [batch.seconds for batch in _of(events, BatchEnded)]
    assert seconds == sorted(seconds)


def test_snapshots_begin_untrained_and_end_trained(usual_events: list[TrainingEvent]):
    snapshots = [event.snapshot for event in _of(usual_events, SnapshotTaken) if event.is_kept]
    assert snapshots[0].step == 0
    assert snapshots[-1].step == 14
    assert snapshots[-1].epoch == 2.0
    steps = [snapshot.step for snapshot in snapshots]
    assert steps == sorted(set(steps))
    assert STEPS_PER_EPOCH in steps
    assert not _same_weights(snapshots[0], snapshots[-1])


def _batch_figures(snapshot: Snapshot, digits: DigitSet) -> tuple[float, float]:
    """Return mean cross-entropy and accuracy of one batch, from the logits of the lens."""
    logits = np.array([inspect(snapshot, image).sums[-1] for image in digits.images], dtype=np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    losses = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(digits)), digits.labels]
    return float(losses.mean()), float((logits.argmax(axis=1) == digits.labels).mean())


@pytest.mark.parametrize(
    ("optimizer", "rate"),
    # With Adam the second loss is 2e9 and the later ones 1e5: they must not vanish beside it.
    [(Optimizer.SGD, 0.05), (Optimizer.ADAM, 1e5)],
)
def test_batch_metrics_equal_those_of_the_lens(
    optimizer: Optimizer, rate: float, run_training: Trainer, monkeypatch: pytest.MonkeyPatch
):
    """In the order of the dataset, with the weights before each batch; the last batch is smaller."""
    monkeypatch.setattr(trainer_module, "shuffled_orders", lambda count, epochs: [np.arange(count)] * epochs)
    monkeypatch.setattr("digitlab.training.watcher.LIVE_SNAPSHOT_PERIOD_S", 0.0)
    events = run_training(epochs=1, optimizer=optimizer, learning_rate=rate)
    snapshots = {event.snapshot.step: event.snapshot for event in _of(events, SnapshotTaken)}
    batches = _of(events, BatchEnded)
    assert len(batches) == STEPS_PER_EPOCH
    for batch in batches:
        digits = small_dataset().train.subset(slice((batch.step - 1) * 50, batch.step * 50))
        loss, accuracy = _batch_figures(snapshots[batch.step - 1], digits)
        assert batch.loss == pytest.approx(loss, rel=1e-4, abs=1e-4)
        assert batch.accuracy == pytest.approx(accuracy, abs=1e-9)
    assert len(digits) == 30
    (epoch,) = _of(events, EpochEnded)
    sizes = [50] * 6 + [30]
    assert epoch.loss == pytest.approx(np.average([batch.loss for batch in batches], weights=sizes))
    assert epoch.accuracy == pytest.approx(np.average([batch.accuracy for batch in batches], weights=sizes))


def _result(snapshot: Snapshot) -> tuple[float, float]:
    """Return loss and accuracy of a snapshot on the test digits, by the forward pass of the lens."""
    digits = small_dataset().test
    answers = answer_all(snapshot, digits.images)
    assert answers is not None
    right = answers.outputs[:, :10].argmax(axis=1) == digits.labels
    return mean_loss(snapshot.spec.loss, answers.sums, digits.labels), float(right.mean())


@pytest.mark.parametrize("loss", Loss)
def test_validation_metrics_equal_those_of_the_last_snapshot(
    loss: Loss,
    usual_events: list[TrainingEvent],
    run_training: Trainer,
    last_snapshot: Callable[[list[TrainingEvent]], Snapshot],
):
    is_usual = loss is Loss.SOFTMAX_CROSS_ENTROPY
    events = usual_events if is_usual else run_training(spec=small_spec(loss), epochs=1)
    epoch = _of(events, EpochEnded)[-1]
    val_loss, val_accuracy = _result(last_snapshot(events))
    assert epoch.val_loss == pytest.approx(val_loss, rel=1e-5)
    assert epoch.val_accuracy == pytest.approx(val_accuracy)


@pytest.mark.parametrize(
    ("optimizer", "weights"),
    [
        (Optimizer.SGD, (0.9, 0.81)),
        # The velocity is 0.9 of its previous value minus 0.1 of the gradient: -0.1, then -0.09 - 0.09.
        (Optimizer.MOMENTUM, (0.9, 0.72)),
        # Looks 0.9 of the new velocity ahead: 1 - 0.09 - 0.1; the velocity is then -0.09 - 0.081.
        (Optimizer.NESTEROV, (0.81, 0.81 - 0.9 * 0.171 - 0.081)),
        # The mean square of the gradients is a tenth of the first one's.
        (Optimizer.RMSPROP, (1 - 0.1 / np.sqrt(0.1),)),
        # The sum of the squares begins at 0.1.
        (Optimizer.ADAGRAD, (1 - 0.1 / np.sqrt(1.1),)),
        # Both means are bias-corrected: the first step equals the learning rate.
        (Optimizer.ADAM, (0.9,)),
    ],
)
def test_every_optimizer_steps_as_calculated_by_hand(optimizer: Optimizer, weights: tuple[float, ...]):
    """Down the parabola w * w / 2 from 1, where the gradient is w itself."""
    import keras

    weight = keras.Variable(1.0)
    rule = keras_optimizer(TrainingConfig(optimizer=optimizer, learning_rate=0.1), total_steps=2)
    for expected in weights:
        rule.apply([keras.ops.convert_to_tensor(weight)], [weight])
        assert float(weight) == pytest.approx(expected, rel=1e-5)


def test_a_validation_share_holds_out_the_last_training_digits(run_training: Trainer):
    control = TrainingControl()
    control.stop()
    started = run_training(validation_share=0.1, control=control)[0]
    assert isinstance(started, TrainingStarted)
    assert (started.training_count, started.validation_count, started.validates_on_test) == (297, 33, False)


def test_the_same_seed_gives_the_same_training(
    usual_events: list[TrainingEvent],
    watched: tuple[list[TrainingEvent], list[np.ndarray]],
    last_snapshot: Callable[[list[TrainingEvent]], Snapshot],
):
    one, other = usual_events, watched[0]
    assert _same_weights(last_snapshot(one), last_snapshot(other), 1e-6)
    losses = [[batch.loss for batch in _of(events, BatchEnded)] for events in (one, other)]
    assert losses[0] == pytest.approx(losses[1], abs=1e-4)


def test_a_training_equals_that_of_a_plain_keras_script(
    run_training: Trainer, last_snapshot: Callable[[list[TrainingEvent]], Snapshot]
):
    """The same images in the same order, and the same arithmetic: two epochs, each with a smaller last batch."""
    import keras

    digits = small_dataset().train
    keras.utils.set_random_seed(SMALL_CONFIG.seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(2, 5, strides=2, activation="relu"),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01), jit_compile=False)
    images = digits.images[..., np.newaxis].astype(np.float32) * np.float32(1 / 255)
    model.fit(images, np.eye(10)[digits.labels], batch_size=SMALL_CONFIG.batch_size, epochs=2, verbose=0)
    ours = last_snapshot(run_training(optimizer=Optimizer.ADAM, learning_rate=0.01))
    # Bit for bit if TensorFlow sums in a fixed order, which it does not guarantee on every processor.
    assert _same_weights(ours, Snapshot.of(ours.spec, model.get_weights()), 1e-6)


def test_another_seed_gives_other_initial_weights():
    start = initial_snapshot(small_spec(), 7)
    assert _same_weights(start, initial_snapshot(small_spec(), 7))
    assert not _same_weights(start, initial_snapshot(small_spec(), 8))


def test_the_initial_weights_are_those_shown_before(usual_events: list[TrainingEvent]):
    (first, *_) = _of(usual_events, SnapshotTaken)
    assert _same_weights(first.snapshot, initial_snapshot(small_spec(), SMALL_CONFIG.seed))


def _pausing_at(control: TrainingControl, step: int) -> Callable[[TrainingEvent], None]:
    def react(event: TrainingEvent) -> None:
        if isinstance(event, BatchEnded) and event.step == step:
            control.pause()
        if isinstance(event, TrainingPaused):
            control.resume()

    return react


ADAM = {"optimizer": Optimizer.ADAM, "learning_rate": 0.01, "epochs": 1}


@pytest.fixture(scope="module")
def paused_events(run_training: Trainer) -> list[TrainingEvent]:
    """All events of a training with Adam, paused and resumed after the fifth of seven batches."""
    control = TrainingControl()
    return run_training(control=control, react=_pausing_at(control, 5), **ADAM)


def test_a_pause_keeps_the_optimizers_state(
    paused_events: list[TrainingEvent],
    run_training: Trainer,
    last_snapshot: Callable[[list[TrainingEvent]], Snapshot],
):
    """Adam's state and step count determine the next step, so losing them would change the weights."""
    assert len(_of(paused_events, TrainingPaused)) == len(_of(paused_events, TrainingResumed)) == 1
    paused, unpaused = last_snapshot(paused_events), last_snapshot(run_training(**ADAM))
    assert paused.step == unpaused.step == STEPS_PER_EPOCH
    assert _same_weights(paused, unpaused, 1e-6)


def test_a_pause_publishes_the_current_weights(paused_events: list[TrainingEvent]):
    before = paused_events[: paused_events.index(_of(paused_events, TrainingPaused)[0])]
    assert _of(before, SnapshotTaken)[-1].snapshot.step == 5


def _stopping_when(control: TrainingControl, is_snapshot: Callable[[TrainingEvent], bool]):
    def react(event: TrainingEvent) -> None:
        if is_snapshot(event):
            control.stop()

    return react


def test_stop_ends_after_the_batch_with_its_snapshot(run_training: Trainer):
    control = TrainingControl()
    at_three = _stopping_when(control, lambda event: isinstance(event, BatchEnded) and event.step == 3)
    events = run_training(control=control, react=at_three)
    assert len(_of(events, BatchEnded)) == 3
    assert not _of(events, EpochEnded)
    assert not _of(events, ValidationStarted)
    assert _of(events, SnapshotTaken)[-1].snapshot.step == 3
    assert _ended(events).was_stopped
    assert _ended(events).error is None


def test_stop_during_validation_takes_at_most_one_more_batch(run_training: Trainer, monkeypatch: pytest.MonkeyPatch):
    from digitlab.training.watcher import Watcher

    validated = []
    end_batch = Watcher.end_validation_batch
    monkeypatch.setattr(Watcher, "end_validation_batch", lambda self: (validated.append(1), end_batch(self)))
    digits = small_dataset().test
    images, labels = np.repeat(digits.images, 20, axis=0), np.repeat(digits.labels, 20)
    control = TrainingControl()
    events = run_training(
        control=control,
        dataset=Dataset("", small_dataset().train, DigitSet(images, labels)),
        react=_stopping_when(control, lambda event: isinstance(event, ValidationStarted)),
    )
    assert len(validated) == 1
    assert not _of(events, EpochEnded)
    assert _of(events, SnapshotTaken)[-1].snapshot.step == STEPS_PER_EPOCH
    assert _ended(events).was_stopped


def test_stop_before_the_first_batch_trains_none(run_training: Trainer):
    control = TrainingControl()
    control.stop()
    events = run_training(control=control)
    assert not _of(events, BatchEnded)
    assert _of(events, SnapshotTaken)[-1].snapshot.step == 0
    assert _ended(events).was_stopped


def test_stop_ends_a_paused_training_in_its_thread():
    control, paused = TrainingControl(), threading.Event()
    events: list[TrainingEvent] = []

    def publish(event: TrainingEvent) -> None:
        events.append(event)
        if isinstance(event, BatchEnded) and event.step == 2:
            control.pause()
        if isinstance(event, TrainingPaused):
            paused.set()

    request = TrainingRequest(small_spec(), TrainingConfig(batch_size=50), small_dataset())
    thread = threading.Thread(target=train, args=(request, control, publish))
    thread.start()
    assert paused.wait(30)
    control.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert len(_of(events, BatchEnded)) == 2
    assert not _of(events, TrainingResumed)
    assert _ended(events).was_stopped


def test_a_stop_after_the_end_has_no_effect(run_training: Trainer):
    control = TrainingControl()
    last = _stopping_when(control, lambda event: isinstance(event, EpochEnded))
    assert not _ended(run_training(control=control, react=last, epochs=1)).was_stopped


def test_too_high_a_learning_rate_is_reported_and_keeps_the_last_snapshot(
    failed_events: list[TrainingEvent], last_snapshot: Callable[[list[TrainingEvent]], Snapshot]
):
    error = _ended(failed_events).error
    assert error is not None
    assert "The training diverged at step 2: the loss has grown to" in str(error)
    assert "learning rate was 1e+09" in str(error)
    # Its frames would take the Keras model into other threads.
    assert error.__traceback__ is None
    assert error.__context__ is None
    assert last_snapshot(failed_events).is_finite
    assert all(np.isfinite(batch.loss) for batch in _of(failed_events, BatchEnded))


def test_a_loss_that_is_not_a_number_is_reported(run_training: Trainer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(steps, "keras_loss", lambda loss: lambda targets, outputs: outputs[0, 0] * float("nan"))
    error = _ended(run_training()).error
    assert error is not None
    assert "the loss is no longer a number" in str(error)


@pytest.mark.parametrize("kind", ["MemoryError", "ResourceExhaustedError"])
def test_too_little_memory_is_reported(kind: str, run_training: Trainer, monkeypatch: pytest.MonkeyPatch):
    import tensorflow as tf

    failure = MemoryError() if kind == "MemoryError" else tf.errors.ResourceExhaustedError(None, None, "OOM")

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(trainer_module, "Steps", fail)
    error = _ended(run_training()).error
    assert error is not None
    assert "not enough memory" in error.happened
    assert "smaller batch size" in error.remedy


def test_an_unknown_failure_is_reported_by_name(
    run_training: Trainer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def fail(*_: object) -> None:
        raise ZeroDivisionError("somewhere")

    monkeypatch.setattr(trainer_module, "keras_optimizer", fail)
    error = _ended(run_training()).error
    assert error is not None
    assert "ZeroDivisionError" in error.happened
    assert "somewhere" in caplog.text


@pytest.mark.parametrize("name", ["one-conv", "two-conv"])
def test_a_network_that_does_not_classify_is_not_trained(name: str, run_training: Trainer):
    events = run_training(spec=PRESETS[name])
    assert len(events) == 1
    error = _ended(events).error
    assert error is not None
    assert "feature maps" in error.happened


def test_an_empty_dataset_is_reported(run_training: Trainer):
    empty = DigitSet(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.uint8))
    error = _ended(run_training(dataset=Dataset("", empty, empty))).error
    assert error is not None
    assert "too few images" in error.happened


def test_the_next_training_after_a_failure_works(watched: tuple[list[TrainingEvent], list[np.ndarray]]):
    assert _ended(watched[0]).error is None


def test_a_training_leaves_no_tensorflow_graphs_behind(watched: tuple[list[TrainingEvent], list[np.ndarray]]):
    """A user may train fifty times."""
    del watched
    gc.collect()
    assert not [thing for thing in gc.get_objects() if type(thing).__name__ == "FuncGraph" and thing.name == "train"]


def test_the_lens_reads_snapshots_as_they_are_published(watched: tuple[list[TrainingEvent], list[np.ndarray]]):
    """A view may read any snapshot during the training; it never changes."""
    events, answers = watched
    snapshots = [event.snapshot for event in _of(events, SnapshotTaken)]
    assert len(snapshots) > 2
    for snapshot, answer in zip(snapshots, answers, strict=True):
        assert np.array_equal(_answer(snapshot), answer)


@pytest.fixture
def augmented(run_training: Trainer, few_drawings: None) -> Trainer:
    """Train a network with eleven outputs for one epoch of 660 images and drawings: 13 batches of 50 and one of 10."""
    spec = small_spec()
    spec = spec.with_layer(len(spec.layers) - 1, Dense(11, Activation.SOFTMAX))

    def run(**changes: object) -> list[TrainingEvent]:
        settings = {"spec": spec, "epochs": 1, "augmentation": Augmentation.DRAWINGS, **changes}
        return run_training(**settings)

    return run


def test_a_training_with_drawings_publishes_the_same_events(
    augmented: Trainer, last_snapshot: Callable[[list[TrainingEvent]], Snapshot]
):
    control = TrainingControl()
    events = augmented(control=control, react=_pausing_at(control, 5), epochs=2)
    started, epochs = events[0], _of(events, EpochEnded)
    assert isinstance(started, TrainingStarted)
    assert (started.training_count, started.validation_count, started.steps_per_epoch) == (660, 120, 14)
    assert [batch.step for batch in _of(events, BatchEnded)] == list(range(1, 29))
    assert [begun.epoch for begun in _of(events, ValidationStarted)] == [1, 2]
    assert [epoch.step for epoch in epochs] == [14, 28]
    assert len(_of(events, TrainingPaused)) == len(_of(events, TrainingResumed)) == 1
    assert _ended(events).error is None
    losses = [batch.loss for batch in _of(events, BatchEnded)][:14]
    assert epochs[0].loss == pytest.approx(np.average(losses, weights=[50] * 13 + [10]))
    val_loss, val_accuracy = _result(last_snapshot(events))
    assert epochs[-1].val_loss == pytest.approx(val_loss, rel=1e-5)
    assert epochs[-1].val_accuracy == pytest.approx(val_accuracy)


def test_a_training_with_drawings_stops_in_the_middle_and_can_be_repeated(
    augmented: Trainer, last_snapshot: Callable[[list[TrainingEvent]], Snapshot]
):
    ends = []
    for _ in range(2):
        control = TrainingControl()
        at_four = _stopping_when(control, lambda event: isinstance(event, BatchEnded) and event.step == 4)
        events = augmented(control=control, react=at_four, optimizer=Optimizer.MOMENTUM)
        assert len(_of(events, BatchEnded)) == 4
        first = _of(events, SnapshotTaken)[0]
        # Before the first batch the state is zeros, not missing: the training can be continued from there too.
        assert first.optimizer_state is not None
        assert [slot.shape for slot in first.optimizer_state.slots] == [one.shape for one in first.snapshot.arrays]
        assert _ended(events).was_stopped
        ends.append(last_snapshot(events))
    assert ends[0].step == 4
    assert _same_weights(ends[0], ends[1], 1e-6)
