"""Several digits side by side: noticed where an image is doubtful as one digit."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.lens import Inspection, inspect
from digitlab.insight.verdict import CONFIDENT_FROM, DIGIT_FROM, Verdict, VerdictKind

LEAST_GAP: Final = 0.05
"""Width of the gap between two digits, as a share of the height of all ink, for a network that knows what is no digit.
Of 7,494 pen digits nine, all a 4 in two strokes, have such a gap: to take them for one is left to the network."""

CLEAR_GAP: Final = 0.15
"""The same for a network that knows nothing but digits. No pen digit has such a gap."""

Parts = Callable[[float], Sequence[NDArray[np.uint8]]]
"""Renders what stands side by side with at least a gap (a share of the ink's height), from left to right; each of shape
(28, 28), uint8. Empty if there is only one thing."""


def verdict_for(inspection: Inspection, parts: Parts) -> Verdict | None:
    """Judge what a network made of an image, and look for several digits where it is doubtful as one.

    Args:
        inspection: What the network made of the whole.
        parts: Asked only where the whole is doubtful.

    Returns:
        The verdict; None if the network ends in feature maps.
    """
    verdict = Verdict.of_inspection(inspection)
    if verdict is None or verdict.kind is VerdictKind.EMPTY:
        return verdict
    knows_no_digit = inspection.snapshot.spec.knows_no_digit
    # What only knows digits is surer of everything: it has to be surer of the parts, and may be of the whole.
    share, least_gap = (DIGIT_FROM, LEAST_GAP) if knows_no_digit else (CONFIDENT_FROM, CLEAR_GAP)
    if verdict.is_digit >= share:
        return verdict
    digits = []
    for image in parts(least_gap):
        part = Verdict.of_inspection(inspect(inspection.snapshot, image))
        if part is None or part.digit is None or part.is_digit < share:
            return verdict
        digits.append(part.digit)
    return Verdict(VerdictKind.SEVERAL, tuple(digits), None, verdict.is_digit) if digits else verdict
