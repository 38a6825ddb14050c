"""What a network's outputs mean: one for each class, and in some networks for digits another for "no digit".

The functions take the number of classes, because the outputs alone do not tell it: eleven may be eleven classes, or ten
digits and "no digit". The names of the classes are in ``digitlab.data.classes``.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT

Real = TypeVar("Real", bound=np.floating)


def of_classes(outputs: NDArray[Real], count: int = CLASS_COUNT) -> NDArray[Real]:
    """Return the outputs of the classes, without the one for "no digit".

    Args:
        outputs: Shape (..., count) or (..., count + 1); the last of the latter is "no digit".
        count: The number of classes.

    Returns:
        Shape (..., count), a view.

    Raises:
        ValueError: If there is another number of outputs.
    """
    if outputs.shape[-1] not in (count, count + 1):
        raise ValueError(f"{outputs.shape[-1]} outputs for {count} classes")
    return outputs[..., :count]


def class_probabilities(outputs: NDArray[Real], count: int = CLASS_COUNT) -> NDArray[Real]:
    """Return the probability of each class, given that the image shows one of them.

    Args:
        outputs: Shape (..., count) or (..., count + 1), each 0..1; the last of the latter is "no digit".
        count: The number of classes.

    Returns:
        Shape (..., count), the same type. Without "no digit" the outputs as they are; else those of the classes scaled
        to a sum of 1, or all equal where all are 0.
    """
    classes = of_classes(outputs, count)
    if outputs.shape[-1] == count:
        return outputs
    total = classes.sum(axis=-1, keepdims=True)
    # Subnormal totals are too imprecise to divide by, so they count as 0.
    nothing = total < np.finfo(outputs.dtype).tiny
    shares = np.where(nothing, 1 / count, classes) / np.where(nothing, 1.0, total)
    return shares.astype(outputs.dtype)


def class_score(outputs: NDArray[Real], count: int = CLASS_COUNT) -> NDArray[Real]:
    """Return how much images look like one of the classes at all.

    Args:
        outputs: Shape (..., count) or (..., count + 1), each 0..1; the last of the latter is "no digit".
        count: The number of classes.

    Returns:
        Shape (...), 0..1: one minus the output for "no digit". Without it the largest output, the usual baseline
        (Hendrycks and Gimpel 2017, "A baseline for detecting misclassified and out-of-distribution examples"); such
        networks were trained only on their classes and are often confident about a scribble too.
    """
    classes = of_classes(outputs, count)
    score: NDArray[Real] = classes.max(axis=-1) if outputs.shape[-1] == count else 1 - outputs[..., count]
    return score
