"""The runs that are kept, as the window knows them: the list, which one is open, and whose curves are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from digitlab.system.errors import DigitLabError

if TYPE_CHECKING:
    from digitlab.runs.kept import RunSummary
    from digitlab.runs.run import Run


class KeptRuns(QObject):
    """The list of runs. Lives in the GUI thread; a controller changes it.

    Signals:
        changed: There are other runs, or one has another name, or deleted ones can be taken back or cannot any more.
        open_changed: Another run is open.
        plotted_changed: Curves of other runs are to be drawn, or were read.
    """

    changed = Signal()
    open_changed = Signal()
    plotted_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Begin before anybody has looked."""
        super().__init__(parent)
        self._runs: tuple[RunSummary, ...] = ()
        self._is_listed = False
        self._can_restore = False
        self._open: Path | None = None
        self._plotted: tuple[Path, ...] = ()
        self._curves: dict[Path, Run] = {}

    @property
    def runs(self) -> tuple[RunSummary, ...]:
        """All runs, newest first."""
        return self._runs

    @property
    def is_listed(self) -> bool:
        """Whether anybody has looked yet."""
        return self._is_listed

    @property
    def can_restore(self) -> bool:
        """Whether there are deleted runs that can be taken back."""
        return self._can_restore

    def set_runs(self, runs: tuple[RunSummary, ...], *, can_restore: bool = False) -> None:
        """Take another list; runs that are gone are not drawn any more."""
        is_other = (runs, can_restore) != (self._runs, self._can_restore) or not self._is_listed
        self._runs, self._can_restore, self._is_listed = runs, can_restore, True
        paths = {run.path for run in runs}
        kept = tuple(path for path in self._plotted if path in paths)
        if is_other:
            self.changed.emit()
        if kept != self._plotted:
            self.plot(kept)

    @property
    def open(self) -> Path | None:
        """The file of the session's run, or None if it has none."""
        return self._open

    @property
    def open_name(self) -> str:
        """What the session's run is called in the list; empty if it is not there."""
        return next((run.name for run in self._runs if run.path == self._open), "")

    def set_open(self, path: Path | None) -> None:
        """Say which file the session's run has."""
        if path != self._open:
            self._open = path
            self.open_changed.emit()

    @property
    def plotted(self) -> tuple[Path, ...]:
        """Whose curves are to be drawn together."""
        return self._plotted

    @property
    def curves(self) -> Mapping[Path, Run]:
        """The curves that were read; those of a run that is still being read are missing."""
        return self._curves

    def plot(self, paths: Iterable[Path]) -> None:
        """Choose whose curves are to be drawn together."""
        self._plotted = tuple(dict.fromkeys(paths))
        self._curves = {path: run for path, run in self._curves.items() if path in self._plotted}
        self.plotted_changed.emit()

    def add_curves(self, path: Path, run: Run) -> None:
        """Take the curves of a run."""
        if path in self._plotted:
            self._curves[path] = run
            self.plotted_changed.emit()


def with_run_name(error: DigitLabError, path: Path, name: str) -> DigitLabError:
    """Return an error that speaks of a run by its name, which people know, not by its file, which they do not."""
    return DigitLabError(error.happened.replace(path.name, f"“{name}”"), expected=error.expected, remedy=error.remedy)
