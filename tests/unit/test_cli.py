"""The command line as a caller sees it: standard output, standard error and exit codes."""

import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from digitlab import cli
from digitlab.commands import summary
from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.raster import render
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.files.drawings_file import write_drawings
from digitlab.model.files.network_file import write_model
from digitlab.model.presets import PRESETS, TUTORIAL
from digitlab.runs.library import list_runs
from digitlab.runs.reader import read_stored_run
from digitlab.runs.run_file import read_run
from digitlab.system.log import log_path, stderr_in_log
from digitlab.training.config import Augmentation
from digitlab.training.examples.batches import SHARES, Kind
from digitlab.training.recipes import RECIPES
from tests.helpers.command_line import Digitlab, assert_one_sentence, started
from tests.helpers.drawings import side_by_side
from tests.helpers.networks import random_snapshot, small_dataset, small_spec
from tests.helpers.readers import template_reader
from tests.structure import REPOSITORY


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A network with random weights."""
    path = tmp_path / "random.digitlab"
    write_model(path, random_snapshot(small_spec(), seed=4))
    return path


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    """Three built-in digits and one without a label."""
    path = tmp_path / "drawings.jsonl.gz"
    drawn = [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in (3, 7, 8)]
    write_drawings(path, [*drawn, Drawing(drawn[0].strokes)])
    return path


def _image(path: Path) -> Path:
    """Save a photo of a 7, dark on light."""
    image = render(builtin_drawing(7, builtin_styles(7)[0]))
    Image.fromarray(255 - image).resize((112, 112)).save(path)
    return path


# Usage


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """Record what the window would open."""
    from digitlab.gui.app import application as app

    files: list[Path | None] = []
    monkeypatch.setattr(app, "open_window", lambda file: files.append(file) or 0)
    return files


def test_without_arguments_the_window_opens(digitlab: Digitlab, opened: list[Path | None]):
    assert digitlab().code == 0
    assert opened == [None]


def test_a_file_opens_in_the_window(digitlab: Digitlab, opened: list[Path | None], model: Path):
    assert digitlab(model).code == 0
    assert opened == [model]


@pytest.mark.parametrize("name", ["train", "open"])
def test_a_file_named_like_a_command_opens_by_its_path(
    name: str, digitlab: Digitlab, opened: list[Path | None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path(name).write_bytes(b"")
    assert digitlab(f"./{name}").code == 0
    assert opened == [Path(name)]


def test_the_demo_gets_its_folder(digitlab: Digitlab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    from digitlab.gui.app import demo

    calls: list[tuple[Path, bool]] = []
    monkeypatch.setattr(demo, "run_demo", lambda out, as_json: calls.append((out, as_json)) or 0)
    assert digitlab("demo", "--out", tmp_path, "--json").code == 0
    assert calls == [(tmp_path, True)]


@pytest.mark.parametrize("inside", [False, True])
def test_the_demo_refuses_a_file_as_its_folder_before_it_draws(
    digitlab: Digitlab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, inside: bool
):
    from digitlab.gui.app import demo

    monkeypatch.setattr(demo, "_run_demo", lambda *_, **__: pytest.fail("it began"))
    file = tmp_path / "notes.txt"
    file.write_bytes(b"mine")
    ended = digitlab("demo", "--out", file / "pictures" if inside else file)
    assert ended.code == 2
    assert f"{file} is a file." in ended.err
    assert file.read_bytes() == b"mine"


# Summary


@pytest.mark.parametrize(("name", "total"), [("tutorial", 62_346), ("two-conv", 52_096), ("one-conv", 832)])
def test_summary_has_the_tutorials_parameters(name: str, total: int, digitlab: Digitlab):
    (record,) = digitlab("summary", "--preset", name, "--json").records
    assert record["total_parameters"] == total
    assert sum(layer["parameters"] for layer in record["layers"]) == total
    assert record["layers"][0] == {"name": "conv1", "type": "Conv2D", "output_shape": [24, 24, 32], "parameters": 832}


def test_summary_as_text_is_aligned_and_complete(digitlab: Digitlab):
    lines = digitlab("summary").out.splitlines()
    assert "62,346" in lines[-1]
    conv2 = next(line for line in lines if line.startswith("conv2"))
    for part in ("8 × 8 × 64", "51,264", "(5 × 5 × 32 + 1) × 64", "16.4 kB", "3,276,800"):
        assert part in conv2
    column = lines[2].index("parameters") + len("parameters")
    assert all(line[:column].endswith(("832", "0", "51,264", "10,250", "62,346")) for line in lines[4:])


def test_summary_of_a_model_file(digitlab: Digitlab, model: Path):
    (record,) = digitlab("summary", model, "--json").records
    assert record["total_parameters"] == small_spec().total_parameters


# Predict


def test_predict_classifies_drawings_with_all_fields(digitlab: Digitlab, model: Path, drawings: Path):
    answer = digitlab("predict", "--json", "--model", model, drawings)
    assert answer.code == 0
    assert answer.err == ""
    assert [record["index"] for record in answer.records] == [0, 1, 2, 3]
    assert [record["label"] for record in answer.records] == [3, 7, 8, None]
    for record in answer.records:
        assert set(record) == {
            "source", "index", "digit", "digits", "probabilities", "is_digit", "verdict", "label",
        }  # fmt: skip
        assert record["source"] == str(drawings)
        assert len(record["probabilities"]) == 10
        assert sum(record["probabilities"]) == pytest.approx(1)
        assert record["is_digit"] == pytest.approx(max(record["probabilities"]))
        assert record["digit"] == int(np.argmax(record["probabilities"]))
        assert record["digits"] == [record["digit"]]
        assert record["verdict"]


def test_predict_reads_built_in_digits_with_the_shipped_model(digitlab: Digitlab, drawings: Path):
    records = digitlab("predict", "--json", drawings).records
    assert [record["digit"] for record in records] == [3, 7, 8, 3]


def test_predict_classifies_an_image(digitlab: Digitlab, tmp_path: Path):
    (record,) = digitlab("predict", "--json", _image(tmp_path / "digit.png")).records
    assert record["digit"] == 7
    assert (record["index"], record["label"]) == (0, None)


@pytest.mark.parametrize(
    ("name", "digit"),
    [("vignette_64_150.png", 7), ("vignette_96_160.png", 7), ("thin_9_150.png", 9), ("seven_over_a_line.png", 7)],
)
def test_predict_classifies_hard_pictures(digitlab: Digitlab, shared_data: Path, name: str, digit: int):
    (record,) = digitlab("predict", "--json", shared_data / "hard" / name).records
    assert (record["digit"], record["verdict"]) == (digit, "sure")


def test_predict_gives_a_blank_image_no_digit(digitlab: Digitlab, tmp_path: Path):
    Image.new("L", (60, 60), 255).save(tmp_path / "blank.png")
    (record,) = digitlab("predict", "--json", tmp_path / "blank.png").records
    assert (record["digit"], record["is_digit"]) == (None, 0.0)
    assert "nothing drawn" in digitlab("predict", tmp_path / "blank.png").out


def test_predict_as_text(digitlab: Digitlab, drawings: Path):
    lines = digitlab("predict", drawings).out.splitlines()
    assert len(lines) == 4
    assert lines[1].startswith(f"{drawings}[1]: 7  ")
    assert lines[1].endswith("(label: 7)")


def _reader(path: Path) -> Path:
    write_model(path, template_reader(has_no_digit_output=True))
    return path


def test_predict_with_a_network_with_a_no_digit_output(digitlab: Digitlab, tmp_path: Path):
    four, seven = (builtin_drawing(digit, builtin_styles(digit)[0]) for digit in (4, 7))
    zigzag = Drawing((Stroke.of([[0, 0], [9, 1], [0, 3], [9, 5], [0, 9]]),))
    path = tmp_path / "drawings.jsonl"
    write_drawings(path, [four, side_by_side([four, seven]), zigzag, Drawing((Stroke.of([[1, 1]]),))])
    answer = digitlab("predict", "--json", "--model", _reader(tmp_path / "reader.digitlab"), path)
    assert [record["digit"] for record in answer.records] == [4, None, None, None]
    assert [record["digits"] for record in answer.records] == [[4], [4, 7], [], []]
    words = ["sure", "several digits: 4 and 7", "not a digit I know", "not a digit I know"]  # as scripts know them
    assert [record["verdict"] for record in answer.records] == words
    for record in answer.records:
        assert len(record["probabilities"]) == 10
        assert sum(record["probabilities"]) == pytest.approx(1)
    assert answer.records[0]["is_digit"] > 0.9
    assert all(record["is_digit"] < 0.1 for record in answer.records[1:])


def test_several_digits_and_no_digit_as_text(digitlab: Digitlab, tmp_path: Path):
    digits = [render(builtin_drawing(digit, builtin_styles(digit)[0])) for digit in (4, 7)]
    two, blot = tmp_path / "two.png", tmp_path / "blot.png"
    Image.fromarray(np.hstack(digits)).resize((280, 140)).save(two)
    Image.fromarray(np.pad(np.full((60, 80), 255, np.uint8), 30)).save(blot)
    lines = digitlab("predict", "--model", _reader(tmp_path / "reader.digitlab"), two, blot).out.splitlines()
    assert lines == [f"{two}: 4 7  several digits: 4 and 7", f"{blot}: -  not a digit"]


def test_predict_reads_a_row_and_says_when_there_are_more_digits_than_it_reads(digitlab: Digitlab, tmp_path: Path):
    row = [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in (4, 0, 7, 1, 8, 2, 3, 6)]
    path = tmp_path / "rows.jsonl"
    write_drawings(path, [side_by_side(row), side_by_side(2 * row)])
    reader = _reader(tmp_path / "reader.digitlab")
    answer = digitlab("predict", "--json", "--model", reader, path)
    assert answer.code == 0
    assert [record["digits"] for record in answer.records] == [[4, 0, 7, 1, 8, 2, 3, 6], []]
    assert [record["digit"] for record in answer.records] == [None, None]
    assert answer.records[1]["verdict"] == "several digits, more than I read"
    lines = digitlab("predict", "--model", reader, path).out.splitlines()
    assert lines[0] == f"{path}[0]: 4 0 7 1 8 2 3 6  several digits: 4, 0, 7, 1, 8, 2, 3 and 6"
    assert lines[1] == f"{path}[1]: -  several digits, more than I read"


def test_predict_reports_a_bad_file_and_classifies_the_others(digitlab: Digitlab, drawings: Path, tmp_path: Path):
    bad = tmp_path / "text.png"
    bad.write_text("not a picture")
    missing, empty = tmp_path / "missing.jsonl", tmp_path / "empty.jsonl"
    empty.write_text("")
    image = _image(tmp_path / "digit.png")
    answer = digitlab("predict", "--json", bad, drawings, missing, empty, image)
    assert answer.code == 2
    assert len(answer.records) == 5
    errors = answer.err.splitlines()
    assert len(errors) == 3
    assert [name in error for name, error in zip(("text.png", "missing.jsonl", "empty.jsonl"), errors, strict=True)]


def test_predict_rejects_a_network_that_does_not_classify(digitlab: Digitlab, drawings: Path, tmp_path: Path):
    write_model(tmp_path / "maps.digitlab", random_snapshot(PRESETS["one-conv"]))
    assert_one_sentence(digitlab("predict", "--model", tmp_path / "maps.digitlab", drawings), "feature maps")


def test_predict_rejects_weights_that_are_too_large(digitlab: Digitlab, drawings: Path, tmp_path: Path):
    write_model(tmp_path / "huge.digitlab", random_snapshot(TUTORIAL, scale=1e30))
    assert_one_sentence(digitlab("predict", "--model", tmp_path / "huge.digitlab", drawings), "weights are too large")


def test_a_damaged_model_is_reported(digitlab: Digitlab, model: Path, drawings: Path):
    model.write_bytes(model.read_bytes()[:500])
    assert_one_sentence(digitlab("predict", "--model", model, drawings), "random.digitlab is damaged")


def test_predict_needs_no_tensorflow(drawings: Path):
    program = (
        "import sys; from digitlab.cli import main; code = main(sys.argv[1:]); "
        "loaded = {'tensorflow', 'keras', 'PySide6'} & set(sys.modules); assert not loaded, loaded; sys.exit(code)"
    )
    command = [sys.executable, "-c", program, "predict", "--json", str(drawings)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 4


# Train and evaluate


def test_train_reports_every_epoch_and_saves_the_run(digitlab: Digitlab, dataset: Path, tmp_path: Path):
    out = tmp_path / "new folder" / "mine.digitlab"
    answer = digitlab("train", "--data", dataset, "--epochs", 2, "--seed", 5, "--json", "--out", out)
    assert answer.code == 0
    assert [record["epoch"] for record in answer.records] == [1, 2]
    names = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds"]
    assert all(list(record) == names for record in answer.records)
    assert answer.err == f"Saved to {out}.\n"
    run = read_run(out)
    assert run is not None
    assert run.started.config.seed == 5
    assert run.epochs[-1].val_loss == answer.records[-1]["val_loss"]
    assert run.started.validates_on_test
    assert read_stored_run(list_runs()[0].path).run.epochs == run.epochs

    (evaluation,) = digitlab("evaluate", out, "--data", dataset, "--json").records
    assert evaluation["accuracy"] == pytest.approx(answer.records[-1]["val_accuracy"])
    assert evaluation["loss"] == pytest.approx(answer.records[-1]["val_loss"], rel=1e-4)
    confusion = np.array(evaluation["confusion"])
    assert confusion.shape == (10, 10)
    assert confusion.sum(axis=1).tolist() == np.bincount(small_dataset().test.labels, minlength=10).tolist()
    assert confusion.trace() / confusion.sum() == pytest.approx(evaluation["accuracy"])
    assert 0 <= evaluation["calibration_error"] <= 1
    assert "no_digits" not in evaluation


def test_train_as_text_prints_one_line_per_epoch(digitlab: Digitlab, dataset: Path):
    answer = digitlab("train", "--data", dataset, "--epochs", 1, "--optimizer", "adam")
    assert answer.code == 0
    (line,) = answer.out.splitlines()
    assert line.startswith("epoch 1/1  loss ")
    assert answer.err == ""


def test_train_with_a_recipe_and_one_changed_hyperparameter(
    digitlab: Digitlab, dataset: Path, drawings: Path, tmp_path: Path
):
    out = tmp_path / "pen.digitlab"
    chosen = ("--recipe", "fast", "--epochs", 1, "--augmentation", "drawings", "--drawings", drawings)
    answer = digitlab("train", "--data", dataset, "--out", out, *chosen)
    assert answer.code == 0
    assert "Drawings without a label are ignored" in answer.err
    run = read_run(out)
    assert run is not None
    fast = RECIPES["fast"]
    assert run.started.config == replace(fast.config, epochs=1, augmentation=Augmentation.DRAWINGS)
    assert run.started.spec == fast.spec
    drawn = SHARES[Kind.DRAWN_DIGIT] / SHARES[Kind.IMAGE]
    assert run.started.training_count == 330 + round(330 * drawn)


def test_unlabelled_drawings_only_are_rejected_for_a_network_with_ten_outputs(
    digitlab: Digitlab, dataset: Path, tmp_path: Path
):
    letters = tmp_path / "letters.jsonl"
    write_drawings(letters, [Drawing(builtin_drawing(3, builtin_styles(3)[0]).strokes)])
    answer = digitlab("train", "--data", dataset, "--augmentation", "drawings", "--drawings", letters)
    assert_one_sentence(answer, "None of the drawings has a label", "--preset pen")


def test_evaluate_as_text_has_a_confusion_matrix(digitlab: Digitlab, dataset: Path):
    lines = digitlab("evaluate", "tutorial", "--data", dataset).out.splitlines()
    assert lines[0].startswith("accuracy ")
    assert lines[2].split() == ["digit", "precision", "recall", "F1", "images"]
    assert lines[13].startswith(" mean ")
    assert lines[15].startswith("confusion")
    assert len(lines) == 27


def test_evaluate_handles_drawings_and_non_digits(digitlab: Digitlab, tmp_path: Path):
    path = tmp_path / "drawn.jsonl"
    labelled = [builtin_drawing(digit, builtin_styles(digit)[0]) for digit in range(10)]
    line = Drawing((Stroke.of([[0, 0], [1, 0.1]]),))
    write_drawings(path, [*labelled, line])
    (record,) = digitlab("evaluate", "tutorial", "--data", path, "--json").records
    assert np.sum(record["confusion"]) == 10
    assert record["accuracy"] >= 0.9
    assert record["no_digits"]["count"] == 1
    assert 0 <= record["no_digits"]["auc"] <= 1
    lines = digitlab("evaluate", "tutorial", "--data", path).out.splitlines()
    assert lines[1].startswith("no digits: 1 ")


@pytest.mark.parametrize("place", ["", "file/mine.digitlab", "/dev/null"])
def test_an_output_that_cannot_be_written_is_reported_before_training(place: str, digitlab: Digitlab, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    assert_one_sentence(digitlab("train", "--data", "no such data", "--out", tmp_path / place))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_missing_data_are_reported(digitlab: Digitlab, tmp_path: Path):
    assert_one_sentence(digitlab("train", "--data", tmp_path / "none.npz"), "none.npz")


def test_unavailable_mnist_names_three_alternatives(
    digitlab: Digitlab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))

    def offline(*_: object, **__: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr("urllib.request.urlopen", offline)
    for command in (("train",), ("evaluate", "tutorial")):
        assert_one_sentence(digitlab(*command), "Try again", "--data FILE", "--data builtin")


def test_training_into_a_closed_pipe_ends(dataset: Path, monkeypatch: pytest.MonkeyPatch):
    class ClosedPipe(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

        def fileno(self) -> int:
            return descriptor

    descriptor = os.open(os.devnull, os.O_WRONLY)
    try:
        monkeypatch.setattr(sys, "stdout", ClosedPipe())
        # Without a stop it would take minutes.
        assert cli.main(["train", "--data", str(dataset), "--epochs", "1000", "--json"]) == 141
    finally:
        os.close(descriptor)


# Pipes, logs and bugs


def test_a_closed_pipe_ends_quietly(drawings: Path):
    with started("predict", "--json", *([drawings] * 200)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 141


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("summary",),
        ("summary", "--json"),
        ("predict", "seven.png"),
        ("evaluate", "tutorial", "--data", "builtin"),
        ("train", "--data", "builtin"),
        ("demo",),
    ],
)
@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_a_closed_output_ends_like_a_closed_pipe(arguments: tuple[str, ...], closed: str):
    command = ["sh", "-c", f'exec "$0" -m digitlab "$@" {closed}', sys.executable, *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_the_output_is_reported():
    with Path("/dev/full").open("w") as full, started("summary", stdout=full) as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert err.startswith("digitlab: The result could not be written: No space left on device.")
    assert err.count("\n") == 1


def test_bugs_are_reported_in_one_sentence_and_logged(digitlab: Digitlab, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> int:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(summary, "run", fail)
    answer = digitlab("summary")
    assert answer.code == 1
    assert answer.out == ""
    assert str(log_path()) in answer.err
    assert answer.err.count("\n") == 1
    assert "Traceback" not in answer.err
    assert log_path().name == "digitlab.log"
    log = log_path().read_text()
    assert "Traceback" in log
    assert "ZeroDivisionError: a bug" in log


def test_a_log_that_cannot_be_written_stops_no_command(
    digitlab: Digitlab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DIGITLAB_STATE", str(tmp_path / "file" / "state"))
    assert digitlab("summary").code == 0
    monkeypatch.setattr(summary, "run", lambda *_, **__: 1 // 0)
    answer = digitlab("summary")
    assert answer.code == 1
    assert "ZeroDivisionError" in answer.err


def test_standard_error_of_libraries_goes_to_the_log(capfd: pytest.CaptureFixture[str]):
    log_path().parent.mkdir(parents=True, exist_ok=True)
    os.write(2, b"before\n")

    def load_and_fail() -> None:
        with stderr_in_log():
            os.write(2, b"noise of a library\n")
            raise ImportError

    with pytest.raises(ImportError):
        load_and_fail()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "before\nafter\n"
    assert "noise of a library" in log_path().read_text()
