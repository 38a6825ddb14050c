"""Answers are read generously, checked against the network, and typical mistakes are recognised."""

from dataclasses import replace

import pytest

from digitlab.insight.place import Place
from digitlab.lessons.answers import (
    CHANGES,
    UnreadableAnswerError,
    check_change,
    check_click,
    check_option,
    check_value,
    read_answer,
)
from digitlab.lessons.arrangements import ShowDrawing, ShowEpoch, read_where
from digitlab.lessons.expression import parse
from digitlab.lessons.kinds import Kind
from digitlab.lessons.lesson import ChangeQuestion, ChoiceQuestion, ClickQuestion, Option, Pitfall, ValueQuestion
from digitlab.lessons.scene import SceneError
from digitlab.lessons.text import NO_TEXT, Text

READ = [
    ("832", Kind.WHOLE, 832),
    (" 62,346 ", Kind.WHOLE, 62346),
    ("(5 x 5 + 1) × 32", Kind.WHOLE, 832),
    ("28*28", Kind.WHOLE, 784),
    ("−3", Kind.WHOLE, -3),
    ("0,25", Kind.NUMBER, 0.25),
    ("1,234.5", Kind.NUMBER, 1234.5),
    (".5", Kind.NUMBER, 0.5),
    ("0.5 * 0.2", Kind.NUMBER, 0.1),
    ("98 %", Kind.SHARE, 0.98),
    ("0.98", Kind.SHARE, 0.98),
    ("98", Kind.PROBABILITY, 0.98),
    (">99.99 %", Kind.PROBABILITY, 0.9999),
    ("24 x 24 x 32", Kind.SHAPE, (24, 24, 32)),
    ("(24, 24, 32)", Kind.SHAPE, (24, 24, 32)),
    ("24 by 24 by 32", Kind.SHAPE, (24, 24, 32)),
    ("10", Kind.SHAPE, (10,)),
]


@pytest.mark.parametrize(("typed", "kind", "value"), READ)
def test_what_people_type_is_read(typed, kind, value):
    assert read_answer(typed, kind) == pytest.approx(value)


@pytest.mark.parametrize(
    "typed", ["", "many", "5 +", "1/0", "parameters(conv1)", "strokes()", "9**9**9", "'a'", "3 > 2"]
)
def test_what_is_no_number_is_asked_for_again(typed):
    with pytest.raises(UnreadableAnswerError, match="Type a number"):
        read_answer(typed, Kind.NUMBER)


def test_what_is_no_shape_is_asked_for_again():
    with pytest.raises(UnreadableAnswerError, match="Type a shape"):
        read_answer("square", Kind.SHAPE)


def asking(answer, tolerance=None, **pitfalls):
    found = tuple(Pitfall(name, parse(text), Text((name,), 1)) for name, text in pitfalls.items())
    return ValueQuestion(parse(answer), tolerance, found)


def test_a_right_number_and_typical_mistakes(scene):
    question = asking("parameters(conv1)", without_biases="weights(conv1)", one_filter="26")
    assert check_value(question, "832", scene).is_right
    assert check_value(question, "26 × 32", scene).right == "832"
    wrong = check_value(question, "800", scene)
    assert (wrong.is_right, wrong.text.parts) == (False, ("without_biases",))
    assert check_value(question, "26", scene).text.parts == ("one_filter",)
    assert check_value(question, "831", scene).text is NO_TEXT


def test_rounded_numbers_are_right_within_the_tolerance(scene):
    value = parse("value(conv1, 8, 11, 9)").value(scene)  # 2.4556
    assert check_value(asking("value(conv1, 8, 11, 9)"), "2.46", scene).is_right
    assert check_value(asking("value(conv1, 8, 11, 9)"), "2.45", scene).is_right
    assert not check_value(asking("value(conv1, 8, 11, 9)"), "2.6", scene).is_right
    assert check_value(asking("value(conv1, 8, 11, 9)", 0.2), "2.6", scene).is_right
    assert not check_value(asking("value(conv1, 8, 11, 9)", 0.0001), "2.46", scene).is_right
    assert value == pytest.approx(2.4556, abs=1e-3)
    assert check_value(asking("probability(5)"), "100 %", scene).is_right
    assert not check_value(asking("probability(5)"), "90 %", scene).is_right


def test_a_shape_is_right_as_a_whole(scene):
    assert check_value(asking("output_shape(conv1)"), "24x24x32", scene).is_right
    assert not check_value(asking("output_shape(conv1)"), "24x24", scene).is_right


def test_exactly_one_choice_is_right(scene):
    yes = Option("yes", parse("rows(conv1) < rows(input)"), NO_TEXT)
    no = Option("no", parse("rows(conv1) >= rows(input)"), Text(("because",), 1))
    assert check_option(ChoiceQuestion((yes, no)), "yes", scene).is_right
    wrong = check_option(ChoiceQuestion((yes, no)), "no", scene)
    assert (wrong.is_right, wrong.right, wrong.text.parts) == (False, "yes", ("because",))
    with pytest.raises(SceneError, match="2 of the answers are right"):
        check_option(ChoiceQuestion((yes, yes)), "yes", scene)


def test_a_chosen_tile_or_value(scene):
    question = ClickQuestion(read_where("conv1, 26"))
    with pytest.raises(UnreadableAnswerError, match="Choose something in conv1"):
        check_click(question, scene)
    with pytest.raises(UnreadableAnswerError, match="Choose something in conv1"):
        check_click(question, replace(scene, chosen=Place(1, (0, 0, 26))))
    assert check_click(question, replace(scene, chosen=Place(0, (3, 4, 26)))).is_right
    assert not check_click(question, replace(scene, chosen=Place(0, (3, 4, 25)))).is_right
    exact = ClickQuestion(read_where("conv1, 26, 3, 4"))
    assert check_click(exact, replace(scene, chosen=Place(0, (3, 4, 26)))).right == "conv1 · map 26 · row 3, column 4"
    assert not check_click(exact, replace(scene, chosen=Place(0, (4, 3, 26)))).is_right
    lenient = ClickQuestion(read_where("conv1, 26"), parse("chosen_map() >= 20"))
    assert check_click(lenient, replace(scene, chosen=Place(0, (3, 4, 22)))).right == "conv1 · map 22"
    assert not check_click(lenient, replace(scene, chosen=Place(0, (3, 4, 2)))).is_right


def test_what_becomes_of_a_number_is_computed_before_it_happens(scene):
    falls = ChangeQuestion(parse("probability(5)"), (ShowEpoch(0),), 0.05)
    assert check_change(falls, CHANGES[2], scene).is_right
    assert not check_change(falls, CHANGES[0], scene).is_right
    rises = ChangeQuestion(parse("probability(1)"), (ShowDrawing(1),), 0.05)
    assert check_change(rises, CHANGES[0], scene).is_right
    stays = ChangeQuestion(parse("units(conv1)"), (ShowDrawing(1),), 0.05)
    assert check_change(stays, CHANGES[1], scene).right == "It stays about the same"
    assert scene.snapshot.epoch == 10  # nothing was changed
