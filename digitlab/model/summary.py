"""The summary of a network: what each layer gives and costs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from digitlab.model.layer import Layer, Shape

_BYTES_PER_NUMBER: Final = 4
"""Size of a float32."""


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One row of a network's summary.

    Attributes:
        name: The layer's name within the network, for example ``conv2``.
        type_name: Keras' name of the layer type.
        title: A short title.
        output_shape: Without the batch axis.
        parameters: Number of weights and biases.
        parameter_sum: The same, written as a sum; empty if there are none.
        activation_bytes: Memory of the output of one example as float32.
        multiply_adds: Multiply-add operations for one example.
    """

    name: str
    type_name: str
    title: str
    output_shape: Shape
    parameters: int
    parameter_sum: str
    activation_bytes: int
    multiply_adds: int


def summary_of(names: Sequence[str], layers: Sequence[Layer], shapes: Sequence[Shape]) -> tuple[LayerSummary, ...]:
    """Return the summary of a network that can be built, one row for each layer.

    Args:
        names: The layers' names.
        layers: The layers.
        shapes: The shape of the input and of every layer's output: one more than there are layers.
    """
    return tuple(
        LayerSummary(
            name=name,
            type_name=layer.type_name,
            title=layer.title,
            output_shape=output_shape,
            parameters=sum(math.prod(shape) for shape in layer.weight_shapes(input_shape).values()),
            parameter_sum=layer.parameter_sum(input_shape),
            activation_bytes=bytes_of(output_shape),
            multiply_adds=layer.multiply_adds(input_shape),
        )
        for name, layer, input_shape, output_shape in zip(names, layers, shapes, shapes[1:], strict=False)
    )


def bytes_of(shape: Shape) -> int:
    """Return the memory of an array as float32."""
    return _BYTES_PER_NUMBER * math.prod(shape)
