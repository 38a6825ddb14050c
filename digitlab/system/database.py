"""SQLite files: opening, checking their format, transactions, and moving them with their logs."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Final

from digitlab.system.errors import DigitLabError
from digitlab.system.private import create_private, make_private
from digitlab.system.reading import check_file

_BUSY_TIMEOUT_S: Final = 5.0
"""How long a change waits for one by another window, which takes a few milliseconds."""

_DAMAGED: Final = (
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_TOOBIG,
)
"""SQLite error codes whose cause is the file itself: SQLITE_ERROR means that a table or a column is missing, and the
last two that it needs more than the limits below allow."""

SQLITE_ERRORS: Final = (sqlite3.Error, UnicodeDecodeError)
"""What the sqlite3 module raises: if SQLite's message quotes a damaged file, it may be no UTF-8."""

_MOST_BYTES: Final = 256 * 2**20
"""Limit on a row: more than the largest network of 20 million parameters with the optimizer's state takes."""

_MOST_SQL_BYTES: Final = 100_000
"""Limit on a statement, and on the definition of a table in a file; ours take less than 1,000."""

_OPERATIONS_PER_CHECK: Final = 1_000
_OPERATIONS_TO_OPEN: Final = 100_000
_OPERATIONS_TO_READ: Final = 50_000_000
"""Limits on the work of SQLite's virtual machine for a file: a few thousand are enough to open one of ours, and a
million to read the longest run. Fifty million take about a second."""

_BESIDE: Final = ("-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite keeps beside a database."""


class ForeignFileError(sqlite3.DatabaseError):
    """The file is damaged, or belongs to another program."""

    sqlite_errorcode = sqlite3.SQLITE_NOTADB


@dataclass(frozen=True, slots=True)
class FileFormat:
    """The identification of one kind of file.

    Attributes:
        application_id: Four letters as a number (https://www.sqlite.org/pragma.html#pragma_application_id).
        version: Version of the tables; a higher one means that a newer DigitLab wrote the file.
        tables: The statements that create the tables. A file with any other table, view, trigger or column is foreign:
            these could make SQLite compute for ever.
    """

    application_id: int
    version: int
    tables: str

    @property
    def script(self) -> str:
        """The statements that create the tables and write the identification into a file."""
        return f"{self.tables} PRAGMA application_id = {self.application_id}; PRAGMA user_version = {self.version};"

    def check(self, database: sqlite3.Connection, name: str, remedy: str) -> None:
        """Check that a file is of this format.

        Args:
            database: The open file.
            name: Its name for error messages.
            remedy: What to do if a newer DigitLab wrote it.

        Raises:
            ForeignFileError: If DigitLab did not write it.
            DigitLabError: If a newer DigitLab wrote it.
        """
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if application != self.application_id:
            raise ForeignFileError
        if version > self.version:
            raise DigitLabError(f"{name} was written by a newer DigitLab.", remedy=remedy)
        with limited_work(database, _OPERATIONS_TO_OPEN):
            if _definitions(database) != _expected_definitions(self.tables):
                raise ForeignFileError


@lru_cache
def _expected_definitions(tables: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(tables)
        return _definitions(database)


def _definitions(database: sqlite3.Connection) -> list[tuple[str, ...]]:
    """Return kind, name and SQL of what a file defines, as text even if the connection returns bytes."""
    rows = database.execute(
        "SELECT CAST(type AS BLOB), CAST(name AS BLOB), CAST(sql AS BLOB) FROM sqlite_master "
        "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name LIMIT 100"
    )
    return [tuple((part or b"").decode(errors="replace") for part in row) for row in rows]


@contextmanager
def limited_work(database: sqlite3.Connection, operations: int = _OPERATIONS_TO_READ) -> Iterator[None]:
    """Interrupt the statements of the block once they have taken a number of operations together."""
    left = count(operations // _OPERATIONS_PER_CHECK, -1)
    database.set_progress_handler(lambda: next(left) < 0, _OPERATIONS_PER_CHECK)
    try:
        yield
    finally:
        database.set_progress_handler(None, 0)


def open_or_create(path: Path) -> sqlite3.Connection:
    """Open a file of ours for writing, creating it if it is missing; only the user may read it.

    The caller begins and ends transactions.

    Raises:
        OSError: If it cannot be created.
        DigitLabError: If there is something else than a regular file.
    """
    _check_files(path)
    create_private(path)  # SQLite gives the files beside it the same permissions
    for ending in _BESIDE:
        make_private(path.with_name(path.name + ending))
    return sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)


def open_existing(path: Path, *, can_write: bool) -> sqlite3.Connection:
    """Open an existing file, which is not trusted: see ``FileFormat.check``. The caller begins and ends transactions.

    Raises:
        DigitLabError: If there is something else than a regular file.
    """
    _check_files(path)
    address = f"{path.absolute().as_uri()}?mode={'rw' if can_write else 'ro'}"
    database = sqlite3.connect(address, uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
    try:
        # https://www.sqlite.org/security.html
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
        database.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, _MOST_SQL_BYTES)
        for setting in ("trusted_schema = OFF", "cell_size_check = ON", f"query_only = {'OFF' if can_write else 'ON'}"):
            database.execute(f"PRAGMA {setting}")
    except BaseException:
        database.close()
        raise
    return database


def _check_files(path: Path) -> None:
    """Check that SQLite will not wait for a pipe or a device, there or beside the file."""
    for ending in ("", *_BESIDE):
        check_file(path.with_name(path.name + ending), may_be_missing=True)


def check_pages(database: sqlite3.Connection) -> None:
    """Check that no page of a file is damaged or belongs to two tables, which would make it larger than it is.

    Raises:
        ForeignFileError: If one is.
    """
    (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if verdict not in ("ok", b"ok"):
        raise ForeignFileError


def enable_wal(database: sqlite3.Connection) -> None:
    """Switch a file to a write-ahead log; a change is on the disk when its call returns."""
    # A network drive may not support it; SQLite then keeps its rollback journal, which is equally safe.
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Run the block in one transaction; if it raises, nothing has changed."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield database
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def is_damaged(error: Exception) -> bool:
    """Return whether the cause of an error is the file itself, not a full disk, a lock or missing permissions."""
    if isinstance(error, UnicodeDecodeError):
        return True
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in _DAMAGED


def move(path: Path, target: Path) -> Path:
    """Move a file together with SQLite's files beside it, even to another disk; returns the new path.

    Raises:
        OSError: If it cannot be moved.
    """
    for ending in _BESIDE:
        with suppress(FileNotFoundError):
            shutil.move(path.with_name(path.name + ending), target.with_name(target.name + ending))
    return Path(shutil.move(path, target))


def reason_of(error: Exception) -> str:
    """Return what an error of SQLite says, for a sentence."""
    return "the file is damaged" if isinstance(error, UnicodeDecodeError) else str(error)


@contextmanager
def copied(path: Path, folder: Path | None = None) -> Iterator[Path]:
    """Copy a file with its write-ahead log for the block: SQLite may have to write beside a file to read it.

    Args:
        path: The file.
        folder: Where the copy lies; None for the system's temporary folder.

    Yields:
        The copy.
    """
    with tempfile.TemporaryDirectory(dir=folder, prefix=".digitlab-") as place:
        copy = Path(place) / path.name
        for ending in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(path.with_name(path.name + ending), copy.with_name(copy.name + ending))
        yield copy


def remove(path: Path) -> None:
    """Delete a file together with SQLite's files beside it; no error if it is missing.

    Raises:
        OSError: If it cannot be deleted.
    """
    for ending in (*_BESIDE, ""):
        path.with_name(path.name + ending).unlink(missing_ok=True)
