"""The outputs for many images, by the same forward pass as the lens."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.forward import network_input, run_layers
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError

_BATCH_BYTES: Final = 4 * 2**20
"""Largest array of one batch: 20 images with the tutorial network. Measured: 10,000 images take 2.4 s, hardly less with
batches three times as large, and the lens is not slowed down meanwhile (p95 0.9 ms)."""

_MAXIMUM_BATCH: Final = 100
"""Limit for the smallest networks, so that progress and cancelling stay responsive."""


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The outputs of a network for some images.

    Attributes:
        outputs: Shape (n, class_count), float32, each 0..1; see ``ModelSpec.class_count``.
        sums: The last layer's weighted sums before its activation; for a softmax the logits. Same shape and type.
    """

    outputs: NDArray[np.float32]
    sums: NDArray[np.float32]


def answer_all(
    snapshot: Snapshot,
    images: NDArray[np.uint8],
    progress: Callable[[float], None] = lambda share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Answers | None:
    """Run many images through a network. Needs neither Keras nor its thread.

    Args:
        snapshot: The network and its weights; it must have outputs for its classes.
        images: Shape (n, side, side) of its input, uint8, 0 is background.
        progress: Called after each batch with the completed share, 0..1.
        is_cancelled: Called before each batch.

    Returns:
        The outputs, or None if cancelled.

    Raises:
        DigitLabError: If the network has no such outputs.
    """
    spec = snapshot.spec
    if not spec.classifies:
        raise DigitLabError(
            "This network ends in feature maps and has no outputs to evaluate.",
            remedy="Choose a network that ends in a dense layer with one unit for each class.",
        )
    outputs = np.empty((len(images), spec.class_count), dtype=np.float32)
    sums = np.empty_like(outputs)
    size = images_at_once(spec)
    for start in range(0, len(images), size):
        if is_cancelled():
            return None
        batch = slice(start, start + size)
        sums[batch], outputs[batch] = _forward(snapshot, images[batch])
        progress(min(start + size, len(images)) / len(images))
    return Answers(outputs, sums)


def images_at_once(spec: ModelSpec) -> int:
    """Return how many images fit into one batch: at least 1."""
    return min(max(_BATCH_BYTES // _largest_array_bytes(spec), 1), _MAXIMUM_BATCH)


def _forward(snapshot: Snapshot, images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return deque(run_layers(snapshot, network_input(images)), maxlen=1).pop()


def _largest_array_bytes(spec: ModelSpec) -> int:
    """Return the size of the largest array for one image: the windows of a convolution (im2col), or an output."""
    largest = 0
    for layer, before, after in zip(spec.layers, spec.shapes, spec.shapes[1:], strict=False):
        numbers = int(np.prod(after))
        if layer.has_filters and layer.window is not None:
            numbers = max(numbers, math.prod((*after[:2], *layer.window.size, before[2])))
        largest = max(largest, 4 * numbers)
    return largest
