"""``digitlab evaluate``: how well a network answers the test digits of a dataset."""

import math

from digitlab.commands.sources import open_dataset, open_model
from digitlab.commands.terminal import ProgressBar, table, write_json, write_line
from digitlab.data.dataset import CLASS_COUNT
from digitlab.errors import DigitLabError
from digitlab.log import stderr_in_log
from digitlab.training.evaluation import Evaluation, evaluate
from digitlab.training.runtime import load_tensorflow


def run(model: str, data: str, *, as_json: bool) -> int:
    """Evaluate a network; returns the exit code.

    Args:
        model: Name or file of the network.
        data: Name or path of the dataset; its test digits serve.
        as_json: Whether to write a JSON object.

    Raises:
        DigitLabError: If the model or the dataset cannot be used.
    """
    snapshot = open_model(model)
    if not snapshot.spec.classifies:
        raise DigitLabError(
            f"The network in {model} ends in feature maps and gives no answers that could be judged.",
            remedy="Choose a network that ends in a dense layer of ten or eleven units.",
        )
    digits = open_dataset(data).test
    with stderr_in_log():
        load_tensorflow()
    progress = ProgressBar()
    try:
        evaluation = evaluate(
            snapshot, digits, lambda share: progress.show("Judging the test digits", share), lambda: False
        )
    finally:
        progress.clear()
    if evaluation is not None:
        _write(evaluation, as_json=as_json)
    return 0


def _write(evaluation: Evaluation, *, as_json: bool) -> None:
    if not math.isfinite(evaluation.loss):
        raise DigitLabError(
            "The network's loss is no number: its weights are too large to compute with.",
            remedy="Choose another model, or train this one again with a lower learning rate.",
        )
    confusion = evaluation.confusion
    if as_json:
        write_json(
            {"accuracy": evaluation.accuracy, "loss": evaluation.loss, "confusion": confusion.tolist()},
        )
        return
    right = int(confusion.trace())
    write_line(f"accuracy {evaluation.accuracy:.2%} ({right:,} of {confusion.sum():,})  loss {evaluation.loss:.4f}")
    write_line("")
    write_line("confusion: rows are true digits, columns answers")
    header = ("", *(str(digit) for digit in range(CLASS_COUNT)))
    rows = [(str(digit), *(str(count) for count in counts)) for digit, counts in enumerate(confusion)]
    for line in table([header, *rows], frozenset(range(CLASS_COUNT + 1))):
        write_line(line)
