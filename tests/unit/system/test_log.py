"""The log never disturbs the program, even on a full disk."""

import logging
import os
import subprocess
import sys

import pytest

from digitlab.system.log import log_path, logging_to_file


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_STATE", str(tmp_path))


def test_records_are_written():
    with logging_to_file() as path:
        logging.getLogger("test").warning("Something.")
    assert path == log_path()
    assert "WARNING MainThread test: Something." in path.read_text()


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
def test_a_disk_that_becomes_full_prints_no_traceback(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _FULL],
        env={**os.environ, "DIGITLAB_STATE": str(tmp_path)},
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
