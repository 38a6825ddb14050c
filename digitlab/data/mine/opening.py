"""Where the file of the user's own digits lies, opening and checking it, and what to do with a damaged one."""

import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from digitlab.data.mine.rows import drawing_of, unlabelled
from digitlab.system import storage
from digitlab.system.database import (
    SQLITE_ERRORS,
    FileFormat,
    check_pages,
    copied,
    enable_wal,
    is_damaged,
    move,
    open_existing,
    open_or_create,
    transaction,
)
from digitlab.system.salvage import Record, intact_rows

_log = logging.getLogger(__name__)

FILE_NAME: Final = "my-digits.sqlite3"

_BUSY_TIMEOUT_MS: Final = 1_000
"""How long a change waits for another window's. After that it is tried again, without keeping the thread busy."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS digits (
    id INTEGER PRIMARY KEY, label INTEGER NOT NULL, line TEXT NOT NULL, kept_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS drafts (owner INTEGER PRIMARY KEY, line TEXT NOT NULL, written_at TEXT NOT NULL);
"""
"""``line``: the strokes as a line of a file of drawings, without the label. ``drafts``: the drawing on the canvas of
each window that was not kept yet."""

_FORMAT: Final = FileFormat(0x444C4D44, version=1, tables=_TABLES)
"""Marked with "DLMD"."""


def my_digits_path() -> Path:
    """Return the path of the user's own digits. The file may not exist."""
    return storage.personal_folder() / FILE_NAME


@dataclass(frozen=True, slots=True)
class SetAside:
    """A damaged file of own digits that was replaced by a new one.

    Attributes:
        path: Where it lies now.
        was_empty: Whether it had no content at all.
        recovered_count: Number of digits that were recovered from it into the new file.
    """

    path: Path
    was_empty: bool
    recovered_count: int


def open_or_replace(path: Path) -> tuple[sqlite3.Connection, SetAside | None]:
    """Open the file, creating it if it is missing; a damaged one is moved aside, and its intact digits are recovered.

    Returns:
        The open file, and what was moved aside, if anything.

    Raises:
        DigitLabError: If a newer DigitLab wrote it.
        sqlite3.Error: If it cannot be opened, but is not damaged.
        OSError: If it cannot be opened, created or moved.
    """
    try:
        return _opened(path), None
    except SQLITE_ERRORS as error:
        if not is_damaged(error):
            raise
        _log.warning("%s is damaged: %s", path, error)
    aside = move(path, storage.free_aside(path))
    content = _without_log(aside)
    _create(path, list(intact_rows(content)))
    database = _opened(path)
    (count,) = database.execute("SELECT count(*) FROM digits").fetchone()
    _log.warning("%d digits were recovered from %s.", count, aside)
    return database, SetAside(aside, not content, count)


def _opened(path: Path) -> sqlite3.Connection:
    """Open the file, create it if it is missing, and check it."""
    if not path.exists():
        _create(path, [])
    database = open_or_create(path)
    try:
        _prepare(database, path.name)
    except BaseException:
        database.close()
        raise
    return database


def _create(path: Path, rows: Sequence[Record]) -> None:
    """Create the file with rows."""
    with new_file(path) as database:
        database.executescript(f"BEGIN IMMEDIATE; {_FORMAT.script} COMMIT;")
        with transaction(database):
            _insert(database, rows)


@contextmanager
def new_file(path: Path) -> Iterator[sqlite3.Connection]:
    """Create the file with what the block writes, so that no other window ever sees a half of it.

    A file that exists by the end of the block is kept.

    Raises:
        OSError: If it cannot be created.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with closing(open_or_create(new)) as database:
            yield database
        try:
            os.link(new, path)
        except FileExistsError:
            return
        except OSError:  # a file system without links, or Windows without the right to make them
            if not path.exists():
                new.replace(path)
    finally:
        with suppress(FileNotFoundError):
            new.unlink()


def _insert(database: sqlite3.Connection, rows: Sequence[Record]) -> None:
    """Insert recovered rows of both tables, which their columns tell apart, if they are valid."""
    for number, values in rows:
        match values:
            case (None, int(label), str(line), str(kept_at)):
                if drawing_of((number, label, line.encode(), kept_at.encode())) is not None:
                    row = (number, label, line, kept_at)
                    database.execute("INSERT OR IGNORE INTO digits VALUES (?, ?, ?, ?)", row)
            case (None, str(line), str(written_at)):
                if unlabelled(line.encode()) is not None:
                    database.execute("INSERT OR IGNORE INTO drafts VALUES (?, ?, ?)", (number, line, written_at))


def _without_log(path: Path) -> bytes:
    """Return the content of a damaged file with its write-ahead log merged into it, as far as SQLite can."""
    with copied(path, path.parent) as copy:
        with suppress(*SQLITE_ERRORS), closing(open_existing(copy, can_write=True)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return copy.read_bytes()


def _prepare(database: sqlite3.Connection, name: str) -> None:
    _FORMAT.check(database, name, "Update DigitLab, or move the file away to start a new set.")
    database.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    enable_wal(database)
    check_pages(database)
    database.execute("SELECT id, label, line, kept_at FROM digits LIMIT 0")
    database.execute("SELECT owner, line, written_at FROM drafts LIMIT 0")
