"""The compiled training step and evaluation step: what Keras' ``fit`` and ``evaluate`` compute.

The layers are Keras' own, and the order of the images and the results are the same bit for bit. What ``fit`` does
besides is left out: float copies of all images, running means of the metrics, a data iterator and callbacks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import DigitSet
from digitlab.model.spec import ModelSpec
from digitlab.training.to_keras import keras_loss, outputs_for_loss, predicted_correctly

if TYPE_CHECKING:
    import keras

EVALUATION_BATCH_SIZE: Final = 500
"""Images per evaluation step. A stop or a pause takes effect after it."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Loss and correct predictions, summed over some images.

    Attributes:
        count: Number of images.
        loss: Sum of their losses.
        correct: Number of images that were classified correctly.
    """

    count: int = 0
    loss: float = 0.0
    correct: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        """Return the totals over both groups of images."""
        return Totals(self.count + other.count, self.loss + other.loss, self.correct + other.correct)

    @property
    def mean_loss(self) -> float:
        """The mean loss per image; needs at least one image."""
        return self.loss / self.count

    @property
    def accuracy(self) -> float:
        """The share classified correctly, 0..1; needs at least one image."""
        return self.correct / self.count


class Steps:
    """The compiled steps of one model. Create and use it in the thread that owns Keras."""

    def __init__(self, model: "keras.Sequential", optimizer: "keras.Optimizer", spec: ModelSpec) -> None:
        """Compile the steps. Their losses contain the L2 penalties of the layers, as those of ``fit`` do.

        Args:
            model: The model to train.
            optimizer: Its optimizer, already built.
            spec: The model's network.
        """
        import tensorflow as tf

        classes = len(spec.classes)
        count, loss_of, weights = spec.output_count, keras_loss(spec.loss), model.trainable_variables

        def forward(images: Any, labels: Any, training: bool) -> tuple[Any, Any]:
            # Scaled here, so that the dataset can stay uint8, a quarter of the size of float32.
            outputs = model(tf.cast(images[..., tf.newaxis], tf.float32) * np.float32(1 / 255), training=training)
            loss = loss_of(tf.one_hot(labels, count), outputs_for_loss(spec, outputs))
            if penalties := model.losses:
                loss = tf.reduce_sum([loss, *penalties])
            correct = tf.math.count_nonzero(predicted_correctly(labels, outputs, classes), dtype=tf.float32)
            return loss, tf.stack([loss, correct])

        def train(images: Any, labels: Any) -> Any:
            with tf.GradientTape() as tape:
                loss, totals = forward(images, labels, training=True)
            rate = optimizer.learning_rate
            for gradient, weight in zip(tape.gradient(loss, weights), weights, strict=True):
                # WORKAROUND: Keras' ``optimizer.apply`` first sums over replicas, although there is only one. For that
                # TensorFlow registers a gradient that keeps the whole graph in memory forever (Keras 3.15).
                optimizer.update_step(gradient, weight.value, rate)
            optimizer.iterations.assign_add(1)
            return totals

        def evaluate(images: Any, labels: Any) -> Any:
            return forward(images, labels, training=False)[1]

        # No XLA: on the CPU it makes the tutorial's network no faster, and on some machines half as fast.
        form = {
            "input_signature": [
                tf.TensorSpec((None, spec.side, spec.side), tf.uint8),
                tf.TensorSpec((None,), tf.uint8),
            ],
            "autograph": False,
            "jit_compile": False,
        }
        # Concrete functions, because TensorFlow counts the traces of others and warns after a few trainings.
        self._train = tf.function(train, **form).get_concrete_function()
        self._evaluate = tf.function(evaluate, **form).get_concrete_function()

    def train(self, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Totals:
        """Train on one batch.

        Args:
            images: Shape (n, side, side), uint8, n at least 1.
            labels: Shape (n,), uint8: the classes, or their number for "no digit".

        Returns:
            The totals of the batch, computed before the update.
        """
        return _totals(len(labels), self._train(images, labels))

    def evaluate(self, digits: DigitSet) -> Iterator[Totals]:
        """Evaluate digits without training on them; yield the totals of each ``EVALUATION_BATCH_SIZE`` images."""
        for first in range(0, len(digits), EVALUATION_BATCH_SIZE):
            part = slice(first, first + EVALUATION_BATCH_SIZE)
            labels = digits.labels[part]
            yield _totals(len(labels), self._evaluate(digits.images[part], labels))


def _totals(count: int, values: Any) -> Totals:
    loss, correct = values.numpy().tolist()
    return Totals(count, loss * count, int(correct))


def shuffled_orders(count: int, epochs: int) -> Iterator[NDArray[np.int64]]:
    """Yield the order of the images in each epoch, as Keras' ``fit`` would draw it from the same seed.

    The random numbers that TensorFlow draws depend on the surrounding operations, so these are the operations of
    ``keras.src.trainers.data_adapters.array_data_adapter`` (Keras 3.15).

    Args:
        count: The number of images.
        epochs: The number of epochs.
    """
    import tensorflow as tf

    def permutation(_: Any) -> Any:
        return tf.random.shuffle(tf.range(count, dtype=tf.int64))

    orders = tf.data.Dataset.range(1).map(permutation)
    for _ in range(epochs):
        yield next(iter(orders)).numpy()
