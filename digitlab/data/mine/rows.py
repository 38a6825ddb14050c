"""The rows of the user's own digits: writing, reading and checking them."""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.raster import render_many
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawing_line import MAX_LINE_BYTES, from_line, to_line
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.system.errors import DigitLabError

_log = logging.getLogger(__name__)

MAXIMUM_DIGITS: Final = 20_000
"""Maximum number of own digits: about 80 MB of strokes, more than a person draws in a hundred hours."""

_DIGITS_PER_BATCH: Final = 100
"""Digits read and rendered at a time: about a twentieth of a second."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadDigits:
    """A batch of digits read from the file.

    Attributes:
        digits: The valid digits, oldest first.
        unusable_count: Number of invalid rows; they stay in the file.
    """

    digits: tuple[KeptDigit, ...]
    unusable_count: int


_Row = tuple[int, object, bytes, bytes]


def rows_of(database: sqlite3.Connection) -> Iterator[_Row]:
    """Yield all rows, oldest first, with texts as bytes, because SQLite does not guarantee valid UTF-8."""
    return iter(
        database.execute(
            "SELECT id, label, CAST(substr(line, 1, ?) AS BLOB), CAST(substr(kept_at, 1, 64) AS BLOB) FROM digits "
            "ORDER BY kept_at, id LIMIT ?",
            (MAX_LINE_BYTES, MAXIMUM_DIGITS),
        )
    )


def batches(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    """Yield rows in batches, in their order."""
    batch: list[_Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _DIGITS_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def digits_of(rows: Sequence[_Row]) -> ReadDigits:
    """Return the digits of rows, rendered together, and the number of invalid rows."""
    whole = [
        (row[0], drawing, kept_at)
        for row in rows
        if (drawing := drawing_of(row)) is not None and (kept_at := _time_of(row)) is not None
    ]
    images = render_many([drawing for _, drawing, _ in whole])
    images.flags.writeable = False
    digits = [
        KeptDigit(number, drawing, image, kept_at)
        for (number, drawing, kept_at), image in zip(whole, images, strict=True)
    ]
    return ReadDigits(tuple(digits), len(rows) - len(digits))


def drawing_of(row: _Row) -> Drawing | None:
    """Return the drawing of a row with its label, or None if the row is invalid."""
    number, label, line, _ = row
    if type(label) is not int or not 0 <= label < CLASS_COUNT:
        _log.warning("Digit %d has an invalid label.", number)
        return None
    drawing = unlabelled(line)
    return None if drawing is None else Drawing(drawing.strokes, label)


def unlabelled(line: object) -> Drawing | None:
    """Return the drawing of a line, with at least one stroke, or None if the line is invalid."""
    try:
        drawing = from_line(line if isinstance(line, bytes) else b"", "A drawing")
    except DigitLabError as error:
        _log.warning("A drawing is invalid: %s", error)
        return None
    return None if drawing.is_empty else drawing


def _time_of(row: _Row) -> datetime | None:
    try:
        time = datetime.fromisoformat(row[3].decode())
    except (AttributeError, ValueError):
        _log.warning("Digit %d has an invalid time.", row[0])
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def line_of(drawing: Drawing) -> str:
    """Return the text of a drawing in a row: its strokes without the label."""
    return to_line(Drawing(drawing.strokes)).rstrip()
