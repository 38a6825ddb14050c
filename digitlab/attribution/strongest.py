"""The images of a set that excite each unit of a network most, and where in them."""

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


class StrongestSearch:
    """Finds the images that excite each filter, map and unit of a network most, all in one pass over the images.

    Args:
        snapshot: The network and its weights.
        images: Shape (n, side, side), uint8, 0 is background.
        count: Number of images for each.
    """

    def __init__(self, snapshot: Snapshot, images: NDArray[np.uint8], count: int = IMAGE_COUNT) -> None:
        """Look at no image yet."""
        self._snapshot, self._images, self._count = snapshot, images, count
        self._seen = 0
        self._at_once = images_at_once(snapshot.spec)
        self._best = [_Best(shape[-1], count) for shape in snapshot.spec.shapes[1:]]

    @property
    def seen(self) -> int:
        """The number of images looked at, the first ones of the set."""
        return self._seen

    @property
    def is_complete(self) -> bool:
        """Whether all images were looked at."""
        return self._seen == len(self._images)

    def look_further(self) -> None:
        """Look at the next images: one batch."""
        batch = slice(self._seen, min(self._seen + self._at_once, len(self._images)))
        layers = run_layers(self._snapshot, network_input(self._images[batch]))
        for best, (sums, _) in zip(self._best, layers, strict=True):
            best.take(sums.reshape(len(sums), -1, sums.shape[-1]).max(axis=1), self._seen)
        self._seen = batch.stop

    def found(self, layer: int, channel: int) -> tuple[Exciting, ...]:
        """Return the most exciting of the images looked at: each once, at the place where it excites most.

        They are ordered by the weighted sum, which also tells apart what the activation cuts off or saturates.

        Args:
            layer: Index of the layer.
            channel: Index of the filter, map or unit.

        Returns:
            The most exciting image first; fewer than wanted if there are no more.
        """
        indices = self._best[layer].indices[:, channel]
        if not len(indices):
            return ()
        *_, (before, after) = islice(run_layers(self._snapshot, network_input(self._images[indices])), layer + 1)
        rows = np.arange(len(indices))
        sums, activations = (values[..., channel].reshape(len(indices), -1) for values in (before, after))
        places = sums.argmax(axis=1)
        is_logit = layer == len(self._snapshot.spec.layers) - 1 and has_output_step(self._snapshot.spec)
        values = (sums if is_logit else activations)[rows, places]
        return tuple(
            _exciting(self._snapshot, index, layer, channel, place, value)
            for index, place, value in zip(indices.tolist(), places.tolist(), values.tolist(), strict=True)
        )


class _Best:
    """The largest values of each channel of a layer, and the images that have them.

    Args:
        channels: Number of channels.
        count: How many values of each.

    Attributes:
        indices: The images, the one with the largest value first, shape (count or fewer, channels).
    """

    def __init__(self, channels: int, count: int) -> None:
        """Begin without values."""
        self._count = count
        self._values = np.empty((0, channels), np.float32)
        self.indices = np.empty((0, channels), np.intp)

    def take(self, peaks: Array, first: int) -> None:
        """Take the values of further images.

        Args:
            peaks: Shape (images, channels); NaN, of a diverged network, is the least.
            first: Index of the first of these images.
        """
        peaks = np.where(np.isnan(peaks), np.float32(-np.inf), peaks)
        is_full = len(self._values) == self._count
        # Once many images were seen, hardly any channel finds a larger value.
        channels = np.flatnonzero(peaks.max(axis=0) > self._values[-1]) if is_full else slice(None)
        values = np.concatenate([self._values[:, channels], peaks[:, channels]])
        known = self.indices[:, channels]
        images = np.broadcast_to(np.arange(first, first + len(peaks))[:, np.newaxis], (len(peaks), known.shape[1]))
        order = np.argsort(-values, axis=0, kind="stable")[: self._count]
        values = np.take_along_axis(values, order, axis=0)
        indices = np.take_along_axis(np.concatenate([known, images]), order, axis=0)
        if is_full:
            self._values[:, channels], self.indices[:, channels] = values, indices
        else:
            self._values, self.indices = values, indices


def _exciting(snapshot: Snapshot, index: int, layer: int, channel: int, position: int, value: float) -> Exciting:
    shape = snapshot.spec.shapes[layer + 1]
    unit = (*(int(at) for at in np.unravel_index(position, shape[:-1])), channel) if len(shape) == 3 else (channel,)
    return Exciting(index, Place(layer, unit), value, snapshot.spec.receptive_field(layer, unit))
