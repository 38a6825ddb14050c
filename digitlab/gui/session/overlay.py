"""A map of the network's input that the canvas shows over the drawing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.raster import Placement


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Signed values for the pixels of the network's input, and where these are on the canvas.

    Attributes:
        values: Shape (28, 28), float32.
        limit: The value with the strongest colour; 0 or more.
        placement: Where the drawing that was explained is in the image.
        title: What it shows, in a few words.
    """

    values: NDArray[np.float32]
    limit: float
    placement: Placement
    title: str
