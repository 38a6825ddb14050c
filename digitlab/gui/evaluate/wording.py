"""Figures of a judgement in the words of a person. No Qt in here."""

from typing import Final

from digitlab.training.judgement import Judgement, RejectionCurve, ReliabilityBin

USUAL_QUESTIONED: Final = 0.02
"""The share of answers questioned in the sentence that stands below the curve by itself."""

_GOOD_ERROR: Final = 0.005
"""Up to this expected calibration error the percentages can be taken at their word."""

_WIDE: Final = 0.10
"""An interval wider than this is told, since the share itself says too little."""


def percent(share: float) -> str:
    """Return a share as ``98.1 %``, with more digits close to all and never 100 % where something is missing."""
    if share < 1.0 and share >= 0.9995:
        return f"{int(share * 10_000) / 100:.2f} %"
    return f"{100 * share:.1f} %" if share < 1.0 else "100 %"


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
    error, over = judgement.calibration_error, judgement.overconfidence
    if error <= _GOOD_ERROR:
        tone = "its percentages can be taken at their word"
    elif abs(over) < error / 2:
        tone = "it is too sure in places and too modest in others"
    else:
        tone = "it is surer than it should be" if over > 0 else "it is more modest than it need be"
    return f"On average, sureness and truth are {percent(error)} apart (expected calibration error): {tone}."


def rejection_words(curve: RejectionCurve, share: float) -> str:
    """Return what questioning up to a share of the answers brings."""
    questioned, accuracy = curve.at(share)
    right = "all" if accuracy == 1.0 else percent(accuracy)
    if not questioned:
        return f"Question none: {right} of the answers are right."
    return f"Question the {100 * questioned:.2g} % least sure: {right} of the rest are right."
