"""Separation of ink and paper in a grey picture: which of them is darker, and how the paper's brightness varies."""

from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Levels = NDArray[np.float32]
"""Grey levels, shape (height, width), float32, 0..255."""

_Value = TypeVar("_Value", bound=np.generic)

WORKING_SIDE: Final = 512
"""Pictures are first shrunk to at most this many pixels per side: a digit that fills a tenth of a photo still has more
than the 20 pixels it needs, and every step takes milliseconds."""

MINIMUM_CONTRAST: Final = 32.0
"""Minimum difference of grey levels (of 255) between ink and paper; else the picture counts as blank. More than the
noise of a phone's camera (about 5 levels, 4 standard deviations), less than a hard pencil."""

_FIT_SIDE: Final = 64
"""Side in pixels of the small copy to which the paper's brightness is fitted."""

_LOCAL_SIDE: Final = 256
"""Side in pixels of the copy in which the paper is looked for next to each stroke."""

_LOCAL_WINDOWS: Final = (0.1, 0.2)
"""Sides of the windows that are wider than a stroke, as shares of the picture's shorter side, tried in this order."""

_CLEAR_SEPARATION: Final = 0.8
"""Share of the variance that two classes explain in a picture of ink on uniform paper, at least. A linear gradient from
dark to bright has 0.75."""

_FIT_ROUNDS: Final = 8
"""Rounds of fitting and excluding ink; the fit converges after about five."""

_POLARITY_ROUNDS: Final = 4
"""The same for the surface through the border, which only decides whether ink is dark or light."""

_BAND_SHARE: Final = 0.08
"""Width of the band along the border that is mostly paper, as a share of the shorter side: wider than a frame."""

_MOST_BELOW: Final = 8.0
"""Limit in grey levels of how much a sixteenth of the picture's height and width may be below the surface: smooth paper
and noise stay below a third of it."""

_MOST_BELOW_SHARE: Final = 0.1
"""The same as a share of the strongest ink."""

_WIDEST_STROKE: Final = 0.3
"""Side of a square that does not fit into a stroke, as a share of the longer side."""

_FULL: Final = 0.9
"""Share of a block's pixels from which it counts as ink."""

_LEAST_LOCAL_INK: Final = 0.02
"""Least share of a picture that is ink: the corners of strokes that are wider than the window have less."""

_MOST_AMPLIFIED: Final = 3.0
"""Limit of the factor by which ink in a shadow is enhanced."""


def ink_of(pixels: NDArray[np.uint8]) -> Levels:
    """Return the contrast of a picture with its paper.

    The paper's brightness may change smoothly (uneven light), for which a quadratic surface is fitted, or abruptly (the
    edge of a shadow), for which the paper next to each stroke is taken.

    Args:
        pixels: Shape (height, width), uint8, dark on light or light on dark.

    Returns:
        Shape as ``pixels``, but shrunk to at most 512 pixels per side: 0 is paper, up to 255 is ink.
    """
    height, width = pixels.shape
    shrink = max(1.0, max(height, width) / WORKING_SIDE)
    levels = area_resized(pixels.astype(np.float32), max(1, round(width / shrink)), max(1, round(height / shrink)))
    above = _above_smooth_paper(levels)
    ink = _without_noise(above)
    if not _explains(ink, np.maximum(-above, 0.0)):
        local = _without_noise(_above_local_paper(levels))
        inked = inked_in(local)
        if inked is not None and inked.mean() >= _LEAST_LOCAL_INK:
            return local
    return ink


def area_resized(levels: Levels, width: int, height: int) -> Levels:
    """Return levels resized by averaging areas."""
    if levels.shape == (height, width):
        return levels
    return np.asarray(Image.fromarray(levels).resize((width, height), Image.Resampling.BOX))


def otsu(levels: Levels) -> tuple[float, float]:
    """Divide grey levels into the two most distinct classes.

    Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions on Systems, Man, and Cybernetics
    9 (1979), 62-66.

    Returns:
        The threshold, and the share 0..1 of the levels' variance that the two classes explain.
    """
    # 256 classes of 255/256 levels. Counting is several times as fast as numpy.histogram.
    edges = np.linspace(0.0, 255.0, 257)
    counts = np.bincount((levels.ravel() * (256.0 / 255.0)).astype(np.intp).clip(0, 255), minlength=256)
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


def inked_in(ink: Levels) -> NDArray[np.bool_] | None:
    """Return which pixels are ink; None for a blank picture.

    Args:
        ink: The contrast with the paper, as ``ink_of`` returns it.
    """
    if float(ink.max()) < MINIMUM_CONTRAST:
        return None
    # Half the threshold between paper and ink includes the soft edges of the strokes. The share of the maximum is for
    # pictures with so little ink that the threshold falls into the paper.
    inked: NDArray[np.bool_] = ink > max(otsu(ink)[0] / 2.0, float(ink.max()) / 5.0, MINIMUM_CONTRAST / 2.0)
    return inked


def running(values: NDArray[_Value], side: int, axis: int, choose: np.ufunc) -> NDArray[_Value]:
    """Return the maximum or minimum of each window along an axis, in steps that double its length.

    Args:
        values: Shape (height, width).
        side: Length of the window in pixels, at least 1.
        axis: Its axis.
        choose: ``np.maximum`` or ``np.minimum``.

    Returns:
        Shorter by ``side - 1`` along the axis.
    """
    length = 1
    swapped = values.swapaxes(0, axis)
    while length < side:
        step = min(length, side - length)
        swapped = choose(swapped[:-step], swapped[step:])
        length += step
    return swapped.swapaxes(0, axis)


def _explains(ink: Levels, levels_below: Levels) -> bool:
    """Return whether smooth paper explains a picture.

    It does not if part of the picture is clearly below it, or if a wide area would be ink.

    Args:
        ink: The ink that it leaves.
        levels_below: How far each pixel is below it, at least 0.
    """
    inked = inked_in(ink)
    if inked is None:
        return False
    if float(_blocks(levels_below).max()) > max(_MOST_BELOW, _MOST_BELOW_SHARE * float(ink.max())):
        return False
    small = _blocks(inked.astype(np.float32), _FIT_SIDE)
    side = round(_WIDEST_STROKE * max(small.shape))
    # Light that ends at an edge reaches a corner of the picture; a digit that is cropped tightly does not.
    corners = small[[0, 0, -1, -1], [0, -1, 0, -1]]
    if side > min(small.shape) or float(corners.max()) < _FULL:
        return True
    return float(running(running(small, side, 0, np.minimum), side, 1, np.minimum).max()) < _FULL


def _blocks(levels: Levels, side: int = 16) -> Levels:
    """Return the means of blocks, at most a number of blocks along each side."""
    height, width = levels.shape
    return area_resized(levels, min(width, side), min(height, side))


def _band(height: int, width: int) -> NDArray[np.bool_]:
    """Return which pixels are near the border."""
    thickness = max(1, round(_BAND_SHARE * min(height, width)))
    band = np.ones((height, width), dtype=np.bool_)
    band[thickness:-thickness, thickness:-thickness] = False
    return band


def _above_smooth_paper(levels: Levels) -> Levels:
    """Return the contrast with paper whose brightness changes smoothly."""
    shape = levels.shape
    small = _blocks(levels, _FIT_SIDE)
    terms = _surface_terms(*small.shape)
    classes = otsu(small)
    if not _is_light(small, terms, classes):
        return _contrast(levels, _paper(small, terms, classes, shape), is_light=False)
    white = np.float32(255.0)
    classes = 255.0 - classes[0], classes[1]
    return _contrast(levels, white - _paper(white - small, terms, classes, shape), is_light=True)


def _is_light(small: Levels, terms: NDArray[np.float64], classes: tuple[float, float]) -> bool:
    """Return whether the paper is lighter than the ink: what remains above or below a surface through the border."""
    band = _band(*small.shape)
    threshold, separation = classes
    if separation > _CLEAR_SEPARATION:
        return float(np.median(small[band])) > threshold
    values = small.ravel().astype(np.float64)
    kept = band.ravel()
    rest = values
    for _ in range(_POLARITY_ROUNDS):
        rest = values - terms @ _fitted(terms[kept], values[kept])
        away = np.abs(rest)
        kept = away <= max(2.0, 2.5 * float(np.median(away)))
    # The cube gives little weight to what the surface does not explain of the paper.
    return float((rest**3).sum()) < 0.0


def _paper(levels: Levels, terms: NDArray[np.float64], classes: tuple[float, float], shape: tuple[int, int]) -> Levels:
    """Fit the brightness of dark paper: a quadratic surface through everything that is not ink.

    The fit starts with all pixels, or with the darker of two clear classes, and excludes those clearly above the
    surface (ink) in every round.

    Args:
        levels: The small copy.
        terms: Its terms.
        classes: The threshold between its two classes, and their separation.
        shape: The shape of the result.
    """
    values = levels.ravel().astype(np.float64)
    threshold, separation = classes
    # Of two clear classes the darker is the paper, however much ink there is.
    kept = values <= threshold if separation > _CLEAR_SEPARATION else np.ones(len(values), dtype=np.bool_)
    surface: NDArray[np.floating] = np.zeros(terms.shape[1])
    for _ in range(_FIT_ROUNDS):
        surface = _fitted(terms[kept], values[kept])
        rest = values - terms @ surface
        # 1.5 standard deviations keep most of the paper and exclude ink on up to two fifths of the picture.
        kept = rest <= max(1.0, 1.5 * _deviation_below(rest))
    fitted = _surface(surface, *shape)
    if fitted.min() < -MINIMUM_CONTRAST or fitted.max() > 255.0 + MINIMUM_CONTRAST:
        # No paper is darker than black: the fit followed soft ink that fills the picture. Assume a uniform one.
        fitted = np.full_like(fitted, np.median(values[values <= threshold]))
    return fitted


def _above_local_paper(levels: Levels) -> Levels:
    """Return the contrast with the paper next to each stroke.

    A stroke is narrower than the paper around it: the largest levels in a window, and of these the smallest (a closing)
    remove dark strokes and keep the edge of a shadow. Light strokes are removed by the opposite (an opening).
    """
    height, width = levels.shape
    shrink = max(1.0, max(height, width) / _LOCAL_SIDE)
    levels = area_resized(levels, max(1, round(width / shrink)), max(1, round(height / shrink)))
    white = np.float32(255.0)
    darkness = 0.0
    for share in _LOCAL_WINDOWS:
        side = max(3, round(share * min(levels.shape)))
        closed = _widest(levels, side)
        opened = white - _widest(white - levels, side)
        dark = closed - levels
        light = levels - opened
        darkness += float((dark**3).sum()) - float((light**3).sum())
    if darkness > 0.0:
        return _contrast(levels, closed - np.float32(np.median(dark)), is_light=True)
    return _contrast(levels, opened + np.float32(np.median(light)), is_light=False)


def _widest(levels: Levels, side: int) -> Levels:
    """Return the closing of levels by a square window."""
    margin = side
    padded = np.pad(levels, margin, mode="edge")
    for axis in (0, 1):
        padded = running(padded, side, axis, np.maximum)
    for axis in (0, 1):
        padded = running(padded, side, axis, np.minimum)
    height, width = levels.shape
    start = margin - side + 1
    return padded[start : start + height, start : start + width]


def _contrast(levels: Levels, paper: Levels, *, is_light: bool) -> Levels:
    """Return the contrast of levels with their paper; negative where the paper was expected darker or lighter."""
    if not is_light:
        return levels - paper
    # Ink reflects a share of the light, so its contrast is less in a shadow.
    reference = np.float32(np.median(paper))
    gain = np.clip(reference / np.maximum(paper, 1.0), 1.0 / _MOST_AMPLIFIED, _MOST_AMPLIFIED)
    above: Levels = ((paper - levels) * gain).astype(np.float32)
    return above


def _without_noise(above: Levels) -> Levels:
    # Levels below the paper are only noise. It is symmetric, so three standard deviations exclude it.
    noise = 3.0 * _deviation_below(above)
    ink: Levels = np.clip(above - np.float32(noise), 0.0, 255.0)
    return ink


def _fitted(terms: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.floating]:
    # The normal equations, six by six; the small diagonal also handles pictures of fewer than six pixels.
    gram = terms.T @ terms
    return np.linalg.solve(gram + np.eye(len(gram)) * (1e-9 * len(values) + 1e-12), terms.T @ values)


def _deviation_below(rest: NDArray[np.floating]) -> float:
    """Return the root mean square of the negative residuals: the paper's noise, independent of the ink above."""
    below = rest[rest < 0.0]
    return float(np.sqrt(np.mean(below * below))) if len(below) else 0.0


def _surface(surface: NDArray[np.floating], height: int, width: int) -> Levels:
    """Return the values of a surface."""
    constant, x, y, xx, xy, yy = surface.astype(np.float32)
    right, down = _centres(width).astype(np.float32), _centres(height).astype(np.float32)[:, None]
    values: Levels = (constant + right * (x + xx * right)) + down * (y + yy * down) + (xy * down) * right
    return values


def _surface_terms(height: int, width: int) -> NDArray[np.float64]:
    """Return 1, x, y, x², xy, y² of all pixels, shape (height * width, 6), with x and y from -1 to 1."""
    y, x = (axis.ravel() for axis in np.meshgrid(_centres(height), _centres(width), indexing="ij"))
    return np.stack([np.ones(len(x)), x, y, x * x, x * y, y * y], axis=1)


def _centres(count: int) -> NDArray[np.float64]:
    return (np.arange(count) + 0.5) * 2.0 / count - 1.0
