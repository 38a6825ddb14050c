"""Distortions of the network's input, to see what a network withstands: one table of kinds.

The kinds follow Mu and Gilmer 2019, "MNIST-C: A Robustness Benchmark for Computer Vision" (arXiv:1906.02337); the
strongest of each is about as strong as theirs. Amounts are 0 (unchanged) to 1 (strongest); a kind with two sides has
amounts of -1 to 1. The random part does not depend on the amount: the same seed gives the same noise, more or less of
it, so that it does not flicker under a slider.

Frame of reference: rows down, columns to the right, in pixels. ``data.drawing.photographs`` has the distortions of a
picture of paper, before preprocessing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.sampling import Levels, as_bytes, as_levels, blurred, grown, interpolated

STRENGTHS: Final = (1 / 3, 2 / 3, 1.0)
"""Amounts at which networks are evaluated: mild, medium and strong."""

STRENGTH_NAMES: Final = ("mild", "medium", "strong")

# The strongest of each kind. Lengths are in pixels.
_TILT: Final = np.pi / 4  # radians
_SLANT: Final = 0.8  # x per unit of y
_SIZE: Final = 0.8  # of the logarithm to base 2: 0.57 to 1.74 times as large
_SHIFT: Final = 8.0  # of which the margin takes four
_THINNER: Final = 0.7  # blend with the image eroded by one pixel
_THICKER: Final = 2.0  # dilations by one pixel
_BLUR: Final = 2.2  # standard deviation
_MOTION: Final = 9.0  # length of the path
_MOTION_STEPS: Final = 9
_FADING: Final = 0.9
_FOG: Final = 0.5  # brightness of the densest fog ...
_FOG_FADING: Final = 0.75  # ... and how much of the contrast it takes
_FOG_KNOTS: Final = 5  # of the random field, along each side
_NOISE: Final = 0.45  # standard deviation
_SPECKS: Final = 0.25  # share of the pixels
_RULING: Final = 0.9  # brightness of the lines
_RULING_SPACE: Final = 6
_STRAY_WIDTH: Final = 2.0
_STRAY_CORNERS: Final = 4
_SPATTER_FROM: Final = 3.2  # threshold of the random field in standard deviations, at 0 ...
_SPATTER_TO: Final = 1.4  # ... and at 1
_SPATTER_SOFTNESS: Final = 1.0  # standard deviation of the field's blur
_GAP: Final = 6.0  # width


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of distortion.

    Attributes:
        name: Its name in code and files.
        title: Its name on screen.
        what: What it does, in one sentence.
        apply: Takes images, the amount for each, shape (n,), and a random source; returns new images.
        is_two_sided: Whether amounts may be negative: to the left, up, smaller, thinner.
        moves: Whether ink moves, so that a pixel shows another part of the drawing.
    """

    name: str
    title: str
    what: str
    apply: Callable[[Levels, Levels, np.random.Generator], Levels]
    is_two_sided: bool = False
    moves: bool = False


def distorted(
    images: NDArray[np.uint8], kind: str, strength: float | NDArray[np.floating], rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Distort images by one kind, each at random to one of its sides.

    Args:
        images: Shape (n, 28, 28), uint8: 0 is background, 255 is full ink.
        kind: A name in ``KINDS``.
        strength: 0..1, one for all or shape (n,). At 0 images stay the same.
        rng: The random source; the same state gives the same result.

    Returns:
        The same shape and type.
    """
    entry = KINDS[kind]
    amounts = np.broadcast_to(np.asarray(strength, dtype=np.float32), len(images))
    if entry.is_two_sided:
        amounts = amounts * rng.choice(np.array([-1.0, 1.0], dtype=np.float32), len(images))
    return as_bytes(entry.apply(as_levels(images), amounts, rng))


@dataclass(frozen=True, slots=True)
class Distortion:
    """A choice of amounts, as set by sliders.

    Attributes:
        amounts: The kinds that are not 0 with their amounts, -1..1 or 0..1, in the order of ``KINDS``.
    """

    amounts: tuple[tuple[str, float], ...] = ()

    @property
    def is_on(self) -> bool:
        """Whether anything is distorted."""
        return bool(self.amounts)

    @property
    def moves(self) -> bool:
        """Whether ink moves, so that a pixel shows another part of the drawing."""
        return any(KINDS[name].moves for name, _ in self.amounts)

    def amount(self, kind: str) -> float:
        """Return the amount of a kind."""
        return dict(self.amounts).get(kind, 0.0)

    def changed(self, kind: str, amount: float) -> "Distortion":
        """Return the same choice with another amount of one kind."""
        amounts: Mapping[str, float] = {**dict(self.amounts), kind: amount}
        return Distortion(tuple((name, amounts[name]) for name in KINDS if amounts.get(name, 0.0) != 0.0))

    def apply(self, images: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Distort images, always with the same random parts; each kind has its own.

        Args:
            images: Shape (n, 28, 28), uint8.

        Returns:
            The same shape and type; the same array if nothing is distorted.
        """
        if not self.amounts:
            return images
        levels = as_levels(images)
        for name, amount in self.amounts:
            rng = np.random.default_rng(list(name.encode()))
            changed = KINDS[name].apply(levels, np.full(len(levels), amount, np.float32), rng)
            levels = np.clip(changed, 0.0, 1.0)
        return as_bytes(levels)


NO_DISTORTION: Final = Distortion()


# Ink that moves


def _moved(levels: Levels, matrices: Levels, shift: Levels | float = 0.0) -> Levels:
    """Sample images at ``matrix @ (x, y) + shift``, from the middle; matrices have the shape (n, 2, 2)."""
    last = levels.shape[1] - 1
    steps = np.arange(last + 1, dtype=np.float32) - np.float32(last / 2)
    x = matrices[:, 0, 0, None, None] * steps + matrices[:, 0, 1, None, None] * steps[:, None]
    y = matrices[:, 1, 0, None, None] * steps + matrices[:, 1, 1, None, None] * steps[:, None]
    middle = np.broadcast_to(np.asarray(shift, dtype=np.float32), (len(levels), 2)) + last / 2
    return interpolated(
        levels,
        (x + middle[:, 0, None, None]).astype(np.float32),
        (y + middle[:, 1, None, None]).astype(np.float32),
    )


def _matrices(rows: list[list[Levels | float]], count: int) -> Levels:
    """Return matrices, shape (count, 2, 2), whose entries are numbers for all or for each."""
    entries = [np.broadcast_to(np.asarray(entry, dtype=np.float32), count) for row in rows for entry in row]
    return np.stack(entries, axis=1).reshape(count, 2, 2)


def _tilted(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    del rng
    cosine, sine = np.cos(_TILT * amounts), np.sin(_TILT * amounts)
    return _moved(levels, _matrices([[cosine, sine], [-sine, cosine]], len(levels)))


def _slanted(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    del rng
    return _moved(levels, _matrices([[1.0, _SLANT * amounts], [0.0, 1.0]], len(levels)))


def _resized(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    del rng
    share = np.exp2(-_SIZE * amounts)
    return _moved(levels, _matrices([[share, 0.0], [0.0, share]], len(levels)))


def _shifted(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    del rng
    return _moved(levels, _identity(len(levels)), np.stack([-_SHIFT * amounts, 0.0 * amounts], axis=1))


def _dropped(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    del rng
    return _moved(levels, _identity(len(levels)), np.stack([0.0 * amounts, -_SHIFT * amounts], axis=1))


def _identity(count: int) -> Levels:
    return _matrices([[1.0, 0.0], [0.0, 1.0]], count)


# Pen and lens


def _thickened(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    del rng
    thinned = grown(levels, np.clip(-amounts, 0.0, 1.0) * np.float32(_THINNER), np.minimum)
    for done in range(int(_THICKER)):
        thinned = grown(thinned, np.clip(_THICKER * amounts - done, 0.0, 1.0), np.maximum)
    return thinned


def _unsharp(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    del rng
    return blurred(levels, _BLUR * amounts)


def _shaken(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    angle = rng.uniform(0.0, np.pi, len(levels))
    way = np.stack([np.cos(angle), np.sin(angle)], axis=1) * (_MOTION * amounts)[:, None]
    places = np.linspace(-0.5, 0.5, _MOTION_STEPS)
    copies = [_moved(levels, _identity(len(levels)), place * way) for place in places]
    return np.asarray(np.mean(copies, axis=0), dtype=np.float32)


def _faded(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    del rng
    return np.asarray(levels * (1.0 - _FADING * amounts)[:, None, None], dtype=np.float32)


# What is added


def _fogged(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    knots = rng.random((len(levels), _FOG_KNOTS, _FOG_KNOTS), dtype=np.float32)
    spread = _spread(levels.shape[1])
    cloud = spread @ knots @ spread.T
    amounts = amounts[:, None, None]
    fogged = levels * (1.0 - np.float32(_FOG_FADING) * amounts) + np.float32(2.0 * _FOG) * amounts * cloud
    return np.asarray(fogged, dtype=np.float32)


@lru_cache(maxsize=2)
def _spread(side: int) -> Levels:
    """Return the weight of each knot at each pixel, shape (side, knots): linear interpolation."""
    places = np.linspace(0.0, _FOG_KNOTS - 1.0, side)
    return np.maximum(1.0 - np.abs(places[:, None] - np.arange(_FOG_KNOTS)), 0.0).astype(np.float32)


def _noisy(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    return levels + np.float32(_NOISE) * amounts[:, None, None] * rng.standard_normal(levels.shape, dtype=np.float32)


def _specked(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    lot, share = rng.random(levels.shape, dtype=np.float32), (_SPECKS * amounts / 2.0)[:, None, None]
    return np.where(lot < share, np.float32(0.0), np.where(lot > 1.0 - share, np.float32(1.0), levels))


def _ruled(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    first = rng.integers(_RULING_SPACE, size=(len(levels), 1))
    is_line = (np.arange(levels.shape[1]) - first) % _RULING_SPACE == 0
    return np.asarray(np.maximum(levels, (_RULING * amounts)[:, None, None] * is_line[:, :, None]), dtype=np.float32)


def _crossed(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    """Add a zigzag line from edge to edge."""
    side = levels.shape[1]
    x = np.linspace(0.0, side - 1.0, _STRAY_CORNERS)
    y = rng.uniform(0.2, 0.8, (len(levels), _STRAY_CORNERS)) * side
    steps = np.arange(side)
    line = np.zeros_like(levels)
    for start in range(_STRAY_CORNERS - 1):
        slope = (y[:, start + 1] - y[:, start]) / (x[1] - x[0])
        height = y[:, start, None] + slope[:, None] * (steps - x[start])
        distance = np.abs(steps[:, None] - height[:, None, :]) / np.hypot(1.0, slope)[:, None, None]
        is_part = (steps >= x[start]) & (steps <= x[start + 1])
        np.maximum(line, np.clip(_STRAY_WIDTH / 2 + 0.5 - distance, 0.0, 1.0) * is_part, out=line)
    return np.asarray(np.maximum(levels, amounts[:, None, None] * line), dtype=np.float32)


def _spattered(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    """Add blots: where a smooth random field is above a threshold."""
    field = blurred(rng.standard_normal(levels.shape, dtype=np.float32), _SPATTER_SOFTNESS)
    # The blur of white noise has this standard deviation (the norm of a Gaussian kernel in two dimensions).
    field *= np.float32(2.0 * np.sqrt(np.pi) * _SPATTER_SOFTNESS)
    threshold = (_SPATTER_FROM - (_SPATTER_FROM - _SPATTER_TO) * amounts)[:, None, None]
    blots = np.clip((field - threshold) * np.float32(3.0), 0.0, 1.0)
    return np.where(amounts[:, None, None] > 0.0, np.maximum(levels, blots), levels)


def _worn(levels: Levels, amounts: Levels, rng: np.random.Generator) -> Levels:
    """Erase a straight band near the middle."""
    angle, off = rng.uniform(0.0, np.pi, len(levels)), rng.uniform(-4.0, 4.0, len(levels))
    side = levels.shape[1]
    steps = np.arange(side) - (side - 1) / 2
    across = np.cos(angle)[:, None, None] * steps + np.sin(angle)[:, None, None] * steps[:, None]
    half = (_GAP / 2 * amounts)[:, None, None]
    # How much of a pixel's width the band covers.
    erased = np.clip(half + 0.5 - np.abs(across - off[:, None, None]), 0.0, np.minimum(2.0 * half, 1.0))
    return np.asarray(levels * (1.0 - erased), dtype=np.float32)


_TABLE: Final = (
    Kind("tilt", "Tilt", "Turned by up to 45 degrees.", _tilted, is_two_sided=True, moves=True),
    Kind("slant", "Slant", "Leaning by up to 39 degrees.", _slanted, is_two_sided=True, moves=True),
    Kind("size", "Size", "Smaller (down to 57 %) or larger (up to 174 %).", _resized, is_two_sided=True, moves=True),
    Kind("across", "Shift across", "Shifted left or right by up to 8 pixels.", _shifted, is_two_sided=True, moves=True),
    Kind("down", "Shift down", "Shifted up or down by up to 8 pixels.", _dropped, is_two_sided=True, moves=True),
    Kind(
        "thickness",
        "Thickness",
        "Strokes thinner and fainter, or thicker by up to 4 pixels.",
        _thickened,
        is_two_sided=True,
    ),
    Kind("gap", "Gap", "A band of up to 6 pixels erased.", _worn),
    Kind("stray", "Stray line", "A zigzag line across the digit.", _crossed),
    Kind("ruling", "Ruled lines", "Horizontal lines, 6 pixels apart.", _ruled),
    Kind("spatter", "Spatter", "Blots of ink.", _spattered),
    Kind("blur", "Blur", "Blurred by up to 2.2 pixels (standard deviation).", _unsharp),
    Kind("motion", "Motion blur", "Blurred along a line of up to 9 pixels.", _shaken),
    Kind("faint", "Faint ink", "Ink down to a tenth of its strength.", _faded),
    Kind("fog", "Fog", "Less contrast, on a cloudy background.", _fogged),
    Kind("noise", "Noise", "Random brightness of each pixel.", _noisy),
    Kind("specks", "Specks", "Up to a quarter of the pixels black or white.", _specked),
)

KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in _TABLE}
"""The distortions of the network's input by name, in the order in which several are applied."""
