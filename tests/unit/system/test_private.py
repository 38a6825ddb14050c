"""What belongs to the user alone is readable by the user alone, also if it was open to others before."""

import logging
import os
import sqlite3
import stat
import sys
from pathlib import Path

import pytest

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawings_file import write_drawings
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.data.mine.opening import my_digits_path
from digitlab.data.mine.store import MyDigits
from digitlab.runs.library import delete, list_runs, recover, runs_folder
from digitlab.runs.run_file import write_run
from digitlab.system.log import log_path, logging_to_file, stderr_in_log
from digitlab.system.private import make_private, make_private_folder
from digitlab.system.settings import Settings, save_settings, settings_path
from digitlab.system.storage import config_folder, personal_folder, state_folder
from tests.helpers.trainings import kept, run_of, started_training

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions are POSIX")


@pytest.fixture(autouse=True, params=["new", "existing"])
def folders(request, tmp_path, monkeypatch):
    """The user's folders under the usual umask, which do not exist yet or are open to others."""
    for name in ("DIGITLAB_HOME", "DIGITLAB_CONFIG", "DIGITLAB_STATE"):
        folder = tmp_path / name.lower()
        monkeypatch.setenv(name, str(folder))
        if request.param == "existing":
            folder.mkdir(0o755)
    before = os.umask(0o022)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def drawn(digit):
    return Drawing(builtin_drawing(digit, builtin_styles(digit)[0]).strokes)


def test_own_digits_with_their_log_and_lock(folders):
    if folders == "existing":
        MyDigits(my_digits_path()).close()
        my_digits_path().chmod(0o644)
    store = MyDigits(my_digits_path())
    store.exchange([], [KeptDigit.of(drawn(7), 7)])
    store.save_draft(drawn(3))
    files = list(personal_folder().iterdir())
    assert len(files) == 4  # with the write-ahead log, its index and the lock
    assert {mode(path) for path in files} == {0o600}
    assert mode(personal_folder()) == 0o700
    store.close()


def test_files_that_a_crash_left_open_to_others_are_closed(folders):
    store = MyDigits(my_digits_path())
    store.exchange([], [KeptDigit.of(drawn(7), 7)])
    for path in personal_folder().iterdir():
        path.chmod(0o644)
    MyDigits(my_digits_path()).close()
    assert {mode(path) for path in personal_folder().iterdir()} == {0o600}
    store.close()


def test_runs_also_deleted_ones(folders):
    first, second = kept(1), kept(2)
    assert mode(first) == 0o600
    first.chmod(0o644)
    deleted = delete(second, 1.0)
    recover()
    assert len(list_runs()) == 1
    assert {mode(path) for path in (first, deleted)} == {0o600}
    assert {mode(path) for path in (personal_folder(), runs_folder(), deleted.parent)} == {0o700}


def test_settings(folders):
    if folders == "existing":
        settings_path().touch(0o644)
    save_settings(Settings())
    assert mode(settings_path()) == 0o600
    assert mode(config_folder()) == 0o700


def test_the_log_its_old_files_and_those_after_it_is_full(folders, monkeypatch):
    monkeypatch.setattr("digitlab.system.log._MAXIMUM_BYTES", 100)
    if folders == "existing":
        log_path().touch(0o644)
        Path(f"{log_path()}.1").touch(0o644)
    with stderr_in_log(), logging_to_file():
        for number in range(10):
            logging.getLogger("test").warning("A long line %d", number)
    files = list(state_folder().iterdir())
    assert len(files) > 2
    assert {mode(path) for path in files} == {0o600}
    assert mode(state_folder()) == 0o700


def test_an_exported_file_has_the_usual_permissions(tmp_path):
    write_drawings(tmp_path / "out.jsonl", [drawn(1)])
    run = run_of(started_training(epochs=1))
    write_run(tmp_path / "out.digitlab", run.snapshots[-1], run)
    assert {mode(path) for path in tmp_path.glob("out.*")} == {0o644}


def test_what_belongs_to_others_or_to_everybody_stays_as_it_is(tmp_path, monkeypatch):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    make_private_folder(shared)
    assert mode(shared) == 0o1777
    theirs = tmp_path / "theirs"
    theirs.mkdir(0o755)
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        make_private(theirs)
    assert mode(theirs) == 0o755
    home = tmp_path / "home"
    home.mkdir(0o755)
    monkeypatch.setenv("HOME", str(home))
    make_private(home)
    assert mode(home) == 0o755
    make_private(tmp_path / "none")


def test_a_database_can_be_opened_by_nobody_else_from_its_first_moment(tmp_path, monkeypatch):
    modes = []
    connect = sqlite3.connect

    def watched(path, **options):
        modes.append(mode(path))
        return connect(path, **options)

    monkeypatch.setattr(sqlite3, "connect", watched)
    MyDigits(my_digits_path()).close()
    assert set(modes) == {0o600}
