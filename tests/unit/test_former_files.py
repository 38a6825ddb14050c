"""Files that an earlier DigitLab wrote can still be opened; `tests/fixtures/README.md` says what is in them."""

import gzip
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from digitlab.data.builtin import builtin_drawing
from digitlab.data.drawing.raster import render
from digitlab.data.files.drawings_file import read_drawings
from digitlab.data.mine.store import MyDigits, read_kept
from digitlab.model.files.network_file import read_model
from digitlab.model.layer import Activation, Padding, Pooling
from digitlab.model.layers import Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.spec import Loss
from digitlab.runs.kept import RunEnding
from digitlab.runs.library import list_runs, runs_folder
from digitlab.runs.reader import read_stored_run
from digitlab.runs.run_file import has_run, read_run
from digitlab.system.settings import Settings, load_settings, settings_path
from digitlab.training.config import Augmentation, Optimizer, Schedule, TrainingConfig
from digitlab.training.events import OptimizerStart, Origin

FIXTURES: Final = Path(__file__).resolve().parents[1] / "fixtures"

SNAPSHOT_STEPS: Final = [8, 10, 12, 14, 16, 18, 20]
SNAPSHOT_SUMS: Final = [-0.206502, -6.675555, 1.158871, -0.127125, 0.580936, -1.174107, -6.107327]
STATE_STEPS: Final = [8, 12, 16, 20]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    monkeypatch.setenv("DIGITLAB_CONFIG", str(tmp_path / "config"))


def sum_of(snapshot):
    return sum(float(array.sum(dtype=np.float64)) for array in snapshot.arrays)


def unpacked(name, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.decompress((FIXTURES / name).read_bytes()))
    return path


def check_run(run):
    """Check what both kinds of files hold of the same run."""
    started = run.started
    assert started.config == TrainingConfig(
        epochs=3,
        batch_size=10,
        optimizer=Optimizer.MOMENTUM,
        learning_rate=0.02,
        seed=5,
        validation_share=0.25,
        schedule=Schedule.WARMUP_COSINE,
        augmentation=Augmentation.IMAGES,
        dropout=0.2,
    )
    assert started.spec.name == "Small"
    assert started.spec.layers == (Conv2D(2, 5, 3), Pooling2D(4), Flatten(), Dense(10, Activation.SOFTMAX))
    assert (started.dataset_name, started.training_count, started.validation_count) == ("Built-in digits", 40, 12)
    assert not started.validates_on_test
    assert started.origin == Origin("Small 1", 8, 2.0, OptimizerStart.RESTORED)
    steps = np.arange(1, 13)
    assert run.losses.values == pytest.approx(1 / steps)
    assert run.accuracies.values == pytest.approx(steps / 16)
    assert [(epoch.epoch, epoch.step) for epoch in run.epochs] == [(1, 4), (2, 8), (3, 12)]
    assert [epoch.loss for epoch in run.epochs] == pytest.approx([1 / 2, 1 / 4, 1 / 6])
    assert [epoch.accuracy for epoch in run.epochs] == [0.625, 0.75, 0.875]
    assert [epoch.val_loss for epoch in run.epochs] == pytest.approx([1 / 4, 1 / 8, 1 / 12])
    assert [epoch.val_accuracy for epoch in run.epochs] == [0.6875, 0.75, 0.8125]
    assert [epoch.seconds for epoch in run.epochs] == [2.5] * 3
    assert [update.step for update in run.updates] == SNAPSHOT_STEPS[1:]
    assert run.updates[-1].ratios == pytest.approx((0.012, 0.024))
    assert [snapshot.step for snapshot in run.snapshots] == SNAPSHOT_STEPS
    assert [snapshot.epoch for snapshot in run.snapshots] == [2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0]
    assert [sum_of(snapshot) for snapshot in run.snapshots] == pytest.approx(SNAPSHOT_SUMS, abs=1e-5)
    states = {snapshot.step: run.history.optimizer_state(snapshot) for snapshot in run.snapshots}
    assert [step for step, state in states.items() if state is not None] == STATE_STEPS
    for step in STATE_STEPS:
        assert states[step].iterations == step
        assert all((slot == (step - 8) / 8).all() for slot in states[step].slots)
    assert run.ended is not None
    assert not run.ended.was_stopped


def test_a_network_file_without_a_run():
    snapshot = read_model(FIXTURES / "network.digitlab")
    assert snapshot.spec.name == "Every layer"
    assert snapshot.spec.loss is Loss.SIGMOID_CROSS_ENTROPY
    assert snapshot.spec.layers == (
        Conv2D(2, 3, 2, Padding.SAME, Activation.SIGMOID),
        Pooling2D(2, Pooling.AVERAGE),
        Conv2D(2, 3),
        Pooling2D(5),
        Flatten(),
        Dense(4, Activation.RELU),
        Dense(11, Activation.SIGMOID),
    )
    assert (snapshot.step, snapshot.epoch) == (70, 2.5)
    assert sum_of(snapshot) == pytest.approx(-1.3762750625610352)
    assert not has_run(FIXTURES / "network.digitlab")


def test_a_network_file_with_a_run():
    assert sum_of(read_model(FIXTURES / "run.digitlab")) == pytest.approx(SNAPSHOT_SUMS[-1], abs=1e-5)
    run = read_run(FIXTURES / "run.digitlab")
    assert run is not None
    check_run(run)


def test_a_run_in_the_list():
    path = unpacked("run.digitlab-run.gz", runs_folder() / "20260314-150900-000000.digitlab-run")
    (summary,) = list_runs()
    assert (summary.path, summary.name, summary.ending) == (path, "Evening run", RunEnding.FINISHED)
    assert summary.created == datetime(2026, 3, 14, 15, 9, tzinfo=UTC)
    assert (summary.step, summary.epoch_count, summary.best_accuracy, summary.seconds) == (12, 3, 0.8125, 6.0)
    stored = read_stored_run(path)
    assert sum_of(stored.snapshot) == pytest.approx(SNAPSHOT_SUMS[-1], abs=1e-5)
    check_run(stored.run)


def test_a_set_of_own_digits_with_a_draft(tmp_path):
    path = unpacked("my-digits.sqlite3.gz", tmp_path / "my-digits.sqlite3")
    assert [drawing.label for drawing in read_kept(path)] == [1, 4, 9]
    own = MyDigits(path)
    assert own.set_aside is None
    (read,) = own.read()
    assert read.unusable_count == 0
    assert [(digit.id, digit.label) for digit in read.digits] == [(11, 1), (2**61, 4), (7, 9)]
    assert [digit.kept_at for digit in read.digits] == [datetime(2026, 3, day, 12, 30, tzinfo=UTC) for day in (1, 2, 3)]
    (one, *_) = read.digits
    np.testing.assert_array_equal(one.image, render(builtin_drawing(1, "plain")))
    draft = own.recover_draft()
    own.close()
    assert draft is not None
    np.testing.assert_allclose(draft.strokes[0].points, builtin_drawing(2, "plain").strokes[0].points)


def test_a_file_of_drawings():
    one, seven, unlabelled = read_drawings(FIXTURES / "drawings.jsonl")
    assert (one.label, seven.label, unlabelled.label) == (1, 7, None)
    np.testing.assert_allclose(one.strokes[0].points, builtin_drawing(1, "plain").strokes[0].points)
    assert [stroke.points.tolist() for stroke in unlabelled.strokes] == [
        [[0.1, 0.2, 0.25], [0.3, 0.4, 0.75]],
        [[0.5, 0.5, 0.5]],
    ]


def test_a_file_of_settings():
    settings_path().parent.mkdir(parents=True)
    shutil.copy(FIXTURES / "settings.json", settings_path())
    assert load_settings() == Settings(
        colour_scheme="dark",
        data_source="/home/ada/digits.npz",
        last_folder="/home/ada/Bilder äöü",
        window_geometry="AdnQywADAAA=",
        window_state="AAAA/wAAAAD9",
        panel="showLearning",
    )
