"""The value before the last change of the drawing."""

from dataclasses import replace

import numpy as np
import pytest

from digitlab.attribution.result import Attribution, MethodId
from digitlab.gui.explain.why.change import ValueBefore
from digitlab.gui.explain.why.question import Answer, Inquiry, Task
from digitlab.insight.backward import Target
from digitlab.insight.lens import inspect


@pytest.fixture
def answer(tutorial, images):
    """Return a function that makes an answer: which image, which digit, by which snapshot."""

    def make(image, digit=4, snapshot=tutorial):
        target = Target.logit(snapshot.spec, digit)
        inquiry = Inquiry(inspect(snapshot, images[image]), None, ())
        values = np.zeros((28, 28), np.float32)
        return Answer(inquiry, Task(MethodId.OCCLUSION, target), Attribution(values, MethodId.OCCLUSION, target))

    return make


def test_all_of_one_stroke_is_one_change(answer):
    before, first = ValueBefore(), answer(0)
    assert before.take(first, 0.0) is None
    assert before.take(answer(1), 5.0) == first.value
    second = answer(2)
    assert before.take(second, 5.1) == first.value  # the pen is still moving
    assert before.take(answer(3), 9.0) == second.value


def test_a_more_exact_map_of_the_same_drawing_is_no_change(answer):
    before, first, second = ValueBefore(), answer(0), answer(1)
    before.take(first, 0.0)
    before.take(second, 5.0)
    assert before.take(replace(second, attribution=first.attribution), 20.0) == first.value


def test_another_value_and_another_snapshot_have_no_value_before(answer, tutorial):
    before = ValueBefore()
    before.take(answer(0), 0.0)
    assert before.take(answer(1, digit=9), 5.0) is None
    assert before.take(answer(2, digit=9, snapshot=replace(tutorial)), 10.0) is None
    assert before.take(answer(3, digit=9, snapshot=tutorial), 15.0) is None
