"""Judging a snapshot on many labelled digits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import CLASS_COUNT, DigitSet
from digitlab.errors import DigitLabError
from digitlab.model.build import keras_model_of
from digitlab.model.outputs import digit_probabilities
from digitlab.model.snapshot import Snapshot
from digitlab.training.runtime import release_memory
from digitlab.training.to_keras import keras_loss, network_input, one_hot

_BATCH: Final = 500
"""Images answered at once: fast on a laptop, and a cancel waits less than half a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """How well a snapshot answers.

    Attributes:
        outputs: Its outputs, shape (n, 10), or (n, 11) where it knows what is no digit; float32.
        labels: The right digits, shape (n,), uint8.
        loss: Mean loss.
    """

    outputs: NDArray[np.float32]
    labels: NDArray[np.uint8]
    loss: float

    @property
    def probabilities(self) -> NDArray[np.float32]:
        """How likely each digit is, given that there is one; shape (n, 10)."""
        return digit_probabilities(self.outputs)

    @property
    def answers(self) -> NDArray[np.intp]:
        """The best of the ten digits for each image, shape (n,), whether or not the network doubts that it is one."""
        answers: NDArray[np.intp] = self.outputs[:, :CLASS_COUNT].argmax(axis=1)
        return answers

    @property
    def accuracy(self) -> float:
        """The share of right answers, 0..1."""
        return float(np.mean(self.answers == self.labels))

    @property
    def confusion(self) -> NDArray[np.int64]:
        """How often each digit got each answer, shape (10, 10): rows are true digits, columns answers."""
        counts = np.bincount(self.labels.astype(np.int64) * CLASS_COUNT + self.answers, minlength=CLASS_COUNT**2)
        return counts.reshape(CLASS_COUNT, CLASS_COUNT)


def evaluate(
    snapshot: Snapshot, digits: DigitSet, progress: Callable[[float], None], is_cancelled: Callable[[], bool]
) -> Evaluation | None:
    """Answer every image with TensorFlow and compare. Call it in the thread that owns Keras.

    Args:
        snapshot: The network and its weights; must end in ten or eleven outputs.
        digits: Images and labels, at least one.
        progress: Told the share done, 0..1.
        is_cancelled: Asked between batches.

    Returns:
        The evaluation, or None if it was cancelled.

    Raises:
        DigitLabError: If the network gives no answers or there are no images.
    """
    import tensorflow as tf

    if not snapshot.spec.classifies:
        raise DigitLabError(
            "This network ends in feature maps and gives no answers that could be judged.",
            remedy="Choose a network that ends in a dense layer of ten or eleven units.",
        )
    if not len(digits):
        raise DigitLabError("There are no images to judge the network on.")
    model, loss_of = keras_model_of(snapshot), keras_loss(snapshot.spec.loss)

    # Answer and loss in one function, as in training: only so does Keras take the loss from the sums before the softmax
    # and not from outputs that are rounded to 0 or 1.
    def judge_batch(images: Any, targets: Any) -> tuple[Any, Any]:
        output = model(images, training=False)
        return output, tf.reduce_mean(loss_of(targets, output))

    judge = tf.function(judge_batch, reduce_retracing=True, jit_compile=False)

    outputs, loss_sum = [], 0.0
    for start in range(0, len(digits), _BATCH):
        if is_cancelled():
            return None
        batch = digits.subset(slice(start, start + _BATCH))
        output, loss = judge(network_input(batch.images), one_hot(batch.labels, snapshot.spec.class_count))
        loss_sum += float(loss) * len(batch)
        outputs.append(output.numpy())
        progress(min(start + _BATCH, len(digits)) / len(digits))
    release_memory()
    return Evaluation(np.concatenate(outputs), digits.labels, loss_sum / len(digits))
