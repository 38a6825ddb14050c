"""The tables of the report on the pen model, from made-up results."""

from pathlib import Path

import pytest
import report
from material import Material
from measures import Fold, Labelled

from tests.helpers.networks import small_dataset


@pytest.fixture
def findings():
    """Two folds of two writers each; the second one is better by 2 points in everything."""
    folds = [
        Fold((1 + fold, 3 + fold), "Greek", *(value + 0.02 * fold for value in (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)))
        for fold in range(2)
    ]
    material = Material(small_dataset(), (), ())
    return report._Findings(Path(), material, (), folds, Labelled(*2 * (None,)))


def test_the_table_of_folds_has_every_metric_and_their_means(findings):
    lines = report._by_fold(findings).splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ")]
    assert [row[0] for row in rows] == ["fold", "0", "1", "mean"]
    assert rows[1] == ["0", "1, 3", "Greek", "90.00", "80.00", "70.00", "0.6000", "0.5000", "40.0", "30.0"]
    assert rows[3] == ["mean", "", "", "91.00", "81.00", "71.00", "0.6100", "0.5100", "41.0", "31.0"]


def test_the_committed_report_has_the_headings_that_the_program_writes(findings):
    written = Path(report.__file__).with_name("REPORT.md").read_text("utf-8")
    for text in (report._by_fold(findings), report._worst()):
        (heading,) = [line for line in text.splitlines() if line.startswith("## ")]
        assert f"\n{heading}\n" in written
    (head,) = [line for line in report._by_fold(findings).splitlines() if line.startswith("| fold ")]
    assert head in written
