"""The data and the network of the plain Keras scripts, in the simplest form."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitlab.data.builtin import builtin_dataset
from digitlab.data.dataset import DigitSet

CLASSES = 10


def digits_for_keras() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the built-in digits: images, shape (12,000, 28, 28, 1), 0..1, and labels, shape (12,000, 10), one-hot."""
    return _for_keras(builtin_dataset().train)


def test_digits_for_keras() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the built-in digits to test on, in the same form."""
    return _for_keras(builtin_dataset().test)


def model() -> Any:
    """Return the tutorial's network as its script compiles it, but without XLA, which is slower on a processor."""
    import keras

    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 5, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    network.compile(
        loss="categorical_crossentropy",
        optimizer=keras.optimizers.SGD(0.01),
        metrics=["accuracy"],
        jit_compile=False,
    )
    return network


def _for_keras(digits: DigitSet) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return digits.images[..., np.newaxis].astype(np.float32) / 255, np.eye(CLASSES, dtype=np.float32)[digits.labels]
