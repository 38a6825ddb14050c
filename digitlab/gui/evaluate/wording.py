"""Figures of a judgement in the words of a person. No Qt in here."""

from typing import Final

from digitlab.data.held_out import has_parts
from digitlab.evaluation.metrics import Metrics
from digitlab.evaluation.predictions import Predictions
from digitlab.evaluation.reliability import RejectionCurve, ReliabilityBin
from digitlab.gui.session.values import Evaluation, EvaluationResult
from digitlab.model.snapshot import Snapshot
from digitlab.words.numbers import count, duration, epoch_label, percent, percent_range, points, times

USUAL_REJECTED: Final = 0.02
"""The share of answers questioned in the sentence that stands below the curve by itself."""

_GOOD_ERROR: Final = 0.01
"""So far apart are sureness and truth of percentages that can be taken at their word."""

_ENOUGH_TO_TELL: Final = 100
"""Fewer answers than this leave intervals so wide that no bar can be called right."""

_WIDE: Final = 0.10
"""An interval wider than this is told, since the share itself says too little."""


def _range(entry: ReliabilityBin) -> str:
    return percent_range(entry.low, entry.high)


def bin_words(entry: ReliabilityBin) -> str:
    """Return what one bar of the reliability diagram says."""
    if entry.count == 1:
        return f"The one answer given with {_range(entry)} was {'right' if entry.correct else 'wrong'}."
    right = {entry.count: "all", 0: "none"}.get(entry.correct, percent(entry.accuracy, entry.count))
    words = f"Of {entry.count:,} answers given with {_range(entry)}, {right} were right."
    low, high = entry.interval
    if high - low > _WIDE:
        words += f" With so few, {percent_range(low, high)} could be the rule."
    return words


def reliability_words(metrics: Metrics) -> str:
    """Return what the whole reliability diagram says."""
    strays = [entry for entry in metrics.bins if _is_astray(entry)]
    overconfident = any(entry.accuracy < entry.confidence for entry in strays)
    too_modest = any(entry.accuracy > entry.confidence for entry in strays)
    tone = {
        (False, False): "its percentages can be taken at their word",
        (True, False): "it is surer than it should be",
        (False, True): "it is more modest than it need be",
        (True, True): "it is too sure in places and too modest in others",
    }[overconfident, too_modest]
    error = points(metrics.calibration_error)
    if not strays and metrics.count < _ENOUGH_TO_TELL:
        tone = "so few answers do not tell whether its percentages can be trusted"
    return f"On average, sureness and truth are {error} apart (expected calibration error): {tone}."


def _is_astray(entry: ReliabilityBin) -> bool:
    """Return whether a bar is off the diagonal by more than chance and by enough to matter."""
    low, high = entry.interval
    is_chance = low <= entry.confidence <= high
    return not is_chance and abs(entry.accuracy - entry.confidence) > _GOOD_ERROR


def rejection_words(curve: RejectionCurve, share: float) -> str:
    """Return what questioning up to a share of the answers brings."""
    rejected, accuracy = curve.at(share)
    right = "all" if accuracy == 1.0 else percent(accuracy)
    if not rejected:
        return f"Question none: {right} of the answers are right."
    return f"Question the {percent(rejected)} least sure: {right} of the rest are right."


def tile_words(predictions: Predictions, place: int) -> tuple[str, str]:
    """Return what stands below an image: the answer with how sure it was, and the second choice."""
    true, answer = int(predictions.labels[place]), int(predictions.predicted[place])
    second, share = int(predictions.second_predicted[place]), float(predictions.second_confidences[place])
    read = f"{true} → {answer}" if true != answer else f"{true} ✓"
    confidence = percent(float(predictions.confidences[place]), decimals=0)
    return f"{read}, {confidence}", f"then {second}, {percent(share, decimals=0)}"


def answer_words(result: EvaluationResult, place: int) -> str:
    """Return what one image and its answer say in full."""
    predictions = result.predictions
    true, answer, second = (
        int(predictions.labels[place]),
        int(predictions.predicted[place]),
        int(predictions.second_predicted[place]),
    )
    index = int(predictions.indices[place])
    what = f"A {true}, read rightly" if true == answer else f"A {true}, taken for {answer}"
    return (
        f"{what} with {percent(float(predictions.confidences[place]))}; second choice {second} with "
        f"{percent(float(predictions.second_confidences[place]))}. Image {index + 1:,} of {len(result.data.digits):,}."
    )


def gallery_words(result: EvaluationResult, shown: int, cell: tuple[int, int] | None) -> str:
    """Return what the gallery shows.

    Args:
        result: What it is from.
        shown: Number of images.
        cell: The cell of the confusion matrix they are from, or None for all mistakes.
    """
    if cell is None:
        words = count(shown, "mistake") if shown else "No mistakes"
        if not result.is_whole:
            words += f" in {result.metrics.count:,} images"
    else:
        true, answer = cell
        words = f"{true} read rightly" if true == answer else f"{true} taken for {answer}"
        words += f", {times(shown)}"
    if shown < 2:
        return words
    return f"{words}, {'the least' if cell is not None and cell[0] == cell[1] else 'the most'} confident first"


def result_words(result: EvaluationResult) -> str:
    """Return which network was judged, on what, and how long it took."""
    images = f"{result.metrics.count:,}"
    images += " images" if result.is_whole else f" of {len(result.data.digits):,} images, drawn at random"
    return (
        f"{result.snapshot.spec.name}, {epoch_label(result.snapshot)} · {result.data.title} · {images} · "
        f"{duration(result.duration_s)}"
    )


def interval_words(interval: tuple[float, float]) -> str:
    """Return where a share may lie, with as many digits as tell its ends apart: ``98.9 to 99.3 %``."""
    return percent_range(*interval)


def stale_words(evaluation: Evaluation, snapshot: Snapshot) -> str:
    """Return why the figures are not those of what is chosen and on screen; empty if they are."""
    result = evaluation.result
    if result is None:
        return ""
    is_other_part = has_parts(evaluation.source) and result.data.part is not evaluation.part
    if result.data.source != evaluation.source or is_other_part:
        return "Other data are chosen now: press Evaluate. These figures are of"
    if result.snapshot is not snapshot:
        what = "moment" if result.snapshot.spec == snapshot.spec else "network"
        return f"Another {what} is on screen now. These figures are of"
    return ""
