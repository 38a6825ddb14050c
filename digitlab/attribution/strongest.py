"""The images of a set that excite a unit most, and where in them."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.batch import images_at_once
from digitlab.insight.forward import Array, network_input, run_layers
from digitlab.insight.place import Place, has_output_step
from digitlab.model.snapshot import Snapshot

IMAGE_COUNT: Final = 9
"""Images that are found, as in Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks", figure
2."""


@dataclass(frozen=True, slots=True)
class Exciting:
    """An image that excites a unit, or a map at one of its places.

    Attributes:
        index: Index of the image in its set.
        place: The unit; of a map, the one that is excited most.
        value: Its value: the activation, or the logit of an output.
        patch: The rows and columns of the image that it depends on.
    """

    index: int
    place: Place
    value: float
    patch: tuple[slice, slice]


def strongest_images(
    snapshot: Snapshot,
    images: NDArray[np.uint8],
    layer: int,
    channel: int,
    count: int = IMAGE_COUNT,
    progress: Callable[[float], None] = lambda share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> tuple[Exciting, ...] | None:
    """Find the images that excite a filter, map or unit most: each once, at the place where it excites it most.

    They are ordered by the weighted sum, which also tells apart what the activation cuts off or saturates.

    Args:
        snapshot: The network and its weights.
        images: Shape (n, 28, 28), uint8, 0 is background.
        layer: Index of the layer.
        channel: Index of the filter, map or unit.
        count: Number of images.
        progress: Called after each batch with the completed share, 0..1.
        is_cancelled: Called before each batch.

    Returns:
        The most exciting image first; fewer than ``count`` if there are no more. None if cancelled.
    """
    sums, places = np.empty(len(images), np.float32), np.empty(len(images), np.intp)
    values = np.empty(len(images), np.float32)
    at_once = images_at_once(snapshot.spec)
    for start in range(0, len(images), at_once):
        if is_cancelled():
            return None
        batch = slice(start, start + at_once)
        sums[batch], places[batch], values[batch] = _excited(snapshot, images[batch], layer, channel)
        progress(min(start + at_once, len(images)) / len(images))
    is_logit = layer == len(snapshot.spec.layers) - 1 and has_output_step(snapshot.spec)
    order = np.argsort(-sums, kind="stable")[:count]  # NaN, of a diverged network, comes last
    return tuple(
        _exciting(
            snapshot, int(index), layer, channel, int(places[index]), float((sums if is_logit else values)[index])
        )
        for index in order
    )


def _excited(
    snapshot: Snapshot, images: NDArray[np.uint8], layer: int, channel: int
) -> tuple[Array, NDArray[np.intp], Array]:
    """Return for each image the largest weighted sum, its position in the map, and the activation there."""
    *_, (before, after) = islice(run_layers(snapshot, network_input(images)), layer + 1)
    sums = before[..., channel].reshape(len(images), -1)
    places = sums.argmax(axis=1)
    rows = np.arange(len(images))
    return sums[rows, places], places, after[..., channel].reshape(len(images), -1)[rows, places]


def _exciting(snapshot: Snapshot, index: int, layer: int, channel: int, position: int, value: float) -> Exciting:
    shape = snapshot.spec.shapes[layer + 1]
    unit = (*(int(at) for at in np.unravel_index(position, shape[:-1])), channel) if len(shape) == 3 else (channel,)
    return Exciting(index, Place(layer, unit), value, snapshot.spec.receptive_field(layer, unit))
