"""Runs in files: they are read back as saved, and malicious files are rejected with a message."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from digitlab.model.files import archive
from digitlab.model.files.network_file import read_model, write_model
from digitlab.model.snapshot import Snapshot
from digitlab.runs import run_file as run_files
from digitlab.runs import schema as run_json
from digitlab.runs.run import Run
from digitlab.runs.run_file import has_run, read_run, write_run
from digitlab.system.errors import DigitLabError
from digitlab.training.config import Augmentation, Optimizer, Schedule, TrainingConfig
from digitlab.training.events import BatchEnded, EpochEnded, SnapshotTaken, TrainingEnded, TrainingStarted
from tests.helpers.networks import random_snapshot, small_spec

CONFIG = TrainingConfig(3, 50, Optimizer.ADAM, 0.002, 9, 0.25, Schedule.WARMUP_COSINE, Augmentation.IMAGES)


def _snapshot(step: int, scale: float = 1.0) -> Snapshot:
    return Snapshot.of(small_spec(), random_snapshot(small_spec(), step, scale).arrays, step, step / 7)


def _run(snapshots: tuple[Snapshot, ...] = (_snapshot(0), _snapshot(3), _snapshot(8))) -> Run:
    run = Run(TrainingStarted(small_spec(), CONFIG, "My digits", 330, 110, False))
    for step in range(1, 9):
        run.add(BatchEnded(step, 2.5 / step, step / 10, step * 0.1))
    run.add(EpochEnded(1, 7, 1.5, 0.4, 1.2, 0.5, 0.9))
    for snapshot in snapshots:
        run.add(SnapshotTaken(snapshot, is_kept=True))
    run.add(TrainingEnded(was_stopped=True))
    return run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a small run."""
    path = tmp_path / "run.digitlab"
    write_run(path, _snapshot(8), _run())
    return path


def test_a_saved_run_is_read_back(path: Path):
    saved, opened = _run(), read_run(path)
    assert opened is not None
    assert opened.started == saved.started
    assert opened.epochs == saved.epochs
    assert opened.ended == TrainingEnded(was_stopped=True) or (opened.ended and opened.ended.was_stopped)
    np.testing.assert_allclose(opened.losses.values, saved.losses.values, rtol=1e-6)
    np.testing.assert_allclose(opened.accuracies.values, saved.accuracies.values, rtol=1e-6)
    assert [snapshot.step for snapshot in opened.snapshots] == [0, 3, 8]
    assert opened.snapshots[1].epoch == 3 / 7
    for ours, theirs in zip(saved.snapshots, opened.snapshots, strict=True):
        for one, other in zip(ours.arrays, theirs.arrays, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-6)


def test_the_network_with_its_run_has_full_precision(path: Path):
    assert all(np.array_equal(*pair) for pair in zip(read_model(path).arrays, _snapshot(8).arrays, strict=True))


def test_a_run_of_the_first_digitlab_opens_with_a_constant_rate_and_unchanged_images(path: Path):
    _describe(path, lambda run: [run["config"].pop(key) for key in ("schedule", "augmentation")])
    opened = read_run(path)
    assert opened is not None
    assert opened.started.config == replace(CONFIG, schedule=Schedule.CONSTANT, augmentation=Augmentation.NONE)


def test_curves_can_be_read_without_loading_the_snapshots(path: Path):
    opened, whole = read_run(path, with_snapshots=False), read_run(path)
    assert opened is not None
    assert whole is not None
    assert (opened.started, opened.epochs, opened.snapshots) == (whole.started, whole.epochs, [])
    assert np.array_equal(opened.losses.values, whole.losses.values)


def test_a_run_in_a_file_is_detected(path: Path, tmp_path: Path):
    write_model(tmp_path / "alone.digitlab", _snapshot(0))
    assert has_run(path)
    assert not has_run(tmp_path / "alone.digitlab")
    with pytest.raises(DigitLabError, match=r"There is no file nothing\.digitlab"):
        has_run(tmp_path / "nothing.digitlab")


def test_a_network_alone_has_no_run(tmp_path: Path):
    write_model(tmp_path / "alone.digitlab", _snapshot(0))
    assert read_run(tmp_path / "alone.digitlab") is None


def test_a_run_without_snapshots_is_saved_too(tmp_path: Path):
    """A training may be stopped or fail before the first snapshot."""
    write_run(tmp_path / "a.digitlab", _snapshot(0), _run(()))
    opened = read_run(tmp_path / "a.digitlab")
    assert opened is not None
    assert opened.snapshots == []
    with zipfile.ZipFile(tmp_path / "a.digitlab") as file:
        assert "snapshots.npz" not in file.namelist()


def test_missing_snapshots_are_reported(tmp_path: Path):
    path = tmp_path / "a.digitlab"
    write_run(path, _snapshot(0), _run(()))
    _describe(path, lambda run: run.update(snapshot_steps=[0, 3]))
    with pytest.raises(DigitLabError, match="damaged"):
        read_run(path)


def test_weights_too_large_for_half_precision_are_saved_as_float32(tmp_path: Path):
    write_run(tmp_path / "a.digitlab", _snapshot(0), _run((_snapshot(0), _snapshot(1, scale=1e6))))
    opened = read_run(tmp_path / "a.digitlab")
    assert opened is not None
    assert np.array_equal(opened.snapshots[1].arrays[0], _snapshot(1, scale=1e6).arrays[0])


def test_a_loss_too_large_for_a_file_is_clipped(tmp_path: Path):
    run = _run()
    run.losses.append(1e40)
    run.accuracies.append(0.1)
    write_run(tmp_path / "a.digitlab", _snapshot(0), run)
    opened = read_run(tmp_path / "a.digitlab")
    assert opened is not None
    assert opened.losses.values[-1] == np.finfo(np.float32).max


def test_more_snapshots_than_can_be_read_are_thinned_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run_files, "_MAXIMUM_SNAPSHOTS", 8)
    steps = range(0, 201, 5)
    run = Run(TrainingStarted(small_spec(), CONFIG, "My digits", 330, 110, False))
    for step in range(1, steps[-1] + 1):
        run.add(BatchEnded(step, 2.5 / step, 0.5, step * 0.1))
    for step in steps:
        run.add(SnapshotTaken(_snapshot(step), is_kept=True))
    run.history.mark_best(165)
    write_run(tmp_path / "a.digitlab", _snapshot(200), run)
    opened = read_run(tmp_path / "a.digitlab")
    assert opened is not None
    kept = [snapshot.step for snapshot in opened.snapshots]
    assert len(kept) == 8
    assert {0, 165, 200} <= set(kept)
    assert sum(step <= 50 for step in kept) >= 4  # a quarter of the training, half of what is kept


def _rewrite(path: Path, name: str, content: bytes | None) -> None:
    with zipfile.ZipFile(path) as file:
        members = {member: file.read(member) for member in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for member, old in members.items():
            new = content if member == name else old
            if new is not None:
                file.writestr(member, new)


def _describe(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    with zipfile.ZipFile(path) as file:
        description = json.loads(file.read("run.json"))
    change(description)
    _rewrite(path, "run.json", json.dumps(description).encode())


@pytest.mark.parametrize(
    "change",
    [
        *(lambda run, key=key: run.pop(key) for key in ("spec", "config", "batches", "epochs", "snapshot_steps")),
        lambda run: run.update(batches=9),
        lambda run: run.update(batches=-1),
        lambda run: run.update(batches=8.0),
        lambda run: run.update(batches="8"),
        lambda run: run.update(batches=10**12),
        lambda run: run.update(snapshot_steps=[0, 3]),
        lambda run: run.update(snapshot_steps=[0, 8, 3]),
        lambda run: run.update(snapshot_steps=[0, 3, 3]),
        lambda run: run.update(snapshot_steps=[0, 3, 9]),
        lambda run: run.update(snapshot_steps=[-1, 3, 8]),
        lambda run: run.update(snapshot_steps=[0, 3, float("inf")]),
        lambda run: run.update(snapshot_steps=3),
        lambda run: run.update(snapshot_steps=list(range(5000))),
        lambda run: run.update(epochs=[{"epoch": 1}]),
        lambda run: run.update(epochs=[3]),
        lambda run: run.update(epochs=run["epochs"] * 5000),
        lambda run: run["epochs"][0].update(loss=float("nan")),
        lambda run: run["epochs"][0].update(loss="1.5"),
        lambda run: run["epochs"][0].update(step=10**400),
        *(
            lambda run, updates=updates: run.update(updates=[{"step": s, "ratios": r} for s, r in updates])
            for updates in (
                [(3, (0.1, 0.1)), (2, (0.1, 0.1))],
                [(3, (0.1, 0.1)), (3, (0.1, 0.1))],
                [(9, (0.1, 0.1))],
                [(3, (0.1,))],
                [(3, (0.1, 0.1, 0.1))],
                [(3, (0.1, 1e308))],
                [(3, (0.1, float("nan")))],
                [(3, (0.1, -0.1))],
            )
        ),
        lambda run: run.update(updates=3),
        lambda run: run.update(optimizer_states=[[5, 5]]),
        lambda run: run.update(training_count=0),
        lambda run: run.update(training_count=float("inf")),
        lambda run: run.update(training_count=10**400),
        lambda run: run.update(training_count="330"),
        lambda run: run["config"].update(epochs=2.5),
        lambda run: run["config"].update(batch_size=0),
        lambda run: run["config"].update(batch_size="50"),
        lambda run: run["config"].update(optimizer="magic"),
        *(
            lambda run, value=value: run["config"].update(dropout=value)
            for value in ("0.3", None, 1, -0.1, float("nan"))
        ),
        *(
            lambda run, value=value: run["config"].update(schedule=value)
            for value in ("magic", None, 1, ["constant"], {})
        ),
        *(lambda run, value=value: run["config"].update(augmentation=value) for value in ("", None, 0, ["none"], {})),
        lambda run: run["config"].update(learning_rate="fast"),
        lambda run: run["config"].update(learning_rate=float("nan")),
        lambda run: run["config"].update(surprise=1),
        lambda run: run["config"].update(seed=None),
    ],
)
def test_a_description_with_a_wrong_value_is_reported(path: Path, change: Callable[[dict[str, Any]], object]):
    _describe(path, change)
    with pytest.raises(DigitLabError):
        read_run(path)


def test_more_updates_than_any_training_measures_are_rejected(path: Path, monkeypatch: pytest.MonkeyPatch):
    _describe(path, lambda run: run.update(updates=[{"step": step, "ratios": (0.1, 0.1)} for step in (1, 3, 8)]))
    assert len(read_run(path).updates) == 3
    monkeypatch.setattr(run_json, "MAXIMUM_UPDATES", 2)
    with pytest.raises(DigitLabError, match="damaged"):
        read_run(path)


@pytest.mark.parametrize("member", ["run.json", "curves.npz", "snapshots.npz"])
@pytest.mark.parametrize("content", [b"", b"nonsense", b"[]", b"PK\x05\x06" + b"\0" * 18])
def test_a_damaged_member_is_reported(path: Path, member: str, content: bytes):
    _rewrite(path, member, content)
    with pytest.raises(DigitLabError, match="damaged"):
        read_run(path)


@pytest.mark.parametrize("member", ["curves.npz", "snapshots.npz"])
def test_a_missing_member_is_reported(path: Path, member: str):
    _rewrite(path, member, None)
    with pytest.raises(DigitLabError, match="damaged"):
        read_run(path)


def test_a_truncated_file_is_reported(path: Path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(DigitLabError, match="damaged"):
        read_run(path)


def test_a_curve_with_a_value_that_is_not_a_number_is_reported(path: Path):
    buffer = io.BytesIO()
    np.savez(buffer, loss=np.full(8, np.nan, np.float32), accuracy=np.zeros(8, np.float32))
    _rewrite(path, "curves.npz", buffer.getvalue())
    with pytest.raises(DigitLabError, match="not finite"):
        read_run(path)


def test_snapshots_of_another_network_are_reported(path: Path):
    buffer = io.BytesIO()
    shapes = {"conv1.kernel": (3, 5, 5, 1, 3), "conv1.bias": (3, 2), "dense.kernel": (3, 32, 10), "dense.bias": (3, 10)}
    np.savez(buffer, **{name: np.zeros(shape, np.float16) for name, shape in shapes.items()})
    _rewrite(path, "snapshots.npz", buffer.getvalue())
    with pytest.raises(DigitLabError, match=r"conv1\.kernel has the shape"):
        read_run(path)


def test_snapshots_that_would_unpack_to_gigabytes_are_rejected(path: Path):
    """The description asks for a thousand copies, and the arrays are compressed within the archive."""
    _describe(path, lambda run: run.update(snapshot_steps=list(range(1000)), batches=1000))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{"conv1.kernel": np.zeros((1000, 5, 5, 1, 2), np.float16)})
    _rewrite(path, "snapshots.npz", buffer.getvalue())
    with pytest.raises(DigitLabError, match="damaged"):
        read_run(path)


def test_a_full_disk_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch):
    before = path.read_bytes()

    def no_space(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("digitlab.system.storage.os.fsync", no_space)
    with pytest.raises(DigitLabError, match="No space left on device"):
        write_run(path, _snapshot(8), _run(()))
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_the_largest_file_is_read_within_the_limits():
    """The largest network that is built, with as many snapshots as are kept of it."""
    assert run_files._MAXIMUM_SNAPSHOT_BYTES < archive.MAXIMUM_MEMBER_BYTES
