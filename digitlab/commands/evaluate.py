"""``digitlab evaluate``: metrics of a network on digits that it was not trained on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from digitlab.commands.sources import open_held_out, open_model
from digitlab.commands.terminal import ProgressBar, table, write_json, write_line
from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.confusion import DigitMetrics, MacroAverage, digit_metrics, macro_average
from digitlab.evaluation.metrics import REJECTED_DIGIT_SHARE, Metrics, mean_loss
from digitlab.insight.batch import Answers, answer_all
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError
from digitlab.words.numbers import NO_VALUE, exact_percent, loss, percent, points


def run(model: str, data: str, *, as_json: bool, is_strict: bool = False) -> int:
    """Evaluate a network; returns the exit code.

    Args:
        model: Name or file of the network.
        data: Name or path of the dataset, of which the test digits are used, or a file of drawings.
        as_json: Whether to write a JSON object.
        is_strict: Whether a file of drawings is refused if a line is no drawing, instead of leaving that line out.

    Raises:
        DigitLabError: If the model or the data cannot be used.
    """
    snapshot = open_model(model)
    if not snapshot.spec.classifies:
        raise DigitLabError(
            f"The network in {model} ends in feature maps, so it cannot classify digits.",
            remedy="Choose a network that ends in a dense layer of ten or eleven units.",
        )
    held_out = open_held_out(data, is_strict=is_strict)
    labels = held_out.digits.labels
    answers, others = _answers(snapshot, held_out.digits.images), _answers(snapshot, held_out.others)
    loss = mean_loss(snapshot.spec.loss, answers.sums, labels)
    metrics = Metrics.of(answers.outputs, labels, loss, others.outputs)
    _write(metrics, as_json=as_json)
    return 0


def _answers(snapshot: Snapshot, images: NDArray[np.uint8]) -> Answers:
    progress = ProgressBar()
    try:
        answers = answer_all(snapshot, images, lambda share: progress.show("Evaluating the digits", share))
    finally:
        progress.clear()
    assert answers is not None  # it is never cancelled
    return answers


def _write(metrics: Metrics, *, as_json: bool) -> None:
    separation = metrics.non_digits
    per_digit = digit_metrics(metrics.confusion)
    if as_json:
        record: dict[str, Any] = {
            "accuracy": metrics.accuracy,
            "loss": metrics.loss,
            "calibration_error": metrics.calibration_error,
            "confusion": metrics.confusion.tolist(),
            "digits": [
                {"precision": entry.precision, "recall": entry.recall, "f1": entry.f1, "support": entry.support}
                for entry in per_digit
            ],
        }
        if separation is not None:
            record["no_digits"] = {"count": separation.count, "auc": separation.auc, "questioned": separation.rejected}
        write_json(record)
        return
    write_line(
        f"accuracy {percent(metrics.accuracy, metrics.count)} ({metrics.correct:,} of {metrics.count:,})  "
        f"loss {loss(metrics.loss)}  calibration error {points(metrics.calibration_error)}"
    )
    if separation is not None:
        rejected = percent(separation.rejected, separation.count)
        write_line(
            f"no digits: {separation.count:,}  area under the ROC curve {percent(separation.auc)}  "
            f"{rejected} rejected when {exact_percent(REJECTED_DIGIT_SHARE)} of the digits are"
        )
    write_line("")
    _write_digits(per_digit)
    write_line("")
    write_line("confusion matrix: rows are true digits, columns predicted digits")
    header = ("", *(str(digit) for digit in range(CLASS_COUNT)))
    rows = [(str(digit), *(str(count) for count in counts)) for digit, counts in enumerate(metrics.confusion)]
    _write_table(header, rows)


def _write_digits(per_digit: tuple[DigitMetrics, ...]) -> None:
    mean = macro_average(per_digit)
    each = sum(entry.support for entry in per_digit) // CLASS_COUNT  # a mean supports as many decimals as one of them
    rows = [(str(digit), *_shares(entry, entry.support), str(entry.support)) for digit, entry in enumerate(per_digit)]
    rows.append(("mean", *_shares(mean, each), ""))
    _write_table(("digit", "precision", "recall", "F1", "images"), rows)


def _shares(metrics: DigitMetrics | MacroAverage, of: int) -> tuple[str, ...]:
    shares = (metrics.precision, metrics.recall, metrics.f1)
    return tuple(NO_VALUE if share is None else percent(share, of) for share in shares)


def _write_table(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    for line in table([header, *rows], frozenset(range(len(header)))):
        write_line(line)
