"""The folder of saved runs: listing, renaming, deleting and restoring them, and recovery after a crash."""

import logging
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from digitlab.model.snapshot import Snapshot
from digitlab.runs.changes import RunChanges, RunProgress
from digitlab.runs.kept import RUN_SUFFIX, RunEnding, RunNotFoundError, RunSummary
from digitlab.runs.names import default_name
from digitlab.runs.reader import DamagedRunError, read_summary
from digitlab.runs.run import Run
from digitlab.runs.schema import MAXIMUM_NAME_LENGTH
from digitlab.runs.writer import RunWriter, cannot_write, end_run, lock_of
from digitlab.system import storage
from digitlab.system.database import move, open_existing, remove, transaction
from digitlab.system.errors import DigitLabError
from digitlab.system.private import make_private, make_private_folder
from digitlab.training.events import TrainingEnded

_log = logging.getLogger(__name__)

DELETED_NAME: Final = "deleted"
_DAMAGED: Final = "damaged"

_DELETED_STAY_S: Final = 24 * 3600.0
"""How long a deleted run can be restored, by any window; after that the next start removes it for good."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was recovered at the start of the program.

    Attributes:
        cut_off: Runs that were being written when the program ended, newest first; they are marked as cut off now.
        set_aside: Where damaged files were moved to.
    """

    cut_off: tuple[RunSummary, ...]
    set_aside: tuple[Path, ...]


def runs_folder() -> Path:
    """Return the folder of the runs. It may not exist."""
    return storage.personal_folder() / "runs"


def list_runs() -> tuple[RunSummary, ...]:
    """Return the runs in the folder, newest first, without those that cannot be read or are empty.

    A running training has no ending. A run without an ending that no process writes any more counts as cut off, even
    before the next start marks it in its file: a window crashed, or the ending could not be written.
    """
    runs = (_with_current_ending(run) for run in _summaries(runs_folder()))
    return _newest_first(run for run in runs if run is not None)


def recover() -> Recovered:
    """Mark the runs that were cut off, and move damaged files aside; called at the start of the program."""
    set_aside = []
    for path in _files(runs_folder()):
        make_private(path)
        try:
            read_summary(path)
        except DamagedRunError as error:
            _log.warning("%s", error)
            try:
                set_aside.append(_moved(path, path.parent / _DAMAGED))
            except OSError as failure:
                _log.warning("%s", _cannot_move(path, failure))
        except DigitLabError as error:
            # Another window may have moved it, or a newer DigitLab may have written it: it stays where it is.
            _log.warning("A run is skipped: %s", error)
    cut_off = [run for run in _summaries(runs_folder()) if run.ending is None and _mark_cut_off(run.path)]
    return Recovered(_newest_first(replace(run, ending=RunEnding.CUT_OFF) for run in cut_off), tuple(set_aside))


def new_path(created: datetime) -> Path:
    """Return the path of a new run; creates the folder.

    Raises:
        DigitLabError: If the folder cannot be created.
    """
    folder = runs_folder()
    path = folder / f"{created:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}{RUN_SUFFIX}"
    try:
        make_private_folder(storage.personal_folder())
        make_private_folder(folder)
    except OSError as error:
        raise cannot_write(path, error) from error
    return path


def used_names() -> set[str]:
    """Return all names in use: of runs in the list, of deleted runs, and of the origins of any of them."""
    runs = _summaries(runs_folder()) + _summaries(runs_folder() / DELETED_NAME)
    origins = (run.started.origin for run in runs)
    return {run.name for run in runs} | {origin.run_name for origin in origins if origin is not None}


def rename(path: Path, name: str) -> None:
    """Rename a run, even while it is running.

    Raises:
        DigitLabError: If it cannot be written.
    """
    _change(path, lambda database: database.execute("UPDATE run SET name = ?", (name[:MAXIMUM_NAME_LENGTH],)))


def delete(path: Path, now_s: float) -> Path:
    """Delete a run: move it out of the list. It can be restored for at least a day.

    Args:
        path: Its file.
        now_s: The time in seconds since the epoch; runs deleted at the same time are restored together.

    Returns:
        Where it is now.

    Raises:
        RunNotFoundError: If it no longer exists.
        DigitLabError: If it is still running, or cannot be moved.
    """
    lock = lock_of(path)
    try:
        if not lock.acquire():
            raise DigitLabError(
                f"{path.name} is still running, perhaps in another window.", remedy="Stop it before you delete it."
            )
        target = _moved(path, path.parent / DELETED_NAME)
        os.utime(target, (now_s, now_s))
    except FileNotFoundError as error:
        raise RunNotFoundError(path) from error
    except OSError as error:
        raise _cannot_move(path, error) from error
    finally:
        lock.release()
    return target


def restore(path: Path) -> Path:
    """Restore a deleted run; returns its path in the list.

    Raises:
        RunNotFoundError: If it no longer exists.
        DigitLabError: If it cannot be moved.
    """
    try:
        return _moved(path, runs_folder())
    except FileNotFoundError as error:
        raise RunNotFoundError(path) from error
    except OSError as error:
        raise _cannot_move(path, error) from error


def last_deleted() -> tuple[Path, ...]:
    """Return the runs of the last deletion, by any window, that can still be restored."""
    times: dict[Path, float] = {}
    for path in _files(runs_folder() / DELETED_NAME):
        with suppress(FileNotFoundError):  # another window has just restored it
            times[path] = path.stat().st_mtime
    newest = max(times.values(), default=0.0)
    return tuple(path for path, time_s in times.items() if time_s == newest)


def purge_deleted() -> None:
    """Remove for good the runs that were deleted more than a day ago."""
    for path in _files(runs_folder() / DELETED_NAME):
        try:
            if time.time() - path.stat().st_mtime > _DELETED_STAY_S:
                remove(path)
        except OSError as error:
            _log.warning("A deleted run could not be removed: %s", error)


def save_run(run: Run, snapshot: Snapshot, created: datetime) -> Path:
    """Save a run that has ended in the list, under a new name.

    Args:
        run: The run, with at least one batch.
        snapshot: Its last network.
        created: When it started, with a time zone.

    Returns:
        Its file.

    Raises:
        DigitLabError: If it cannot be written.
    """
    path = new_path(created)
    writer = RunWriter(path, default_name(run.started, used_names()), run.started, created)
    try:
        writer.write(RunChanges.of(run, RunProgress(), snapshot, run.history.optimizer_state(snapshot)))
        ended = run.ended or TrainingEnded(was_stopped=True)
        writer.end(RunEnding.of(ended), "" if ended.error is None else str(ended.error))
    except BaseException:
        writer.discard()
        raise
    writer.close()
    return path


def _summaries(folder: Path) -> list[RunSummary]:
    """Return the runs of a folder, without those that cannot be read."""
    runs = []
    for path in _files(folder):
        try:
            runs.append(read_summary(path))
        except DigitLabError as error:
            _log.warning("A run is not listed: %s", error)
    return runs


def _newest_first(runs: Iterable[RunSummary]) -> tuple[RunSummary, ...]:
    return tuple(sorted(runs, key=lambda run: (run.created, run.path.name), reverse=True))


def _with_current_ending(run: RunSummary) -> RunSummary | None:
    """Return a run, marked as cut off if no process writes it any more; None if it was cut off without a batch."""
    if run.ending is not None:
        return run
    lock = lock_of(run.path)
    try:
        if not lock.acquire() or not lock.is_exclusive:
            return run
        # It may have ended between reading and locking.
        latest = read_summary(run.path)
    except (DigitLabError, OSError) as error:
        _log.warning("It is unknown whether a training is still running: %s", error)
        return run
    finally:
        lock.release()
    if latest.ending is not None:
        return latest
    return replace(latest, ending=RunEnding.CUT_OFF) if latest.step else None


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == RUN_SUFFIX and path.is_file())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise DigitLabError(
            f"The saved trainings could not be listed: {error.strerror or type(error).__name__}.",
            remedy=f"Check the folder {folder}.",
        ) from error


def _mark_cut_off(path: Path) -> bool:
    """Mark a run that no process writes any more as cut off; returns whether it was. One without a batch is removed."""
    lock = lock_of(path)
    try:
        if not lock.acquire():
            return False
        # It may have ended between reading and locking.
        summary = read_summary(path)
        if summary.ending is not None:
            return False
        if not summary.step:
            remove(path)
            return False
        _change(path, lambda database: end_run(database, RunEnding.CUT_OFF))
    except (DigitLabError, OSError) as error:
        _log.warning("A training that was cut off could not be marked: %s", error)
        return False
    finally:
        lock.release()
    return True


def _change(path: Path, change: Callable[[sqlite3.Connection], object]) -> None:
    """Change a run's file; if the run has ended, its write-ahead log is merged into it."""
    try:
        with closing(open_existing(path, can_write=True)) as database:
            database.execute("PRAGMA synchronous = FULL")
            with transaction(database):
                change(database)
            (ending,) = database.execute("SELECT ending FROM run").fetchone()
            if ending is not None:
                database.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        if not path.exists():
            raise RunNotFoundError(path) from error
        raise DigitLabError(
            f"{path.name} could not be changed: {error}.", remedy=f"Check that you may write in {path.parent}."
        ) from error


def _moved(path: Path, folder: Path) -> Path:
    """Move a file and SQLite's files beside it into a folder; returns the new path."""
    make_private_folder(folder)
    return move(path, folder / path.name)


def _cannot_move(path: Path, error: OSError) -> DigitLabError:
    return DigitLabError(
        f"{path.name} could not be moved: {error.strerror or type(error).__name__}.",
        remedy=f"Check that you may write in {path.parent}.",
    )
