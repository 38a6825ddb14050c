"""Figures in the words of a person."""

import numpy as np
import pytest

from digitlab.evaluation.metrics import Metrics
from digitlab.evaluation.reliability import RejectionCurve, ReliabilityBin
from digitlab.gui.evaluate.wording import bin_words, interval_words, rejection_words, reliability_words


@pytest.mark.parametrize(
    ("right", "count", "words"),
    [
        (290, 312, "Of 312 answers given with 90 to 95 %, 92.9 % were right."),
        (1, 1, "The one answer given with 90 to 95 % was right."),
        (0, 1, "The one answer given with 90 to 95 % was wrong."),
        (400, 400, "Of 400 answers given with 90 to 95 %, all were right."),
        # Wilson's interval of none in three is 0 to 56.2 %.
        (0, 3, "Of 3 answers given with 90 to 95 %, none were right. With so few, 0 to 56 % could be the rule."),
    ],
)
def test_a_bar_is_read(right, count, words):
    assert bin_words(ReliabilityBin(0.9, 0.95, count, 0.92, right / count)) == words


def test_questioning_is_read():
    curve = RejectionCurve.of(np.arange(1000) / 1000, np.arange(1000) >= 15)
    assert rejection_words(curve, 0.0) == "Question none: 98.5 % of the answers are right."
    assert rejection_words(curve, 0.005) == "Question the 0.5 % least sure: 99.0 % of the rest are right."
    assert rejection_words(curve, 0.02) == "Question the 2.0 % least sure: all of the rest are right."


@pytest.mark.parametrize(("count", "words"), [(10, "so few answers do not tell"), (400, "taken at their word")])
def test_few_right_answers_prove_little(count, words):
    outputs = np.zeros((count, 10))
    outputs[:, 3] = 1.0
    assert words in reliability_words(Metrics.of(outputs, np.full(count, 3, np.uint8), loss=0.0))


@pytest.mark.parametrize(
    ("interval", "words"),
    [((0.9887, 0.9931), "98.9 to 99.3 %"), ((0.995, 1.0), "99.5 to 100 %"), ((0.31, 0.69), "31 to 69 %")],
)
def test_intervals_have_as_many_digits_as_they_need(interval, words):
    assert interval_words(interval) == words
