"""The metrics of an evaluation as text. Without Qt."""

from typing import Final

from digitlab.data.held_out import has_parts
from digitlab.evaluation.metrics import Metrics
from digitlab.evaluation.predictions import Predictions
from digitlab.evaluation.reliability import RejectionCurve, ReliabilityBin
from digitlab.gui.session.values import Evaluation, EvaluationResult
from digitlab.model.snapshot import Snapshot
from digitlab.words.names import one_line
from digitlab.words.numbers import count, duration, epoch_label, percent, percent_range, points, probability, times

USUAL_REJECTED: Final = 0.02
"""The share of rejected predictions in the sentence below the curve while nothing is pointed at."""

_GOOD_ERROR: Final = 0.01
"""Up to this difference between confidence and accuracy, the confidence counts as calibrated."""

_ENOUGH_TO_TELL: Final = 100
"""With fewer predictions than this, the intervals are too wide to call any bar calibrated."""

_WIDE: Final = 0.10
"""Above this width, the interval is shown, because the share alone is too imprecise."""


def _range(entry: ReliabilityBin) -> str:
    return percent_range(entry.low, entry.high)


def bin_text(entry: ReliabilityBin) -> str:
    """Return the values of one bar of the reliability diagram."""
    if entry.count == 1:
        return f"The one prediction with a confidence of {_range(entry)} was {'correct' if entry.correct else 'wrong'}."
    correct = {entry.count: "all", 0: "none"}.get(entry.correct, percent(entry.accuracy, entry.count))
    text = f"Of {entry.count:,} predictions with a confidence of {_range(entry)}, {correct} were correct."
    low, high = entry.interval
    if high - low > _WIDE:
        text += f" 95 % interval: {percent_range(low, high)}."
    return text


def reliability_text(metrics: Metrics) -> str:
    """Return a summary of the reliability diagram."""
    miscalibrated = [entry for entry in metrics.bins if _is_miscalibrated(entry)]
    overconfident = any(entry.accuracy < entry.confidence for entry in miscalibrated)
    underconfident = any(entry.accuracy > entry.confidence for entry in miscalibrated)
    conclusion = {
        (False, False): "the confidence is well calibrated",
        (True, False): "the network is overconfident",
        (False, True): "the network is underconfident",
        (True, True): "the network is overconfident in places and underconfident in others",
    }[overconfident, underconfident]
    error = points(metrics.calibration_error)
    if not miscalibrated and metrics.count < _ENOUGH_TO_TELL:
        conclusion = "too few predictions to assess the calibration"
    return f"On average, confidence and accuracy differ by {error} (expected calibration error): {conclusion}."


def _is_miscalibrated(entry: ReliabilityBin) -> bool:
    """Return whether a bar is off the diagonal significantly, and by enough to matter."""
    low, high = entry.interval
    is_chance = low <= entry.confidence <= high
    return not is_chance and abs(entry.accuracy - entry.confidence) > _GOOD_ERROR


def rejection_text(curve: RejectionCurve, share: float) -> str:
    """Return the accuracy of the rest when up to a share of the predictions is rejected."""
    rejected, accuracy = curve.at(share)
    correct = "all" if accuracy == 1.0 else percent(accuracy)
    if not rejected:
        return f"Reject none: {correct} of the predictions are correct."
    return f"Reject the {percent(rejected)} least confident: {correct} of the rest are correct."


def tile_text(predictions: Predictions, place: int) -> tuple[str, str]:
    """Return the lines below an image: the prediction and the second choice, each with its probability."""
    true, answer = int(predictions.labels[place]), int(predictions.predicted[place])
    second, share = int(predictions.second_predicted[place]), float(predictions.second_confidences[place])
    answered = f"{true} → {answer}" if true != answer else f"{true} ✓"
    return (
        f"{answered}, {probability(float(predictions.confidences[place]), decimals=0)}",
        f"then {second}, {probability(share, decimals=0)}",
    )


def answer_text(result: EvaluationResult, place: int) -> str:
    """Return a prediction in full.

    Args:
        result: The evaluation.
        place: Position of the prediction.
    """
    predictions = result.predictions
    true, answer, second = (
        int(predictions.labels[place]),
        int(predictions.predicted[place]),
        int(predictions.second_predicted[place]),
    )
    index = int(predictions.indices[place])
    what = f"A {true}, classified correctly" if true == answer else f"A {true}, classified as {answer}"
    return (
        f"{what} with {probability(float(predictions.confidences[place]))} confidence; second choice {second} with "
        f"{probability(float(predictions.second_confidences[place]))}. "
        f"Image {index + 1:,} of {len(result.data.digits):,}."
    )


def gallery_text(result: EvaluationResult, shown: int, cell: tuple[int, int] | None) -> str:
    """Return the heading of the gallery.

    Args:
        result: The evaluation.
        shown: Number of images.
        cell: Their cell of the confusion matrix, or None for all misclassified digits.
    """
    if cell is None:
        text = count(shown, "misclassified digit") if shown else "No misclassified digits"
        if not result.is_whole:
            text += f" in {result.metrics.count:,} images"
    else:
        true, answer = cell
        text = f"{true} classified correctly" if true == answer else f"{true} classified as {answer}"
        text += f", {times(shown)}"
    if shown < 2:
        return text
    return f"{text}, {'least' if cell is not None and cell[0] == cell[1] else 'most'} confident first"


def result_text(result: EvaluationResult, name: str) -> str:
    """Return which network was evaluated, on what, and how long it took.

    Args:
        result: The result.
        name: The name of the network.
    """
    images = f"{result.metrics.count:,}"
    images += " images" if result.is_whole else f" of {len(result.data.digits):,} images, drawn at random"
    network, data = one_line(name), one_line(result.data.title)
    return f"{network}, {epoch_label(result.snapshot)} · {data} · {images} · {duration(result.duration_s)}"


def interval_text(interval: tuple[float, float]) -> str:
    """Return a confidence interval with enough decimals to distinguish its ends: ``98.9 to 99.3 %``."""
    return percent_range(*interval)


def stale_text(evaluation: Evaluation, snapshot: Snapshot) -> str:
    """Return why the metrics do not belong to the chosen data and the network on screen; empty if they do."""
    result = evaluation.result
    if result is None:
        return ""
    is_other_part = has_parts(evaluation.source) and result.data.part is not evaluation.part
    if result.data.source != evaluation.source or is_other_part:
        return "Other data are selected; press Evaluate. Shown here:"
    if result.snapshot is not snapshot:
        what = "snapshot" if result.snapshot.spec == snapshot.spec else "network"
        return f"Another {what} is on screen. Shown here:"
    return ""
