"""The sentences of the page Why."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.attribution.result import Attribution, MethodId
from digitlab.gui.explain.why.question import Answer, Question, explained_place
from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place
from digitlab.words.numbers import number, percent, probability
from digitlab.words.places import place_name

_SUM_DIGITS: Final = 4
"""Of what the map adds up to, so that its error can be seen."""


def signed(value: float) -> str:
    """Return a number with its sign: ``+0.120``, ``−0.120``, ``0``."""
    return f"+{number(value)}" if value > 0 else number(value)


def explained_name(question: Question, inspection: Inspection, place: Place, method: MethodId) -> str:
    """Return what a method explains: ``digit 4``, ``why 4 and not 9``, ``conv1 · map 3 · row 2, column 1``."""
    spec = inspection.snapshot.spec
    if question.explains_place(spec, method):
        return place_name(spec, explained_place(place))
    if method is MethodId.CONTRAST:
        digit, rival = question.pair(inspection)
        return f"why {spec.classes.name(digit)} and not {spec.classes.name(rival)}"
    return spec.classes.shown(question.answer(inspection))


def value_line(answer: Answer, question: Question, place: Place, before: float | None) -> str:
    """Return the value that is explained, as a number, and the one before the last change of the drawing."""
    line = _value_line(answer, question, place)
    return line if before is None else f"{line}. Before the last change: {number(before)}"


def _value_line(answer: Answer, question: Question, place: Place) -> str:
    inspection, target = answer.inquiry.inspection, answer.task.target
    spec = inspection.snapshot.spec
    exact = answer.value
    value = number(exact)
    outputs = inspection.outputs
    if question.explains_place(spec, answer.task.method) or outputs is None:
        return f"{place_name(spec, explained_place(place))} = {value}"
    if len(target.units) > 1:
        first, second = (spec.classes.name(unit[0]) for unit in target.units)
        lead = f": {first if exact > 0 else second} leads" if exact else ""
        return f"Logit of {first} − logit of {second} = {value}{lead}"
    digit = target.units[0][0]
    output = probability(float(outputs[digit]))
    return f"Logit of {spec.classes.name(digit)} (its score, which becomes the output) = {value}, output {output}"


def sum_line(attribution: Attribution) -> str:
    """Return what the map adds up to, and for integrated gradients whether that is complete."""
    if attribution.method is MethodId.GRAD_CAM:
        return "A region: its numbers have no unit."
    if attribution.method in (MethodId.OCCLUSION, MethodId.GRADIENT):
        return ""  # which add up to nothing
    total = number(float(attribution.values.sum(dtype=np.float64)), _SUM_DIGITS)
    if attribution.explained is None or attribution.completeness_error is None:
        return f"Sum of the map: {total}"
    error = attribution.completeness_error
    rise = number(attribution.explained, _SUM_DIGITS)
    refined = ", being refined" if attribution.is_rough else ""
    missed = f" (error {percent(error)}{refined})" if np.isfinite(error) else ""
    return f"Sum of the map: {total}. Rise of the value above a blank canvas: {rise}{missed}."


def cell_line(image: NDArray[np.uint8], attribution: Attribution, row: int, column: int) -> str:
    """Return what a pixel contributes."""
    value = float(attribution.values[row, column])
    meaning = "raises the value" if value > 0 else "lowers the value" if value < 0 else "makes no difference"
    if not np.isfinite(value):
        meaning = "the network has diverged"
    ink = number(float(image[row, column]) / 255, 2)
    return f"Row {row}, column {column}: ink {ink}, {signed(value)}: {meaning}"
