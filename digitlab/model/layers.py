"""The layers a network can be made of.

A new layer type is one class, here or beside the layers of its kind, with its entry in ``LAYER_TYPES`` and its
forward and backward pass in ``insight.forward.FORWARD`` and ``insight.backward.BACKWARD``; editor, summary, files,
training and Look inside follow.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from digitlab.model.layer import Box, Layer, Shape
from digitlab.model.pooling import GlobalPooling2D, Pooling2D
from digitlab.model.weighted import Conv2D, Dense

__all__ = ["LAYER_TYPES", "Conv2D", "Dense", "Flatten", "GlobalPooling2D", "Pooling2D"]


@dataclass(frozen=True, slots=True)
class Flatten(Layer):
    """All maps as one list: row by row, column by column, channel by channel."""

    stem = "flatten"
    explanation = "Writes all maps into one list: row by row, column by column, channel by channel."
    only_reshapes = True
    icon = "layer-flatten"

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {}

    @property
    def title(self) -> str:
        """The name of the layer type."""
        return "flatten"

    @property
    def note(self) -> str:
        """What the layer does."""
        return "one list"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the length of the list; see ``Layer.output_shape``."""
        return (math.prod(input_shape),)

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the one unit that a unit copies, or everything for a range of units."""
        (run,) = box
        if run.stop - run.start != 1:
            return tuple(slice(0, length) for length in input_shape)
        rest, position = run.start, []
        for length in reversed(input_shape):
            rest, index = divmod(rest, length)
            position.append(slice(index, index + 1))
        return tuple(reversed(position))


LAYER_TYPES: Final[Mapping[str, type[Layer]]] = {
    "conv2d": Conv2D,
    "pooling2d": Pooling2D,
    "globalpooling2d": GlobalPooling2D,
    "flatten": Flatten,
    "dense": Dense,
}
"""All layer types by their name in files; nothing else is read from a file."""
