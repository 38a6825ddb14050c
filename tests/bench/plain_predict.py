"""A plain program's way to an answer: Keras' predict for each event, also while a thread fits a network.

Run as ``python -m tests.bench.plain_predict BATCH_SIZE``, 0 to fit nothing; prints JSON with milliseconds.
"""

import json
import sys
import threading
import time

import numpy as np

from digitlab.insight.lens import inspect
from digitlab.model.presets import TUTORIAL
from digitlab.training.trainer import initial_snapshot
from tests.bench import plain_keras
from tests.bench.rows import timed_ms

_TRACING_S = 3.0


def main() -> None:
    """Measure Keras' predict and the lens."""
    batch_size = int(sys.argv[1])
    images, labels = plain_keras.digits_for_keras()
    answering, image = plain_keras.model(), images[:1]
    answering.predict(image, verbose=0)  # traced; a model that another thread fits cannot be used in this one
    trained, ended = plain_keras.model(), threading.Event()

    def fit() -> None:
        while not ended.is_set():
            trained.fit(images[:6_000], labels[:6_000], batch_size=batch_size, verbose=0)

    thread = threading.Thread(target=fit, daemon=True)
    if batch_size:
        thread.start()
        time.sleep(_TRACING_S)
    predict = timed_ms(lambda: answering.predict(image, verbose=0), 60)
    snapshot, pixels = initial_snapshot(TUTORIAL, seed=1), np.uint8(255 * image[0, :, :, 0])
    lens = timed_ms(lambda: inspect(snapshot, pixels), 200)
    print(json.dumps({"predict": predict, "lens": lens}), flush=True)
    ended.set()
    if batch_size:
        thread.join()


if __name__ == "__main__":
    main()
