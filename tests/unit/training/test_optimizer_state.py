"""The optimizer's state is read and restored exactly, with Keras as the oracle."""

from dataclasses import replace

import numpy as np
import pytest

from digitlab.model.presets import TUTORIAL
from digitlab.system.errors import DigitLabError
from digitlab.training.config import Augmentation, Optimizer, Schedule, TrainingConfig
from digitlab.training.control import TrainingControl
from digitlab.training.events import OptimizerStart, SnapshotTaken, TrainingEnded, TrainingEvent, TrainingStarted
from digitlab.training.optimizer_state import OptimizerState, read_state, restore_state, slot_shapes
from digitlab.training.to_keras import keras_optimizer
from digitlab.training.trainer import Checkpoint, TrainingRequest, train
from tests.helpers.networks import keras_model_of, random_snapshot, small_dataset, small_spec

CONFIG = TrainingConfig(
    epochs=2, batch_size=100, optimizer=Optimizer.ADAM, learning_rate=0.01, augmentation=Augmentation.IMAGES
)


@pytest.mark.parametrize("kind", Optimizer)
def test_a_restored_optimizer_continues_as_if_never_stopped(kind: Optimizer):
    snapshot = random_snapshot(small_spec())
    rng = np.random.default_rng(1)
    steps = [[rng.normal(size=array.shape).astype(np.float32) for array in snapshot.arrays] for _ in range(4)]
    config = TrainingConfig(optimizer=kind)
    whole, model = keras_optimizer(config, 10), keras_model_of(snapshot)
    for gradients in steps[:2]:
        whole.apply(gradients, model.trainable_variables)
    state = read_state(kind, whole)
    assert [slot.shape for slot in state.slots] == slot_shapes(kind, snapshot.spec)
    branch, resumed = keras_model_of(snapshot), keras_optimizer(config, 10, first_step=state.iterations)
    branch.set_weights(model.get_weights())
    restore_state(
        OptimizerState.of(kind, snapshot.spec, state.iterations, list(state.slots)), resumed, branch.trainable_variables
    )
    for gradients in steps[2:]:
        whole.apply(gradients, model.trainable_variables)
        resumed.apply(gradients, branch.trainable_variables)
    for ours, theirs in zip(branch.get_weights(), model.get_weights(), strict=True):
        assert np.array_equal(ours, theirs)


def test_a_continued_training_restarts_its_schedule():
    config = TrainingConfig(schedule=Schedule.WARMUP_COSINE)
    fresh, later = keras_optimizer(config, 100), keras_optimizer(config, 100, first_step=250)
    fresh.build([])
    later.build([])
    later.iterations.assign(250)
    for _ in range(3):
        assert float(fresh.learning_rate) == float(later.learning_rate)
        fresh.iterations.assign_add(20)
        later.iterations.assign_add(20)


def _train(config: TrainingConfig, checkpoint: Checkpoint | None = None) -> list[TrainingEvent]:
    events: list[TrainingEvent] = []
    train(TrainingRequest(small_spec(), config, small_dataset(), checkpoint), TrainingControl(), events.append)
    assert isinstance(events[-1], TrainingEnded)
    assert events[-1].error is None
    return events


def _started(events: list[TrainingEvent]) -> TrainingStarted:
    assert isinstance(events[0], TrainingStarted)
    return events[0]


def _kept(events: list[TrainingEvent]) -> list[SnapshotTaken]:
    return [event for event in events if isinstance(event, SnapshotTaken) and event.is_kept]


@pytest.fixture(scope="module")
def whole() -> list[TrainingEvent]:
    """Two epochs with Adam; the examples depend only on seed, epoch and number."""
    return _train(CONFIG)


@pytest.mark.parametrize("step", [2, 4])
def test_a_continued_training_ends_with_the_weights_of_an_uninterrupted_one(whole: list[TrainingEvent], step: int):
    """Continue from the middle of the first epoch, and from its end."""
    middle = next(event for event in _kept(whole) if event.snapshot.step == step)
    assert middle.optimizer_state is not None
    config = replace(CONFIG, epochs=1)
    events = _train(config, Checkpoint("Whole", middle.snapshot, middle.optimizer_state))
    origin = _started(events).origin
    assert origin is not None
    assert (origin.run_name, origin.step, origin.epoch) == ("Whole", step, step / 4)
    assert origin.optimizer is OptimizerStart.RESTORED
    first, last = _kept(events)[0].snapshot, _kept(events)[-1].snapshot
    assert (first.step, first.epoch, last.step, last.epoch) == (step, step / 4, step + 4, step / 4 + 1)
    same = next(event.snapshot for event in _kept(whole) if event.snapshot.step == last.step)
    for ours, theirs in zip(last.arrays, same.arrays, strict=True):
        assert np.allclose(ours, theirs, rtol=0, atol=1e-6)


def test_a_continued_training_records_the_start_of_its_optimizer(whole: list[TrainingEvent]):
    snapshot, state = _kept(whole)[1].snapshot, _kept(whole)[-1].optimizer_state

    def start(optimizer: Optimizer, kept: OptimizerState | None) -> OptimizerStart:
        config = replace(CONFIG, optimizer=optimizer)
        origin = TrainingRequest(small_spec(), config, small_dataset(), Checkpoint("", snapshot, kept)).origin
        assert origin is not None
        return origin.optimizer

    assert start(Optimizer.ADAM, state) is OptimizerStart.RESTORED
    assert start(Optimizer.ADAM, None) is OptimizerStart.FRESH
    assert start(Optimizer.MOMENTUM, state) is OptimizerStart.FRESH
    assert start(Optimizer.SGD, None) is OptimizerStart.STATELESS


def test_continuing_from_another_network_is_rejected(whole: list[TrainingEvent]):
    events: list[TrainingEvent] = []
    request = TrainingRequest(small_spec(), CONFIG, small_dataset(), Checkpoint("", random_snapshot(TUTORIAL), None))
    train(request, TrainingControl(), events.append)
    ended = events[-1]
    assert isinstance(ended, TrainingEnded)
    assert ended.error is not None
    assert "another network" in ended.error.happened


@pytest.mark.parametrize("damage", ["missing", "shape", "nan", "iterations"])
def test_a_state_that_does_not_fit_is_rejected(damage: str):
    slots = [np.zeros(shape, np.float32) for shape in slot_shapes(Optimizer.MOMENTUM, small_spec())]
    iterations = 3
    match damage:
        case "missing":
            slots.pop()
        case "shape":
            slots[0] = slots[0][..., :1]
        case "nan":
            slots[0][:] = np.nan
        case "iterations":
            iterations = -1
    with pytest.raises(DigitLabError):
        OptimizerState.of(Optimizer.MOMENTUM, small_spec(), iterations, slots)
