"""The kept runs: their list, which one is open, and whose curves are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from digitlab.system.errors import DigitLabError

if TYPE_CHECKING:
    from digitlab.runs.kept import RunSummary
    from digitlab.runs.run import Run
    from digitlab.training.speed import Measured

_TELLING_STEPS: Final = 50
"""A training of fewer batches does not tell how fast the machine is."""


class KeptRuns(QObject):
    """The list of kept runs. Lives in the GUI thread; changed by a controller.

    Signals:
        changed: The list changed, or whether deleted runs can be restored.
        open_changed: Another run is open.
        plotted_changed: Other curves are to be drawn, or their data were read.
    """

    changed = Signal()
    open_changed = Signal()
    plotted_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Create an empty list that is not read yet."""
        super().__init__(parent)
        self._runs: tuple[RunSummary, ...] = ()
        self._is_listed = False
        self._can_restore = False
        self._open: Path | None = None
        self._chosen: tuple[Path, ...] = ()  # also deleted runs, which are plotted again once they are restored
        self._curves: dict[Path, Run] = {}

    @property
    def runs(self) -> tuple[RunSummary, ...]:
        """All runs, newest first."""
        return self._runs

    @property
    def speeds(self) -> tuple[Measured, ...]:
        """How long the trainings took that are long enough to tell, newest first."""
        from digitlab.training.speed import Measured  # not yet imported when the window starts

        return tuple(
            Measured(
                run.started.spec,
                run.started.config,
                run.step,
                run.epoch_count * run.started.validation_count,
                run.seconds,
            )
            for run in self._runs
            if run.step >= _TELLING_STEPS and run.seconds > 0
        )

    @property
    def is_listed(self) -> bool:
        """Whether the list was read."""
        return self._is_listed

    @property
    def can_restore(self) -> bool:
        """Whether there are deleted runs that can be restored."""
        return self._can_restore

    def set_runs(self, runs: tuple[RunSummary, ...], *, can_restore: bool = False) -> None:
        """Set the list; runs that are not in it are not drawn until they are in it again."""
        is_other = (runs, can_restore) != (self._runs, self._can_restore) or not self._is_listed
        plotted = self.plotted
        self._runs, self._can_restore, self._is_listed = runs, can_restore, True
        if is_other:
            self.changed.emit()
        if self.plotted != plotted:
            self._announce_plotted()

    @property
    def open(self) -> Path | None:
        """The file of the session's run, or None if it has none."""
        return self._open

    @property
    def open_name(self) -> str:
        """The name of the session's run in the list; empty if it is not in it."""
        return next((run.name for run in self._runs if run.path == self._open), "")

    def set_open(self, path: Path | None) -> None:
        """Set the file of the session's run."""
        if path != self._open:
            self._open = path
            self.open_changed.emit()

    @property
    def plotted(self) -> tuple[Path, ...]:
        """The runs whose curves are to be drawn together; those that are in the list, once it was read."""
        listed = {run.path for run in self._runs}
        return tuple(path for path in self._chosen if path in listed or not self._is_listed)

    @property
    def curves(self) -> Mapping[Path, Run]:
        """The runs whose curves were read; those still being read are missing."""
        return self._curves

    def plot(self, paths: Iterable[Path]) -> None:
        """Set the runs whose curves are to be drawn together."""
        deleted = set(self._chosen).difference(self.plotted)
        self._chosen = tuple(dict.fromkeys((*paths, *(path for path in self._chosen if path in deleted))))
        self._announce_plotted()

    def _announce_plotted(self) -> None:
        self._curves = {path: run for path, run in self._curves.items() if path in self.plotted}
        self.plotted_changed.emit()

    def add_curves(self, path: Path, run: Run) -> None:
        """Add a run whose curves were read."""
        if path in self.plotted:
            self._curves[path] = run
            self.plotted_changed.emit()


def with_run_name(error: DigitLabError, path: Path, name: str) -> DigitLabError:
    """Return an error that names a run instead of its file, whose name users do not see."""
    from digitlab.runs.reader import DamagedRunError  # not yet imported when the window starts

    if isinstance(error, DamagedRunError):
        return DigitLabError(f"“{name}” is damaged.", remedy="Use a backup copy if there is one, or train again.")
    return DigitLabError(error.happened.replace(path.name, f"“{name}”"), expected=error.expected, remedy=error.remedy)
