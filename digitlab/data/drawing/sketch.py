"""What lies on the canvas: strokes, or a picture that was opened."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.geometry import UNIT_FRAME
from digitlab.data.drawing.preprocessing import ALL_STEPS, Preprocessing
from digitlab.data.drawing.raster import RasterSteps, render_steps
from digitlab.data.drawing.side_by_side import split_drawing
from digitlab.data.drawing.strokes import Drawing


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
        drawing: The strokes on the unit square: x to the right, y down, both 0..1.
        picture: The picture, or None.
        is_sample: Whether DigitLab put it there to show something; the pen then starts on an empty canvas.
    """

    drawing: Drawing = field(default_factory=Drawing)
    picture: Picture | None = None
    is_sample: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing on the canvas."""
        return self.picture is None and self.drawing.is_empty

    @property
    def label(self) -> int | None:
        """The digit it is meant to be, if known."""
        return self.picture.label if self.picture else self.drawing.label

    def under_pen(self) -> "Sketch":
        """Return what the next stroke is added to: the strokes, or nothing instead of a picture or a sample."""
        return Sketch() if self.picture is not None or self.is_sample else self

    def steps(self, preprocessing: Preprocessing = ALL_STEPS) -> RasterSteps:
        """Return the way from the canvas to the network's 28x28 input, step by step.

        Args:
            preprocessing: The steps to take.
        """
        if self.picture is not None:
            # Imported here, as below: most drawings are no pictures, and Pillow delays the start.
            from digitlab.data.drawing.pictures import digit_from_image

            return digit_from_image(self.picture.pixels, preprocessing)
        return render_steps(self.drawing, UNIT_FRAME, preprocessing)

    def parts(self, minimum_gap: float, preprocessing: Preprocessing = ALL_STEPS) -> tuple[NDArray[np.uint8], ...]:
        """Return what stands side by side, each part made into an image by itself.

        Args:
            minimum_gap: Width of the gap between two parts as a share of the height of all ink.
            preprocessing: The steps that each part takes.

        Returns:
            From left to right, two to six images of shape (28, 28), uint8; empty if there is only one thing.
        """
        if self.picture is not None:
            from digitlab.data.drawing.pictures import digit_from_image, split_picture

            pictures = split_picture(self.picture.pixels, minimum_gap)
            return tuple(digit_from_image(part, preprocessing).image for part in pictures)
        drawings = split_drawing(self.drawing, minimum_gap)
        return tuple(render_steps(part, UNIT_FRAME, preprocessing).image for part in drawings)
