"""Files are written completely or not at all, and locks have one holder."""

import errno
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from digitlab.system import storage
from digitlab.system.errors import DigitLabError
from digitlab.system.storage import (
    FileLock,
    atomic_write,
    check_writable,
    dataset_folders,
    download_folder,
    personal_folder,
)
from tests.structure import REPOSITORY


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


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
@pytest.mark.parametrize("content", [b"old", None])
def test_a_link_stays_and_its_target_is_written(tmp_path, content):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    if content is not None:
        (folder / "target").write_bytes(content)
    (tmp_path / "link").symlink_to("elsewhere/target")
    (tmp_path / "to the link").symlink_to("link")
    check_writable(tmp_path / "to the link")
    write(tmp_path / "to the link")
    assert (folder / "target").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "to the link").is_symlink()
    assert [path.name for path in folder.iterdir()] == ["target"]


def _fifo(path):
    os.mkfifo(path)


def _socket(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))  # a path of a socket has at most 107 bytes


def _link_to(target):
    return lambda path: path.symlink_to(target)


def _link_to_itself(path):
    path.symlink_to(path.name)


@pytest.mark.skipif(sys.platform == "win32", reason="devices and pipes are POSIX")
@pytest.mark.parametrize(
    "make",
    [_fifo, _socket, _link_to("/dev/null"), _link_to("/dev/zero"), _link_to("/dev/tty"), _link_to_itself],
    ids=["fifo", "socket", "null", "zero", "terminal", "circle"],
)
def test_what_is_not_a_file_is_neither_replaced_nor_opened(tmp_path, make):
    path = tmp_path / "mine.digitlab"
    make(path)
    before = path.lstat()
    for attempt in (check_writable, write):
        with pytest.raises(DigitLabError, match=r"mine\.digitlab (is a device|could not be written)"):
            attempt(path)
    after = path.lstat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="needs /dev/null")
def test_a_device_is_not_replaced():
    for attempt in (check_writable, write):
        with pytest.raises(DigitLabError, match="/dev/null is a device"):
            attempt(Path("/dev/null"))
    assert Path("/dev/null").is_char_device()


@pytest.mark.skipif(sys.platform == "win32", reason="the file that is open could not be replaced anyway")
def test_the_file_that_receives_the_output_is_not_replaced(tmp_path):
    """As in ``digitlab train --out log > log``, or ``--out /dev/stdout > log``."""
    program = (
        "import sys; from pathlib import Path; from digitlab.system.storage import check_writable;"
        "[check_writable(Path(path)) for path in sys.argv[1:]]"
    )
    log = tmp_path / "log"
    for path in (log, "/dev/stdout"):
        with log.open("w") as output:
            done = subprocess.run(
                [sys.executable, "-c", program, str(path)],
                cwd=REPOSITORY,
                stdout=output,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
        assert "where the output of this program goes" in done.stderr


def test_checking_changes_nothing(tmp_path):
    check_writable(tmp_path / "new" / "folder" / "mine.digitlab")
    assert list(tmp_path.iterdir()) == []


def test_a_name_of_the_maximum_length_is_written(tmp_path):
    write(tmp_path / ("x" * 255))
    assert [path.name for path in tmp_path.iterdir()] == ["x" * 255]


def test_a_folder_and_a_name_that_is_too_long_are_reported_when_checking(tmp_path):
    for path in (tmp_path, tmp_path / f"{'x' * 250}.digitlab"):
        with pytest.raises(DigitLabError, match=r"is a folder|File name too long"):
            check_writable(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_reported(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(DigitLabError, match="Permission denied"):
        check_writable(tmp_path / "mine.digitlab")


def test_a_folder_in_the_place_of_a_lock_excludes_nobody_and_stays(tmp_path):
    (tmp_path / "lock").mkdir()
    lock = FileLock(tmp_path / "lock")
    assert lock.acquire()
    assert not lock.is_exclusive
    lock.release()
    assert (tmp_path / "lock").is_dir()


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
