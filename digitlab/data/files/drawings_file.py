"""Drawings as JSON lines: ``{"label": 3, "strokes": [[[x, y], ...], ...]}``, one drawing per line.

y points down, the unit is arbitrary, a point may have its pressure (0..1) as a third number, ``label`` may be null or
missing, and other keys are ignored. A file whose name ends in ``.gz`` is compressed with gzip.
"""

import gzip
import json
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, NoReturn, cast

from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.strokes import NEUTRAL_PRESSURE, Drawing, Stroke
from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import Kind
from digitlab.system.reading import Format, opened
from digitlab.system.storage import atomic_write

DRAWING_SUFFIXES: Final = (".jsonl", ".jsonl.gz")
"""Suffixes of files of drawings."""

MAX_BYTES: Final = 256 * 1024 * 1024
"""Limit on the text after decompression: about 250,000 drawings. A small compressed file could expand to terabytes."""

MAX_LINE_BYTES: Final = 4 * 1024 * 1024
"""Limit on the text of one drawing: a hundred times the largest that people draw."""

MAX_DRAWINGS: Final = 250_000
"""Limit on the number of drawings in a file: about four times MNIST."""

MAX_POINTS: Final = 100_000
"""Limit on the number of points of a drawing: 8 minutes with a pen that reports 200 times per second."""

_EXAMPLE: Final = '{"label": 3, "strokes": [[[0.1, 0.2], [0.3, 0.4]]]}'

_DRAWINGS: Final = Format(
    "a file of drawings",
    frozenset({Kind.DRAWINGS, Kind.JSON, Kind.GZIP}),
    MAX_BYTES,
    "is damaged or incomplete: it cannot be decompressed",
    f"Expected lines like {_EXAMPLE}, compressed with gzip if the name ends in .gz.",
    "Get the file again, or open another one.",
    "Split it into smaller files and open one of them.",
)


def read_drawings(path: Path) -> list[Drawing]:
    """Read a file of drawings.

    Args:
        path: A ``.jsonl`` or ``.jsonl.gz`` file.

    Returns:
        At least one drawing, in the file's unit.

    Raises:
        DigitLabError: If the file cannot be read, is too large, contains no drawing, or a line is not a drawing; the
            message names the file and the line.
    """
    drawings: list[Drawing] = []
    with _opened(path) as file:
        for number, line in _lines(file, path):
            if len(drawings) == MAX_DRAWINGS:
                raise _too_large(path, f"more than {MAX_DRAWINGS:,} drawings")
            drawings.append(from_line(line, f"{path.name}, line {number}"))
    if not drawings:
        raise DigitLabError(
            f"{path.name} contains no drawing.",
            expected='Expected lines like {"label": 3, "strokes": [[[0.1, 0.2], [0.3, 0.4]]]}.',
        )
    return drawings


def write_drawings(path: Path, drawings: Sequence[Drawing]) -> None:
    """Write drawings, one per line; the file is either written completely or not changed at all.

    Args:
        path: The file; compressed if its name ends in ``.gz``.
        drawings: The drawings. Pressure is omitted in strokes in which it is neutral throughout.

    Raises:
        DigitLabError: If the file cannot be written.
    """
    text = "".join(to_line(drawing) for drawing in drawings).encode()
    with atomic_write(path) as file:
        # No time in the header: the same drawings give the same bytes.
        file.write(gzip.compress(text, mtime=0) if path.suffix.lower() == ".gz" else text)


def to_line(drawing: Drawing) -> str:
    """Return a drawing as a line of JSON with its line break. Neutral pressure is omitted."""
    strokes = []
    for stroke in drawing.strokes:
        has_pressure = bool((stroke.points[:, 2] != NEUTRAL_PRESSURE).any())
        strokes.append(stroke.points[:, : 3 if has_pressure else 2].tolist())
    return json.dumps({"label": drawing.label, "strokes": strokes}, separators=(",", ":")) + "\n"


def is_drawings_file(path: str | Path) -> bool:
    """Return whether a file is one of drawings, by the end of its name in upper or lower case."""
    return str(path).lower().endswith(DRAWING_SUFFIXES)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading, and decompress it if its name says so."""
    with opened(path, _DRAWINGS) as file:
        yield cast(IO[bytes], gzip.GzipFile(fileobj=file)) if path.suffix.lower() == ".gz" else file


def _lines(file: IO[bytes], path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the non-blank lines with their numbers, from 1; raises an error when a limit is exceeded."""
    total = 0
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        total += len(line)
        if len(line) > MAX_LINE_BYTES:
            raise _too_large(path, f"a line, number {number}, of more than {MAX_LINE_BYTES // 2**20} MB")
        if total > MAX_BYTES:
            raise _too_large(path, f"more than {MAX_BYTES // 2**20} MB of text")
        if line.strip():
            yield number, line


def _too_large(path: Path, what: str) -> DigitLabError:
    return DigitLabError(f"{path.name} has {what}.", remedy="Split it into smaller files and open one of them.")


def from_line(line: bytes, where: str) -> Drawing:
    """Read a drawing from a line of JSON.

    Args:
        line: At most ``MAX_LINE_BYTES``.
        where: Name of the line in error messages.

    Raises:
        DigitLabError: If the line is not a drawing.
    """
    try:
        value = json.loads(line.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _malformed(where, "is not JSON") from error
    if not isinstance(value, dict) or not isinstance(value.get("strokes"), list):
        raise _malformed(where, 'has no list "strokes"')
    strokes = value["strokes"]
    if not all(isinstance(stroke, list) for stroke in strokes):
        raise _malformed(where, "has a stroke that is not a list of points")
    if sum(len(stroke) for stroke in strokes) > MAX_POINTS:
        raise _malformed(where, f"has more than {MAX_POINTS:,} points")
    return Drawing(tuple(_stroke(stroke, where) for stroke in strokes), _label(value.get("label"), where))


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)


def _label(value: Any, where: str) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 <= value < CLASS_COUNT:
        raise _malformed(where, "has a label that is not a digit from 0 to 9")
    return value


def _stroke(points: list[Any], where: str) -> Stroke:
    if not points:
        raise _malformed(where, "has a stroke without points")
    widths = {len(point) if isinstance(point, list) else 0 for point in points}
    if widths not in ({2}, {3}):
        raise _malformed(where, "has a point that is not [x, y], or [x, y, pressure] throughout the stroke")
    if not all(_is_coordinate(number) for point in points for number in point):
        raise _malformed(where, "has a coordinate that is not a finite number")
    return Stroke.of(points)


MAX_COORDINATE: Final = 1e9
"""Larger coordinates are a mistake; rounding would destroy the digit's shape."""


def _is_coordinate(number: Any) -> bool:
    return type(number) in (int, float) and math.isfinite(number) and abs(number) <= MAX_COORDINATE


def _malformed(where: str, what: str) -> DigitLabError:
    return DigitLabError(
        f"{where} {what}.",
        expected='Expected {"label": 3, "strokes": [[[x, y], ...], ...]}, with the label a digit or null.',
        remedy="Correct or remove the line, then open the file again.",
    )
