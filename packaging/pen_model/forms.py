"""The form in which somebody writes a digit: a zero with a slash, a crossed seven, a nine with an open loop.

The tests are simple geometry on strokes: their number, holes, straightness and direction. They serve to count, to
weight and to report, so a form is named only where it is clear; the usual form of a digit has no name. Lengths are
shares of the digit's height (``stroke_shapes``).
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from stroke_shapes import (
    CELLS,
    WIDE_BRUSH,
    Strokes,
    chord_of,
    distances_between,
    holes_in,
    is_ring,
    is_straight,
    length_of,
    others_than,
    passes_through,
    scaled_strokes,
    slope_of,
    stem_of,
    whole_path,
)

from digitlab.data.drawing.strokes import Drawing


def form_of(drawing: Drawing) -> str:
    """Return the form of a labelled digit, for example ``slashed zero``; empty if it is the usual one.

    Args:
        drawing: A digit in any unit, y down. One without a label or without extent has no form.
    """
    strokes = scaled_strokes(drawing)
    if drawing.label is None or not strokes:
        return ""
    return next((name for name, is_so in FORMS[drawing.label].items() if is_so(strokes)), "")


def _has_hole(strokes: Strokes, top: float = 0.0, bottom: float = 1.0) -> bool:
    """Return whether there is a hole whose middle lies between two heights."""
    return any(top <= hole[:, 1].mean() <= bottom for hole in holes_in(strokes))


def _is_open(strokes: Strokes) -> bool:
    """Return whether there is no hole, whether painted with a thin brush or with one that closes small gaps."""
    return not holes_in(strokes) and not holes_in(strokes, brush=WIDE_BRUSH)


def _has_slash(strokes: Strokes) -> bool:
    """A line through the middle of the ring: a stroke of its own, straight and diagonal, or the end of the only one."""
    ring = max(strokes, key=length_of)
    if len(strokes) == 1:
        return passes_through(ring[len(ring) * 65 // 100 :], ring[: len(ring) * 65 // 100])
    lines = [line for line in others_than(strokes, ring) if is_straight(line, 0.85) and 15 < slope_of(line) < 89]
    return any(passes_through(line, ring) for line in lines)


def _is_lying(strokes: Strokes) -> bool:
    width, height = np.ptp(whole_path(strokes), axis=0)
    return bool(width > 1.35 * height)


def _has_crossed_ends(strokes: Strokes) -> bool:
    """Both ends stick out above the hole."""
    return any(len(hole) > 40 and hole[:, 1].min() > 0.2 for hole in holes_in(strokes))


def _has_foot(strokes: Strokes) -> bool:
    """A level line at the bottom: a stroke of its own, or the end of the stem, to both sides of it."""
    stem = stem_of(strokes)
    feet = [other for other in others_than(strokes, stem) if other[:, 1].mean() > 0.7]
    if any(np.ptp(foot[:, 0]) > 0.2 and slope_of(foot) < 35 for foot in feet):
        return True
    down = stem[int(stem[:, 1].argmin()) :]
    above, foot = down[(down[:, 1] > 0.75) & (down[:, 1] < 0.88), 0], down[down[:, 1] > 0.88, 0]
    if not len(above) or not len(foot):
        return False
    left, right = above.mean() - foot.min(), foot.max() - above.mean()
    return bool(min(left, right) > 0.04 and left + right > 0.22)


def _has_flag(strokes: Strokes) -> bool:
    """The stem begins with an upstroke from the left, or a stroke of its own leans against its top."""
    stem = stem_of(strokes)
    flags = [stem[: int(stem[:, 1].argmin()) + 1]]
    flags += [other[other[:, 1].argsort()[::-1]] for other in others_than(strokes, stem) if other[:, 1].max() < 0.6]
    return any(chord_of(flag)[0] > 0.08 and chord_of(flag)[1] < -0.08 for flag in flags)


def _has_hooked_end(strokes: Strokes) -> bool:
    """The pen turns to the right at the foot of the stem, as into the next letter."""
    stem = stem_of(strokes)
    tail = stem[int(stem[:, 1].argmax()) :]
    low = stem[stem[:, 1] > stem[:, 1].max() - 0.06]
    return (length_of(tail) > 0.12 and bool(chord_of(tail)[0] > 0.04)) or bool(chord_of(low)[0] > 0.15)


def _begins_downwards(strokes: Strokes) -> bool:
    """The pen begins at the top with a downstroke and comes back up before the usual form."""
    path = whole_path(strokes)
    start = path[: len(path) // 3]
    low = int(start[:, 1].argmax())
    after = path[low : len(path) // 2]
    return bool(start[0, 1] < 0.2 and start[low, 1] > 0.25 and after[:, 1].min() < start[low, 1] - 0.15)


def _has_loop_at_foot(strokes: Strokes) -> bool:
    return _has_hole(strokes, top=0.5)


def _has_flat_top(strokes: Strokes) -> bool:
    """A level bar, then a corner and a straight line back to the middle."""
    path = whole_path(strokes)
    corner = int((path[: len(path) // 2] @ np.array([1.0, -1.0])).argmax())
    bar, way = path[:corner], path[corner : corner + 15]
    is_bar = len(bar) >= 12 and is_straight(bar, 0.95) and slope_of(bar) < 25
    return is_bar and is_straight(way, 0.95) and bool(chord_of(way)[0] < 0)


def _is_one_stroke(strokes: Strokes) -> bool:
    return len(strokes) == 1


def _has_detached_bar(strokes: Strokes) -> bool:
    return len(strokes) == 2 and bool(distances_between(*strokes).min() > 0.1)


def _has_no_corner(strokes: Strokes) -> bool:
    """One stroke that nowhere turns by more than 55 degrees within a tenth of the digit."""
    if len(strokes) > 1:
        return False
    ways = strokes[0][4:] - strokes[0][:-4]
    headings = np.unwrap(np.arctan2(ways[:, 1], ways[:, 0]))[3:-3]
    turns = np.abs(headings[5:] - headings[:-5])
    return len(turns) > 0 and bool(turns.max() < np.radians(55))


def _is_crossed(strokes: Strokes) -> bool:
    """A bar at the stem: a stroke of its own, or the end of the only one."""
    stem = stem_of(strokes)
    bars = [bar for bar in others_than(strokes, stem) if slope_of(bar) < 45 and 0.25 < bar[:, 1].mean() < 0.85]
    has_bar = any(distances_between(bar, stem).min() < 0.2 for bar in bars)
    return has_bar or (len(strokes) == 1 and _has_hole(strokes, top=0.4))


def _has_hook(strokes: Strokes) -> bool:
    """A serif at the left of the bar: the beginning of the stroke or a stroke of its own."""
    stem = max(strokes, key=length_of)
    if any(np.ptp(other[:, 1]) > 0.08 and other.mean(axis=0).max() < 0.4 for other in others_than(strokes, stem)):
        return True
    early = stem[: len(stem) * 4 // 10]
    early = early[: int((early[:, 1] > 0.6).argmax()) or len(early)]
    low = int(early[: len(early) * 2 // 3, 1].argmax())
    top = low + int((early[low:] @ np.array([0.5, 1.0])).argmin())
    serif, bar = stem[max(low, top - 8) : top + 1], stem[top : top + 9]
    if top - low < 5 or early[low, 1] - early[top, 1] < 0.08 or slope_of(serif) < 35:
        return False
    cosine = chord_of(serif) @ chord_of(bar) / np.hypot(*chord_of(serif)) / np.hypot(*chord_of(bar))
    return bool(cosine < np.cos(np.radians(45)))


def _is_two_rings(strokes: Strokes) -> bool:
    return len(strokes) == 2 and all(is_ring(stroke) for stroke in strokes)


def _is_open_eight(strokes: Strokes) -> bool:
    return max(len(holes_in(strokes)), len(holes_in(strokes, WIDE_BRUSH))) < 2


def _has_flat_loop(strokes: Strokes) -> bool:
    sizes = [np.ptp(hole, axis=0) + 1.0 / CELLS for hole in holes_in(strokes)]
    return any(height < 0.6 * width for width, height in sizes)


def _sweeps_left(strokes: Strokes) -> bool:
    """The tail is bent and runs to the left at the bottom."""
    path = whole_path(strokes)
    foot = path[int(np.flatnonzero(path[:, 1] < 0.8)[-1]) :] if path[-1, 1] > 0.6 else path[-1:]
    return bool(np.ptp(foot[:, 0]) > 0.22 and chord_of(foot)[0] < -0.15)


FORMS: Final[Mapping[int, Mapping[str, Callable[[Strokes], bool]]]] = {
    0: {
        "slashed zero": _has_slash,
        "zero with crossed ends": _has_crossed_ends,
        "open zero": _is_open,
        "lying zero": _is_lying,
    },
    1: {"one with foot": _has_foot, "flagged one": _has_flag, "one with hook at foot": _has_hooked_end},
    2: {"two that begins downwards": _begins_downwards, "two with loop": _has_loop_at_foot},
    3: {"three that begins downwards": _begins_downwards, "three with flat top": _has_flat_top},
    4: {"closed four": _has_hole, "one-stroke four": _is_one_stroke},
    5: {"five with detached bar": _has_detached_bar, "five without corner": _has_no_corner},
    6: {"open six": _is_open},
    7: {"crossed seven": _is_crossed, "hooked seven": _has_hook, "round seven": _has_no_corner},
    8: {"eight from two circles": _is_two_rings, "open eight": _is_open_eight},
    9: {
        "nine with open loop": _is_open,
        "nine with tail to the left": _sweeps_left,
        "nine with flat loop": _has_flat_loop,
    },
}
"""The forms of each digit, the rarer ones first: a digit has the first that fits."""
