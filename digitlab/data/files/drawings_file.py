"""Files of drawings, one per line as in ``drawing_line``; if the name ends in ``.gz``, compressed with gzip."""

import gzip
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Final, cast

from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawing_line import LINE_EXAMPLE, MAX_LINE_BYTES, from_line, to_line
from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import Kind
from digitlab.system.reading import Format, opened, refuse_other_kinds, shown_name
from digitlab.system.storage import atomic_write

DRAWING_SUFFIXES: Final = (".jsonl", ".jsonl.gz", ".ndjson")
"""Suffixes of files of drawings."""

MAX_BYTES: Final = 256 * 1024 * 1024
"""Limit on the text after decompression: about 250,000 drawings. A small compressed file could expand to terabytes."""

MAX_LINES: Final = 250_000
"""Limit on the number of lines in a file, and thus of drawings: about four times MNIST."""

MAX_BRACKETS: Final = 5_000_000
"""Limit on the opening brackets in a file, of which each point and each stroke has one: about 100,000 drawings of 50
points. They take 120 MB of memory. Points of Quick, Draw! have no brackets, but two or three commas: they count as one
for every three."""

_LISTED: Final = 3
"""Lines that are left out and named with the reason."""

_MOST_LEFT_OUT: Final = 1_000
"""A file with more lines that are no drawings than this, and than drawings, is refused."""

_DRAWINGS: Final = Format(
    "a file of drawings",
    frozenset({Kind.DRAWINGS, Kind.JSON, Kind.TEXT, Kind.GZIP}),
    MAX_BYTES,
    "is damaged or incomplete: it cannot be decompressed",
    f"Expected lines like {LINE_EXAMPLE}, compressed with gzip if the name ends in .gz.",
    "Get the file again, or open another one.",
    "Split it into smaller files and open one of them.",
    "Choose a file of drawings (.jsonl or .jsonl.gz).",
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The lines of a file that are no drawings.

    Attributes:
        file_name: The name of the file.
        places: Their positions among the lines that are not blank, from 0, ascending; at least one.
        total: The number of lines that are not blank.
        reasons: Why the first of them are left out: "line 2 is not JSON".
    """

    file_name: str
    places: tuple[int, ...]
    total: int
    reasons: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentence that says so."""
        count, more = len(self.places), len(self.places) - len(self.reasons)
        reasons = "; ".join((*self.reasons, *((f"and {more:,} more",) if more else ())))
        return (
            f"{count:,} of the {self.total:,} lines of {self.file_name} {'is' if count == 1 else 'are'} left out: "
            f"{reasons}."
        )


TellLeftOut = Callable[[LeftOut], object]


def read_drawings(path: Path, left_out: TellLeftOut | None = None) -> list[Drawing]:
    """Read a file of drawings.

    Args:
        path: A ``.jsonl``, ``.jsonl.gz`` or ``.ndjson`` file.
        left_out: Called once if some lines are no drawings and are left out; None refuses such a file.

    Returns:
        At least one drawing, in the file's unit.

    Raises:
        DigitLabError: If the file cannot be read, is too large, contains no drawing, or, without ``left_out``, a line
            is not a drawing; the message names the file and the line.
    """
    _measure(path)
    drawings: list[Drawing] = []
    wrong: dict[int, DigitLabError] = {}
    place = -1
    with _opened(path) as file:
        for place, (number, line) in enumerate(_lines(file)):
            try:
                drawings.append(from_line(line, f"{shown_name(path)}, line {number}"))
            except DigitLabError as error:
                wrong[place] = error
                if left_out is None:
                    raise
            if len(wrong) > max(_MOST_LEFT_OUT, len(drawings)):
                raise _no_drawing(path, "Most lines of {} are no drawings", wrong[min(wrong)])
    if not drawings:
        raise _no_drawing(path, "{} contains no drawing", next(iter(wrong.values()), None))
    if wrong and left_out is not None:
        prefix = len(shown_name(path)) + len(", ")
        reasons = tuple(error.happened[prefix:-1] for error in islice(wrong.values(), _LISTED))
        left_out(LeftOut(shown_name(path), tuple(wrong), place + 1, reasons))
    return drawings


def write_drawings(path: Path, drawings: Sequence[Drawing], *, is_private: bool = False) -> None:
    """Write drawings, one per line; the file is either written completely or not changed at all.

    Args:
        path: The file; compressed if its name ends in ``.gz``.
        drawings: The drawings. Pressure is omitted in strokes in which it is neutral throughout.
        is_private: Whether only the user may read it.

    Raises:
        DigitLabError: If the file cannot be written.
    """
    text = "".join(to_line(drawing) for drawing in drawings).encode()
    with atomic_write(path, is_private=is_private) as file:
        # No time in the header: the same drawings give the same bytes.
        file.write(gzip.compress(text, mtime=0) if path.suffix.lower() == ".gz" else text)


def is_drawings_file(path: str | Path) -> bool:
    """Return whether a file is one of drawings, by the end of its name in upper or lower case."""
    return str(path).lower().endswith(DRAWING_SUFFIXES)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading, and decompress it if its name says so."""
    with opened(path, _DRAWINGS) as file:
        yield cast(IO[bytes], gzip.GzipFile(fileobj=file)) if path.suffix.lower() == ".gz" else file


def _measure(path: Path) -> None:
    """Check the limits of a file without keeping any of it: a small compressed file could expand to terabytes."""
    total = brackets = 0
    with _opened(path) as file:
        for number, line in enumerate(iter(partial(file.readline, MAX_LINE_BYTES + 1), b""), 1):
            total += len(line)
            brackets += max(line.count(b"["), line.count(b",") // 3)
            for is_too_large, what in (
                (len(line) > MAX_LINE_BYTES, f"a line, number {number}, of more than {MAX_LINE_BYTES // 2**20} MB"),
                (total > MAX_BYTES, f"more than {MAX_BYTES // 2**20} MB of text"),
                (number > MAX_LINES, f"more than {MAX_LINES:,} lines"),
                (brackets > MAX_BRACKETS, f"more than {MAX_BRACKETS:,} points"),
            ):
                if is_too_large:
                    raise DigitLabError(f"{shown_name(path)} has {what}.", remedy=_DRAWINGS.too_large)


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the non-blank lines with their numbers, from 1."""
    for number, line in enumerate(iter(partial(file.readline, MAX_LINE_BYTES + 1), b""), 1):
        if line.strip():
            yield number, line


def _no_drawing(path: Path, happened: str, first: DigitLabError | None) -> DigitLabError:
    """Return the error for a file without drawings: what else it is, or what is wrong with its first line."""
    refuse_other_kinds(path, _DRAWINGS)
    reason = f": {first.happened}" if first else "."
    return DigitLabError(
        f"{happened.format(shown_name(path))}{reason}", expected=f"Expected lines like {LINE_EXAMPLE}."
    )
