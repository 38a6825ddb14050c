"""The runs that are kept: recorded while they grow, found again after a crash, opened, named, deleted, taken back."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.data.builtin import BUILTIN_NAME
from digitlab.data.files.mnist import MNIST_NAME
from digitlab.data.sources import DataSource
from digitlab.gui.messages import Messages, WayOn
from digitlab.gui.runs import jobs as run_jobs
from digitlab.gui.session.bridge import Mailbox
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import TrainingState
from digitlab.runs.kept import RunSummary, StoredRun
from digitlab.runs.recorder import RecordingEnded, RecordingFailed, RecordingStarted, RunRecorder
from digitlab.runs.run import Run
from digitlab.system.errors import DigitLabError
from digitlab.system.work import Worker
from digitlab.words.numbers import count, epoch_words

_PLOTTED_AT_FIRST: Final = 2
_PLOTTED_BY_THEMSELVES: Final = 6
"""A training that begins is drawn beside the others; beyond so many, for the one that is drawn longest."""

_SOURCES: Final = {MNIST_NAME: DataSource.MNIST, BUILTIN_NAME: DataSource.BUILTIN}
"""The datasets that can be found again by the name that a run tells; files cannot."""


class RunsController(QObject):
    """Keeps the list of runs, and turns wishes about it into work.

    Signals:
        continue_requested: The run that was opened just now is to be trained on.
        save_requested: The person wants to save the network on screen, as its run cannot be kept.

    Attributes:
        recorder: Takes the events of trainings, in their thread.
    """

    continue_requested = Signal()
    save_requested = Signal()

    def __init__(self, session: Session, messages: Messages, parent: QObject) -> None:
        """Start the thread; it looks at nothing yet."""
        super().__init__(parent)
        self._session = session
        self._kept = session.kept
        self._messages = messages
        self._mail = Mailbox(self)
        self._mail.arrived.connect(self._on_mail_arrived)
        self._worker = Worker("runs", self._mail.post)
        self.recorder = RunRecorder(self._worker, self._mail.post)
        self._files: WeakKeyDictionary[Run, Path] = WeakKeyDictionary()
        self._unnamed: Run | None = None
        self._unclaimed: Path | None = None
        self._begun: set[Path] = set()
        self._told: Exception | None = None
        session.run_changed.connect(self._on_session_run_changed)

    # Wishes

    def begin(self) -> None:
        """Look what there is, and whether a training was cut off."""
        self._submit(run_jobs.find)

    @Slot()
    def open_last(self) -> None:
        """Open the newest run."""
        self._submit(lambda: run_jobs.open_newest(0))

    @Slot()
    def open_earlier(self) -> None:
        """Open the run before the newest."""
        self._submit(lambda: run_jobs.open_newest(1))

    @Slot(object)
    def open(self, path: Path) -> None:
        """Open a run: its network, its curves and its moments."""
        self._ask(path, lambda: run_jobs.Opened(run_jobs.read(path), goes_on=False))

    @Slot(object)
    def continue_training(self, path: Path) -> None:
        """Open a run and train it on to its last epoch."""
        self._ask(path, lambda: run_jobs.Opened(run_jobs.read(path), goes_on=True))

    @Slot(object, str)
    def rename(self, path: Path, name: str) -> None:
        """Give a run another name; one that another run has gets a number."""
        others = [run.name for run in self._kept.runs if run.path != path]
        self._ask(path, lambda: run_jobs.renamed(path, name, others))

    @Slot(object)
    def delete(self, paths: Iterable[Path]) -> None:
        """Delete runs; they can be taken back."""
        names = {path: self._name_of(path) for path in paths}
        if names:
            self._submit(lambda: run_jobs.deleted(names))

    @Slot()
    def undo_delete(self) -> None:
        """Take back what was deleted last, also before this start."""
        self._submit(run_jobs.last_taken_back)

    @Slot()
    def look(self) -> None:
        """Look anew what there is: another window may have deleted or trained something."""
        if self._kept.is_listed:
            self._list_anew()

    @Slot(object)
    def plot(self, paths: Iterable[Path]) -> None:
        """Draw the curves of runs together."""
        self._kept.plot(paths)
        for path in self._kept.plotted:
            if path not in self._kept.curves:
                self._read_curves(path)

    @Slot(object, object)
    def export(self, path: Path, target: Path) -> None:
        """Write a run into a ``.digitlab`` file that can be given to others."""
        self._ask(path, lambda: run_jobs.exported(path, target))

    def close(self, timeout_s: float) -> bool:
        """Finish writing and end the thread; returns whether it has ended."""
        return self._worker.close(timeout_s)

    # In the thread for runs

    def _submit(self, job: Callable[[], object]) -> None:
        self._worker.submit(lambda: self._mail.post(job()))

    def _ask(self, path: Path, job: Callable[[], object]) -> None:
        """Do something with a run that has a name."""
        name = self._name_of(path)
        self._submit(lambda: run_jobs.ask(path, name, job))

    def _name_of(self, path: Path) -> str:
        return next((run.name for run in self._kept.runs if run.path == path), path.name)

    # In the GUI thread

    @Slot(object)
    def _on_mail_arrived(self, mail: object) -> None:
        match mail:
            case run_jobs.Found():
                self._show_found(mail)
            case run_jobs.Listed():
                self._show_list(mail)
            case run_jobs.Opened(stored, goes_on):
                self._show(stored, goes_on=goes_on)
            case run_jobs.Curves(path, run):
                self._kept.add_curves(path, run)
            case run_jobs.Gone() | run_jobs.Deleted() | run_jobs.TakenBack():
                self._show_change(mail)
            case run_jobs.Exported(path):
                self._messages.show_info(f"Saved as {path.name}.", str(path.parent))
            case RecordingStarted() | RecordingEnded() | RecordingFailed():
                self._follow(mail)
            case Exception():
                self._told = mail
                self._messages.show_error(mail)

    def _follow(self, news: RecordingStarted | RecordingEnded | RecordingFailed) -> None:
        """Follow the recorder."""
        match news:
            case RecordingStarted(path):
                self._begun.add(path)
                if self._unnamed is None:
                    self._unclaimed = path
                else:
                    self._name(self._unnamed, path)
                self._list_anew()
            case RecordingEnded(path):
                if path in self._kept.curves:
                    self._read_curves(path)
                self._list_anew()
            case RecordingFailed(error, is_over):
                ways = (WayOn("Save it elsewhere…", self.save_requested.emit),)
                if is_over:
                    self._messages.show_error(_not_whole(error), ways)
                    if any(run.ending is None for run in self._kept.runs):  # it grows no more
                        self._list_anew()
                else:
                    self._messages.show_error(error, ways)

    @Slot()
    def _on_session_run_changed(self) -> None:
        """Find out which file the run on screen has. A recording and its run on screen may come in either order."""
        if self._told is not None:  # what could not be opened last: something else is open now
            self._messages.withdraw(self._told)
            self._told = None
        run = self._session.run
        if run is not None and run.is_running and run not in self._files:
            self._unnamed = run
            if self._unclaimed is not None:
                self._name(run, self._unclaimed)
                return
        self._kept.set_open(None if run is None else self._files.get(run))

    def _name(self, run: Run, path: Path) -> None:
        self._files[run] = path
        self._unnamed = self._unclaimed = None
        if run is self._session.run:
            self._kept.set_open(path)

    def _show_list(self, listed: run_jobs.Listed) -> None:
        """Show the list; a training that is new in it is drawn too."""
        self._kept.set_runs(listed.runs, can_restore=listed.can_restore)
        begun = [run.path for run in listed.runs if run.path in self._begun]
        if begun:
            self._begun.difference_update(begun)
            self.plot((*self._kept.plotted, *begun)[-_PLOTTED_BY_THEMSELVES:])

    def _list_anew(self) -> None:
        self._submit(run_jobs.listed)

    def _read_curves(self, path: Path) -> None:
        self._ask(path, lambda: run_jobs.Curves(path, run_jobs.read(path, with_snapshots=False).run))

    def _show_change(self, change: run_jobs.Gone | run_jobs.Deleted | run_jobs.TakenBack) -> None:
        """Show what has left the list, or is in it again."""
        self._show_list(change.listed)
        match change:
            case run_jobs.Gone(name):
                self._tell_gone([name])
            case run_jobs.Deleted():
                self._tell_deleted(change)
            case run_jobs.TakenBack():
                self._announce_restored(change)

    def _tell_deleted(self, deleted: run_jobs.Deleted) -> None:
        ways = (WayOn("Undo", lambda: self._submit(lambda: run_jobs.taken_back(deleted.paths))),)
        if deleted.error is not None:
            self._messages.show_error(deleted.error, ways if deleted.paths else ())
        elif deleted.paths:
            more = f"Gone already: {_quoted(deleted.gone)}." if deleted.gone else ""
            self._messages.show_info(f"Deleted: {_quoted(deleted.names)}.", more, ways)
        else:
            self._tell_gone(deleted.gone)

    def _announce_restored(self, taken_back: run_jobs.TakenBack) -> None:
        names = [run.name for run in taken_back.listed.runs if run.path in taken_back.paths]
        if names:
            self._messages.show_info(f"Taken back: {_quoted(names)}.")
        else:
            self._messages.show_info("There is nothing to take back.", "What was deleted can be taken back for a day.")

    def _tell_gone(self, names: Sequence[str]) -> None:
        is_one = len(names) == 1
        self._messages.show_error(
            DigitLabError(
                f"{_quoted(names)} {'is' if is_one else 'are'} gone.",
                expected=f"{'It was' if is_one else 'They were'} deleted, perhaps in another window of DigitLab.",
                remedy="Ctrl+Z in the list of trainings takes back what was deleted last.",
            )
        )

    def _show_found(self, found: run_jobs.Found) -> None:
        self._show_list(found.listed)
        if not self._kept.plotted:
            self.plot(run.path for run in found.listed.runs[:_PLOTTED_AT_FIRST] if run.epoch_count)
        recovered = found.recovered
        if recovered.cut_off:
            self._offer(recovered.cut_off)
        elif recovered.set_aside:
            path = recovered.set_aside[0]
            what = count(len(recovered.set_aside), "kept training")
            self._messages.show_error(
                DigitLabError(f"{what} could not be read.", remedy=f"The damaged files lie in {path.parent}.")
            )

    def _offer(self, runs: tuple[RunSummary, ...]) -> None:
        """Offer what was cut off, the newest of several."""
        run = runs[0]
        epoch = run.started.epoch_of(run.started.first_step + run.step)
        more = f" {count(len(runs) - 1, 'other')} too; all are under Runs." if len(runs) > 1 else ""
        ways = (
            WayOn("Open it", lambda: self.open(run.path)),
            WayOn("Go on training", lambda: self.continue_training(run.path)),
            WayOn("Not now", lambda: None),
        )
        self._messages.offer(
            f"The training “{run.name}” was cut off at {epoch_words(epoch)}.",
            f"Everything up to there is kept.{more}",
            ways,
        )

    def _show(self, stored: StoredRun, *, goes_on: bool) -> None:
        session, summary = self._session, stored.summary
        if session.training_state is not TrainingState.IDLE:
            self._messages.show_info("A training is going on.", "Stop it first; then open the other one.")
            return
        self._files[stored.run] = summary.path
        session.open_network(stored.snapshot, stored.run)
        started = summary.started
        recipe = replace(session.recipe, spec=started.spec, config=started.config)
        source = _SOURCES.get(started.dataset_name)
        session.recipe = recipe if source is None else replace(recipe, source=str(source))
        if goes_on and source is None:
            self._messages.show_info(
                f"“{summary.name}” is open. It learned from {started.dataset_name}, a file of yours.",
                "Choose that file under Train, then go on from here.",
            )
        elif goes_on:
            left = started.first_epoch + started.config.epochs - stored.snapshot.epoch
            config = replace(started.config, epochs=max(1, math.ceil(left - 1e-6)))
            session.recipe = replace(session.recipe, config=config)
            self.continue_requested.emit()


def _quoted(names: Sequence[str]) -> str:
    return f"“{names[0]}”" if len(names) == 1 else count(len(names), "training")


def _not_whole(error: DigitLabError) -> DigitLabError:
    return DigitLabError(
        "The training has ended, but could not be kept whole.",
        expected=error.happened,
        remedy="It is still open: save it elsewhere before you train or open another.",
    )
