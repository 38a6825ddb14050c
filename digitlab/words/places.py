"""The names of places in a network, and how a value is computed, in one line."""

from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place, Step, has_output_step
from digitlab.insight.unit import Scaling, UnitSum
from digitlab.model.activations import ACTIVATION_NAMES
from digitlab.model.layer import Activation, Layer, Pooling
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import count, number, probability


def layer_name(spec: ModelSpec, layer: int, step: Step = Step.VALUE) -> str:
    """Return the name of a layer, its output step or its cost: ``input``, ``conv1``, ``softmax``, ``loss``."""
    if step is Step.COST:
        return "loss"
    if step is Step.OUTPUT:
        return ACTIVATION_NAMES[spec.layers[layer].activation]
    return "input" if layer < 0 else spec.layer_names[layer]


def unit_name(spec: ModelSpec, place: Place) -> str:
    """Return the name of a unit within its layer: ``map 3 · row 21, column 14``, ``digit 4``, ``unit 12``."""
    return " · ".join(part for part in (map_name(place), cell_name(spec, place)) if part)


def map_name(place: Place) -> str:
    """Return the name of a place's feature map; empty in the input and in lists."""
    return f"map {place.unit[2]}" if len(place.unit) == 3 and place.layer >= 0 else ""


def cell_name(spec: ModelSpec, place: Place) -> str:
    """Return the name of a place within its map or list."""
    if len(place.unit) == 3:
        return f"row {place.unit[0]}, column {place.unit[1]}"
    index = place.unit[0]
    if place.layer >= 0 and spec.is_answer(place.layer):
        return spec.classes.shown(index)
    return f"unit {index:,}" if spec.layers[place.layer].learns else f"number {index:,}"


def place_name(spec: ModelSpec, place: Place) -> str:
    """Return the whole name of a place: ``conv1 · map 3 · row 21, column 14``."""
    return f"{layer_name(spec, place.layer, place.step)} · {unit_name(spec, place)}"


def value_of(inspection: Inspection, place: Place) -> float:
    """Return the value of a unit: the weighted sum where softmax or sigmoid is a step of its own."""
    spec = inspection.snapshot.spec
    is_sum = place.step is Step.VALUE and place.layer == len(spec.layers) - 1 and has_output_step(spec)
    values = inspection.sums[place.layer] if is_sum else inspection.activations[place.layer + 1]
    return float(values[place.unit])


POOLED = {Pooling.MAX: "largest", Pooling.AVERAGE: "mean", Pooling.NORM: "L2 norm"}


def worked_line(explained: UnitSum, layer: Layer, *, is_output: bool = False, has_activation: bool = True) -> str:
    """Return how a unit's value is computed, such as ``25 products + bias −0.0200 = 1.83 → ReLU → 1.83``.

    Args:
        explained: The unit.
        layer: Its layer.
        is_output: Whether its activation is an output of the network, 0..1, and written in percent.
        has_activation: Whether the line ends with the activation and not with the sum.
    """
    if layer.pooling is not None:
        return f"{POOLED[layer.pooling]} of {count(explained.inputs.size, 'value')} = {number(explained.sum)}"
    if explained.scaling is not None:
        return _scaled_line(explained.scaling, float(explained.inputs[0]), explained.sum)
    is_activated = has_activation and layer.activation is not Activation.LINEAR
    if explained.products is None:
        copied = "" if is_activated else "copied: " if explained.inputs.size else "constant: "
        text = f"{copied}{number(explained.sum)}"
    else:
        bias = ""
        if explained.bias is not None:
            bias = f" {'−' if explained.bias < 0 else '+'} bias {number(abs(explained.bias))}"
        text = f"{explained.products.size:,} products{bias} = {number(explained.sum)}"
    if not is_activated:
        return text
    after = probability(explained.activation) if is_output else number(explained.activation)
    return f"{text} → {ACTIVATION_NAMES[layer.activation]} → {after}"


def _scaled_line(scaling: Scaling, value: float, result: float) -> str:
    """Return how a value is normalised, such as ``(0.83 − 0.41) ÷ 0.52 × 1.1 + 0.2 = 1.09``."""
    centred = f"({number(value)} {_signed(-scaling.mean)})"
    beta = _signed(scaling.beta)
    return f"{centred} ÷ {number(scaling.deviation)} × {number(scaling.gamma)} {beta} = {number(result)}"


def _signed(value: float) -> str:
    """Return a summand with its sign as an operator: ``+ 0.2``, ``− 0.41``."""
    return f"{'−' if value < 0 else '+'} {number(abs(value))}"
