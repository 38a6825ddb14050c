"""Our values as Keras takes them: images, labels, losses, optimizers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import CLASS_COUNT, NO_DIGIT
from digitlab.model.spec import Loss
from digitlab.training.config import WARMUP_STEPS, Optimizer, Schedule, TrainingConfig


def network_input(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return images as the network takes them: (n, 28, 28, 1), float32, 0..1."""
    return np.multiply(images[..., np.newaxis], np.float32(1 / 255), dtype=np.float32)


def one_hot(labels: NDArray[np.uint8], class_count: int = CLASS_COUNT) -> NDArray[np.float32]:
    """Return labels as rows of numbers with a single 1: (n, class_count), float32."""
    return np.eye(class_count, dtype=np.float32)[labels]


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


def keras_accuracy(class_count: int) -> Any:
    """Return Keras' metric of right answers for a network with so many outputs.

    With eleven, a digit is answered rightly if its output is the largest of the ten, as in ``Judgement.accuracy``: how
    sure the network is that there is a digit at all is another question. What is no digit must be answered as that.
    """
    import keras

    if class_count == CLASS_COUNT:
        return keras.metrics.CategoricalAccuracy(name="accuracy")

    def answered_rightly(target: Any, output: Any) -> Any:
        right = keras.ops.argmax(target, axis=-1)
        answer = keras.ops.argmax(output, axis=-1)
        of_ten = keras.ops.argmax(output[:, :CLASS_COUNT], axis=-1)
        return keras.ops.equal(right, keras.ops.where(right == NO_DIGIT, answer, of_ten))

    return keras.metrics.MeanMetricWrapper(answered_rightly, name="accuracy")


def keras_optimizer(config: TrainingConfig, total_steps: int, first_step: int = 0) -> Any:
    """Return a fresh Keras optimizer for a recipe.

    Args:
        config: The recipe.
        total_steps: Number of batches in the whole training, at least 1; a schedule ends there.
        first_step: The step the optimizer will count on from, if its state is restored; a schedule begins there.
    """
    from keras import optimizers

    rate = _keras_learning_rate(config, total_steps)
    if first_step and config.schedule is not Schedule.CONSTANT:
        rate = _later(rate, first_step)
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


def _keras_learning_rate(config: TrainingConfig, total_steps: int) -> Any:
    import keras

    if config.schedule is Schedule.CONSTANT:
        return config.learning_rate
    # Cosine annealing after Loshchilov and Hutter, "SGDR", https://arxiv.org/abs/1608.03983; one descent, no restart.
    warmup_steps = min(WARMUP_STEPS, total_steps // 10)
    return keras.optimizers.schedules.CosineDecay(
        0.0 if warmup_steps else config.learning_rate,
        total_steps - warmup_steps,
        warmup_target=config.learning_rate if warmup_steps else None,
        warmup_steps=warmup_steps,
    )


def _later(schedule: Any, first_step: int) -> Any:
    """Return a schedule that begins at a step instead of 0."""
    import keras

    class Later(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
        def __call__(self, step: Any) -> Any:
            return schedule(step - first_step)

    return Later()
