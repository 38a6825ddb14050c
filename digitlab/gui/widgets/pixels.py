"""NumPy arrays as Qt images."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage


def grey_image(pixels: NDArray[np.uint8]) -> QImage:
    """Return an image with a copy of grey values of shape (height, width), uint8."""
    height, width = pixels.shape
    data = np.ascontiguousarray(pixels)
    return QImage(data.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
