"""Runs that earlier versions kept in other places, brought into the list of runs so that none is lost."""

import errno
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from digitlab.model.files.network_file import read_model
from digitlab.runs.kept import RUN_SUFFIX
from digitlab.runs.library import DELETED_NAME, runs_folder, save_run
from digitlab.runs.run_file import read_run
from digitlab.runs.writer import lock_of
from digitlab.system import storage
from digitlab.system.database import copied, move, remove
from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import Kind
from digitlab.system.private import make_private, make_private_folder
from digitlab.system.reading import Format, read_bytes
from digitlab.system.rescue import RESCUED_RUN, rescued_files
from digitlab.system.storage import atomic_write

_log = logging.getLogger(__name__)

_FORMER_FILES: Final = ("last-training.digitlab", "earlier-training.digitlab")
"""Files in which earlier versions kept the last two trainings."""

_READ_ONLY: Final = (errno.EACCES, errno.EPERM, errno.EROFS)

_COPIED_NAME: Final = "copied-from-the-datasets.txt"
_COPIED: Final = Format(
    "a list of copied runs", frozenset({Kind.TEXT}), 1_000_000, "is damaged", "Expected names, one a line."
)

_IMPORTED_SUFFIX: Final = ".in-the-list"


def bring_former_runs() -> int:
    """Bring runs from other places into the list.

    These are the user's runs that lie beside the datasets (those of other users in a shared folder stay there), the
    trainings of earlier versions, and runs that could not be saved when DigitLab was closed.

    Returns:
        How many runs could not be saved last time, and are in the list now.
    """
    former = storage.former_folder()
    if former is not None:
        _move_runs(former / runs_folder().name, runs_folder())
        _move_runs(former / runs_folder().name / DELETED_NAME, runs_folder() / DELETED_NAME)
        _import_trainings(former)
    _import_trainings(storage.personal_folder())
    rescued = [path for path in rescued_files(RESCUED_RUN) if _import(path)]
    for path in rescued:
        path.unlink(missing_ok=True)
    return len(rescued)


def _move_runs(source: Path, target: Path) -> None:
    before = _copied_before()
    for path in sorted(source.glob(f"*{RUN_SUFFIX}")):
        lock = lock_of(path)
        try:
            if path.name in before or not _is_own(path):
                continue
            make_private_folder(storage.personal_folder())
            make_private_folder(target)
            if lock.acquire():  # else a window of an earlier version is writing it
                _move(path, target / path.name)
        except OSError as error:
            if error.errno in _READ_ONLY:
                _copy(path, target / path.name)
            else:
                _log.warning("%s stays where it is: %s", path, error)
        finally:
            lock.release()


def _copied_before() -> set[str]:
    """Return the names of the runs that were copied from a folder in which they could not be removed."""
    try:
        return set(read_bytes(runs_folder() / _COPIED_NAME, _COPIED).decode(errors="replace").splitlines())
    except DigitLabError:
        return set()


def _copy(path: Path, target: Path) -> None:
    """Copy a run, once: it does not come back when the user deletes the copy."""
    try:
        with copied(path, target.parent) as copy:
            make_private(copy)
            move(copy, target)
        with atomic_write(runs_folder() / _COPIED_NAME, is_private=True) as names:
            names.write("\n".join(sorted({*_copied_before(), path.name})).encode())
    except (DigitLabError, OSError) as error:
        _log.warning("%s could not be copied: %s", path, error)


def _move(path: Path, target: Path) -> None:
    try:
        move(path, target)
    except OSError:
        if path.exists():
            remove(target)  # half a copy, as on a full disk
        raise


def _is_own(path: Path) -> bool:
    return os.name != "posix" or path.stat().st_uid == os.geteuid()


def _import_trainings(folder: Path) -> None:
    """Import the last two trainings that earlier versions kept; their files are renamed and stay."""
    for path in (folder / name for name in _FORMER_FILES):
        try:
            if path.exists() and _is_own(path) and _import(path):
                path.rename(path.with_name(path.name + _IMPORTED_SUFFIX))
        except OSError as error:
            _log.warning("%s could not be renamed: %s", path.name, error)


def _import(path: Path) -> bool:
    """Add the run of a file to the list; returns whether that was possible."""
    try:
        run = read_run(path)
        if run is None or not run.step:
            return False
        save_run(run, read_model(path), datetime.fromtimestamp(path.stat().st_mtime, UTC))
    except (DigitLabError, OSError) as error:
        _log.warning("%s could not be imported: %s", path.name, error)
        return False
    return True
