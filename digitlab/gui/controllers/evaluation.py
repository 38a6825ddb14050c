"""Judging the network on screen. It has a thread of its own, needs no Keras, and so goes on beside a training."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.data.held_out import load_held_out
from digitlab.data.sources import DataSource
from digitlab.errors import DigitLabError
from digitlab.gui.bridge import Mailbox
from digitlab.gui.messages import Messages, WayOn
from digitlab.gui.session import Session
from digitlab.gui.values import Judged
from digitlab.insight.batch import answer_all
from digitlab.model.snapshot import Snapshot
from digitlab.training.judgement import Judgement, mean_loss
from digitlab.work import Worker, yield_to_window

_PROGRESS_PERIOD_S: Final = 0.05
"""Progress is told 20 times a second."""


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """One wish to judge; what it posts carries it along, so that mail from one given up is told apart."""

    snapshot: Snapshot
    source: str
    cancelled: threading.Event


@dataclass(frozen=True, slots=True, eq=False)
class _Progress:
    job: _Job
    words: str
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class _Done:
    job: _Job
    judged: Judged


@dataclass(frozen=True, slots=True, eq=False)
class _Failed:
    job: _Job
    error: Exception


class EvaluationController(QObject):
    """Turns the wishes of the Evaluate panel into work, and keeps ``session.judging``.

    Signals:
        data_file_requested: The person wants to choose a file to judge on.
    """

    data_file_requested = Signal()

    def __init__(self, session: Session, messages: Messages, parent: QObject) -> None:
        """Start the thread."""
        super().__init__(parent)
        self._session = session
        self._messages = messages
        self._job: _Job | None = None
        self._told: DigitLabError | None = None  # what went wrong last
        self._running: _Job | None = None  # in the thread
        self._recipe_source = session.recipe.source
        self._mail = Mailbox(self)
        self._mail.arrived.connect(self._on_mail_arrived)
        self._worker = Worker("evaluation", self._post_failure)
        self._worker.submit(yield_to_window)
        session.recipe_changed.connect(self._on_session_recipe_changed)

    # Wishes

    @Slot()
    def judge(self) -> None:
        """Judge the network that is on screen now."""
        snapshot, source = self._session.snapshot, self._session.judging.source
        if self._job is None and snapshot.spec.classifies:
            job = self._job = _Job(snapshot, source, threading.Event())
            if self._told is not None:
                self._messages.take_back(self._told)
                self._told = None
            self._show(words="Preparing", share=None, is_busy=True)
            self._worker.submit(lambda: self._run(job))

    @Slot()
    def cancel(self) -> None:
        """Give up; the result before stays."""
        if self._job is not None:
            self._job.cancelled.set()
            self._rest()

    @Slot(str)
    def choose_source(self, source: str) -> None:
        """Judge on other data next: ``builtin``, ``mnist``, or the path of a dataset or of drawings."""
        self._session.set_judging(replace(self._session.judging, source=source))

    def close(self, timeout_s: float) -> bool:
        """Give up and end the thread; returns whether it has ended."""
        if self._job is not None:
            self._job.cancelled.set()
        return self._worker.close(timeout_s)

    # In the GUI thread

    def _show(self, *, words: str, share: float | None, is_busy: bool) -> None:
        self._session.set_judging(replace(self._session.judging, words=words, share=share, is_busy=is_busy))

    def _rest(self) -> None:
        self._job = None
        self._show(words="", share=None, is_busy=False)

    @Slot()
    def _on_session_recipe_changed(self) -> None:
        """Follow the data of the training: whoever opens a dataset wants to see how the network does on it."""
        source = self._session.recipe.source
        if source != self._recipe_source:
            self._recipe_source = source
            self.choose_source(source)

    @Slot(object)
    def _on_mail_arrived(self, mail: object) -> None:
        match mail:
            case _Progress(job, words, share) if job is self._job:
                self._show(words=words, share=share, is_busy=True)
            case _Done(job, judged) if job is self._job:
                self._rest()
                self._session.set_judging(replace(self._session.judging, judged=judged))
            case _Failed(job, error) if job is self._job:
                self._rest()
                self._tell(job, error)

    def _tell(self, job: _Job, error: Exception) -> None:
        ways = [WayOn("Try again", self.judge), WayOn("Choose a file…", self.data_file_requested.emit)]
        if job.source != DataSource.BUILTIN:
            ways.append(WayOn("Use the built-in digits", self._use_builtin))
        self._told = error if isinstance(error, DigitLabError) else None
        self._messages.tell_error(error, tuple(ways) if self._told is not None else ())

    def _use_builtin(self) -> None:
        self.choose_source(str(DataSource.BUILTIN))
        self.judge()

    # In the thread

    def _run(self, job: _Job) -> None:
        self._running = job
        judged = self._judge(job)
        if judged is not None:
            self._mail.post(_Done(job, judged))

    def _post_failure(self, error: Exception) -> None:
        if self._running is not None:
            self._mail.post(_Failed(self._running, error.with_traceback(None)))

    def _judge(self, job: _Job) -> Judged | None:
        begun = time.perf_counter()
        tell = self._paced(job)
        held_out = load_held_out(job.source, download=True, progress=tell, cancelled=job.cancelled.is_set)
        digits, others = held_out.digits, held_out.others
        total = len(digits) + len(others)
        words = f"Answering {total:,} images"
        answers = answer_all(
            job.snapshot, digits.images, lambda share: tell(words, share * len(digits) / total), job.cancelled.is_set
        )
        other_answers = answer_all(
            job.snapshot,
            others,
            lambda share: tell(words, (len(digits) + share * len(others)) / total),
            job.cancelled.is_set,
        )
        if answers is None or other_answers is None:
            return None
        loss = mean_loss(job.snapshot.spec.loss, answers.sums, digits.labels)
        judgement = Judgement.of(answers.outputs, digits.labels, loss, other_answers.outputs)
        return Judged(job.snapshot, held_out.name, judgement, time.perf_counter() - begun)

    def _paced(self, job: _Job) -> Callable[[str, float], None]:
        """Return what tells progress, but not more often than the screen shows it."""
        told = -_PROGRESS_PERIOD_S

        def tell(words: str, share: float) -> None:
            nonlocal told
            now = time.perf_counter()
            if now - told >= _PROGRESS_PERIOD_S:
                told = now
                self._mail.post(_Progress(job, words, share))

        return tell
