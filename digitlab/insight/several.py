"""Several digits on one canvas: read one by one where the pieces of ink stand in a row."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np

from digitlab.data.drawing.plain_shapes import is_plain_shape
from digitlab.data.drawing.side_by_side import (
    CLEAR_GAP,
    OVERLAP,
    SMALLEST_DIGIT,
    Extent,
    Line,
    Pieces,
    line_of,
    lines_of,
)
from digitlab.insight.batch import answer_all
from digitlab.insight.lens import Inspection
from digitlab.insight.verdict import CONFIDENT_FROM, DIGIT_FROM, POSSIBLE_FROM, Verdict, VerdictKind
from digitlab.model.outputs import of_classes
from digitlab.model.snapshot import Snapshot

MAXIMUM_DIGITS: Final = 12
"""Maximum number of digits that are read one by one."""

LEAST_GAP: Final = 0.05
"""Smallest gap between two digits, as a share of the tallest piece's height, where a drawing is no wider than a single
digit can be."""

WIDE: Final = 1.3
"""Width of a drawing, as a share of the tallest piece's height, from which separate groups are a row. Wider are 1.8 %
of 15,944 pen digits, none of them in groups with clear gaps between them."""

TOO_WIDE: Final = 2.0
"""The same for groups with any gap. Wider are 8 of 15,944 pen digits."""

ROW: Final = 3
"""Number of parts from which a wide drawing is not one digit: none has so many parts side by side."""

TEXT_WIDTH: Final = 4.0
"""Mean number of groups in a line from which several lines are text even if the whole looks like a digit: a digit made
of dots has fewer."""


TRIED_GROUPS: Final = 2 * MAXIMUM_DIGITS
"""Maximum number of groups of one line that are tried as digits or parts of them, and of groups that are looked at."""

_LEAST_SHARE: Final = 1e-6
"""Stands for an output of 0, whose logarithm is not finite."""


class _Part(NamedTuple):
    """One digit of a row.

    Attributes:
        digit: The most likely digit.
        score: How much it looks like a digit at all, 0..1.
    """

    digit: int
    score: float


class _Limits(NamedTuple):
    """What a network must answer for parts to be digits.

    Attributes:
        digit: Score of a digit; the mean of a row must reach it too.
        least: Smallest score within a row of digits.
        gap: Smallest gap between two digits.
        overlaps: Whether digits of a wide row may overlap.
    """

    digit: float
    least: float
    gap: float
    overlaps: bool


_REJECTING: Final = _Limits(DIGIT_FROM, POSSIBLE_FROM, LEAST_GAP, overlaps=True)

_OVERCONFIDENT: Final = _Limits(CONFIDENT_FROM, CONFIDENT_FROM, CLEAR_GAP, overlaps=False)
"""Of a network trained only on digits."""


def verdict_for(inspection: Inspection, pieces: Callable[[], Pieces]) -> Verdict | None:
    """Return the verdict on an image; a digit that is doubtful, or too wide, is also read as several.

    Args:
        inspection: What the network computed for the whole image.
        pieces: Returns the pieces of ink from which the image was made.

    Returns:
        The verdict; None if the network ends in feature maps.
    """
    whole = Verdict.of_inspection(inspection)
    if whole is None or whole.kind is VerdictKind.EMPTY or not inspection.snapshot.spec.reads_digits:
        return whole
    ink = pieces()
    limits = _REJECTING if inspection.snapshot.spec.has_no_digit_output else _OVERCONFIDENT
    lines = _lines(ink.extents, limits, is_doubtful=whole.digit_score < limits.digit)
    if not lines:
        return whole
    many = Verdict(VerdictKind.MANY, (), None, whole.digit_score)
    if _are_too_many(lines):
        groups = [group for line in lines for group in line.groups][:TRIED_GROUPS]
        plain = sum(map(is_plain_shape, ink.render(groups)))
        return whole if 2 * plain > len(groups) else many
    parts = [part for line in lines for part in _read(inspection.snapshot, ink, line)]
    if _are_digits(parts, lines, limits):
        if len(lines) > 1 or len(parts) > MAXIMUM_DIGITS:
            return many
        return Verdict(VerdictKind.SEVERAL, tuple(part.digit for part in parts), None, whole.digit_score)
    if len(parts) >= ROW and 2 * sum(part.score >= limits.digit for part in parts) > len(parts):
        return many
    is_single = len(parts) < ROW or lines[0].aspect < TOO_WIDE
    return whole if is_single else Verdict(VerdictKind.NO_DIGIT, (), None, 0.0)


def _lines(extents: Sequence[Extent], limits: _Limits, *, is_doubtful: bool) -> tuple[Line, ...]:
    """Return the lines of digits that pieces of ink may be; empty if they are a single digit."""
    if len(extents) < 2:
        return ()
    lines = lines_of(extents, limits.gap)
    if len(lines) > 1 and any(max(line.gaps, default=0.0) >= CLEAR_GAP for line in lines):
        count = sum(len(line.groups) for line in lines)
        is_text = count > MAXIMUM_DIGITS and count >= TEXT_WIDTH * len(lines)
        return lines if is_doubtful or is_text else ()
    line = line_of(extents, limits.gap)
    is_row = line.is_clear and line.aspect >= WIDE
    if limits.overlaps and line.aspect >= WIDE:
        line = line_of(extents, OVERLAP, SMALLEST_DIGIT)
    is_several = len(line.groups) > 1 and (is_doubtful or is_row or line.aspect >= TOO_WIDE)
    return (line,) if is_several else ()


def _are_digits(parts: Sequence[_Part], lines: Sequence[Line], limits: _Limits) -> bool:
    """Return whether parts are several digits."""
    scores = [part.score for part in parts]
    if len(parts) < ROW:
        # More often than two digits that touch, two strokes are one digit, or a letter.
        touch = any(min(line.gaps, default=0.0) < limits.gap for line in lines)
        return len(parts) > 1 and min(scores) >= (CONFIDENT_FROM if touch else limits.digit)
    return bool(np.mean(scores) >= limits.digit and min(scores) >= limits.least)


def _are_too_many(lines: Sequence[Line]) -> bool:
    """Return whether there are more digits than are read, whatever they are."""
    if len(lines) > 1:
        return sum(len(line.groups) for line in lines) > MAXIMUM_DIGITS
    (line,) = lines
    separate = 1 + sum(gap >= CLEAR_GAP for gap in line.gaps)
    return separate > MAXIMUM_DIGITS or len(line.groups) > TRIED_GROUPS


def _read(snapshot: Snapshot, ink: Pieces, line: Line) -> tuple[_Part, ...]:
    """Read a line: of all divisions into digits, return the one with the largest product of the digits' outputs.

    LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", Proceedings of the
    IEEE 86 (1998), section V: heuristic over-segmentation.
    """
    candidates = line.candidates()
    images = ink.render([line.joined(start, end) for start, end in candidates])
    answers = answer_all(snapshot, images)
    assert answers is not None  # Nobody cancels it.
    best: list[tuple[float, tuple[_Part, ...]]] = [(0.0, ()), *[(-np.inf, ())] * len(line.groups)]
    for (start, end), image, outputs in zip(candidates, images, answers.outputs, strict=True):
        digit, score = int(of_classes(outputs).argmax()), Verdict.of_image(image, outputs).digit_score
        # Of a plain shape and of outputs that are not finite, the score is 0.
        share = float(outputs[digit]) if score > 0.0 else 0.0
        logarithm = best[start][0] + np.log(max(share, _LEAST_SHARE))
        if logarithm > best[end][0]:
            best[end] = logarithm, (*best[start][1], _Part(digit, score))
    return best[-1][1]
