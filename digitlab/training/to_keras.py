"""Our values as Keras takes them: images, labels, losses, optimizers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import CLASS_COUNT
from digitlab.model.spec import Loss
from digitlab.training.config import Optimizer, TrainingConfig


def network_input(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return images as the network takes them: (n, 28, 28, 1), float32, 0..1."""
    return np.multiply(images[..., np.newaxis], np.float32(1 / 255), dtype=np.float32)


def one_hot(labels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return labels as rows of ten numbers with a single 1: (n, 10), float32."""
    return np.eye(CLASS_COUNT, dtype=np.float32)[labels]


def keras_loss(loss: Loss) -> Any:
    """Return Keras' loss for ours.

    The Euclidean loss is half the squared distance between output and target, as in Caffe's EuclideanLossLayer.
    """
    import keras

    match loss:
        case Loss.SOFTMAX_CROSS_ENTROPY:
            return keras.losses.CategoricalCrossentropy()
        case Loss.SIGMOID_CROSS_ENTROPY:
            return keras.losses.BinaryCrossentropy()
        case Loss.EUCLIDEAN:

            def half_squared_distance(target: Any, output: Any) -> Any:
                return 0.5 * keras.ops.sum(keras.ops.square(target - output), axis=-1)

            return half_squared_distance


def keras_optimizer(config: TrainingConfig) -> Any:
    """Return a fresh Keras optimizer for a recipe."""
    from keras import optimizers

    rate = config.learning_rate
    match config.optimizer:
        case Optimizer.SGD:
            return optimizers.SGD(rate)
        case Optimizer.MOMENTUM:
            return optimizers.SGD(rate, momentum=0.9)
        case Optimizer.NESTEROV:
            return optimizers.SGD(rate, momentum=0.9, nesterov=True)
        case Optimizer.RMSPROP:
            return optimizers.RMSprop(rate)
        case Optimizer.ADAGRAD:
            return optimizers.Adagrad(rate)
        case Optimizer.ADAM:
            return optimizers.Adam(rate)
