"""The file of the user's own digits; its methods are jobs for a separate thread."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from digitlab.data.drawing.geometry import bounds, scaled_to
from digitlab.data.drawing.raster import render_many
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawing_line import to_line
from digitlab.data.files.drawings_file import LeftOut, write_drawings
from digitlab.data.mine.former import former_path
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.data.mine.opening import SetAside, my_digits_path
from digitlab.data.mine.store import MyDigits, TooManyDigitsError
from digitlab.data.sources import load_drawings
from digitlab.gui.session.desk import Request
from digitlab.gui.session.own_digits import OwnDigitsChange
from digitlab.system.errors import DigitLabError
from digitlab.system.rescue import RESCUED_DIGITS, rescue_path, rescued_files
from digitlab.words.numbers import count

_log = logging.getLogger(__name__)

_LOADING_PERIOD_S: Final = 0.3
"""Digits are reported at this interval, so that the panel does not sort a large set again for every hundred digits."""

_RENDERED_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """Digits read from the file, all or some.

    Attributes:
        digits: The digits, oldest first.
        unusable_count: Number of digits that could not be read.
    """

    digits: tuple[KeptDigit, ...]
    unusable_count: int


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """The result of an import.

    Attributes:
        change: The change of the set; None if there was nothing new.
        unlabelled_count: Number of drawings skipped because they are empty or have no label.
        known_count: Number of drawings skipped because they are already in the set.
        left_out: The lines of the files that were left out.
    """

    change: OwnDigitsChange | None
    unlabelled_count: int
    known_count: int
    left_out: tuple[LeftOut, ...] = ()


class RejectedError(DigitLabError):
    """A change can never be written; it was dropped.

    Attributes:
        change: The change.
    """

    def __init__(self, change: OwnDigitsChange, error: DigitLabError) -> None:
        """Reject a change because of an error."""
        super().__init__(error.happened, expected=error.expected, remedy=error.remedy)
        self.change = change


class MyDigitsFile:
    """The file of the set. What cannot be written waits, in order, and each further job writes it first.

    Args:
        on_set_aside: Called in the thread with a damaged file that was replaced.
    """

    def __init__(self, on_set_aside: Callable[[SetAside], None]) -> None:
        """Do not open the file yet; the first job does."""
        self._on_set_aside = on_set_aside
        self._opened: MyDigits | None = None
        self._thread = 0
        self._waiting: list[OwnDigitsChange] = []
        self._draft: Drawing | None = None
        self._is_draft_new = False

    def _store(self) -> MyDigits:
        self._put_back()
        if self._opened is None or self._thread != threading.get_ident():  # another thread is stuck with the file
            self._opened, self._thread = MyDigits(my_digits_path()), threading.get_ident()
            if self._opened.set_aside is not None:
                self._on_set_aside(self._opened.set_aside)
            _import_former(self._opened)
        return self._opened

    def _put_back(self) -> None:
        """Write the file again if it was deleted or moved while it was open; ``_store`` then opens it."""
        if self._opened is None or self._thread != threading.get_ident() or self._opened.is_in_place():
            return
        self._opened.put_back()
        self._opened.close()
        self._opened = None
        self._is_draft_new = self._draft is not None

    def recover(self, request: Request[Any]) -> Drawing | None:
        """Return the draft that a crash left, if any."""
        return self._store().recover_draft()

    def load(self, request: Request[Any]) -> Loaded:
        """Read the set in parts; they are reported as ``Loaded``, and the last one is returned."""
        digits: list[KeptDigit] = []
        unusable_count = 0
        reported_s = time.monotonic()
        self._store().has_changed_elsewhere()
        for read in self._store().read():
            digits += read.digits
            unusable_count += read.unusable_count
            if time.monotonic() - reported_s > _LOADING_PERIOD_S:
                request.report(Loaded(tuple(digits), 0))
                digits, reported_s = [], time.monotonic()
        return Loaded(tuple(digits), unusable_count)

    def reread(self, request: Request[Any], *, is_forced: bool) -> tuple[KeptDigit, ...] | None:
        """Return all digits if another window has changed the file, or in any case; else None."""
        self._flush(request)  # else it would vanish from the screen
        if not (self._store().has_changed_elsewhere() or is_forced):
            return None
        return tuple(digit for read in self._store().read() for digit in read.digits)

    def write(self, change: OwnDigitsChange, draft: Drawing | None, request: Request[Any]) -> None:
        """Write a change and the draft in one transaction, so that a crash cannot separate them.

        Args:
            change: The change of the set.
            draft: What is on the canvas after the change and not kept, or None.
            request: The request.
        """
        self._waiting.append(change)
        self.write_draft(draft, request)

    def write_draft(self, draft: Drawing | None, request: Request[Any]) -> None:
        """Write the draft, or delete it, and what waits."""
        self._is_draft_new = self._is_draft_new or draft is not self._draft
        self._draft = draft
        self._flush(request)

    def write_waiting(self, request: Request[Any]) -> None:
        """Write what waits."""
        self._flush(request)

    @property
    def waiting_count(self) -> int:
        """Number of changes that wait; for any thread."""
        return len(self._waiting)

    def _flush(self, request: Request[Any]) -> None:
        """Write what waits, each change in one transaction, the last one together with the draft.

        A job that was given up writes no more: another thread does.
        """
        while self._waiting and not request.is_cancelled:
            self._write_first(self._waiting[0])
        if self._is_draft_new and not request.is_cancelled:
            self._write_draft(self._store())

    def _write_first(self, change: OwnDigitsChange) -> None:
        store, is_last = self._store(), len(self._waiting) == 1
        try:
            with store.one_change():
                store.exchange(change.taken, change.put)
                if is_last and self._is_draft_new:
                    self._write_draft(store)
        except TooManyDigitsError as error:
            self._drop(change)
            raise RejectedError(change, error) from error
        except BaseException:
            self._is_draft_new = True
            raise
        self._drop(change)

    def _drop(self, change: OwnDigitsChange) -> None:
        if change in self._waiting:  # unless a thread that was stuck has done so
            self._waiting.remove(change)

    def _write_draft(self, store: MyDigits) -> None:
        if self._draft is None:
            store.discard_draft()
        else:
            store.save_draft(self._draft)
        self._is_draft_new = False

    def import_drawings(self, paths: Sequence[Path], request: Request[Any]) -> Imported:
        """Add the labelled drawings of files that are not yet in the set."""
        self._flush(request)
        store = self._store()
        left_out: list[LeftOut] = []
        drawings = [_on_unit_square(drawing) for drawing in load_drawings(paths, left_out.append)]
        labelled = [drawing for drawing in drawings if drawing.label is not None and not drawing.is_empty]
        # Exported digits that leave the canvas come back scaled to it.
        known = {to_line(_on_unit_square(digit.drawing)) for read in store.read() for digit in read.digits}
        fresh = [drawing for drawing in labelled if to_line(drawing) not in known]
        change = None
        if fresh:
            digits = _kept(fresh)
            change = OwnDigitsChange((), digits, f"importing {count(len(digits), 'digit')}")
            store.exchange((), digits)
        return Imported(change, len(drawings) - len(labelled), len(labelled) - len(fresh), tuple(left_out))

    def close(self, request: Request[Any]) -> None:
        """Write what waits, or rescue it to the system's temporary folder, and close the file.

        The draft is deleted: after a normal end there is nothing to recover.
        """
        if self._waiting:
            try:
                self._flush(request)
            except DigitLabError:
                self._rescue()
        if self._opened is not None and self._thread == threading.get_ident():
            self._opened.discard_draft()
            self._opened.close()
            self._opened = None

    def _rescue(self) -> None:
        """Write the digits that could not be saved to the system's temporary folder; the next start imports them."""
        digits: dict[int, KeptDigit] = {}
        for change in self._waiting:
            for digit in change.taken:
                digits.pop(digit.id, None)
            digits.update({digit.id: digit for digit in change.put})
        if digits:
            path = rescue_path(RESCUED_DIGITS)
            write_drawings(path, [digit.drawing for digit in digits.values()], is_private=True)
            _log.error("Digits that could not be saved are in %s.", path)

    def import_rescued(self, request: Request[Any]) -> Imported | None:
        """Add the digits that could not be saved when DigitLab was closed; None if there are none."""
        paths = rescued_files(RESCUED_DIGITS)
        if not paths:
            return None
        imported = self.import_drawings(paths, request)
        for path in paths:
            path.unlink(missing_ok=True)
        return imported


def _import_former(store: MyDigits) -> None:
    """Add the digits that earlier versions kept beside the datasets."""
    path = former_path()
    try:
        imported = 0 if path is None else store.import_once(path)
    except DigitLabError as error:
        _log.warning("The digits in %s stay there: %s", path, error)
        return
    if imported:
        _log.info("%d digits were copied from %s.", imported, path)


def export(path: Path, drawings: Sequence[Drawing], request: Request[Any]) -> None:
    """Write drawings to a file."""
    write_drawings(path, drawings)


def _on_unit_square(drawing: Drawing) -> Drawing:
    """Return a drawing scaled to the canvas; one drawn on the canvas is returned unchanged."""
    box = bounds(drawing)
    on_canvas = box is None or bool(np.all(np.array(box) >= 0.0) and np.all(np.array(box) <= 1.0))
    return drawing if on_canvas else scaled_to(drawing)


def _kept(drawings: Sequence[Drawing]) -> tuple[KeptDigit, ...]:
    """Return labelled drawings as digits, with times a microsecond apart to preserve their order."""
    digits: list[KeptDigit] = []
    now = datetime.now(UTC)
    for start in range(0, len(drawings), _RENDERED_AT_ONCE):
        batch = drawings[start : start + _RENDERED_AT_ONCE]
        for drawing, image in zip(batch, render_many(batch), strict=True):
            assert drawing.label is not None
            digit = KeptDigit.of(drawing, drawing.label, image)
            digits.append(replace(digit, kept_at=now + timedelta(microseconds=len(digits))))
    return tuple(digits)
