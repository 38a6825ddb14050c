"""Metrics worked by hand, and against their definitions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab.data.digit import NO_DIGIT
from digitlab.evaluation.metrics import (
    Metrics,
    mean_loss,
    rejected_non_digits,
    roc_auc,
)
from digitlab.model.spec import Loss
from digitlab.system.errors import DigitLabError


def test_the_area_under_the_roc_curve_worked_by_hand():
    # Of six pairs, 0.9 wins three; 0.4 wins one, ties one and loses one.
    assert roc_auc(np.array([0.9, 0.4]), np.array([0.1, 0.4, 0.5])) == pytest.approx(4.5 / 6)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.lists(st.integers(0, 5), min_size=1, max_size=12))
@settings(max_examples=50)
def test_the_area_is_the_share_of_pairs_won(scores, others):
    pairs = [(a > b) + (a == b) / 2 for a in scores for b in others]
    assert roc_auc(np.array(scores, float), np.array(others, float)) == pytest.approx(np.mean(pairs))


def test_rejected_non_digits_worked_by_hand():
    digits = np.array([0.3, 0.8, 0.9, 0.95])
    # A quarter is one digit, so the threshold is 0.8, and a score equal to it is not rejected.
    assert rejected_non_digits(digits, np.array([0.1, 0.5, 0.8, 0.99]), share=0.25) == 0.5
    assert rejected_non_digits(digits, np.array([0.1, 0.5, 0.8, 0.99]), share=0.0) == 0.25
    assert rejected_non_digits(np.arange(100) / 100, np.array([0.015, 0.02]), share=0.02) == 0.5


def test_losses_worked_by_hand():
    sums = np.log([[3.0, 1.0], [1.0, 3.0]])
    labels = np.array([0, 0])
    assert mean_loss(Loss.SOFTMAX_CROSS_ENTROPY, sums, labels) == pytest.approx(-np.log([0.75, 0.25]).mean())
    # Sigmoids are 3/4 and 1/2 for the sums log 3 and 0.
    sigmoid = -np.log([0.75, 0.5, 0.5, 0.25]).mean()
    assert mean_loss(Loss.SIGMOID_CROSS_ENTROPY, sums, labels) == pytest.approx(sigmoid)
    assert mean_loss(Loss.EUCLIDEAN, sums, labels) == pytest.approx((0.0625 + 0.5625) / 2)
    assert not np.isfinite(mean_loss(Loss.SOFTMAX_CROSS_ENTROPY, np.full((2, 2), np.inf), labels))


def test_the_loss_of_a_confident_mistake_is_not_clipped():
    """Its outputs round to 0 and 1, for which Keras' clipping would limit the loss to 16.1."""
    sums = np.array([[0.0, 200.0]], np.float32)
    assert mean_loss(Loss.SOFTMAX_CROSS_ENTROPY, sums, np.array([0])) == pytest.approx(200)
    assert mean_loss(Loss.SIGMOID_CROSS_ENTROPY, sums, np.array([0])) == pytest.approx((np.log(2) + 200) / 2)


def shares(*rows):
    """Return outputs of eleven from pairs (digit, its share) with the rest of 1 at "no digit"."""
    outputs = np.zeros((len(rows), 11), np.float32)
    for row, (digit, share) in enumerate(rows):
        outputs[row, digit], outputs[row, NO_DIGIT] = share, 1 - share
    return outputs


def test_eleven_outputs_are_evaluated_by_the_most_probable_digit():
    outputs = shares((3, 0.9), (7, 0.25), (4, 0.75))
    outputs[2, 9], outputs[2, NO_DIGIT] = 0.25, 0.0
    result = Metrics.of(outputs, np.array([3, 7, 9]), loss=0.5, non_digit_outputs=shares((1, 0.3), (1, 0.1)))
    assert (result.count, result.correct) == (3, 2)
    assert result.accuracy == pytest.approx(2 / 3)
    # Given that there is a digit, the first two are certain: 2/3 x |1 - 1| + 1/3 x |0.75 - 0|.
    assert result.calibration_error == pytest.approx(0.25)
    # The least confident is the 7 that hardly looks like a digit, then the misclassified 4.
    assert result.rejection.accuracy.tolist() == pytest.approx([2 / 3, 0.5, 1.0])
    assert result.non_digits is not None
    assert (result.non_digits.count, result.non_digits.auc) == (2, pytest.approx(5 / 6))
    assert result.non_digits.rejected == 0.5


def test_ten_outputs_are_evaluated_as_they_are():
    outputs = np.eye(10)[[1, 2]] * 0.6 + 0.04
    result = Metrics.of(outputs, np.array([1, 3]), loss=0.1)
    assert (result.accuracy, result.non_digits) == (0.5, None)
    assert result.calibration_error == pytest.approx(0.64 - 0.5)
    assert [entry.count for entry in result.bins] == [2]


@pytest.mark.parametrize(("outputs", "loss"), [(np.full((1, 10), np.nan), 0.0), (np.full((1, 10), 0.1), np.inf)])
def test_outputs_that_are_not_numbers_are_an_error(outputs, loss):
    with pytest.raises(DigitLabError, match="not finite numbers"):
        Metrics.of(outputs, np.array([0]), loss)
