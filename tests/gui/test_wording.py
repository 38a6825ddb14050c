"""Shares and moments in the words of a person."""

import pytest

from digitlab.gui.wording import moment, percent, points
from digitlab.model.snapshot import Snapshot
from tests.helpers.networks import small_spec


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.9806, "98.1 %"),
        (0.9994, "99.9 %"),
        (0.99968, "99.96 %"),
        (0.99999, "99.99 %"),
        (1.0, "100 %"),
        (0.0004, "0.04 %"),
        (0.00001, "0.01 %"),
        (0.0, "0 %"),
        (float("nan"), "nan %"),
    ],
)
def test_shares_are_never_all_or_nothing_where_they_are_not(share, words):
    assert percent(share) == words


def test_differences_of_shares_are_points():
    assert points(0.0651) == "6.5 points"


def test_moments():
    assert moment(Snapshot(small_spec(), ())) == "untrained"
    assert moment(Snapshot(small_spec(), (), step=7, epoch=0.25)) == "epoch 0.2"
