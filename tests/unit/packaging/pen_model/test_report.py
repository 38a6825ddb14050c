"""The measures and tables of the report on the pen model, from made-up answers."""

import math
from pathlib import Path

import measures
import numpy as np
import pytest
import report
from calibration import Calibration
from material import Tagged
from measures import Unseen
from tables import table

from digitlab.data.digit import NO_DIGIT
from digitlab.data.drawing.strokes import Drawing, Stroke

STROKE = Stroke.of([[0, 0], [1, 1]])


def sums(*winners):
    """Logits of 5 for each winner, and of 0 for the others."""
    return 5.0 * np.eye(11, dtype=np.float32)[list(winners)]


@pytest.fixture
def fold():
    """A seven and a one that are right, a one taken for a seven, a seven taken for no digit; one of two letters."""
    digits = [Tagged(Drawing((STROKE,), label), site, 1) for label, site in ((7, "a"), (1, "b"), (1, "b"), (7, "b"))]
    letters = [Tagged(Drawing((STROKE,)), "a", 1, name) for name in "ax"]
    no_digit = sums(NO_DIGIT) + 3.0 * np.eye(11, dtype=np.float32)[[7]]
    return Unseen(
        tuple(digits), tuple(letters), np.concatenate([sums(7, 1, 7), no_digit]), sums(NO_DIGIT, 2), Calibration()
    )


def test_right_is_the_largest_of_the_ten_digits_and_said_needs_a_digit(fold):
    assert fold.is_right.tolist() == [True, True, False, True]
    assert fold.is_said.tolist() == [True, True, True, False]
    assert fold.is_taken.tolist() == [False, True]


def test_groups_start_with_the_worst(fold):
    groups = measures.groups_of([fold], lambda one: one.site)
    assert [(group.name, group.count, group.right, group.said) for group in groups] == [("b", 3, 2, 1), ("a", 1, 1, 1)]


def test_a_part_keeps_digits_letters_and_their_logits_together(fold):
    part = fold.chosen(lambda one: one.site == "b" or one.character == "x")
    assert [digit.drawing.label for digit in part.digits] == [1, 1, 7]
    assert part.is_right.tolist() == [True, False, True]
    assert [letter.character for letter in part.letters] == ["x"]
    assert part.is_taken.tolist() == [True]


def test_the_score_is_the_log_odds_of_a_digit(fold):
    assert measures.is_digit(fold.digit_sums)[0] == pytest.approx(math.log(9 + math.exp(5.0)))
    assert measures.is_digit(fold.letter_sums)[0] == pytest.approx(math.log(10) - 5.0)


def test_a_calibration_assumes_nineteen_digits_to_a_letter(fold, monkeypatch):
    monkeypatch.setattr(measures, "fit_calibration", lambda sums, labels: Calibration(2.0, 3.0, 1.0))
    assert measures.fit([fold]) == Calibration(2.0, 3.0, 1.0 - math.log(19.0))


def test_groups_become_rows(fold):
    lines = report._groups(measures.groups_of([fold], lambda one: one.site), "site").splitlines()
    assert lines[2:] == ["| b | 3 | 1 | 66.67 | 33.33 |", "| a | 1 | 0 | 100.00 | 100.00 |"]


def test_a_table_is_markdown():
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n|---|---:|\n| 1 | 2 |\n"


def test_the_committed_report_has_the_headings_that_the_program_writes():
    program = Path(report.__file__).read_text("utf-8")
    written = Path(report.__file__).with_name("REPORT.md").read_text("utf-8")
    headings = [line for line in program.splitlines() if line.startswith("## ")]
    assert len(headings) > 6
    assert [line for line in written.splitlines() if line.startswith("## ")] == headings
