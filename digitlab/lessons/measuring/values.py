"""Measures of what the network on screen computed for the drawing, and of its answer."""

import math

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT
from digitlab.insight.unit import explain_unit
from digitlab.insight.verdict import Verdict
from digitlab.lessons.measuring.network import maps_shape
from digitlab.lessons.measuring.places import check_index, place_in
from digitlab.lessons.scene import Scene, SceneError
from digitlab.words.places import value_of


def value(scene: Scene, layer: str, map: int, row: int | None = None, column: int | None = None) -> float:  # noqa: A002
    """Return a value: of a map; of the input by row and column; or of a unit by its number."""
    return value_of(scene.inspection, place_in(scene, layer, *_given(map, row, column)))


def weighted_sum(scene: Scene, layer: str, map: int, row: int | None = None, column: int | None = None) -> float:  # noqa: A002
    """Return the weighted sum with its bias, before the activation function."""
    place = place_in(scene, layer, *_given(map, row, column))
    return float(scene.inspection.sums[place.layer][place.unit])


def product(scene: Scene, layer: str, map: int, row: int, column: int, in_row: int, in_column: int) -> float:  # noqa: A002
    """Return one product of a convolution: input times weight, added up over the input channels."""
    place = place_in(scene, layer, map, row, column)
    products = explain_unit(scene.inspection, place.layer, place.unit).products if place.layer >= 0 else None
    if products is None or products.ndim != 3:
        raise SceneError(f"{layer} has no products.", expected="Expected a convolution.")
    check_index(f"A filter of {layer}", "row", in_row, products.shape[0])
    check_index(f"A filter of {layer}", "column", in_column, products.shape[1])
    return float(products[in_row, in_column].sum())


def largest(scene: Scene, layer: str, map: int | None = None) -> float:  # noqa: A002
    """Return the largest value of a map, or of a whole layer."""
    return float(_values(scene, layer, map).max())


def smallest(scene: Scene, layer: str, map: int | None = None) -> float:  # noqa: A002
    """Return the smallest value of a map, or of a whole layer."""
    return float(_values(scene, layer, map).min())


def mean(scene: Scene, layer: str, map: int | None = None) -> float:  # noqa: A002
    """Return the mean of the values of a map, or of a whole layer."""
    return float(_values(scene, layer, map).mean(dtype=np.float64))


def share_of_zeros(scene: Scene, layer: str, map: int | None = None) -> float:  # noqa: A002
    """Return the share of the values of a map, or of a whole layer, that are exactly 0."""
    return float((_values(scene, layer, map) == 0).mean())


def strongest_map(scene: Scene, layer: str) -> int:
    """Return the map with the largest mean: the filter that responds most."""
    maps_shape(scene, layer)
    return int(_values(scene, layer, None).mean(axis=(0, 1)).argmax())


def weakest_map(scene: Scene, layer: str) -> int:
    """Return the map with the smallest mean: the filter that responds least."""
    maps_shape(scene, layer)
    return int(_values(scene, layer, None).mean(axis=(0, 1)).argmin())


def strongest_row(scene: Scene, layer: str, map: int) -> int:  # noqa: A002
    """Return the row of the largest value of a map."""
    return _at(_values(scene, layer, map).argmax(), scene, layer)[0]


def strongest_column(scene: Scene, layer: str, map: int) -> int:  # noqa: A002
    """Return the column of the largest value of a map."""
    return _at(_values(scene, layer, map).argmax(), scene, layer)[1]


def weakest_row(scene: Scene, layer: str, map: int) -> int:  # noqa: A002
    """Return the row of the smallest weighted sum of a map."""
    return _at(_sums(scene, layer, map).argmin(), scene, layer)[0]


def weakest_column(scene: Scene, layer: str, map: int) -> int:  # noqa: A002
    """Return the column of the smallest weighted sum of a map."""
    return _at(_sums(scene, layer, map).argmin(), scene, layer)[1]


def predicted_digit(scene: Scene) -> int:
    """Return the recognised digit; -1 if there is none."""
    verdict = Verdict.of_inspection(scene.inspection)
    return -1 if verdict is None or verdict.digit is None else verdict.digit


def nth_digit(scene: Scene, nth: int) -> int:
    """Return the digit with the largest output for nth = 0, the second largest for 1, and so on."""
    check_index("The answer", "digit", nth, CLASS_COUNT)
    return int(np.argsort(-_outputs(scene)[:CLASS_COUNT], kind="stable")[nth])


def probability(scene: Scene, digit: int) -> float:
    """Return the network's output for a digit."""
    outputs = _outputs(scene)
    check_index("The answer", "output", digit, len(outputs))
    return float(outputs[digit])


def logit(scene: Scene, digit: int) -> float:
    """Return the weighted sum of a digit's output, before softmax."""
    probability(scene, digit)
    return float(scene.inspection.sums[-1][digit])


def loss(scene: Scene, digit: int) -> float:
    """Return the cross-entropy of the answer if this digit were the true one."""
    return -math.log(max(probability(scene, digit), float(np.finfo(np.float32).tiny)))


def _given(*indices: int | None) -> tuple[int, ...]:
    return tuple(index for index in indices if index is not None)


def _values(scene: Scene, layer: str, map: int | None) -> NDArray[np.float32]:  # noqa: A002
    values = scene.inspection.activations[scene.layer(layer) + 1]
    if map is None:
        return values
    check_index(layer, "map", map, maps_shape(scene, layer)[2])
    return values[:, :, map]


def _sums(scene: Scene, layer: str, map: int) -> NDArray[np.float32]:  # noqa: A002
    nth = scene.layer(layer)
    check_index(layer, "map", map, maps_shape(scene, layer)[2])
    return scene.inspection.sums[nth][:, :, map] if nth >= 0 else scene.inspection.activations[0][:, :, map]


def _at(position: np.intp, scene: Scene, layer: str) -> tuple[int, int]:
    """Return the row and the column of a position in a map, counted in reading order."""
    row, column = divmod(int(position), maps_shape(scene, layer)[1])
    return row, column


def _outputs(scene: Scene) -> NDArray[np.float32]:
    outputs = scene.inspection.outputs
    if outputs is None:
        raise SceneError("The network on screen has no outputs for the digits.")
    return outputs
