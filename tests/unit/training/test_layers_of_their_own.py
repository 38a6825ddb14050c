"""Training with batch normalisation and dropout: Keras' own ``fit`` as the oracle, and continuing where it stopped."""

from collections.abc import Callable
from dataclasses import replace

import keras
import numpy as np
import pytest

from digitlab.model.files.network_file import read_model
from digitlab.model.layer import Activation
from digitlab.model.layers import (
    LAYER_TYPES,
    ActivationLayer,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    GlobalPooling2D,
    Pooling2D,
)
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.runs.run import Run
from digitlab.runs.run_file import read_run, write_run
from digitlab.training.config import Augmentation, Optimizer, TrainingConfig
from digitlab.training.control import TrainingControl
from digitlab.training.events import SnapshotTaken, TrainingEnded, TrainingEvent, TrainingStarted, UpdatesMeasured
from digitlab.training.optimizer_state import slot_shapes
from digitlab.training.trainer import Checkpoint, TrainingRequest, train
from tests.helpers.networks import small_dataset
from tests.unit.training.conftest import SMALL_CONFIG, Trainer

SPEC = ModelSpec(
    "Of all layer types",
    (
        Conv2D(4, 5, 2, activation=Activation.LINEAR),
        BatchNormalization(),
        ActivationLayer(Activation.LEAKY_RELU),
        Pooling2D(3),
        Dropout(0.2),
        Flatten(),
        Dense(12, Activation.GELU),
        BatchNormalization(momentum=0.8),
        Dropout(0.4),
        Dense(10, Activation.LINEAR),
        ActivationLayer(Activation.SOFTMAX),
    ),
)


def _snapshots(events: list[TrainingEvent]) -> list[SnapshotTaken]:
    return [event for event in events if isinstance(event, SnapshotTaken) and event.is_kept]


@pytest.fixture(scope="module")
def events(run_training: Trainer) -> list[TrainingEvent]:
    return run_training(spec=SPEC, optimizer=Optimizer.ADAM, learning_rate=0.01)


def test_weights_and_moving_statistics_are_those_of_fit(
    events: list[TrainingEvent], last_snapshot: Callable[[list[TrainingEvent]], Snapshot]
):
    digits = small_dataset().train
    keras.utils.set_random_seed(SMALL_CONFIG.seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(4, 5, strides=2),
            layers.BatchNormalization(),
            layers.Activation("leaky_relu"),
            layers.MaxPooling2D(3),
            layers.Dropout(0.2),
            layers.Flatten(),
            layers.Dense(12, activation="gelu"),
            layers.BatchNormalization(momentum=0.8),
            layers.Dropout(0.4),
            layers.Dense(10),
            layers.Activation("softmax"),
        ]
    )
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01), jit_compile=False)
    images = digits.images[..., np.newaxis].astype(np.float32) * np.float32(1 / 255)
    model.fit(images, np.eye(10)[digits.labels], batch_size=SMALL_CONFIG.batch_size, epochs=2, verbose=0)
    ours, first = last_snapshot(events), _snapshots(events)[0].snapshot
    names = [name for shapes in SPEC.weight_shapes for name in shapes]
    for name, mine, before, theirs in zip(names, ours.arrays, first.arrays, model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-5, err_msg=name)
        assert not np.array_equal(mine, before), name


def test_the_optimizer_keeps_a_state_of_trainable_weights_alone(events: list[TrainingEvent]):
    state = _snapshots(events)[-1].optimizer_state
    assert state is not None
    assert [slot.shape for slot in state.slots] == slot_shapes(Optimizer.ADAM, SPEC)
    assert sum(slot.size for slot in state.slots) == 2 * SPEC.trainable_parameters


def test_update_ratios_leave_out_what_is_measured(events: list[TrainingEvent]):
    (first, *_) = [event for event in events if isinstance(event, UpdatesMeasured)]
    snapshots = {taken.snapshot.step: taken.snapshot for taken in _snapshots(events)}
    before, after = (np.concatenate(snapshots[step].weights[1][:2]) for step in (0, 1))
    assert first.ratios[1] == pytest.approx(np.linalg.norm(after - before) / np.linalg.norm(before), rel=1e-4)
    assert len(first.ratios) == sum(layer.learns for layer in SPEC.layers)


def _continued(spec: ModelSpec, checkpoint: Checkpoint | None = None, epochs: int = 2) -> list[TrainingEvent]:
    """Train with examples that depend only on seed, epoch and number."""
    config = TrainingConfig(
        epochs=epochs,
        batch_size=100,
        optimizer=Optimizer.ADAM,
        learning_rate=0.01,
        augmentation=Augmentation.IMAGES,
    )
    published: list[TrainingEvent] = []
    train(TrainingRequest(spec, config, small_dataset(), checkpoint), TrainingControl(), published.append)
    ended = published[-1]
    assert isinstance(ended, TrainingEnded)
    assert ended.error is None
    return published


def test_a_training_continues_with_its_statistics_as_if_it_had_never_stopped():
    layers = tuple(layer for layer in SPEC.layers if not isinstance(layer, Dropout))
    whole = _snapshots(_continued(replace(SPEC, layers=layers)))
    middle = next(taken for taken in whole if taken.snapshot.epoch == 1.0)
    checkpoint = Checkpoint("Whole", middle.snapshot, middle.optimizer_state)
    last = _snapshots(_continued(replace(SPEC, layers=layers), checkpoint, epochs=1))[-1].snapshot
    assert last.step == whole[-1].snapshot.step
    for ours, theirs in zip(last.arrays, whole[-1].snapshot.arrays, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


def test_every_layer_type_is_saved_opened_and_trained_further(events: list[TrainingEvent], tmp_path):
    pooled = replace(SPEC, layers=(*SPEC.layers[:5], GaussianNoise(), GlobalPooling2D(), *SPEC.layers[6:]))
    assert {type(layer) for spec in (SPEC, pooled) for layer in spec.layers} == set(LAYER_TYPES.values())
    for spec, published in ((SPEC, events), (pooled, _continued(pooled, epochs=1))):
        started = published[0]
        assert isinstance(started, TrainingStarted)
        run = Run(started)
        for event in published[1:]:
            run.add(event)
        newest = run.snapshots[-1]
        path = tmp_path / "run.digitlab"
        write_run(path, newest, run)
        opened, snapshot = read_run(path), read_model(path)
        assert opened is not None
        assert snapshot.spec == spec
        assert all(np.array_equal(*pair) for pair in zip(snapshot.arrays, newest.arrays, strict=True))
        state = opened.history.optimizer_state(opened.snapshots[-1])
        assert state is not None
        further = _snapshots(_continued(spec, Checkpoint("Saved", snapshot, state), epochs=1))
        assert all(np.array_equal(*pair) for pair in zip(further[0].snapshot.arrays, newest.arrays, strict=True))
        assert further[-1].snapshot.step > newest.step
