"""The jobs of the run thread: read, rename, delete, restore and export kept runs.

SQLite takes 10 ms to import: do so neither in the GUI thread nor before the window is shown.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digitlab.gui.session.kept_runs import with_run_name
from digitlab.runs.kept import RunNotFoundError, RunSummary
from digitlab.runs.run import Run
from digitlab.runs.run_file import write_run
from digitlab.system.errors import DigitLabError

if TYPE_CHECKING:
    from digitlab.runs.library import Recovered


@dataclass(frozen=True, slots=True, eq=False)
class RunList:
    """The list of runs, and whether there are deleted runs that can be restored."""

    runs: tuple[RunSummary, ...]
    can_restore: bool


@dataclass(frozen=True, slots=True, eq=False)
class Deletion:
    """The result of deleting runs.

    Attributes:
        paths: The files of the deleted runs, where they are now.
        names: The names of the deleted runs.
        missing: The names of runs that no longer existed.
        error: Why a run could not be deleted, or None.
        list: The list after the deletion.
    """

    paths: tuple[Path, ...]
    names: tuple[str, ...]
    missing: tuple[str, ...]
    error: DigitLabError | None
    list: RunList


def recover() -> tuple["Recovered", int, RunList]:
    """Bring in runs of earlier versions, purge old deleted runs, mark interrupted ones, and list the runs."""
    from digitlab.runs import library
    from digitlab.runs.former import bring_former_runs

    rescued_count = bring_former_runs()
    library.purge_deleted()
    recovered = library.recover()
    return recovered, rescued_count, list_runs()


def list_runs() -> RunList:
    """Return the current list of runs."""
    from digitlab.runs import library

    return RunList(library.list_runs(), bool(library.last_deleted()))


def newest(place: int) -> RunSummary:
    """Return a run that has ended: 0 is the newest, 1 the second newest.

    Raises:
        DigitLabError: If there are not enough runs.
    """
    runs = [run for run in list_runs().runs if run.ending is not None]
    if place >= len(runs):
        raise DigitLabError("There is no such run yet.", remedy="Press Train; every run is saved automatically.")
    return runs[place]


def read_curves(path: Path) -> Run:
    """Read the curves of a run, without its snapshots."""
    from digitlab.runs.reader import read_stored_run

    return read_stored_run(path, with_snapshots=False).run


def rename(path: Path, name: str, others: list[str]) -> RunList:
    """Rename a run, with a number added if another run has the name."""
    from digitlab.runs import library
    from digitlab.runs.names import unique_name

    library.rename(path, unique_name(name, others))
    return list_runs()


def delete(names: Mapping[Path, str]) -> Deletion:
    """Delete as many of the runs as possible, with one deletion time, so that they are restored together."""
    from digitlab.runs import library

    now_s = time.time()
    done: dict[Path, str] = {}
    missing: list[str] = []
    failure: DigitLabError | None = None
    for path, name in names.items():
        try:
            done[library.delete(path, now_s)] = name
        except RunNotFoundError:
            missing.append(name)
        except DigitLabError as error:
            failure = with_run_name(error, path, name)
    return Deletion(tuple(done), tuple(done.values()), tuple(missing), failure, list_runs())


def restore(paths: tuple[Path, ...]) -> tuple[list[Path], RunList]:
    """Restore deleted runs, except those that another window has already restored."""
    from digitlab.runs import library

    restored = []
    for path in paths:
        try:
            restored.append(library.restore(path))
        except RunNotFoundError:
            continue
    return restored, list_runs()


def restore_last() -> tuple[list[Path], RunList]:
    """Restore the last deletion, even one from an earlier session."""
    from digitlab.runs import library

    return restore(library.last_deleted())


def export(path: Path, target: Path) -> None:
    """Write a run to a file for sharing."""
    from digitlab.runs.reader import read_stored_run

    stored = read_stored_run(path)
    write_run(target, stored.snapshot, stored.run)
