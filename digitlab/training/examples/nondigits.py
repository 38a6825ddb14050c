"""Random drawings that are not digits: scribbles, blots, lines, dots, signs, and several digits on one canvas.

A network that is to answer "no digit" must be trained on what people draw besides digits. Anything that could be read
as a digit is left out: upright lines, short arcs, rings with one line through them (a slashed zero), and signs that
look like a digit when they are rotated.

Frame of reference: x to the right, y down, an extent of about 1. Angles are radians from the x axis towards the y axis.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.drawing.strokes import Drawing, Stroke

OVERLAPPING_SHARE: Final = 0.25
"""Share of the drawings of several digits in which they overlap instead of standing side by side."""

_FULL_TURN: Final = 2.0 * np.pi
_QUARTER_TURNS: Final = (0.5 * np.pi, np.pi, -0.5 * np.pi)

_Points = NDArray[np.float64]


def random_non_digit(rng: np.random.Generator) -> Drawing:
    """Return a random drawing that is not a digit; every kind is equally likely."""
    return _GENERATORS[rng.integers(len(_GENERATORS))](rng)


def several_digits(digits: Sequence[Drawing], rng: np.random.Generator) -> Drawing:
    """Return two or three digits on one canvas: side by side, or one written over the other.

    Args:
        digits: Non-empty drawings to choose from; at least one.
        rng: Random source.
    """
    count = int(rng.choice([2, 2, 3]))
    chosen = [digits[index] for index in rng.integers(len(digits), size=count)]
    labels = {digit.label for digit in chosen[:2]}
    # The same digit twice in one position would still be that digit, and a one across a zero is a slashed zero.
    if rng.random() < OVERLAPPING_SHARE and len(labels) == 2 and labels != {0, 1}:
        return _overlapping(chosen[:2], rng)
    return _side_by_side(chosen, rng)


def _drawing(*strokes: _Points) -> Drawing:
    return Drawing(tuple(Stroke.of(stroke) for stroke in strokes))


def _rotation(angle: float) -> NDArray[np.float64]:
    """Return the matrix that rotates row vectors."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, sine], [-sine, cosine]])


def _any_angle(rng: np.random.Generator) -> float:
    return rng.uniform(0.0, _FULL_TURN)


def _scribble(rng: np.random.Generator) -> Drawing:
    """One to three smooth random walks whose direction changes by half a turn or more, drawn towards their middle."""
    strokes = []
    for _ in range(rng.integers(1, 4)):
        count = int(rng.integers(50, 140))
        heading = np.cumsum(rng.normal(rng.normal(0.0, 0.2), rng.uniform(0.45, 0.9), count))
        path = np.cumsum(np.column_stack([np.cos(heading), np.sin(heading)]), axis=0) * rng.uniform(0.02, 0.06)
        path -= 0.03 * np.cumsum(path, axis=0) / np.arange(1, count + 1)[:, None]
        strokes.append(path - path.mean(axis=0) + rng.normal(0.0, 0.15, 2))
    return _drawing(*strokes)


def _tangle(rng: np.random.Generator) -> Drawing:
    """Drifting loops or a spiral, of at least three turns: fewer may look like a 6 or a 9."""
    t = np.linspace(0.0, 1.0, 120)
    angle = _FULL_TURN * rng.uniform(3.0, 7.0) * t + _any_angle(rng)
    wobbling = 0.5 + 0.15 * np.sin(rng.uniform(3.0, 20.0) * t + _any_angle(rng))
    radius = 0.5 * t if rng.random() < 0.4 else wobbling
    circles = np.column_stack([np.cos(angle), rng.uniform(0.5, 1.0) * np.sin(angle)]) * radius[:, None]
    drift = rng.choice([-1.0, 1.0], 2) * rng.uniform(0.25, 0.9, 2)
    return _drawing(circles + t[:, None] * drift)


def _zigzag(rng: np.random.Generator) -> Drawing:
    """A zigzag or a wave with at least five corners or crests, in any direction."""
    count = int(rng.integers(7, 14))
    x = np.linspace(0.0, rng.uniform(0.6, 2.0), count)
    height = 0.5 * rng.uniform(0.3, 1.0)
    if rng.random() < 0.5:
        y = np.where(np.arange(count) % 2, height, -height) + rng.normal(0.0, 0.05, count)
    else:
        along = np.linspace(0.0, count - 1.0, 6 * count)
        x, y = np.interp(along, np.arange(count), x), height * np.cos(np.pi * along)
    return _drawing(np.column_stack([x, y]) @ _rotation(_any_angle(rng)))


def _blot(rng: np.random.Generator) -> Drawing:
    """A filled rectangle, ellipse or blob, hatched without gaps."""
    rows = np.linspace(-0.5, 0.5, int(rng.integers(11, 22)))
    half = 0.5 * rng.uniform(0.35, 1.0)
    shape = rng.random()
    if shape < 0.5:
        halves = np.full(len(rows), half)
    elif shape < 0.8:
        halves = half * np.sqrt(np.clip(1.02 - (2.0 * rows) ** 2, 0.0, 1.0))
    else:
        halves = half * (0.6 + 0.4 * np.sin(rng.uniform(2.0, 7.0) * rows + _any_angle(rng)))
    way = np.where(np.arange(len(rows)) % 2, 1.0, -1.0) * halves
    hatching = np.column_stack([np.column_stack([-way, way]).ravel(), np.repeat(rows, 2)])
    angle = rng.choice([0.0, 0.5 * np.pi, _any_angle(rng)])
    return _drawing(hatching @ _rotation(angle))


def _lines(rng: np.random.Generator) -> Drawing:
    """One line, horizontal or falling to the right, or two to four lines, crossing or side by side.

    A single line that rises to the right is left out, because some people's ones are slanted by 45 degrees.
    """
    count = int(rng.choice([1, 1, 1, 2, 3, 4]))
    if count == 1:
        return _drawing(_line(np.zeros(2), rng.uniform(-0.4, 0.7), 1.0, rng))
    base = _any_angle(rng)
    across = np.array([-np.sin(base), np.cos(base)])
    if rng.random() < 0.5:
        middles = np.outer(np.arange(count) * rng.uniform(0.25, 0.5), across) + rng.normal(0.0, 0.05, (count, 2))
        angles = base + rng.normal(0.0, 0.12, count)
    else:
        middles = rng.normal(0.0, 0.22, (count, 2))
        angles = base + rng.normal(0.0, 1.6, count)
    return _drawing(
        *[_line(middle, angle, rng.uniform(0.5, 1.0), rng) for middle, angle in zip(middles, angles, strict=True)]
    )


def _line(middle: _Points, angle: float, length: float, rng: np.random.Generator) -> _Points:
    """Return a slightly curved line, as drawn by hand."""
    t = np.linspace(-0.5, 0.5, 6)
    bow = 0.04 * rng.normal() * t**2
    return middle + length * np.column_stack([t, bow]) @ _rotation(angle)


def _dots(rng: np.random.Generator) -> Drawing:
    """One to nine dots. A single dot is a point; several may be very short strokes."""
    count = int(rng.choice([1, 1, 2, 3, 4, 5, 7, 9]))
    if count == 1:
        return _drawing(np.zeros((1, 2)))
    places = rng.uniform(-0.5, 0.5, (count, 1, 2))
    return _drawing(*[place + rng.normal(0.0, 0.01, (int(rng.integers(1, 4)), 2)) for place in places])


_SIGNS: Final = (
    ("plus", "5,0 5,10/0,5 10,5"),
    ("times", "0,0 10,10/10,0 0,10"),
    ("equals", "0,3 10,3/0,7 10,7"),
    ("hash", "3,0 3,10/7,0 7,10/0,3 10,3/0,7 10,7"),
    ("arrow", "0,5 10,5/6,2 10,5 6,8"),
    ("triangle", "5,0 10,9 0,9 5,0"),
    ("square", "0,0 10,0 10,10 0,10 0,0"),
    ("asterisk", "5,0 5,10/0,3 10,8/10,3 0,8"),
    ("star", "5,0 8,10 0,4 10,4 2,10 5,0"),
    ("diamond", "5,0 10,5 5,10 0,5 5,0"),
    ("heart", "5,10 0,3 2,0 5,3 8,0 10,3 5,10"),
    ("K", "0,0 0,10/0,5 10,0/0,5 10,10"),
    ("Y", "0,0 5,5 10,0/5,5 5,10"),
    ("A", "0,10 5,0 10,10/2,6 8,6"),
    ("H", "0,0 0,10/10,0 10,10/0,5 10,5"),
    ("crossed square", "0,0 10,0 10,10 0,10 0,0/0,0 10,10/10,0 0,10"),
    ("star of four lines", "5,0 5,10/0,5 10,5/1,1 9,9/9,1 1,9"),
    ("arch", "0,10 0,5 2,1 5,0 8,1 10,5 10,10"),
)
"""Signs that are not digits in any orientation: corners in tenths, strokes separated by a slash."""

_UPRIGHT_SIGNS: Final = (
    ("tick", "0,6 3,10 10,0"),
    ("N", "0,10 0,0 10,10 10,0"),
    ("W", "0,0 2,10 5,4 8,10 10,0"),
    ("M", "0,10 3,0 5,10 7,0 10,10"),
    ("E", "10,0 0,0 0,10 10,10/0,5 8,5"),
    ("L", "0,0 0,10 10,10"),
    ("small waves", "0,5 2,3 5,5 8,7 10,5"),
    ("U", "0,0 0,5 2,9 5,10 8,9 10,5 10,0"),
    ("square spiral", "0,0 10,0 10,10/3,3 6,3 6,6 3,6 3,3"),
)
"""Signs that could be read as a digit when they are rotated: N as 2, L as 7, W and E as 3."""


def _parsed(text: str) -> tuple[_Points, ...]:
    strokes = (stroke.split() for stroke in text.split("/"))
    return tuple(np.array([point.split(",") for point in stroke], dtype=np.float64) / 10.0 - 0.5 for stroke in strokes)


_TURNABLE_STROKES: Final = tuple(_parsed(text) for _, text in _SIGNS)
_UPRIGHT_STROKES: Final = tuple(_parsed(text) for _, text in _UPRIGHT_SIGNS)


def _sign(rng: np.random.Generator) -> Drawing:
    """A sign with slightly displaced corners; some are rotated by a quarter or half turn."""
    index = int(rng.integers(len(_TURNABLE_STROKES) + len(_UPRIGHT_STROKES)))
    strokes = (_TURNABLE_STROKES + _UPRIGHT_STROKES)[index]
    strokes = tuple(corners + rng.normal(0.0, 0.03, corners.shape) for corners in strokes)
    if index < len(_TURNABLE_STROKES) and rng.random() < 0.25:
        rotation = _rotation(rng.choice(_QUARTER_TURNS))
        strokes = tuple(corners @ rotation for corners in strokes)
    return _drawing(*strokes)


NON_DIGITS: Final[Mapping[str, Callable[[np.random.Generator], Drawing]]] = {
    "scribble": _scribble,
    "tangle": _tangle,
    "zigzag": _zigzag,
    "blot": _blot,
    "lines": _lines,
    "dots": _dots,
    "sign": _sign,
}
"""The generator of each kind of drawing."""

_GENERATORS: Final = tuple(NON_DIGITS.values())


def _box(drawing: Drawing) -> tuple[_Points, _Points, float]:
    """Return the corners of a drawing's bounding box and its larger side, which is above 0."""
    points = np.concatenate([stroke.points for stroke in drawing.strokes])[:, :2]
    low, high = points.min(axis=0), points.max(axis=0)
    return low, high, float(max((high - low).max(), np.finfo(np.float64).tiny))


def _side_by_side(digits: Sequence[Drawing], rng: np.random.Generator) -> Drawing:
    """Put digits of about the same size in a row."""
    strokes, right = [], 0.0
    for digit in digits:
        low, high, extent = _box(digit)
        size = rng.uniform(0.8, 1.15)
        place = np.array([right, rng.normal(0.0, 0.08)])
        strokes += [(stroke.points[:, :2] - low) * (size / extent) + place for stroke in digit.strokes]
        right += (high[0] - low[0]) * (size / extent) + rng.uniform(0.03, 0.4)
    return _drawing(*strokes)


def _overlapping(digits: Sequence[Drawing], rng: np.random.Generator) -> Drawing:
    """Put digits on top of each other, slightly displaced."""
    strokes = []
    for digit in digits:
        low, high, extent = _box(digit)
        place = rng.normal(0.0, 0.15, 2)
        strokes += [(stroke.points[:, :2] - (low + high) / 2.0) / extent + place for stroke in digit.strokes]
    return _drawing(*strokes)
