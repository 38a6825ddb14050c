"""What people answer: reading it, comparing it with what is right, and recognising typical mistakes."""

import math
import re
from dataclasses import dataclass
from typing import Final

from digitlab.lessons.expression import Expression, parse
from digitlab.lessons.kinds import Kind, Value, text_of
from digitlab.lessons.lesson import ChangeQuestion, ChoiceQuestion, ClickQuestion, Option, Pitfall, ValueQuestion
from digitlab.lessons.measuring.places import place_in
from digitlab.lessons.mistakes import MistakeError
from digitlab.lessons.scene import Scene, SceneError
from digitlab.lessons.text import NO_TEXT, Text

CHANGES: Final = ("It gets larger", "It stays about the same", "It gets smaller")
"""The answers to a question of what becomes of a number."""

_USUAL: Final = 0.02
"""The usual tolerance: a share of a number, and of shares in points: about half a unit of the second digit."""

_SIGNS: Final = str.maketrans({"−": "-", "×": "*", "·": "*", "÷": "/", "\N{NO-BREAK SPACE}": "", " ": ""})
_NUMBERS: Final = re.compile(r"\d+")
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


class UnreadableAnswerError(Exception):
    """A typed answer is no number or shape; its text says what to type."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer was.

    Attributes:
        is_right: Whether it was right.
        right: The right answer as text.
        text: The explanation of a typical mistake; empty if none was recognised.
    """

    is_right: bool
    right: str
    text: Text = NO_TEXT


def check_value(question: ValueQuestion, typed: str, scene: Scene) -> Outcome:
    """Check a typed answer.

    Raises:
        UnreadableAnswerError: If it cannot be read.
        SceneError: If the question cannot be answered with the network on screen.
    """
    right, kind = question.answer.value(scene), question.answer.kind
    given = read_answer(typed, kind)
    if _agree(given, right, kind, question.tolerance):
        return Outcome(True, text_of(right, kind))
    for pitfall in question.pitfalls:
        if is_recognised(pitfall, question, given, scene):
            return Outcome(False, text_of(right, kind), pitfall.text)
    return Outcome(False, text_of(right, kind))


def is_recognised(pitfall: Pitfall, question: ValueQuestion, given: Value, scene: Scene) -> bool:
    """Return whether an answer is the one that a typical mistake leads to.

    Raises:
        SceneError: If it cannot be computed with what is on screen.
    """
    return _agree(given, pitfall.answer.value(scene), question.answer.kind, question.tolerance)


def right_option(question: ChoiceQuestion, scene: Scene) -> Option:
    """Return the option that is right now.

    Raises:
        SceneError: If none is, or several are.
    """
    right = [option for option in question.options if option.is_right.value(scene)]
    if len(right) != 1:
        raise SceneError(
            f"{len(right)} of the answers are right with what is on screen.", expected="Expected exactly one."
        )
    return right[0]


def check_option(question: ChoiceQuestion, label: str, scene: Scene) -> Outcome:
    """Check a chosen answer.

    Raises:
        SceneError: If not exactly one answer is right with what is on screen.
    """
    right = right_option(question, scene)
    chosen = next(option for option in question.options if option.label == label)
    return Outcome(chosen is right, right.label, NO_TEXT if chosen is right else chosen.text)


def click_target(question: ClickQuestion, scene: Scene) -> tuple[str, tuple[int, ...]]:
    """Return what is to be chosen: the layer, and its map with or without row and column, or its unit.

    Raises:
        SceneError: If the network on screen does not have it.
    """
    name, *numbers = (one.value(scene) for one in question.where)
    layer, wanted = str(name), tuple(int(number) for number in numbers)  # type: ignore[arg-type]  # whole numbers
    is_whole_map = len(wanted) == 1 and len(scene.spec.shapes[scene.layer(layer) + 1]) == 3
    place_in(scene, layer, *wanted, *((0, 0) if is_whole_map else ()))
    return layer, wanted


def check_click(question: ClickQuestion, scene: Scene) -> Outcome:
    """Check what the person chose last in the window.

    Raises:
        UnreadableAnswerError: If nothing was chosen, or something in another layer.
        SceneError: If the network on screen does not have what is asked for.
    """
    layer, wanted = click_target(question, scene)
    place = scene.chosen
    if place is None or place.layer != scene.layer(layer):
        raise UnreadableAnswerError(f"Choose something in {layer} first.")
    given = (place.unit[-1], *place.unit[:-1]) if len(place.unit) == 3 else place.unit
    is_right = given[: len(wanted)] == wanted
    if not is_right and question.is_right is not None:
        is_right, wanted = bool(question.is_right.value(scene)), given[: len(wanted)]
    return Outcome(is_right, where_text(layer, wanted))


def where_text(layer: str, numbers: tuple[int, ...]) -> str:
    """Return a place as the window names it: ``conv1 · map 3 · row 21, column 14``."""
    parts = [layer, f"map {numbers[0]}"]
    if len(numbers) == 3:
        parts.append(f"row {numbers[1]}, column {numbers[2]}")
    return " · ".join(parts)


def right_change(question: ChangeQuestion, scene: Scene) -> str:
    """Return what becomes of the number, one of ``CHANGES``.

    Raises:
        SceneError: If it cannot be computed with what is on screen.
    """
    before = _number(question.of, scene)
    for arrangement in question.after:
        scene = arrangement.apply(scene)
    after = _number(question.of, scene)
    if abs(after - before) <= question.same * max(abs(before), abs(after)):
        return CHANGES[1]
    return CHANGES[0] if after > before else CHANGES[2]


def check_change(question: ChangeQuestion, label: str, scene: Scene) -> Outcome:
    """Check what becomes of a number; the scene is the one before it is set up.

    Raises:
        SceneError: If it cannot be computed with what is on screen.
    """
    right = right_change(question, scene)
    return Outcome(label == right, right)


def _number(expression: Expression, scene: Scene) -> float:
    return float(expression.value(scene))  # type: ignore[arg-type]  # checked when it was read


def read_answer(typed: str, kind: Kind) -> Value:
    """Read a typed number or shape; arithmetic is allowed: ``(25 + 1) * 32``.

    Raises:
        UnreadableAnswerError: If it is neither.
    """
    if kind is Kind.SHAPE:
        lengths = tuple(int(number) for number in _NUMBERS.findall(typed[:100]))
        if not lengths:
            raise UnreadableAnswerError("Type a shape, such as 24 × 24 × 32.")
        return lengths
    bare = _THOUSANDS.sub("", typed.translate(_SIGNS).lstrip("<>≈")).replace(",", ".").lower().replace("x", "*")
    is_percent = bare.endswith("%")
    try:
        expression = parse(bare.removesuffix("%"))
        number = expression.value(None) if expression.kind.is_number else None  # type: ignore[arg-type]  # no measures
    except (MistakeError, SceneError, AttributeError, OverflowError) as error:
        raise UnreadableAnswerError("Type a number, such as 0.25 or 5 × 5 + 1.") from error
    if not isinstance(number, int | float):
        raise UnreadableAnswerError("Type a number, such as 0.25 or 5 × 5 + 1.")
    is_share = kind in (Kind.SHARE, Kind.PROBABILITY)
    return number / 100 if is_share and (is_percent or number > 1) else number


def _agree(given: Value, right: Value, kind: Kind, tolerance: float | None) -> bool:
    if isinstance(given, tuple) or isinstance(right, tuple):
        return given == right
    distance = abs(float(given) - float(right))
    if kind is Kind.WHOLE:
        return distance <= (tolerance or 0)
    if tolerance is None:
        tolerance = _USUAL if kind in (Kind.SHARE, Kind.PROBABILITY) else _USUAL * abs(float(right))
    return distance <= tolerance * (1 + 1e-9) + math.ulp(1.0)
