"""Preprocessing of a picture of a digit (a scan, a photo, a screenshot) to the network's input as in MNIST."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitlab.data.digit import IMAGE_SIDE
from digitlab.data.drawing.preprocessing import ALL_STEPS, Preprocessing, Step
from digitlab.data.drawing.raster import BOX_MARGIN, BOX_SIDE, RasterSteps, mass_shift, shift_limits
from digitlab.data.drawing.side_by_side import split_columns
from digitlab.data.files.picture_file import decode_image, read_image

__all__ = ["decode_image", "digit_from_image", "read_image", "split_picture"]

WORKING_SIDE: Final = 512
"""Pictures are first shrunk to at most this many pixels per side: a digit that fills a tenth of a photo still has more
than the 20 pixels it needs, and every step takes milliseconds."""

MINIMUM_CONTRAST: Final = 32.0
"""Minimum difference of grey levels (of 255) between ink and background; else the picture counts as blank. More than
the noise of a phone's camera (about 5 levels, 4 standard deviations), less than a hard pencil."""

_FIT_SIDE: Final = 64
"""Side in pixels of the small copy to which the background's brightness is fitted."""

_CLEAR_SEPARATION: Final = 0.8
"""Share of the variance that two classes explain in a picture of ink on a uniform background, at least. A linear
gradient from dark to bright has 0.75."""

_FIT_ROUNDS: Final = 8
"""Rounds of fitting and excluding ink; the fit converges after about five."""


def digit_from_image(pixels: NDArray[np.uint8], preprocessing: Preprocessing = ALL_STEPS) -> RasterSteps:
    """Preprocess a picture of one digit to the network's input and keep every step.

    The picture may have any size, be dark on light or light on dark (its border decides), and have a background whose
    brightness changes smoothly. A 28x28 picture that already looks like MNIST stays unchanged if all steps are taken.
    The strokes of a picture cannot be redrawn, so the pen keeps its width in the box.

    Args:
        pixels: Shape (height, width), uint8, grey levels, each side at least 1.
        preprocessing: The steps to take.

    Returns:
        The same steps as for a drawing, the background 0 and ink up to 255; zeros if the picture is blank.
    """
    ink = _ink(pixels)
    drawn = _resized(_squared(ink), IMAGE_SIDE, IMAGE_SIDE)
    box = _ink_box(ink)
    if box is None:
        blank = np.zeros((IMAGE_SIDE, IMAGE_SIDE), dtype=np.uint8)
        return RasterSteps(blank, blank, np.zeros((BOX_SIDE, BOX_SIDE), dtype=np.uint8), blank, blank)
    digit = ink[box] if preprocessing.takes(Step.CROP) else ink
    cropped = _resized(_squared(digit), IMAGE_SIDE, IMAGE_SIDE)
    boxed = centred = cropped
    if preprocessing.takes(Step.BOX):
        boxed = _boxed(digit)
        centred = np.pad(boxed, BOX_MARGIN)
    image = centred
    if preprocessing.is_complete and _is_like_mnist(pixels):
        image = pixels.copy()
    elif preprocessing.takes(Step.MASS):
        image = _mass_centred(centred, preprocessing)
    return RasterSteps(drawn, cropped, boxed, centred, image)


def split_picture(pixels: NDArray[np.uint8], minimum_gap: float) -> tuple[NDArray[np.uint8], ...]:
    """Divide a picture into parts that are side by side.

    Args:
        pixels: Shape (height, width), uint8, as for ``digit_from_image``.
        minimum_gap: Minimum width of the gap between two parts, as a share of the height of all ink.

    Returns:
        Two to six pictures of full height from left to right; empty if there is only one part, or more than six.
    """
    inked = _inked(_ink(pixels))
    if inked is None:
        return ()
    scale = pixels.shape[1] / inked.shape[1]
    parts = split_columns(inked, minimum_gap)
    return tuple(pixels[:, round(part.start * scale) : round(part.stop * scale)] for part in parts)


def _is_like_mnist(pixels: NDArray[np.uint8]) -> bool:
    """Return whether a picture is light on dark, in the 20x20 box and centred to about a pixel."""
    if pixels.shape != (IMAGE_SIDE, IMAGE_SIDE):
        return False
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    if len(rows) == 0 or max(np.ptp(rows), np.ptp(columns)) >= BOX_SIDE:
        return False
    shift = mass_shift(pixels[None], shift_limits(pixels[None]))
    return bool(np.abs(shift).max() <= 1.0 and pixels.max() >= 2.0 * MINIMUM_CONTRAST)


def _ink(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the contrast of a picture with its background, 0..255, shrunk to at most the working size."""
    height, width = pixels.shape
    shrink = max(1.0, max(height, width) / WORKING_SIDE)
    levels = _area_resized(pixels.astype(np.float32), max(1, round(width / shrink)), max(1, round(height / shrink)))
    border = np.concatenate([levels[0], levels[-1], levels[1:-1, 0], levels[1:-1, -1]])
    if float(np.median(border)) > _otsu(levels)[0]:
        levels = np.float32(255.0) - levels
    above = levels - _background(levels)
    # Levels below the fitted background are only noise. It is symmetric, so three standard deviations exclude it.
    noise = 3.0 * _deviation_below(above)
    ink: NDArray[np.float32] = np.clip(above - np.float32(noise), 0.0, 255.0)
    return ink


def _background(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Fit the brightness of the background: a quadratic surface through everything that is not ink.

    The fit starts with all pixels, or with the darker of two clear classes, and excludes those clearly above the
    surface (ink) in every round.
    """
    height, width = levels.shape
    small = _area_resized(levels, min(width, _FIT_SIDE), min(height, _FIT_SIDE))
    terms = _surface_terms(*small.shape)
    values = small.ravel().astype(np.float64)
    threshold, separation = _otsu(small)
    # Of two clear classes the darker is the background, however much ink there is.
    kept = values <= threshold if separation > _CLEAR_SEPARATION else np.ones(len(values), dtype=np.bool_)
    surface: NDArray[np.floating] = np.zeros(terms.shape[1])
    for _ in range(_FIT_ROUNDS):
        chosen = terms[kept]
        # The normal equations, six by six; the pseudo-inverse also handles pictures of fewer than six pixels.
        surface = np.linalg.pinv(chosen.T @ chosen, hermitian=True) @ (chosen.T @ values[kept])
        rest = values - terms @ surface
        # 1.5 standard deviations keep most of the background and exclude ink on up to two fifths of the picture.
        kept = rest <= max(1.0, 1.5 * _deviation_below(rest))
    fitted: NDArray[np.float32] = (_surface_terms(height, width) @ surface).reshape(height, width).astype(np.float32)
    if fitted.min() < -MINIMUM_CONTRAST or fitted.max() > 255.0 + MINIMUM_CONTRAST:
        # No background is darker than black: the fit followed soft ink that fills the picture. Assume a uniform one.
        fitted = np.full_like(levels, np.median(values[values <= threshold]))
    return fitted


def _deviation_below(rest: NDArray[np.floating]) -> float:
    """Return the root mean square of the negative residuals: the background's noise, independent of the ink above."""
    below = rest[rest < 0.0]
    return float(np.sqrt(np.mean(below * below))) if len(below) else 0.0


def _surface_terms(height: int, width: int) -> NDArray[np.float64]:
    """Return 1, x, y, x², xy, y² of all pixels, shape (height * width, 6), with x and y from -1 to 1."""
    y, x = (axis.ravel() for axis in np.meshgrid(_centres(height), _centres(width), indexing="ij"))
    return np.stack([np.ones(len(x)), x, y, x * x, x * y, y * y], axis=1)


def _centres(count: int) -> NDArray[np.float64]:
    return (np.arange(count) + 0.5) * 2.0 / count - 1.0


def _otsu(levels: NDArray[np.float32]) -> tuple[float, float]:
    """Divide grey levels into the two most distinct classes.

    Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions on Systems, Man, and Cybernetics
    9 (1979), 62-66.

    Returns:
        The threshold, and the share 0..1 of the levels' variance that the two classes explain.
    """
    counts, edges = np.histogram(levels, bins=256, range=(0.0, 255.0))
    weight = np.cumsum(counts)
    middles = (edges[:-1] + edges[1:]) / 2.0
    moment = np.cumsum(counts * middles)
    below, above = weight[:-1], weight[-1] - weight[:-1]
    difference = moment[:-1] * above - (moment[-1] - moment[:-1]) * below
    separated = (below > 0) & (above > 0)
    if not separated.any():
        return 127.5, 0.0
    between = np.where(separated, difference**2 / np.maximum(below * above, 1).astype(np.float64), -1.0)
    total = weight[-1] * float((counts * middles**2).sum()) - float(moment[-1]) ** 2
    # Between two separate classes every threshold is equally good: take the middle of them.
    best = np.flatnonzero(between >= between.max() * (1.0 - 1e-9))
    return float(edges[1:-1][best].mean()), float(between.max()) / total


def _inked(ink: NDArray[np.float32]) -> NDArray[np.bool_] | None:
    """Return which pixels are ink; None for a blank picture."""
    if float(ink.max()) < MINIMUM_CONTRAST:
        return None
    # Half the threshold between background and ink includes the soft edges of the strokes. The share of the maximum is
    # for pictures with so little ink that the threshold falls into the background.
    inked: NDArray[np.bool_] = ink > max(_otsu(ink)[0] / 2.0, float(ink.max()) / 5.0, MINIMUM_CONTRAST / 2.0)
    return inked


def _ink_box(ink: NDArray[np.float32]) -> tuple[slice, slice] | None:
    """Return the rows and columns that contain ink; None for a blank picture."""
    inked = _inked(ink)
    if inked is None:
        return None
    rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _boxed(digit: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Scale a digit to the 20x20 box and its strongest ink to 255."""
    height, width = digit.shape
    scale = BOX_SIDE / max(height, width)
    inner = _resized(digit, max(1, round(width * scale)), max(1, round(height * scale)))
    stretched = np.rint(inner * (255.0 / max(int(inner.max()), 1))).astype(np.uint8)
    top, left = (BOX_SIDE - inner.shape[0]) // 2, (BOX_SIDE - inner.shape[1]) // 2
    box = np.zeros((BOX_SIDE, BOX_SIDE), dtype=np.uint8)
    box[top : top + inner.shape[0], left : left + inner.shape[1]] = stretched
    return box


def _mass_centred(centred: NDArray[np.uint8], preprocessing: Preprocessing) -> NDArray[np.uint8]:
    """Shift by whole pixels, as in MNIST; no ink leaves the image, so rolling it wraps none around."""
    right, down = np.rint(mass_shift(centred[None], shift_limits(centred[None], preprocessing))[0]).astype(int)
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


def _area_resized(levels: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    if levels.shape == (height, width):
        return levels
    return np.asarray(Image.fromarray(levels).resize((width, height), Image.Resampling.BOX))
