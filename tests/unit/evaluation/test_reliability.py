"""Bins, intervals and the rejection curve, worked by hand."""

import numpy as np
import pytest

from digitlab.evaluation.reliability import RejectionCurve, ReliabilityBin, calibration_error, reliability


def test_reliability_bins_worked_by_hand():
    confidences = np.array([0.95, 0.25, 1.0, 0.9, 0.29])
    is_correct = np.array([True, False, True, False, True])
    low, high = reliability(confidences, is_correct, bin_count=10)
    assert (low.low, low.high, low.count) == (0.2, 0.3, 2)
    assert low.confidence == pytest.approx(0.27)
    assert low.accuracy == 0.5
    assert (high.low, high.high, high.count, high.correct) == (0.9, 1.0, 3, 2)
    assert high.confidence == pytest.approx(0.95)
    assert high.accuracy == pytest.approx(2 / 3)
    # 2/5 x |0.27 - 0.5| + 3/5 x |0.95 - 2/3|
    assert calibration_error([low, high]) == pytest.approx(0.4 * 0.23 + 0.6 * 0.28333333)


def test_a_confidence_on_an_edge_belongs_to_the_bin_above():
    bins = reliability(np.array([0.0, 0.5, 1.0]), np.ones(3, bool), bin_count=2)
    assert [(entry.low, entry.count) for entry in bins] == [(0.0, 1), (0.5, 2)]


def test_predictions_as_accurate_as_they_are_confident_have_no_calibration_error():
    bins = reliability(np.full(4, 0.75), np.array([True, True, True, False]))
    assert calibration_error(bins) == 0.0


@pytest.mark.parametrize(
    ("correct", "count", "low", "high"),
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3 (Wilson's score).
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_wilsons(correct, count, low, high):
    interval = ReliabilityBin(0.0, 1.0, count, 0.5, correct / count).interval
    assert interval == pytest.approx((low, high), abs=5e-5)


def test_the_rejection_curve_worked_by_hand():
    confidences = np.array([0.9, 0.5, 0.7, 0.5])
    is_correct = np.array([True, False, True, True])
    curve = RejectionCurve.of(confidences, is_correct)
    # The two of equal confidence are rejected together or not at all.
    assert curve.rejected.tolist() == [0.0, 0.5, 0.75]
    assert curve.accuracy.tolist() == [0.75, 1.0, 1.0]
    assert curve.at(0.0) == (0.0, 0.75)
    assert curve.at(0.49) == (0.0, 0.75)
    assert curve.at(0.5) == (0.5, 1.0)
    assert curve.at(1.0) == (0.75, 1.0)


def test_a_share_of_a_hundred_is_not_missed_by_rounding():
    curve = RejectionCurve.of(np.arange(100) / 100, np.ones(100, bool))
    assert [curve.at(share / 100)[0] for share in (2, 7, 29, 57)] == [0.02, 0.07, 0.29, 0.57]
