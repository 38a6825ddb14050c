"""Places in the network on screen, by the names and numbers that lesson files use."""

from digitlab.insight.path import steps_of
from digitlab.insight.place import Place, Step
from digitlab.lessons.scene import Scene, SceneError
from digitlab.words.places import layer_name

_AXES = {3: ("row", "column", "map"), 1: ("unit",)}


def check_index(owner: str, what: str, index: int, length: int) -> None:
    """Check that something exists.

    Raises:
        SceneError: If it does not.
    """
    if not 0 <= index < length:
        raise SceneError(f"{owner} has no {what} {index}.", expected=f"They are counted from 0 to {length - 1}.")


def place_in(scene: Scene, layer: str, *indices: int) -> Place:
    """Return a place of the network on screen.

    Args:
        scene: What is on screen.
        layer: The name of the layer, or of a last step: ``softmax``, ``sigmoid`` or ``loss``.
        indices: Map, row and column; in the input row and column; or the number of the unit.

    Raises:
        SceneError: If the network does not have it.
    """
    steps = {layer_name(scene.spec, nth, step): (nth, step) for nth, step in steps_of(scene.spec)}
    nth, step = steps[layer] if layer in steps else (scene.layer(layer), Step.VALUE)
    shape = scene.spec.shapes[nth + 1]
    if nth < 0 and len(indices) == 2:
        indices = (0, *indices)
    if len(indices) != len(shape):
        needs = "a map, a row and a column" if len(shape) == 3 else "the number of a unit"
        raise SceneError(f"{layer} was asked for with {len(indices)} numbers.", expected=f"It needs {needs}.")
    unit = (*indices[1:], indices[0]) if len(shape) == 3 else indices
    for what, index, length in zip(_AXES[len(shape)], unit, shape, strict=True):
        check_index(layer, what, index, length)
    return Place(nth, unit, step)
