"""Shares and moments in the words of a person."""

import pytest

from digitlab.model.snapshot import Snapshot
from digitlab.words.numbers import counted_percent, epoch_label, epoch_words, percent, points, times
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


@pytest.mark.parametrize(
    ("right", "number", "words"),
    [
        (1, 3, "33 %"),
        (13, 15, "87 %"),
        (98, 99, "99 %"),
        (0, 15, "0 %"),
        (15, 15, "100 %"),
        (199, 200, "99.5 %"),
        (1, 1999, "0.1 %"),
        (1998, 1999, "99.9 %"),
        (9814, 10_000, "98.14 %"),
        (59_999, 60_000, "99.99 %"),
    ],
)
def test_shares_have_no_more_decimals_than_their_count_supports(right, number, words):
    assert counted_percent(right / number, number) == words


def test_how_often():
    assert (times(1), times(0), times(1200)) == ("once", "0 times", "1,200 times")


def test_differences_of_shares_are_points():
    assert points(0.0651) == "6.5 points"


def test_moments():
    assert epoch_label(Snapshot(small_spec(), ())) == "untrained"
    assert epoch_label(Snapshot(small_spec(), (), step=7, epoch=0.25)) == "epoch 0.25"
    assert epoch_words(0.00167) == "epoch 0.002"
    assert epoch_words(10.0) == "epoch 10.00"
