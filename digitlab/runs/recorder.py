"""Saving a training while it runs, in a thread of its own, so that a crash costs a few seconds of it at most."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digitlab.model.snapshot import Snapshot
from digitlab.runs.changes import RunChanges, RunProgress
from digitlab.runs.kept import RunEnding
from digitlab.runs.run import Run
from digitlab.system.errors import DigitLabError
from digitlab.system.rescue import RESCUED_RUN, rescue_path
from digitlab.system.work import Worker
from digitlab.training.events import (
    SnapshotTaken,
    TrainingEnded,
    TrainingEvent,
    TrainingStarted,
)

if TYPE_CHECKING:
    from digitlab.runs.writer import RunWriter

_log = logging.getLogger(__name__)

_PERIOD_S: Final = 0.5
"""Time between writes of the curves; snapshots with optimizer state are written at once."""

_RETRY_PERIOD_S: Final = 10.0
"""Time until the next attempt after a failure: somebody has to free disk space first."""


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """The training is now in the list of runs.

    Attributes:
        path: Its file.
        name: Its name in the list.
        started: Its first event, which identifies it: it is the one that its run in the window has.
    """

    path: Path
    name: str
    started: TrainingStarted


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """The training has ended and is completely saved."""

    path: Path


@dataclass(frozen=True, slots=True)
class RecordingResumed:
    """The training that could not be saved is saved again, up to the present."""

    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class RecordingFailed:
    """The training cannot be saved. Reported once while it continues in memory, and once more if it ends unsaved.

    Attributes:
        error: The reason.
        is_over: Whether the training has ended, so that only ``RunRecorder.retry`` makes further attempts.
        run: The run, once it is over.
        newest: Its last network, once it is over.
    """

    error: DigitLabError
    is_over: bool
    run: Run | None = None
    newest: Snapshot | None = None


RecordingEvent = RecordingStarted | RecordingEnded | RecordingFailed | RecordingResumed
Report = Callable[[RecordingEvent], None]


class RunRecorder:
    """Saves trainings in the list of runs, from their events.

    The run is in memory twice, in the window and here, but both share the weights, which are the large part. If the
    disk is slow or full, the next write includes what is missing; the run's own budget bounds the memory. A run that
    ended unsaved stays in memory until ``retry`` or ``rescue`` has written it.

    Attributes:
        is_closing: Whether the program is being closed. A training that is stopped by that is left without an ending,
            like one that a crash interrupted: the next start offers to resume it.
    """

    def __init__(self, worker: Worker, report: Report) -> None:
        """Create a recorder that waits for a training to start.

        Args:
            worker: The thread that writes.
            report: Called in the worker's thread with what the user should know.
        """
        self._worker = worker
        self._report = report
        self._recording: _Recording | None = None
        self._ended: list[_Recording] = []
        self.is_closing = False

    def publish(self, event: TrainingEvent) -> None:
        """Add an event. Called in the training's thread; never waits for the disk."""
        if isinstance(event, TrainingStarted):
            self._recording = _Recording(event, self._report, lambda: self.is_closing)
        recording = self._recording
        if recording is None:
            return
        recording.add(event)
        if recording.is_due():
            self._worker.submit(recording.write, recording.fail)
        if isinstance(event, TrainingEnded):
            self._ended = [*self._unsaved(), recording]
            self._recording = None

    def retry(self) -> None:
        """Write all runs that ended unsaved; for any thread."""
        for recording in self._unsaved():
            if recording.begin_again():
                self._worker.submit(recording.write, recording.fail)

    def rescue(self) -> None:
        """Write the runs that are still unsaved to the system's temporary folder; called in the worker's thread."""
        for recording in self._unsaved():
            try:
                recording.rescue()
            except DigitLabError as error:  # the others may be smaller
                _log.error("A run could not be rescued: %s", error)

    def _unsaved(self) -> "list[_Recording]":
        return [recording for recording in self._ended if not recording.is_saved]


class _Recording:
    """One training: adds events in the training's thread and writes in the worker's."""

    def __init__(self, started: TrainingStarted, report: Report, is_closing: Callable[[], bool]) -> None:
        self.is_saved = False
        self._is_closing = is_closing
        self._created = datetime.now(UTC)
        self._report = report
        self._lock = threading.Lock()
        self._run = Run(started)
        self._newest: SnapshotTaken | None = None
        self._is_urgent = False
        self._is_waiting = False
        self._next_s = 0.0
        self._abandoned: DigitLabError | None = None
        # In the worker's thread alone:
        self._writer: RunWriter | None = None
        self._path: Path | None = None
        self._written = RunProgress()
        self._has_reported_failure = False

    # In the training's thread

    def add(self, event: TrainingEvent) -> None:
        with self._lock:
            if not isinstance(event, TrainingStarted):
                self._run.add(event)
            match event:
                case SnapshotTaken() if event.optimizer_state is not None:
                    self._newest = event
                    self._is_urgent = True
                case TrainingEnded():
                    self._is_urgent = True
                    if self._abandoned is not None:
                        self._report(self._failure(self._abandoned))

    def is_due(self) -> bool:
        """Return whether to submit a write now; if so, it counts as submitted."""
        with self._lock:
            now = time.monotonic()
            has_ended = self._run.ended is not None
            # A training without a single batch is not saved.
            if self._is_waiting or self._abandoned is not None or not self._run.step or self._newest is None:
                return False
            if not has_ended and now < self._next_s and not (self._is_urgent and not self._has_reported_failure):
                return False
            self._is_waiting = True
            return True

    def fail(self, error: Exception) -> None:
        """Abandon the file, since writing is stuck or broken; the run stays in memory. Called in any thread."""
        if not isinstance(error, DigitLabError):
            error = DigitLabError(f"The training cannot be saved while it runs: {type(error).__name__}.")
        with self._lock:
            self._abandoned = error.with_traceback(None)
            failure = self._failure(self._abandoned)
        self._report(failure)

    def begin_again(self) -> bool:
        """Prepare another attempt for a run that has ended; returns whether it has anything to save."""
        with self._lock:
            if not self._run.step or self._newest is None:
                return False
            if self._abandoned is not None:  # its file belongs to a thread that is stuck
                self._abandoned, self._writer, self._written = None, None, RunProgress()
            return True

    def _failure(self, error: DigitLabError) -> RecordingFailed:
        if self._run.ended is None or self._newest is None:
            return RecordingFailed(error, is_over=False)
        return RecordingFailed(error, True, self._run, self._newest.snapshot)

    # In the worker's thread

    def write(self) -> None:
        if self.is_saved:
            return
        if self._writer is not None and not self._writer.is_in_place():
            _log.warning("%s was deleted or moved; the training is saved in a new file.", self._path)
            self._close()
            self._written = RunProgress()
        with self._lock:
            self._is_waiting = self._is_urgent = False
            self._next_s = time.monotonic() + _PERIOD_S
            newest, ended, progress = self._newest, self._run.ended, RunProgress.of(self._run)
            assert newest is not None
            changes = RunChanges.of(self._run, self._written, newest.snapshot, newest.optimizer_state)
        try:
            self._write(changes, progress, ended)
        except DigitLabError as error:
            self._report_failure(error)

    def rescue(self) -> None:
        """Write the run to the system's temporary folder; the next start imports it."""
        from digitlab.runs.run_file import write_run

        if self._newest is None or not self._run.step:
            return
        path = rescue_path(RESCUED_RUN)
        write_run(path, self._newest.snapshot, self._run)
        self.is_saved = True
        _log.error("A run that could not be saved is in %s.", path)

    def _write(self, changes: RunChanges, progress: RunProgress, ended: TrainingEnded | None) -> None:
        writer = self._writer or self._create_file()
        writer.write(changes)
        self._written = progress
        if ended is not None:
            if not (ended.was_stopped and self._is_closing()):
                writer.end(RunEnding.of(ended), "" if ended.error is None else str(ended.error))
            self._close()
            self.is_saved = True
            self._report_end()
        elif self._has_reported_failure and self._path is not None:
            self._has_reported_failure = False
            self._report(RecordingResumed(self._path))

    def _create_file(self) -> "RunWriter":
        # SQLite takes 10 ms to import: not in the GUI thread, and not before the window.
        from digitlab.runs.library import new_path, used_names
        from digitlab.runs.names import default_name
        from digitlab.runs.writer import RunWriter

        path = new_path(self._created)
        name = default_name(self._run.started, used_names())
        self._writer = RunWriter(path, name, self._run.started, self._created)
        self._path = path
        self._report(RecordingStarted(path, name, self._run.started))
        return self._writer

    def _report_end(self) -> None:
        if self._path is not None:
            self._report(RecordingEnded(self._path))

    def _report_failure(self, error: DigitLabError) -> None:
        _log.warning("A training could not be saved: %s", error)
        with self._lock:
            self._next_s = time.monotonic() + _RETRY_PERIOD_S
            failure = self._failure(error.with_traceback(None))
        if failure.is_over or not self._has_reported_failure:
            self._has_reported_failure = True
            self._report(failure)

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
