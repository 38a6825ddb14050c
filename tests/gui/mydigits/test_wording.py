"""The texts of My digits, and the order of the requested digits."""

from collections import Counter
from itertools import pairwise
from random import Random

import pytest

from digitlab.gui.mydigits.wording import collecting_order, explanation, headline, held_out
from digitlab.runs.run import Run
from digitlab.training.events import OptimizerStart, Origin
from tests.helpers.trainings import events_of, run_of, started_training


@pytest.fixture
def run():
    """Three epochs of twenty batches, tested at 50, 75 and 83.3 %."""
    started, *events = events_of(started_training())
    run = Run(started)
    for event in events:
        run.add(event)
    return run


def test_the_headline_has_both_accuracies_of_the_snapshot(run):
    second = next(snapshot for snapshot in run.snapshots if snapshot.step == 45)
    reference = held_out(run, second)
    assert reference == ("noise", 0.75, 2)
    assert headline(reference, 13, 15) == "noise 75.0 %, you 87 %"
    assert explanation(reference, second, 13, 15) == (
        "13 of your 15 digits are classified correctly (epoch 2.25); noise: after epoch 2."
    )


def test_the_epochs_of_a_continued_run_end_where_its_axis_ends():
    run = run_of(started_training(origin=Origin("Parent", 45, 2.25, OptimizerStart.FRESH)))
    reference = held_out(run, run.snapshots[-1])
    assert explanation(reference, run.snapshots[-1], 13, 15).endswith("; noise: after epoch 5.25.")


def test_without_a_measured_accuracy_the_headline_has_one_alone(run, tutorial):
    assert held_out(run, run.snapshots[0]) is None
    assert held_out(None, tutorial) is None
    assert headline(None, 1, 2) == "You 50 %"


def test_requested_digits_equalise_the_counts():
    order = collecting_order([3] * 4 + [7], 45, Random(1))
    assert Counter([*order, 3, 3, 3, 3, 7]) == dict.fromkeys(range(10), 5)
    assert 3 not in order[:25]
    assert order != collecting_order([3] * 4 + [7], 45, Random(2))


def test_no_digit_is_requested_twice_in_a_row():
    order = collecting_order([], 20, Random(3))
    assert sorted(order) == sorted([*range(10)] * 2)
    assert all(one != other for one, other in pairwise(order))


def test_a_long_name_leaves_space_for_both_accuracies():
    assert headline(("MNIST", 0.981, 3), 13, 15) == "MNIST 98.1 %, you 87 %"
    assert headline(("MNIST and pen strokes", 0.995, 7), 13, 15) == "Held-out digits 99.5 %, you 87 %"
