"""The list of runs: names, deleting and restoring, recovery, and files that are not runs."""

import errno
import os
import sqlite3
import time
from dataclasses import replace

import pytest

from digitlab.model.presets import TUTORIAL
from digitlab.runs import reader as stored_run
from digitlab.runs import schema as run_json
from digitlab.runs.changes import RunChanges, RunProgress
from digitlab.runs.kept import RunEnding, RunNotFoundError
from digitlab.runs.library import (
    delete,
    last_deleted,
    list_runs,
    purge_deleted,
    recover,
    rename,
    restore,
    runs_folder,
    save_run,
    used_names,
)
from digitlab.runs.names import default_name, unique_name
from digitlab.runs.reader import DamagedRunError, read_stored_run, read_summary
from digitlab.runs.writer import RunWriter, lock_of
from digitlab.system import storage
from digitlab.system.errors import DigitLabError
from digitlab.training.config import TrainingConfig
from digitlab.training.events import OptimizerStart, Origin
from digitlab.training.recipes import RECIPES
from tests.helpers.trainings import NOW, kept, run_of, snapshot_and_state, started_training


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))


def names():
    return [run.name for run in list_runs()]


def half_written(path):
    """Write a run of three batches and leave it like a killed process: without an ending, but unlocked."""
    started = started_training()
    run = run_of(started, stop_after=3)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = RunWriter(path, "Small", started, NOW)
    writer.write(RunChanges.of(run, RunProgress(), *snapshot_and_state(started, 3)))
    return writer


def test_an_empty_folder_holds_no_runs():
    assert list_runs() == ()
    assert recover().cut_off == ()
    purge_deleted()


def test_names_are_made_of_the_recipe_and_unique():
    recipe = RECIPES["tutorial"]
    started = started_training()
    assert default_name(started, []) == "Small 1"
    own = replace(started, spec=TUTORIAL, config=TrainingConfig(epochs=3))
    assert default_name(own, ["Tutorial 4"]) == "Custom 1"
    assert default_name(replace(own, config=TrainingConfig()), ["Tutorial 4"]) == "Tutorial 5"
    resumed = replace(own, origin=Origin("Fast 2", 60, 3.0, OptimizerStart.RESTORED))
    assert default_name(resumed, ["Tutorial 4"]) == "Fast 3"
    assert unique_name(recipe.title, ["tutorial", "Tutorial 2"]) == "Tutorial 3"
    assert unique_name("Tutorial 2", ["Tutorial 2"]) == "Tutorial 3"
    assert unique_name("  my   best\n", []) == "my best"
    assert unique_name(" ", []) == "Training"
    assert len(unique_name("x" * 500, ["x" * 100])) <= 100
    kept(14), kept(15)
    assert names() == ["Small 2", "Small 1"]  # newest first


def test_a_number_is_never_reused():
    paths = [kept(day) for day in (1, 2, 3, 4)]
    delete(paths[3], time.time())
    rename(paths[1], "Five")
    assert default_name(started_training(), used_names()) == "Small 5"
    paths[2].write_bytes(b"damaged")
    origin = Origin("Small 8", 100, 5.0, OptimizerStart.RESTORED)
    branch = started_training(epochs=1, origin=origin)
    assert default_name(branch, used_names()) == "Small 9"
    run = run_of(branch)
    save_run(run, run.snapshots[-1], NOW)
    assert used_names() == {"Small 1", "Five", "Small 4", "Small 8", "Small 9"}
    assert default_name(started_training(), used_names()) == "Small 10"
    assert default_name(started_training(), ["Small 99999999999", "small 7", "Smaller 9"]) == "Small 8"


def test_the_last_deleted_runs_are_found_independent_of_their_names():
    paths = [kept(day) for day in (1, 2, 3)]
    now = time.time()
    older = delete(paths[2], now - 60)
    newest = {delete(path, now) for path in paths[:2]}
    assert set(last_deleted()) == newest
    assert {restore(path) for path in last_deleted()} == set(paths[:2])
    assert last_deleted() == (older,)
    restore(older)
    assert last_deleted() == ()


def test_the_log_of_a_run_is_deleted_and_restored_with_it():
    """Another window that reads a run prevents SQLite from merging its log."""
    path = kept()
    log = path.with_name(path.name + "-wal")
    log.touch()
    deleted = delete(path, time.time())
    assert not log.exists()
    assert restore(deleted) == path
    assert log.exists()
    deleted = delete(path, time.time() - 25 * 3600)
    purge_deleted()
    assert list(deleted.parent.iterdir()) == []


def test_a_missing_run_is_distinguished_from_one_that_cannot_be_moved():
    path = kept()
    deleted = delete(path, time.time())
    with pytest.raises(RunNotFoundError):
        delete(path, time.time())
    with pytest.raises(RunNotFoundError):
        rename(path, "Five")
    with pytest.raises(RunNotFoundError):
        read_stored_run(path)
    deleted.unlink()
    with pytest.raises(RunNotFoundError):
        restore(deleted)


def test_a_run_can_be_renamed_deleted_and_restored():
    path = kept()
    rename(path, "My best")
    assert names() == ["My best"]
    deleted = delete(path, time.time())
    assert names() == []
    assert restore(deleted) == path
    assert names() == ["My best"]
    assert read_stored_run(path).run.step == 20


def test_deleted_runs_stay_for_a_day():
    path = delete(kept(), time.time())
    purge_deleted()
    assert path.exists()
    long_ago = time.time() - 25 * 3600
    os.utime(path, (long_ago, long_ago))
    purge_deleted()
    assert not path.exists()


def test_a_running_training_cannot_be_deleted_and_is_not_cut_off():
    path = runs_folder() / "one.digitlab-run"
    writer = half_written(path)
    with pytest.raises(DigitLabError, match="still running"):
        delete(path, time.time())
    assert recover().cut_off == ()
    rename(path, "While it grows")
    writer.close()
    assert names() == ["While it grows"]


def test_a_run_that_was_cut_off_is_recovered_once_and_completely():
    path = runs_folder() / "one.digitlab-run"
    half_written(path).close()
    (found,) = recover().cut_off
    assert (found.path, found.ending, found.step) == (path, RunEnding.CUT_OFF, 3)
    assert recover().cut_off == ()
    assert list_runs() == (read_summary(path),)
    assert read_summary(path).ending is RunEnding.CUT_OFF
    stored = read_stored_run(path)
    assert stored.snapshot.step == 3
    assert stored.run.ended.was_stopped
    assert [file.name for file in runs_folder().iterdir()] == [path.name]


def test_a_run_that_cannot_be_written_leaves_nothing_behind(monkeypatch):
    run = run_of(started_training(epochs=1))

    def fail(writer, changes):
        raise DigitLabError("The disk is full.")

    monkeypatch.setattr(RunWriter, "write", fail)
    with pytest.raises(DigitLabError, match="full"):
        save_run(run, run.snapshots[-1], NOW)
    assert list(runs_folder().iterdir()) == []


def test_a_run_that_was_cut_off_before_its_first_write_is_not_offered():
    path = runs_folder() / "one.digitlab-run"
    path.parent.mkdir()
    writer = RunWriter(path, "Small", started_training(), NOW)
    assert recover().cut_off == ()
    assert names() == ["Small"]  # it may be written at any time
    writer.close()
    assert names() == []
    assert recover().cut_off == ()
    assert list(runs_folder().iterdir()) == []


def test_a_run_that_no_process_writes_is_listed_as_cut_off_and_offered_at_the_next_start():
    path = runs_folder() / "one.digitlab-run"
    writer = half_written(path)
    assert [run.ending for run in list_runs()] == [None]
    writer.close()
    (run,) = list_runs()
    assert (run.ending, run.step) == (RunEnding.CUT_OFF, 3)
    assert [run.path for run in recover().cut_off] == [path]
    assert [run.ending for run in list_runs()] == [RunEnding.CUT_OFF]


def test_without_locks_in_the_file_system_a_running_training_is_not_listed_as_cut_off(monkeypatch):
    def refuse(descriptor):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(storage, "_lock", refuse)
    writer = half_written(runs_folder() / "one.digitlab-run")
    assert [run.ending for run in list_runs()] == [None]
    writer.close()


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + bytes(5000)])
def test_damaged_files_are_moved_aside_and_kept(content):
    path = kept()
    path.write_bytes(content)
    (moved,) = recover().set_aside
    assert moved.read_bytes() == content
    assert list_runs() == ()
    assert recover().set_aside == ()


def test_a_damaged_file_that_cannot_be_moved_does_not_hide_other_runs():
    kept(14)
    path = kept(15)
    path.write_bytes(b"no database")
    (path.parent / "damaged").write_bytes(b"a file where the folder should be")
    assert recover().set_aside == ()
    assert names() == ["Small 1"]
    assert path.read_bytes() == b"no database"


HARM = {
    "no run": "DELETE FROM run",
    "no table": "DROP TABLE epochs",
    "description": "UPDATE run SET started = '{}'",
    "type": "UPDATE run SET started = x'ff'",
    "time": "UPDATE run SET created = 'yesterday'",
    "ending": "UPDATE run SET ending = 'blue'",
    "seconds": "UPDATE run SET seconds = 'long'",
    "accuracy": "UPDATE epochs SET val_accuracy = 7.0",
    "gap": "UPDATE batches SET first = first + 1",
    "lengths": "UPDATE batches SET losses = losses || x'00000000'",
    "infinite": "UPDATE batches SET losses = x'0000807f'",
    "newest": "DELETE FROM newest",
    "newest size": "UPDATE newest SET weights = weights || x'00'",
    "newest step": "UPDATE newest SET step = 1000000",
    "updates": "UPDATE updates SET ratios = '[0.1, -1]'",
    "update of another network": "UPDATE updates SET ratios = '[0.1]'",
    "update out of all measure": "UPDATE updates SET ratios = '[0.1, 1e308]'",
    "update nested": f"UPDATE updates SET ratios = '{'[' * 2000}'",
    "description nested": f"UPDATE run SET started = '{'[' * 100_000}'",
    "epoch": "UPDATE epochs SET loss = 'x'",
    "snapshot step": "UPDATE snapshots SET step = -5 WHERE step = 0",
}


@pytest.mark.parametrize("statement", HARM.values(), ids=HARM.keys())
def test_damaged_runs_are_rejected_with_a_message(statement):
    path = kept()
    with sqlite3.connect(path) as database:
        database.execute(statement)
    database.close()
    with pytest.raises(DamagedRunError, match="damaged"):
        read_stored_run(path)


def test_more_updates_than_any_training_measures_are_rejected(monkeypatch):
    path = kept()
    for module in (run_json, stored_run):
        monkeypatch.setattr(module, "MAXIMUM_UPDATES", 3)
    with pytest.raises(DamagedRunError, match="damaged"):
        read_stored_run(path)


def test_a_state_without_its_snapshot_is_dropped():
    path = kept()
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM snapshots WHERE step = 10")
    database.close()
    history = read_stored_run(path).run.history
    states = [one.step for one in history.snapshots if history.optimizer_state(one) is not None]
    assert states == [0, 20]


def test_a_run_of_a_newer_digitlab_is_not_changed():
    path = kept()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(DigitLabError, match="newer DigitLab"):
        read_summary(path)
    assert recover().set_aside == ()
    assert path.exists()


def test_two_windows_can_write_at_the_same_time():
    first, second = (half_written(runs_folder() / f"{name}.digitlab-run") for name in ("a", "b"))
    assert len(list_runs()) == 2
    first.close()
    assert [run.path.stem for run in recover().cut_off] == ["a"]
    second.end(RunEnding.FINISHED)
    second.close()
    assert recover().cut_off == ()


def test_a_lock_has_one_holder():
    path = runs_folder() / "one.digitlab-run"
    path.parent.mkdir()
    ours, theirs = lock_of(path), lock_of(path)
    assert ours.acquire()
    assert not theirs.acquire()
    theirs.release()
    ours.release()
    assert theirs.acquire()
    theirs.release()
