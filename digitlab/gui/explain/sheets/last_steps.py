"""The sheets of the last steps: softmax or sigmoid, and the losses. Without Qt."""

import math
from typing import Final

import numpy as np

from digitlab.gui.explain.sheets.sheet import Cell, Matrix, Options, Sheet, Sign
from digitlab.gui.maps.colours import Colours
from digitlab.insight.lens import Inspection
from digitlab.insight.outputs import SMALLEST_PROBABILITY, OutputSteps, Real, costs, output_steps
from digitlab.insight.place import Place, Step
from digitlab.model.layer import Activation
from digitlab.model.spec import Loss
from digitlab.words.numbers import exact_number, number, probability
from digitlab.words.numbers import loss as loss_text
from digitlab.words.places import place_name

_CLOSE_TO_ONE: Final = 0.9

LOSS_NAMES = {
    Loss.SOFTMAX_CROSS_ENTROPY: "softmax cross-entropy",
    Loss.SIGMOID_CROSS_ENTROPY: "sigmoid cross-entropy",
    Loss.EUCLIDEAN: "Euclidean",
}

_SHIFT_NOTE: Final = (
    "The largest logit is subtracted from all: no output changes by that, and no power of e becomes too large."
)
_SIGMOID_NOTE: Final = "Each output follows from its own logit alone: sigmoid outputs need not add up to 1."
_LOSS_NOTE: Final = "All three losses are computed from the outputs on screen, whichever one is trained with."


def output_sheet(inspection: Inspection, place: Place, options: Options) -> Sheet:
    """Return the sheet of an output: from all logits to all outputs."""
    del options
    spec = inspection.snapshot.spec
    steps = output_steps(inspection)
    unit = place.unit[0]
    names = [*map(inspection.snapshot.spec.classes.name, range(len(steps.outputs)))]

    def column(title: str, values: Real, step: Step, *, colours: Colours, limit: float, caption: str) -> Matrix:
        write = probability if step is Step.COST else number

        def text(cell: Cell) -> str:
            return write(float(values[cell[1]]))

        def name(cell: Cell) -> str:
            return f"{names[cell[1]]}: {title} = {text(cell)}"

        def target(cell: Cell) -> Place:
            return Place(place.layer, (cell[1],), step)

        return Matrix(
            title,
            values.reshape(1, -1, 1),
            name,
            colours,
            limit,
            caption,
            target,
            marked=(0, unit, 0),
            row_names=names if step is Step.VALUE else (),
            texts=text if step is Step.COST else None,
            group="classes",
            is_table=True,
        )

    largest = float(np.abs(steps.logits).max())
    logits = column("logit", steps.logits, Step.VALUE, colours=Colours.DIVERGING, limit=largest, caption=_shift(steps))
    powers = column(
        f"e^(logit − {number(steps.shift)})" if steps.total is not None else "e^(−logit)",
        steps.powers,
        Step.OUTPUT,
        colours=Colours.SEQUENTIAL,
        limit=float(steps.powers.max()),
        caption=f"sum {number(steps.total)}" if steps.total is not None else "",
    )
    outputs = column(
        "output",
        steps.outputs,
        Step.COST,
        colours=Colours.SEQUENTIAL,
        limit=1.0,
        caption=f"sum {number(float(steps.outputs.sum()))}",
    )
    sign = Sign("→", f"÷ {number(steps.total)}") if steps.total is not None else Sign("→", "1 ÷ (1 + …)")
    return Sheet(
        place_name(spec, place),
        _output_line(steps, unit),
        ((logits, Sign("→", "exp"), powers, sign, outputs),),
        note=_SHIFT_NOTE if steps.total is not None else _SIGMOID_NOTE,
    )


def cost_sheet(inspection: Inspection, place: Place, options: Options) -> Sheet:
    """Return the sheet of the losses: what the outputs cost if each digit in turn is the true one."""
    del options
    spec = inspection.snapshot.spec
    table = costs(inspection)
    losses = list(table)
    values = np.stack([table[loss] for loss in losses], axis=1)[np.newaxis]
    names = [*map(spec.classes.name, range(values.shape[1]))]
    unit = place.unit[0]

    def name(cell: Cell) -> str:
        _, row, col = cell
        return f"if the true class is {names[row]}: {LOSS_NAMES[losses[col]]} {loss_text(float(values[cell]))}"

    own = losses.index(spec.loss)
    matrix = Matrix(
        "What this answer costs, if the true class is …",
        values,
        name,
        Colours.SEQUENTIAL,
        float(values.max()),
        _cost_caption(spec.loss, inspection),
        lambda cell: Place(place.layer, (cell[1],), Step.OUTPUT if cell[1] == unit else Step.COST),
        marked=(0, unit, own),
        row_names=names,
        column_names=[LOSS_NAMES[loss] for loss in losses],
        texts=lambda cell: loss_text(float(values[cell])),
        is_table=True,
    )
    return Sheet(place_name(spec, place), _cost_line(inspection, unit), ((matrix,),), note=_LOSS_NOTE)


def _cost_caption(loss: Loss, inspection: Inspection) -> str:
    own = f"this network is trained with {LOSS_NAMES[loss]}"
    is_clipped = bool((inspection.activations[-1] < SMALLEST_PROBABILITY).any())
    floor = exact_number(SMALLEST_PROBABILITY)
    return f"{own}; outputs below {floor} count as {floor}" if is_clipped else own


def _shift(steps: OutputSteps) -> str:
    return f"largest {number(steps.shift)}" if steps.total is not None else ""


def _output_line(steps: OutputSteps, unit: int) -> str:
    logit, power, output = (float(values[unit]) for values in (steps.logits, steps.powers, steps.outputs))
    if steps.activation is Activation.SOFTMAX and steps.total is not None:
        shifted = f"e^({number(logit)} − {number(steps.shift)})"
        return f"{shifted} ÷ {number(steps.total)} = {number(power)} ÷ {number(steps.total)}: {probability(output)}"
    return f"1 ÷ (1 + e^(−({number(logit)}))) = 1 ÷ (1 + {number(power)}): {probability(output)}"


def _cost_line(inspection: Inspection, unit: int) -> str:
    """Return how the loss of this network follows, if a class is the true one."""
    spec = inspection.snapshot.spec
    outputs = inspection.activations[-1]
    value = float(costs(inspection)[spec.loss][unit])
    cost = loss_text(value)
    true = spec.classes.name(unit)
    match spec.loss:
        case Loss.SOFTMAX_CROSS_ENTROPY:
            return f"If {true} is true: {_logarithm(float(outputs[unit]), value)} = {cost}"
        case Loss.SIGMOID_CROSS_ENTROPY:
            return f"If {true} is true: mean of −ln(output) for {true} and −ln(1 − output) for the others = {cost}"
        case Loss.EUCLIDEAN:
            return f"If {true} is true: half the sum of (output − target)², with target 1 for {true}, else 0 = {cost}"


def _logarithm(output: float, cost: float) -> str:
    """Return the cost of the true class's output as a logarithm, with digits from which it follows.

    Of an output close to 1 these are the digits of its difference from 1.
    """
    if output < SMALLEST_PROBABILITY:
        floor = exact_number(SMALLEST_PROBABILITY)
        return f"{number(output)} counts as {floor}, −ln({floor})"
    if not output > _CLOSE_TO_ONE:  # or not a number
        return f"−ln({number(output)})"
    return f"−ln(1 − {number(-math.expm1(-cost))})"
