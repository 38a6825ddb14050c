"""What the last layer's numbers mean, for networks with ten outputs and for those that know what is no digit."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT, NO_DIGIT

Real = TypeVar("Real", bound=np.floating)


def digit_probabilities(outputs: NDArray[Real]) -> NDArray[Real]:
    """Return how likely each digit is, given that there is one.

    Args:
        outputs: Shape (..., 10) or (..., 11), each 0..1; the eleventh is "no digit".

    Returns:
        Shape (..., 10), the same type. Ten outputs are returned as they are; of eleven, the first ten are scaled to a
        sum of 1, or are all 0.1 where the network leaves nothing for any digit.
    """
    if outputs.shape[-1] == CLASS_COUNT:
        return outputs
    digits = outputs[..., :CLASS_COUNT]
    total = digits.sum(axis=-1, keepdims=True)
    # The smallest outputs have too few figures left to be divided, hence not just 0.
    nothing = total < np.finfo(outputs.dtype).tiny
    shares = np.where(nothing, 1 / CLASS_COUNT, digits) / np.where(nothing, 1.0, total)
    return shares.astype(outputs.dtype)


def digit_share(outputs: NDArray[Real]) -> NDArray[Real]:
    """Return how much images look like any digit at all.

    Args:
        outputs: Shape (..., 10) or (..., 11), each 0..1; the eleventh is "no digit".

    Returns:
        Shape (...), 0..1: what the eleventh output leaves. Of ten outputs the largest, the usual baseline: such
        networks know nothing but digits, are often sure of a scribble too, and the number is not calibrated.
    """
    share: NDArray[Real] = outputs.max(axis=-1) if outputs.shape[-1] == CLASS_COUNT else 1 - outputs[..., NO_DIGIT]
    return share


def output_name(index: int) -> str:
    """Return what an output stands for: "0" to "9", and "no digit" for the eleventh."""
    return "no digit" if index == NO_DIGIT else str(index)


def output_mark(index: int) -> str:
    """Return the same in one character, for labels with little room."""
    return "–" if index == NO_DIGIT else str(index)
