"""What a network's outputs mean: one for each digit, and in some networks an eleventh for "no digit"."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT, NO_DIGIT

Real = TypeVar("Real", bound=np.floating)


def digit_probabilities(outputs: NDArray[Real]) -> NDArray[Real]:
    """Return the probability of each digit, given that there is one.

    Args:
        outputs: Shape (..., 10) or (..., 11), each 0..1; the eleventh is "no digit".

    Returns:
        Shape (..., 10), the same type. Ten outputs are returned as they are; of eleven, the first ten are scaled to a
        sum of 1, or are all 0.1 where the outputs of all digits are 0.
    """
    if outputs.shape[-1] == CLASS_COUNT:
        return outputs
    digits = outputs[..., :CLASS_COUNT]
    total = digits.sum(axis=-1, keepdims=True)
    # Subnormal totals are too imprecise to divide by, so they count as 0.
    nothing = total < np.finfo(outputs.dtype).tiny
    shares = np.where(nothing, 1 / CLASS_COUNT, digits) / np.where(nothing, 1.0, total)
    return shares.astype(outputs.dtype)


def digit_score(outputs: NDArray[Real]) -> NDArray[Real]:
    """Return how much images look like a digit at all.

    Args:
        outputs: Shape (..., 10) or (..., 11), each 0..1; the eleventh is "no digit".

    Returns:
        Shape (...), 0..1: one minus the eleventh output. With ten outputs the largest of them, the usual baseline
        (Hendrycks and Gimpel 2017, "A baseline for detecting misclassified and out-of-distribution examples"); such
        networks were trained only on digits and are often confident about a scribble too.
    """
    score: NDArray[Real] = outputs.max(axis=-1) if outputs.shape[-1] == CLASS_COUNT else 1 - outputs[..., NO_DIGIT]
    return score


def output_name(index: int) -> str:
    """Return the name of an output: "0" to "9", and "no digit" for the eleventh."""
    return "no digit" if index == NO_DIGIT else str(index)


def output_symbol(index: int) -> str:
    """Return the name of an output in one character: "0" to "9", and "–" for no digit."""
    return "–" if index == NO_DIGIT else str(index)
