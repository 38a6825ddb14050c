"""``digitlab train`` that does not reach its end: what is written, what is said, and the exit code."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from digitlab.commands import reporting
from digitlab.runs.kept import RunEnding
from digitlab.runs.library import list_runs
from digitlab.runs.run_file import read_run
from digitlab.system.storage import personal_folder
from tests.helpers.command_line import Digitlab, scripted, started, wait_for

SIGNALS: Final = [signal.SIGINT, signal.SIGTERM, *([] if sys.platform == "win32" else [signal.SIGHUP])]

posix = pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself or others these signals")


def _scripted(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a command after changes to the program, which announce on standard output how far it is."""
    return scripted(f"import sys\nfrom digitlab import cli\n{script}\nsys.exit(cli.main(sys.argv[1:]))", *arguments)


@posix
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_saves_what_was_learned_and_says_how_to_resume(number: signal.Signals, dataset: Path, tmp_path: Path):
    out = tmp_path / "mine.digitlab"
    out.write_bytes(b"former")
    process = started("train", "--data", dataset, "--epochs", 1000, "--json", "--out", out)
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(number)
    rest, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    epochs = [json.loads(line)["epoch"] for line in (first + rest).splitlines()]
    assert epochs == list(range(1, len(epochs) + 1))
    interrupted, saved, resume = err.splitlines()  # and nothing of TensorFlow's
    assert interrupted.startswith("Interrupted at epoch ")
    reached = interrupted.removeprefix("Interrupted at ").removesuffix(".")
    assert saved == f"Saved to {out}, as trained until {reached}."
    assert "Resume training" in resume
    run = read_run(out)
    assert run is not None
    assert [epoch.epoch for epoch in run.epochs] == epochs
    (kept, *_) = list_runs()
    assert kept.ending is RunEnding.STOPPED
    assert kept.epoch_count == len(epochs)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["few.npz", "mine.digitlab"]


_LOADS_FOR_EVER: Final = """
import threading
from digitlab.commands import train

def load_tensorflow():
    print("loading", flush=True)
    threading.Event().wait()

train.load_tensorflow = load_tensorflow
"""


@posix
@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_while_tensorflow_loads_ends_at_once(number: signal.Signals, dataset: Path, tmp_path: Path):
    out = tmp_path / "mine.digitlab"
    process = _scripted(_LOADS_FOR_EVER, "train", "--data", dataset, "--out", out)
    wait_for(process, "loading")
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (128 + number, "Interrupted.\n")
    assert not out.exists()


_VALIDATES_FOR_EVER: Final = """
from digitlab.training.steps import Steps
evaluate = Steps.evaluate

def evaluate_for_ever(self, digits):
    print("validating", flush=True)
    while True:
        yield from evaluate(self, digits)

Steps.evaluate = evaluate_for_ever
"""


@posix
def test_a_signal_during_validation_ends_it(dataset: Path, tmp_path: Path):
    out = tmp_path / "mine.digitlab"
    process = _scripted(_VALIDATES_FOR_EVER, "train", "--data", dataset, "--out", out)
    wait_for(process, "validating")
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 143
    assert err.startswith(f"Interrupted at epoch 1.\nSaved to {out}")
    assert read_run(out) is not None


_DOES_NOT_STOP: Final = """
from digitlab.commands import train
from digitlab.training.control import TrainingControl

def stop(self):
    print("stopping", flush=True)

TrainingControl.stop = stop
"""


@posix
def test_a_second_signal_ends_a_training_that_does_not_stop(dataset: Path):
    process = _scripted(_DOES_NOT_STOP, "train", "--data", dataset, "--epochs", 1000, "--json")
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    wait_for(process, "stopping")
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 143
    assert err == "Interrupted.\n"


def test_a_signal_while_the_file_is_written_does_not_lose_it(
    digitlab: Digitlab, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_run = reporting.write_run

    def write_interrupted(*arguments: Any) -> None:
        signal.raise_signal(signal.SIGTERM)
        write_run(*arguments)

    monkeypatch.setattr(reporting, "write_run", write_interrupted)
    out = tmp_path / "mine.digitlab"
    answer = digitlab("train", "--data", dataset, "--epochs", 1, "--out", out)
    assert (answer.code, answer.err) == (0, f"Saved to {out}.\n")
    assert read_run(out) is not None


def test_a_training_that_breaks_down_saves_what_it_learned(digitlab: Digitlab, dataset: Path, tmp_path: Path):
    out = tmp_path / "mine.digitlab"
    answer = digitlab("train", "--data", dataset, "--learning-rate", "1e9", "--out", out)
    assert (answer.code, answer.out) == (2, "")
    saved, error = answer.err.splitlines()
    assert saved == f"Saved to {out}, as trained until epoch 0.25."
    assert "diverged at step 2" in error
    assert "learning rate was 1e+09" in error
    assert "The last snapshot is kept." in error
    run = read_run(out)
    assert run is not None
    assert run.step == 1


def test_a_training_without_a_batch_says_that_nothing_was_saved(
    digitlab: Digitlab, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("digitlab.training.steps.Steps.train", fail)
    out = tmp_path / "mine.digitlab"
    answer = digitlab("train", "--data", dataset, "--out", out)
    assert answer.code == 2
    missing, error = answer.err.splitlines()
    assert missing == f"{out} was not written: no batch was trained."
    assert "not enough memory" in error
    assert not out.exists()


def test_a_training_into_a_closed_pipe_saves_what_it_learned(dataset: Path, tmp_path: Path):
    out = tmp_path / "mine.digitlab"
    process = started("train", "--data", dataset, "--epochs", 1000, "--json", "--out", out)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    assert process.wait(60) == 141
    process.stderr.close()
    assert err.startswith(f"Saved to {out}, as trained until epoch ")
    assert read_run(out) is not None


def test_without_a_list_of_runs_an_interruption_says_how_to_continue_from_the_file(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "in the way").touch()
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path / "in the way"))
    assert personal_folder() == tmp_path / "in the way"
    out = tmp_path / "mine.digitlab"
    process = started("train", "--data", dataset, "--epochs", 1000, "--json", "--out", out, env=os.environ)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == f"To continue it, open {out} with digitlab and choose Continue from here."
