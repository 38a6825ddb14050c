"""Measures of the layers and the weights of the network on screen."""

import math

import numpy as np
from numpy.typing import NDArray

from digitlab.lessons.measuring.places import check_index
from digitlab.lessons.scene import Scene, SceneError, layer_of
from digitlab.model.layer import Layer, Window


def parameters(scene: Scene, layer: str | None = None) -> int:
    """Return the number of parameters of a layer, or of the whole network."""
    if layer is None:
        return scene.spec.total_parameters
    nth = scene.layer(layer)
    return sum(math.prod(shape) for shape in scene.spec.weight_shapes[nth].values()) if nth >= 0 else 0


def weights(scene: Scene, layer: str) -> int:
    """Return the number of weights of a layer, without its biases."""
    return _sizes(scene, layer)[0]


def biases(scene: Scene, layer: str) -> int:
    """Return the number of biases of a layer."""
    return _sizes(scene, layer)[1]


def output_shape(scene: Scene, layer: str) -> tuple[int, ...]:
    """Return the shape of a layer's output: rows × columns × maps, or the number of units."""
    return scene.spec.shapes[scene.layer(layer) + 1]


def shape(scene: Scene, rows: int, columns: int, maps: int) -> tuple[int, ...]:
    """Return a shape of these three lengths."""
    del scene
    return (rows, columns, maps)


def rows(scene: Scene, layer: str) -> int:
    """Return the number of rows of a layer's maps."""
    return maps_shape(scene, layer)[0]


def columns(scene: Scene, layer: str) -> int:
    """Return the number of columns of a layer's maps."""
    return maps_shape(scene, layer)[1]


def maps(scene: Scene, layer: str) -> int:
    """Return the number of a layer's maps."""
    return maps_shape(scene, layer)[2]


def units(scene: Scene, layer: str) -> int:
    """Return the number of values in a layer's output."""
    return math.prod(output_shape(scene, layer))


def inputs(scene: Scene, layer: str) -> int:
    """Return the number of values that one unit of a layer is computed from."""
    nth = scene.layer(layer)
    middle = tuple(length // 2 for length in output_shape(scene, layer))
    return math.prod(part.stop - part.start for part in scene.spec.sources(nth, middle)) if nth >= 0 else 0


def window(scene: Scene, layer: str) -> int:
    """Return the side of a layer's filters or pooling windows."""
    return _both(layer, "sides of the window", _window(scene, layer).size)


def stride(scene: Scene, layer: str) -> int:
    """Return how far a layer's window moves between two outputs."""
    return _both(layer, "strides", _window(scene, layer).strides)


def padding(scene: Scene, layer: str) -> str:
    """Return the padding of a layer: "valid" or "same"."""
    return _window(scene, layer).padding.value


def receptive_field(scene: Scene, layer: str) -> int:
    """Return the side of the part of the drawing that a value in the middle of a layer depends on."""
    middle = tuple(length // 2 for length in output_shape(scene, layer))
    field, _ = scene.spec.receptive_field(scene.layer(layer), middle)
    return len(range(field.start, field.stop))


def multiply_adds(scene: Scene, layer: str) -> int:
    """Return how many products a layer computes and adds for one drawing."""
    nth = scene.layer(layer)
    return scene.spec.layers[nth].multiply_adds(scene.spec.shapes[nth]) if nth >= 0 else 0


def planned_parameters(scene: Scene, layer: str | None = None) -> int:
    """Return the number of parameters of a layer, or of the whole network, as Network has it."""
    if layer is None:
        return scene.recipe.total_parameters
    return sum(math.prod(shape) for shape in scene.recipe.weight_shapes[_planned(scene, layer)].values())


def planned_multiply_adds(scene: Scene, layer: str) -> int:
    """Return how many products a layer would compute for one drawing, as Network has it."""
    nth = _planned(scene, layer)
    return scene.recipe.layers[nth].multiply_adds(scene.recipe.shapes[nth])


def planned_shape(scene: Scene, layer: str) -> tuple[int, ...]:
    """Return the shape of a layer's output, as Network has it."""
    return scene.recipe.shapes[_planned(scene, layer) + 1]


def planned_rows(scene: Scene, layer: str) -> int:
    """Return the number of rows of a layer's maps, as Network has it."""
    return _rows_of(planned_shape(scene, layer), layer)


def weight(scene: Scene, layer: str, unit: int, row: int, column: int = 0, channel: int = 0) -> float:
    """Return a weight: filter, row, column and input channel in a convolution; unit and number of the input else."""
    kernel = learning(scene, layer, unit)[0][..., unit]
    indices = (row, column, channel)[: kernel.ndim]
    for what, index, length in zip(("row", "column", "channel"), indices, kernel.shape, strict=False):
        check_index(f"A filter of {layer}", what, index, length)
    return float(kernel[indices])


def bias(scene: Scene, layer: str, unit: int) -> float:
    """Return the bias of a filter or unit; 0 if it has none."""
    return sum(float(biases[unit]) for biases in learning(scene, layer, unit)[1:])


def is_off(scene: Scene, layer: str, filter: int) -> bool:  # noqa: A002 - authors read the name
    """Return whether a filter or unit is switched off."""
    off = scene.snapshot.off_units(scene.layer(layer))
    check_index(layer, "filter", filter, len(off))
    return bool(off[filter])


def is_edited(scene: Scene) -> bool:
    """Return whether the network on screen is edited."""
    return scene.snapshot.is_edited


def maps_shape(scene: Scene, layer: str) -> tuple[int, ...]:
    """Return the shape of the maps of a layer.

    Raises:
        SceneError: If it has none.
    """
    shape = output_shape(scene, layer)
    _rows_of(shape, layer)
    return shape


def learning(scene: Scene, layer: str, unit: int) -> tuple[NDArray[np.float32], ...]:
    """Return the kernel, and the biases if there are some, of a layer that has a certain unit.

    Raises:
        SceneError: If it has no weights or no such unit.
    """
    nth = scene.layer(layer)
    described = _layer(scene, nth)
    if described is None or not described.has_kernel:
        raise SceneError(f"{layer} has no weights.", expected="Expected a convolution or a dense layer.")
    arrays = scene.snapshot.weights[nth]
    check_index(layer, described.unit_word, unit, arrays[0].shape[-1])
    return arrays


def _rows_of(shape: tuple[int, ...], layer: str) -> int:
    if len(shape) != 3:
        raise SceneError(f"{layer} has no maps.", expected="Expected the input, a convolution or a pooling.")
    return shape[0]


def _planned(scene: Scene, layer: str) -> int:
    """Return the index of a layer of the network in Network."""
    nth = layer_of(scene.recipe, layer, "in Network")
    if nth < 0:
        raise SceneError("The input is not planned.", expected="Expected a layer.")
    return nth


def _layer(scene: Scene, nth: int) -> Layer | None:
    return scene.spec.layers[nth] if nth >= 0 else None


def _window(scene: Scene, layer: str) -> Window:
    described = _layer(scene, scene.layer(layer))
    if described is None or described.window is None:
        raise SceneError(f"{layer} has no window.", expected="Expected a convolution or a pooling.")
    return described.window


def _both(layer: str, what: str, pair: tuple[int, int]) -> int:
    """Return the number that is the same for rows and columns."""
    if pair[0] != pair[1]:
        raise SceneError(f"The {what} of {layer} are {pair[0]} and {pair[1]}.", expected="Expected equal numbers.")
    return pair[0]


def _sizes(scene: Scene, layer: str) -> tuple[int, int]:
    """Return the number of weights and of biases of a layer."""
    nth = scene.layer(layer)
    shapes = scene.spec.weight_shapes[nth].values() if nth >= 0 else ()
    kernel, bias, *_ = *map(math.prod, shapes), 0, 0
    return kernel, bias
