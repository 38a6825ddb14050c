"""Shapes so plain that no network need be asked: dots, lines lying down and filled areas are no digits."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

INKED_FROM: Final = 128
"""Grey level from which a pixel counts as inked."""

MAXIMUM_FLAT_HEIGHT: Final = 6
"""Ink no taller than this many pixels is a dot or a line lying down. MNIST's 60,000 training digits are at least 8
pixels tall, 7,494 digits from a tablet at least 11; a straight line drawn with our pen is 3."""

MINIMUM_FILLED_SIDE: Final = 8
"""A filled area is at least this wide and tall, in pixels; what is narrower may be the thick stroke of a 1."""

FILLED_FROM: Final = 0.92
"""Share of the box round the ink that is inked in a filled rectangle. The most in MNIST's training digits (of that
width) is 0.84, in those from a tablet 0.62."""

COVERED_FROM: Final = 0.5
"""Share of the whole image from which it is a blot. The most in MNIST's training digits is 0.40."""


def is_plain_shape(image: NDArray[np.uint8]) -> bool:
    """Tell whether an image shows a dot, a line lying down or a filled area.

    Args:
        image: Shape (28, 28), uint8, 0 is background, made by the recipe of MNIST: ink fills the 20x20 box.

    Returns:
        Whether it is one of these, and so no digit. A blank image is not.
    """
    inked = image >= min(INKED_FROM, max(int(image.max()), 1))
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    if not len(rows):
        return False
    height, width = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    count = int(inked.sum())
    is_filled = min(height, width) >= MINIMUM_FILLED_SIDE and count >= FILLED_FROM * height * width
    return height <= MAXIMUM_FLAT_HEIGHT or is_filled or count >= COVERED_FROM * image.size
