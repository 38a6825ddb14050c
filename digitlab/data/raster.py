"""From a drawing to the 28x28 pixels that the network sees, by the recipe of MNIST, step by step.

The recipe (LeCun, Cortes and Burges, "The MNIST database", http://yann.lecun.com/exdb/mnist/): the digit is scaled to
fit a 20x20 box while its aspect ratio is kept, grey levels come from anti-aliasing, and it is put into 28x28 so that
its centre of mass lies at the centre. Here the strokes are scaled as vectors and drawn afterwards, so the pen has the
same width for a digit drawn small and one drawn large.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import IMAGE_SIDE
from digitlab.data.geometry import Frame
from digitlab.data.ink import Ink, paint
from digitlab.data.strokes import Drawing

BOX_SIDE: Final = 20
"""Side in pixels of the box that a digit is scaled into, as in MNIST."""

BOX_MARGIN: Final = (IMAGE_SIDE - BOX_SIDE) // 2
"""Free pixels on each side of the box before the shift by the centre of mass."""

PEN_WIDTH: Final = 2.2
"""Width of the pen in the 20x20 box in pixels. Measured on 7,494 digits from a tablet, read by the tutorial network
trained on MNIST: 93.8 % with 1.9 pixels, 93.6 % with 2.2, 93.4 % with 2.5, 92.8 % with 2.8; the ink of MNIST's own
digits (13.3 % of the pixels) lies above that of the first two (9.6 and 11.1 %), so the second was taken."""

INK_LENGTH: Final = 16.8
"""Extent in pixels that a digit's points are scaled to. The pen adds half its width and half a pixel of anti-aliasing
at each end (2 x 1.6 pixels), so that the ink fills the box: 20 pixels."""

MASS_CENTRE: Final = 14.5
"""Where the centre of mass goes, in pixels from the edge. It is the centre of pixel 14: the mean over MNIST's test
digits is 14.0 in pixel indices, in x and y, with the deviation 0.29 of a rounding to whole pixels."""

CANVAS_PEN_SHARE: Final = PEN_WIDTH / IMAGE_SIDE
"""Nominal width of the pen on the canvas as a share of the canvas's side. A drawing that fills the canvas then looks
like what the network sees."""

CROP_MARGIN: Final = 0.5
"""Free room round the ink of a cropped drawing, in widths of the pen (measured from its middle)."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a drawing lies in the 28x28 image: pixel = scale * point + offset.

    Attributes:
        scale: Pixels a unit of the drawing, above 0.
        x: Offset in pixels, to the right.
        y: Offset in pixels, down.
    """

    scale: float
    x: float
    y: float

    def region(self, rows: slice, columns: slice) -> tuple[float, float, float, float]:
        """Return the part of the drawing's plane that a block of pixels shows.

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
    """The way from a drawing to the network's input. All arrays are uint8: 0 is background, 255 is full ink.

    Attributes:
        drawn: Shape (28, 28): the whole canvas shrunk, as a plain sketch program would do it.
        cropped: Shape (28, 28): the square round the ink, cut out and enlarged together with the pen's width.
        boxed: Shape (20, 20): the strokes scaled into the box and drawn with a pen of 2.2 pixels.
        centred: Shape (28, 28): the box in the middle of the image.
        image: Shape (28, 28): shifted so that the centre of mass lies at the centre; the network's input.
        placement: Where the drawing lies in ``image``; None for an empty drawing and for a picture.
    """

    drawn: NDArray[np.uint8]
    cropped: NDArray[np.uint8]
    boxed: NDArray[np.uint8]
    centred: NDArray[np.uint8]
    image: NDArray[np.uint8]
    placement: Placement | None = None


def render_steps(drawing: Drawing, frame: Frame | None = None) -> RasterSteps:
    """Render a drawing and keep every step.

    Args:
        drawing: The drawing, in any unit.
        frame: The canvas it was drawn on, in the same unit; None takes the square round the ink with a margin. Only
            ``drawn`` and ``cropped`` depend on it.

    Returns:
        All steps; zeros for an empty drawing.
    """
    ink = Ink.of_drawings([drawing])
    low, high = ink.boxes()
    if frame is None:
        frame = _frame_round(low[0], high[0])
    extent = float((high[0] - low[0]).max()) + 2.0 * CROP_MARGIN * CANVAS_PEN_SHARE * frame.side
    fit, middle = _fit(low, high)
    # The first three are painted together: it takes little longer than one.
    corners = np.array([[frame.x, frame.y], (low[0] + high[0] - extent) / 2.0, middle[0]])
    scales = np.array([IMAGE_SIDE / frame.side, IMAGE_SIDE / extent, fit[0]])
    offsets = np.array([[0.0, 0.0], [0.0, 0.0], [IMAGE_SIDE / 2.0] * 2])
    canvas_pen = CANVAS_PEN_SHARE * frame.side
    pens = np.array([canvas_pen * scales[0], canvas_pen * scales[1], PEN_WIDTH])
    thrice = Ink.of_drawings([drawing] * 3).moved(-corners)
    drawn, cropped, centred = paint(thrice, scales, offsets, pens, IMAGE_SIDE)
    image, placements = _mass_centred(ink.moved(-middle), fit, middle, centred[None])
    inner = slice(BOX_MARGIN, BOX_MARGIN + BOX_SIDE)
    placement = None if drawing.is_empty else Placement(*placements[0].tolist())
    return RasterSteps(drawn, cropped, centred[inner, inner].copy(), centred, image[0], placement)


def render(drawing: Drawing) -> NDArray[np.uint8]:
    """Render a drawing as the network sees it.

    Returns:
        Shape (28, 28), uint8, 0..255. It does not depend on where on the canvas and how large the digit was drawn.
    """
    image: NDArray[np.uint8] = render_many([drawing])[0]
    return image


def render_many(drawings: Sequence[Drawing]) -> NDArray[np.uint8]:
    """Render drawings as the network sees them, all at once.

    Returns:
        Shape (number of drawings, 28, 28), uint8: exactly what ``render`` gives for each.
    """
    return render_ink(Ink.of_drawings(drawings))


def render_ink(ink: Ink) -> NDArray[np.uint8]:
    """Render gathered ink as the network sees it.

    Returns:
        Shape (ink.count, 28, 28), uint8.
    """
    scale, middle = _fit(*ink.boxes())
    ink = ink.moved(-middle)
    centred = paint(ink, scale, np.full((ink.count, 2), IMAGE_SIDE / 2.0), PEN_WIDTH, IMAGE_SIDE)
    return _mass_centred(ink, scale, middle, centred)[0]


def mass_shift(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the way from each image's centre of mass to where MNIST has it.

    Args:
        images: Shape (n, 28, 28), uint8, of digits in the middle.

    Returns:
        Shape (n, 2), float64, in pixels, x and y: at most the 4 pixels that the box has around it, so that no ink is
        lost, and zero for an empty image.
    """
    columns, rows = images.sum(axis=1, dtype=np.int64), images.sum(axis=2, dtype=np.int64)
    mass = columns.sum(axis=1)
    index = np.arange(IMAGE_SIDE)
    moment = np.stack([(columns * index).sum(axis=1), (rows * index).sum(axis=1)], axis=1)
    centre = moment / np.maximum(mass, 1)[:, None] + 0.5
    shift: NDArray[np.float64] = np.clip(MASS_CENTRE - centre, -BOX_MARGIN, BOX_MARGIN)
    shift[mass == 0] = 0.0
    return shift


def _fit(low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the scale that fits boxes into MNIST's, shape (n,), and the boxes' middles, shape (n, 2)."""
    extent = (high - low).max(axis=1)
    return INK_LENGTH / np.where(extent > 0.0, extent, 1.0), (low + high) / 2.0


def _mass_centred(
    ink: Ink, scale: NDArray[np.float64], middle: NDArray[np.float64], centred: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Render ink with its centre of mass where MNIST has it.

    Args:
        ink: The drawings, their middles at the origin. They were moved before scaling, so that nothing is lost for a
            small drawing far from its origin.
        scale: Shape (n,), from ``_fit``.
        middle: Shape (n, 2), from ``_fit``.
        centred: Shape (n, 28, 28): the drawings rendered in the middle.

    Returns:
        The images, shape (n, 28, 28), and the scale and offset x, y of each, shape (n, 3).
    """
    target = IMAGE_SIDE / 2.0 + mass_shift(centred)
    image = paint(ink, scale, target, PEN_WIDTH, IMAGE_SIDE)
    return image, np.column_stack([scale, target - middle * scale[:, None]])


def _frame_round(low: NDArray[np.float64], high: NDArray[np.float64]) -> Frame:
    """Return the square round a drawing in which it has the size of a digit in MNIST."""
    side = float((high - low).max()) * IMAGE_SIDE / INK_LENGTH or 1.0
    x, y = (low + high - side) / 2.0
    return Frame(float(x), float(y), side)
