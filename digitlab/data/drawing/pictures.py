"""Preprocessing of a picture of a digit (a scan, a photo, a screenshot) to the network's input as in MNIST."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitlab.data.digit import IMAGE_SIDE
from digitlab.data.drawing.preprocessing import ALL_STEPS, Preprocessing, Step
from digitlab.data.drawing.raster import BOX_MARGIN, BOX_SIDE, RasterSteps, mass_shift, shift_limits
from digitlab.data.drawing.side_by_side import Extent, Group, Pieces, largest
from digitlab.data.files.picture_file import decode_image, read_image
from digitlab.data.pictures.clutter import Pieces as Areas
from digitlab.data.pictures.clutter import left_out
from digitlab.data.pictures.paper import MINIMUM_CONTRAST, Levels, ink_of, inked_in, running
from digitlab.data.pictures.thin_lines import widened

__all__ = ["decode_image", "digit_from_image", "pieces_of_picture", "read_image"]

_SOFT_EDGE: Final = 2
"""Width in pixels of the soft edge of a stroke."""


def digit_from_image(
    pixels: NDArray[np.uint8], preprocessing: Preprocessing = ALL_STEPS, side: int = IMAGE_SIDE
) -> RasterSteps:
    """Preprocess a picture of one digit to the network's input and keep every step.

    The picture may have any size, be dark on light or light on dark, and have uneven light. A 28x28 picture that
    already looks like MNIST stays unchanged if all steps are taken. The strokes of a picture cannot be redrawn, so the
    pen keeps its width in the box, unless it is far too thin. Ink that is not the digit is left out by cropping.

    Args:
        pixels: Shape (height, width), uint8, grey levels, each side at least 1.
        preprocessing: The steps to take.
        side: Side of the last image in pixels. It shows the same as with 28, finer or coarser.

    Returns:
        The same steps as for a drawing, the background 0 and ink up to 255; zeros if the picture is blank.
    """
    ink = ink_of(pixels)
    drawn = _resized(_squared(ink), IMAGE_SIDE, IMAGE_SIDE)
    inked = inked_in(ink)
    if inked is None:
        blank = np.zeros((IMAGE_SIDE, IMAGE_SIDE), dtype=np.uint8)
        boxed = np.zeros((BOX_SIDE, BOX_SIDE), dtype=np.uint8)
        return RasterSteps(blank, blank, boxed, blank, np.zeros((side, side), dtype=np.uint8))
    clutter = None
    if preprocessing.takes(Step.CROP):
        whole = ink
        ink, inked = _without_clutter(ink, inked)
        if ink is not whole:
            clutter = _resized(_squared(whole - ink), IMAGE_SIDE, IMAGE_SIDE)
    steps = replace(_steps(drawn, ink, inked, preprocessing, side), left_out=clutter)
    is_ready = preprocessing.is_complete and side == IMAGE_SIDE and _is_like_mnist(pixels)
    return replace(steps, image=pixels.copy()) if is_ready else steps


def pieces_of_picture(pixels: NDArray[np.uint8], preprocessing: Preprocessing = ALL_STEPS) -> Pieces:
    """Return the connected areas of ink in a picture.

    Args:
        pixels: Shape (height, width), uint8, as for ``digit_from_image``.
        preprocessing: The steps to take for each group of areas that is rendered.
    """
    ink = ink_of(pixels)
    inked = inked_in(ink)
    if inked is None:
        inked = np.zeros(ink.shape, dtype=np.bool_)
    ink, inked = _without_clutter(ink, inked)
    areas = Areas.of(inked)
    extents = [Extent(*box) for box in areas.box.astype(float).tolist()]
    kept = largest(extents)

    def render(groups: Sequence[Group]) -> NDArray[np.uint8]:
        images = []
        for group in groups:
            mask = areas.mask(np.isin(np.arange(len(extents)), [kept[index] for index in group]))
            box = _box(mask)
            part, own = _without(ink[box], inked[box], inked[box] & ~mask[box])
            images.append(_steps(_resized(_squared(part), IMAGE_SIDE, IMAGE_SIDE), part, own, preprocessing).image)
        return np.stack(images)

    return Pieces(tuple(extents[index] for index in kept), render)


def _steps(
    drawn: NDArray[np.uint8],
    ink: Levels,
    inked: NDArray[np.bool_],
    preprocessing: Preprocessing,
    side: int = IMAGE_SIDE,
) -> RasterSteps:
    """Return the steps from ink that is all of it the digit, of which at least one pixel is inked."""
    digit = ink
    if preprocessing.takes(Step.CROP):
        box = _box(inked)
        digit, inked = ink[box], inked[box]
    cropped = _resized(_squared(digit), IMAGE_SIDE, IMAGE_SIDE)
    boxed = centred = cropped
    redrawn = widened(digit, inked) if preprocessing.takes(Step.PEN) else digit
    if preprocessing.takes(Step.BOX):
        boxed = _boxed(digit)
        centred = np.pad(boxed if redrawn is digit else _boxed(redrawn), BOX_MARGIN)
    elif redrawn is not digit:
        centred = _resized(_squared(redrawn), IMAGE_SIDE, IMAGE_SIDE)
    shift = np.zeros(2)
    if preprocessing.takes(Step.MASS):
        shift = mass_shift(centred[None], shift_limits(centred[None], preprocessing))[0]
    whole = centred
    if side != IMAGE_SIDE:
        # From the picture itself: enlarged from 28 pixels, it would be blurred.
        inner = round(side * BOX_SIDE / IMAGE_SIDE)
        whole = _resized(_squared(redrawn), side, side)
        if preprocessing.takes(Step.BOX):
            before = (side - inner) // 2
            whole = np.pad(_boxed(redrawn, inner), (before, side - inner - before))
    return RasterSteps(drawn, cropped, boxed, centred, _shifted(whole, shift * side / IMAGE_SIDE))


def _is_like_mnist(pixels: NDArray[np.uint8]) -> bool:
    """Return whether a picture is light on dark, in the 20x20 box and centred to about a pixel."""
    if pixels.shape != (IMAGE_SIDE, IMAGE_SIDE):
        return False
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    if len(rows) == 0 or max(np.ptp(rows), np.ptp(columns)) >= BOX_SIDE:
        return False
    shift = mass_shift(pixels[None], shift_limits(pixels[None]))
    return bool(np.abs(shift).max() <= 1.0 and pixels.max() >= 2.0 * MINIMUM_CONTRAST)


def _without_clutter(ink: Levels, inked: NDArray[np.bool_]) -> tuple[Levels, NDArray[np.bool_]]:
    """Return ink, and which pixels are ink, without what is not the digit."""
    out = left_out(ink, inked)
    return _without(ink, inked, out) if out.any() else (ink, inked)


def _without(ink: Levels, inked: NDArray[np.bool_], out: NDArray[np.bool_]) -> tuple[Levels, NDArray[np.bool_]]:
    """Return ink, and which pixels are ink, without some of them and their soft edges."""
    kept = inked & ~out
    edges = np.pad(out, _SOFT_EDGE)
    for axis in (0, 1):
        edges = running(edges, 2 * _SOFT_EDGE + 1, axis, np.maximum)
    return np.where(edges & ~kept, np.float32(0.0), ink), kept


def _box(inked: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Return the rows and columns that contain ink."""
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _boxed(digit: NDArray[np.float32], side: int = BOX_SIDE) -> NDArray[np.uint8]:
    """Scale a digit to the 20x20 box, or one of another side, and its strongest ink to 255."""
    height, width = digit.shape
    scale = side / max(height, width)
    inner = _resized(digit, max(1, round(width * scale)), max(1, round(height * scale)))
    stretched = np.rint(inner * (255.0 / max(int(inner.max()), 1))).astype(np.uint8)
    top, left = (side - inner.shape[0]) // 2, (side - inner.shape[1]) // 2
    box = np.zeros((side, side), dtype=np.uint8)
    box[top : top + inner.shape[0], left : left + inner.shape[1]] = stretched
    return box


def _shifted(centred: NDArray[np.uint8], shift: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Shift by whole pixels, as in MNIST; no ink leaves the image, so rolling it wraps none around."""
    right, down = np.rint(shift).astype(int)
    return np.roll(centred, (down, right), axis=(0, 1))


def _squared(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pad with background to a square."""
    height, width = levels.shape
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    return np.pad(levels, ((top, side - height - top), (left, side - width - left)))


def _resized(levels: NDArray[np.float32], width: int, height: int) -> NDArray[np.uint8]:
    # The Hamming filter matches MNIST as well as Lanczos, and does not overshoot: full ink stays full.
    resized = Image.fromarray(levels).resize((width, height), Image.Resampling.HAMMING)
    clipped: NDArray[np.float32] = np.clip(np.asarray(resized), 0.0, 255.0)
    return np.rint(clipped).astype(np.uint8)
