"""A map of signed values as an image that what lies below shines through."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPalette

from digitlab.gui import theme
from digitlab.gui.maps.colours import MIDDLE, shade_signed

_STRONGEST: Final = 0.75
"""Opacity of the largest value: ink below it stays visible."""


def translucent(values: NDArray[np.float32], limit: float, palette: QPalette) -> QImage:
    """Return an image of signed values: transparent at 0, red or blue up to the limit.

    The opacity grows with the square root of the value, so that small ones are seen on ink too.

    Args:
        values: Shape (rows, columns), float32.
        limit: The value with the strongest colour.
        palette: The palette of the theme.
    """
    indices = shade_signed(values, limit)
    opacity = np.sqrt(np.abs(indices.astype(np.float32) - MIDDLE) / MIDDLE) * _STRONGEST
    negative, positive = (np.uint32(colour.rgb() & 0xFFFFFF) for colour in theme.overlay_colours(palette))
    alpha = np.rint(255 * opacity).astype(np.uint32)
    pixels = np.ascontiguousarray(alpha << 24 | np.where(indices < MIDDLE, negative, positive), dtype=np.uint32)
    rows, columns = values.shape
    return QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32).copy()
