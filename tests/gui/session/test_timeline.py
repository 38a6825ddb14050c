"""The snapshots of the slider, the index of one of them, and the epoch labels below."""

from digitlab.gui.session.timeline import epoch_marks, index_of, position_of, snapshots_of
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run import Run
from digitlab.training.config import TrainingConfig
from digitlab.training.events import SnapshotTaken, TrainingStarted
from tests.helpers.networks import random_snapshot, small_spec

SPEC = small_spec()


def _snapshot(step: int) -> Snapshot:
    return Snapshot(SPEC, random_snapshot(SPEC).weights, step, step / 10)


def _run(*steps: int) -> Run:
    run = Run(TrainingStarted(SPEC, TrainingConfig(), "digits", 1000, 100, validates_on_test=True))
    for step in steps:
        run.add(SnapshotTaken(_snapshot(step), is_kept=True))
    return run


def test_the_newest_snapshot_comes_last_and_only_once():
    newest = _snapshot(20)
    snapshots = snapshots_of(_run(0, 5, 20), newest)
    assert [snapshot.step for snapshot in snapshots] == [0, 5, 20]
    assert snapshots[-1] is newest
    assert [snapshot.step for snapshot in snapshots_of(_run(0, 5), newest)] == [0, 5, 20]


def test_a_network_without_a_run_has_one_snapshot():
    newest = _snapshot(20)
    assert snapshots_of(None, newest) == (newest,)


def test_a_run_of_another_network_is_ignored(tutorial):
    assert snapshots_of(_run(0, 5, 20), tutorial) == (tutorial,)


def test_a_step_between_two_snapshots_has_the_index_of_the_later_one():
    snapshots = [_snapshot(step) for step in (0, 5, 20)]
    assert [index_of(snapshots, step) for step in (0, 3, 5, 6, 20, 99)] == [0, 1, 1, 2, 2, 2]


def test_a_snapshot_of_another_run_has_no_position():
    snapshots = [_snapshot(step) for step in (0, 5, 20)]
    assert position_of(snapshots, snapshots[1]) == 1
    assert position_of(snapshots, _snapshot(5)) is None
    assert position_of(snapshots, None) is None


def test_epochs_are_labelled_where_they_fit():
    snapshots = [_snapshot(step) for step in (0, 1, 2, 5, 10, 20, 25, 30)]
    assert [(mark.index, mark.text) for mark in epoch_marks(snapshots, 700)] == [(0, "0"), (4, "1"), (5, "2"), (7, "3")]
    assert [(mark.index, mark.text) for mark in epoch_marks(snapshots, 210)] == [(0, "0"), (4, "1"), (7, "3")]
    assert epoch_marks(snapshots[:1], 700) == []


def test_the_first_label_of_a_branch_is_its_start():
    snapshots = [
        Snapshot(SPEC, random_snapshot(SPEC).weights, 31 + step, 3.1 + step / 10) for step in (0, 1, 5, 9, 19, 20)
    ]
    assert [(mark.index, mark.text) for mark in epoch_marks(snapshots, 700)] == [(0, "3.1"), (3, "4"), (4, "5")]
