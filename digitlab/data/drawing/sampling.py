"""Grey levels of many images at once: sampled between pixels, blurred, made thicker or thinner."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Levels = NDArray[np.float32]
"""Images of shape (n, side, side), or an amount for each, shape (n,). In images 0 is background, 1 is full ink."""


def interpolated(images: NDArray[np.generic], x: Levels, y: Levels) -> Levels:
    """Sample images at fractional coordinates, bilinearly; outside them is blank.

    Args:
        images: Shape (n, side, side), uint8 or float32.
        x: Shape (n, side, side), float32: the source column of each pixel. Changed in place.
        y: The same for the rows. Changed in place.

    Returns:
        Shape (n, side, side), float32, in the range of the images.
    """
    side = images.shape[1]
    wide = side + 3  # one blank row and column before and two after, so that every pixel has its neighbours
    padded = np.zeros((len(images), wide, wide), dtype=np.float32)
    padded[:, 1:-2, 1:-2] = images
    flat = padded.reshape(-1)
    for place in (x, y):
        place += np.float32(1.0)
        np.clip(place, 0.0, side + 1.0, out=place)
    left, top = x.astype(np.intp), y.astype(np.intp)
    x -= left
    y -= top
    top *= wide
    top += left
    top += (np.arange(len(images)) * wide**2)[:, None, None]
    upper = between(flat.take(top), flat[1:].take(top), x)
    lower = between(flat[wide:].take(top), flat[wide + 1 :].take(top), x)
    return between(upper, lower, y)


def between(one: Levels, other: Levels, share: Levels) -> Levels:
    """Interpolate linearly from ``one`` to ``other``; ``other`` is changed in place."""
    other -= one
    other *= share
    other += one
    return other


def blurred(levels: Levels, deviation: float | Levels) -> Levels:
    """Blur images with a Gaussian; outside them is blank.

    Args:
        levels: Shape (n, side, side).
        deviation: The Gaussian's standard deviation in pixels, at least 0: one for all, or shape (n,).
    """
    steps = np.arange(-levels.shape[1], levels.shape[1] + 1, dtype=np.float32)
    width = np.maximum(np.asarray(deviation, dtype=np.float32), np.float32(1e-3)).reshape(-1, 1)
    # Above 1e-38, below which arithmetic is slow.
    weights = np.exp(np.maximum(-0.5 * (steps / width) ** 2, np.float32(-50.0)))
    weights /= weights.sum(axis=1, keepdims=True)
    middle = np.arange(levels.shape[1])
    kernel = weights[:, middle[:, None] - middle + len(middle)]
    return np.asarray(kernel @ levels @ kernel.transpose(0, 2, 1), dtype=np.float32)


def grown(levels: Levels, amounts: Levels, extreme: Callable[..., Levels]) -> Levels:
    """Blend images with themselves dilated (``np.maximum``) or eroded (``np.minimum``) by one pixel.

    Args:
        levels: Shape (n, side, side).
        amounts: Shape (n,), 0..1: the share of the second.
        extreme: ``np.maximum`` or ``np.minimum``.
    """
    after = levels.copy()
    for axis in (1, 2):
        here, there = [slice(None)] * 3, [slice(None)] * 3
        here[axis], there[axis] = slice(1, None), slice(None, -1)
        for to, of in ((tuple(here), tuple(there)), (tuple(there), tuple(here))):
            extreme(after[to], levels[of], out=after[to])
    return between(levels, after, amounts[:, None, None])


def as_levels(images: NDArray[np.uint8]) -> Levels:
    """Return images of bytes as levels of 0..1."""
    return np.multiply(images, np.float32(1 / 255), dtype=np.float32)


def as_bytes(levels: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Return levels as bytes, clipped to 0..1 first."""
    return np.asarray(np.rint(np.clip(levels, 0.0, 1.0) * np.float32(255.0)), dtype=np.uint8)
