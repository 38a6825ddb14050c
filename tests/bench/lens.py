"""The lens against Keras, for one image and all layers."""

from collections.abc import Iterator

import numpy as np

from digitlab.data.builtin import builtin_dataset
from digitlab.insight.lens import inspect
from digitlab.model.presets import TUTORIAL
from digitlab.training.runtime import load_tensorflow
from digitlab.training.trainer import initial_snapshot
from tests.bench.rows import Row, median, percentile, timed_ms
from tests.helpers.networks import keras_model_of


def measure() -> Iterator[Row]:
    """Answer one image with the lens and in two ways with Keras, which give the last layer alone."""
    load_tensorflow()
    snapshot = initial_snapshot(TUTORIAL, seed=1)
    model = keras_model_of(snapshot)
    image = builtin_dataset(1, 1).test.images[0]
    batch = image[np.newaxis, :, :, np.newaxis].astype(np.float32) / 255
    lens = timed_ms(lambda: inspect(snapshot, image), 500, warm_up=20)
    call = timed_ms(lambda: model(batch), 100)
    predict = timed_ms(lambda: model.predict(batch, verbose=0), 30)
    yield Row("lens, median", median(lens), "ms", median(call), "Keras model(x)", goal=1.0)
    yield Row("lens, p95", percentile(lens, 95), "ms", percentile(call, 95), "Keras model(x)", goal=2.0)
    yield Row("lens, median", median(lens), "ms", median(predict), "Keras predict")
