"""Which layers can be added at a place of a network, with hyperparameters that suit their neighbours."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from digitlab.model.drafting.draft import shapes_until_problem
from digitlab.model.hyperparameters import Choice, Hyperparameter
from digitlab.model.layer import Layer, Shape, UnbuildableError
from digitlab.model.layers import LAYER_TYPES
from digitlab.model.spec import ModelSpec

_NEAR: Final = 8
"""How many other values of each hyperparameter are tried, so that what follows still fits."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A layer that can be added.

    Attributes:
        layer: The layer.
        reason: Why it does not fit there, in one sentence; empty if the network can be built with it.
    """

    layer: Layer
    reason: str = ""


def candidates(spec: ModelSpec, index: int) -> tuple[Candidate, ...]:
    """Return one layer of each type, those that fit first.

    Args:
        spec: The network, which may not be buildable.
        index: The index that the new layer gets, 0 to the number of layers.
    """
    found = [_candidate(spec, index, kind) for kind in LAYER_TYPES.values()]
    return tuple(sorted(found, key=lambda candidate: bool(candidate.reason)))


def with_candidate(spec: ModelSpec, index: int, layer: Layer) -> ModelSpec:
    """Return a network with a layer inserted."""
    return replace(spec, layers=(*spec.layers[:index], layer, *spec.layers[index:]))


def values_near(layer: Layer, parameter: Hyperparameter) -> Iterator[Layer]:
    """Yield all layers that differ in a hyperparameter, those with the nearest values first."""
    near = parameter.near(getattr(layer, parameter.name))
    return (layer.changed(**{parameter.name: value}) for value in near)


def misfit(layer: Layer, shape: Shape) -> UnbuildableError | None:
    """Return why a layer cannot take an input, or None if it can."""
    try:
        layer.output_shape(shape)
    except UnbuildableError as error:
        return error
    return None


def _candidate(spec: ModelSpec, index: int, kind: type[Layer]) -> Candidate:
    shapes = shapes_until_problem(replace(spec, layers=spec.layers[:index]))
    first = _like_neighbours(spec, index, kind)
    if len(shapes) <= index:
        return Candidate(first, f"{spec.layer_names[len(shapes) - 1]} before it does not fit.")
    shape = shapes[index]
    fitting = _fitting(first, shape)
    if fitting is None:
        error = misfit(first, shape)
        return Candidate(first, error.happened if error is not None else "")
    if fitting.only_reshapes and fitting.output_shape(shape) == shape:
        return Candidate(fitting, "It would change nothing: its input is a list already.")
    if index == len(spec.layers):
        fitting = _answering(spec, fitting, shape)
    options_first = sorted(fitting.HYPERPARAMETERS, key=lambda one: not isinstance(one, Choice))
    near = (layer for one in options_first for layer in islice(values_near(fitting, one), _NEAR))
    others = (layer for layer in near if misfit(layer, shape) is None)
    # What neither learns nor changes the shape is no substitute for what does.
    for layer in (fitting, *(layer for layer in others if layer.learns or layer.output_shape(shape) != shape)):
        longer = with_candidate(spec, index, layer)
        if longer.building_problem() is None:
            return Candidate(layer)
    return Candidate(fitting, _consequence(with_candidate(spec, index, fitting)))


def _like_neighbours(spec: ModelSpec, index: int, kind: type[Layer]) -> Layer:
    """Return the layer of a type that is nearest before the place, or else after it; the outputs do not count."""
    hidden = spec.layers[:-1] if spec.classifies else spec.layers
    same = [place for place, layer in enumerate(hidden) if type(layer) is kind]
    before, after = [place for place in same if place < index], [place for place in same if place >= index]
    if before:
        return hidden[before[-1]]
    return hidden[after[0]] if after else kind.usual()


def _fitting(layer: Layer, shape: Shape) -> Layer | None:
    """Return a layer, or the nearest that differs in the field that does not fit and does more than nothing."""
    error = misfit(layer, shape)
    if error is None:
        return layer
    near = (other for one in layer.HYPERPARAMETERS if one.name == error.field for other in values_near(layer, one))
    return next((other for other in near if misfit(other, shape) is None and other.output_shape(shape) != shape), None)


def _answering(spec: ModelSpec, layer: Layer, shape: Shape) -> Layer:
    """Return the last layer of a network, with an output for each class if it can have them."""
    if spec.classifies or len(shape) != 1:
        return layer
    wanted = len(spec.classes)
    for other in layer.with_number(wanted):
        if misfit(other, shape) is None and other.output_shape(shape) == (wanted,):
            return with_candidate(spec, len(spec.layers), other).with_loss(spec.loss).layers[-1]
    return layer


def _consequence(spec: ModelSpec) -> str:
    """Return what would no longer fit in a network that cannot be built."""
    problem = spec.building_problem()
    if problem is None:
        return ""
    if problem.layer < 0:
        return problem.reason
    error = misfit(spec.layers[problem.layer], shapes_until_problem(spec)[-1])
    reason = f" {error.happened}" if error is not None else ""
    return f"Then {spec.layer_names[problem.layer]} would not fit.{reason}"
