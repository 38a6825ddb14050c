"""A place in a network: one of the values that lead from the drawing to the answer and its cost."""

from dataclasses import dataclass
from enum import Enum, auto

from digitlab.model.layer import Activation
from digitlab.model.spec import ModelSpec


class Step(Enum):
    """Which of the values of a unit is meant."""

    VALUE = auto()
    """Its activation; for the units of ``has_output_step``, the weighted sum before it."""
    OUTPUT = auto()
    """The network's output, after softmax or sigmoid."""
    COST = auto()
    """The loss, if the unit's digit were the true one."""


@dataclass(frozen=True, slots=True)
class Place:
    """One value of a network.

    Attributes:
        layer: Index of the layer; -1 is the input.
        unit: Index of the unit in that layer's output: (row, column, channel) or (index,).
        step: Which of the unit's values.
    """

    layer: int
    unit: tuple[int, ...]
    step: Step = Step.VALUE

    def within(self, spec: ModelSpec) -> "Place":
        """Return this place, or the nearest one if the network does not have it."""
        layer = min(self.layer, len(spec.layers) - 1)
        shape = spec.shapes[layer + 1]
        unit = self.unit if len(self.unit) == len(shape) else (0,) * len(shape)
        unit = tuple(min(index, length - 1) for index, length in zip(unit, shape, strict=True))
        step = self.step if layer == len(spec.layers) - 1 and has_output_step(spec) else Step.VALUE
        return Place(layer, unit, step)


def has_output_step(spec: ModelSpec) -> bool:
    """Return whether the last layer's activation is a step of its own, followed by the cost: softmax or sigmoid."""
    return spec.classifies and spec.layers[-1].activation is not Activation.LINEAR
