"""The log never stops, delays or disturbs the program, whatever lies in its place, even on a full disk."""

import logging
import os
import subprocess
import sys

import pytest

from digitlab.system.log import log_path, logging_to_file, stderr_in_log

_log = logging.getLogger(__name__)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_STATE", str(tmp_path / "state"))


def test_logs_are_in_the_file():
    with logging_to_file() as path:
        _log.warning("Something happened.")
    assert path == log_path()
    assert "Something happened." in path.read_text()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in folders")
@pytest.mark.parametrize("obstacle", ["pipe", "device", "folder"])
def test_something_else_in_its_place_discards_the_logs(obstacle):
    log_path().parent.mkdir(parents=True)
    match obstacle:
        case "pipe":
            os.mkfifo(log_path())
        case "device":
            log_path().symlink_to("/dev/full")
        case "folder":
            log_path().mkdir()
    with logging_to_file() as path, stderr_in_log():
        _log.warning("Something happened.")
        os.write(2, b"Something else.")
    assert path is None


_FULL = """
import logging, resource, signal
from digitlab.system.log import logging_to_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with logging_to_file():
    logging.getLogger("test").warning("fits")
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    for _ in range(100):
        logging.getLogger("test").warning("does not fit")
print("went on")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")
def test_a_disk_that_becomes_full_prints_no_traceback():
    done = subprocess.run(
        [sys.executable, "-c", _FULL],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "went on\n", "")
    assert len(log_path().read_bytes()) <= 100


def test_a_file_that_cannot_be_opened_later_is_left_out(capsys):
    with logging_to_file() as path:
        path.unlink()
        path.mkdir()
        logging.getLogger("test").warning("nowhere")
    assert capsys.readouterr().err == ""
