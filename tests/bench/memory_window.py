"""The window whose memory is measured.

Run as ``python -m tests.bench.memory_window training FILE EPOCHS`` or ``... trainings``; prints JSON with megabytes.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from digitlab.data.builtin import builtin_dataset
from digitlab.gui.main_window import MainWindow
from digitlab.training.config import TrainingConfig
from tests.bench.app_window import (
    open_window,
    rest,
    start_training,
    stop_training,
    wait,
    wait_for_end,
    wait_for_tensorflow,
)
from tests.bench.machine import peak_mb, resident_mb, unused_mb

STOPPED_EVERY: Final = 3
BATCH_SIZES: Final = (100, 32, 512)
BEFORE: Final = STOPPED_EVERY * len(BATCH_SIZES)
"""Trainings before the first sample: one of each kind, because TensorFlow keeps working memory for the largest
batch."""

TRAININGS: Final = 50
_SMALL: Final = 1_000
_SETTLE_MS: Final = 2_500
_PAUSE_MS: Final = 200


def write_few(folder: Path) -> str:
    """Write a small dataset, which trains within a second; return its path."""
    dataset = builtin_dataset()
    path = folder / "few.npz"
    train, test = dataset.train, dataset.test
    np.savez(
        path,
        x_train=train.images[:_SMALL],
        y_train=train.labels[:_SMALL],
        x_test=test.images[:_SMALL],
        y_test=test.labels[:_SMALL],
    )
    return str(path)


def kept_text(window: MainWindow) -> str:
    """Return a sentence on the memory kept on purpose and the unused memory; call it after measuring."""
    run, unused = window.session.run, unused_mb()
    kept = 0.0 if run is None else run.history.nbytes / 2**20
    words = f"{kept:.0f} MB are the snapshots of the run on screen"
    return words if unused is None else f"{words}, {unused:.0f} MB were unused but kept by the C library"


def _training(window: MainWindow, path: str, epochs: int) -> dict[str, Any]:
    idle = resident_mb()
    window.actions_by_name["showTrain"].trigger()
    start_training(window, TrainingConfig(epochs=epochs), path)
    wait_for_end(window)
    rest(_SETTLE_MS)
    result = {"idle": idle, "peak": peak_mb(), "end": resident_mb()}
    return {**result, "why": f"The window took {idle:.0f} MB before it trained; {kept_text(window)}."}


def _trainings(window: MainWindow) -> dict[str, Any]:
    window.actions_by_name["showTrain"].trigger()
    first, curve = resident_mb(), []
    with tempfile.TemporaryDirectory() as folder:
        few = write_few(Path(folder))
        for number in range(BEFORE + TRAININGS):
            is_stopped = number % STOPPED_EVERY == STOPPED_EVERY - 1
            config = TrainingConfig(epochs=50 if is_stopped else 2, batch_size=BATCH_SIZES[number // 3 % 3])
            start_training(window, config, "builtin" if is_stopped else few)
            if is_stopped:
                stop_training(window)
            wait_for_end(window)
            rest(_PAUSE_MS)
            if number >= BEFORE - 1:
                curve.append(round(resident_mb(), 1))
    before = f"the {BEFORE} trainings before the first sample, one of each kind, had taken {curve[0] - first:.0f} MB"
    return {"curve": curve, "count": TRAININGS, "why": f"{before}; {kept_text(window)}."}


def main() -> None:
    """Train, and print the result."""
    window = open_window()
    wait_for_tensorflow(window)
    rest(_SETTLE_MS)
    what, *arguments = sys.argv[1:]
    result = _trainings(window) if what == "trainings" else _training(window, arguments[0], int(arguments[1]))
    print(json.dumps(result), flush=True)
    window.close()
    wait(lambda: True)


if __name__ == "__main__":
    main()
