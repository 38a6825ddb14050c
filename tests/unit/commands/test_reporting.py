"""What a training in the terminal saves, wherever there is room for it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from digitlab.commands.reporting import TrainingReporter, recorded
from digitlab.model.files.network_file import read_model
from digitlab.runs.former import bring_former_runs
from digitlab.runs.library import list_runs
from digitlab.runs.run_file import read_run
from digitlab.system.errors import DigitLabError
from digitlab.training.control import TrainingControl
from tests.helpers.trainings import events_of, started_training


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """The user's own folder, and a temporary folder of its own."""
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("DIGITLAB_HOME", str(home))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return home


def trained():
    """Return the reporter of a training that has ended, and whether it is in the list of runs."""
    reporter = TrainingReporter(TrainingControl(), as_json=True)
    with recorded(reporter.publish) as recording:
        for event in events_of(started_training(epochs=1)):
            recording.publish(event)
    return reporter, recording.is_whole


def rescued(tmp_path):
    return list((tmp_path / "tmp").glob("*-run.digitlab"))


def test_a_training_in_the_list_is_not_saved_a_second_time(tmp_path, capsys):
    reporter, is_recorded = trained()
    assert is_recorded
    with pytest.raises(DigitLabError):
        reporter.save(tmp_path, is_recorded=is_recorded)
    assert "The training is in the list of runs" in capsys.readouterr().err
    assert not rescued(tmp_path)
    assert len(list_runs()) == 1


@pytest.mark.parametrize("has_out", [True, False])
def test_what_fits_nowhere_else_goes_to_the_temporary_folder_and_into_the_list_at_the_next_start(
    home, tmp_path, capsys, has_out
):
    home.write_text("a file where the folder should be")
    reporter, is_recorded = trained()
    assert not is_recorded
    if has_out:
        with pytest.raises(DigitLabError, match="is a folder"):
            reporter.save(tmp_path, is_recorded=False)
    else:
        reporter.save(None, is_recorded=False)
    (path,) = rescued(tmp_path)
    assert f"Saved to {path} instead." in capsys.readouterr().err
    assert read_model(path).step == read_run(path).step == 20
    home.unlink()
    assert bring_former_runs() == 1
    assert [run.step for run in list_runs()] == [20]


def test_it_is_said_if_there_is_no_room_at_all(home, tmp_path, capsys, monkeypatch):
    home.write_text("a file where the folder should be")
    monkeypatch.setattr("tempfile.tempdir", str(home))
    reporter, _ = trained()
    reporter.save(None, is_recorded=False)
    assert "The training is lost" in capsys.readouterr().err


_FULL = """
import resource, signal, sys
from pathlib import Path
from digitlab.commands.reporting import TrainingReporter, recorded
from digitlab.system.errors import DigitLabError
from digitlab.system.log import logging_to_file
from digitlab.training.control import TrainingControl
from tests.helpers.trainings import events_of, started_training
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with logging_to_file():
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, resource.RLIM_INFINITY))
    reporter = TrainingReporter(TrainingControl(), as_json=True)
    with recorded(reporter.publish) as recording:
        for event in events_of(started_training(epochs=1)):
            recording.publish(event)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
    try:
        reporter.save(Path(sys.argv[1]), is_recorded=recording.is_whole)
    except DigitLabError as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX")
def test_a_full_disk_ends_in_sentences_and_without_a_traceback(tmp_path):
    out = tmp_path / "mine.digitlab"
    done = subprocess.run(
        [sys.executable, "-c", _FULL, str(out)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "mine.digitlab could not be written: File too large." in done.stdout
    assert re.search(r"was not saved in the list of runs\. .*\n", done.stderr)
    assert "could not be saved to" in done.stderr
    assert not out.exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
