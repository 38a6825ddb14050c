"""Which digits are compared, the outline of the ink, and the colours over it."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from digitlab.attribution.result import Attribution, MethodId
from digitlab.data.digit import NO_DIGIT
from digitlab.gui.explain.why.ink import INK_FROM, ink_outline, limit_of
from digitlab.gui.explain.why.question import Answer, Inquiry, Question
from digitlab.gui.explain.why.wording import sum_line, value_line
from digitlab.gui.maps.translucent import translucent
from digitlab.insight.backward import Target
from digitlab.insight.lens import inspect
from digitlab.insight.path import answer_place
from digitlab.model.files.network_file import read_model
from digitlab.system.assets import model_path
from digitlab.words.numbers import probability


@pytest.fixture
def inspection(tutorial, images):
    return inspect(tutorial, images[0])


def test_the_pair_is_completed_by_the_largest_outputs(inspection):
    first, second, third = np.argsort(-inspection.probabilities)[:3].tolist()
    assert Question().pair(inspection) == (first, second)
    assert Question(rival=first).pair(inspection) == (second, first)
    assert Question(digit=second).pair(inspection) == (second, first)
    assert Question(digit=third).pair(inspection) == (third, first)
    assert Question(digit=third, rival=third).pair(inspection) == (third, first)
    assert Question(digit=10, rival=10).pair(inspection) == (first, second)
    assert Question().swapped(inspection).pair(inspection) == (second, first)
    assert replace(Question(), digit=10).answer(inspection) == first


@pytest.fixture
def scribble():
    """What the shipped pen network computes for two dots: no digit."""
    image = np.zeros((28, 28), np.uint8)
    image[5:8, 5:8] = image[20:23, 18:21] = 255
    inspection = inspect(read_model(model_path("pen")), image)
    assert inspection.outputs.argmax() == NO_DIGIT
    return inspection


def test_no_digit_is_an_answer_of_its_own(scribble):
    spec, likeliest = scribble.snapshot.spec, int(scribble.probabilities.argmax())
    place = answer_place(scribble)
    assert place.unit == (NO_DIGIT,)
    assert Question().answer(scribble) == NO_DIGIT
    assert Question(digit=4).answer(scribble) == 4
    assert Question().pair(scribble)[0] == likeliest
    assert Question(digit=NO_DIGIT).pair(scribble) == (NO_DIGIT, likeliest)
    assert Question(digit=4, rival=NO_DIGIT).pair(scribble) == (4, NO_DIGIT)
    target = Question(digit=NO_DIGIT).target(scribble, place, MethodId.GRADIENT)
    assert target == Target.logit(spec, NO_DIGIT)


def test_the_output_is_that_of_the_bars(scribble):
    question, place = Question(digit=4), answer_place(scribble)
    task = question.task(scribble, place, MethodId.GRADIENT)
    attribution = Attribution(np.zeros((28, 28), np.float32), MethodId.GRADIENT, task.target)
    answer = Answer(Inquiry(scribble, None, (task,)), task, attribution)
    assert value_line(answer, question, place, None).endswith(f"output {probability(float(scribble.outputs[4]))}")


def test_the_outline_runs_between_ink_and_paper():
    image = np.zeros((28, 28), np.uint8)
    assert ink_outline(image) == []
    image[3, 5] = INK_FROM
    assert sorted(ink_outline(image)) == sorted([(5, 3, 6, 3), (5, 4, 6, 4), (5, 3, 5, 4), (6, 3, 6, 4)])
    image[3, 6] = 255
    assert len(ink_outline(image)) == 6
    assert len(ink_outline(np.full((28, 28), 255, np.uint8))) == 4 * 28


def test_the_limit_is_the_largest_finite_size():
    assert limit_of(np.array([1.0, -3.0, np.nan, np.inf], np.float32)) == 3.0
    assert limit_of(np.array([np.nan], np.float32)) == 0.0


def test_colours_over_the_ink_are_clear_at_zero_and_let_the_ink_through(qapp):
    values = np.array([[-2.0, 0.0, 2.0, np.nan]], np.float32)
    image = translucent(values, 2.0, QApplication.palette())
    blue, clear, red, nothing = (image.pixelColor(column, 0) for column in range(4))
    assert (clear.alpha(), nothing.alpha()) == (0, 0)
    assert 100 < red.alpha() == blue.alpha() < 220
    assert red.red() > red.blue()
    assert blue.blue() > blue.red()


def test_a_sum_is_said_only_where_it_means_something():
    ones = np.ones((28, 28), np.float32)
    target = Target(0, ((0,),))
    assert sum_line(Attribution(ones, MethodId.OCCLUSION, target)) == ""
    assert sum_line(Attribution(ones, MethodId.GRADIENT_TIMES_INPUT, target)) == "Sum of the map: 784.0"
    text = sum_line(Attribution(ones, MethodId.INTEGRATED_GRADIENTS, target, 780.0, 4 / 780))
    assert text == "Sum of the map: 784.0. Rise of the value above a blank canvas: 780.0 (error 0.5 %)."
