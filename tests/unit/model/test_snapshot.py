"""Snapshots are immutable copies of weights."""

import numpy as np
import pytest

from digitlab.model.presets import TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError
from tests.helpers.networks import random_snapshot, small_spec


def test_a_snapshot_is_a_copy_that_cannot_be_changed():
    arrays = [array.copy() for array in random_snapshot(small_spec()).arrays]
    snapshot = Snapshot.of(small_spec(), arrays)
    before = arrays[0].copy()
    arrays[0][:] = 7
    assert np.array_equal(snapshot.arrays[0], before)
    with pytest.raises(ValueError, match="read-only"):
        snapshot.arrays[0][0] = 7


def test_weights_are_grouped_by_layer_in_keras_order():
    snapshot = random_snapshot(TUTORIAL)
    shapes = [[array.shape for array in layer] for layer in snapshot.weights]
    assert shapes == [[(5, 5, 1, 32), (32,)], [], [(5, 5, 32, 64), (64,)], [], [], [(1024, 10), (10,)]]


def test_wrong_weights_are_refused():
    arrays = list(random_snapshot(small_spec()).arrays)
    with pytest.raises(DigitLabError, match="fewer"):
        Snapshot.of(small_spec(), arrays[:-1])
    with pytest.raises(DigitLabError, match="more"):
        Snapshot.of(small_spec(), [*arrays, arrays[-1]])
    with pytest.raises(DigitLabError, match=r"\(3,\)"):
        Snapshot.of(small_spec(), [arrays[0], np.zeros(3, np.float32), *arrays[2:]])


def test_a_weight_that_is_not_finite_is_detected():
    arrays = [array.copy() for array in random_snapshot(small_spec()).arrays]
    assert Snapshot.of(small_spec(), arrays).is_finite
    arrays[-1][3] = np.nan
    assert not Snapshot.of(small_spec(), arrays).is_finite
