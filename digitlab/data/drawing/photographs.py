"""Simulated photos of a digit on paper, distorted as people's photos are, with the true digit known.

A digit is drawn dark on a light sheet, then one thing or several go wrong: the pen, the paper, the light, the camera,
the file. ``read_back`` takes the photo through the same preprocessing as a picture that is opened. Strengths are 0 to
1, as in ``data.drawing.distortions``.

Frame of reference: rows down, columns to the right, in pixels; brightness 0 is black, 1 is white.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from digitlab.data.digit import IMAGE_SIDE
from digitlab.data.drawing.ink import Ink, paint
from digitlab.data.drawing.pictures import digit_from_image
from digitlab.data.drawing.raster import INK_LENGTH, PEN_WIDTH
from digitlab.data.drawing.sampling import Levels, as_bytes, as_levels
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.picture_file import decode_image

SCALE: Final = 6
"""Pixels of the photo per pixel of a digit as in MNIST."""

MARGIN: Final = 28
"""Pixels of paper around the 28x28 pixels of the digit."""

SIDE: Final = SCALE * IMAGE_SIDE + 2 * MARGIN
"""Side of the photo in pixels: 224."""

_PAPER: Final = 0.92
_INK: Final = 0.12
_SHARPENING: Final = 2.0
"""Slope at the edge of an enlarged digit: the pen's edge is sharp, not as soft as MNIST's pixels."""

# The strongest of each kind. Lengths are in pixels, brightness is 0..1.
_FINEST_PEN: Final = 1.2  # width; the digit is 120 high
_PENCIL: Final = 0.85  # share of the contrast that is lost
_RULING_SPACE: Final = 64  # half of the digit's height, as of 8 mm in writing of 16 mm
_SQUARE: Final = 40
_LINE: Final = 0.55  # darkness
_LINE_WIDTH: Final = 2
_NARROWING: Final = 0.35  # of the far edge on each side, as a share of the side
_SHORTENING: Final = 0.3
_TURN: Final = 0.35  # radians
_SHADOW: Final = 0.65  # darkness
_SHADOW_EDGE: Final = 4.0  # standard deviation
_FALL: Final = 0.75  # of the light, to the far side or to the corners
_BLUR: Final = 9.0  # standard deviation
_NOISE: Final = 0.2  # standard deviation
_REDUCTION: Final = 3.0  # the saved photo is smaller by 1 + this factor
_QUALITIES: Final = (80.0, 8.0)  # of JPEG, from mild to strong

_THINNING_SCALE: Final = 4
"""The middle line is found on an image smaller by this factor."""


@dataclass(frozen=True, slots=True)
class PhotoKind:
    """A way in which a photo is worse than a clean one.

    Attributes:
        name: Its name in code and files.
        title: Its name on screen.
        what: What it does, in one sentence.
        apply: Takes a photo, shape (SIDE, SIDE), float32, 0..1, a strength above 0, and a random source; returns
            another photo of the same shape.
    """

    name: str
    title: str
    what: str
    apply: Callable[[Levels, float, np.random.Generator], Levels]


def photographed(
    digit: NDArray[np.uint8] | Drawing, kind: str, strength: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return a photo of a digit on paper, with one thing wrong.

    Args:
        digit: An image as in MNIST, shape (28, 28), uint8, 0 is background; or strokes, in any unit.
        kind: A name in ``PHOTO_KINDS``.
        strength: 0..1; at 0 the photo is the clean one.
        rng: The random source: where a shadow falls, the noise. The same state gives the same photo.

    Returns:
        Shape (224, 224), uint8: dark ink on light paper.
    """
    return photographed_with(digit, {kind: strength}, rng)


def photographed_with(
    digit: NDArray[np.uint8] | Drawing, strengths: Mapping[str, float], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return a photo of a digit on paper, with several things wrong, in the order of ``PHOTO_KINDS``.

    Args:
        digit: As for ``photographed``.
        strengths: The strength of each kind, 0..1; empty for a clean photo.
        rng: The random source.
    """
    photo = _sheet(digit)
    for name, kind in PHOTO_KINDS.items():
        strength = strengths.get(name, 0.0)
        if strength > 0.0:
            photo = np.clip(kind.apply(photo, strength, rng), 0.0, 1.0).astype(np.float32)
    return as_bytes(photo)


def read_back(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the network's input for a photo, shape (28, 28), uint8: what opening it gives."""
    return digit_from_image(photo).image


def _sheet(digit: NDArray[np.uint8] | Drawing) -> Levels:
    """Return a clean photo: dark ink on white paper."""
    if isinstance(digit, Drawing):
        ink = Ink.of_drawings([digit])
        low, high = ink.boxes()
        extent = float((high - low).max()) or 1.0
        ink, scale = ink.moved(-(low + high) / 2.0), np.array([SCALE * INK_LENGTH / extent])
        levels = as_levels(paint(ink, scale, np.full((1, 2), SIDE / 2.0), SCALE * PEN_WIDTH, SIDE)[0])
    else:
        side = SCALE * IMAGE_SIDE
        enlarged = Image.fromarray(as_levels(digit)).resize((side, side), Image.Resampling.BICUBIC)
        sharp = (np.asarray(enlarged) - np.float32(0.5)) * np.float32(_SHARPENING) + np.float32(0.5)
        levels = np.pad(np.clip(sharp, 0.0, 1.0), MARGIN)
    return np.asarray(_PAPER - (_PAPER - _INK) * levels, dtype=np.float32)


def _darkness(photo: Levels) -> Levels:
    """Return how much darker than the paper a photo is, which is 0 outside of it."""
    return np.float32(_PAPER) - photo


# The pen


def _fine(photo: Levels, strength: float, rng: np.random.Generator) -> Levels:
    """Redraw the strokes along their middle lines with a finer pen."""
    del rng
    ink = _darkness(photo) / np.float32(_PAPER - _INK)
    small = ink.reshape(SIDE // _THINNING_SCALE, _THINNING_SCALE, -1, _THINNING_SCALE).mean(axis=(1, 3))
    middle = thinned(small > 0.5)
    line = _line_of(middle)
    width = float(ink.sum()) / max(_THINNING_SCALE * float(middle.sum()), 1.0)
    pen = width + (min(_FINEST_PEN, width) - width) * strength
    scale, offset = np.array([float(_THINNING_SCALE)]), np.full((1, 2), _THINNING_SCALE / 2)
    levels = as_levels(paint(line, scale, offset, pen, SIDE)[0])
    return np.asarray(_PAPER - (_PAPER - _INK) * levels, dtype=np.float32)


def thinned(inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Thin strokes to lines of one pixel.

    Zhang and Suen 1984, "A fast parallel algorithm for thinning digital patterns", Communications of the ACM 27.

    Args:
        inked: Shape (height, width): whether each pixel is ink.

    Returns:
        The same shape: the pixels that are left, connected as before.
    """
    left = np.pad(inked, 1)
    inner = left[1:-1, 1:-1]
    rows, columns = inner.shape
    # Clockwise from above, as P2 to P9 in the paper.
    ways = ((0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0), (0, 0))
    while True:
        before = int(inner.sum())
        for first in (0, 2):
            near = np.stack([left[down : down + rows, right : right + columns] for down, right in ways])
            count = near.sum(axis=0)
            starts = (~near & np.roll(near, -1, axis=0)).sum(axis=0)
            north, east, south, west = near[0], near[2], near[4], near[6]
            if first == 0:
                is_open = ~(north & east & south) & ~(east & south & west)
            else:
                is_open = ~(north & east & west) & ~(north & south & west)
            inner &= ~((count >= 2) & (count <= 6) & (starts == 1) & is_open)
        if int(inner.sum()) == before:
            return inner.copy()


def _line_of(middle: NDArray[np.bool_]) -> Ink:
    """Return neighbouring pixels of a thin line as strokes between their centres; a lone pixel is a dot."""
    down, right = np.nonzero(middle)
    index = np.full((middle.shape[0] + 2, middle.shape[1] + 2), -1, dtype=np.intp)
    index[down + 1, right + 1] = np.arange(len(down))
    points = np.stack([right, down, np.full(len(down), 0.5)], axis=1).astype(np.float64)
    pairs = [np.stack([np.arange(len(down))] * 2, axis=1)]
    for way_down, way_right in ((0, 1), (1, -1), (1, 0), (1, 1)):
        other = index[down + 1 + way_down, right + 1 + way_right]
        pairs.append(np.stack([np.arange(len(down)), other], axis=1)[other >= 0])
    ends = np.concatenate(pairs)
    lengths = np.full(len(ends), 2, dtype=np.intp)
    return Ink.of_points(points[ends.ravel()], lengths, np.zeros(len(ends), dtype=np.intp), 1)


def _pencilled(photo: Levels, strength: float, rng: np.random.Generator) -> Levels:
    del rng
    return np.float32(_PAPER) - _darkness(photo) * np.float32(1.0 - _PENCIL * strength)


# The paper


def _ruled(photo: Levels, strength: float, rng: np.random.Generator) -> Levels:
    return np.minimum(photo, _line_brightness(strength, _is_line(_RULING_SPACE, rng)[:, None]))


def _squared(photo: Levels, strength: float, rng: np.random.Generator) -> Levels:
    is_line = _is_line(_SQUARE, rng)[:, None] | _is_line(_SQUARE, rng)
    return np.minimum(photo, _line_brightness(strength, is_line))


def _is_line(space: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    is_line: NDArray[np.bool_] = (np.arange(SIDE) - rng.integers(space)) % space < _LINE_WIDTH
    return is_line


def _line_brightness(strength: float, is_line: NDArray[np.bool_]) -> Levels:
    return np.where(is_line, np.float32(_PAPER - _LINE * strength), np.float32(1.0))


# The light


def _shadowed(photo: Levels, strength: float, rng: np.random.Generator) -> Levels:
    """Darken one side of a line near the middle."""
    across = _across(rng.uniform(0.0, 2.0 * np.pi)) - rng.uniform(-0.15, 0.15) * SIDE
    # A logistic edge, nearly the one that a Gaussian of this deviation blurs.
    shade = 1.0 / (1.0 + np.exp(np.clip(-1.7 * across / _SHADOW_EDGE, -50.0, 50.0)))
    return np.asarray(photo * (1.0 - _SHADOW * strength * shade), dtype=np.float32)


def _lit_from_a_side(photo: Levels, strength: float, rng: np.random.Generator) -> Levels:
    across = _across(rng.uniform(0.0, 2.0 * np.pi))
    return np.asarray(photo * (1.0 - _FALL * strength * (across - across.min()) / np.ptp(across)), dtype=np.float32)


def _vignetted(photo: Levels, strength: float, rng: np.random.Generator) -> Levels:
    del rng
    squared = _across(0.0) ** 2 + _across(np.pi / 2) ** 2
    return np.asarray(photo * (1.0 - _FALL * strength * squared / squared.max()), dtype=np.float32)


def _across(angle: float) -> NDArray[np.float64]:
    """Return the distance of each pixel from the line through the middle at right angles to a direction."""
    steps = np.arange(SIDE) - (SIDE - 1) / 2
    across: NDArray[np.float64] = np.cos(angle) * steps + np.sin(angle) * steps[:, None]
    return across


# The camera and the file


def _at_an_angle(photo: Levels, strength: float, rng: np.random.Generator) -> Levels:
    """Look at the paper from one side and turn the camera."""
    turn = _TURN * strength * rng.choice([-1.0, 1.0])
    side = rng.integers(4)
    narrow, short = _NARROWING * strength, _SHORTENING * strength
    half = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    seen = half * [1.0, 1.0 - short]
    seen[:2, 0] *= 1.0 - 2.0 * narrow  # the far edge
    angle = side * np.pi / 2
    there = half @ _rotation(angle)
    seen = seen @ _rotation(angle) @ _rotation(turn)
    coefficients = _perspective((seen + 1.0) * SIDE / 2.0, (there + 1.0) * SIDE / 2.0)
    dark = Image.fromarray(_darkness(photo)).transform(
        (SIDE, SIDE), Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR
    )
    return np.float32(_PAPER) - np.asarray(dark)


def _rotation(angle: float) -> NDArray[np.float64]:
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def _perspective(seen: NDArray[np.float64], there: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the eight coefficients that map points of the photo, shape (4, 2), to those of the paper."""
    rows = []
    for (x, y), (u, v) in zip(seen.tolist(), there.tolist(), strict=True):
        rows.append([x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y])
        rows.append([0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y])
    return tuple(np.linalg.solve(np.array(rows), there.ravel()).tolist())


def _out_of_focus(photo: Levels, strength: float, rng: np.random.Generator) -> Levels:
    del rng
    return as_levels(np.asarray(Image.fromarray(as_bytes(photo)).filter(ImageFilter.GaussianBlur(_BLUR * strength))))


def _grainy(photo: Levels, strength: float, rng: np.random.Generator) -> Levels:
    return photo + np.float32(_NOISE * strength) * rng.standard_normal(photo.shape, dtype=np.float32)


def _compressed(photo: Levels, strength: float, rng: np.random.Generator) -> Levels:
    """Save the photo smaller, as a JPEG file of low quality, and enlarge it again."""
    del rng
    best, worst = _QUALITIES
    side = round(SIDE / (1.0 + _REDUCTION * strength))
    stored = io.BytesIO()
    small = Image.fromarray(as_bytes(photo)).resize((side, side), Image.Resampling.BOX)
    small.save(stored, "JPEG", quality=round(best + (worst - best) * strength))
    opened = Image.fromarray(decode_image(stored.getvalue(), "photo.jpg"))
    return as_levels(np.asarray(opened.resize((SIDE, SIDE), Image.Resampling.BILINEAR)))


_TABLE: Final = (
    PhotoKind("thin", "Fine pen", "Lines down to 1.2 pixels in a digit 120 pixels high.", _fine),
    PhotoKind("pencil", "Pencil", "Contrast down to 15 %.", _pencilled),
    PhotoKind("ruled", "Ruled paper", "Lines, half a digit apart.", _ruled),
    PhotoKind("squared", "Squared paper", "A grid, a third of a digit apart.", _squared),
    PhotoKind("angle", "Angle", "Photographed from a side, with the camera turned by up to 20 degrees.", _at_an_angle),
    PhotoKind("shadow", "Shadow edge", "Half of the paper darker by up to 65 %.", _shadowed),
    PhotoKind("side_light", "Side light", "Light that falls off to one side by up to 75 %.", _lit_from_a_side),
    PhotoKind("vignette", "Dark corners", "Light that falls off to the corners by up to 75 %.", _vignetted),
    PhotoKind("focus", "Out of focus", "Blurred by up to a twelfth of the digit's height.", _out_of_focus),
    PhotoKind("grain", "Camera noise", "Random brightness of each pixel.", _grainy),
    PhotoKind("jpeg", "JPEG", "Reduced to a quarter, and saved with a low quality.", _compressed),
)

PHOTO_KINDS: Final[Mapping[str, PhotoKind]] = {kind.name: kind for kind in _TABLE}
"""What can be wrong with a photo, by name, in the order in which several are applied: from the pen to the file."""
