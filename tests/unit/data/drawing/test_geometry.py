"""Bounds, scaling to the canvas, and the eraser."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.data.drawing.geometry import Frame, bounds, erase, scaled_to, touches
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.system.errors import DigitLabError


def drawing_of(*strokes: object, label: int | None = None) -> Drawing:
    return Drawing(tuple(Stroke.of(stroke) for stroke in strokes), label)


def lines_of(drawing: Drawing) -> list[list[list[float]]]:
    return [np.round(stroke.points, 9).tolist() for stroke in drawing.strokes]


def length_of(drawing: Drawing) -> float:
    return float(sum(np.hypot(*np.diff(stroke.points[:, :2], axis=0).T).sum() for stroke in drawing.strokes))


def test_bounds_hold_all_strokes() -> None:
    assert bounds(drawing_of([[1, 2], [3, 1]], [[2, 7]])) == (1.0, 1.0, 3.0, 7.0)


def test_empty_drawing_has_no_bounds() -> None:
    assert bounds(Drawing()) is None


@pytest.mark.parametrize("side", [0.0, -1.0, float("nan"), float("inf")])
def test_frame_without_area_is_rejected(side: float) -> None:
    with pytest.raises(DigitLabError):
        Frame(0.0, 0.0, side)


def test_scaling_centres_and_keeps_aspect_pressure_and_label() -> None:
    tall = drawing_of([[100, 200, 0.1], [150, 400, 0.9]], label=1)
    placed = scaled_to(tall, Frame(10.0, 20.0, 4.0), margin=0.25)
    # 200 high becomes 2 of the frame's 4; 50 wide becomes 0.5.
    assert lines_of(placed) == [[[11.75, 21.0, 0.1], [12.25, 23.0, 0.9]]]
    assert placed.label == 1


def test_scaling_moves_a_dot_to_the_middle() -> None:
    assert lines_of(scaled_to(drawing_of([[300, 9]]))) == [[[0.5, 0.5, 0.5]]]


def test_scaling_leaves_an_empty_drawing_empty() -> None:
    assert scaled_to(Drawing()).is_empty


def test_eraser_cuts_a_long_segment_in_two() -> None:
    line = drawing_of([[0, 0, 0.0], [10, 0, 1.0]], label=1)
    left = erase(line, np.array([[5.0, -3.0], [5.0, 3.0]]), 1.0)
    assert lines_of(left) == [[[0, 0, 0.0], [4, 0, 0.4]], [[6, 0, 0.6], [10, 0, 1.0]]]
    assert left.label == 1


def test_eraser_that_does_not_move_erases_a_disc() -> None:
    line = drawing_of([[0, 0], [10, 0]])
    # The chord of a circle of radius 5 at distance 3 is 8 long.
    assert lines_of(erase(line, np.array([[5.0, 3.0]]), 5.0)) == [
        [[0, 0, 0.5], [1, 0, 0.5]],
        [[9, 0, 0.5], [10, 0, 0.5]],
    ]


def test_eraser_along_a_diagonal_covers_the_track_between_its_points() -> None:
    dot_on_track, dot_beside = [[5, 5]], [[5, 7]]
    left = erase(drawing_of(dot_on_track, dot_beside), np.array([[0.0, 0.0], [10.0, 10.0]]), 1.0)
    assert lines_of(left) == [[[5, 7, 0.5]]]


def test_eraser_shortens_an_end_without_a_remainder() -> None:
    line = drawing_of([[0, 0], [4, 0], [8, 0]])
    assert lines_of(erase(line, np.array([[8.0, 0.0]]), 2.0)) == [[[0, 0, 0.5], [4, 0, 0.5], [6, 0, 0.5]]]


def test_eraser_on_a_corner_splits_the_stroke_there() -> None:
    corner = drawing_of([[0, 0], [4, 0], [4, 4]])
    assert lines_of(erase(corner, np.array([[4.0, 0.0]]), 1.0)) == [
        [[0, 0, 0.5], [3, 0, 0.5]],
        [[4, 1, 0.5], [4, 4, 0.5]],
    ]


def test_eraser_over_everything_leaves_nothing() -> None:
    assert erase(drawing_of([[0, 0], [1, 1]], [[1, 0]]), np.array([[0.5, 0.5]]), 5.0).is_empty


def test_untouched_strokes_stay_the_same_objects() -> None:
    drawing = drawing_of([[0, 0], [1, 0]], [[0, 9], [1, 9]])
    left = erase(drawing, np.array([[0.5, 9.0]]), 0.1)
    assert left.strokes[0] is drawing.strokes[0]
    assert len(left.strokes) == 3


def test_eraser_survives_repeated_points() -> None:
    stroke = [[0, 0], [0, 0], [4, 0], [4, 0]]
    left = erase(drawing_of(stroke), np.array([[2.0, 0.0], [2.0, 0.0]]), 1.0)
    assert lines_of(left) == [[[0, 0, 0.5], [0, 0, 0.5], [1, 0, 0.5]], [[3, 0, 0.5], [4, 0, 0.5], [4, 0, 0.5]]]


coordinate = st.floats(-10.0, 10.0).map(lambda value: round(value, 2))
point = st.tuples(coordinate, coordinate)
points = st.lists(point, min_size=1, max_size=6)


@given(st.lists(points, min_size=1, max_size=3), points, st.floats(0.05, 5.0))
def test_nothing_remains_under_the_eraser(strokes: list[object], path: list[object], radius: float) -> None:
    drawing, way = drawing_of(*strokes), np.array(path)
    left = erase(drawing, way, radius)
    assert length_of(left) <= length_of(drawing) + 1e-9
    for stroke in left.strokes:
        middles = (stroke.points[:-1, :2] + stroke.points[1:, :2]) / 2.0
        for place in np.concatenate([stroke.points[:, :2], middles]):
            assert np.hypot(*(way - place).T).min() >= radius - 1e-6


@given(st.lists(points, min_size=1, max_size=3), points, st.floats(0.05, 5.0))
def test_erasing_twice_erases_no_more_than_once(strokes: list[object], path: list[object], radius: float) -> None:
    once = erase(drawing_of(*strokes), np.array(path), radius)
    twice = erase(once, np.array(path), radius * (1.0 - 1e-6))
    assert length_of(twice) == pytest.approx(length_of(once), abs=1e-4)


@pytest.mark.parametrize(
    ("points", "margin", "expected"),
    [
        ([[0.5, 0.5]], 0.0, True),
        ([[1.2, 0.5]], 0.0, False),
        ([[1.2, 0.5]], 0.3, True),
        ([[-1.0, 0.5], [2.0, 0.5]], 0.0, True),  # across, with both ends outside
        ([[-0.6, 0.5], [0.5, 1.6]], 0.0, False),  # past a corner: its bounding box overlaps the canvas
        ([[2.0, 2.0], [3.0, 2.0], [0.9, 0.9]], 0.0, True),
        ([[2.0, 2.0], [3.0, 0.5], [2.0, 0.5]], 0.0, False),
    ],
)
def test_a_stroke_touches_the_canvas_where_its_line_does(
    points: list[list[float]], margin: float, expected: bool
) -> None:
    assert touches(Stroke.of(points), margin=margin) is expected
