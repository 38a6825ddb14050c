"""Noise as a layer: added in training as Keras adds it, and nothing outside it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from digitlab.insight.lens import inspect
from digitlab.model.build import build_keras_model
from digitlab.model.files.network_file import read_model, write_model
from digitlab.model.layer import Activation
from digitlab.model.layers import Conv2D, Dense, Flatten, GaussianNoise, Pooling2D
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.training.events import TrainingEvent
from tests.helpers.networks import random_snapshot, small_dataset
from tests.unit.training.conftest import SMALL_CONFIG, Trainer

SPEC = ModelSpec("Noisy", (Conv2D(2, 5, 2), GaussianNoise(0.5), Pooling2D(3), Flatten(), Dense(10, Activation.SOFTMAX)))


def test_outside_training_all_values_pass_unchanged():
    seen = inspect(random_snapshot(SPEC, seed=2), small_dataset().test.images[0])
    np.testing.assert_array_equal(seen.activations[1], seen.activations[2])


def test_in_training_keras_adds_numbers_of_that_standard_deviation():
    noise = build_keras_model(SPEC, 1).layers[1]
    added = noise(np.ones((4, 12, 12, 2), np.float32), training=True).numpy() - 1
    assert abs(added.mean()) < 0.1
    assert 0.45 < added.std() < 0.55


def test_training_equals_that_of_a_plain_keras_script(
    run_training: Trainer, last_snapshot: Callable[[list[TrainingEvent]], Snapshot], tmp_path: Path
):
    import keras

    digits = small_dataset().train
    keras.utils.set_random_seed(SMALL_CONFIG.seed)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(2, 5, strides=2, activation="relu"),
            layers.GaussianNoise(0.5),
            layers.MaxPooling2D(3),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile(
        loss="categorical_crossentropy", optimizer=keras.optimizers.SGD(SMALL_CONFIG.learning_rate), jit_compile=False
    )
    images = digits.images[..., np.newaxis].astype(np.float32) * np.float32(1 / 255)
    model.fit(images, np.eye(10)[digits.labels], batch_size=SMALL_CONFIG.batch_size, epochs=2, verbose=0)
    ours = last_snapshot(run_training(spec=SPEC))
    for mine, theirs in zip(ours.arrays, model.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-5)
    path = tmp_path / "noisy.digitlab"
    write_model(path, ours)
    assert read_model(path).spec == SPEC
