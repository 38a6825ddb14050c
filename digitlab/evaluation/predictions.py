"""A network's predictions for a set of images, compact enough to keep for every snapshot of a run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.confusion import Counts, count_pairs
from digitlab.model.outputs import class_probabilities, of_classes


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """A network's predictions for some images: what a confusion matrix and a gallery need.

    Attributes:
        indices: Index of each image in its set, shape (n,), int32.
        labels: The true digits, shape (n,), uint8.
        predicted: The most probable digit of each, shape (n,), uint8.
        confidences: Its probability, given that there is a digit, shape (n,), float32, 0..1.
        second_predicted: The second most probable digit, shape (n,), uint8.
        second_confidences: Its probability, given that there is a digit, shape (n,), float32, 0..1.
        class_count: The number of classes.
    """

    indices: NDArray[np.int32]
    labels: NDArray[np.uint8]
    predicted: NDArray[np.uint8]
    confidences: NDArray[np.float32]
    second_predicted: NDArray[np.uint8]
    second_confidences: NDArray[np.float32]
    class_count: int = CLASS_COUNT

    @classmethod
    def of(
        cls,
        outputs: NDArray[np.floating],
        labels: NDArray[np.integer],
        indices: NDArray[np.integer],
        class_count: int = CLASS_COUNT,
    ) -> "Predictions":
        """Reduce a network's outputs to predictions.

        Args:
            outputs: Shape (n, class_count) or (n, class_count + 1), each 0..1; the last of the latter is "no digit".
            labels: The true classes, shape (n,).
            indices: Index of each image in its set, shape (n,).
            class_count: The number of classes.
        """
        probabilities = class_probabilities(outputs, class_count)
        rows = np.arange(len(probabilities))
        predicted = of_classes(outputs, class_count).argmax(axis=1)
        others = probabilities.copy()
        others[rows, predicted] = -1.0
        second = others.argmax(axis=1)
        return cls(
            indices.astype(np.int32),
            labels.astype(np.uint8),
            predicted.astype(np.uint8),
            probabilities[rows, predicted].astype(np.float32),
            second.astype(np.uint8),
            others[rows, second].astype(np.float32),
            class_count,
        )

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.labels)

    @property
    def nbytes(self) -> int:
        """Memory of the arrays, in bytes."""
        columns = (
            self.indices,
            self.labels,
            self.predicted,
            self.confidences,
            self.second_predicted,
            self.second_confidences,
        )
        return sum(column.nbytes for column in columns)

    @property
    def confusion(self) -> Counts:
        """The confusion matrix."""
        return count_pairs(self.labels, self.predicted, self.class_count)

    def accuracy_of_first(self, count: int) -> float:
        """Return the accuracy on the first ``count`` images, 0..1; ``count`` is at least 1."""
        return float((self.predicted[:count] == self.labels[:count]).mean())

    def misclassified(self) -> NDArray[np.intp]:
        """Return the positions of all misclassified images, the most confident first."""
        return self._ordered(self.predicted != self.labels, most_confident_first=True)

    def cell(self, true: int, predicted: int) -> NDArray[np.intp]:
        """Return the positions of the images counted in one cell of the confusion matrix.

        Args:
            true: The true digit.
            predicted: The predicted digit.

        Returns:
            Misclassified images with the most confident first; correct ones with the least confident first.
        """
        chosen = (self.labels == true) & (self.predicted == predicted)
        return self._ordered(chosen, most_confident_first=true != predicted)

    def _ordered(self, chosen: NDArray[np.bool_], *, most_confident_first: bool) -> NDArray[np.intp]:
        positions = np.flatnonzero(chosen)
        confidences = self.confidences[positions]
        # Many confidences are equal, near 100 %; the index in the set breaks ties, so that the order is stable.
        return positions[np.lexsort((self.indices[positions], -confidences if most_confident_first else confidences))]
