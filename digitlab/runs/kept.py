"""Stored runs as values: the summary in the list, and the content of the file."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from digitlab.model.snapshot import Snapshot
from digitlab.runs.run import Run
from digitlab.system.errors import DigitLabError
from digitlab.training.events import TrainingEnded, TrainingStarted

RUN_SUFFIX: Final = ".digitlab-run"


class RunNotFoundError(DigitLabError):
    """The run's file no longer exists: it was moved or deleted."""

    def __init__(self, path: Path) -> None:
        """Name the missing file."""
        super().__init__(f"The run {path.name} no longer exists.", remedy="Its file may have been moved or deleted.")


class RunEnding(StrEnum):
    """How a run ended."""

    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    CUT_OFF = "cut off"
    """The program was closed or crashed during the training."""

    @classmethod
    def of(cls, ended: TrainingEnded) -> "RunEnding":
        """Return the ending for a training's last event."""
        if ended.error is not None:
            return cls.FAILED
        return cls.STOPPED if ended.was_stopped else cls.FINISHED


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run in the list of runs.

    Attributes:
        path: Its file.
        name: Its name.
        created: When it started.
        started: The training's first event: network, hyperparameters and sizes.
        ending: How it ended; None while it is running, and also if it was cut off and no start of the program has
            marked it yet.
        step: Number of batches trained, without those before its origin.
        epoch_count: Number of epochs that ended.
        best_accuracy: Highest validation accuracy, 0..1, or None before the end of the first epoch.
        seconds: Training time.
        size_bytes: Size of its file.
    """

    path: Path
    name: str
    created: datetime
    started: TrainingStarted
    ending: RunEnding | None
    step: int
    epoch_count: int
    best_accuracy: float | None
    seconds: float
    size_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class StoredRun:
    """The content of a run's file.

    Attributes:
        summary: Its entry in the list.
        run: The run with its curves, and its snapshots if they were read.
        snapshot: The latest network, with full precision.
    """

    summary: RunSummary
    run: Run
    snapshot: Snapshot
