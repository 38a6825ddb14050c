"""Runs in the places of earlier versions come into the list, and none is lost."""

import errno
import os
import sys

import numpy as np
import pytest

from digitlab.runs.former import bring_former_runs
from digitlab.runs.kept import RunEnding
from digitlab.runs.library import delete, last_deleted, list_runs, restore, runs_folder
from digitlab.runs.reader import read_stored_run
from digitlab.runs.run_file import write_run
from digitlab.runs.writer import lock_of
from digitlab.system import storage
from tests.helpers.trainings import kept, run_of, started_training


@pytest.fixture(autouse=True)
def former(tmp_path, monkeypatch):
    """A folder of datasets in which an earlier version kept runs, and another one for what is the user's own."""
    former = tmp_path / "class"
    former.mkdir()
    monkeypatch.setenv("DIGITLAB_DATA", str(former))
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "own"))
    return former


def kept_before(former, monkeypatch, day=14):
    """Save a run where an earlier version did."""
    with monkeypatch.context() as patch:
        patch.setenv("DIGITLAB_HOME", str(former))
        return kept(day)


def test_own_runs_beside_the_datasets_move_into_the_list(former, monkeypatch):
    first, second = (kept_before(former, monkeypatch, day) for day in (1, 2))
    delete(second, 1000.0)
    assert list_runs() == ()
    bring_former_runs()
    assert [run.path for run in list_runs()] == [runs_folder() / first.name]
    assert not first.exists()
    (deleted,) = last_deleted()
    restore(deleted)
    assert [run.path.name for run in list_runs()] == [second.name, first.name]
    bring_former_runs()
    assert len(list_runs()) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="owners are POSIX")
def test_runs_of_other_people_in_a_shared_folder_stay_there(former, monkeypatch):
    path = kept_before(former, monkeypatch)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    bring_former_runs()
    assert path.exists()
    assert list_runs() == ()


def test_a_run_that_an_earlier_version_is_writing_is_left_to_it(former, monkeypatch):
    path = kept_before(former, monkeypatch)
    lock = lock_of(path)
    assert lock.acquire()
    bring_former_runs()
    assert path.exists()
    lock.release()
    bring_former_runs()
    assert not path.exists()


def test_a_run_that_cannot_be_moved_stays_complete_and_leaves_nothing_in_the_list(former, monkeypatch):
    path = kept_before(former, monkeypatch)
    content = path.read_bytes()

    def half(source, target):
        target.write_bytes(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("digitlab.system.database.shutil.move", half)
    bring_former_runs()
    assert path.read_bytes() == content
    assert list(runs_folder().iterdir()) == []


def test_runs_in_a_folder_that_is_read_only_now_are_copied_once(former, monkeypatch):
    path = kept_before(former, monkeypatch)

    def refuse(lock):
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("digitlab.system.storage.FileLock.acquire", refuse)
        bring_former_runs()
    (run,) = list_runs()
    assert run.path.parent == runs_folder()
    assert path.exists()
    run.path.unlink()
    bring_former_runs()
    assert list_runs() == ()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX")
def test_what_lies_in_the_list_can_be_read_by_its_owner_alone(former, monkeypatch):
    kept_before(former, monkeypatch).chmod(0o644)
    bring_former_runs()
    assert [folder.stat().st_mode & 0o777 for folder in (storage.personal_folder(), runs_folder())] == [0o700, 0o700]


def test_trainings_of_earlier_versions_are_imported_once():
    run = run_of(started_training(epochs=1))
    path = storage.personal_folder() / "last-training.digitlab"
    write_run(path, run.snapshots[-1], run)
    (storage.personal_folder() / "earlier-training.digitlab").write_bytes(b"no training")
    content = path.read_bytes()
    bring_former_runs()
    bring_former_runs()
    (summary,) = list_runs()
    assert (summary.step, summary.epoch_count, summary.ending) == (20, 1, RunEnding.FINISHED)
    np.testing.assert_array_equal(read_stored_run(summary.path).snapshot.arrays[0], run.snapshots[-1].arrays[0])
    assert path.with_name("last-training.digitlab.in-the-list").read_bytes() == content
    assert (storage.personal_folder() / "earlier-training.digitlab").read_bytes() == b"no training"
