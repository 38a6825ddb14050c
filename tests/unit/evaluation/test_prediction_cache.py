"""The prediction cache: what is known, what is missing, and what stays known when the set changes."""

import gc
import weakref
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.evaluation.prediction_cache import UNKNOWN, PredictionCache
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec

SPEC = ModelSpec("None", ())


@pytest.fixture
def cache():
    return PredictionCache()


def digits(*numbers):
    drawing = Drawing((Stroke.of([[0, 0], [1, 1]]),), 1)
    image = np.zeros((28, 28), np.uint8)
    return tuple(KeptDigit(number, drawing, image, datetime.now(UTC)) for number in numbers)


def test_nothing_is_known_at_first(cache):
    three = digits(1, 2, 3)
    assert cache.predicted(Snapshot(SPEC, ()), three).tolist() == [UNKNOWN] * 3
    assert cache.missing(Snapshot(SPEC, ()), three).tolist() == [0, 1, 2]


def test_predictions_are_returned_in_the_order_of_the_digits(cache):
    snapshot, three = Snapshot(SPEC, ()), digits(1, 2, 3)
    cache.add(snapshot, three[1:], np.array([7, 8]))
    assert cache.predicted(snapshot, three[::-1]).tolist() == [8, 7, UNKNOWN]
    assert cache.missing(snapshot, three).tolist() == [0]
    assert cache.predicted(Snapshot(SPEC, ()), three).tolist() == [UNKNOWN] * 3


def test_a_new_digit_is_missing_alone_and_a_new_label_is_not(cache):
    snapshot, three = Snapshot(SPEC, ()), digits(1, 2, 3)
    cache.add(snapshot, three, np.array([4, 5, 6]))
    assert len(cache.missing(snapshot, three)) == 0
    assert cache.missing(snapshot, (*three, *digits(9))).tolist() == [3]
    relabelled = (three[0].relabelled(9), *three[1:])
    assert cache.predicted(snapshot, relabelled).tolist() == [4, 5, 6]
    assert cache.predicted(snapshot, three[1:]).tolist() == [5, 6]


def test_thousands_of_digits_and_many_snapshots_are_kept(cache):
    many = digits(*range(1, 3001))
    snapshots = [replace(Snapshot(SPEC, ()), step=step) for step in range(5)]
    for snapshot in snapshots:
        for start in range(0, len(many), 700):
            cache.add(snapshot, many[start : start + 700], np.full(len(many[start : start + 700]), snapshot.step))
    assert [cache.predicted(snapshot, many).tolist() for snapshot in snapshots] == [[step] * 3000 for step in range(5)]


def test_a_set_is_complete_with_its_last_prediction(cache):
    snapshot, three = Snapshot(SPEC, ()), digits(1, 2, 3)
    assert not cache.is_complete(snapshot, three)
    cache.add(snapshot, three[:2], np.array([4, 5]))
    assert not cache.is_complete(snapshot, three)
    cache.add(snapshot, three[2:], np.array([6]))
    assert cache.is_complete(snapshot, three)
    assert not cache.is_complete(snapshot, (*three, *digits(9)))
    assert cache.is_complete(snapshot, three[1:])


class _Digits(list):
    """A list that can be referenced weakly."""


def _looked_up(cache, snapshots):
    """Have the cache answer for a set that nothing else knows afterwards, no frame of a test either."""
    known = _Digits(digits(1, 2))
    for snapshot in snapshots:
        cache.add(snapshot, known, np.array([1, 2]))
        assert len(cache.missing(snapshot, known)) == 0
    return weakref.ref(known)


def test_a_set_that_changed_is_not_kept_in_memory(cache):
    first, second = Snapshot(SPEC, ()), Snapshot(SPEC, ())
    alive = _looked_up(cache, (first, second))
    assert len(cache.missing(first, digits(1))) == 0
    gc.collect()
    assert alive() is None


def test_predictions_are_dropped_with_their_snapshot(cache):
    first, second, two = Snapshot(SPEC, ()), Snapshot(SPEC, ()), digits(1, 2)
    for snapshot in (first, second):
        cache.add(snapshot, two, np.array([1, 2]))
        assert len(cache.missing(snapshot, two)) == 0
    alive = weakref.ref(first)
    del first
    gc.collect()
    assert alive() is None
    # A new snapshot may get the address of the deleted one.
    assert all(len(cache.missing(Snapshot(SPEC, ()), two)) == 2 for _ in range(100))
    assert len(cache.missing(second, two)) == 0
