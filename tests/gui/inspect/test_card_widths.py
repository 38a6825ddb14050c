"""The detail card leaves the sum and the buttons their space, and uses what is spare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.gui.inspect.unit.card_widths import FACTS_COMFORTABLE, FACTS_SMALLEST, card_widths
from digitlab.gui.maps.tile_grid import NARROWEST


def _facts(width: float, height: float, *, has_map: bool) -> float:
    """Return what is left for the text, gaps and margins included."""
    widths = card_widths(width, height, has_map=has_map)
    taken = widths.weights + widths.histogram * (2 if widths.is_beside else 1)
    taken += max(widths.close_up, NARROWEST) if widths.close_up else 0
    return width - taken - (max(height - 36, NARROWEST) if has_map else 0)


@given(width=st.floats(560, 3000), height=st.floats(140, 300), has_map=st.booleans())
def test_the_buttons_always_have_their_space(width: float, height: float, has_map: bool):
    assert _facts(width, height, has_map=has_map) >= min(FACTS_SMALLEST, width - 2 * NARROWEST - height)


def test_the_weights_take_the_spare_space_of_a_large_card():
    widths = card_widths(2180, 292, has_map=True)
    assert widths.weights > 0.22 * 2180
    assert widths.is_beside
    assert _facts(2180, 292, has_map=True) == pytest.approx(FACTS_COMFORTABLE, abs=100)


def test_a_narrow_card_has_neither_histograms_nor_an_enlarged_kernel():
    widths = card_widths(600, 160, has_map=True)
    assert (widths.histogram, widths.close_up, widths.is_beside) == (0, 0, False)
