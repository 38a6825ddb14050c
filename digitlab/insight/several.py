"""Several digits side by side: classified one by one where an image is doubtful as a single digit."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.lens import Inspection, inspect
from digitlab.insight.verdict import CONFIDENT_FROM, DIGIT_FROM, Verdict, VerdictKind

LEAST_GAP: Final = 0.05
"""Smallest gap between two digits, as a share of the height of all ink, for a network with eleven outputs.
Nine of 7,494 pen digits, all of them a 4 in two strokes, have such a gap; there the network decides."""

CLEAR_GAP: Final = 0.15
"""The same for a network with ten outputs. No pen digit has such a gap."""

Parts = Callable[[float], Sequence[NDArray[np.uint8]]]
"""Renders the parts of a drawing that are separated by at least a gap (a share of the ink's height), from left to
right; each of shape (28, 28), uint8. Empty if there is only one part."""


def verdict_for(inspection: Inspection, parts: Parts) -> Verdict | None:
    """Return the verdict on an image; one that is doubtful as a single digit is also tried as several.

    Args:
        inspection: What the network computed for the whole image.
        parts: Renders the parts; called only where the whole is doubtful.

    Returns:
        The verdict; None if the network ends in feature maps.
    """
    verdict = Verdict.of_inspection(inspection)
    if verdict is None or verdict.kind is VerdictKind.EMPTY:
        return verdict
    can_reject = inspection.snapshot.spec.has_no_digit_output
    # A network trained only on digits is overconfident, so its thresholds are higher.
    share, least_gap = (DIGIT_FROM, LEAST_GAP) if can_reject else (CONFIDENT_FROM, CLEAR_GAP)
    if verdict.digit_score >= share:
        return verdict
    digits = []
    for image in parts(least_gap):
        part = Verdict.of_inspection(inspect(inspection.snapshot, image))
        if part is None or part.digit is None or part.digit_score < share:
            return verdict
        digits.append(part.digit)
    return Verdict(VerdictKind.SEVERAL, tuple(digits), None, verdict.digit_score) if digits else verdict
