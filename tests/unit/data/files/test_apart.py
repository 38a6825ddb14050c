"""A module that runs in a process of its own gives its output, or fails within its limits."""

import sys
from pathlib import Path

import pytest

from digitlab.data.files.apart import ApartError, DeadlineError, run_apart

MODULE = "tests.helpers.apart"


def test_it_gives_its_output():
    assert run_apart(MODULE, ["echo"], b"abc" * 100_000) == b"cba" * 100_000


def test_it_is_ended_at_its_deadline():
    with pytest.raises(DeadlineError):
        run_apart(MODULE, ["wait"], b"", deadline_s=0.5)


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals of Unix")
def test_it_is_ended_after_its_processor_time():
    with pytest.raises(DeadlineError):
        run_apart(MODULE, ["compute too long"], b"")


@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as on Linux")
def test_its_memory_is_limited():
    with pytest.raises(ApartError):
        run_apart(MODULE, ["fill"], b"")


def test_its_crash_is_an_error():
    with pytest.raises(ApartError):
        run_apart(MODULE, ["crash"], b"")


def test_it_imports_nothing_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").write_text("raise SystemExit(9)")
    (tmp_path / "signal.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    assert run_apart(MODULE, ["echo"], b"abc") == b"cba"
