"""The kept snapshots of a training: dense at the start, within the budget, with first, last and best."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.model.snapshot import Snapshot
from digitlab.runs.history import MAXIMUM_STATES, History, index_to_drop
from digitlab.training.config import Optimizer
from digitlab.training.optimizer_state import OptimizerState, slot_shapes
from tests.helpers.networks import random_snapshot, small_spec

SPEC = small_spec()
ONE = 4 * SPEC.total_parameters
WEIGHTS = random_snapshot(SPEC).weights


def _snapshot(step: int) -> Snapshot:
    return Snapshot(SPEC, WEIGHTS, step, step / 100)


def _state(step: int) -> OptimizerState:
    slots = [np.full(shape, step, np.float32) for shape in slot_shapes(Optimizer.MOMENTUM, SPEC)]
    return OptimizerState.of(Optimizer.MOMENTUM, SPEC, step, slots)


def _steps(history: History) -> list[int]:
    return [snapshot.step for snapshot in history.snapshots]


def test_everything_within_the_budget_stays():
    history = History(budget=5 * ONE)
    for step in (0, 1, 4, 20, 100):
        history.add(_snapshot(step))
    assert _steps(history) == [0, 1, 4, 20, 100]
    assert history.nbytes == 5 * ONE


def test_the_snapshot_that_leaves_the_smallest_gap_is_dropped():
    # Positions by hand for 0, 2, 50, 51, 100: linear plus logarithmic share: 0, .26, 1.35, 1.37, 2.
    # Gaps around the inner three: 1.35, 1.11, 0.65.
    assert index_to_drop([0, 2, 50, 51, 100], frozenset()) == 3
    assert index_to_drop([0, 2, 50, 51, 100], frozenset([51])) == 2
    assert index_to_drop([0, 100], frozenset()) is None
    assert index_to_drop([], frozenset()) is None


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=60, unique=True), st.integers(3, 12), st.data())
def test_memory_stays_within_the_budget_and_first_last_and_best_stay(steps, room, data):
    steps = sorted(steps)
    best = data.draw(st.sampled_from(steps))
    history = History(budget=room * ONE)
    history.add(_snapshot(0))
    for step in steps:
        history.add(_snapshot(step))
        if step == best:
            history.mark_best(step)
        assert history.nbytes <= room * ONE
    kept = _steps(history)
    assert kept == sorted(set(kept))
    assert {0, best, steps[-1]} <= set(kept)
    assert len(kept) == min(len(steps) + 1, room)


def test_a_thinned_history_is_dense_at_the_beginning():
    history = History(budget=40 * ONE)
    for step in range(6001):
        history.add(_snapshot(step))
    kept = _steps(history)
    assert sum(step <= 600 for step in kept) >= 15
    assert np.diff(kept).max() <= 600


def test_a_later_snapshot_of_the_same_step_replaces_the_state_too():
    history = History()
    history.add(_snapshot(0))
    history.add(_snapshot(7))
    assert history.optimizer_state(_snapshot(7)) is None
    history.add(_snapshot(7), _state(7))
    assert _steps(history) == [0, 7]
    state = history.optimizer_state(_snapshot(7))
    assert state is not None
    assert state.iterations == 7


def test_few_states_are_kept_with_those_of_the_best_and_the_last():
    history = History()
    for step in range(0, 4000, 100):
        history.add(_snapshot(step), _state(step))
        if step == 700:
            history.mark_best(700)
    with_state = [one.step for one in history.snapshots if history.optimizer_state(one) is not None]
    assert len(with_state) == MAXIMUM_STATES
    assert {0, 700, 3900} <= set(with_state)
    assert len(history.snapshots) == 40


def test_states_are_dropped_before_snapshots():
    history = History(budget=10 * ONE)
    for step in range(8):
        history.add(_snapshot(step), _state(step))
    assert _steps(history) == list(range(8))
    assert history.nbytes <= 10 * ONE
    assert history.optimizer_state(_snapshot(7)) is not None


def test_a_state_that_is_dropped_with_its_snapshot_counts_too():
    history = History(budget=5 * ONE)
    for step in (0, 100, 101, 200):
        history.add(_snapshot(step), _state(step) if step == 101 else None)
    # Seven times ONE: the first and the last state stay, but 101 leaves the smallest gap and is dropped with its state.
    history.add(_snapshot(1000), _state(1000))
    assert _steps(history) == [0, 100, 200, 1000]
    assert history.nbytes == 5 * ONE


@pytest.mark.parametrize("count", [1, 2])
def test_first_and_last_stay_even_beyond_the_budget(count: int):
    history = History(budget=ONE // 2)
    for step in range(5):
        history.add(_snapshot(step))
    assert _steps(history) == [0, 4]


def test_an_exact_snapshot_replaces_a_rounded_one():
    history = History()
    for step in (0, 3, 9):
        history.add(_snapshot(step))
    exact = _snapshot(3)
    assert history.replace(exact)
    assert history.snapshots[1] is exact
    assert not history.replace(_snapshot(4))
    assert _steps(history) == [0, 3, 9]
