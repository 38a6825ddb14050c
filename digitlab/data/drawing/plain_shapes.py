"""Shapes that can be rejected without a network: dots, horizontal lines and filled areas are not digits."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import IMAGE_SIDE

INKED_FROM: Final = 0.5
"""Share of the ink's mean grey level, weighted by itself, from which a pixel counts as inked. With the maximum instead,
a thin line that is strong in one pixel would be a dot."""

MAXIMUM_FLAT_HEIGHT: Final = 6
"""Ink no taller than this many pixels is a dot or a horizontal line. MNIST's 60,000 training digits are at least 8
pixels tall, 7,494 digits from a tablet at least 11; a straight line drawn with our pen is 3."""

MINIMUM_FILLED_SIDE: Final = 8
"""Minimum width and height of a filled area, in pixels; a narrower one may be the thick stroke of a 1."""

FILLED_FROM: Final = 0.92
"""Share of the bounding box from which inked pixels count as a filled rectangle. The maximum in MNIST's training digits
(of that width) is 0.85, in those from a tablet 0.68."""

COVERED_FROM: Final = 0.5
"""Share of the whole image from which inked pixels count as a blot. The maximum in MNIST's training digits is 0.40."""


def is_plain_shape(image: NDArray[np.uint8]) -> bool:
    """Return whether an image shows a dot, a horizontal line or a filled area, so that it is not a digit.

    How strong the ink is does not matter.

    Args:
        image: Shape (side, side), uint8, 0 is background, preprocessed as in MNIST: in 28x28 pixels the ink fills the
            20x20 box. In other sizes the limits in pixels are larger or smaller in proportion.

    Returns:
        Whether it shows one of these; False for a blank image.
    """
    levels = image.astype(np.int64)
    total = int(levels.sum())
    if total == 0:
        return False
    # Without a division, so that the same drawing with other ink is divided at exactly the same pixels.
    inked = levels * total >= INKED_FROM * float((levels * levels).sum())
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    height, width = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    count = int(inked.sum())
    scale = len(image) / IMAGE_SIDE
    is_filled = min(height, width) >= scale * MINIMUM_FILLED_SIDE and count >= FILLED_FROM * height * width
    return height <= scale * MAXIMUM_FLAT_HEIGHT or is_filled or count >= COVERED_FROM * image.size
