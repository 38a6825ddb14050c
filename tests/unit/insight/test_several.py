"""Several digits side by side, classified one by one where the whole is doubtful."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.classes import DIGITS
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.side_by_side import CLEAR_GAP, Group
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.insight.lens import inspect
from digitlab.insight.several import LEAST_GAP, MAXIMUM_DIGITS, verdict_for
from digitlab.insight.verdict import Verdict, VerdictKind
from digitlab.model.layer import Activation
from digitlab.model.layers import Dense, Flatten
from digitlab.model.presets import PRESETS, TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from tests.helpers.drawings import side_by_side
from tests.helpers.networks import random_snapshot
from tests.helpers.readers import template_reader

BOTH = pytest.mark.parametrize("can_reject", [False, True], ids=["ten outputs", "eleven outputs"])


def _digit(digit: int) -> Drawing:
    return builtin_drawing(digit, builtin_styles(digit)[0])


def _result(sketch: Sketch, *, can_reject: bool) -> Verdict:
    inspection = inspect(template_reader(has_no_digit_output=can_reject), sketch.steps().image)
    verdict = verdict_for(inspection, sketch.pieces)
    assert verdict is not None
    return verdict


@BOTH
@pytest.mark.parametrize(
    "digits", [(4, 7), (5, 5), (1, 2, 3), (1, 1), tuple(range(9)), (5, 4, 7, 0, 1, 1, 8, 2, 3, 6, 9, 4)]
)
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
    def unread(groups: object) -> np.ndarray:
        pytest.fail(f"The groups {groups} were read.")

    pieces = replace(Sketch(drawing=_digit(digit)).pieces(), render=unread)
    inspection = inspect(template_reader(has_no_digit_output=can_reject), render(_digit(digit)))
    verdict = verdict_for(inspection, lambda: pieces)
    assert verdict is not None
    assert verdict.digits == (digit,)


def test_a_blank_image_is_not_split():
    inspection = inspect(template_reader(has_no_digit_output=True), np.zeros((28, 28), np.uint8))
    verdict = verdict_for(inspection, lambda: pytest.fail("The pieces were asked for."))
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


@BOTH
@pytest.mark.parametrize("digits", [(4,) * (MAXIMUM_DIGITS + 1), (1, 4, 7) * 10])
def test_more_digits_than_are_read(digits: tuple[int, ...], can_reject: bool):
    verdict = _result(Sketch(drawing=side_by_side([_digit(digit) for digit in digits])), can_reject=can_reject)
    assert (verdict.kind, verdict.digits, verdict.digit) == (VerdictKind.MANY, (), None)


def _lines(*lines: tuple[int, ...]) -> Drawing:
    strokes = []
    for number, digits in enumerate(lines):
        for stroke in side_by_side([_digit(digit) for digit in digits]).strokes:
            strokes.append(Stroke.of(stroke.points + np.array([0.0, 1.4 * number, 0.0])))
    return Drawing(tuple(strokes))


@BOTH
@pytest.mark.parametrize("lines", [((4, 7), (2, 0)), ((1, 4, 7, 2, 5, 0),) * 5], ids=["few", "a page"])
def test_several_lines_are_more_than_is_read(lines: tuple[tuple[int, ...], ...], can_reject: bool):
    assert _result(Sketch(drawing=_lines(*lines)), can_reject=can_reject).kind is VerdictKind.MANY


def _always(digit: int) -> Snapshot:
    """Return a network that is certain of one digit, whatever it sees."""
    spec = ModelSpec("Always", (Flatten(), Dense(11, Activation.SOFTMAX)))
    return Snapshot.of(spec, [np.zeros((784, 11)), np.where(np.arange(11) == digit, 9.0, 0.0)])


def _taken_for_a_three(sketch: Sketch) -> Verdict:
    verdict = verdict_for(inspect(_always(3), sketch.steps().image), sketch.pieces)
    assert verdict is not None
    return verdict


def test_a_row_or_a_page_that_looks_like_a_digit_is_not_one():
    row = Sketch(drawing=side_by_side([_digit(digit) for digit in (1, 4, 7, 0)]))
    assert _taken_for_a_three(row).digits == (3, 3, 3, 3)
    assert _taken_for_a_three(Sketch(drawing=_lines(*[(1, 4, 7, 2, 5, 0)] * 5))).kind is VerdictKind.MANY


def test_a_printed_page_is_not_a_digit():
    page = Image.new("L", (420, 400), 250)
    ImageDraw.Draw(page).text((20, 20), "\n".join(["one 2 three 4 five 6"] * 9), fill=20, font_size=24)
    sketch = Sketch(picture=Picture(np.asarray(page), "page"))
    assert _taken_for_a_three(sketch).kind is VerdictKind.MANY


def test_a_wide_row_of_which_no_part_is_a_digit_is_none():
    """It is neither the digit that the network takes the whole for, nor several."""
    bars = [Stroke.of([[10.0 * nth, 0.0], [10.0 * nth, 10.0]]) for nth in range(5)]
    sketch = Sketch(drawing=Drawing(tuple(bars)))
    whole = sketch.steps().image

    def plain(groups: Sequence[Group]) -> np.ndarray:
        return np.tile(np.full((28, 28), 255, np.uint8), (len(groups), 1, 1))

    verdict = verdict_for(inspect(_always(3), whole), lambda: replace(sketch.pieces(), render=plain))
    assert verdict == Verdict(VerdictKind.NO_DIGIT, (), None, 0.0)


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_of_two_strokes_stays_one_whatever_its_parts_look_like(digit: int):
    for style in builtin_styles(digit):
        assert _taken_for_a_three(Sketch(drawing=builtin_drawing(digit, style))).digits == (3,)


def test_a_digit_of_dots_is_not_many():
    points = np.concatenate([stroke.points for stroke in _digit(2).strokes])
    dots = tuple(Stroke.of([point]) for point in points[::2])
    assert len(dots) > MAXIMUM_DIGITS
    assert _taken_for_a_three(Sketch(drawing=Drawing(dots))).digits == (3,)


def test_digits_of_a_row_may_touch_and_overlap_a_little():
    digits = (2, 0, 3, 6, 8, 2)
    sketch = Sketch(drawing=side_by_side([_digit(digit) for digit in digits], gap=-0.08))
    assert _result(sketch, can_reject=True).digits == digits


def test_feature_maps_give_no_verdict():
    inspection = inspect(random_snapshot(PRESETS["one-conv"]), render(_digit(4)))
    assert verdict_for(inspection, Sketch(drawing=_digit(4)).pieces) is None


def test_digits_of_another_size_are_not_read_one_by_one():
    """The pieces are rendered in 28x28 pixels, which such a network does not take."""
    snapshot = random_snapshot(TUTORIAL.fitted_to(DIGITS, 32), seed=1)
    sketch = Sketch(side_by_side([_digit(digit) for digit in (1, 7, 4)]))
    inspection = inspect(snapshot, sketch.steps(side=32).image)
    assert verdict_for(inspection, sketch.pieces) == Verdict.of_inspection(inspection)
