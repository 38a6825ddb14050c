"""The folder of kept runs: what is in it, deleting and taking back, and what was cut off."""

import logging
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from digitlab.model.files.network_file import read_model
from digitlab.model.snapshot import Snapshot
from digitlab.runs.changes import RunChanges, RunProgress
from digitlab.runs.kept import RUN_SUFFIX, RunEnding, RunNotFoundError, RunSummary
from digitlab.runs.names import default_name
from digitlab.runs.reader import DamagedRunError, read_summary
from digitlab.runs.run import Run
from digitlab.runs.run_file import read_run
from digitlab.runs.schema import MAXIMUM_NAME_LENGTH
from digitlab.runs.writer import RunWriter, cannot_write, end_run, lock_of
from digitlab.system import storage
from digitlab.system.database import move, open_existing, remove, transaction
from digitlab.system.errors import DigitLabError
from digitlab.training.events import TrainingEnded

_log = logging.getLogger(__name__)

_DELETED: Final = "deleted"
_DAMAGED: Final = "damaged"

_DELETED_STAY_S: Final = 24 * 3600.0
"""How long a deleted run can be taken back, by any window; later the next start removes it for good."""

_FORMER_FILES: Final = ("last-training.digitlab", "earlier-training.digitlab")
"""Where earlier versions kept the last two trainings."""

_IMPORTED_SUFFIX: Final = ".in-the-list"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a start found that the end before left behind.

    Attributes:
        cut_off: Runs that were being written when their program ended, newest first; marked as such now.
        set_aside: Where damaged files were moved to.
    """

    cut_off: tuple[RunSummary, ...]
    set_aside: tuple[Path, ...]


def runs_folder() -> Path:
    """Return the folder of the runs. It may not exist."""
    return storage.data_folder() / "runs"


def list_runs() -> tuple[RunSummary, ...]:
    """Return what is in the folder, newest first; what cannot be read or holds nothing is left out.

    A run that grows has no ending yet. One that nobody writes any more is cut off, though its file does not say so
    before the next start has found it: a window crashed, or the end could not be written.
    """
    runs = (_with_current_ending(run) for run in _summaries(runs_folder()))
    return _newest_first(run for run in runs if run is not None)


def recover() -> Recovered:
    """Mark the runs that were cut off, and set damaged files aside; for the start of the program."""
    set_aside = []
    for path in _files(runs_folder()):
        try:
            read_summary(path)
        except DamagedRunError as error:
            _log.warning("%s", error)
            try:
                set_aside.append(_moved(path, path.parent / _DAMAGED))
            except OSError as failure:
                _log.warning("%s", _cannot_move(path, failure))
        except DigitLabError as error:
            # Another window may have moved it, or a newer DigitLab written it: it stays where it is.
            _log.warning("A run is left alone: %s", error)
    cut_off = [run for run in _summaries(runs_folder()) if run.ending is None and _mark_cut_off(run.path)]
    return Recovered(_newest_first(replace(run, ending=RunEnding.CUT_OFF) for run in cut_off), tuple(set_aside))


def new_path(created: datetime) -> Path:
    """Return where a run that begins now is written; makes the folder.

    Raises:
        DigitLabError: If the folder cannot be made.
    """
    folder = runs_folder()
    path = folder / f"{created:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}{RUN_SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error
    return path


def used_names() -> set[str]:
    """Return the names that mean a run: of those in the list, of deleted ones, and of what any of them goes on from."""
    runs = _summaries(runs_folder()) + _summaries(runs_folder() / _DELETED)
    origins = (run.started.origin for run in runs)
    return {run.name for run in runs} | {origin.run_name for origin in origins if origin is not None}


def rename(path: Path, name: str) -> None:
    """Give a run another name, also while it grows.

    Raises:
        DigitLabError: If it cannot be written.
    """
    _change(path, lambda database: database.execute("UPDATE run SET name = ?", (name[:MAXIMUM_NAME_LENGTH],)))


def delete(path: Path, now_s: float) -> Path:
    """Move a run out of the list; it can be taken back for a day at least.

    Args:
        path: Its file.
        now_s: The time, in seconds since the epoch; runs that are deleted at the same time belong together.

    Returns:
        Where it is now.

    Raises:
        RunNotFoundError: If it is not there any more.
        DigitLabError: If it is being written, or cannot be moved.
    """
    lock = lock_of(path)
    try:
        if not lock.acquire():
            raise DigitLabError(
                f"{path.name} is still going on, perhaps in another window.", remedy="Stop it first; then delete it."
            )
        target = _moved(path, path.parent / _DELETED)
        os.utime(target, (now_s, now_s))
    except FileNotFoundError as error:
        raise RunNotFoundError(path) from error
    except OSError as error:
        raise _cannot_move(path, error) from error
    finally:
        lock.release()
    return target


def restore(path: Path) -> Path:
    """Move a deleted run back into the list; returns where it is now.

    Raises:
        RunNotFoundError: If it is not there any more.
        DigitLabError: If it cannot be moved.
    """
    try:
        return _moved(path, runs_folder())
    except FileNotFoundError as error:
        raise RunNotFoundError(path) from error
    except OSError as error:
        raise _cannot_move(path, error) from error


def last_deleted() -> tuple[Path, ...]:
    """Return the runs that were deleted last, whatever window or day it was, of those that can be taken back."""
    times: dict[Path, float] = {}
    for path in _files(runs_folder() / _DELETED):
        with suppress(FileNotFoundError):  # another window has just taken it back
            times[path] = path.stat().st_mtime
    newest = max(times.values(), default=0.0)
    return tuple(path for path, time_s in times.items() if time_s == newest)


def purge_deleted() -> None:
    """Remove for good what was deleted more than a day ago."""
    for path in _files(runs_folder() / _DELETED):
        try:
            if time.time() - path.stat().st_mtime > _DELETED_STAY_S:
                remove(path)
        except OSError as error:
            _log.warning("A deleted run could not be removed: %s", error)


def import_former_runs() -> None:
    """Take what earlier versions kept as the last two trainings into the list; their files stay under another name."""
    for path in (storage.data_folder() / name for name in _FORMER_FILES):
        try:
            run = read_run(path) if path.exists() else None
            if run is None or not run.step:
                continue
            save_run(run, read_model(path), datetime.fromtimestamp(path.stat().st_mtime, UTC))
            path.rename(path.with_name(path.name + _IMPORTED_SUFFIX))
        except (DigitLabError, OSError) as error:
            _log.warning("%s stays out of the list: %s", path.name, error)


def save_run(run: Run, snapshot: Snapshot, created: datetime) -> Path:
    """Write a run that has ended into the list, with a name of its own.

    Args:
        run: The run, with at least one batch.
        snapshot: The network it ended with.
        created: When it began, with its time zone.

    Returns:
        Its file.

    Raises:
        DigitLabError: If it cannot be written.
    """
    path = new_path(created)
    writer = RunWriter(path, default_name(run.started, used_names()), run.started, created)
    try:
        seconds = sum(epoch.seconds for epoch in run.epochs)
        writer.write(RunChanges.of(run, RunProgress(), seconds, snapshot, run.history.optimizer_state(snapshot)))
        ended = run.ended or TrainingEnded(was_stopped=True)
        writer.end(RunEnding.of(ended), "" if ended.error is None else str(ended.error))
    except BaseException:
        writer.discard()
        raise
    writer.close()
    return path


def _summaries(folder: Path) -> list[RunSummary]:
    """Return the runs of a folder; what cannot be read is left out."""
    runs = []
    for path in _files(folder):
        try:
            runs.append(read_summary(path))
        except DigitLabError as error:
            _log.warning("A run is left out: %s", error)
    return runs


def _newest_first(runs: Iterable[RunSummary]) -> tuple[RunSummary, ...]:
    return tuple(sorted(runs, key=lambda run: (run.created, run.path.name), reverse=True))


def _with_current_ending(run: RunSummary) -> RunSummary | None:
    """Return what a list says of a run, cut off if nobody writes it any more; None if then there is nothing in it."""
    if run.ending is not None:
        return run
    lock = lock_of(run.path)
    try:
        if not lock.acquire() or not lock.is_exclusive:
            return run
        # It may have ended between being read and being locked.
        latest = read_summary(run.path)
    except (DigitLabError, OSError) as error:
        _log.warning("Nobody knows whether a training still grows: %s", error)
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
            f"The kept trainings could not be listed: {error.strerror or type(error).__name__}.",
            remedy=f"Check the folder {folder}.",
        ) from error


def _mark_cut_off(path: Path) -> bool:
    """Mark a run that nobody writes any more as cut off; returns whether it was. One without a batch is removed."""
    lock = lock_of(path)
    try:
        if not lock.acquire():
            return False
        # It may have ended between being read and being locked.
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
    """Make one change to a run's file; one that nobody writes becomes one plain file again."""
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
    """Move a file, with what SQLite keeps beside it, into a folder; returns where it is now."""
    folder.mkdir(parents=True, exist_ok=True)
    return move(path, folder / path.name)


def _cannot_move(path: Path, error: OSError) -> DigitLabError:
    return DigitLabError(
        f"{path.name} could not be moved: {error.strerror or type(error).__name__}.",
        remedy=f"Check that you may write in {path.parent}.",
    )
