"""The places of the grids: within the space, without overlap, and with numbers where they fit."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.gui.explain.slide.arrangement import CAPTION, MARGIN, Sizes, arrange

sides = st.integers(1, 34)


def panes(made):
    return (made.inputs, *made.terms, made.outputs)


def shapes(sizes):
    return [sizes.inputs, *[sizes.window] * sizes.terms, sizes.outputs]


@given(
    st.tuples(sides, sides),
    st.tuples(sides, sides),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.sampled_from([1, 3, 4]),
    st.integers(534, 1900),
    st.integers(168, 1000),
    st.sampled_from([1.0, 0.5, 2 / 3]),
)
def test_everything_is_within_the_space_and_nothing_overlaps(inputs, outputs, window, terms, width, height, pixel):
    sizes = Sizes(inputs, outputs, window, terms)
    made = arrange(sizes, width, height, pixel)
    for pane, shape in zip(panes(made), shapes(sizes), strict=True):
        assert pane.x >= 0
        assert pane.y >= 0
        assert pane.x + pane.width <= width
        assert pane.y + pane.height <= height
        assert shape[1] * pane.cell[0] + 2 * MARGIN <= pane.width + 1
        assert shape[0] * pane.cell[1] + CAPTION + 2 * MARGIN <= pane.height + 1
        for side in pane.cell:
            assert side / pixel == pytest.approx(round(side / pixel))
    for one, other in combinations(panes(made), 2):
        is_beside = one.x + one.width <= other.x or other.x + other.width <= one.x
        assert is_beside or one.y + one.height <= other.y or other.y + other.height <= one.y


@pytest.mark.parametrize("size", [(534, 262), (920, 400), (1460, 700)])
def test_the_numbers_of_the_tutorial_s_filters_fit_at_all_sizes(size):
    made = arrange(Sizes((28, 28), (24, 24), (5, 5), 3), *size)
    assert all(pane.has_numbers for pane in made.terms)
    assert made.inputs.cell[0] >= 4


def test_more_space_gives_larger_cells():
    sizes = Sizes((28, 28), (24, 24), (5, 5), 3)
    found = [arrange(sizes, width, height).inputs.cell[0] for width, height in ((534, 262), (920, 400), (1460, 700))]
    assert found == sorted(set(found))


def test_a_small_output_has_larger_cells_than_its_input():
    made = arrange(Sizes((28, 28), (2, 2), (3, 3), 3), 900, 400)
    assert made.outputs.cell[0] > 3 * made.inputs.cell[0]
