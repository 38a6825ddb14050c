"""Occlusion: part of the drawing is covered, and what the network then computes is compared."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.attribution.passes import values_at
from digitlab.attribution.result import Attribution, MethodId
from digitlab.insight.backward import Target
from digitlab.insight.batch import images_at_once
from digitlab.insight.forward import network_input
from digitlab.insight.lens import Inspection

PATCH_SIZE: Final = 5
"""Side of the patch in pixels: a little wider than a stroke, which is about 3 pixels wide."""

PATCH_STRIDE: Final = 2
"""Step between patches in pixels. Each pixel is covered by four to nine of them, which smooths the map."""

_BACKGROUND: Final = 0

_ROUNDING: Final = 1e-6
"""Changes below this share of the target are those of rounding in float32, and count as none."""


@np.errstate(over="ignore", invalid="ignore")  # a diverged network gives infinity or NaN
def occlusion(
    inspection: Inspection,
    target: Target,
    progress: Callable[[float], None] = lambda share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    *,
    size: int = PATCH_SIZE,
    stride: int = PATCH_STRIDE,
    fill: int = _BACKGROUND,
) -> Attribution | None:
    """Cover each part of a drawing by a square patch.

    Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", section 4.2.

    Args:
        inspection: What a network computed for the drawing.
        target: What is explained.
        progress: Called after each batch with the completed share, 0..1.
        is_cancelled: Called before each batch.
        size: Side of the patch in pixels.
        stride: Step between patches in pixels, at most ``size``.
        fill: What the patch is filled with, 0..255; 0 is background.

    Returns:
        How much the target falls when a pixel is covered, the mean over all patches that cover it; None if cancelled.
    """
    snapshot = inspection.snapshot
    covers = _covers(size, stride, snapshot.spec.side)
    images, places = _covered(inspection.image, covers, fill)
    falls = np.zeros((len(covers), len(covers)))
    source = inspection.sums[target.layer] if target.of_sums else inspection.activations[target.layer + 1]
    value = float(target.value(source))
    at_once = images_at_once(snapshot.spec)
    for start in range(0, len(images), at_once):
        if is_cancelled():
            return None
        batch = slice(start, start + at_once)
        falls[tuple(places[batch].T)] = value - values_at(snapshot, network_input(images[batch]), target)
        progress(min(start + at_once, len(images)) / len(images))
    falls[np.abs(falls) < _ROUNDING * max(1.0, abs(value))] = 0.0
    weights = covers.astype(np.float64)
    mean = (weights.T @ falls @ weights) / np.outer(weights.sum(axis=0), weights.sum(axis=0))
    return Attribution(mean.astype(np.float32), MethodId.OCCLUSION, target)


def _covers(size: int, stride: int, side: int) -> NDArray[np.bool_]:
    """Return which pixels of an axis each position of the patch covers, shape (positions, side).

    The outermost patches reach beyond the canvas, so that a pixel at its border is covered as often as others.
    """
    starts = np.arange(stride - size, side, stride)[:, np.newaxis]
    pixels = np.arange(side)
    return (pixels >= starts) & (pixels < starts + size)


def _covered(
    image: NDArray[np.uint8], covers: NDArray[np.bool_], fill: int
) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Return the covered images that differ from the image, and the position of the patch in each: (row, column)."""
    differs = image != fill
    places = np.argwhere(covers.astype(np.intp) @ differs @ covers.T)
    patches = covers[places[:, 0], :, np.newaxis] & covers[places[:, 1], np.newaxis, :]
    return np.where(patches, np.uint8(fill), image), places
