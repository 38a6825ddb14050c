"""A drawing is preprocessed to the network's input as in MNIST."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from digitlab.data.builtin import random_drawing
from digitlab.data.drawing.geometry import UNIT_FRAME, Frame
from digitlab.data.drawing.preprocessing import ALL_STEPS, NO_STEPS, Preprocessing, Step
from digitlab.data.drawing.raster import MASS_CENTRE, render, render_many, render_steps
from digitlab.data.drawing.strokes import Drawing, Stroke

ONE_LEVEL = 1
"""Moving or scaling a drawing rounds its coordinates, which may change a grey level by one."""


def drawing_of(*strokes: object) -> Drawing:
    return Drawing(tuple(Stroke.of(stroke) for stroke in strokes))


def transformed(drawing: Drawing, scale: float, x: float, y: float) -> Drawing:
    return drawing_of(*(stroke.points * (scale, scale, 1.0) + (x, y, 0.0) for stroke in drawing.strokes))


def mass_centre(image: NDArray[np.uint8]) -> tuple[float, float]:
    at = np.arange(len(image)) + 0.5
    return float(image.sum(axis=0) @ at / image.sum()), float(image.sum(axis=1) @ at / image.sum())


@st.composite
def drawings(draw: st.DrawFn) -> Drawing:
    number = st.floats(0.0, 1.0).map(lambda value: round(value, 3))
    point = st.tuples(number, number, number)
    strokes = draw(st.lists(st.lists(point, min_size=1, max_size=8), min_size=1, max_size=3))
    return drawing_of(*strokes)


def test_empty_drawing_gives_zeros() -> None:
    steps = render_steps(Drawing())
    for image in (steps.drawn, steps.cropped, steps.centred, steps.image):
        assert image.shape == (28, 28)
        assert image.dtype == np.uint8
        assert not image.any()
    assert steps.boxed.shape == (20, 20)
    assert not steps.boxed.any()


def test_vertical_line_is_2_2_pixels_wide_and_20_long() -> None:
    image = render(drawing_of([[3.0, 10.0], [3.0, 50.0]]))
    # Centred on x = 14.5: the middle column is full, its neighbours' centres are 1 pixel off: 1.1 + 0.5 - 1 = 0.6.
    assert image[14].tolist() == [0] * 13 + [153, 255, 153] + [0] * 12
    assert np.flatnonzero(image.any(axis=1)).tolist() == list(range(5, 24))


def test_horizontal_line_is_the_vertical_one_rotated() -> None:
    vertical = render(drawing_of([[3.0, 10.0], [3.0, 50.0]]))
    horizontal = render(drawing_of([[10.0, 3.0], [50.0, 3.0]]))
    assert np.array_equal(horizontal, vertical.T)


@pytest.mark.parametrize("points", [[[7.0, 9.0]], [[7.0, 9.0]] * 3])
def test_dot_lies_at_the_centre(points: list[list[float]]) -> None:
    image = render(drawing_of(points))
    # Distances 0, 1 and the diagonal 1.414: 1, 0.6 and 0.186 of 255.
    expected = np.array([[47, 153, 47], [153, 255, 153], [47, 153, 47]])
    assert np.array_equal(image[13:16, 13:16], expected)
    assert image.sum() == expected.sum()


def test_pressure_widens_the_pen() -> None:
    light, hard = ([[0.0, 0.0, pressure], [0.0, 1.0, pressure]] for pressure in (0.0, 1.0))
    # Widths 1.1 and 3.3: full in the middle, then 0.55 + 0.5 - 1 = 0.05 and 1.65 + 0.5 - 1 > 1, 1.65 + 0.5 - 2 = 0.15.
    assert render(drawing_of(light))[14, 12:17].tolist() == [0, 13, 255, 13, 0]
    assert render(drawing_of(hard))[14, 12:17].tolist() == [38, 255, 255, 255, 38]


def test_strokes_combine_by_their_maximum() -> None:
    line = [[0.0, 0.0], [0.0, 1.0]]
    assert np.array_equal(render(drawing_of(line, line)), render(drawing_of(line)))


@given(drawings(), st.floats(0.01, 1000.0), st.floats(-1000.0, 1000.0), st.floats(-1000.0, 1000.0))
def test_image_depends_on_neither_position_nor_size(drawing: Drawing, scale: float, x: float, y: float) -> None:
    moved = transformed(drawing, scale, x * scale, y * scale)
    difference = render(drawing).astype(int) - render(moved)
    assert np.abs(difference).max() <= ONE_LEVEL


@given(drawings(), st.floats(-1.0, 1.0), st.floats(0.1, 3.0))
def test_image_does_not_depend_on_the_frame(drawing: Drawing, corner: float, side: float) -> None:
    framed = render_steps(drawing, Frame(corner, -corner, side))
    free = render_steps(drawing)
    for step in ("centred", "image"):
        assert np.array_equal(getattr(framed, step), getattr(free, step))


def test_centre_of_mass_is_at_the_centre() -> None:
    rng = np.random.default_rng(0)
    for digit in range(10):
        image = render(random_drawing(digit, rng))
        assert mass_centre(image) == pytest.approx((MASS_CENTRE, MASS_CENTRE), abs=0.1)


def test_shift_by_the_mass_never_moves_ink_out_of_the_image() -> None:
    # Almost all mass is at the upper end: the shift would exceed the 4 pixels below the box.
    blob = [[[x, 0.0, 1.0], [x, 0.2, 1.0]] for x in (-0.2, -0.1, 0.0, 0.1, 0.2)]
    lopsided = drawing_of([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]], *blob)
    steps = render_steps(lopsided)
    assert mass_centre(steps.image)[1] < MASS_CENTRE - 0.5
    before, after = (np.flatnonzero(image.any(axis=1)) for image in (steps.centred, steps.image))
    assert np.array_equal(after, before + 4)
    assert after.max() <= 27


@given(drawings())
def test_ink_stays_in_the_20_pixel_box(drawing: Drawing) -> None:
    nominal = drawing_of(*(stroke.points[:, :2] for stroke in drawing.strokes))
    steps = render_steps(nominal)
    lines = steps.centred.any(axis=0), steps.centred.any(axis=1)
    assert max(int(np.flatnonzero(line).max() - np.flatnonzero(line).min()) + 1 for line in lines) <= 20


@given(st.lists(drawings() | st.just(Drawing()), max_size=6))
def test_rendering_many_equals_rendering_each(several: list[Drawing]) -> None:
    together = render_many(several)
    assert together.shape == (len(several), 28, 28)
    for drawing, image in zip(several, together, strict=True):
        assert np.array_equal(image, render(drawing))


def test_more_drawings_than_fit_in_one_chunk_are_rendered_the_same() -> None:
    rng = np.random.default_rng(0)
    several = [random_drawing(index % 10, rng) for index in range(300)]
    together = render_many(several)
    assert all(np.array_equal(image, render(drawing)) for drawing, image in zip(several, together, strict=True))


def test_cutting_a_segment_changes_nothing_visible() -> None:
    whole = drawing_of([[0.0, 0.0], [3.0, 4.0]])
    cut = drawing_of(np.linspace([0.0, 0.0], [3.0, 4.0], 57))
    assert np.abs(render(whole).astype(int) - render(cut)).max() <= ONE_LEVEL


def test_drawn_shows_where_on_the_canvas_the_digit_is() -> None:
    line = drawing_of([[0.125, 0.125], [0.125, 0.375]])
    drawn = render_steps(line, Frame(0.0, 0.0, 1.0)).drawn
    assert mass_centre(drawn) == pytest.approx((28 * 0.125, 28 * 0.25), abs=0.1)


def test_cropped_fills_the_image_and_enlarges_the_pen() -> None:
    line = drawing_of([[0.125, 0.125], [0.125, 0.375]])
    cropped = render_steps(line, Frame(0.0, 0.0, 1.0)).cropped
    # The crop is 0.25 long plus one pen width (2.2 / 28): 9.2 pixels of the canvas become 28, so the pen is 6.7 wide.
    assert cropped[14].sum() / 255 == pytest.approx(2.2 * 28 / 9.2, abs=0.1)
    assert cropped.any(axis=1).all()


def test_steps_all_differ_for_a_digit_drawn_off_centre() -> None:
    seven = drawing_of([[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]])
    steps = render_steps(seven, Frame(0.0, 0.0, 1.0))
    images = [steps.drawn, steps.cropped, np.pad(steps.boxed, 4), steps.centred, steps.image]
    assert len({image.tobytes() for image in images}) == 5


def test_pen_is_scaled_to_the_box_and_then_redrawn() -> None:
    line = drawing_of([[0.125, 0.125], [0.125, 0.375]])
    steps = render_steps(line, UNIT_FRAME)
    # As cropped, 6.7 pixels, times 20 / 28.
    assert steps.boxed[10].sum() / 255 == pytest.approx(2.2 * 20 / 9.2, abs=0.1)
    assert steps.centred[14].sum() / 255 == pytest.approx(2.2, abs=0.1)


def test_without_any_step_the_input_is_the_shrunk_canvas() -> None:
    seven = drawing_of([[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]])
    steps = render_steps(seven, UNIT_FRAME, NO_STEPS)
    shrunk = render_steps(seven, UNIT_FRAME).drawn
    for image in (steps.drawn, steps.cropped, steps.boxed, steps.centred, steps.image):
        assert np.array_equal(image, shrunk)


def test_a_step_that_is_left_out_returns_its_input() -> None:
    seven = drawing_of([[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]])
    without = {step: render_steps(seven, UNIT_FRAME, ALL_STEPS.switched(step)) for step in Step}
    assert np.array_equal(without[Step.CROP].cropped, without[Step.CROP].drawn)
    assert np.array_equal(without[Step.BOX].boxed, without[Step.BOX].cropped)
    assert np.array_equal(without[Step.PEN].centred, np.pad(without[Step.PEN].boxed, 4))
    assert np.array_equal(without[Step.MASS].image, without[Step.MASS].centred)
    with_all = render_steps(seven, UNIT_FRAME).image
    assert len({with_all.tobytes(), *(steps.image.tobytes() for steps in without.values())}) == 5


def test_a_drawing_on_the_whole_canvas_is_shifted_no_further_than_its_edge() -> None:
    corner = drawing_of([[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]], [[0.9, 0.9], [0.9, 0.8]])
    place_and_mass = Preprocessing(frozenset({Step.CROP, Step.BOX}))
    steps = render_steps(corner, UNIT_FRAME, place_and_mass)
    assert not np.array_equal(steps.image, steps.centred)
    assert steps.image.any(axis=0)[-1]
    assert int(steps.image.sum()) == pytest.approx(int(steps.centred.sum()), rel=0.02)


@pytest.mark.parametrize("left_out", [frozenset(some) for count in range(5) for some in combinations(Step, count)])
def test_placement_finds_the_ink_for_every_selection_of_steps(left_out: frozenset[Step]) -> None:
    points = ((0.2, 0.3), (0.2, 0.6), (0.5, 0.6))
    steps = render_steps(drawing_of(points), UNIT_FRAME, Preprocessing(left_out))
    placement = steps.placement
    assert placement is not None
    for x, y in points:
        column, row = int(placement.scale * x + placement.x), int(placement.scale * y + placement.y)
        assert steps.image[row, column] > 100
    inked = np.flatnonzero(steps.image.any(axis=0))
    left, _, width, _ = placement.region(slice(0, 28), slice(int(inked[0]), int(inked[-1]) + 1))
    # The ink reaches half a pen and half a pixel over the points, and is seen in whole pixels.
    pen = 2.2 / 28 if Step.PEN in left_out else 2.2 / placement.scale
    assert left == pytest.approx(0.2 - pen / 2, abs=1.0 / placement.scale)
    assert left + width == pytest.approx(0.5 + pen / 2, abs=1.0 / placement.scale)


def test_empty_drawing_gives_zeros_for_every_selection_of_steps() -> None:
    for preprocessing in (NO_STEPS, *(ALL_STEPS.switched(step) for step in Step)):
        assert not render_steps(Drawing(), UNIT_FRAME, preprocessing).image.any()


def test_points_far_from_the_origin_keep_their_shape() -> None:
    here = drawing_of([[0.0, 0.0], [1.0, 2.0], [0.0, 2.0]])
    assert np.array_equal(render(transformed(here, 1.0, 2.0**30, 2.0**30)), render(here))


def test_placement_maps_points_to_the_image() -> None:
    corner = drawing_of([[0.1, 0.2], [0.1, 0.6], [0.5, 0.6]])
    placement = render_steps(corner, Frame(0.0, 0.0, 1.0)).placement
    assert placement is not None
    # 0.4 of the canvas became 16.8 pixels.
    assert placement.scale == pytest.approx(42.0)
    image = render(corner)
    for x, y in ((0.1, 0.2), (0.1, 0.6), (0.5, 0.6)):
        column, row = int(placement.scale * x + placement.x), int(placement.scale * y + placement.y)
        assert image[row, column] > 200
    left, top, width, height = placement.region(slice(0, 28), slice(0, 14))
    assert (width, height) == pytest.approx((14 / 42, 28 / 42))
    assert (left * 42 + placement.x, top * 42 + placement.y) == pytest.approx((0.0, 0.0))


def test_empty_drawing_has_no_placement() -> None:
    assert render_steps(Drawing()).placement is None
