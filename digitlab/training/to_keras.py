"""Losses, accuracy and optimizers in Keras."""

from collections.abc import Mapping
from typing import Any, Final

from digitlab.model.loss_pairs import is_odd
from digitlab.model.spec import Loss, ModelSpec
from digitlab.training.config import WARMUP_STEPS, Optimizer, Schedule, TrainingConfig

OPTIMIZERS: Final[Mapping[Optimizer, tuple[str, Mapping[str, Any]]]] = {
    Optimizer.SGD: ("SGD", {}),
    Optimizer.MOMENTUM: ("SGD", {"momentum": 0.9}),
    Optimizer.NESTEROV: ("SGD", {"momentum": 0.9, "nesterov": True}),
    Optimizer.RMSPROP: ("RMSprop", {}),
    Optimizer.ADAGRAD: ("Adagrad", {}),
    Optimizer.ADAM: ("Adam", {}),
}
"""The class in ``keras.optimizers`` of each optimizer, and its arguments besides the learning rate."""


def keras_loss(loss: Loss) -> Any:
    """Return a function of targets and outputs, both of shape (n, class_count), that computes the mean loss of a batch.

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


def outputs_for_loss(spec: ModelSpec, outputs: Any) -> Any:
    """Return the outputs of a network as ``keras_loss`` is to take them: as they are, also in an odd pair.

    Of outputs of softmax or sigmoid, Keras' cross-entropies take the values before the activation and apply the one
    that belongs to the loss; in an odd pair, others than the outputs on screen would be trained.

    Args:
        spec: The network.
        outputs: Tensor of shape (n, output_count).
    """
    import keras

    if not takes_as_given(spec):
        return outputs
    return keras.ops.maximum(outputs, keras.config.epsilon())  # a new tensor, whose logarithm is finite


def takes_as_given(spec: ModelSpec) -> bool:
    """Return whether the loss has to be kept from taking the values before the activation of the outputs."""
    return is_odd(spec) and spec.loss is not Loss.EUCLIDEAN


def predicted_correctly(labels: Any, outputs: Any, class_count: int) -> Any:
    """Return which images of a batch are classified correctly.

    With an output for "no digit", a digit is correct if its output is the largest of the others, as in
    ``Metrics.accuracy``; that for "no digit" is ignored. A non-digit is correct if the "no digit" output is the
    largest of all.

    Args:
        labels: Tensor of shape (n,): the classes, or ``class_count`` for no digit.
        outputs: Tensor of shape (n, class_count), or (n, class_count + 1) with "no digit" as the last.
        class_count: The number of classes.

    Returns:
        Tensor of shape (n,), bool.
    """
    import keras

    true = keras.ops.cast(labels, "int32")
    digit = keras.ops.argmax(outputs[:, :class_count], axis=-1)
    if outputs.shape[-1] == class_count:
        return keras.ops.equal(true, digit)
    prediction = keras.ops.argmax(outputs, axis=-1)
    return keras.ops.equal(true, keras.ops.where(true == class_count, prediction, digit))


def keras_optimizer(config: TrainingConfig, total_steps: int, first_step: int = 0) -> Any:
    """Return a new Keras optimizer.

    Args:
        config: The hyperparameters.
        total_steps: Number of batches in the training, at least 1: the length of a schedule.
        first_step: The optimizer's step count after its state is restored, else 0: the start of a schedule.
    """
    from keras import optimizers

    rate = _keras_learning_rate(config, total_steps)
    if first_step and config.schedule is not Schedule.CONSTANT:
        rate = _shifted(rate, first_step)
    kind, arguments = OPTIMIZERS[config.optimizer]
    return getattr(optimizers, kind)(rate, **arguments)


def _keras_learning_rate(config: TrainingConfig, total_steps: int) -> Any:
    import keras

    if config.schedule is Schedule.CONSTANT:
        return config.learning_rate
    # Cosine annealing (Loshchilov and Hutter, "SGDR", https://arxiv.org/abs/1608.03983), without restarts.
    warmup_steps = min(WARMUP_STEPS, total_steps // 10)
    return keras.optimizers.schedules.CosineDecay(
        0.0 if warmup_steps else config.learning_rate,
        total_steps - warmup_steps,
        warmup_target=config.learning_rate if warmup_steps else None,
        warmup_steps=warmup_steps,
    )


def _shifted(schedule: Any, first_step: int) -> Any:
    """Return a schedule that starts at a step other than 0."""
    import keras

    class Shifted(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
        def __call__(self, step: Any) -> Any:
            return schedule(step - first_step)

    return Shifted()
