"""The measures: what a lesson can ask of the network, the drawing and the window, each one entry of a table."""

import difflib
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from digitlab.lessons.kinds import Kind, Value
from digitlab.lessons.measuring import network, values, window
from digitlab.words.lists import listed

_LONGEST_NAME: Final = 60

LAYER: Final = "layer"
"""The parameter that is the name of a layer; all others are whole numbers."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure.

    Attributes:
        compute: Computes it from a scene and what it takes.
        kind: What it is.
        parameters: What it takes, in order.
        least: How many of them it needs.
    """

    compute: Callable[..., Value]
    kind: Kind
    parameters: tuple[str, ...]
    least: int

    @classmethod
    def of(cls, compute: Callable[..., Value], kind: Kind) -> "Measure":
        """Return the measure that a function computes; it has the function's name and parameters."""
        _, *taken = inspect.signature(compute).parameters.values()
        least = sum(one.default is inspect.Parameter.empty for one in taken)
        return cls(compute, kind, tuple(one.name for one in taken), least)

    @property
    def name(self) -> str:
        """Its name in a lesson file."""
        return self.compute.__name__

    @property
    def about(self) -> str:
        """What it is, in one sentence."""
        text = (self.compute.__doc__ or "").partition("\n")[0].removeprefix("Return ")
        return f"{text[:1].upper()}{text[1:]}"

    @property
    def signature(self) -> str:
        """How it is written, with ``?`` after what can be left out: ``value(layer, map, row?, column?)``."""
        taken = [f"{name}?" if nth >= self.least else name for nth, name in enumerate(self.parameters)]
        return f"{self.name}({', '.join(taken)})"


def nearest(name: str, known: Iterable[str], what: str) -> str:
    """Return what was expected instead of an unknown name: the most similar ones, or all."""
    names = sorted(known)
    close = difflib.get_close_matches(name[:_LONGEST_NAME].lower(), names, n=3, cutoff=0.6)
    return f"{what}, perhaps {listed(close, 'or')}" if close else f"{what}: {listed(names, 'or')}"


_KINDS: Final[dict[Kind, tuple[Callable[..., Value], ...]]] = {
    Kind.WHOLE: (
        *(network.parameters, network.weights, network.biases, network.rows, network.columns, network.maps),
        *(network.units, network.inputs, network.window, network.stride, network.receptive_field),
        *(network.multiply_adds, network.planned_parameters, network.planned_multiply_adds, network.planned_rows),
        *(values.strongest_map, values.strongest_row, values.strongest_column, values.weakest_map),
        *(values.weakest_row, values.weakest_column),
        *(values.predicted_digit, values.nth_digit),
        *(window.strokes, window.ink, window.epochs, window.chosen_map, window.chosen_row, window.chosen_column),
    ),
    Kind.NUMBER: (
        *(network.weight, network.bias),
        *(values.value, values.weighted_sum, values.product, values.largest, values.smallest, values.mean),
        *(values.logit, values.loss, window.epoch, window.loss_after),
    ),
    Kind.SHARE: (values.share_of_zeros, window.accuracy_after),
    Kind.PROBABILITY: (values.probability,),
    Kind.SHAPE: (network.output_shape, network.planned_shape, network.shape),
    Kind.TEXT: (
        network.padding,
        *(window.training, window.tab, window.page, window.explained_layer, window.chosen_layer),
    ),
    Kind.TRUTH: (network.is_off, network.is_edited, window.is_blank, window.is_prepared, window.is_own_run),
}

MEASURES: Final = {
    measure.name: measure
    for measure in (Measure.of(compute, kind) for kind, functions in _KINDS.items() for compute in functions)
}
"""All measures by name."""
