"""SQLite files at the door: opened, known as ours or as damaged, changed as a whole, moved with their logs."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from digitlab.system.errors import DigitLabError

_BUSY_TIMEOUT_S: Final = 5.0
"""How long a change waits for that of another window, which takes some milliseconds."""

_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""The reasons of SQLite that lie in the file itself; the last: a table or a column is missing."""

_BESIDE: Final = ("-wal", "-shm", "-journal")
"""How files end that SQLite keeps beside one."""


class ForeignFileError(sqlite3.DatabaseError):
    """The file is damaged, or another program's."""

    sqlite_errorcode = sqlite3.SQLITE_NOTADB


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What marks a kind of file as ours.

    Attributes:
        application_id: Four letters as a number (https://www.sqlite.org/pragma.html#pragma_application_id).
        version: Of the tables; a higher one is that of a newer DigitLab.
    """

    application_id: int
    version: int

    @property
    def marks(self) -> str:
        """The statements that put the marks into a file."""
        return f"PRAGMA application_id = {self.application_id}; PRAGMA user_version = {self.version};"

    def check(self, database: sqlite3.Connection, name: str, remedy: str) -> None:
        """Check that a file is of this format.

        Args:
            database: The file.
            name: Its name, for people.
            remedy: What to do if a newer DigitLab wrote it.

        Raises:
            ForeignFileError: If it is not ours.
            DigitLabError: If a newer DigitLab wrote it.
        """
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if application != self.application_id:
            raise ForeignFileError
        if version > self.version:
            raise DigitLabError(f"{name} was written by a newer DigitLab.", remedy=remedy)


def open_or_create(path: Path) -> sqlite3.Connection:
    """Open a file to change it, an empty one if there is none; transactions are begun and ended by hand."""
    return sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)


def open_existing(path: Path, *, can_write: bool) -> sqlite3.Connection:
    """Open a file that is there; transactions are begun and ended by hand."""
    address = f"{path.absolute().as_uri()}?mode={'rw' if can_write else 'ro'}"
    return sqlite3.connect(address, uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None)


def enable_wal(database: sqlite3.Connection) -> None:
    """Let a file have a write-ahead log; a change is on the disk when its call returns."""
    # A network drive may refuse the log; then SQLite keeps its journal, which is as safe.
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Make one change of what the block does to a file; if anything fails, nothing has changed."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield database
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def is_damaged(error: Exception) -> bool:
    """Return whether an error lies in the file itself, and not in what may pass: a full disk, a lock, a right."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in _DAMAGED


def move(path: Path, target: Path) -> Path:
    """Move a file, with what SQLite keeps beside it, and return where it is now.

    Raises:
        OSError: If it cannot be moved.
    """
    for ending in _BESIDE:
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).replace(target.with_name(target.name + ending))
    return path.replace(target)


def remove(path: Path) -> None:
    """Remove a file for good, with what SQLite keeps beside it; nothing if there is none.

    Raises:
        OSError: If it cannot be removed.
    """
    for ending in (*_BESIDE, ""):
        path.with_name(path.name + ending).unlink(missing_ok=True)
