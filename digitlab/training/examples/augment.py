"""Data augmentation: random warps of strokes and of images.

Affine and elastic warps follow Simard, Steinkraus and Platt ("Best Practices for Convolutional Neural Networks Applied
to Visual Document Analysis", ICDAR 2003); new warps in every epoch follow Ciresan, Meier, Gambardella and Schmidhuber
("Deep, Big, Simple Neural Nets for Handwritten Digit Recognition", Neural Computation 22, 2010).

Frames of reference: strokes have x to the right and y down, in any unit; images have rows down and columns to the
right, in pixels. Normal deviates are clipped at two standard deviations: stronger warps could turn a digit into
another.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.ink import Ink
from digitlab.data.drawing.raster import PEN_WIDTH
from digitlab.data.drawing.sampling import grown, interpolated

# Strokes. Chosen by eye on contact sheets of pen digits. Lengths are shares of a drawing's larger side. A "deviation"
# is a standard deviation.
ROTATION_DEVIATION: Final = 0.13  # radians
SLANT_DEVIATION: Final = 0.20  # shear: x per unit of y
ASPECT_DEVIATION: Final = 0.14  # of the logarithm of the aspect ratio
WAVE_COUNT: Final = 3
WAVE_DEVIATION: Final = 0.035  # of the amplitude of each wave that displaces the plane
WAVE_NUMBER: Final = 4.0  # of a wave's radians per larger side: about two thirds of a wave
JITTER_DEVIATION: Final = 0.004  # of every point independently: tremor of the hand, rounding by a tablet
PEN_WIDTHS: Final = (1.5, 3.6)  # pixels in the 20x20 box: from a ballpoint to a felt-tip pen
PRESSURE_SWING: Final = 0.12  # maximum change of the pen's width along a drawing, relative
PRESSURE_NUMBER: Final = 5.0  # of that wave's radians per larger side

# Images. Milder than for strokes, because pixels degrade sooner. Lengths are in pixels.
IMAGE_ROTATION: Final = 0.10  # deviation, radians
IMAGE_SHEAR: Final = 0.13  # deviation, x per unit of y
IMAGE_SCALE: Final = 0.06  # deviation of the logarithm, for each axis independently
IMAGE_SHIFT: Final = 0.5  # maximum in each direction: MNIST centres to whole pixels
ELASTIC_KNOTS: Final = 6  # control points per side of an image, 5.4 pixels apart: about the size of a stroke's curve
ELASTIC_DEVIATION: Final = 0.9  # of the control points; the field interpolated between them has about half of it
ELASTIC_STRENGTHS: Final = (0.3, 1.7)  # range of an image's random factor on that
THICKNESS_CHANCE: Final = 0.5
THICKNESS_RANGE: Final = (-0.3, 0.6)  # blend with the image eroded (below 0) or dilated (above 0) by one pixel
BLUR_CHANCE: Final = 0.2  # of the binomial filter 1 2 1, the blur of a scanner or a resized picture

IMAGES_PER_CHUNK: Final = 64
"""Images warped at a time: arrays of 0.2 MB stay in the processor's cache, and no operation takes long."""

_CUT: Final = 2.0


def warped_ink(ink: Ink, rng: np.random.Generator, transform: NDArray[np.float64] | None = None) -> Ink:
    """Warp every drawing differently: another handwriting, another pen.

    Args:
        ink: Drawings of any unit and position.
        rng: Random source.
        transform: Shape (count, 2, 2), float64: matrices for row vectors that are applied first, for example
            mirrorings.

    Returns:
        The drawings, centred at the origin, about 1 in size and with a changed thickness, ready to be rendered.
    """
    low, high = ink.boxes()
    owners = ink.owners
    size = np.maximum((high - low).max(axis=1), np.finfo(np.float64).tiny)
    points = (ink.points - ((low + high) / 2.0)[owners]) / size[owners, None]
    if transform is not None:
        points = _transformed(points, transform[owners])
    points += JITTER_DEVIATION * _deviates(points.shape, rng)
    for _ in range(WAVE_COUNT):
        push = WAVE_DEVIATION * _deviates((ink.count, 2), rng)
        points += _wave(points, owners, WAVE_NUMBER, ink.count, rng)[:, None] * push[owners]
    points = _transformed(points, _affine(ink.count, rng)[owners])
    width = rng.uniform(*PEN_WIDTHS, ink.count) / PEN_WIDTH
    swing = rng.uniform(0.0, PRESSURE_SWING, ink.count)[owners]
    along = 1.0 + swing * _wave(points, owners, PRESSURE_NUMBER, ink.count, rng)
    return replace(ink, points=points, thickness=ink.thickness * width[owners] * along)


def warped_images(images: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Warp every image differently: affine, elastic, thickness, blur.

    Args:
        images: Shape (n, side, side), uint8: 0 is background, 255 is full ink.
        rng: Random source.

    Returns:
        The same shape and type.
    """
    warped = np.empty_like(images)
    for start in range(0, len(images), IMAGES_PER_CHUNK):
        part = slice(start, start + IMAGES_PER_CHUNK)
        warped[part] = _warped_together(images[part], rng)
    return warped


def _deviates(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return standard normal deviates, clipped."""
    deviates: NDArray[np.float64] = np.clip(rng.standard_normal(shape), -_CUT, _CUT)
    return deviates


def _transformed(points: NDArray[np.float64], matrices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply row vectors, shape (n, 2), each with its own matrix, shape (n, 2, 2)."""
    return points[:, :1] * matrices[:, 0] + points[:, 1:] * matrices[:, 1]


def _wave(
    points: NDArray[np.float64], owners: NDArray[np.intp], number: float, count: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return a plane sine wave at each point, shape (n,), -1..1; each of the ``count`` drawings has its own wave."""
    vector = (number * _deviates((count, 2), rng))[owners]
    phase = rng.uniform(0.0, 2.0 * np.pi, count)[owners]
    wave: NDArray[np.float64] = np.sin(points[:, 0] * vector[:, 0] + points[:, 1] * vector[:, 1] + phase)
    return wave


def _affine(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return matrices for row vectors, shape (count, 2, 2): first aspect ratio and slant, then rotation."""
    slant, stretch, angle = _deviates((3, count), rng)
    wide = np.exp(0.5 * ASPECT_DEVIATION * stretch)
    lean = SLANT_DEVIATION * slant
    cosine, sine = np.cos(ROTATION_DEVIATION * angle), np.sin(ROTATION_DEVIATION * angle)
    rows = [[wide * cosine, wide * sine], [lean * cosine - sine / wide, lean * sine + cosine / wide]]
    return np.moveaxis(np.array(rows), 2, 0)


def _warped_together(images: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    x, y = _origins(len(images), images.shape[1], rng)
    ink = interpolated(images, x, y)
    _thicken(ink, rng)
    _blur(ink, rng)
    ink += np.float32(0.5)
    return ink.astype(np.uint8)


@lru_cache(maxsize=2)
def _spline_weights(side: int) -> NDArray[np.float32]:
    """Return the weight of each control point at each pixel, shape (side, knots + 2): uniform cubic B-splines."""
    pixels = np.linspace(0.0, ELASTIC_KNOTS - 1.0, side)
    t = np.abs(pixels[:, None] - _knots())
    inner, outer = 2.0 / 3.0 - t**2 + t**3 / 2.0, (2.0 - t) ** 3 / 6.0
    return np.where(t < 1.0, inner, np.where(t < 2.0, outer, 0.0)).astype(np.float32)


def _knots() -> NDArray[np.float64]:
    """Return the positions of the control points along an axis, one of them beyond each edge."""
    return np.arange(-1.0, ELASTIC_KNOTS + 1.0)


def _origins(count: int, side: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return where each pixel of a warped image comes from, shape (2, count, side, side): x, then y, in pixels.

    B-splines reproduce linear functions, so the control points carry the affine warp as well.
    """
    middle = (side - 1) / 2.0
    axis = _knots() * (side - 1) / (ELASTIC_KNOTS - 1) - middle
    across, down = axis, axis[:, None]
    matrix = _image_affine(count, rng)[..., None, None]
    shift = rng.uniform(-IMAGE_SHIFT, IMAGE_SHIFT, (2, count, 1, 1)) + middle
    strength = ELASTIC_DEVIATION * rng.uniform(*ELASTIC_STRENGTHS, (count, 1, 1))
    controls = strength * _deviates((2, count, len(axis), len(axis)), rng)
    controls += matrix[:, 0] * across + matrix[:, 1] * down + shift
    weights = _spline_weights(side)
    origins: NDArray[np.float32] = weights @ (controls.astype(np.float32) @ weights.T)
    return origins


def _image_affine(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the matrices from a warped image to its original, shape (2, 2, count): rotation, then shear and scale."""
    angle, shear, scale_x, scale_y = _deviates((4, count), rng)
    cosine, sine = np.cos(IMAGE_ROTATION * angle), np.sin(IMAGE_ROTATION * angle)
    lean, wide, high = IMAGE_SHEAR * shear, np.exp(IMAGE_SCALE * scale_x), np.exp(IMAGE_SCALE * scale_y)
    return np.array([[wide * cosine, wide * (lean * cosine - sine)], [high * sine, high * (lean * sine + cosine)]])


def _thicken(ink: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Make the strokes of some images, shape (n, side, side), thicker or thinner, in place."""
    chosen = rng.random(len(ink)) < THICKNESS_CHANCE
    share = rng.uniform(*THICKNESS_RANGE, len(ink)).astype(np.float32)
    for which, extreme in ((chosen & (share > 0), np.maximum), (chosen & (share < 0), np.minimum)):
        ink[which] = grown(ink[which], np.abs(share[which]), extreme)


def _blur(ink: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Blur some images, shape (n, side, side), in place; their maximum stays the same."""
    chosen = rng.random(len(ink)) < BLUR_CHANCE
    sharp = ink[chosen]
    soft = np.pad(sharp, ((0, 0), (1, 1), (1, 1)))
    soft = soft[:, :-2] + 2.0 * soft[:, 1:-1] + soft[:, 2:]
    soft = soft[:, :, :-2] + 2.0 * soft[:, :, 1:-1] + soft[:, :, 2:]
    maximum = soft.max(axis=(1, 2), keepdims=True)
    soft *= sharp.max(axis=(1, 2), keepdims=True) / np.maximum(maximum, np.float32(1.0))
    ink[chosen] = soft
