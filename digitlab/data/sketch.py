"""What lies on the canvas: strokes, or a picture that was opened."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from digitlab.data.images import digit_from_image
from digitlab.data.raster import Frame, RasterSteps, render_steps
from digitlab.data.strokes import Drawing

CANVAS_FRAME = Frame(0.0, 0.0, 1.0)
"""The canvas is the unit square: x to the right, y down, both 0..1."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A grey picture lying on the canvas.

    Attributes:
        pixels: Shape (height, width), uint8, as opened: dark on light or light on dark.
        name: Where it came from, for people.
        label: The digit it shows, 0..9, if known.
    """

    pixels: NDArray[np.uint8]
    name: str
    label: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What lies on the canvas. A picture and strokes exclude each other.

    Attributes:
        drawing: The strokes, in units of the canvas.
        picture: The picture, or None.
    """

    drawing: Drawing = field(default_factory=Drawing)
    picture: Picture | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on the canvas."""
        return self.picture is None and self.drawing.is_empty

    @property
    def label(self) -> int | None:
        """The digit it is meant to be, if known."""
        return self.picture.label if self.picture else self.drawing.label

    def steps(self) -> RasterSteps:
        """Return the way from the canvas to the network's 28x28 input, step by step."""
        if self.picture is not None:
            return digit_from_image(self.picture.pixels)
        return render_steps(self.drawing, CANVAS_FRAME)
