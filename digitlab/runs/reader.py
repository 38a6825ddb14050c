"""Reading the files of saved runs. They are not trusted: every size is checked before anything is loaded."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.model.snapshot import Snapshot
from digitlab.runs.history import MAXIMUM_STATES
from digitlab.runs.kept import RunEnding, RunNotFoundError, RunSummary, StoredRun
from digitlab.runs.run import Run, Series
from digitlab.runs.schema import (
    MAXIMUM_NAME_LENGTH,
    MAXIMUM_STEPS,
    MAXIMUM_UPDATES,
    epoch_from_json,
    start_from_json,
    updates_from_json,
    whole,
)
from digitlab.runs.writer import EXACT, FORMAT, SMALLEST
from digitlab.system.database import check_pages, is_damaged, limited_work, open_existing
from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import Kind
from digitlab.system.limits import parse_json
from digitlab.system.reading import FileMissingError, Format, check_file, opened, shown_name
from digitlab.training.config import MAXIMUM_EPOCHS, MEMORY_BUDGET
from digitlab.training.events import EpochEnded, TrainingEnded, TrainingStarted
from digitlab.training.optimizer_state import OptimizerState, slot_shapes

_MAXIMUM_TEXT_BYTES: Final = 1_000_000
"""Maximum size of a text; the largest network of fifty layers takes about ten thousand bytes."""

_MAXIMUM_RATIOS_BYTES: Final = 2_000
"""Maximum size of the ratios of one update: at most 26 bytes for each of fifty layers."""

_EPOCH_NAMES: Final = tuple(one.name for one in fields(EpochEnded))


class DamagedRunError(DigitLabError):
    """The file is not a complete run. Other errors while reading may be temporary."""


_RUNS: Final = Format(
    "a run",
    frozenset({Kind.RUN}),
    2 * MEMORY_BUDGET + 256 * 2**20,  # the kept snapshots, the newest network and the curves, with room to spare
    "is damaged or is not a DigitLab run",
    "Expected a complete .digitlab-run file.",
    "Use a backup copy if there is one, or open another run.",
    error=DamagedRunError,
)


def read_summary(path: Path) -> RunSummary:
    """Read the summary of a run.

    Raises:
        DamagedRunError: If the file is damaged or not a run.
        DigitLabError: If it cannot be read, or a newer DigitLab wrote it.
    """
    with _reading(path) as database:
        return _summary(database, path)


def read_stored_run(path: Path, *, with_snapshots: bool = True) -> StoredRun:
    """Read a run; a running one up to its last write.

    Args:
        path: The file.
        with_snapshots: Whether to read its snapshots too; without them a run takes little time and memory.

    Raises:
        DamagedRunError: If the file is damaged or not a run.
        DigitLabError: If it cannot be read, or a newer DigitLab wrote it.
    """
    with _reading(path) as database:
        check_pages(database)
        summary = _summary(database, path)
        run = Run(summary.started)
        _read_curves(database, run)
        newest, state = _newest(database, summary)
        if with_snapshots:
            _read_history(database, run, newest, state)
        run.ended = TrainingEnded(summary.ending is not RunEnding.FINISHED, _error(database))
        return StoredRun(summary, run, newest)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file for reading one consistent state, even while another window writes to it."""
    try:
        with opened(path, _RUNS), _saying_what_sqlite_says(path), closing(_connected(path)) as database:
            database.execute("BEGIN")
            FORMAT.check(database, shown_name(path), "Install the newest DigitLab.")
            with limited_work(database):
                yield database
    except FileMissingError as error:  # another window may have moved it
        raise RunNotFoundError(path) from error


def _connected(path: Path) -> sqlite3.Connection:
    database = open_existing(path, can_write=False)
    database.text_factory = bytes  # a TEXT column of SQLite may hold invalid UTF-8
    return database


@contextmanager
def _saying_what_sqlite_says(path: Path) -> Iterator[None]:
    """Raise an error that may be temporary, such as a lock or a missing permission, as that and not as damage."""
    try:
        yield
    except sqlite3.Error as error:
        if is_damaged(error):
            raise
        check_file(path)
        raise DigitLabError(
            f"{shown_name(path)} could not be read: {error}.",
            remedy="Check that you are allowed to read it, and try again.",
        ) from error


def _summary(database: sqlite3.Connection, path: Path) -> RunSummary:
    columns = ", ".join(f"substr({name}, 1, ?)" for name in ("name", "created", "started", "ending"))
    row = database.execute(f"SELECT {columns}, seconds FROM run", (_MAXIMUM_TEXT_BYTES,) * 4).fetchone()
    if row is None:
        raise ValueError("run")
    name, created, ending = (None if text is None else text.decode() for text in (row[0], row[1], row[3]))
    started = start_from_json(parse_json(row[2]), path)
    # The rows of batches are contiguous, so the last one gives their number.
    last = database.execute("SELECT first, length(losses) FROM batches ORDER BY first DESC LIMIT 1").fetchone()
    step = 0 if last is None else whole(last[0], MAXIMUM_STEPS) + last[1] // EXACT.itemsize
    epochs, best = database.execute("SELECT count(*), max(val_accuracy) FROM epochs").fetchone()
    return RunSummary(
        path,
        (name or "")[:MAXIMUM_NAME_LENGTH],
        _time(created or ""),
        started,
        None if ending is None else RunEnding(ending),
        whole(step, MAXIMUM_STEPS),
        whole(epochs, MAXIMUM_EPOCHS),
        None if best is None else _share(best),
        _positive(row[4]),
        path.stat().st_size,
    )


def _read_curves(database: sqlite3.Connection, run: Run) -> None:
    losses, accuracies, step = [], [], 0
    for first, *blobs in database.execute("SELECT first, losses, accuracies FROM batches ORDER BY first"):
        loss, accuracy = (_numbers(blob) for blob in blobs)
        if first != step or len(loss) != len(accuracy) or step + len(loss) > MAXIMUM_STEPS:
            raise ValueError("batches")
        step += len(loss)
        losses.append(loss)
        accuracies.append(accuracy)
    run.losses, run.accuracies = (Series(np.concatenate([*parts, np.empty(0)])) for parts in (losses, accuracies))
    columns = ", ".join(_EPOCH_NAMES)
    rows = database.execute(f"SELECT {columns} FROM epochs ORDER BY epoch LIMIT ?", (MAXIMUM_EPOCHS,))
    run.epochs = [epoch_from_json(dict(zip(_EPOCH_NAMES, row, strict=True))) for row in rows]
    run.updates = updates_from_json(_updates(database), run.started, step)
    run.mark_best()


def _updates(database: sqlite3.Connection) -> list[dict[str, Any]]:
    rows = database.execute(
        "SELECT step, substr(ratios, 1, ?) FROM updates ORDER BY step LIMIT ?",
        (_MAXIMUM_RATIOS_BYTES, MAXIMUM_UPDATES + 1),
    )
    return [{"step": step, "ratios": parse_json(ratios)} for step, ratios in rows]


def _read_history(
    database: sqlite3.Connection, run: Run, newest: Snapshot, newest_state: OptimizerState | None
) -> None:
    """Read the kept snapshots one by one, with the newest in order; the history keeps them within its budget."""
    started = run.started
    size, optimizer = started.spec.total_parameters, started.config.optimizer
    shapes = slot_shapes(optimizer, started.spec)
    slots = sum(int(np.prod(shape)) for shape in shapes)
    states: dict[int, OptimizerState] = {}
    rows = database.execute(
        "SELECT step, iterations, slots FROM states JOIN snapshots USING (step) WHERE length(slots) = ? "
        "ORDER BY step LIMIT ?",
        (slots * EXACT.itemsize, MAXIMUM_STATES),
    )
    for step, iterations, blob in rows:
        parts = _split(_numbers(blob), shapes)
        states[step] = OptimizerState.of(optimizer, started.spec, whole(iterations, MAXIMUM_STEPS), parts)
    kept = database.execute(
        "SELECT step, weights FROM snapshots WHERE length(weights) IN (?, ?) ORDER BY step",
        (size * SMALLEST.itemsize, size * EXACT.itemsize),
    )
    is_newest_missing = True
    for step, blob in kept:
        if is_newest_missing and newest.step <= step:
            run.history.add(newest, newest_state)
            is_newest_missing = False
        if step != newest.step:
            run.history.add(_snapshot(started, step, blob, run.step), states.get(step))
    if is_newest_missing:
        run.history.add(newest, newest_state)


def _newest(database: sqlite3.Connection, summary: RunSummary) -> tuple[Snapshot, OptimizerState | None]:
    """Return the latest network, and the optimizer's state if it was saved and fits."""
    started = summary.started
    optimizer = started.config.optimizer
    shapes = slot_shapes(optimizer, started.spec)
    slots = sum(int(np.prod(shape)) for shape in shapes)
    row = database.execute(
        "SELECT step, weights, iterations, CASE length(slots) WHEN ? THEN slots END FROM newest "
        "WHERE length(weights) = ?",
        (slots * EXACT.itemsize, started.spec.total_parameters * EXACT.itemsize),
    ).fetchone()
    if row is None:
        raise ValueError("newest")
    step, weights, iterations, blob = row
    snapshot = _snapshot(started, step, weights, summary.step)
    if blob is None:
        return snapshot, None
    parts = _split(_numbers(blob), shapes)
    return snapshot, OptimizerState.of(optimizer, started.spec, whole(iterations, MAXIMUM_STEPS), parts)


def _snapshot(started: TrainingStarted, step: Any, blob: Any, batches: int) -> Snapshot:
    whole(step - started.first_step, batches)
    is_exact = len(blob) == started.spec.total_parameters * EXACT.itemsize
    weights = _numbers(blob, EXACT if is_exact else SMALLEST)
    shapes = [shape for layer in started.spec.weight_shapes for shape in layer.values()]
    return Snapshot.of(started.spec, _split(weights, shapes), step, started.epoch_of(step))


def _error(database: sqlite3.Connection) -> DigitLabError | None:
    (error,) = database.execute("SELECT substr(error, 1, ?) FROM run", (_MAXIMUM_TEXT_BYTES,)).fetchone()
    return None if error is None else DigitLabError(error.decode())


def _split(numbers: NDArray[np.floating], shapes: list[tuple[int, ...]]) -> list[NDArray[np.floating]]:
    parts = np.split(numbers, np.cumsum([int(np.prod(shape)) for shape in shapes], dtype=int))
    return [part.reshape(shape) for part, shape in zip(parts[:-1], shapes, strict=True)]


def _numbers(blob: Any, dtype: np.dtype[Any] = EXACT) -> NDArray[np.floating]:
    """Return the numbers in a blob; raises ValueError or TypeError if they are not finite numbers."""
    numbers = np.frombuffer(blob, dtype)
    if not np.isfinite(numbers).all():
        raise ValueError("numbers")
    return numbers


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _share(value: Any) -> float:
    if not isinstance(value, float) or not 0 <= value <= 1:
        raise ValueError("share")
    return value


def _positive(value: Any) -> float:
    if not isinstance(value, float) or not 0 <= value < 1e12:
        raise ValueError("seconds")
    return value
