"""What networks read in the person's own digits: the one on screen first, then every kept moment of the run."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from digitlab.data.digit import CLASS_COUNT
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.gui.messages import Messages
from digitlab.gui.session.bridge import Mailbox
from digitlab.gui.session.order import coarse_to_fine
from digitlab.gui.session.session import Session
from digitlab.insight.batch import answer_all
from digitlab.model.snapshot import Snapshot
from digitlab.system.work import Worker, yield_to_window

_DIGITS_AT_ONCE: Final = 400
"""Digits asked about between two looks at what is wanted now: a tenth of a second with the tutorial network."""


@dataclass(frozen=True, slots=True, eq=False)
class _Answered:
    snapshot: Snapshot
    digits: tuple[KeptDigit, ...]
    answers: NDArray[np.int64]


class OwnPredictionsController(QObject):
    """Fills ``session.mine.predictions`` while somebody looks at them.

    One question at a time is under way; the next is chosen when its answer is there, from what is on screen by then. So
    nothing has to be cancelled, and a moment that the person goes to is asked first.
    """

    def __init__(self, session: Session, messages: Messages, parent: QObject) -> None:
        """Start the thread."""
        super().__init__(parent)
        self._session = session
        self._messages = messages
        self._is_watched = False
        self._is_asking = False
        self._is_broken = False
        self._turn = 0
        self._mail = Mailbox(self)
        self._mail.arrived.connect(self._on_mail_arrived)
        self._worker = Worker("my answers", self._mail.post)
        self._worker.submit(yield_to_window)
        session.mine.changed.connect(self._ask)
        session.snapshot_changed.connect(self._ask)
        session.run_changed.connect(self._on_session_run_changed)
        session.run_advanced.connect(self._ask)

    @property
    def is_busy(self) -> bool:
        """Whether a question is under way."""
        return self._is_asking

    @Slot(bool)
    def watch(self, is_on: bool) -> None:
        """Answer, or rest while nobody looks."""
        self._is_watched = is_on
        self._ask()

    def close(self, timeout_s: float) -> bool:
        """End the thread; returns whether it has ended."""
        self._is_watched = False
        return self._worker.close(timeout_s)

    @Slot()
    def _on_session_run_changed(self) -> None:
        self._is_broken = False
        self._ask()

    @Slot()
    def _ask(self) -> None:
        """Ask the next question, unless one is under way."""
        mine = self._session.mine
        if not self._is_watched or self._is_asking or self._is_broken or not mine.digits:
            return
        job = next(filter(None, map(self._question, self._wanted())), None)
        if job is not None:
            self._is_asking = True
            self._worker.submit(job)

    def _question(self, snapshot: Snapshot) -> Callable[[], None] | None:
        """Return what asks a network about digits that it was not asked about, or None if there are none."""
        mine = self._session.mine
        missing = mine.predictions.missing(snapshot, mine.digits) if snapshot.spec.classifies else ()
        digits = tuple(mine.digits[index] for index in missing[:_DIGITS_AT_ONCE])
        return partial(self._answer, snapshot, digits) if digits else None

    def _wanted(self) -> Iterator[Snapshot]:
        """Yield the network on screen, then the moments of the run, from coarse to fine.

        Every other time the run comes first: while it goes on, the network on screen is always another.
        """
        self._turn += 1
        run = self._session.run
        if self._turn % 2:
            yield self._session.snapshot
        if run is not None:
            snapshots = run.snapshots
            for index in coarse_to_fine(len(snapshots)):
                yield snapshots[index]
        yield self._session.snapshot

    def _answer(self, snapshot: Snapshot, digits: tuple[KeptDigit, ...]) -> None:
        """Ask a network, in the thread."""
        answers = answer_all(snapshot, np.stack([digit.image for digit in digits]))
        assert answers is not None
        self._mail.post(_Answered(snapshot, digits, answers.outputs[:, :CLASS_COUNT].argmax(axis=1)))

    @Slot(object)
    def _on_mail_arrived(self, mail: object) -> None:
        self._is_asking = False
        mine, run = self._session.mine, self._session.run
        match mail:
            case _Answered(snapshot, digits, answers):
                mine.predictions.add(snapshot, digits, answers)
                mine.predictions.keep_only([self._session.snapshot, snapshot, *(run.snapshots if run else ())])
                mine.predictions_advanced.emit()
            case Exception():
                # The same question would fail again and again; another run may do better.
                self._is_broken = True
                self._messages.show_error(mail)
        self._ask()
