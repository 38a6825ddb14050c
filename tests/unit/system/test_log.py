"""The log never stops or delays the start, whatever lies in its place."""

import logging
import os

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
