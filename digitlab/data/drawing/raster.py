"""Preprocessing of a drawing to the network's 28x28 pixels as in MNIST, step by step.

MNIST's preprocessing (LeCun, Cortes and Burges, "The MNIST database", http://yann.lecun.com/exdb/mnist/): the digit is
scaled to fit a 20x20 box with its aspect ratio, grey levels come from anti-aliasing, and it is placed in 28x28 pixels
so that its centre of mass is at the centre. Here the strokes are scaled as vectors and rendered afterwards, so the pen
has the same width for digits of any size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import IMAGE_SIDE
from digitlab.data.drawing.geometry import Frame
from digitlab.data.drawing.ink import Ink, paint
from digitlab.data.drawing.preprocessing import ALL_STEPS, Preprocessing, Step
from digitlab.data.drawing.strokes import Drawing

BOX_SIDE: Final = 20
"""Side of the box that a digit is scaled to, in pixels, as in MNIST."""

BOX_MARGIN: Final = (IMAGE_SIDE - BOX_SIDE) // 2
"""Margin in pixels on each side of the box before the shift by the centre of mass."""

PEN_WIDTH: Final = 2.2
"""Width of the pen in the 20x20 box in pixels. Measured with ``python -m tests.bench.raster_choices`` on 7,494 digits
from a tablet, read by the shipped network trained on MNIST: 92.1 % with 1.8 pixels, 91.9 % with 2.2, 91.1 % with 2.6,
90.2 % with 3.0. MNIST's own digits have more ink (13.3 % of the pixels) than the first two (9.3 and 11.1 %), so the
second was chosen; a network that is trained with several pens (1.5 to 3.6 pixels) reads all of them equally well."""

INK_LENGTH: Final = 16.8
"""Size in pixels that a digit's points are scaled to. The pen adds half its width and half a pixel of anti-aliasing at
each end (2 x 1.6 pixels), so that the ink fills the box of 20 pixels."""

MASS_CENTRE: Final = 14.5
"""Target of the centre of mass, in pixels from the edge: the centre of pixel 14. The mean over MNIST's test digits is
14.0 in pixel indices, in x and y, with a standard deviation of 0.29, that of rounding to whole pixels."""

CANVAS_PEN_SHARE: Final = PEN_WIDTH / IMAGE_SIDE
"""Nominal width of the pen on the canvas as a share of the canvas's side. A drawing that fills the canvas then looks
like what the network sees."""

CROP_MARGIN: Final = 0.5
"""Margin around the points of a cropped drawing, in widths of the pen."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The position of a drawing in the network's input: pixel = scale * point + offset.

    Attributes:
        scale: Pixels per unit of the drawing, above 0.
        x: Offset in pixels, to the right.
        y: Offset in pixels, down.
    """

    scale: float
    x: float
    y: float

    def region(self, rows: slice, columns: slice) -> tuple[float, float, float, float]:
        """Return the region of the drawing that a block of pixels shows.

        Args:
            rows: Rows of the image, with start and stop.
            columns: Columns of the image, with start and stop.

        Returns:
            Left, top, width and height in the drawing's unit.
        """
        left, top = (columns.start - self.x) / self.scale, (rows.start - self.y) / self.scale
        return left, top, (columns.stop - columns.start) / self.scale, (rows.stop - rows.start) / self.scale


@dataclass(frozen=True, slots=True, eq=False)
class RasterSteps:
    """The steps from a drawing to the network's input. All arrays are uint8: 0 is background, 255 is full ink.

    A step that is left out returns its input.

    Attributes:
        drawn: Shape (28, 28): the whole canvas shrunk, as a plain sketch program would do it.
        cropped: Shape (28, 28): the square around the ink, enlarged together with the pen's width.
        boxed: Shape (20, 20): scaled to the box together with the pen's width; shape (28, 28) without the box.
        centred: Shape (28, 28): the box in the middle of the image, the strokes redrawn with a pen of 2.2 pixels.
        image: Shape (side, side) of the network: shifted so that the centre of mass is at the centre; its input.
        placement: The position of the drawing in ``image``; None for an empty drawing and for a picture.
        left_out: Shape (28, 28): the part of ``drawn`` that cropping left out, since it is not the digit; None if all
            of it may be, and for drawings.
    """

    drawn: NDArray[np.uint8]
    cropped: NDArray[np.uint8]
    boxed: NDArray[np.uint8]
    centred: NDArray[np.uint8]
    image: NDArray[np.uint8]
    placement: Placement | None = None
    left_out: NDArray[np.uint8] | None = None


def render_steps(
    drawing: Drawing, frame: Frame | None = None, preprocessing: Preprocessing = ALL_STEPS, side: int = IMAGE_SIDE
) -> RasterSteps:
    """Render a drawing and keep every step.

    Args:
        drawing: The drawing, in any unit.
        frame: The canvas on which it was drawn, in the same unit; None takes the square around the ink with a margin.
            With all steps, ``centred`` and ``image`` do not depend on it.
        preprocessing: The steps to take.
        side: Side of the last image in pixels. It shows the same as with 28, finer or coarser.

    Returns:
        All steps; zeros for an empty drawing.
    """
    ink = Ink.of_drawings([drawing])
    low, high = ink.boxes()
    mappings = _mappings(low, high, frame or _frame_round(low[0], high[0]), preprocessing)
    # Painted together, which takes little longer than one.
    copies = Ink.of_drawings([drawing] * len(mappings)).moved(-np.concatenate([mapping.middle for mapping in mappings]))
    scales = np.concatenate([mapping.scale for mapping in mappings])
    pens = np.array([mapping.pen for mapping in mappings])
    middles = np.full((len(mappings), 2), IMAGE_SIDE / 2.0)
    drawn, cropped, boxed, centred = paint(copies, scales, middles, pens, IMAGE_SIDE)
    if preprocessing.takes(Step.BOX):
        boxed = boxed[BOX_MARGIN:-BOX_MARGIN, BOX_MARGIN:-BOX_MARGIN].copy()
    image, target = centred[None], middles[:1]
    mapping = mappings[-1]
    if preprocessing.takes(Step.MASS):
        limits = shift_limits(image, preprocessing)
        image, target = _mass_centred(ink.moved(-mapping.middle), mapping, image, limits, side)
    elif side != IMAGE_SIDE:
        image, target = _painted(ink.moved(-mapping.middle), mapping, target, side)
    placement = None
    if not drawing.is_empty:
        scale = mapping.scale * (side / IMAGE_SIDE)
        offset = target - mapping.middle * scale[:, None]
        placement = Placement(float(scale[0]), *offset[0].tolist())
    return RasterSteps(drawn, cropped, boxed, centred, image[0], placement)


def render(drawing: Drawing, side: int = IMAGE_SIDE) -> NDArray[np.uint8]:
    """Render a drawing as the network's input.

    Returns:
        Shape (side, side), uint8, 0..255. It does not depend on the position and size of the drawing.
    """
    image: NDArray[np.uint8] = render_many([drawing], side)[0]
    return image


def render_many(drawings: Sequence[Drawing], side: int = IMAGE_SIDE) -> NDArray[np.uint8]:
    """Render drawings as the network's input, all at once.

    Returns:
        Shape (number of drawings, side, side), uint8: the same as ``render`` for each.
    """
    return render_ink(Ink.of_drawings(drawings), side)


def render_ink(ink: Ink, side: int = IMAGE_SIDE) -> NDArray[np.uint8]:
    """Render ink as the network's input.

    Returns:
        Shape (ink.count, side, side), uint8.
    """
    mapping = _fit(*ink.boxes())
    ink = ink.moved(-mapping.middle)
    centred = paint(ink, mapping.scale, np.full((ink.count, 2), IMAGE_SIDE / 2.0), mapping.pen, IMAGE_SIDE)
    return _mass_centred(ink, mapping, centred, shift_limits(centred), side)[0]


ShiftLimits = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Limits of a shift: to the left and up (negative), and to the right and down. Two arrays of shape (n, 2), in
pixels."""


def shift_limits(images: NDArray[np.uint8], preprocessing: Preprocessing = ALL_STEPS) -> ShiftLimits:
    """Return how far images can be shifted without losing ink.

    Args:
        images: Shape (n, 28, 28), uint8, before the shift by the centre of mass.
        preprocessing: The steps that were taken. The box always has a margin of 4 pixels; without it, the ink decides.
    """
    if preprocessing.takes(Step.CROP) and preprocessing.takes(Step.BOX):
        margin = np.full((len(images), 2), float(BOX_MARGIN))
        return -margin, margin
    inked = np.stack([images.any(axis=1), images.any(axis=2)], axis=1)
    return -inked.argmax(axis=2).astype(np.float64), inked[:, :, ::-1].argmax(axis=2).astype(np.float64)


def mass_shift(images: NDArray[np.uint8], limits: ShiftLimits) -> NDArray[np.float64]:
    """Return the vector from each image's centre of mass to its position in MNIST.

    Args:
        images: Shape (n, 28, 28), uint8, of digits in the middle.
        limits: The limits of the shift.

    Returns:
        Shape (n, 2), float64, in pixels, x and y; zero for an empty image.
    """
    columns, rows = images.sum(axis=1, dtype=np.int64), images.sum(axis=2, dtype=np.int64)
    mass = columns.sum(axis=1)
    index = np.arange(IMAGE_SIDE)
    moment = np.stack([(columns * index).sum(axis=1), (rows * index).sum(axis=1)], axis=1)
    centre = moment / np.maximum(mass, 1)[:, None] + 0.5
    shift: NDArray[np.float64] = np.clip(MASS_CENTRE - centre, *limits)
    shift[mass == 0] = 0.0
    return shift


class _Mapping(NamedTuple):
    """The mapping of drawings to images.

    Attributes:
        middle: Shape (n, 2): the points that are mapped to the middle of the images.
        scale: Shape (n,): pixels per unit.
        pen: Nominal width of the pen in pixels.
    """

    middle: NDArray[np.float64]
    scale: NDArray[np.float64]
    pen: float

    def enlarged(self, factor: float) -> "_Mapping":
        """Return the mapping with a larger scale, including the pen."""
        return _Mapping(self.middle, self.scale * factor, self.pen * factor)


def _fit(low: NDArray[np.float64], high: NDArray[np.float64], length: float = INK_LENGTH) -> _Mapping:
    """Return the mapping of drawings with these bounding boxes to MNIST's box, or to another size."""
    extent = (high - low).max(axis=1)
    return _Mapping((low + high) / 2.0, length / np.where(extent > 0.0, extent, 1.0), PEN_WIDTH)


def _mappings(
    low: NDArray[np.float64], high: NDArray[np.float64], frame: Frame, preprocessing: Preprocessing
) -> tuple[_Mapping, _Mapping, _Mapping, _Mapping]:
    """Return the mappings of a drawing to the images of all steps before the last."""
    pen = CANVAS_PEN_SHARE * frame.side
    whole = _Mapping(np.array([[frame.x, frame.y]]) + frame.side / 2.0, np.ones(1), pen)
    drawn = cropped = whole.enlarged(IMAGE_SIDE / frame.side)
    if preprocessing.takes(Step.CROP):
        side = float((high - low).max()) + 2.0 * CROP_MARGIN * pen
        cropped = whole._replace(middle=(low + high) / 2.0).enlarged(IMAGE_SIDE / side)
    boxed, length = cropped, INK_LENGTH + IMAGE_SIDE - BOX_SIDE
    if preprocessing.takes(Step.BOX):
        boxed, length = cropped.enlarged(BOX_SIDE / IMAGE_SIDE), INK_LENGTH
    centred = boxed
    if preprocessing.takes(Step.PEN):
        # A thinner pen leaves more space for the strokes.
        centred = _fit(low, high, length) if preprocessing.takes(Step.CROP) else boxed._replace(pen=PEN_WIDTH)
    return drawn, cropped, boxed, centred


def _mass_centred(
    ink: Ink, mapping: _Mapping, centred: NDArray[np.uint8], limits: ShiftLimits, side: int
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Render ink with its centre of mass at its position in MNIST.

    Args:
        ink: The drawings, their middles at the origin. They are moved before scaling, so that a small drawing far from
            its origin loses no precision.
        mapping: The mapping to images.
        centred: Shape (n, 28, 28): the drawings rendered in the middle.
        limits: The limits of the shift.
        side: Side of the images in pixels.

    Returns:
        The images, shape (n, side, side), and the positions of the middles on them, shape (n, 2).
    """
    return _painted(ink, mapping, IMAGE_SIDE / 2.0 + mass_shift(centred, limits), side)


def _painted(
    ink: Ink, mapping: _Mapping, target: NDArray[np.float64], side: int
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Render ink with its middles at positions of a 28x28 image, on images of any side; return them and the middles."""
    share = side / IMAGE_SIDE
    return paint(ink, mapping.scale * share, target * share, mapping.pen * share, side), target * share


def _frame_round(low: NDArray[np.float64], high: NDArray[np.float64]) -> Frame:
    """Return the square around a drawing in which it has the relative size of a digit in MNIST."""
    side = float((high - low).max()) * IMAGE_SIDE / INK_LENGTH or 1.0
    x, y = (low + high - side) / 2.0
    return Frame(float(x), float(y), side)
