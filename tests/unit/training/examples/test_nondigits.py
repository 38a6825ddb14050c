"""Generated non-digits: every kind has ink, none has a label, and none could be read as a digit."""

from itertools import pairwise

import numpy as np
import pytest

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.raster import render_many
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.training.examples.nondigits import NON_DIGITS, random_non_digit, several_digits


@pytest.mark.parametrize("kind", NON_DIGITS)
def test_every_kind_has_no_label_and_always_varies(kind: str):
    rng = np.random.default_rng(0)
    drawings = [NON_DIGITS[kind](rng) for _ in range(40)]
    assert all(drawing.label is None and not drawing.is_empty for drawing in drawings)
    images = render_many(drawings)
    assert images.any(axis=(1, 2)).all()
    if kind != "dots":  # a single dot is always the same
        assert len(np.unique(images.reshape(40, -1), axis=0)) == 40


def test_generated_drawings_depend_only_on_their_generator():
    one, other = ([random_non_digit(np.random.default_rng(3)) for _ in range(5)] for _ in range(2))
    assert np.array_equal(render_many(one), render_many(other))


def test_a_blot_is_filled():
    images = render_many([NON_DIGITS["blot"](np.random.default_rng(seed)) for seed in range(40)])
    assert np.median((images > 0).mean(axis=(1, 2))) > 0.25


def test_no_single_line_could_be_a_one():
    """Ones are upright or slanted to the right, by 45 degrees at most."""
    rng = np.random.default_rng(1)
    lines = [drawing for drawing in (NON_DIGITS["lines"](rng) for _ in range(300)) if len(drawing.strokes) == 1]
    assert len(lines) > 100
    ways = np.array([line.strokes[0].points[-1, :2] - line.strokes[0].points[0, :2] for line in lines])
    angles = np.degrees(np.arctan2(ways[:, 1], ways[:, 0]))
    assert angles.min() > -25
    assert angles.max() < 42


def test_a_single_dot_is_a_point():
    """A dot with a size would be enlarged to a stroke, perhaps a vertical one."""
    rng = np.random.default_rng(2)
    single = [drawing for drawing in (NON_DIGITS["dots"](rng) for _ in range(100)) if len(drawing.strokes) == 1]
    assert single
    assert all(len(drawing.strokes[0].points) == 1 for drawing in single)


def test_several_digits_are_side_by_side_or_overlap():
    digits = [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in range(10)]
    rng = np.random.default_rng(4)
    shapes = []
    for _ in range(200):
        points = np.concatenate([stroke.points for stroke in several_digits(digits, rng).strokes])[:, :2]
        width, height = np.ptp(points, axis=0)
        shapes.append(width / height)
    assert 0.5 < np.mean(np.array(shapes) > 1.0) < 0.95
    assert several_digits(digits, rng).label is None


def test_the_same_digit_never_overlaps_itself():
    one = Drawing((Stroke.of([[0.5, 0.0], [0.5, 1.0]]),), 1)
    for seed in range(60):
        strokes = several_digits([one], np.random.default_rng(seed)).strokes
        places = [stroke.points[0, 0] for stroke in strokes]
        assert np.diff(places).min() >= 0.03


def test_a_one_never_crosses_a_zero():
    """That would be a slashed zero."""
    digits = [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in (0, 1)]
    for seed in range(60):
        strokes = [stroke.points[:, 0] for stroke in several_digits(digits, np.random.default_rng(seed)).strokes]
        assert all(left.max() < right.min() for left, right in pairwise(strokes))


def test_no_sign_is_a_ring_with_a_single_line_through_it():
    """That would be a slashed zero, even with corners."""
    for seed in range(200):
        counts = [len(stroke.points) for stroke in NON_DIGITS["sign"](np.random.default_rng(seed)).strokes]
        assert 5 not in counts or counts.count(2) != 1
