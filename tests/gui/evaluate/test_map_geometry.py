"""Where the points of a map are on screen, worked out by hand."""

import numpy as np
import pytest

from digitlab.gui.evaluate.map.geometry import MOST_ZOOM, Frame, nearest, next_in_direction

POINTS = np.array([[-2, -1], [2, 1], [0, 0]], np.float32)
ALL = np.ones(5, bool)
CROSS = np.array([[50, 50], [70, 50], [30, 52], [50, 20], [55, 90]], float)
"""A middle, and a point to its right, to its left, above and below."""


def test_all_points_are_visible_at_one_scale_with_y_upwards():
    # 4 x 2 units in 120 x 100 pixels with 10 at each edge: 25 pixels a unit.
    frame = Frame.around(POINTS, 120, 100, 10)
    assert frame.scale == 25
    assert frame.to_screen(POINTS) == pytest.approx(np.array([[10, 75], [110, 25], [60, 50]]))


@pytest.mark.parametrize("points", [np.empty((0, 2)), np.ones((1, 2)), np.ones((4, 2))])
def test_no_point_or_equal_points_are_in_the_middle(points):
    assert Frame.around(points, 120, 100, 10).to_screen(points) == pytest.approx(np.tile([60, 50], (len(points), 1)))


def test_zooming_keeps_the_place_under_the_pointer():
    frame = Frame.around(POINTS, 120, 100, 10)
    zoomed = frame.zoomed(2, (80, 40))
    point = np.array([0.8, 0.4])
    assert frame.to_screen(point) == pytest.approx([80, 40])
    assert zoomed.to_screen(point) == pytest.approx([80, 40])
    assert zoomed.zoomed(0, (0, 0)) == frame
    assert frame.zoomed(1e9, (60, 50)).zoom == MOST_ZOOM


def test_the_map_cannot_be_moved_out_of_sight():
    frame = Frame.around(POINTS, 120, 100, 10)
    assert frame.moved(30, -30) == frame
    assert frame.zoomed(2, (60, 50)).moved(1000, -5).shift == (60, -5)


def test_the_nearest_visible_point_within_reach():
    assert nearest(CROSS, ALL, (68, 51), 5) == 1
    assert nearest(CROSS, ALL, (60, 60), 5) is None
    assert nearest(CROSS, np.array([1, 0, 1, 1, 1], bool), (68, 51), 50) == 0
    assert nearest(CROSS, ~ALL, (68, 51), 50) is None


@pytest.mark.parametrize(("direction", "point"), [((1, 0), 1), ((-1, 0), 2), ((0, -1), 3), ((0, 1), 4)])
def test_the_next_point_in_each_direction(direction, point):
    assert next_in_direction(CROSS, ALL, (50, 50), direction) == point
    hidden = ALL.copy()
    hidden[point] = False
    assert next_in_direction(CROSS, hidden, (50, 50), direction) != point


def test_a_point_beside_the_cone_is_reached_where_there_is_no_other():
    places = np.array([[0, 0], [5, 40], [-5, 0]], float)
    assert next_in_direction(places, ALL[:3], (0, 0), (1, 0)) == 1
    assert next_in_direction(places, ALL[:3], (5, 40), (1, 0)) is None
