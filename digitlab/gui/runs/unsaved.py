"""Runs that could not be saved: they stay in memory, and the user can try again or save them elsewhere."""

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.gui.messages import Messages, Option, ShownError
from digitlab.gui.session.opening import OpenedFile, Opening, source_of
from digitlab.gui.session.session import Session
from digitlab.runs.recorder import RecordingFailed, RunRecorder
from digitlab.system.errors import DigitLabError


class UnsavedRuns(QObject):
    """Says what could not be saved, until it is.

    Signals:
        save_requested: The user chose to save the run on screen to another place.
    """

    save_requested = Signal()

    def __init__(
        self, session: Session, opening: Opening, recorder: RunRecorder, messages: Messages, parent: QObject
    ) -> None:
        """Create it; the recorder's failures are passed to ``report``."""
        super().__init__(parent)
        self._session = session
        self._opening = opening
        self._recorder = recorder
        self._error = ShownError(messages)

    def report(self, event: RecordingFailed) -> None:
        """Show that a training cannot be saved, while it runs or at its end."""
        elsewhere = Option("Save it elsewhere…", partial(self._save_elsewhere, event))
        again = Option("Try again", self.retry)
        if event.is_over:
            self._error.show(_incomplete(event.error), (again, elsewhere))
        else:
            self._error.show(event.error, (elsewhere,))

    def withdraw(self) -> None:
        """Remove the message: the run is saved now."""
        self._error.withdraw()

    @Slot()
    def retry(self) -> None:
        """Save all runs that wait."""
        self._recorder.retry()

    def _save_elsewhere(self, event: RecordingFailed) -> None:
        """Let the user save the run; one that is not on screen any more is opened again first."""
        if self._is_shown(event) or self._open(event):
            self.save_requested.emit()

    def _is_shown(self, event: RecordingFailed) -> bool:
        shown = self._session.run
        return event.run is None or (shown is not None and shown.started is event.run.started)

    def _open(self, event: RecordingFailed) -> bool:
        if event.run is None or event.newest is None:
            return False
        source = source_of(event.run.started)  # it was there for the training
        return self._opening.open(OpenedFile(event.newest, event.run.copy(), event.newest.spec.name, source=source))


def _incomplete(error: DigitLabError) -> DigitLabError:
    return DigitLabError(
        "Training has ended, but the run could not be saved completely.",
        expected=error.happened,
        remedy="It stays in memory: free some disk space and try again, or save it elsewhere before closing DigitLab.",
    )
