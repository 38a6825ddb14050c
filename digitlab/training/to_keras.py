"""Our values as Keras takes them: losses, answers, optimizers."""

from typing import Any

from digitlab.data.digit import CLASS_COUNT, NO_DIGIT
from digitlab.model.spec import Loss
from digitlab.training.config import WARMUP_STEPS, Optimizer, Schedule, TrainingConfig


def keras_loss(loss: Loss) -> Any:
    """Return what computes the mean loss of a batch from its targets and its outputs, both of shape (n, class_count).

    The Euclidean loss is half the squared distance between output and target, as in Caffe's EuclideanLossLayer.
    """
    import keras

    match loss:
        case Loss.SOFTMAX_CROSS_ENTROPY:
            return keras.losses.CategoricalCrossentropy()
        case Loss.SIGMOID_CROSS_ENTROPY:
            return keras.losses.BinaryCrossentropy()
        case Loss.EUCLIDEAN:

            def half_squared_distance(targets: Any, outputs: Any) -> Any:
                return keras.ops.mean(0.5 * keras.ops.sum(keras.ops.square(targets - outputs), axis=-1))

            return half_squared_distance


def predicted_correctly(labels: Any, outputs: Any) -> Any:
    """Return which images of a batch are answered rightly.

    With eleven outputs, a digit is answered rightly if its output is the largest of the ten, as in
    ``Metrics.accuracy``: how sure the network is that there is a digit at all is another question. What is no digit
    must be answered as that.

    Args:
        labels: Tensor of shape (n,): 0..9 or ``NO_DIGIT``.
        outputs: Tensor of shape (n, 10 or 11).

    Returns:
        Tensor of shape (n,), bool.
    """
    import keras

    correct = keras.ops.cast(labels, "int32")
    of_ten = keras.ops.argmax(outputs[:, :CLASS_COUNT], axis=-1)
    if outputs.shape[-1] == CLASS_COUNT:
        return keras.ops.equal(correct, of_ten)
    answer = keras.ops.argmax(outputs, axis=-1)
    return keras.ops.equal(correct, keras.ops.where(correct == NO_DIGIT, answer, of_ten))


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
        rate = _shifted(rate, first_step)
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


def _shifted(schedule: Any, first_step: int) -> Any:
    """Return a schedule that begins at a step instead of 0."""
    import keras

    class Shifted(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
        def __call__(self, step: Any) -> Any:
            return schedule(step - first_step)

    return Shifted()
