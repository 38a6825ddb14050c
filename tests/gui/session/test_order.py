"""The order in which the snapshots of a run are worked on."""

from itertools import pairwise

import pytest

from digitlab.gui.session.order import coarse_to_fine


@pytest.mark.parametrize("count", [0, 1, 2, 3, 10, 39, 64, 120])
def test_each_index_occurs_once_and_the_ends_come_first(count):
    order = coarse_to_fine(count)
    assert sorted(order) == list(range(count))
    assert order[:2] == [0, count - 1][:count]
    if count > 10:
        assert max(later - earlier for earlier, later in pairwise(sorted(order[:9]))) <= count / 4


def test_middles_come_before_the_values_between_them():
    assert coarse_to_fine(9) == [0, 8, 4, 2, 6, 1, 3, 5, 7]
