"""The plain Keras script: it reads digits, builds the tutorial's network and fits it; prints its memory.

Run as ``python -m tests.bench.plain_training FILE EPOCHS``; prints JSON with megabytes.
"""

import json
import sys

import keras
import numpy as np

from tests.bench import plain_keras
from tests.bench.machine import peak_mb, resident_mb


def main() -> None:
    """Train like a plain script."""
    idle = resident_mb()
    with np.load(sys.argv[1]) as file:
        x_train, y_train, x_test, y_test = (file[name] for name in ("x_train", "y_train", "x_test", "y_test"))
    x_train = x_train.reshape(-1, 28, 28, 1).astype("float32") / 255
    x_test = x_test.reshape(-1, 28, 28, 1).astype("float32") / 255
    y_train, y_test = keras.utils.to_categorical(y_train, 10), keras.utils.to_categorical(y_test, 10)
    network = plain_keras.model()
    network.fit(x_train, y_train, batch_size=100, epochs=int(sys.argv[2]), validation_data=(x_test, y_test), verbose=0)
    print(json.dumps({"idle": idle, "peak": peak_mb(), "end": resident_mb()}), flush=True)


if __name__ == "__main__":
    main()
