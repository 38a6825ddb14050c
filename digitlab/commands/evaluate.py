"""``digitlab evaluate``: metrics of a network on digits that it was not trained on."""

from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.commands.sources import open_held_out, open_model
from digitlab.commands.terminal import ProgressBar, table, write_json, write_line
from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.distortions import STRENGTH_NAMES
from digitlab.data.held_out import HeldOutSet
from digitlab.evaluation.confusion import DigitMetrics, MacroAverage, digit_metrics, macro_average
from digitlab.evaluation.distorted import COLUMNS, DistortedDigits, DistortedRow
from digitlab.evaluation.metrics import REJECTED_DIGIT_SHARE, Metrics, mean_loss
from digitlab.insight.batch import Answers, answer_all
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError
from digitlab.words.numbers import NO_VALUE, count, exact_percent, loss, percent, points

_TITLES: Final = {False: "network's input", True: "photo"}


def run(model: str, data: str, *, as_json: bool, is_strict: bool = False, is_distorted: bool = False) -> int:
    """Evaluate a network; returns the exit code.

    Args:
        model: Name or file of the network.
        data: Name or path of the dataset, of which the test digits are used, or a file of drawings.
        as_json: Whether to write a JSON object.
        is_strict: Whether a file of drawings is refused if a line is no drawing, instead of leaving that line out.
        is_distorted: Whether the accuracy on distorted digits is measured, too.

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
    snapshot.spec.check_data(held_out.digits)
    labels = held_out.digits.labels
    answers, others = _answers(snapshot, held_out.digits.images), _answers(snapshot, held_out.others)
    loss = mean_loss(snapshot.spec.loss, answers.sums, labels)
    metrics = Metrics.of(answers.outputs, labels, loss, others.outputs, len(snapshot.spec.classes))
    rows = _distorted_rows(snapshot, held_out) if is_distorted else ()
    if as_json:
        write_json(_record(metrics, rows))
    else:
        _write(metrics)
        _write_distorted(rows)
    return 0


def _distorted_rows(snapshot: Snapshot, held_out: HeldOutSet) -> tuple[DistortedRow, ...]:
    def classify(images: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        answers = answer_all(snapshot, images)
        return None if answers is None else answers.outputs

    digits, progress = DistortedDigits(held_out.digits, held_out.drawings), ProgressBar()
    try:
        *_, rows = digits.evaluate(classify, partial(progress.show, "Distorting the digits"), lambda: False)
    finally:
        progress.clear()
    return rows


def _answers(snapshot: Snapshot, images: NDArray[np.uint8]) -> Answers:
    progress = ProgressBar()
    try:
        answers = answer_all(snapshot, images, lambda share: progress.show("Evaluating the digits", share))
    finally:
        progress.clear()
    assert answers is not None  # it is never cancelled
    return answers


def _record(metrics: Metrics, rows: tuple[DistortedRow, ...]) -> dict[str, Any]:
    """Return the JSON object of an evaluation."""
    separation = metrics.non_digits
    record: dict[str, Any] = {
        "accuracy": metrics.accuracy,
        "loss": metrics.loss,
        "calibration_error": metrics.calibration_error,
        "confusion": metrics.confusion.tolist(),
        "digits": [
            {"precision": entry.precision, "recall": entry.recall, "f1": entry.f1, "support": entry.support}
            for entry in digit_metrics(metrics.confusion)
        ],
    }
    if separation is not None:
        record["no_digits"] = {"count": separation.count, "auc": separation.auc, "questioned": separation.rejected}
    if rows:
        record["distorted"] = [
            {
                "kind": row.kind.name,
                "is_photo": row.is_photo,
                "strength": strength,
                "accuracy": score.accuracy,
                "interval": score.interval,
                "count": score.count,
            }
            for row in rows
            for strength, score in zip(COLUMNS, row.scores, strict=True)
        ]
    return record


def _write(metrics: Metrics) -> None:
    separation = metrics.non_digits
    per_digit = digit_metrics(metrics.confusion)
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
    rows = [(str(digit), *(str(number) for number in counts)) for digit, counts in enumerate(metrics.confusion)]
    _write_table(header, rows)


def _write_distorted(rows: tuple[DistortedRow, ...]) -> None:
    for is_photo in (False, True):
        group = [row for row in rows if row.is_photo is is_photo]
        if not group:
            continue
        scores = [score for row in group for score in row.scores]
        widest = max(high - low for low, high in (score.interval for score in scores))
        write_line("")
        write_line(
            f"accuracy by distortion of the {_TITLES[is_photo]}, on {count(scores[0].count, 'digit')} drawn at random "
            f"(95 % intervals up to {points(widest)} wide)"
        )
        _write_table(
            ("kind", "undistorted", *STRENGTH_NAMES),
            [(row.kind.name, *(percent(score.accuracy, score.count) for score in row.scores)) for row in group],
        )


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
