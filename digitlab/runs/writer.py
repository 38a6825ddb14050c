"""A run in a SQLite file, written during the training, so that a crash or a power cut costs a few seconds of it.

SQLite writes each change as one transaction, completely or not at all, whenever the process ends
(https://www.sqlite.org/atomiccommit.html). During the training the file has a write-ahead log; a change that includes a
snapshot is on the disk when the call returns (https://www.sqlite.org/pragma.html#pragma_synchronous). A run that has
ended is a single file.
"""

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.model.snapshot import Snapshot
from digitlab.runs.changes import RunChanges
from digitlab.runs.kept import RunEnding
from digitlab.runs.schema import start_to_json
from digitlab.system.database import FileFormat, enable_wal, open_or_create, remove, transaction
from digitlab.system.errors import DigitLabError
from digitlab.system.storage import FileLock, is_same_file
from digitlab.training.events import EpochEnded, TrainingStarted
from digitlab.training.optimizer_state import OptimizerState

_log = logging.getLogger(__name__)

SMALLEST: Final = np.dtype("<f2")
EXACT: Final = np.dtype("<f4")
"""Snapshots are stored as float16 where their weights fit; the newest one and optimizer states as float32."""

_TABLES: Final = """
CREATE TABLE run (
    id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, created TEXT NOT NULL, started TEXT NOT NULL,
    seconds REAL NOT NULL, ending TEXT, error TEXT);
CREATE TABLE batches (first INTEGER PRIMARY KEY, losses BLOB NOT NULL, accuracies BLOB NOT NULL);
CREATE TABLE epochs (
    epoch INTEGER PRIMARY KEY, step INTEGER NOT NULL, loss REAL NOT NULL, accuracy REAL NOT NULL,
    val_loss REAL NOT NULL, val_accuracy REAL NOT NULL, seconds REAL NOT NULL);
CREATE TABLE updates (step INTEGER PRIMARY KEY, ratios TEXT NOT NULL);
CREATE TABLE snapshots (step INTEGER PRIMARY KEY, weights BLOB NOT NULL);
CREATE TABLE states (step INTEGER PRIMARY KEY, iterations INTEGER NOT NULL, slots BLOB NOT NULL);
CREATE TABLE newest (
    id INTEGER PRIMARY KEY CHECK (id = 1), step INTEGER NOT NULL, weights BLOB NOT NULL, iterations INTEGER,
    slots BLOB);
"""
"""``batches.first``: number of batches before those of the row. ``seconds``: training time. ``ending``: a
``RunEnding``, or NULL during the training. Steps are those of ``Snapshot.step``; arrays are little-endian and
concatenated in Keras' order."""

FORMAT: Final = FileFormat(0x444C5255, version=1, tables=_TABLES)
"""Marked with "DLRU"."""


@dataclass(slots=True)
class _Written:
    """The steps of what is in the file."""

    snapshots: frozenset[int] = field(default_factory=frozenset)
    states: frozenset[int] = field(default_factory=frozenset)
    newest: int = -1


class RunWriter:
    """The file of a running training. Use it in one thread."""

    def __init__(self, path: Path, name: str, started: TrainingStarted, created: datetime) -> None:
        """Create the file, and hold its lock until it is closed.

        Args:
            path: The file, which must not exist; its folder must.
            name: Name of the run.
            started: The training's first event.
            created: When it started, with a time zone.

        Raises:
            DigitLabError: If it cannot be created.
        """
        self._path = path
        self._written = _Written()
        self._lock = lock_of(path)
        try:
            self._lock.acquire()
            self._database = open_or_create(path)
            self._status = path.stat()
        except (OSError, sqlite3.Error) as error:
            self._lock.release()
            raise cannot_write(path, error) from error
        try:
            enable_wal(self._database)
            self._database.executescript(f"BEGIN; {FORMAT.script} COMMIT;")
            with self._changing(is_durable=True):
                self._database.execute(
                    "INSERT INTO run (id, name, created, started, seconds) VALUES (1, ?, ?, ?, 0)",
                    (name, created.astimezone(UTC).isoformat(), json.dumps(start_to_json(started))),
                )
        except BaseException as error:
            self.discard()
            if isinstance(error, sqlite3.Error):
                raise cannot_write(path, error) from error
            raise

    def is_in_place(self) -> bool:
        """Return whether the file is still at its path; SQLite would go on writing a deleted one without an error."""
        return is_same_file(self._path, self._status)

    def write(self, changes: RunChanges) -> None:
        """Write the changes of the run in one transaction.

        Raises:
            DigitLabError: If they cannot be written; the file is then unchanged.
        """
        snapshots = {snapshot.step: snapshot for snapshot in changes.snapshots}
        written = _Written(frozenset(snapshots), frozenset(changes.states), changes.newest.step)
        with self._changing(is_durable=written != self._written) as database:
            database.execute("UPDATE run SET seconds = ?", (changes.seconds,))
            if len(changes.losses):
                row = (changes.first, packed(changes.losses), packed(changes.accuracies))
                database.execute("INSERT OR REPLACE INTO batches VALUES (?, ?, ?)", row)
            database.executemany("INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?, ?, ?, ?)", _epochs(changes.epochs))
            updates = [(update.step, json.dumps(update.ratios)) for update in changes.updates]
            database.executemany("INSERT OR REPLACE INTO updates VALUES (?, ?)", updates)
            before = self._written
            _drop(database, "snapshots", before.snapshots - written.snapshots)
            _drop(database, "states", before.states - written.states)
            for step in sorted(written.snapshots - before.snapshots):
                database.execute("INSERT INTO snapshots VALUES (?, ?)", (step, _weights(snapshots[step])))
            for step in sorted(written.states - before.states):
                state = changes.states[step]
                row_of_state = (step, state.iterations, joined(state.slots, EXACT))
                database.execute("INSERT INTO states VALUES (?, ?, ?)", row_of_state)
            if written.newest != before.newest:
                _write_newest(database, changes.newest, changes.newest_state)
        self._written = written

    def end(self, ending: RunEnding, error: str = "") -> None:
        """Write how the run ended, and merge the write-ahead log into the file.

        Args:
            ending: How it ended.
            error: The reason if it failed.

        Raises:
            DigitLabError: If it cannot be written.
        """
        with self._changing(is_durable=True) as database:
            end_run(database, ending, error)
        try:
            self._database.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as failure:
            # Another window is reading it: the log stays, and the run is complete all the same.
            _log.info("%s keeps its log: %s", self._path.name, failure)

    def close(self) -> None:
        """Close the file and release its lock."""
        self._database.close()
        self._lock.release()

    def discard(self) -> None:
        """Close the file and delete it."""
        self._database.close()
        try:
            remove(self._path)
        except OSError as error:
            _log.warning("An incomplete run could not be removed: %s", error)
        self._lock.release()

    @contextmanager
    def _changing(self, *, is_durable: bool) -> Iterator[sqlite3.Connection]:
        """Run the block in one transaction; a durable one is on the disk when it is done."""
        try:
            self._database.execute(f"PRAGMA synchronous = {'FULL' if is_durable else 'NORMAL'}")
            with transaction(self._database) as database:
                yield database
        except sqlite3.Error as error:
            raise cannot_write(self._path, error) from error


def lock_of(path: Path) -> FileLock:
    """Return the lock that is held during the training: whoever can acquire it knows that no process writes the run."""
    return FileLock(path.with_suffix(".lock"))


def end_run(database: sqlite3.Connection, ending: RunEnding, error: str = "") -> None:
    """Write how a run ended."""
    database.execute("UPDATE run SET ending = ?, error = ?", (str(ending), error or None))


def packed(values: NDArray[np.floating]) -> bytes:
    """Return the bytes of numbers as float32."""
    # The mean over a batch can slightly exceed the largest float32.
    content: bytes = np.minimum(values, np.finfo(np.float32).max).astype(EXACT).tobytes()
    return content


def joined(arrays: Iterable[NDArray[np.float32]], dtype: np.dtype[Any]) -> bytes:
    """Return the concatenated bytes of arrays."""
    return b"".join(array.astype(dtype, order="C").tobytes() for array in arrays)


def cannot_write(path: Path, error: Exception) -> DigitLabError:
    """Return the error to raise for a run that cannot be written."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
    return DigitLabError(
        f"The training cannot be saved while it runs: {reason}.",
        expected="It continues, but a crash would lose it.",
        remedy=f"Free some disk space and check the folder {path.parent}, or save the network elsewhere at the end.",
    )


def _weights(snapshot: Snapshot) -> bytes:
    largest = max((float(np.abs(array).max(initial=0)) for array in snapshot.arrays), default=0.0)
    return joined(snapshot.arrays, SMALLEST if largest <= float(np.finfo(SMALLEST).max) else EXACT)


def _write_newest(database: sqlite3.Connection, snapshot: Snapshot, state: OptimizerState | None) -> None:
    iterations = None if state is None else state.iterations
    slots = None if state is None else joined(state.slots, EXACT)
    row = (snapshot.step, joined(snapshot.arrays, EXACT), iterations, slots)
    database.execute("INSERT OR REPLACE INTO newest VALUES (1, ?, ?, ?, ?)", row)


def _epochs(epochs: Sequence[EpochEnded]) -> list[tuple[float, ...]]:
    return [
        (one.epoch, one.step, one.loss, one.accuracy, one.val_loss, one.val_accuracy, one.seconds) for one in epochs
    ]


def _drop(database: sqlite3.Connection, table: str, steps: Iterable[int]) -> None:
    database.executemany(f"DELETE FROM {table} WHERE step = ?", [(step,) for step in steps])
