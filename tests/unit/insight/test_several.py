"""Several digits side by side, classified one by one where the whole is doubtful."""

import numpy as np
import pytest

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.insight.lens import inspect
from digitlab.insight.several import CLEAR_GAP, LEAST_GAP, verdict_for
from digitlab.insight.verdict import Verdict, VerdictKind
from digitlab.model.presets import PRESETS
from tests.helpers.drawings import side_by_side
from tests.helpers.networks import random_snapshot
from tests.helpers.readers import template_reader

BOTH = pytest.mark.parametrize("can_reject", [False, True], ids=["ten outputs", "eleven outputs"])


def _digit(digit: int) -> Drawing:
    return builtin_drawing(digit, builtin_styles(digit)[0])


def _result(sketch: Sketch, *, can_reject: bool) -> Verdict:
    inspection = inspect(template_reader(has_no_digit_output=can_reject), sketch.steps().image)
    verdict = verdict_for(inspection, sketch.parts)
    assert verdict is not None
    return verdict


@BOTH
@pytest.mark.parametrize("digits", [(4, 7), (5, 5), (1, 2, 3), (1, 1)])
def test_digits_side_by_side_are_classified_one_by_one(digits: tuple[int, ...], can_reject: bool):
    sketch = Sketch(drawing=side_by_side([_digit(digit) for digit in digits]))
    verdict = _result(sketch, can_reject=can_reject)
    assert verdict.kind is VerdictKind.SEVERAL
    assert verdict.digits == digits
    whole = Verdict.of_inspection(inspect(template_reader(has_no_digit_output=can_reject), sketch.steps().image))
    assert whole is not None
    assert verdict.digit_score == whole.digit_score


@BOTH
def test_a_picture_of_two_digits(can_reject: bool):
    digits = [np.kron(render(_digit(digit)), np.ones((5, 5), np.uint8)) for digit in (4, 7)]
    picture = Picture(255 - np.hstack(digits), "two")
    verdict = _result(Sketch(picture=picture), can_reject=can_reject)
    assert verdict.digits == (4, 7)


@BOTH
@pytest.mark.parametrize("digit", range(10))
def test_a_clear_digit_is_not_split(digit: int, can_reject: bool):
    def parts(least_gap: float) -> list[np.ndarray]:
        pytest.fail(f"The parts were rendered, with the gap {least_gap}.")

    inspection = inspect(template_reader(has_no_digit_output=can_reject), render(_digit(digit)))
    verdict = verdict_for(inspection, parts)
    assert verdict is not None
    assert verdict.digits == (digit,)


def test_a_blank_image_is_not_split():
    inspection = inspect(template_reader(has_no_digit_output=True), np.zeros((28, 28), np.uint8))
    verdict = verdict_for(inspection, lambda least_gap: pytest.fail("The parts were rendered."))
    assert verdict is not None
    assert verdict.kind is VerdictKind.EMPTY


@BOTH
def test_a_part_that_is_not_a_digit_leaves_the_verdict_on_the_whole(can_reject: bool):
    zigzag = Drawing((Stroke.of([[0, 0], [8, 1], [0, 4], [8, 5], [0, 8], [8, 10]]),))
    sketch = Sketch(drawing=side_by_side([_digit(4), zigzag]))
    verdict = _result(sketch, can_reject=can_reject)
    assert verdict.kind is not VerdictKind.SEVERAL
    assert verdict == Verdict.of_inspection(
        inspect(template_reader(has_no_digit_output=can_reject), sketch.steps().image)
    )


@BOTH
def test_dots_and_dashes_side_by_side_are_not_digits(can_reject: bool):
    dashes = Drawing((Stroke.of([[0, 5], [4, 5]]), Stroke.of([[6, 5], [10, 5]])))
    assert _result(Sketch(drawing=dashes), can_reject=can_reject).kind is VerdictKind.NO_DIGIT


def test_a_network_with_ten_outputs_needs_a_clear_gap():
    sketch = Sketch(drawing=side_by_side([_digit(4), _digit(7)], (LEAST_GAP + CLEAR_GAP) / 2))
    assert _result(sketch, can_reject=True).kind is VerdictKind.SEVERAL
    assert _result(sketch, can_reject=False).kind is not VerdictKind.SEVERAL


def test_feature_maps_give_no_verdict():
    inspection = inspect(random_snapshot(PRESETS["one-conv"]), render(_digit(4)))
    assert verdict_for(inspection, Sketch(drawing=_digit(4)).parts) is None
