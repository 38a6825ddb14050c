"""Where the file of the user's own digits lies, opening and checking it, and what to do with a damaged one."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from digitlab.system import storage
from digitlab.system.database import FileFormat, ForeignFileError, enable_wal, move, open_or_create

FILE_NAME: Final = "my-digits.sqlite3"

_FORMAT: Final = FileFormat(0x444C4D44, version=1)
"""Marked with "DLMD"."""

_SCHEMA: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS digits (
    id INTEGER PRIMARY KEY, label INTEGER NOT NULL, line TEXT NOT NULL, kept_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS drafts (owner INTEGER PRIMARY KEY, line TEXT NOT NULL, written_at TEXT NOT NULL);
{_FORMAT.marks}
COMMIT;
"""
"""``line``: the strokes as a line of a file of drawings, without the label. ``drafts``: the drawing on the canvas of
each window that was not kept yet."""


def my_digits_path() -> Path:
    """Return the path of the user's own digits. The file may not exist."""
    return storage.personal_folder() / FILE_NAME


def opened(path: Path) -> sqlite3.Connection:
    """Open the file, create missing tables, and check it."""
    database = open_or_create(path)
    try:
        _prepare(database, path.name)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: sqlite3.Connection, name: str) -> None:
    # Read before the format: another window may be creating tables and format in one transaction.
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables:
        _FORMAT.check(database, name, "Update DigitLab, or move the file away to start a new set.")
    enable_wal(database)
    (verdict,) = database.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise ForeignFileError
    if not tables:
        database.executescript(_SCHEMA)
    database.execute("SELECT id, label, line, kept_at FROM digits LIMIT 0")
    database.execute("SELECT owner, line, written_at FROM drafts LIMIT 0")


def set_aside(path: Path) -> Path:
    """Move a damaged file aside, with its log; returns the new path."""
    stem = f"{path.stem}-damaged-{datetime.now(UTC):%Y-%m-%d}"
    names = [stem, *(f"{stem}-{number}" for number in range(2, 1000))]
    target = next(place for name in names if not (place := path.with_name(name + path.suffix)).exists())
    return move(path, target)
