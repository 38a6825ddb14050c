"""The report on the pen model: ``REPORT.md`` with its pictures, from the results of the trainings."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import measures
import numpy as np
from ablation import EPOCHS, VARIANTS
from folds import Answers
from material import FOLDS, LOOK_ALIKES, SHIPPED_FOLD, Material
from measures import Fold, Labelled
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.pictures import digit_from_image
from digitlab.data.drawing.raster import render_many
from digitlab.evaluation.metrics import Metrics
from digitlab.insight.batch import answer_all
from digitlab.model.files.network_file import read_model
from digitlab.runs.run_file import read_run
from digitlab.system import assets
from digitlab.training.recipes import RECIPES

_SHEET_COLUMNS: Final = 10
_TILE: Final = 96
_CAPTION: Final = 16
_SCAN_SIDE: Final = 16
_INK_FROM: Final = 110
_SHARES: Final = (0.0, 0.005, 0.01, 0.02, 0.05)


@dataclass(frozen=True, slots=True, eq=False)
class _Findings:
    """The data of the report.

    Attributes:
        work: The folder of the trainings.
        material: The data they were trained on.
        answers: One for each fold.
        folds: Their metrics.
        all: The logits of all folds on their held-out pen digits and letters, including look-alikes.
    """

    work: Path
    material: Material
    answers: Sequence[Answers]
    folds: Sequence[Fold]
    all: Labelled


def write(work: Path, material: Material, folder: Path) -> None:
    """Write ``REPORT.md`` and its pictures.

    Args:
        work: The folder of the trainings.
        material: The data they were trained on.
        folder: The output folder.
    """
    answers = [Answers.load(work / f"fold-{fold}.npz") for fold in range(FOLDS)]
    folds = [measures.measure(answer, material) for answer in answers]
    findings = _Findings(work, material, answers, folds, measures.unseen(answers, material, fair=False))
    before, after = _metrics(findings)
    _draw_metrics(after, folder)
    _draw_worst(findings, folder / "worst.png")
    parts = (
        _head(findings),
        _by_fold(findings),
        _by_writer(findings),
        _by_digit(findings),
        _ablation(findings),
        _calibration(findings, before, after),
        _rejection(after),
        _no_digits(findings),
        _scans(findings),
        _worst(),
        _cost(findings),
    )
    (folder / "REPORT.md").write_text("\n".join(parts), encoding="utf-8")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(head), "|".join("---" if index == 0 else "---:" for index in range(len(head)))]
    lines += [" | ".join(row) for row in rows]
    return "\n".join(f"| {line} |" if "---" not in line else f"|{line}|" for line in lines) + "\n"


def _percent(share: float, places: int = 2) -> str:
    return "–" if np.isnan(share) else f"{100 * share:.{places}f}"


def _mean(folds: Sequence[Fold], of: Callable[[Fold], float]) -> float:
    return float(np.mean([of(fold) for fold in folds]))


def _head(findings: _Findings) -> str:
    folds = findings.folds
    final = Answers.load(findings.work / f"fold-{SHIPPED_FOLD}.npz")
    is_correct = final.mnist[:, :CLASS_COUNT].argmax(axis=1) == findings.material.mnist.test.labels
    return f"""# The pen model

Written by `python packaging/pen_model`, which trains the recipe *Pen and paper* of DigitLab
(`digitlab train --recipe pen`) five times, each time with every fifth writer and one alphabet held out. The network
of fold {SHIPPED_FOLD} is shipped as `resources/models/pen.digitlab`; its results in this report are those of
this network. It was preferred to a training on all writers: two of those (seeds 1 and 2, not part of this command)
classified 99.31 % and 99.39 % of MNIST's test digits correctly. This choice was made knowing the results on MNIST, so
the mean over the folds is the less biased estimate.

- Accuracy on the pen digits of unseen writers: **{_percent(_mean(folds, lambda fold: fold.digits))} %** (mean of
  five folds; worst writer {_percent(min(fold.worst for fold in folds))} %).
- Accuracy on MNIST's 10,000 test digits: **{_percent(float(is_correct.mean()))} %** for the shipped network,
  {_percent(_mean(folds, lambda fold: fold.mnist))} % for the mean of the folds.
- Separation of unseen writers' digits from letters of an unseen alphabet by `is_digit`: area under the ROC curve
  **{_mean(folds, lambda fold: fold.auc):.4f}**; when 2 % of the digits are rejected,
  **{_percent(_mean(folds, lambda fold: fold.rejected), 1)} %** of the letters are rejected.
"""


def _by_fold(findings: _Findings) -> str:
    rows: list[tuple[str, ...]] = [
        (
            str(number),
            ", ".join(map(str, fold.writers)),
            fold.alphabet.replace("_", " "),
            _percent(fold.digits),
            _percent(fold.worst),
            _percent(fold.mnist),
            f"{fold.auc:.4f}",
            f"{fold.auc_fair:.4f}",
            _percent(fold.rejected, 1),
            _percent(fold.rejected_fair, 1),
        )
        for number, fold in enumerate(findings.folds)
    ]
    columns = ("digits", "worst", "mnist", "auc", "auc_fair", "rejected", "rejected_fair")
    means = [float(np.mean([getattr(fold, name) for fold in findings.folds])) for name in columns]
    rows.append(
        (
            "mean",
            "",
            "",
            *(_percent(value) for value in means[:3]),
            *(f"{value:.4f}" for value in means[3:5]),
            *(_percent(value, 1) for value in means[5:]),
        )
    )
    head = (
        "fold",
        "held-out writers",
        "held-out alphabet",
        "pen digits, %",
        "worst writer, %",
        "MNIST test, %",
        "ROC area",
        "without look-alikes",
        "letters rejected at 2 % of digits, %",
        "without look-alikes, %",
    )
    return f"""
## Held-out writers

{_table(head, rows)}
*Look-alikes* are letters that look like digits: Latin b g i l o q s z, Greek delta, iota and omicron, and two katakana.
They are not used as examples of "no digit", which would make the network reject zeros, ones and sevens.
"""


def _tags(findings: _Findings) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return writer, label and whether the prediction is correct, for every pen digit in the order of the folds."""
    indices = np.concatenate([answer.digit_indices for answer in findings.answers])
    sums = np.concatenate([answer.digits for answer in findings.answers])
    digits = [findings.material.digits[index] for index in indices]
    labels = np.array([digit.drawing.label for digit in digits])
    writers = np.array([digit.writer for digit in digits])
    return writers, labels, sums[:, :CLASS_COUNT].argmax(axis=1) == labels


def _by_writer(findings: _Findings) -> str:
    writers, _, is_correct = _tags(findings)
    shares = sorted(measures.accuracy_by(is_correct, writers).items(), key=lambda entry: entry[1])
    rows = [
        (
            str(writer),
            str(int((writers == writer).sum())),
            str(int((~is_correct[writers == writer]).sum())),
            _percent(share),
        )
        for writer, share in shares
    ]
    return f"""
## By unseen writer

{_table(("writer", "digits", "wrong", "accuracy, %"), rows)}"""


def _by_digit(findings: _Findings) -> str:
    _, labels, is_correct = _tags(findings)
    rows = [
        (str(digit), str(int((labels == digit).sum())), str(int((~is_correct[labels == digit]).sum())), _percent(share))
        for digit, share in measures.accuracy_by(is_correct, labels).items()
    ]
    return f"""
## By digit

{_table(("digit", "count", "wrong", "accuracy, %"), rows)}"""


def _ablation(findings: _Findings) -> str:
    rows = []
    for name, variant in VARIANTS.items():
        path = findings.work / f"{name}-0.npz"
        if not path.exists():
            continue
        answers = Answers.load(path)
        fold = measures.measure(answers, findings.material)
        rows.append(
            (
                variant.title,
                _percent(fold.digits),
                _percent(fold.worst),
                _percent(fold.mnist),
                f"{fold.auc:.3f}",
                _percent(fold.rejected, 1),
            )
        )
    if not rows:
        return ""
    head = ("recipe", "pen digits, %", "worst writer, %", "MNIST test, %", "ROC area", "letters rejected at 2 %, %")
    return f"""
## Ablation study

Fold 0 only, {EPOCHS} epochs each and one seed: differences below about 0.3 points are noise. For networks without an
eleventh output, `is_digit` is the largest probability.

{_table(head, rows)}"""


def _metrics(findings: _Findings) -> tuple[Metrics, Metrics]:
    """Evaluate the unseen pen digits before and after a calibration that was fitted on the other folds only."""
    sums, corrected, labels = [], [], []
    for fold, answer in enumerate(findings.answers):
        others = [other for number, other in enumerate(findings.answers) if number != fold]
        sums.append(answer.digits)
        corrected.append(measures.fit(others, findings.material).apply(answer.digits))
        labels += [findings.material.digits[index].drawing.label for index in answer.digit_indices]
    truth = np.array(labels)
    before = measures.evaluate(np.concatenate(sums), truth, measures.NO_CALIBRATION)
    return before, measures.evaluate(np.concatenate(corrected), truth, measures.NO_CALIBRATION)


def _calibration(findings: _Findings, before: Metrics, after: Metrics) -> str:
    calibration = measures.fit(findings.answers, findings.material)
    known = measures.unseen(findings.answers, findings.material, fair=True)
    share = 1.0 - measures.outputs(known.sums, calibration)[:, -1]
    is_digit = known.labels < CLASS_COUNT
    rows = []
    for low, high in ((0.0, 0.02), (0.02, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 0.99), (0.99, 1.01)):
        chosen = (share >= low) & (share < high)
        rows.append(
            (
                f"{low:g} to {min(high, 1.0):g}",
                str(int((chosen & is_digit).sum())),
                str(int((chosen & ~is_digit).sum())),
            )
        )
    return f"""
## Calibration

Fitted on the held-out data of the folds (digits, and letters that do not look like digits, nine digits to
each letter) and folded into the last layer: the digits' logits are divided by {
        calibration.temperature:.3f}, the logit of "no digit" is multiplied by
{calibration.slope:.3f} and {calibration.offset:+.3f} is added. Evaluated
with calibrations fitted on the other four folds; the loss is that of the ten digits:

{
        _table(
            ("pen digits, unseen writers", "expected calibration error, %", "mean loss"),
            [
                ("before", _percent(before.calibration_error), f"{before.loss:.4f}"),
                ("after", _percent(after.calibration_error), f"{after.loss:.4f}"),
            ],
        )
    }
![Reliability diagram of the unseen pen digits, calibrated](reliability.png)

Distribution of the calibrated `is_digit`:

{_table(("is_digit", "pen digits", "letters"), rows)}"""


def _rejection(after: Metrics) -> str:
    rows = []
    for share in _SHARES:
        rejected, accuracy = after.rejection.at(share)
        rows.append((_percent(rejected, 1), _percent(accuracy)))
    return f"""
## Rejection

Accuracy of the remaining answers when the least confident ones are rejected:

{_table(("rejected, %", "accuracy of the rest, %"), rows)}
![Rejection curve of the unseen pen digits](rejection.png)
"""


def _no_digits(findings: _Findings) -> str:
    """Return the unseen letters that are most often taken for digits."""
    accepted: dict[str, list[bool]] = {}
    calibration = measures.fit(findings.answers, findings.material)
    for answer in findings.answers:
        share = 1.0 - measures.outputs(answer.letters, calibration)[:, -1]
        for index, value in zip(answer.letter_indices, share, strict=True):
            accepted.setdefault(findings.material.letters[index].character, []).append(bool(value >= 0.5))
    means = sorted(((float(np.mean(values)), name) for name, values in accepted.items()), reverse=True)
    rows = [
        (name.replace("_", " "), _percent(mean, 0), "yes" if name in LOOK_ALIKES else "")
        for mean, name in means
        if mean >= 0.25
    ]
    return f"""
## Letters taken for digits

Characters of unseen alphabets of which a quarter or more have an `is_digit` of 0.5 or above:

{_table(("character", "taken for a digit, %", "look-alike"), rows)}"""


def _scans(findings: _Findings) -> str:
    """Evaluate the shipped network on small scans, simulated from MNIST's test digits."""
    snapshot = read_model(assets.model_path("pen"))
    test = findings.material.mnist.test
    rows = []
    for title, scan in (("grey", _shrunk), ("black and white", _thresholded)):
        images = np.stack([_scanned(scan(image), inverted=number % 2 == 1) for number, image in enumerate(test.images)])
        answers = answer_all(snapshot, images)
        assert answers is not None
        rows.append((title, _percent(float((answers.outputs[:, :CLASS_COUNT].argmax(axis=1) == test.labels).mean()))))
    return f"""
## Small scans

MNIST's test digits cropped, shrunk to the 16 x 16 pixels of postal scans, every second one dark on light, and read as
pictures of unknown origin. This is a simulation: no other scans were available.

{_table(("scan", "accuracy, %"), rows)}"""


def _shrunk(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the digit of an image, scaled to fill 16x16 pixels."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    digit = Image.fromarray(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    scale = _SCAN_SIDE / max(digit.size)
    size = (max(round(digit.width * scale), 1), max(round(digit.height * scale), 1))
    frame = Image.new("L", (_SCAN_SIDE, _SCAN_SIDE))
    frame.paste(digit.resize(size, Image.Resampling.BOX), ((_SCAN_SIDE - size[0]) // 2, (_SCAN_SIDE - size[1]) // 2))
    return np.asarray(frame)


def _thresholded(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the same as black and white, like a cheap scanner."""
    return np.where(_shrunk(image) > _INK_FROM, np.uint8(255), np.uint8(0))


def _scanned(pixels: NDArray[np.uint8], *, inverted: bool) -> NDArray[np.uint8]:
    return digit_from_image(255 - pixels if inverted else pixels).image


def _worst() -> str:
    return """
## Worst drawings

The unseen pen digits with the lowest probability of their label, as the network's input: label, prediction and the
probability of the label. Some labels are obviously wrong.

![The worst drawings](worst.png)
"""


def _cost(findings: _Findings) -> str:
    config = RECIPES["pen"].config
    run = read_run(findings.work / f"fold-{SHIPPED_FOLD}.digitlab")
    assert run is not None
    seconds = sum(epoch.seconds for epoch in run.epochs)
    examples = run.started.training_count * len(run.epochs)
    return f"""
## Cost

{len(run.epochs)} epochs of {run.started.training_count:,} examples, batch {config.batch_size},
{config.optimizer} with a peak learning rate of {config.learning_rate:g}:
{seconds / 60:.0f} minutes on
one core of a machine that was also doing other work, {examples / seconds:,.0f} examples per second.
{run.started.spec.total_parameters:,} parameters.
"""


def _draw_worst(findings: _Findings, path: Path) -> None:
    calibration = measures.fit(findings.answers, findings.material)
    indices = np.concatenate([answer.digit_indices for answer in findings.answers])
    shares = measures.outputs(np.concatenate([answer.digits for answer in findings.answers]), calibration)[
        :, :CLASS_COUNT
    ]
    labels = np.array([findings.material.digits[index].drawing.label for index in indices])
    of_label = shares[np.arange(len(labels)), labels] / shares.sum(axis=1)
    worst = np.argsort(of_label)[: 5 * _SHEET_COLUMNS]
    images = render_many([findings.material.digits[indices[place]].drawing for place in worst])
    rows = -(-len(worst) // _SHEET_COLUMNS)
    sheet = Image.new("L", (_SHEET_COLUMNS * _TILE, rows * (_TILE + _CAPTION)), 255)
    pen = ImageDraw.Draw(sheet)
    for number, (place, image) in enumerate(zip(worst, images, strict=True)):
        x, y = number % _SHEET_COLUMNS * _TILE, number // _SHEET_COLUMNS * (_TILE + _CAPTION)
        tile = Image.fromarray(255 - image).resize((_TILE - 12, _TILE - 12), Image.Resampling.NEAREST)
        sheet.paste(tile, (x + 6, y + 2))
        caption = f"{labels[place]} read {shares[place].argmax()}  {100 * of_label[place]:.1f} %"
        pen.text((x + 6, y + _TILE - 8), caption, fill=0)
    sheet.save(path, optimize=True)


def _draw_metrics(metrics: Metrics, folder: Path) -> None:
    """Save the diagrams of the Evaluate tab as pictures."""
    from PySide6.QtCore import QSize

    from digitlab.gui import theme
    from digitlab.gui.app.application import make_application
    from digitlab.gui.evaluate.rejection_plot import RejectionPlot
    from digitlab.gui.evaluate.reliability_diagram import ReliabilityDiagram

    app = make_application()
    theme.apply_scheme(app, theme.ColourScheme.LIGHT)
    diagram, plot = ReliabilityDiagram(), RejectionPlot()
    diagram.show_metrics(metrics)
    plot.show_curve(metrics.rejection)
    for widget, name in ((diagram, "reliability"), (plot, "rejection")):
        widget.setFixedSize(QSize(560, 420))
        widget.setAutoFillBackground(True)
        widget.grab().save(str(folder / f"{name}.png"))
