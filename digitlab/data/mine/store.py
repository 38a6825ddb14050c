"""The user's own digits in a SQLite file, so that a crash, a ``kill -9`` or a power cut loses no finished stroke.

SQLite writes each change as one transaction, completely or not at all, whenever the process ends
(https://www.sqlite.org/atomiccommit.html). With a write-ahead log and ``synchronous=FULL`` a change is on the disk when
the call returns (https://www.sqlite.org/pragma.html#pragma_synchronous), and several windows share the file.
"""

import logging
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawing_line import MAX_LINE_BYTES
from digitlab.data.mine.former import rows_in
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.data.mine.opening import SetAside, new_file, open_or_replace
from digitlab.data.mine.rows import (
    MAXIMUM_DIGITS,
    ReadDigits,
    batches,
    digits_of,
    drawing_of,
    line_of,
    rows_of,
    unlabelled,
)
from digitlab.system import storage
from digitlab.system.database import (
    SQLITE_ERRORS,
    open_existing,
    reason_of,
    transaction,
)
from digitlab.system.errors import DigitLabError
from digitlab.system.private import make_private_folder

_log = logging.getLogger(__name__)


class TooManyDigitsError(DigitLabError):
    """The set would have more digits than DigitLab keeps."""


class MyDigits:
    """The open file of own digits. Use it in the thread that created it.

    Attributes:
        set_aside: A damaged file that was replaced, or None if there was none.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, creating it if it is missing.

        A damaged file is moved aside and replaced by a new one with the digits that are intact.

        Args:
            path: The file.

        Raises:
            DigitLabError: If it cannot be opened, or a newer DigitLab wrote it.
        """
        self._path = path
        self._owner = secrets.randbelow(2**62) + 1
        self._lock: storage.FileLock | None = None
        self.set_aside: SetAside | None = None
        self._version = -1
        try:
            make_private_folder(path.parent)
            self._database, self.set_aside = open_or_replace(path)
            self._status = path.stat()
        except (*SQLITE_ERRORS, OSError) as error:
            raise self._failure("opened", error) from error

    def close(self) -> None:
        """Close the file."""
        self._database.close()
        if self._lock is not None:
            self._lock.release()

    def is_in_place(self) -> bool:
        """Return whether the file is still at its path; SQLite would go on writing a deleted one without an error."""
        return storage.is_same_file(self._path, self._status)

    def put_back(self) -> None:
        """Write what was in the file to its path again, after it was deleted; one that is there by now is kept.

        The draft of this window is left out.

        Raises:
            DigitLabError: If it cannot be written.
        """
        try:
            make_private_folder(self._path.parent)
            with new_file(self._path) as copy:
                self._database.backup(copy)
                copy.execute("DELETE FROM drafts WHERE owner = ?", (self._owner,))
        except (*SQLITE_ERRORS, OSError) as error:
            raise self._failure("written", error) from error
        _log.warning("%s was deleted or moved; it was written again.", self._path)

    @contextmanager
    def one_change(self) -> Iterator[None]:
        """Write all changes of the block in one transaction: all of them or none.

        Raises:
            DigitLabError: If the file cannot be written.
        """
        with self._changing():
            yield

    # The kept digits

    def read(self) -> Iterator[ReadDigits]:
        """Yield all digits in batches, oldest first.

        Raises:
            DigitLabError: If the file cannot be read.
        """
        with self._reading():
            for rows in batches(rows_of(self._database)):
                yield digits_of(rows)

    def has_changed_elsewhere(self) -> bool:
        """Return whether another window has written to the file since the last call; True for the first call.

        Raises:
            DigitLabError: If the file cannot be read.
        """
        with self._reading():
            (version,) = self._database.execute("PRAGMA data_version").fetchone()
        before, self._version = self._version, int(version)
        return before != self._version

    def exchange(self, taken: Iterable[KeptDigit], put: Sequence[KeptDigit]) -> None:
        """Remove digits and add others in one transaction: to keep, delete, relabel, import or undo.

        Args:
            taken: Digits to remove; missing ones are ignored.
            put: Digits to add; each replaces a digit of the same number.

        Raises:
            DigitLabError: If there would be too many, or the file cannot be written; nothing has changed then.
        """
        with self._changing() as database:
            database.executemany("DELETE FROM digits WHERE id = ?", [(digit.id,) for digit in taken])
            database.executemany(
                "INSERT OR REPLACE INTO digits (id, label, line, kept_at) VALUES (?, ?, ?, ?)",
                [
                    (digit.id, digit.label, line_of(digit.drawing), digit.kept_at.astimezone(UTC).isoformat())
                    for digit in put
                ],
            )
            if put:
                (count,) = database.execute("SELECT count(*) FROM digits").fetchone()
                if count > MAXIMUM_DIGITS:
                    raise TooManyDigitsError(
                        f"You would have {count:,} digits of your own.",
                        expected=f"DigitLab keeps at most {MAXIMUM_DIGITS:,}.",
                        remedy="Export some to a file and delete them here, then try again.",
                    )

    def import_once(self, path: Path) -> int:
        """Add the digits of another file, unless that was done before; the file stays as it is.

        Args:
            path: The file; it may lie in a folder that cannot be written.

        Returns:
            How many digits it has; 0 if it was imported before.

        Raises:
            DigitLabError: If it cannot be read, or this file cannot be written; nothing has changed then.
        """
        with self._changing() as database:
            database.execute("CREATE TABLE IF NOT EXISTS imported (path TEXT PRIMARY KEY)")
            if database.execute("SELECT 1 FROM imported WHERE path = ?", (str(path),)).fetchone() is not None:
                return 0
            rows = rows_in(path)
            database.executemany("INSERT OR IGNORE INTO digits (id, label, line, kept_at) VALUES (?, ?, ?, ?)", rows)
            database.execute("INSERT INTO imported VALUES (?)", (str(path),))
        return len(rows)

    # Drafts: drawings on the canvas that are not kept yet

    def save_draft(self, drawing: Drawing) -> None:
        """Save the drawing on this window's canvas, replacing its previous draft.

        Args:
            drawing: The whole drawing, at least one stroke.

        Raises:
            DigitLabError: If the file cannot be written; the previous draft is still there then.
        """
        with self._changing() as database:
            self._hold_lock()
            database.execute(
                "INSERT OR REPLACE INTO drafts (owner, line, written_at) VALUES (?, ?, ?)",
                (self._owner, line_of(drawing), datetime.now(UTC).isoformat()),
            )

    def discard_draft(self) -> None:
        """Delete the draft of this window.

        Raises:
            DigitLabError: If the file cannot be written.
        """
        with self._changing() as database:
            database.execute("DELETE FROM drafts WHERE owner = ?", (self._owner,))

    def recover_draft(self) -> Drawing | None:
        """Take over the newest draft of a window that was not closed properly.

        It becomes this window's draft. Other such drafts stay for the next start; open windows keep theirs.

        Returns:
            The drawing, or None if there is no such draft.

        Raises:
            DigitLabError: If the file cannot be read or written.
        """
        with self._changing() as database:
            open_windows = self._open_windows()
            # A drawing that was kept just before the crash is already safe.
            database.execute("DELETE FROM drafts WHERE line IN (SELECT line FROM digits)")
            found = database.execute(
                "SELECT owner, CAST(substr(line, 1, ?) AS BLOB) FROM drafts WHERE owner <> ? ORDER BY written_at DESC",
                (MAX_LINE_BYTES, self._owner),
            ).fetchall()
            for owner, line in found:
                drawing = None if owner in open_windows else unlabelled(line)
                if drawing is not None:
                    self._hold_lock()
                    database.execute("UPDATE drafts SET owner = ? WHERE owner = ?", (self._owner, owner))
                    return drawing
        return None

    def _hold_lock(self) -> None:
        """Hold a lock while this window is open, so that no other window takes its draft for one left by a crash."""
        if self._lock is None:
            lock = storage.FileLock(self._lock_path(self._owner))
            lock.acquire()
            self._lock = lock

    def _open_windows(self) -> set[int]:
        """Return the owners whose windows are open, and remove the lock files of the others."""
        open_windows = set()
        for path in self._path.parent.glob(self._lock_path("*").name):
            owner = path.suffixes[-2].removeprefix(".")
            lock = storage.FileLock(path)
            if owner.isdecimal() and not lock.acquire():
                open_windows.add(int(owner))
            lock.release()
        return open_windows

    def _lock_path(self, owner: int | str) -> Path:
        return self._path.with_suffix(f".{owner}.lock")

    # Transactions

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """Run the block in one transaction, or as part of the current one; if it raises, nothing has changed."""
        is_part = self._database.in_transaction
        if is_part:
            yield self._database
            return
        try:
            with transaction(self._database) as database:
                yield database
        except (*SQLITE_ERRORS, OSError) as error:
            raise self._failure("written", error) from error

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except SQLITE_ERRORS as error:
            raise self._failure("read", error) from error

    def _failure(self, what: str, error: Exception) -> DigitLabError:
        return DigitLabError(
            f"Your own digits could not be {what}: {reason_of(error)}.",
            expected=f"They are in {self._path}.",
            remedy="Check that there is free disk space and that you are allowed to write there. "
            "What you see stays until DigitLab is closed; export it to another folder to be safe.",
        )


def read_kept(path: Path) -> tuple[Drawing, ...]:
    """Read the drawings of the user's own digits, with their labels. Read-only; may be called in any thread.

    Args:
        path: The file; see ``opening.my_digits_path``.

    Returns:
        The drawings, oldest first; empty if there are none yet. Invalid rows are left out.

    Raises:
        DigitLabError: If the file cannot be read.
    """
    if not path.exists():
        return ()
    try:
        with closing(open_existing(path, can_write=False)) as database:
            (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
            # Without tables, a window is just creating them.
            rows = rows_of(database) if tables else iter(())
            return tuple(drawing for row in rows if (drawing := drawing_of(row)) is not None)
    except SQLITE_ERRORS as error:
        raise DigitLabError(
            f"Your own digits could not be read: {reason_of(error)}.",
            expected=f"They are in {path}.",
            remedy="Close DigitLab and start it again; a damaged file is then moved aside.",
        ) from error
