"""Repairs of a network that cannot be built; each gives one that can."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from digitlab.model.drafting.candidates import Candidate, candidates, misfit, values_near, with_candidate
from digitlab.model.drafting.draft import Draft, Typed, shapes_until_problem
from digitlab.model.hyperparameters import Choice, Flag, WholeNumber
from digitlab.model.layer import Shape
from digitlab.model.spec import MAXIMUM_LAYERS, ModelSpec, Problem

WHOLE: Final = -1
"""Where ``fixes`` has those of the network as a whole."""

_MOST: Final = 3
"""How many repairs are offered."""

_TRIES: Final = 16
"""How many values of a hyperparameter that fit are tried, so that what follows fits too."""

_FEW: Final = 2
"""A repair that needs more than so many others is offered only if all do."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A repair.

    Attributes:
        text: What it does, for a button: "Set size to 3", "Insert flatten before".
        spec: The network afterwards, which can be built.
    """

    text: str
    spec: ModelSpec


def repairs(spec: ModelSpec) -> tuple[Repair, ...]:
    """Return the repairs of the first problem of a network, those that change least first; empty if it has none."""
    problem = spec.building_problem()
    if problem is None:
        return ()
    first = tuple(_steps(spec, problem))
    completed = _all_completed(first, _FEW) or _all_completed(first, 2 * MAXIMUM_LAYERS)
    return tuple(repair for _, repair in sorted(completed, key=lambda counted: counted[0])[:_MOST])


@dataclass(frozen=True, slots=True)
class Fix:
    """A repair of a draft.

    Attributes:
        text: What it does, for a button.
        draft: The draft afterwards.
    """

    text: str
    draft: Draft


def fixes(draft: Draft) -> dict[int, tuple[Fix, ...]]:
    """Return the repairs of a draft by the index of the layer; ``WHOLE`` is the network as a whole.

    There is one for each invalid text, and those of the first problem of the network.
    """
    found: dict[int, tuple[Fix, ...]] = {}
    for typed in draft.typed:
        index = draft.keys.index(typed.key)
        found[index] = (*found.get(index, ()), _typed_fix(draft, index, typed))
    problem = draft.spec.building_problem()
    if problem is not None:
        whole = tuple(Fix(one.text, _with_spec(draft, one.spec)) for one in repairs(draft.spec))
        found[problem.layer] = (*found.get(problem.layer, ()), *whole)
    return found


def training_fixes(draft: Draft) -> tuple[Fix, ...]:
    """Return what lets a draft that can be built be trained: an output for each digit; empty if it has them."""
    spec = draft.spec
    if spec.training_problem() is None or not spec.layers:
        return ()
    added = _with_outputs(spec)
    if added is None:
        return ()
    titles = " and ".join(layer.title for layer in added.layers[len(spec.layers) :])
    return (Fix(f"Add {titles}, to train it", draft.inserted(len(spec.layers), added.layers[len(spec.layers) :])),)


def _with_outputs(spec: ModelSpec) -> ModelSpec | None:
    """Return a network with one or two more layers that can be trained; first what keeps all values."""
    longer = [with_candidate(spec, len(spec.layers), one.layer) for one in _candidates_at_end(spec)]
    longer += [with_candidate(one, len(one.layers), two.layer) for one in longer for two in _candidates_at_end(one)]
    return next((one for one in longer if one.training_problem() is None), None)


def _candidates_at_end(spec: ModelSpec) -> list[Candidate]:
    fitting = [one for one in candidates(spec, len(spec.layers)) if not one.reason]
    return sorted(fitting, key=lambda one: not one.layer.only_reshapes)


def _typed_fix(draft: Draft, index: int, typed: Typed) -> Fix:
    """Return the fix that sets a field to the value nearest to its text, or to its last valid one."""
    layer = draft.spec.layers[index]
    parameter = next(one for one in layer.HYPERPARAMETERS if one.name == typed.field)
    last = getattr(layer, typed.field)
    value = parameter.nearest(typed.text, last)
    fixed = draft.with_value(index, typed.field, value)
    if fixed.spec.building_problem() != draft.spec.building_problem():
        value, fixed = last, draft.with_value(index, typed.field, last)
    return Fix(f"Set {parameter.label.lower()} to {parameter.text(value)}", fixed)


def _with_spec(draft: Draft, spec: ModelSpec) -> Draft:
    """Return a draft with another network; the invalid texts of layers that are still there stay."""
    changed = draft.showing(spec)
    return replace(changed, typed=tuple(one for one in draft.typed if one.key in changed.keys))


def _all_completed(steps: tuple[Repair, ...], most: int) -> list[tuple[int, Repair]]:
    """Return the repairs that begin with each step and need at most some more."""
    return [found for step in steps if (found := _completed(step, most)) is not None]


def _completed(step: Repair, most: int) -> tuple[int, Repair] | None:
    """Return how many more repairs a network needs after the first one, and the repair that makes them all.

    Each removes a layer, or makes one more layer fit, so that it ends.

    Args:
        step: The first one.
        most: How many more there may be; None is returned if it needs more.
    """
    count, spec = 0, step.spec
    while (problem := spec.building_problem()) is not None:
        if count == most:
            return None
        spec = next(_steps(spec, problem)).spec
        count += 1
    more = f", and repair {count} more" if count else ""
    return count, Repair(step.text + more, spec)


def _steps(spec: ModelSpec, problem: Problem) -> Iterator[Repair]:
    """Yield changes after which at least the layer with the problem fits, or is gone; the least first."""
    if problem.layer >= 0:
        shape = shapes_until_problem(spec)[problem.layer]
        for kind in (_with_other_value, _with_layer_before, _with_layer_moved, _without_earlier_layer):
            yield from kind(spec, problem, shape)
        yield Repair("Remove this layer", _without(spec, problem.layer))
    elif not spec.layers:
        for candidate in candidates(spec, 0):
            if not candidate.reason:
                yield Repair(f"Add {candidate.layer.title}", with_candidate(spec, 0, candidate.layer))
    elif len(spec.layers) > MAXIMUM_LAYERS:
        excess = len(spec.layers) - MAXIMUM_LAYERS
        yield Repair(f"Remove the last {excess}", replace(spec, layers=spec.layers[:MAXIMUM_LAYERS]))
    else:
        yield from _smaller(spec)


def _with_other_value(spec: ModelSpec, problem: Problem, shape: Shape) -> Iterator[Repair]:
    """Yield the nearest fitting value of the hyperparameter that would have to change, and of those with few values."""
    layer = spec.layers[problem.layer]
    able = [one for one in layer.editable if one.name == problem.field or isinstance(one, Choice | Flag)]
    for parameter in sorted(able, key=lambda one: one.name != problem.field) if problem.field else ():
        near = islice((one for one in values_near(layer, parameter) if misfit(one, shape) is None), _TRIES)
        fitting = [spec.with_layer(problem.layer, one) for one in near]
        # Best a value with which all that follows fits too.
        best = next((one for one in fitting if one.building_problem() is None), fitting[0] if fitting else None)
        if best is not None:
            value = parameter.text(getattr(best.layers[problem.layer], parameter.name))
            yield Repair(f"Set {parameter.label.lower()} to {value}", best)


def _with_layer_before(spec: ModelSpec, problem: Problem, shape: Shape) -> Iterator[Repair]:
    layer = spec.layers[problem.layer]
    before = replace(spec, layers=spec.layers[: problem.layer])
    # First what keeps all values.
    for candidate in sorted(candidates(before, problem.layer), key=lambda one: not one.layer.only_reshapes):
        if not candidate.reason and misfit(layer, candidate.layer.output_shape(shape)) is None:
            yield Repair(f"Insert {candidate.layer.title} before", with_candidate(spec, problem.layer, candidate.layer))


def _with_layer_moved(spec: ModelSpec, problem: Problem, shape: Shape) -> Iterator[Repair]:
    """Yield the network with the layer moved up to where it and everything up to its old place fits."""
    del shape
    for place in range(problem.layer - 1, -1, -1):
        moved = with_candidate(_without(spec, problem.layer), place, spec.layers[problem.layer])
        if len(shapes_until_problem(moved)) > problem.layer + 1:
            yield Repair(f"Move before {spec.layer_names[place]}", moved)
            return


def _without_earlier_layer(spec: ModelSpec, problem: Problem, shape: Shape) -> Iterator[Repair]:
    """Yield the network without the nearest earlier layer whose removal makes the layer fit."""
    del shape
    for place in range(problem.layer - 1, -1, -1):
        shorter = _without(spec, place)
        if len(shapes_until_problem(shorter)) > problem.layer:
            yield Repair(f"Remove {spec.layer_names[place]}", shorter)
            return


def _smaller(spec: ModelSpec) -> Iterator[Repair]:
    """Yield networks with fewer parameters, for one that has too many: a number halved, or a layer removed."""
    sizes = [sum(map(math.prod, shapes.values())) for shapes in spec.weight_shapes]
    largest = max(range(len(sizes)), key=sizes.__getitem__)
    name = spec.layer_names[largest]
    for parameter in spec.layers[largest].editable:
        if isinstance(parameter, WholeNumber):
            for value in _halves(getattr(spec.layers[largest], parameter.name), parameter.minimum):
                smaller = spec.with_layer(largest, spec.layers[largest].changed(**{parameter.name: value}))
                if smaller.building_problem() is None:
                    yield Repair(f"Set {parameter.label.lower()} of {name} to {value}", smaller)
                    break
    yield Repair(f"Remove {name}", _without(spec, largest))


def _halves(value: int, minimum: int) -> Iterator[int]:
    while value > minimum:
        value = max(value // 2, minimum)
        yield value


def _without(spec: ModelSpec, index: int) -> ModelSpec:
    return replace(spec, layers=spec.layers[:index] + spec.layers[index + 1 :])
