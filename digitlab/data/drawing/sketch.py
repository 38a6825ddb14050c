"""The content of the canvas: strokes, or a picture that was opened."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import IMAGE_SIDE
from digitlab.data.drawing.geometry import UNIT_FRAME
from digitlab.data.drawing.preprocessing import ALL_STEPS, Preprocessing
from digitlab.data.drawing.raster import RasterSteps, render_many, render_steps
from digitlab.data.drawing.side_by_side import Extent, Group, Pieces, largest
from digitlab.data.drawing.strokes import Drawing


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A grey picture on the canvas.

    Attributes:
        pixels: Shape (height, width), uint8, as opened: dark on light or light on dark.
        name: Its source, for display.
        label: The class it shows, if known.
        is_input: Whether it is an image of a dataset, on which networks are trained as it is.
    """

    pixels: NDArray[np.uint8]
    name: str
    label: int | None = None
    is_input: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """The content of the canvas: either a picture or strokes.

    Attributes:
        drawing: The strokes: x to the right, y down, 0..1 on the canvas, which they may leave.
        picture: The picture, or None.
        is_sample: Whether it is an example by DigitLab, which the next stroke replaces.
    """

    drawing: Drawing = field(default_factory=Drawing)
    picture: Picture | None = None
    is_sample: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the canvas is empty."""
        return self.picture is None and self.drawing.is_empty

    @property
    def label(self) -> int | None:
        """The intended digit, if known."""
        return self.picture.label if self.picture else self.drawing.label

    def under_pen(self) -> "Sketch":
        """Return the sketch to which the next stroke is added: an empty one if this is a picture or an example."""
        return Sketch() if self.picture is not None or self.is_sample else self

    def steps(self, preprocessing: Preprocessing = ALL_STEPS, side: int = IMAGE_SIDE) -> RasterSteps:
        """Return the preprocessing steps from the canvas to the network's input.

        Args:
            preprocessing: The steps to take.
            side: Side of the network's input in pixels.
        """
        if self.picture is not None:
            # Imported here, as below: most sketches are not pictures, and importing Pillow delays the start.
            from digitlab.data.drawing.pictures import digit_from_image

            steps = digit_from_image(self.picture.pixels, preprocessing, side)
            if self.picture.is_input and preprocessing.is_complete and self.picture.pixels.shape == (side, side):
                return replace(steps, image=self.picture.pixels.copy())
            return steps
        return render_steps(self.drawing, UNIT_FRAME, preprocessing, side)

    def pieces(self, preprocessing: Preprocessing = ALL_STEPS) -> Pieces:
        """Return the separate pieces of ink: the strokes, or the connected areas of a picture.

        Args:
            preprocessing: The steps to take for each group of pieces that is rendered.
        """
        if self.picture is not None:
            from digitlab.data.drawing.pictures import pieces_of_picture

            return pieces_of_picture(self.picture.pixels, preprocessing)
        return pieces_of_drawing(self.drawing, preprocessing)


def pieces_of_drawing(drawing: Drawing, preprocessing: Preprocessing = ALL_STEPS) -> Pieces:
    """Return the strokes of a drawing as pieces of ink.

    Args:
        drawing: The drawing, on the unit square if steps are left out, otherwise in any unit.
        preprocessing: The steps to take for each group of strokes that is rendered.
    """
    extents = []
    for stroke in drawing.strokes:
        low, high = stroke.points[:, :2].min(axis=0).tolist(), stroke.points[:, :2].max(axis=0).tolist()
        extents.append(Extent(*low, *high))
    kept = largest(extents)

    def render(groups: Sequence[Group]) -> NDArray[np.uint8]:
        drawings = [Drawing(tuple(drawing.strokes[kept[index]] for index in group)) for group in groups]
        if preprocessing.is_complete:
            return render_many(drawings)
        return np.stack([render_steps(part, UNIT_FRAME, preprocessing).image for part in drawings])

    return Pieces(tuple(extents[index] for index in kept), render)
