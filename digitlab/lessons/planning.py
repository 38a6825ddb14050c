"""Changing the network that would be trained next, as one does in Network, so that its costs can be predicted first."""

from dataclasses import dataclass, replace
from typing import Final

from digitlab.lessons.expression import parse_list
from digitlab.lessons.kinds import Kind
from digitlab.lessons.mistakes import MistakeError
from digitlab.lessons.scene import Scene, SceneError, layer_of
from digitlab.model.hyperparameters import Hyperparameter
from digitlab.model.layer import Layer
from digitlab.model.layers import LAYER_TYPES
from digitlab.model.spec import ModelSpec
from digitlab.words.lists import listed

_HELP: Final = 'none, or a layer with settings and their values, such as "conv1, stride, 2"'


@dataclass(frozen=True, slots=True)
class PlanNetwork:
    """Show the network on screen in Network, with other settings of one of its layers.

    Attributes:
        layer: The layer; empty to change nothing.
        settings: The labels of its settings in Network, in lower case, each with its value.
    """

    layer: str = ""
    settings: tuple[tuple[str, str], ...] = ()

    def spec(self, scene: Scene) -> ModelSpec:
        """Return the network.

        Raises:
            SceneError: If the network on screen has no such layer or setting, or the changed one cannot be built.
        """
        spec = scene.spec
        if not self.layer:
            return spec
        nth = layer_of(spec, self.layer)
        if nth < 0:
            raise SceneError("The input has no settings.", expected="Expected a layer.")
        layer = spec.layers[nth]
        for label, value in self.settings:
            layer = _changed(layer, self.layer, label, value)
        planned = spec.with_layer(nth, layer)
        problem = planned.building_problem()
        if problem is not None:
            raise SceneError(f"The planned network cannot be built: {problem.reason}")
        return planned

    def apply(self, scene: Scene) -> Scene:
        """Return the scene with the network in Network."""
        return replace(scene, recipe=self.spec(scene))


def read_plan(text: str) -> PlanNetwork:
    """Read what is planned: ``none``, or a layer with settings and their values.

    Raises:
        MistakeError: If it is something else.
    """
    if text == "none":
        return PlanNetwork()
    layer, *rest = (part.strip() for part in text.split(","))
    if not rest or len(rest) % 2 or parse_list(layer)[0].kind is not Kind.LAYER:
        raise MistakeError(f'"{text}"', _HELP)
    pairs = tuple(zip(rest[::2], rest[1::2], strict=True))
    known = sorted({one.label.lower() for kind in LAYER_TYPES.values() for one in kind.HYPERPARAMETERS})
    for label, _ in pairs:
        if label not in known:
            raise MistakeError(f'"{label}"', f"a setting of a layer: {listed(known, 'or')}")
    return PlanNetwork(layer, pairs)


def _changed(layer: Layer, name: str, label: str, value: str) -> Layer:
    found = next((one for one in layer.editable if one.label.lower() == label), None)
    if found is None:
        labels = listed([one.label.lower() for one in layer.editable]) or "none"
        raise SceneError(f"{name} has no setting {label}.", expected=f"Its settings are {labels}.")
    return layer.changed(**{found.name: _value(found, name, value)})


def _value(setting: Hyperparameter, name: str, text: str) -> object:
    try:
        return setting.read(int(text) if text.isdecimal() else text)
    except (TypeError, ValueError) as error:
        raise SceneError(f'"{text}" is no value for {name} {setting.label.lower()}.') from error
