"""From a place in a network down to the pixel that it owes most to, and up to the answer."""

import numpy as np

from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place, Step, has_output_step
from digitlab.insight.unit import explain_unit, source_of
from digitlab.model.outputs import class_probabilities
from digitlab.model.spec import ModelSpec


def steps_of(spec: ModelSpec) -> tuple[tuple[int, Step], ...]:
    """Return the layers of a network from the input to the answer, each with its step."""
    last = len(spec.layers) - 1
    after = ((last, Step.OUTPUT), (last, Step.COST)) if has_output_step(spec) else ()
    return (*((layer, Step.VALUE) for layer in range(-1, last + 1)), *after)


def path_through(inspection: Inspection, place: Place, before: tuple[Place, ...] = ()) -> tuple[Place, ...]:
    """Return a path from a pixel to the answer that leads through a place.

    Towards the input it follows the strongest source of each unit; towards the answer the unit that weighs it most. A
    path from before is kept as far as it leads through the place.

    Args:
        inspection: What a network computed for an image.
        place: A place in that network.
        before: The path on screen.

    Returns:
        One place for each of ``steps_of``.
    """
    spec = inspection.snapshot.spec
    steps = steps_of(spec)
    here = steps.index((place.layer, place.step))
    # It may be of another network.
    kept = before if len(before) == len(steps) and all(one.within(spec) == one for one in before) else ()
    path = [place]
    for nth in range(here - 1, -1, -1):
        source = strongest_source(inspection, path[0])
        if kept and _leads_to(spec, kept[nth], path[0]):
            source = kept[nth]
        path.insert(0, source or Place(*_middle(spec, steps[nth])))
    for nth in range(here + 1, len(steps)):
        user = kept[nth] if kept and _leads_to(spec, path[-1], kept[nth]) else None
        path.append(user or _user(inspection, path[-1], steps[nth]))
    return tuple(path)


def strongest_source(inspection: Inspection, place: Place) -> Place | None:
    """Return the place before another one that it owes most to; None for a pixel, or a unit without inputs."""
    if place.step is Step.COST:
        return Place(place.layer, place.unit, Step.OUTPUT)
    if place.step is Step.OUTPUT:
        return Place(place.layer, place.unit)
    if place.layer < 0:
        return None
    cell = explain_unit(inspection, place.layer, place.unit).strongest
    unit = None if cell is None else source_of(inspection.snapshot.spec, place.layer, place.unit, cell)
    if unit is None:
        box = inspection.snapshot.spec.sources(place.layer, place.unit)
        unit = tuple(part.start for part in box) if all(part.start < part.stop for part in box) else None
    return None if unit is None else Place(place.layer - 1, unit)


def _middle(spec: ModelSpec, step: tuple[int, Step]) -> tuple[int, tuple[int, ...]]:
    """Return the layer and the unit in the middle of its output."""
    layer, _ = step
    shape = spec.shapes[layer + 1]
    return layer, ((shape[0] // 2, shape[1] // 2, 0) if len(shape) == 3 else (0,))


def _leads_to(spec: ModelSpec, source: Place, place: Place) -> bool:
    """Return whether a place is computed from another one directly."""
    if place.step is not Step.VALUE:
        return source.unit == place.unit
    box = spec.sources(place.layer, place.unit)
    return all(part.start <= index < part.stop for part, index in zip(box, source.unit, strict=True))


def _user(inspection: Inspection, place: Place, step: tuple[int, Step]) -> Place:
    """Return the place of the next step that weighs a place most."""
    layer, kind = step
    spec = inspection.snapshot.spec
    if kind is Step.OUTPUT and inspection.outputs is not None:
        return Place(layer, place.unit, kind)
    if kind is Step.COST:
        return Place(layer, place.unit, kind)
    described, shape, out = spec.layers[layer], spec.shapes[layer], spec.shapes[layer + 1]
    if described.only_reshapes:
        return Place(layer, (int(np.ravel_multi_index(place.unit, shape)),))
    if len(out) != 3:
        return Place(layer, (_heaviest(inspection, layer, place.unit) if described.has_kernel else place.unit[-1],))
    row, col = (_user_along(spec, layer, axis, place.unit[axis]) for axis in range(2))
    window = described.window
    if not described.has_kernel or window is None:
        return Place(layer, (row, col, place.unit[2]))
    weight = [
        min(max(index - span.start(user, length), 0), span.size - 1)
        for span, index, user, length in zip(window.axes, place.unit, (row, col), shape, strict=False)
    ]
    return Place(layer, (row, col, _heaviest(inspection, layer, (weight[0], weight[1], place.unit[2]))))


def _user_along(spec: ModelSpec, layer: int, axis: int, index: int) -> int:
    """Return the row or column of a layer in the middle of those that see a row or column of its input."""
    described, shape, length = spec.layers[layer], spec.shapes[layer], spec.shapes[layer + 1][axis]
    users = [
        user
        for user in range(length)
        if (seen := described.sources_along(axis, user, shape)).start <= index < seen.stop
    ]
    # A stride can skip an input: then the nearest one.
    return users[len(users) // 2] if users else min(index * length // shape[axis], length - 1)


def _heaviest(inspection: Inspection, layer: int, weight: tuple[int, ...]) -> int:
    """Return the unit with the largest weight at a place of the kernel; at the outputs, the answer."""
    spec = inspection.snapshot.spec
    if spec.is_answer(layer) and inspection.outputs is not None:
        return int(class_probabilities(inspection.outputs, len(spec.classes)).argmax())
    kernel = inspection.snapshot.weights[layer][0]
    return int(np.abs(np.nan_to_num(kernel[weight])).argmax())


def answer_place(inspection: Inspection) -> Place:
    """Return the largest output; of a network that does not classify, the middle of its last map or the first unit."""
    spec = inspection.snapshot.spec
    if inspection.outputs is not None:
        step = Step.OUTPUT if has_output_step(spec) else Step.VALUE
        return Place(len(spec.layers) - 1, (int(inspection.outputs.argmax()),), step)
    shape = spec.shapes[-1]
    return Place(len(spec.layers) - 1, (*tuple(length // 2 for length in shape[:-1]), 0))
