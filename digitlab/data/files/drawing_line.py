"""A drawing as a line of JSON: ``{"label": 3, "strokes": [[[x, y], ...], ...]}``.

y points down, the unit is arbitrary, a point may have its pressure (0..1) as a third number, ``label`` may be null or
missing, and other keys are ignored. A line of Quick, Draw! is read too; see ``_strokes_of_quick_draw``.
"""

import json
from string import digits
from typing import Any, Final

from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.strokes import NEUTRAL_PRESSURE, Drawing, Stroke
from digitlab.system.errors import DigitLabError
from digitlab.system.limits import parse_json

MAX_LINE_BYTES: Final = 4 * 1024 * 1024
"""Limit on the text of one drawing: a hundred times the largest that people draw."""

MAX_POINTS: Final = 100_000
"""Limit on the number of points of a drawing: 8 minutes with a pen that reports 200 times per second."""

MAX_COORDINATE: Final = 1e9
"""Larger coordinates are a mistake; rounding would destroy the digit's shape."""

LINE_EXAMPLE: Final = '{"label": 3, "strokes": [[[0.1, 0.2], [0.3, 0.4]]]}'
"""A line, for messages."""


def to_line(drawing: Drawing) -> str:
    """Return a drawing as a line of JSON with its line break. Neutral pressure is omitted."""
    strokes = []
    for stroke in drawing.strokes:
        has_pressure = bool((stroke.points[:, 2] != NEUTRAL_PRESSURE).any())
        strokes.append(stroke.points[:, : 3 if has_pressure else 2].tolist())
    return json.dumps({"label": drawing.label, "strokes": strokes}, separators=(",", ":")) + "\n"


def from_line(line: bytes, where: str) -> Drawing:
    """Read a drawing from a line of JSON.

    Args:
        line: At most ``MAX_LINE_BYTES``.
        where: Name of the line in error messages.

    Raises:
        DigitLabError: If the line is not a drawing.
    """
    try:
        value = parse_json(line)
    except ValueError as error:
        raise _malformed(where, "is not JSON") from error
    if isinstance(value, dict) and "strokes" not in value and isinstance(value.get("drawing"), list):
        value = {"strokes": _strokes_of_quick_draw(value["drawing"], where), "label": _digit_of(value.get("word"))}
    if not isinstance(value, dict) or not isinstance(value.get("strokes"), list):
        raise _malformed(where, 'has no list "strokes"')
    strokes = value["strokes"]
    if not all(isinstance(stroke, list) for stroke in strokes):
        raise _malformed(where, "has a stroke that is not a list of points")
    if sum(len(stroke) for stroke in strokes) > MAX_POINTS:
        raise _malformed(where, f"has more than {MAX_POINTS:,} points")
    return Drawing(tuple(_stroke(stroke, where) for stroke in strokes), _label(value.get("label"), where))


def _strokes_of_quick_draw(strokes: list[Any], where: str) -> list[list[list[Any]]]:
    """Return the points of a drawing of Quick, Draw!.

    Its lines are ``{"word": "cat", "drawing": [[[x, ...], [y, ...]], ...]}``; raw ones have a third list per stroke,
    of times (https://github.com/googlecreativelab/quickdraw-dataset).
    """
    for stroke in strokes:
        axes: list[Any] = stroke if isinstance(stroke, list) and len(stroke) in (2, 3) else [None]
        if not all(isinstance(axis, list) and len(axis) == len(axes[0]) for axis in axes):
            raise _malformed(where, "has a stroke that is not a list of x and an equally long one of y")
    return [[list(point) for point in zip(*stroke[:2], strict=True)] for stroke in strokes]


def _digit_of(word: Any) -> int | None:
    """Return the digit that a word is, such as "7"; None for any other word."""
    return int(word) if isinstance(word, str) and len(word) == 1 and word in digits else None


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


def _is_coordinate(number: Any) -> bool:
    return type(number) in (int, float) and abs(number) <= MAX_COORDINATE


def _malformed(where: str, what: str) -> DigitLabError:
    return DigitLabError(
        f"{where} {what}.",
        expected='Expected {"label": 3, "strokes": [[[x, y], ...], ...]}, with the label a digit or null.',
        remedy="Correct or remove the line, then open the file again.",
    )
