"""Files are written completely or not at all, and locks have one holder."""

import errno
import os
import stat
import sys

import pytest

from digitlab.system import storage
from digitlab.system.errors import DigitLabError
from digitlab.system.storage import FileLock, atomic_write, dataset_folders, download_folder, personal_folder


def write(path, content=b"new"):
    with atomic_write(path) as file:
        file.write(content)


def test_it_writes_and_creates_missing_folders(tmp_path):
    write(tmp_path / "a" / "b" / "file")
    assert (tmp_path / "a" / "b" / "file").read_bytes() == b"new"


@pytest.mark.parametrize("failure", [ValueError("ours"), KeyboardInterrupt()])
def test_a_failure_while_writing_keeps_the_old_file(tmp_path, failure):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(type(failure)), atomic_write(path) as file:  # noqa: PT012
        file.write(b"half")
        raise failure
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_reported_and_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(DigitLabError, match="No space left on device"):
        write(path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_a_file_is_reported(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DigitLabError, match="could not be written"):
        write(tmp_path / "file" / "inside")


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX")
def test_a_new_file_has_the_usual_permissions_and_an_old_one_keeps_its_own(tmp_path):
    before = os.umask(0o022)
    try:
        write(tmp_path / "new")
        (tmp_path / "old").write_bytes(b"old")
        (tmp_path / "old").chmod(0o640)
        write(tmp_path / "old")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o640


def test_without_locks_in_the_file_system_every_attempt_succeeds_and_none_is_exclusive(tmp_path, monkeypatch):
    ours, others = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert ours.acquire()
    assert ours.is_exclusive
    ours.release()
    assert not ours.is_exclusive

    def refuse(descriptor):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(storage, "_lock", refuse)
    assert ours.acquire()
    assert others.acquire()
    assert not ours.is_exclusive
    assert not others.is_exclusive
    ours.release()
    others.release()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows removes no open file")
def test_a_lock_that_is_released_while_it_is_being_acquired_is_acquired_on_the_new_file(tmp_path, monkeypatch):
    path = tmp_path / "lock"
    lock_file, tries = storage._lock, []

    def slow(descriptor):
        tries.append(descriptor)
        if len(tries) == 1:
            path.unlink()  # the holder gives it back after we have opened its file
        return lock_file(descriptor)

    monkeypatch.setattr(storage, "_lock", slow)
    ours, others = FileLock(path), FileLock(path)
    assert ours.acquire()
    assert not others.acquire()
    ours.release()
    assert others.acquire()
    others.release()


def test_datasets_are_searched_in_the_chosen_folder_then_the_own_one_then_those_of_the_system(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path / "class"))
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "own"))
    monkeypatch.setattr(
        storage.platformdirs,
        "site_data_dir",
        lambda name, **_: os.pathsep.join(str(tmp_path / one / name) for one in "ab"),
    )
    system = (tmp_path / "a" / "digitlab", tmp_path / "b" / "digitlab")
    assert dataset_folders() == (tmp_path / "class", tmp_path / "own", *system)
    monkeypatch.delenv("DIGITLAB_DATA")
    assert dataset_folders() == (tmp_path / "own", *system)


def test_a_download_goes_to_the_own_folder_if_the_chosen_one_is_read_only(tmp_path, monkeypatch):
    shared = tmp_path / "class"
    monkeypatch.setenv("DIGITLAB_DATA", str(shared))
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "own"))
    assert download_folder() == shared
    monkeypatch.setattr(os, "access", lambda path, mode: path not in (shared, tmp_path))
    assert download_folder() == personal_folder() == tmp_path / "own"
