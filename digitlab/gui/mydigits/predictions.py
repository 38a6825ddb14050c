"""Predicts the user's own digits, with the snapshot on screen first, then with every kept snapshot of the run."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.gui.messages import Messages
from digitlab.gui.session.desk import Desk, Request
from digitlab.gui.session.session import Session
from digitlab.gui.session.survey import Survey
from digitlab.insight.batch import answer_all
from digitlab.model.outputs import of_classes
from digitlab.model.snapshot import Snapshot

_DIGITS_AT_ONCE: Final = 400
"""Digits of one job, after which the next snapshot is chosen: a tenth of a second with the tutorial network."""


@dataclass(frozen=True, slots=True, eq=False)
class _Predicted:
    """The predictions of a snapshot for some digits.

    Attributes:
        digits: The digits.
        predicted: Shape (n,), int64, 0..9.
    """

    digits: tuple[KeptDigit, ...]
    predicted: NDArray[np.int64]


class OwnPredictionsController(QObject):
    """Fills ``session.mine.predictions`` while the My digits panel is visible.

    Attributes:
        desk: The thread that predicts.
    """

    def __init__(self, session: Session, messages: Messages, parent: QObject) -> None:
        """Start the thread; nothing is predicted before ``watch``."""
        super().__init__(parent)
        self._session = session
        self.desk = Desk("my predictions", messages, self, is_background=True)
        self._survey: Survey[_Predicted] = Survey(
            session,
            self.desk,
            self,
            wanted=lambda: self._survey.screen_first(session.run.snapshots if session.run is not None else ()),
            job_for=self._job_for,
            take=self._take,
        )
        session.mine.changed.connect(self._survey.refresh)

    @property
    def is_busy(self) -> bool:
        """Whether digits are being predicted."""
        return self._survey.is_busy

    @Slot(bool)
    def watch(self, is_watched: bool) -> None:
        """Predict while the panel is visible; known predictions are kept."""
        self._survey.watch(is_watched)

    def close(self, timeout_s: float) -> bool:
        """End the thread; returns whether it has ended."""
        self._survey.close()
        return self.desk.close(timeout_s)

    def _job_for(self, snapshot: Snapshot) -> Callable[[Request[Any]], _Predicted | None] | None:
        mine = self._session.mine
        missing = mine.predictions.missing(snapshot, mine.digits) if snapshot.spec.reads_digits else ()
        digits = tuple(mine.digits[index] for index in missing[:_DIGITS_AT_ONCE])
        return partial(_predict, snapshot, digits) if digits else None

    def _take(self, snapshot: Snapshot, found: _Predicted) -> None:
        self._session.mine.predictions.add(snapshot, found.digits, found.predicted)
        self._session.mine.predictions_advanced.emit()


def _predict(snapshot: Snapshot, digits: tuple[KeptDigit, ...], request: Request[Any]) -> _Predicted | None:
    """Predict digits, in the thread; returns None if cancelled."""
    images = np.stack([digit.image for digit in digits])
    answers = answer_all(snapshot, images, is_cancelled=lambda: request.is_cancelled)
    return None if answers is None else _Predicted(digits, of_classes(answers.outputs).argmax(axis=1))
