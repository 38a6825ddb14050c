"""Figures of a judgement in the words of a person. No Qt in here."""

from typing import Final

from digitlab.gui.wording import percent, points
from digitlab.training.judgement import Judgement
from digitlab.training.reliability import RejectionCurve, ReliabilityBin

USUAL_QUESTIONED: Final = 0.02
"""The share of answers questioned in the sentence that stands below the curve by itself."""

_GOOD_ERROR: Final = 0.01
"""So far apart are sureness and truth of percentages that can be taken at their word."""

_ENOUGH_TO_TELL: Final = 100
"""Fewer answers than this leave intervals so wide that no bar can be called right."""

_WIDE: Final = 0.10
"""An interval wider than this is told, since the share itself says too little."""


def _range(entry: ReliabilityBin) -> str:
    return f"{round(100 * entry.low)} to {round(100 * entry.high)} %"


def bin_words(entry: ReliabilityBin) -> str:
    """Return what one bar of the reliability diagram says."""
    if entry.count == 1:
        return f"The one answer given with {_range(entry)} was {'right' if entry.right else 'wrong'}."
    right = {entry.count: "all", 0: "none"}.get(entry.right, percent(entry.accuracy))
    words = f"Of {entry.count:,} answers given with {_range(entry)}, {right} were right."
    low, high = entry.interval
    if high - low > _WIDE:
        words += f" With so few, {100 * low:.0f} to {100 * high:.0f} % could be the rule."
    return words


def reliability_words(judgement: Judgement) -> str:
    """Return what the whole reliability diagram says."""
    strays = [entry for entry in judgement.bins if _is_astray(entry)]
    too_sure = any(entry.accuracy < entry.confidence for entry in strays)
    too_modest = any(entry.accuracy > entry.confidence for entry in strays)
    tone = {
        (False, False): "its percentages can be taken at their word",
        (True, False): "it is surer than it should be",
        (False, True): "it is more modest than it need be",
        (True, True): "it is too sure in places and too modest in others",
    }[too_sure, too_modest]
    error = points(judgement.calibration_error)
    if not strays and judgement.count < _ENOUGH_TO_TELL:
        tone = "so few answers do not tell whether its percentages can be trusted"
    return f"On average, sureness and truth are {error} apart (expected calibration error): {tone}."


def _is_astray(entry: ReliabilityBin) -> bool:
    """Return whether a bar is off the diagonal by more than chance and by enough to matter."""
    low, high = entry.interval
    is_chance = low <= entry.confidence <= high
    return not is_chance and abs(entry.accuracy - entry.confidence) > _GOOD_ERROR


def rejection_words(curve: RejectionCurve, share: float) -> str:
    """Return what questioning up to a share of the answers brings."""
    questioned, accuracy = curve.at(share)
    right = "all" if accuracy == 1.0 else percent(accuracy)
    if not questioned:
        return f"Question none: {right} of the answers are right."
    return f"Question the {100 * questioned:.2g} % least sure: {right} of the rest are right."
