"""The kept runs: recorded during training, recovered after a crash, opened, renamed, deleted, restored, exported."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.gui.messages import Messages, Option
from digitlab.gui.runs import jobs
from digitlab.gui.runs.unsaved import UnsavedRuns
from digitlab.gui.session.desk import Desk
from digitlab.gui.session.kept_runs import with_run_name
from digitlab.gui.session.opening import OpenedFile, Opening, read_kept_run, source_of
from digitlab.gui.session.session import Session
from digitlab.runs.kept import RunNotFoundError, RunSummary
from digitlab.runs.recorder import RecordingEvent, RecordingFailed, RecordingStarted, RunRecorder
from digitlab.system.errors import DigitLabError
from digitlab.words.names import one_line
from digitlab.words.numbers import count, epoch_text

if TYPE_CHECKING:
    from digitlab.runs.library import Recovered

Result = TypeVar("Result")

_PLOTTED_AT_FIRST: Final = 2
_PLOTTED_AUTOMATICALLY: Final = 6
"""A new run is added to the plot; beyond this number, it replaces the one that was added first."""


class RunsController(QObject):
    """Keeps the list of runs up to date and carries out commands on it.

    Signals:
        continue_requested: Training of the run just opened is to be resumed.
        save_requested: The user chose to save the run on screen, as it could not be recorded.
        restored: Deleted runs are in the list again; carries their files.

    Attributes:
        desk: Reads and writes runs.
        recorder: Records the events of training, in the training thread.
    """

    continue_requested = Signal()
    save_requested = Signal()
    restored = Signal(object)

    def __init__(self, session: Session, opening: Opening, messages: Messages, parent: QObject) -> None:
        """Start the run thread; nothing is read before ``begin``."""
        super().__init__(parent)
        self._session = session
        self._kept = session.kept
        self._opening = opening
        self._messages = messages
        self.desk = Desk("runs", messages, self)
        self.recorder = RunRecorder(self.desk.worker, self._post_event)
        self._unsaved = UnsavedRuns(session, opening, self.recorder, messages, self)
        self._unsaved.save_requested.connect(self.save_requested)
        self._recording: RecordingStarted | None = None
        self._begun: set[Path] = set()
        self._offered: tuple[Path, str] | None = None  # the interrupted run, and what the message says of it
        self._kept.changed.connect(self._withdraw_settled_offer)
        self._kept.open_changed.connect(self._withdraw_settled_offer)
        session.run_changed.connect(self._find_file)
        session.network_chosen.connect(self.desk.withdraw_error)

    # Commands

    def begin(self, plotted: Sequence[str] | None = None) -> None:
        """Read the list, and look for interrupted runs.

        Args:
            plotted: File names of the runs to plot; None for the newest ones.
        """
        self.desk.ask(lambda _: jobs.recover(), then=partial(self._show_recovered, plotted), is_quiet=True)

    @Slot()
    def open_last(self) -> None:
        """Open the newest run."""
        self._open_newest(0)

    @Slot()
    def open_earlier(self) -> None:
        """Open the second newest run."""
        self._open_newest(1)

    @Slot(object)
    def open(self, path: Path) -> None:
        """Open a run: its network, its curves, its snapshots and its recipe."""
        self._ask(path, self._name_of(path), lambda: read_kept_run(path), self._opening.open)

    @Slot(object)
    def continue_training(self, path: Path) -> None:
        """Open a run and train it up to its last epoch."""
        name = self._name_of(path)
        self._ask(path, name, lambda: read_kept_run(path), partial(self._continue, name))

    @Slot(object, str)
    def rename(self, path: Path, name: str) -> None:
        """Rename a run, with a number added if another run has the name."""
        others = [run.name for run in self._kept.runs if run.path != path]
        self._ask(
            path, self._name_of(path), lambda: jobs.rename(path, name, others), partial(self._show_renamed, path, name)
        )

    @Slot(object)
    def delete(self, paths: Iterable[Path]) -> None:
        """Delete runs; they can be restored."""
        names = {path: self._name_of(path) for path in paths}
        if names:
            self.desk.ask(lambda _: jobs.delete(names), then=self._report_deletion)

    @Slot()
    def undo_delete(self) -> None:
        """Restore the last deletion, even one from an earlier session."""
        self.desk.ask(lambda _: jobs.restore_last(), then=self._report_restored)

    @Slot()
    def look(self) -> None:
        """Read the list again: another window may have added or deleted runs."""
        if self._kept.is_listed:
            self._list_again()

    @Slot(object)
    def plot(self, paths: Iterable[Path]) -> None:
        """Plot the curves of runs together."""
        self._kept.plot(paths)
        for path in self._kept.plotted:
            if path not in self._kept.curves:
                self._read_curves(path)

    @Slot(object, object)
    def export(self, path: Path, target: Path) -> None:
        """Write a run to a ``.digitlab`` file for sharing."""
        self._ask(
            path,
            self._name_of(path),
            lambda: jobs.export(path, target),
            lambda _: self._messages.show_info(f"Saved as {target.name}.", str(target.parent)),
        )

    def close(self, timeout_s: float) -> bool:
        """Finish writing, rescue what cannot be saved, and end the thread; returns whether it has ended."""
        self.recorder.retry()
        self.desk.ask(lambda _: self.recorder.rescue(), is_quiet=True)
        return self.desk.close(timeout_s)

    # Jobs

    def _ask(
        self,
        path: Path,
        name: str,
        job: Callable[[], Result],
        then: Callable[[Result], object],
        *,
        is_quiet: bool = False,
    ) -> None:
        """Run a job on a run; errors show its name instead of its file."""

        def failed(error: Exception) -> None:
            if isinstance(error, RunNotFoundError):
                self._report_missing([name])
                self._list_again()
            else:
                self.desk.show_error(with_run_name(error, path, name) if isinstance(error, DigitLabError) else error)

        self.desk.ask(lambda _: job(), then=then, failed=failed, is_quiet=is_quiet)

    def _name_of(self, path: Path) -> str:
        return next((run.name for run in self._kept.runs if run.path == path), path.name)

    def _open_newest(self, place: int) -> None:
        def read(run: RunSummary) -> None:
            self._ask(run.path, run.name, lambda: read_kept_run(run.path), self._opening.open)

        self.desk.ask(lambda _: jobs.newest(place), then=read, is_quiet=True)

    def _list_again(self) -> None:
        self.desk.ask(lambda _: jobs.list_runs(), then=self._show_list, is_quiet=True)

    def _read_curves(self, path: Path) -> None:
        then = partial(self._kept.add_curves, path)
        self._ask(path, self._name_of(path), lambda: jobs.read_curves(path), then, is_quiet=True)

    # Results

    def _show_list(self, listed: jobs.RunList) -> None:
        """Show the list, and plot a run that is new in it."""
        plotted = self._kept.plotted
        self._kept.set_runs(listed.runs, can_restore=listed.can_restore)
        for path in set(self._kept.plotted).difference(plotted):  # restored, and plotted when they were deleted
            self._read_curves(path)
        begun = [run.path for run in listed.runs if run.path in self._begun]
        if begun:
            self._begun.difference_update(begun)
            self.plot((*self._kept.plotted, *begun)[-_PLOTTED_AUTOMATICALLY:])

    def _show_renamed(self, path: Path, wanted: str, listed: jobs.RunList) -> None:
        """Show the list, and note the name that a run has because another run has the wanted one."""
        self._show_list(listed)
        wanted = one_line(" ".join(wanted.split()))
        taken = [one_line(run.name) for run in listed.runs if run.path != path]
        if wanted.casefold() in map(str.casefold, taken):
            self._messages.note(f"“{wanted}” is taken: the run is called “{one_line(self._name_of(path))}”")

    def _continue(self, name: str, opened: OpenedFile) -> None:
        """Open a run and train it up to its last epoch, if that is not done and its dataset is known."""
        run = opened.run
        if not self._opening.open(opened) or run is None:
            return
        started, source = run.started, source_of(run.started)
        left = math.ceil(started.first_epoch + started.config.epochs - opened.snapshot.epoch - 1e-6)
        if left <= 0:
            self._messages.show_info(
                f"“{name}” is open. It has completed its {count(started.config.epochs, 'epoch')}.",
                "To train it further, set the number of epochs under Train, then continue from here.",
            )
            return
        if source is None:
            self._messages.show_info(
                f"“{name}” is open. It was trained on {started.dataset_name}, one of your files.",
                "Choose that file under Train, then continue from here.",
            )
            return
        config = replace(started.config, epochs=left)
        self._session.recipe = replace(self._session.recipe, config=config, source=str(source))
        self.continue_requested.emit()

    def _report_deletion(self, deletion: jobs.Deletion) -> None:
        self._show_list(deletion.list)
        undo = (Option("Undo", partial(self._restore, deletion.paths)),)
        if deletion.error is not None:
            self._messages.show_error(deletion.error, undo if deletion.paths else ())
        elif deletion.paths:
            more = f"Already deleted: {_quoted(deletion.missing)}." if deletion.missing else ""
            self._messages.show_info(f"Deleted: {_quoted(deletion.names)}.", more, undo)
        else:
            self._report_missing(deletion.missing)

    def _restore(self, paths: tuple[Path, ...]) -> None:
        self.desk.ask(lambda _: jobs.restore(paths), then=self._report_restored)

    def _report_restored(self, result: tuple[Sequence[Path], jobs.RunList]) -> None:
        restored, listed = result
        self._show_list(listed)
        names = [run.name for run in listed.runs if run.path in restored]
        if names:
            self.restored.emit(restored)
            self._messages.show_info(f"Restored: {_quoted(names)}.")
        else:
            self._messages.show_info("There is nothing to restore.", "Deleted runs can be restored for a day.")

    def _report_missing(self, names: Sequence[str]) -> None:
        is_one = len(names) == 1
        self.desk.show_error(
            DigitLabError(
                f"{_quoted(names)} no longer {'exists' if is_one else 'exist'}.",
                expected=f"{'It was' if is_one else 'They were'} deleted, perhaps in another window of DigitLab.",
                remedy="Press Ctrl+Z in the list of runs to restore the last deletion.",
            )
        )

    def _show_recovered(self, plotted: Sequence[str] | None, result: tuple["Recovered", int, jobs.RunList]) -> None:
        recovered, rescued_count, listed = result
        if rescued_count:
            runs = count(rescued_count, "run")
            self._messages.show_info(f"Restored {runs} that could not be saved last time.", "See Runs.")
        self._show_list(listed)
        if not self._kept.plotted:
            self._plot_at_first(plotted)
        damaged = _damaged_text(recovered.set_aside)
        if recovered.cut_off:
            self._offer(recovered.cut_off, damaged)
        elif damaged:
            self._messages.show_error(DigitLabError(damaged))

    def _plot_at_first(self, names: Sequence[str] | None) -> None:
        """Plot the runs that were plotted last time, or the newest ones."""
        if names is None:
            self.plot(run.path for run in self._kept.runs[:_PLOTTED_AT_FIRST] if run.epoch_count)
            return
        paths = {run.path.name: run.path for run in self._kept.runs}
        self.plot(paths[name] for name in names if name in paths)
        missing = len(set(names).difference(paths))
        if missing:
            gone = "no longer exists" if missing == 1 else "no longer exist"
            self._messages.note(f"{count(missing, 'run')} that you plotted last time {gone}")

    def _offer(self, runs: tuple[RunSummary, ...], more_news: str) -> None:
        """Offer to open or resume the newest interrupted run."""
        run = runs[0]
        epoch = run.started.epoch_of(run.started.first_step + run.step)
        more = f" Also interrupted: {count(len(runs) - 1, 'other run')}, listed under Runs." if len(runs) > 1 else ""
        happened = f"The run “{run.name}” was interrupted at {epoch_text(epoch)}."
        self._offered = run.path, happened
        self._messages.offer(
            happened,
            f"Everything up to that point is saved.{more} {more_news}".rstrip(),
            (
                Option("Open it", partial(self.open, run.path)),
                Option("Resume training", partial(self.continue_training, run.path)),
                Option("Not now", lambda: None),
            ),
        )

    @Slot()
    def _withdraw_settled_offer(self) -> None:
        """Withdraw the offer once its run is open, from wherever it was opened, or is not in the list any more."""
        if self._offered is None:
            return
        path, happened = self._offered
        if self._kept.open == path or all(run.path != path for run in self._kept.runs):
            self._offered = None
            self._messages.withdraw(happened)

    # The run in progress

    def _post_event(self, event: RecordingEvent) -> None:
        """Pass on an event of the recorder; thread-safe."""
        self.desk.post(lambda: self.follow_recorder(event))

    def follow_recorder(self, event: RecordingEvent) -> None:
        """Handle an event of the recorder, in the GUI thread."""
        if isinstance(event, RecordingFailed):
            self._report_failed_recording(event)
            return
        self._unsaved.withdraw()
        if isinstance(event, RecordingStarted):
            self._begun.add(event.path)
            self._recording = event
            self._find_file()
        elif event.path in self._kept.curves:
            self._read_curves(event.path)
        self._list_again()

    def _report_failed_recording(self, event: RecordingFailed) -> None:
        self._unsaved.report(event)
        if event.is_over and any(run.ending is None for run in self._kept.runs):  # it is complete now
            self._list_again()

    @Slot()
    def _find_file(self) -> None:
        """Find the file of the run on screen. A recording and its run on screen may come in either order."""
        run, recording = self._session.run, self._recording
        if run is not None and recording is not None and run.started is recording.started:
            self._opening.set_path(run, recording.path)
            self._recording = None
        self._kept.set_open(self._opening.path_of(run))


def _quoted(names: Sequence[str]) -> str:
    return f"“{names[0]}”" if len(names) == 1 else count(len(names), "run")


def _damaged_text(paths: Sequence[Path]) -> str:
    """Return what to say about damaged files that were moved aside; empty if there are none."""
    if not paths:
        return ""
    files = "The damaged file is" if len(paths) == 1 else "The damaged files are"
    return f"{count(len(paths), 'saved run')} could not be read. {files} in {paths[0].parent}."
