"""One step of a training and one of a judgement, compiled once: what Keras' ``fit`` and ``evaluate`` compute.

The arithmetic is Keras' own, layer by layer, and so are the order of the images and the results, bit for bit. What is
left out is what ``fit`` does besides: float copies of all images, running means of figures, an iterator, callbacks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import DigitSet
from digitlab.data.digit import IMAGE_SIDE
from digitlab.model.spec import ModelSpec
from digitlab.training.to_keras import keras_loss, predicted_correctly

if TYPE_CHECKING:
    import keras

EVALUATION_BATCH_SIZE: Final = 500
"""Images of a step of a judgement. A stop or a pause waits for it."""


@dataclass(frozen=True, slots=True)
class Totals:
    """How some images were answered.

    Attributes:
        count: How many they are.
        loss: The sum of their losses.
        correct: How many of them were answered rightly.
    """

    count: int = 0
    loss: float = 0.0
    correct: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        """Return the figures of both."""
        return Totals(self.count + other.count, self.loss + other.loss, self.correct + other.correct)

    @property
    def mean_loss(self) -> float:
        """The mean loss of an image; there must be one."""
        return self.loss / self.count

    @property
    def accuracy(self) -> float:
        """The share answered rightly, 0..1; there must be an image."""
        return self.correct / self.count


class Steps:
    """The compiled steps of one model. Made and used in the thread that owns Keras."""

    def __init__(self, model: "keras.Sequential", optimizer: "keras.Optimizer", spec: ModelSpec) -> None:
        """Compile the steps.

        Args:
            model: Its weights are trained.
            optimizer: Built for the model.
            spec: The network that it is.
        """
        import tensorflow as tf

        class_count, loss_of, weights = spec.class_count, keras_loss(spec.loss), model.trainable_variables

        def answer(images: Any, labels: Any, training: bool) -> tuple[Any, Any]:
            # Scaled here, the images need not be kept as floats, which are four times as large.
            outputs = model(tf.cast(images[..., tf.newaxis], tf.float32) * np.float32(1 / 255), training=training)
            loss = loss_of(tf.one_hot(labels, class_count), outputs)
            correct = tf.math.count_nonzero(predicted_correctly(labels, outputs), dtype=tf.float32)
            return loss, tf.stack([loss, correct])

        def train(images: Any, labels: Any) -> Any:
            with tf.GradientTape() as tape:
                loss, figures = answer(images, labels, training=True)
            rate = optimizer.learning_rate
            for gradient, weight in zip(tape.gradient(loss, weights), weights, strict=True):
                # WORKAROUND: Keras' ``optimizer.apply`` first sums over machines, of which there is one; for that
                # TensorFlow registers a gradient, which keeps the whole graph in memory for good (Keras 3.15).
                optimizer.update_step(gradient, weight.value, rate)
            optimizer.iterations.assign_add(1)
            return figures

        def evaluate(images: Any, labels: Any) -> Any:
            return answer(images, labels, training=False)[1]

        # On the CPU, XLA makes the tutorial's network no faster and on some machines half as fast.
        form = {
            "input_signature": [
                tf.TensorSpec((None, IMAGE_SIDE, IMAGE_SIDE), tf.uint8),
                tf.TensorSpec((None,), tf.uint8),
            ],
            "autograph": False,
            "jit_compile": False,
        }
        # As concrete functions: of others TensorFlow counts how often they are traced, and warns after some trainings.
        self._train = tf.function(train, **form).get_concrete_function()
        self._evaluate = tf.function(evaluate, **form).get_concrete_function()

    def train(self, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> Totals:
        """Train on a batch.

        Args:
            images: Shape (n, 28, 28), uint8, n at least 1.
            labels: Shape (n,), uint8: 0..9 or ``NO_DIGIT``.

        Returns:
            How the network answered them before this step.
        """
        return _totals(len(labels), self._train(images, labels))

    def evaluate(self, digits: DigitSet) -> Iterator[Totals]:
        """Evaluate digits without training on them; yield the totals of each ``EVALUATION_BATCH_SIZE`` images."""
        for first in range(0, len(digits), EVALUATION_BATCH_SIZE):
            part = slice(first, first + EVALUATION_BATCH_SIZE)
            labels = digits.labels[part]
            yield _totals(len(labels), self._evaluate(digits.images[part], labels))


def _totals(count: int, figures: Any) -> Totals:
    loss, correct = figures.numpy().tolist()
    return Totals(count, loss * count, int(correct))


def shuffled_orders(count: int, epochs: int) -> Iterator[NDArray[np.int64]]:
    """Yield the order of the images in each epoch, as Keras' ``fit`` would draw them from the same seed.

    Which random numbers TensorFlow draws depends on the operations around them, so they are those of
    ``keras.src.trainers.data_adapters.array_data_adapter`` (Keras 3.15).

    Args:
        count: The number of images.
        epochs: The number of orders.
    """
    import tensorflow as tf

    def permutation(_: Any) -> Any:
        return tf.random.shuffle(tf.range(count, dtype=tf.int64))

    orders = tf.data.Dataset.range(1).map(permutation)
    for _ in range(epochs):
        yield next(iter(orders)).numpy()
