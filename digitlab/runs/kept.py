"""Runs that are kept, as values: what a list says of one, and what is in its file."""

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
    """There is no such file any more: somebody moved or deleted it."""

    def __init__(self, path: Path) -> None:
        """Say which."""
        super().__init__(f"There is no {path.name} any more.", remedy="Look whether it was moved or deleted.")


class RunEnding(StrEnum):
    """How a run ended."""

    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    CUT_OFF = "cut off"
    """The program ended before the training did."""

    @classmethod
    def of(cls, ended: TrainingEnded) -> "RunEnding":
        """Return what the end of a training means."""
        if ended.error is not None:
            return cls.FAILED
        return cls.STOPPED if ended.was_stopped else cls.FINISHED


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a list says of a run.

    Attributes:
        path: Its file.
        name: What people call it.
        created: When it began.
        started: What it is.
        ending: How it ended, or None while it grows, or nobody has looked after it since it was cut off.
        step: Number of batches trained, those before its origin not counted.
        epoch_count: Number of epochs that ended.
        best_accuracy: Greatest validation accuracy, 0..1, or None before the first epoch ended.
        seconds: Time spent training.
        size_bytes: Room it takes on the disk.
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
    """A run out of its file.

    Attributes:
        summary: What a list says of it.
        run: The run, with the curves and perhaps its snapshots.
        snapshot: The network it ended with, exactly.
    """

    summary: RunSummary
    run: Run
    snapshot: Snapshot
