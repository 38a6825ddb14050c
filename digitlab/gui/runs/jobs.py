"""What the thread for runs does for the controller, and what comes of it.

SQLite takes 10 ms to import: not in the GUI thread, and not before the window.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digitlab.gui.session.kept_runs import with_run_name
from digitlab.runs.kept import RunNotFoundError, RunSummary, StoredRun
from digitlab.runs.run import Run
from digitlab.runs.run_file import write_run
from digitlab.system.errors import DigitLabError

if TYPE_CHECKING:
    from digitlab.runs.library import Recovered


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """What is in the list, and whether there are deleted runs that can be taken back into it."""

    runs: tuple[RunSummary, ...]
    can_restore: bool


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What the start found."""

    listed: Listed
    recovered: "Recovered"


@dataclass(frozen=True, slots=True, eq=False)
class Gone:
    """A run that something was wished of is not there any more; and what is in the list."""

    name: str
    listed: Listed


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A run, and whether it is to be trained on."""

    stored: StoredRun
    goes_on: bool


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """The curves of a run."""

    path: Path
    run: Run


@dataclass(frozen=True, slots=True, eq=False)
class Deleted:
    """What became of runs that were to be deleted.

    Attributes:
        paths: Where those are now that were deleted.
        names: Their names.
        gone: Names of those that were not there any more.
        error: Why one could not be deleted.
        listed: What is in the list.
    """

    paths: tuple[Path, ...]
    names: tuple[str, ...]
    gone: tuple[str, ...]
    error: DigitLabError | None
    listed: Listed


@dataclass(frozen=True, slots=True, eq=False)
class TakenBack:
    """Runs that are in the list again, and what else is."""

    paths: tuple[Path, ...]
    listed: Listed


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """The file that a run was written into."""

    path: Path


def find() -> Found:
    """Look what there is, at the start."""
    from digitlab.runs import library as run_library

    run_library.import_former_runs()
    run_library.purge_deleted()
    recovered = run_library.recover()
    return Found(listed(), recovered)


def listed() -> Listed:
    """Look what there is."""
    from digitlab.runs import library as run_library

    return Listed(run_library.list_runs(), bool(run_library.last_deleted()))


def ask(path: Path, name: str, job: Callable[[], object]) -> object:
    """Do something with a run; its name stands in what goes wrong.

    Raises:
        DigitLabError: If it cannot be done.
    """
    try:
        return job()
    except RunNotFoundError:
        return Gone(name, listed())
    except DigitLabError as error:
        raise with_run_name(error, path, name) from error


def read(path: Path, *, with_snapshots: bool = True) -> StoredRun:
    """Open a run."""
    from digitlab.runs.reader import read_stored_run

    return read_stored_run(path, with_snapshots=with_snapshots)


def open_newest(place: int) -> object:
    """Open the newest run that has ended, or the one so many places behind it."""
    runs = [run for run in listed().runs if run.ending is not None]
    if place >= len(runs):
        raise DigitLabError("No such training is kept here yet.", remedy="Press Train; the result is kept by itself.")
    run = runs[place]
    return ask(run.path, run.name, lambda: Opened(read(run.path), goes_on=False))


def renamed(path: Path, name: str, others: list[str]) -> Listed:
    """Give a run another name, unlike the others'."""
    from digitlab.runs import library as run_library
    from digitlab.runs.names import unique_name

    run_library.rename(path, unique_name(name, others))
    return listed()


def deleted(names: Mapping[Path, str]) -> Deleted:
    """Delete runs, as many as can be; all at the same time, so that they are taken back together."""
    from digitlab.runs import library as run_library

    now_s = time.time()
    done: dict[Path, str] = {}
    gone: list[str] = []
    failure: DigitLabError | None = None
    for path, name in names.items():
        try:
            done[run_library.delete(path, now_s)] = name
        except RunNotFoundError:
            gone.append(name)
        except DigitLabError as error:
            failure = with_run_name(error, path, name)
    return Deleted(tuple(done), tuple(done.values()), tuple(gone), failure, listed())


def taken_back(paths: tuple[Path, ...]) -> TakenBack:
    """Take back runs that were deleted; those that another window took back already stay where they are."""
    from digitlab.runs import library as run_library

    found = []
    for path in paths:
        try:
            found.append(run_library.restore(path))
        except RunNotFoundError:
            continue
    return TakenBack(tuple(found), listed())


def last_taken_back() -> TakenBack:
    """Take back what was deleted last, perhaps before this start."""
    from digitlab.runs import library as run_library

    return taken_back(run_library.last_deleted())


def exported(path: Path, target: Path) -> Exported:
    """Write a run into a file for others."""
    stored = read(path)
    write_run(target, stored.snapshot, stored.run)
    return Exported(target)
