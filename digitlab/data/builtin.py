"""Generated digits: a dataset that needs no download, and drawings for the demo."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import Dataset, DigitSet
from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.geometry import scaled_to
from digitlab.data.drawing.ink import Ink
from digitlab.data.drawing.raster import PEN_WIDTH, render_ink
from digitlab.data.drawing.strokes import NEUTRAL_PRESSURE, Drawing, Stroke
from digitlab.data.templates import STYLES
from digitlab.system.errors import DigitLabError

BUILTIN_NAME: Final = "Built-in digits"

SAMPLES_PER_SPAN: Final = 5
"""Points on the curve per span between two control points: less than 1.5 pixels apart in the 20x20 box."""

# The variation of handwriting. Chosen by eye on contact sheets, and so that a network trained on these digits reads
# MNIST well. Lengths are shares of the digit's height; a "deviation" is a standard deviation.
ROTATION_DEVIATION: Final = 0.12  # radians
SLANT_MEAN: Final = -0.15  # shear, x per unit of y: most handwriting is slanted to the right
SLANT_DEVIATION: Final = 0.28
ASPECT_DEVIATION: Final = 0.2  # of the logarithm of the aspect ratio
JITTER_DEVIATION: Final = 0.017  # of every control point independently
WAVE_DEVIATION: Final = 0.06  # of the amplitude of the waves that displace the plane
WAVE_NUMBER: Final = 2.5  # of a wave's radians per unit: about half a wave over a digit
WAVE_COUNT: Final = 3
BLENDABLE_DISTANCE: Final = 0.3  # maximum distance between corresponding control points of styles that may be blended
PEN_WIDTHS: Final = (1.6, 3.3)  # pixels in the 20x20 box
PRESSURE_SWING: Final = 0.08  # amplitude of the change of pressure along a stroke


@dataclass(frozen=True, slots=True, eq=False)
class _Path:
    """A style in numbers.

    Attributes:
        controls: Shape (k, 2), float64: the control points; the digit's height is about 1.
        curve: Shape (m, k), float64: the weights of the control points in each point of the curve.
        lengths: Shape (s,), intp: the number of curve points of each stroke.
        structure: The number of control points of each smooth run of each stroke.
    """

    controls: NDArray[np.float64]
    curve: NDArray[np.float64]
    lengths: NDArray[np.intp]
    structure: tuple[tuple[int, ...], ...]


def builtin_styles(digit: int) -> tuple[str, ...]:
    """Return the names of the styles in which a digit can be drawn.

    Raises:
        DigitLabError: If it is not a digit 0..9.
    """
    if digit not in STYLES:
        raise DigitLabError(f"{digit} is not a digit.", expected="Expected a whole number from 0 to 9.")
    return tuple(STYLES[digit])


def builtin_drawing(digit: int, style: str) -> Drawing:
    """Return a digit in one style, without random variation.

    Args:
        digit: 0..9.
        style: One of ``builtin_styles(digit)``.

    Returns:
        The drawing in the unit square, with its strokes in the usual order and direction of writing.

    Raises:
        DigitLabError: If there is no such digit or style.
    """
    names = builtin_styles(digit)
    if style not in names:
        raise DigitLabError(f'There is no style "{style}" of the {digit}.', expected=f"There are {', '.join(names)}.")
    path = _paths(digit)[names.index(style)]
    points = path.curve @ path.controls
    pressure = np.full(len(points), NEUTRAL_PRESSURE)
    return _drawing(np.column_stack([points, pressure]), path.lengths, digit)


def random_drawing(digit: int, rng: np.random.Generator) -> Drawing:
    """Return a digit with random style and variation, like the handwriting of another person.

    Args:
        digit: 0..9.
        rng: Random source.

    Returns:
        The drawing in the unit square.

    Raises:
        DigitLabError: If it is not a digit 0..9.
    """
    builtin_styles(digit)
    paths = _paths(digit)
    path = paths[rng.integers(len(paths))]
    return _drawing(_written(path, _blendable(path, paths), 1, rng)[0], path.lengths, digit)


@lru_cache(maxsize=1)  # 11 MB; generating it again would take seconds
def builtin_dataset(train_count: int = 12_000, test_count: int = 2_000, seed: int = 0) -> Dataset:
    """Generate a dataset with every digit about equally often, in random order.

    Args:
        train_count: Number of training digits.
        test_count: Number of test digits.
        seed: The same seed gives the same images.

    Returns:
        The dataset.
    """
    rng = np.random.default_rng(seed)
    train, test = _drawn_set(train_count, rng), _drawn_set(test_count, rng)
    return Dataset(BUILTIN_NAME, train, test)


def _drawn_set(count: int, rng: np.random.Generator) -> DigitSet:
    labels = np.arange(count) % CLASS_COUNT
    rng.shuffle(labels)
    images = np.empty((count, 28, 28), dtype=np.uint8)
    for digit in range(CLASS_COUNT):
        paths = _paths(digit)
        indices = np.flatnonzero(labels == digit)
        style_of = rng.integers(len(paths), size=len(indices))
        for style, path in enumerate(paths):
            chosen = indices[style_of == style]
            written = _written(path, _blendable(path, paths), len(chosen), rng)
            images[chosen] = render_ink(_ink(written, path.lengths))
    return DigitSet(images, labels.astype(np.uint8))


def _ink(written: NDArray[np.float64], lengths: NDArray[np.intp]) -> Ink:
    """Return the ink of digits of one style, given their points, shape (n, m, 3)."""
    count = len(written)
    owners = np.repeat(np.arange(count), len(lengths))
    return Ink.of_points(written.reshape(-1, 3), np.tile(lengths, count), owners, count)


def _drawing(points: NDArray[np.float64], lengths: NDArray[np.intp], digit: int) -> Drawing:
    strokes = tuple(Stroke.of(part) for part in np.split(points, np.cumsum(lengths)[:-1]))
    return scaled_to(Drawing(strokes, digit))


def _blendable(path: _Path, paths: tuple[_Path, ...]) -> list[_Path]:
    """Return the styles that a style can be blended with, including itself."""
    alike = [other for other in paths if other.structure == path.structure]
    return [other for other in alike if np.abs(other.controls - path.controls).max() <= BLENDABLE_DISTANCE]


def _written(path: _Path, blendable: list[_Path], count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return random variations of a style.

    Returns:
        Shape (count, m, 3), float64: x and y, centred at about 0 with a height of about 1, and pressure.
    """
    others = np.stack([other.controls for other in blendable])[rng.integers(len(blendable), size=count)]
    # At most halfway to another style, so that each variation still shows its own style.
    share = rng.uniform(0.0, 0.5, (count, 1, 1))
    controls = path.controls + share * (others - path.controls) - 0.5
    controls = controls + JITTER_DEVIATION * _deviations(controls.shape, rng)
    points = _waved(path.curve @ controls, rng) @ _affine(count, rng)
    return np.concatenate([points, _pressure(count, len(path.curve), rng)[:, :, None]], axis=2)


def _waved(points: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Displace points, shape (count, m, 2), by a few long waves across the plane, different for every digit."""
    count = len(points)
    for _ in range(WAVE_COUNT):
        wave = WAVE_NUMBER * _deviations((count, 2, 1), rng)
        phase = rng.uniform(0.0, 2.0 * np.pi, (count, 1, 1))
        push = WAVE_DEVIATION * _deviations((count, 1, 2), rng)
        points = points + np.sin(points @ wave + phase) * push
    return points


def _affine(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return matrices, shape (count, 2, 2), for row vectors: first slant and aspect ratio, then rotation."""
    slant, stretch, angle = _deviations((3, count), rng)
    slant = SLANT_MEAN + SLANT_DEVIATION * slant
    aspect = np.exp(ASPECT_DEVIATION * stretch)
    angle = ROTATION_DEVIATION * angle
    shear = np.zeros((count, 2, 2))
    shear[:, 0, 0], shear[:, 1, 0], shear[:, 1, 1] = aspect, slant, 1.0
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.stack([np.stack([cosine, sine], axis=1), np.stack([-sine, cosine], axis=1)], axis=1)
    affine: NDArray[np.float64] = shear @ turn
    return affine


def _deviations(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return normal deviates, clipped at two standard deviations: stronger ones could turn a digit into another."""
    deviates: NDArray[np.float64] = np.clip(rng.normal(size=shape), -2.0, 2.0)
    return deviates


def _pressure(count: int, length: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the pressure along digits, shape (count, length): a random width for each, with a slight swing."""
    width = rng.uniform(*PEN_WIDTHS, (count, 1)) / PEN_WIDTH
    phase = rng.uniform(0.0, 2.0 * np.pi, (count, 1))
    swing = rng.uniform(0.0, PRESSURE_SWING, (count, 1))
    along = np.linspace(0.0, 2.0 * np.pi, length)
    # Pressure 0.5 is the nominal width; from pressure 0 to 1 the width grows by one nominal width.
    pressure: NDArray[np.float64] = np.clip(width - 0.5 + swing * np.sin(along + phase), 0.0, 1.0)
    return pressure


@lru_cache(maxsize=CLASS_COUNT)
def _paths(digit: int) -> tuple[_Path, ...]:
    return tuple(_parsed(text) for text in STYLES[digit].values())


def _parsed(text: str) -> _Path:
    """Read the notation of ``templates``."""
    controls: list[list[float]] = []
    blocks: list[NDArray[np.float64]] = []
    lengths: list[int] = []
    structure: list[tuple[int, ...]] = []
    total = sum("," in word for word in text.split())
    for stroke in text.split("/"):
        runs = [run.split() for run in stroke.split("|")]
        rows: list[NDArray[np.float64]] = []
        for index, run in enumerate(runs):
            first = len(controls) - (index > 0)  # a corner belongs to both runs
            controls.extend([float(value) / 100.0 for value in point.split(",")] for point in run)
            rows.extend(_curve_weights(len(controls) - first, first, total)[(index > 0) :])
        blocks.extend(rows)
        lengths.append(len(rows))
        structure.append(tuple(len(run) for run in runs))
    return _Path(np.array(controls), np.array(blocks), np.array(lengths, dtype=np.intp), tuple(structure))


def _curve_weights(count: int, first: int, total: int) -> NDArray[np.float64]:
    """Return the weights of the control points in each point of a smooth curve.

    The curve is a uniform Catmull-Rom spline through ``count`` points; the points beyond its ends are extrapolated
    linearly. (Catmull and Rom, "A class of local interpolating splines", 1974.)

    Returns:
        Shape ((count - 1) * SAMPLES_PER_SPAN + 1, total), float64; the columns outside the run are zero.
    """
    padded = np.zeros((count + 2, total))
    padded[1:-1, first : first + count] = np.eye(count)
    padded[0], padded[-1] = 2.0 * padded[1] - padded[2], 2.0 * padded[-2] - padded[-3]
    t = np.arange(SAMPLES_PER_SPAN)[:, None] / SAMPLES_PER_SPAN
    spans = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        linear, square = end - before, 2.0 * before - 5.0 * start + 4.0 * end - after
        cube = 3.0 * (start - end) + after - before
        spans.append(start + 0.5 * t * (linear + t * (square + t * cube)))
    return np.concatenate([*spans, padded[-2:-1]])
