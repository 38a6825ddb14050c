"""The trainings that are kept by themselves."""

from pathlib import Path

import numpy as np
import pytest

from digitlab.model.files import read_model
from digitlab.training.config import TrainingConfig
from digitlab.training.events import BatchEnded, EpochEnded, SnapshotTaken, TrainingStarted
from digitlab.training.kept import earlier_training_path, keep_training, last_training_path
from digitlab.training.run import Run
from tests.helpers.networks import random_snapshot, small_spec


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DIGITLAB_DATA", str(tmp_path))


def _keep(seed: int, *, epochs: int) -> None:
    snapshot = random_snapshot(small_spec(), seed)
    run = Run(TrainingStarted(small_spec(), TrainingConfig(), "Digits", 200, 100, True))
    run.add(BatchEnded(1, 2.3, 0.1, 0.1))
    for epoch in range(1, epochs + 1):
        run.add(EpochEnded(epoch, 2 * epoch, 2.0, 0.2, 2.0, 0.2, 0.3))
    run.add(SnapshotTaken(snapshot, is_kept=True))
    keep_training(snapshot, run)


def _is_of(path: Path, seed: int) -> bool:
    return np.array_equal(read_model(path).arrays[0], random_snapshot(small_spec(), seed).arrays[0])


def test_the_last_training_is_kept_and_the_one_before():
    _keep(1, epochs=1)
    assert not earlier_training_path().exists()
    _keep(2, epochs=3)
    assert _is_of(last_training_path(), 2)
    assert _is_of(earlier_training_path(), 1)


def test_trainings_begun_by_mistake_do_not_push_a_good_one_out():
    _keep(1, epochs=2)
    _keep(2, epochs=0)
    _keep(3, epochs=0)
    assert _is_of(last_training_path(), 3)
    assert _is_of(earlier_training_path(), 1)


def test_a_last_training_that_cannot_be_read_is_replaced():
    last_training_path().write_bytes(b"no training")
    _keep(1, epochs=1)
    assert _is_of(last_training_path(), 1)
    assert not earlier_training_path().exists()
