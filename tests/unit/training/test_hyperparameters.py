"""Uneven windows, no biases, initialisers and L2 penalties: a training is that of the same Keras script.

Every loss that DigitLab reports of a training contains the penalties, as the losses of ``fit`` and ``evaluate`` do.
"""

from collections.abc import Callable

import keras
import numpy as np
import pytest

from digitlab.model.build import build_keras_model
from digitlab.model.files.network_file import read_model, write_model
from digitlab.model.layer import Activation, Initializer, Padding, Pooling
from digitlab.model.layers import Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.presets import TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.training.config import Optimizer
from digitlab.training.events import EpochEnded, TrainingEvent
from digitlab.training.trainer import initial_snapshot
from tests.helpers.networks import small_dataset
from tests.unit.training.conftest import SMALL_CONFIG, Trainer

SPEC = ModelSpec(
    "Everything",
    (
        Conv2D(4, (7, 3), (2, 1), Padding.SAME, Activation.TANH, kernel_initializer=Initializer.HE_NORMAL, l2=0.002),
        Pooling2D(3, Pooling.AVERAGE, 2),
        Conv2D(3, (3, 5), use_bias=False, kernel_initializer=Initializer.LECUN_NORMAL),
        Pooling2D(3, Pooling.MAX, 2, Padding.SAME),
        Flatten(),
        Dense(10, Activation.SOFTMAX, use_bias=False, kernel_initializer=Initializer.RANDOM_NORMAL, l2=0.01),
    ),
)


def _keras_script() -> keras.Sequential:
    """Return the same network as a Keras script would write it."""
    layers, penalty = keras.layers, keras.regularizers.L2
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(
                4,
                (7, 3),
                strides=(2, 1),
                padding="same",
                activation="tanh",
                kernel_initializer="he_normal",
                kernel_regularizer=penalty(0.002),
            ),
            layers.AveragePooling2D(3, strides=2),
            layers.Conv2D(3, (3, 5), activation="relu", use_bias=False, kernel_initializer="lecun_normal"),
            layers.MaxPooling2D(3, strides=2, padding="same"),
            layers.Flatten(),
            layers.Dense(
                10,
                activation="softmax",
                use_bias=False,
                kernel_initializer="random_normal",
                kernel_regularizer=penalty(0.01),
            ),
        ]
    )


def _assert_same_weights(ours: Snapshot, theirs: list[np.ndarray], tolerance: float) -> None:
    for one, other in zip(ours.arrays, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=tolerance)


def _inputs(images: np.ndarray) -> np.ndarray:
    return images[..., np.newaxis].astype(np.float32) * np.float32(1 / 255)


def test_weights_and_losses_are_those_of_fit(
    run_training: Trainer, last_snapshot: Callable[[list[TrainingEvent]], Snapshot]
):
    train, test = small_dataset().train, small_dataset().test
    keras.utils.set_random_seed(SMALL_CONFIG.seed)
    model = _keras_script()
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.Adam(0.01), jit_compile=False)
    targets, test_targets = (np.eye(10)[digits.labels] for digits in (train, test))
    history = model.fit(
        _inputs(train.images),
        targets,
        batch_size=SMALL_CONFIG.batch_size,
        epochs=2,
        validation_data=(_inputs(test.images), test_targets),
        verbose=0,
    ).history
    events = run_training(spec=SPEC, optimizer=Optimizer.ADAM, learning_rate=0.01)
    _assert_same_weights(last_snapshot(events), model.get_weights(), 1e-6)
    epochs = [event for event in events if isinstance(event, EpochEnded)]
    assert [epoch.loss for epoch in epochs] == pytest.approx(history["loss"], rel=1e-5)
    assert [epoch.val_loss for epoch in epochs] == pytest.approx(history["val_loss"], rel=1e-5)
    penalty = sum(float(part) for part in model.losses)
    assert penalty > 0.01  # it is not lost among the rest


def test_penalties_make_weights_smaller(
    run_training: Trainer, last_snapshot: Callable[[list[TrainingEvent]], Snapshot]
):
    strong = SPEC.with_layer(5, SPEC.layers[5].changed(l2=0.5))
    usual, small = (last_snapshot(run_training(spec=spec)).weights[5][0] for spec in (SPEC, strong))
    assert np.square(small).sum() < 0.5 * np.square(usual).sum()


@pytest.mark.parametrize("initializer", Initializer)
def test_the_first_weights_are_those_of_keras(initializer: Initializer):
    layers = tuple(
        layer.changed(kernel_initializer=initializer) if layer.has_kernel else layer for layer in TUTORIAL.layers
    )
    ours = initial_snapshot(ModelSpec("", layers), 5)
    keras.utils.set_random_seed(5)
    own = {"kernel_initializer": initializer.value}
    script = [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(32, 5, **own),
        keras.layers.MaxPooling2D(2),
        keras.layers.Conv2D(64, 5, **own),
        keras.layers.MaxPooling2D(2),
        keras.layers.Flatten(),
        keras.layers.Dense(10, **own),
    ]
    _assert_same_weights(ours, keras.Sequential(script).get_weights(), 0.0)
    if initializer is Initializer.GLOROT_UNIFORM:
        _assert_same_weights(ours, list(initial_snapshot(TUTORIAL, 5).arrays), 0.0)


def test_units_that_begin_with_zeros_learn_nothing(
    run_training: Trainer, last_snapshot: Callable[[list[TrainingEvent]], Snapshot]
):
    layers = (Conv2D(3, 5, kernel_initializer=Initializer.ZEROS), Flatten(), Dense(10, Activation.SOFTMAX))
    snapshot = last_snapshot(run_training(spec=ModelSpec("Zeros", layers)))
    assert not snapshot.weights[0][0].any()


def test_a_saved_network_goes_on_training_with_its_penalties(
    tmp_path, run_training: Trainer, last_snapshot: Callable[[list[TrainingEvent]], Snapshot]
):
    trained = last_snapshot(run_training(spec=SPEC))
    write_model(tmp_path / "a.digitlab", trained)
    opened = read_model(tmp_path / "a.digitlab")
    assert opened.spec == SPEC
    again = [event for event in run_training(spec=opened.spec) if isinstance(event, EpochEnded)]
    first = [event for event in run_training(spec=SPEC) if isinstance(event, EpochEnded)]
    assert [epoch.loss for epoch in again] == pytest.approx([epoch.loss for epoch in first], rel=1e-5)
    assert len(build_keras_model(opened.spec).losses) == 2
