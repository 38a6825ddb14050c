"""The metrics of an evaluation as text."""

import numpy as np
import pytest

from digitlab.evaluation.metrics import Metrics
from digitlab.evaluation.reliability import RejectionCurve, ReliabilityBin
from digitlab.gui.evaluate.wording import bin_text, interval_text, rejection_text, reliability_text


@pytest.mark.parametrize(
    ("right", "count", "words"),
    [
        (290, 312, "Of 312 predictions with a confidence of 90 to 95 %, 92.9 % were correct."),
        (1, 1, "The one prediction with a confidence of 90 to 95 % was correct."),
        (0, 1, "The one prediction with a confidence of 90 to 95 % was wrong."),
        (400, 400, "Of 400 predictions with a confidence of 90 to 95 %, all were correct."),
        # Wilson's interval of none in three is 0 to 56.2 %.
        (0, 3, "Of 3 predictions with a confidence of 90 to 95 %, none were correct. 95 % interval: 0 to 56 %."),
    ],
)
def test_the_text_of_a_bar(right, count, words):
    assert bin_text(ReliabilityBin(0.9, 0.95, count, 0.92, right / count)) == words


def test_the_text_of_the_rejection_curve():
    curve = RejectionCurve.of(np.arange(1000) / 1000, np.arange(1000) >= 15)
    assert rejection_text(curve, 0.0) == "Reject none: 98.5 % of the predictions are correct."
    assert rejection_text(curve, 0.005) == "Reject the 0.5 % least confident: 99.0 % of the rest are correct."
    assert rejection_text(curve, 0.02) == "Reject the 2.0 % least confident: all of the rest are correct."


@pytest.mark.parametrize(("count", "words"), [(10, "too few predictions to assess"), (400, "well calibrated")])
def test_few_predictions_allow_no_conclusion_about_calibration(count, words):
    outputs = np.zeros((count, 10))
    outputs[:, 3] = 1.0
    assert words in reliability_text(Metrics.of(outputs, np.full(count, 3, np.uint8), loss=0.0))


@pytest.mark.parametrize(
    ("interval", "words"),
    [((0.9887, 0.9931), "98.9 to 99.3 %"), ((0.995, 1.0), "99.5 to 100 %"), ((0.31, 0.69), "31 to 69 %")],
)
def test_intervals_have_as_many_decimals_as_they_need(interval, words):
    assert interval_text(interval) == words
