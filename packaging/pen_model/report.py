"""The report on the pen model: ``REPORT.md`` with its pictures, from the results of the trainings."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import measures
import numpy as np
import simulations
import tables
from calibration import Calibration
from folds import FOLD_EPOCHS, Answers, logits
from material import FOLDS, HELD_OUT_ALPHABETS, HELD_OUT_SITES, LOOK_ALIKES, MNIST_HELD_OUT, OMNIGLOT, UCI, Material
from measures import FEWEST, Group, Unseen
from photos import PHOTOS, SCANS
from tables import percent, table

from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.metrics import Metrics
from digitlab.model.files.network_file import read_model
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run_file import read_run
from digitlab.system import assets
from digitlab.training.recipes import RECIPES

SIMULATED: Final = "simulated.json"
"""The shipped networks' accuracies under simulated faults, in the folder of the trainings."""

_REJECTED = (0.0, 0.005, 0.01, 0.02, 0.05)
_WORST_SHOWN = 15


@dataclass(frozen=True, slots=True, eq=False)
class _Findings:
    """The data of the report.

    Attributes:
        work: The folder of the trainings.
        material: The data they were trained on.
        answers: One for each fold.
        folds: What each fold answers to pen digits and letters.
        snapshot: The shipped network.
        simulated: Accuracies of networks under simulated faults, by network, kind and strength.
        before: The same of the pen network and the preprocessing of an earlier commit.
        faults: The digits that were left out.
    """

    work: Path
    material: Material
    answers: Sequence[Answers]
    folds: Sequence[Unseen]
    snapshot: Snapshot
    simulated: Mapping[str, Mapping[str, simulations.Row]]
    before: Mapping[str, simulations.Row]
    faults: Sequence[Mapping[str, str | int]]

    @property
    def unipen(self) -> list[Unseen]:
        """The digits and letters of UNIPEN, of the folds that hold out any."""
        parts = [fold.chosen(measures.is_unipen) for fold in self.folds]
        return [part for part in parts if part.digits]

    @property
    def writers(self) -> list[Unseen]:
        """UCI's digits where its laboratory is known, but not the writer."""
        return [part for fold in self.folds if (part := _of_site(fold, UCI)).digits and len(part.digits) < _all(self)]

    @property
    def laboratory(self) -> Unseen:
        """UCI's digits where the laboratory is unknown."""
        return next(part for fold in self.folds if len((part := _of_site(fold, UCI)).digits) == _all(self))


def _of_site(fold: Unseen, site: str) -> Unseen:
    return fold.chosen(lambda one: one.site == site)


def _all(findings: _Findings) -> int:
    return sum(digit.site == UCI for digit in findings.material.digits)


def write(work: Path, material: Material, folder: Path, before: Path, faults: Path) -> None:
    """Write ``REPORT.md`` and its pictures.

    Args:
        work: The folder of the trainings.
        material: The data they were trained on.
        folder: The output folder.
        before: What ``--simulate`` measured at an earlier commit.
        faults: List of the digits that were left out.
    """
    answers = [Answers.load(work / f"fold-{fold}.npz") for fold in range(FOLDS)]
    findings = _Findings(
        work,
        material,
        answers,
        measures.unseen_of(answers, material),
        read_model(assets.model_path("pen")),
        simulations.read(work / SIMULATED),
        simulations.read(before)["pen"],
        json.loads(faults.read_text("utf-8")),
    )
    after = measures.evaluate(findings.folds, [fold.calibration for fold in findings.folds])
    tables.draw_metrics(after, folder)
    tables.draw_worst(findings.folds, folder / "worst.png")
    parts = (
        _head(findings),
        _by_site(findings),
        _by_writer(findings),
        _by_form(findings),
        _letters(findings),
        _calibration(findings, after),
        _simulations(findings),
        _left_out(findings),
        _cost(findings),
    )
    (folder / "REPORT.md").write_text("\n".join(parts), encoding="utf-8")


def _right(folds: Iterable[Unseen]) -> float:
    return float(np.concatenate([fold.is_right for fold in folds]).mean())


def _said_and_right(folds: Iterable[Unseen]) -> float:
    return float(np.concatenate([fold.is_right & fold.is_said for fold in folds]).mean())


def _separations(parts: Iterable[tuple[str, Unseen]]) -> list[tuple[str, float, float]]:
    """Return name, area and rejected share of parts with letters that do not look like digits, the worst first."""
    fair = [(name, part.chosen(lambda one: not one.looks_like_a_digit)) for name, part in parts]
    return sorted(
        ((name, *part.separation()) for name, part in fair if len(part.letters) >= FEWEST and part.digits),
        key=lambda entry: entry[1],
    )


def _alphabets(findings: _Findings) -> list[tuple[str, float, float]]:
    """Separate the letters of an unseen alphabet from UCI's digits, as far as the fold holds both out."""
    parts = [fold.chosen(lambda one: one.site in (UCI, OMNIGLOT)) for fold in findings.folds]
    names = [str(alphabet).replace("_", " ") for alphabet in HELD_OUT_ALPHABETS]
    return _separations(zip(names, parts, strict=True))


def _unipen_separations(findings: _Findings) -> list[tuple[str, float, float]]:
    names = [", ".join(sorted(sites - {UCI})) for sites in HELD_OUT_SITES]
    parts = [fold.chosen(measures.is_unipen) for fold in findings.folds]
    return _separations((name, part) for name, part in zip(names, parts, strict=True) if part.digits)


def _mean_separation(separations: Sequence[tuple[str, float, float]]) -> str:
    areas, shares = [area for _, area, _ in separations], [share for *_, share in separations]
    return f"{np.mean(areas):.4f}; {percent(float(np.mean(shares)), 1)}"


def _mnist_test(findings: _Findings) -> float:
    test = findings.material.mnist.test
    is_right = logits(findings.snapshot, test.images)[:, :CLASS_COUNT].argmax(axis=1) == test.labels
    return float(is_right.mean())


def _worst(groups: Sequence[Group]) -> Group:
    return next(group for group in groups if group.count >= FEWEST)


def _head(findings: _Findings) -> str:
    config = RECIPES["pen"].config
    sites = measures.groups_of(findings.unipen, lambda one: one.site)
    unipen_writers = measures.groups_of(findings.unipen, lambda one: f"{one.site} {one.writer}")
    uci_writers = measures.groups_of(findings.writers, lambda one: str(one.writer))
    unipen, alphabets = _unipen_separations(findings), _alphabets(findings)
    held_mnist = np.concatenate([answer.mnist[:, :CLASS_COUNT].argmax(axis=1) for answer in findings.answers])
    mnist_labels = findings.material.mnist.train.labels[-MNIST_HELD_OUT:]
    photos = [row for kind, row in findings.simulated["pen"].items() if kind.startswith("photo: ")]
    scan = findings.simulated["pen"]["scan of 16 x 16 pixels"][0]

    def group(group: Group) -> str:
        return f"{group.name}: {percent(group.right / group.count)}"

    rows = [
        (
            "pen digits of unseen writers of a known laboratory (UCI): largest output",
            percent(_right(findings.writers)),
            f"writer {group(_worst(uci_writers))}",
        ),
        (
            "the same, laboratory unknown: largest output / said and right",
            f"{percent(_right([findings.laboratory]))} / {percent(_said_and_right([findings.laboratory]))}",
            "",
        ),
        (
            "pen digits of unseen sites (UNIPEN): largest output / said and right",
            f"{percent(_right(findings.unipen))} / {percent(_said_and_right(findings.unipen))}",
            f"site {group(_worst(sites))}; writer {group(_worst(unipen_writers))}",
        ),
        (
            "letters of unseen sites without look-alikes: area; questioned where 2 % of their digits are",
            _mean_separation(unipen),
            f"{unipen[0][0]}: {unipen[0][1]:.4f}; {percent(unipen[0][2], 1)}",
        ),
        (
            "Omniglot letters of an unseen alphabet, without look-alikes, against UCI's digits: area; at 2 %",
            _mean_separation(alphabets),
            f"{alphabets[0][0]}: {alphabets[0][1]:.4f}; {percent(alphabets[0][2], 1)}",
        ),
        (
            "simulated photos, mean of all kinds: mild / medium / strong",
            " / ".join(percent(float(np.mean([row[place] for row in photos])), 1) for place in range(3)),
            "see below",
        ),
        ("simulated scans of 16 x 16 pixels (trained on such ones)", percent(scan), ""),
        (
            f"MNIST's last {MNIST_HELD_OUT:,} training digits, held out in the folds",
            percent(float((held_mnist == np.tile(mnist_labels, FOLDS)).mean())),
            "",
        ),
        ("MNIST's test digits, the shipped network, measured once", percent(_mnist_test(findings)), ""),
    ]
    return f"""# The pen model

Written by `python packaging/pen_model`. It trains the recipe *Pen and paper* of DigitLab on MNIST (of which
{PHOTOS:,} digits also as simulated photos and {SCANS:,} as small scans), on UCI's pen digits, on UNIPEN's, and on the
letters of UNIPEN and Omniglot: once on everything but MNIST's test digits, for {config.epochs} epochs, which is the
network that is shipped as `resources/models/pen.digitlab`, and {FOLDS} times without simulated photos, for
{FOLD_EPOCHS} epochs, with whole sites held out. Unless a row says otherwise, its figures are those of the folds, on
writers, sites and alphabets that the fold's network has never seen, so that they are estimates for strangers; the
shipped network has seen more sites and trained longer. The recipe was chosen by short trainings with the sites ced, imp
and aga or ced, gmd and tos, every fifth writer of UCI and katakana held out, which the folds hold out too, and without
a look at MNIST's test digits.

{table(("held out", "estimate, %", "worst, %"), rows)}
Accuracies are those of the largest of the ten digits' outputs. *Said and right* also needs the calibrated network to
hold the image for a digit. Worst writers and sites are among those with at least {FEWEST} digits. What these data
cannot show: other kinds of tablets, children's hands, digits that are not European, real photos.
"""


def _groups(groups: Iterable[Group], head: str) -> str:
    rows = [
        (
            group.name,
            str(group.count),
            str(group.count - group.right),
            percent(group.right / group.count),
            percent(group.said / group.count),
        )
        for group in groups
    ]
    return table((head, "digits", "wrong", "largest output right, %", "said and right, %"), rows)


def _by_site(findings: _Findings) -> str:
    sites = measures.groups_of([*findings.unipen, findings.laboratory], lambda one: one.site)
    digits = measures.groups_of([*findings.unipen, findings.laboratory], lambda one: str(one.drawing.label))
    folds = [
        (str(number), ", ".join(sorted(held)), str(alphabet or "").replace("_", " "))
        for number, (held, alphabet) in enumerate(zip(HELD_OUT_SITES, HELD_OUT_ALPHABETS, strict=True))
    ]
    return f"""
## By unseen site and by digit

{_groups(sites, "site")}
{_groups(digits, "digit")}
{table(("fold", "sites held out", "alphabet"), folds)}
The folds that know UCI's laboratory hold out a third of its writers each.
"""


def _by_writer(findings: _Findings) -> str:
    writers = measures.groups_of([*findings.unipen, *findings.writers], lambda one: f"{one.site} {one.writer}")
    perfect = sum(group.right == group.count for group in writers)
    return f"""
## By unseen writer

{perfect} of {len(writers)} writers have no digit wrong. The worst of those with at least {FEWEST} digits:

{_groups([group for group in writers if group.count >= FEWEST][:_WORST_SHOWN], "writer")}"""


def _by_form(findings: _Findings) -> str:
    forms = measures.groups_of([*findings.unipen, findings.laboratory], measures.form_key)
    return f"""
## By form of a digit

The forms are named by simple geometry (`packaging/pen_model/forms.py`), about nine in ten correctly; the usual form of
a digit has no name.

{_groups(forms, "form")}"""


def _letters(findings: _Findings) -> str:
    taken: dict[str, list[bool]] = {}
    for fold in findings.folds:
        for letter, is_taken in zip(fold.letters, fold.is_taken, strict=True):
            taken.setdefault(letter.character, []).append(bool(is_taken))
    rows = sorted(
        ((float(np.mean(flags)), name) for name, flags in taken.items() if np.mean(flags) >= 0.25), reverse=True
    )
    separations = [
        (name, f"{area:.4f}", percent(share, 1))
        for name, area, share in [*_unipen_separations(findings), *_alphabets(findings)]
    ]
    return f"""
## Letters

{table(("letters of", "area under the ROC curve", "questioned where 2 % of the digits are, %"), separations)}
Characters of which the calibrated networks take a quarter or more for digits:

{
        table(
            ("character", "taken for a digit, %", "look-alike"),
            [(name.replace("_", " "), percent(mean, 0), "yes" if name in LOOK_ALIKES else "") for mean, name in rows],
        )
    }
Look-alikes are not used as examples of "no digit", which would make the network reject zeros, ones and sevens.
"""


def _calibration(findings: _Findings, after: Metrics) -> str:
    calibration: Calibration = measures.fit(findings.folds)
    before = measures.evaluate(findings.folds, [measures.NO_CALIBRATION] * FOLDS)
    refused = [
        (name, percent(1.0 - float(np.concatenate([part.is_said for part in parts]).mean())))
        for name, parts in (
            ("UCI, unseen writers", findings.writers),
            ("UCI, unseen laboratory", [findings.laboratory]),
            ("UNIPEN, unseen sites", findings.unipen),
        )
    ]
    errors = [
        (name, percent(metrics.calibration_error), f"{metrics.loss:.4f}")
        for name, metrics in (("before", before), ("after", after))
    ]
    rejection = [tuple(map(percent, after.rejection.at(share))) for share in _REJECTED]
    return f"""
## Calibration and rejection

Fitted on what the folds hold out (digits, and letters that do not look like digits, {measures.DIGIT_ODDS:g} digits to
each letter) and folded into the last layer: the digits' logits are divided by {calibration.temperature:.3f}, the logit
of "no digit" is multiplied by {calibration.slope:.3f} and {calibration.offset:+.3f} is added. Evaluated with
calibrations fitted on the other folds, but the odds were chosen with the folds; the loss is that of the ten
digits:

{table(("pen digits", "expected calibration error, %", "mean loss"), errors)}
![Reliability diagram of the unseen pen digits, calibrated](reliability.png)

{table(("digits", "more likely no digit, %"), refused)}
Accuracy of the remaining answers when the least confident ones are rejected:

{table(("rejected, %", "accuracy of the rest, %"), rejection)}
![Rejection curve of the unseen pen digits](rejection.png)
"""


def _simulations(findings: _Findings) -> str:
    def cells(row: simulations.Row) -> str:
        return " / ".join(percent(value, 1) for value in row)

    rows = [
        (
            kind,
            cells(findings.before.get(kind, [])),
            cells(findings.simulated["pen"][kind]),
            cells(findings.simulated["tutorial"][kind]),
        )
        for kind in findings.simulated["pen"]
    ]
    return f"""
## Simulated faults

{simulations.SAMPLE} of MNIST's test digits and {simulations.SAMPLE} of the built-in handwriting, with one thing wrong:
mild, medium and strong. Photos go through the preprocessing of pictures; the other kinds are applied to the network's
input, as the *Distort* sliders do. *Before* are the pen network and the preprocessing before UNIPEN's hands and photos
were added. The shipped network was trained on such photos and scans of other digits, of MNIST's training set; on the
other kinds it was not trained.

{table(("kind", "before, %", "pen, %", "tutorial, %"), rows)}"""


def _left_out(findings: _Findings) -> str:
    rows = [
        (str(fault["file"]), str(fault["line"]), str(fault["label"]), str(fault["reason"])) for fault in findings.faults
    ]
    return f"""
## Digits left out

Candidates are the digits to which networks that had not seen their site gave the least probability of their label
(confident learning: Northcutt, Jiang and Chuang 2021). Each was looked at; these {len(rows)} are neither trained on nor
measured. Digits that are only badly written stay.

{table(("file", "line", "label", "what is there"), rows)}
## Worst drawings

The unseen pen digits with the lowest probability of their label, as the network's input: label, largest output and the
probability of the label.

![The worst drawings](worst.png)
"""


def _cost(findings: _Findings) -> str:
    config = RECIPES["pen"].config
    run = read_run(findings.work / "shipped.digitlab", with_snapshots=False)
    assert run is not None
    seconds = sum(epoch.seconds for epoch in run.epochs)
    examples = run.started.training_count * len(run.epochs)
    return f"""
## Cost

{len(run.epochs)} epochs of {run.started.training_count:,} examples, batch {config.batch_size}, {config.optimizer}
with a peak learning rate of {config.learning_rate:g}: {seconds / 60:.0f} minutes on a machine that was also doing other
work, {examples / seconds:,.0f} examples per second. {run.started.spec.total_parameters:,} parameters.
"""
