"""The file of the person's own digits, in a thread of its own; what it tells the window are values."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from digitlab.data.drawing.geometry import bounds, scaled_to
from digitlab.data.drawing.raster import render_many
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawings_file import read_drawings, to_line, write_drawings
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.data.mine.store import MyDigits, my_digits_path
from digitlab.gui.session.own_digits import OwnDigitsChange
from digitlab.system.errors import DigitLabError
from digitlab.words.numbers import count

_LOADING_PERIOD_S: Final = 0.3
"""A large set is shown in pieces of this time, so that the window does not sort it anew with every hundred digits."""

_RENDERED_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Recovered:
    """What a crash left on the canvas is back."""

    drawing: Drawing


@dataclass(frozen=True, slots=True, eq=False)
class SetAside:
    """The file was damaged and moved away."""

    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """Digits were read, all or some."""

    digits: tuple[KeptDigit, ...]
    unusable_count: int


@dataclass(frozen=True, slots=True, eq=False)
class Reread:
    """All digits were read again; ``change_number`` is that of the last change that was wished for before."""

    digits: tuple[KeptDigit, ...]
    change_number: int


@dataclass(frozen=True, slots=True, eq=False)
class Imported:
    """Drawings of files were taken in; ``change`` is None if there was nothing new."""

    change: OwnDigitsChange | None
    unlabelled_count: int
    known_count: int


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """The set was written to a file."""

    path: Path
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class NotWritten:
    """A change could not be written."""

    change: OwnDigitsChange
    error: DigitLabError


@dataclass(frozen=True, slots=True, eq=False)
class DraftWritten:
    """What lies on the canvas was written, or an error."""

    error: DigitLabError | None


class MyDigitsFile:
    """The file of the set, in the worker's thread.

    Args:
        post: Tells the GUI thread.
    """

    def __init__(self, post: Callable[[object], None]) -> None:
        """Open nothing yet."""
        self._post = post
        self._opened: MyDigits | None = None

    def _store(self) -> MyDigits:
        if self._opened is None:
            self._opened = MyDigits(my_digits_path())
            if self._opened.set_aside is not None:
                self._post(SetAside(self._opened.set_aside))
        return self._opened

    def recover(self) -> None:
        """Bring back what a crash left on a canvas."""
        drawing = self._store().recover_draft()
        if drawing is not None:
            self._post(Recovered(drawing))

    def load(self) -> None:
        """Read the set, and tell it in pieces."""
        digits: list[KeptDigit] = []
        unusable_count = 0
        told = time.monotonic()
        self._store().has_changed_elsewhere()
        for read in self._store().read():
            digits += read.digits
            unusable_count += read.unusable_count
            if time.monotonic() - told > _LOADING_PERIOD_S:
                self._post(Loaded(tuple(digits), 0))
                digits, told = [], time.monotonic()
        self._post(Loaded(tuple(digits), unusable_count))

    def reread(self, change_number: int, *, is_forced: bool = False) -> None:
        """Read the set again if another window has changed it, or anyway."""
        if self._store().has_changed_elsewhere() or is_forced:
            digits = tuple(digit for read in self._store().read() for digit in read.digits)
            self._post(Reread(digits, change_number))

    def write(self, change: OwnDigitsChange, draft: Drawing | None, *, is_draft_written: bool) -> None:
        """Write a change and, if it is another, what it leaves unkept on the canvas, as one."""
        try:
            store = self._store()
            with store.one_change():
                store.exchange(change.taken, change.put)
                if is_draft_written:
                    self._write_draft(store, draft)
        except DigitLabError as error:
            self._post(NotWritten(change, error))

    def write_draft(self, draft: Drawing | None) -> None:
        """Write what lies on the canvas and is not kept, or forget it."""
        try:
            self._write_draft(self._store(), draft)
        except DigitLabError as error:
            self._post(DraftWritten(error))
        else:
            self._post(DraftWritten(None))

    def _write_draft(self, store: MyDigits, draft: Drawing | None) -> None:
        if draft is None:
            store.discard_draft()
        else:
            store.save_draft(draft)

    def import_drawings(self, paths: Sequence[Path]) -> None:
        """Take in the labelled drawings of files that are not in the set yet."""
        store = self._store()
        drawings = [_on_unit_square(drawing) for path in paths for drawing in read_drawings(path)]
        labelled = [drawing for drawing in drawings if drawing.label is not None and not drawing.is_empty]
        known = {to_line(digit.drawing) for read in store.read() for digit in read.digits}
        fresh = [drawing for drawing in labelled if to_line(drawing) not in known]
        change = None
        if fresh:
            digits = _kept(fresh)
            change = OwnDigitsChange((), digits, f"importing {count(len(digits), 'digit')}")
            store.exchange((), digits)
        self._post(Imported(change, len(drawings) - len(labelled), len(labelled) - len(fresh)))

    def export(self, path: Path, drawings: Sequence[Drawing]) -> None:
        """Write drawings into a file."""
        write_drawings(path, drawings)
        self._post(Exported(path, len(drawings)))

    def close(self) -> None:
        """Close it; the end is no crash, so there is nothing to recover."""
        if self._opened is not None:
            self._opened.discard_draft()
            self._opened.close()
            self._opened = None


def _on_unit_square(drawing: Drawing) -> Drawing:
    """Return a drawing of any unit on the canvas; one that was drawn there stays as it is."""
    box = bounds(drawing)
    on_canvas = box is None or bool(np.all(np.array(box) >= 0.0) and np.all(np.array(box) <= 1.0))
    return drawing if on_canvas else scaled_to(drawing)


def _kept(drawings: Sequence[Drawing]) -> tuple[KeptDigit, ...]:
    """Keep labelled drawings, rendered some at a time, a microsecond after each other: they stay in their order."""
    digits: list[KeptDigit] = []
    now = datetime.now(UTC)
    for start in range(0, len(drawings), _RENDERED_AT_ONCE):
        batch = drawings[start : start + _RENDERED_AT_ONCE]
        for drawing, image in zip(batch, render_many(batch), strict=True):
            assert drawing.label is not None
            digit = KeptDigit.of(drawing, drawing.label, image)
            digits.append(replace(digit, kept_at=now + timedelta(microseconds=len(digits))))
    return tuple(digits)
