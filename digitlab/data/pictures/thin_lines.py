"""Redrawing of thin lines in a picture with a pen as wide as MNIST's."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.raster import BOX_SIDE, PEN_WIDTH

_THIN: Final = 1.2
"""Width of strokes in the 20x20 box, in pixels, below which they are redrawn. MNIST's thinnest are wider."""

_WORKING_SIDE: Final = 64
"""Approximate side in pixels at which strokes are widened: three times the box, so that their edges get soft."""

_FULL_FROM: Final = 0.5
"""Share of the strongest ink that counts as full ink on a thin line, whose pixels are partly paper."""


def widened(digit: NDArray[np.float32], inked: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Redraw strokes that are far too thin with a pen of 2.2 pixels in the 20x20 box.

    Args:
        digit: Shape (height, width): ink from 0 to 255.
        inked: Same shape: whether each pixel counts as ink.

    Returns:
        The digit itself if its strokes are wide enough; else a square or rectangle of another size, up to 255.
    """
    ink = np.where(inked, digit, np.float32(0.0))
    ink = np.clip(ink / np.float32(_FULL_FROM * max(float(ink.max()), 1.0)), 0.0, 1.0)
    width = _stroke_width(ink)
    if width * BOX_SIDE / max(ink.shape) >= _THIN:
        return digit
    factor = max(1, round(max(ink.shape) / _WORKING_SIDE))
    pooled = _pooled(ink, factor)
    # The line's pixels touch on average one less than the factor more.
    width = (width + factor - 1.0) / factor
    share = PEN_WIDTH / BOX_SIDE
    pen = share * (max(pooled.shape) - width) / (1.0 - share)
    return _dilated(pooled, max(0.0, (pen - width) / 2.0)) * np.float32(255.0)


def _stroke_width(ink: NDArray[np.float32]) -> float:
    """Return the mean width of strokes in pixels: twice their area by their outline.

    The outline's length is that of all changes along rows and columns, times pi / 4, which is right on average over all
    directions (Cauchy and Crofton).

    Args:
        ink: Shape (height, width), 0..1.
    """
    padded = np.pad(ink, 1)
    changes = float(np.abs(np.diff(padded, axis=0)).sum()) + float(np.abs(np.diff(padded, axis=1)).sum())
    return 2.0 * float(ink.sum()) / max(changes * np.pi / 4.0, 1e-6)


def _pooled(ink: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Return the maximum of each square of pixels."""
    height, width = ink.shape
    padded = np.pad(ink, ((0, -height % factor), (0, -width % factor)))
    blocks = padded.reshape(padded.shape[0] // factor, factor, padded.shape[1] // factor, factor)
    pooled: NDArray[np.float32] = blocks.max(axis=(1, 3))
    return pooled


def _dilated(ink: NDArray[np.float32], radius: float) -> NDArray[np.float32]:
    """Return the maximum within a radius around each pixel, with as much margin."""
    reach = int(np.ceil(radius))
    height, width = ink.shape
    result = np.zeros((height + 2 * reach, width + 2 * reach), dtype=np.float32)
    steps = np.arange(-reach, reach + 1)
    for down in steps.tolist():
        for right in steps.tolist():
            # The rim of the disk is soft.
            cover = np.float32(np.clip(radius + 0.5 - np.hypot(down, right), 0.0, 1.0))
            if cover > 0.0:
                part = result[reach + down : reach + down + height, reach + right : reach + right + width]
                np.maximum(part, ink * cover, out=part)
    return result
