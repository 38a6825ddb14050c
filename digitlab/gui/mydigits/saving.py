"""Saving changes of the user's own digits: what cannot be written stays on screen, is reported, and is tried again."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot

from digitlab.data.drawing.strokes import Drawing
from digitlab.gui.messages import Option
from digitlab.gui.mydigits.jobs import MyDigitsFile, RejectedError
from digitlab.gui.session.desk import Desk, Request
from digitlab.gui.session.own_digits import OwnDigitsChange
from digitlab.gui.widgets.throttle import Throttle
from digitlab.system.errors import DigitLabError
from digitlab.words.numbers import count

_RETRY_MS: Final = 5_000
"""Time until the next attempt: another program may hold the file for a moment, or somebody has to free disk space."""


class Saving(QObject):
    """Writes changes and drafts in order.

    Signals:
        saved: Everything is on the disk.
        rejected: A change can never be written; carries it and the error.
        export_requested: The user chose to write the digits to another file.
    """

    saved = Signal()
    rejected = Signal(object, object)
    export_requested = Signal()

    def __init__(self, file: MyDigitsFile, desk: Desk, parent: QObject) -> None:
        """Connect the file with its thread.

        Args:
            file: The file.
            desk: Its thread.
            parent: The owner.
        """
        super().__init__(parent)
        self._file = file
        self._desk = desk
        self._is_failing = False
        self._is_told = False
        self._retry = Throttle(self.retry, _RETRY_MS, self)

    def write(self, change: OwnDigitsChange, draft: Drawing | None) -> None:
        """Write a change, and what is on the canvas after it and not kept."""
        self._ask(partial(self._file.write, change, draft), is_change=True)

    def write_draft(self, draft: Drawing | None) -> None:
        """Write what is on the canvas and not kept, or delete it."""
        self._ask(partial(self._file.write_draft, draft))

    @Slot()
    def retry(self) -> None:
        """Write everything that waits."""
        self._ask(self._file.write_waiting)

    def _try_again(self) -> None:
        """Write everything that waits, and show the error again if that fails: the user has asked for it."""
        self._is_told = False
        self.retry()

    def close(self) -> None:
        """Make no more attempts of its own."""
        self._retry.cancel()

    def _ask(self, job: Callable[[Request[None]], None], *, is_change: bool = False) -> None:
        # Quiet: a successful write must not clear the error of reading or exporting.
        self._desk.ask(job, then=self._on_written, failed=partial(self._on_failed, is_change), is_quiet=True)

    def _on_written(self, _: None) -> None:
        if self._is_failing:
            self._is_failing = self._is_told = False
            self._retry.cancel()
            self._desk.withdraw_error()
        self.saved.emit()

    def _on_failed(self, is_change: bool, error: Exception) -> None:
        if isinstance(error, RejectedError):
            self.rejected.emit(error.change, error)
            self.retry()
            return
        self._is_failing = True
        if not self._is_told or is_change:  # and not for each further stroke or attempt
            self._is_told = True
            self._show(error)
        self._retry.request()

    def _show(self, error: Exception) -> None:
        options = (Option("Try again", self._try_again),)
        waiting_count = self._file.waiting_count
        if not waiting_count or not isinstance(error, DigitLabError):
            self._desk.show_error(error, options)
            return
        waiting = DigitLabError(
            f"{count(waiting_count, 'change')} of your own digits could not be saved yet. {error.happened}",
            expected=error.expected,
            remedy=error.remedy,
        )
        self._desk.show_error(waiting, (*options, Option("Export elsewhere…", self.export_requested.emit)))
