"""The confusion matrix, figures a digit and the order of mistakes, worked by hand."""

import numpy as np
import pytest

from digitlab.data.digit import NO_DIGIT
from digitlab.evaluation.confusion import confusion_matrix, digit_metrics, macro_average
from digitlab.evaluation.predictions import Predictions


def shares(*rows):
    """Return outputs of eleven from pairs (digit, its share) with the rest of 1 at "no digit"."""
    outputs = np.zeros((len(rows), 11), np.float32)
    for row, (digit, share) in enumerate(rows):
        outputs[row, digit], outputs[row, NO_DIGIT] = share, 1 - share
    return outputs


def test_rows_of_the_confusion_are_true_digits():
    counts = confusion_matrix(np.eye(10)[[9, 4, 4]], np.array([4, 4, 9], np.uint8))
    assert counts.shape == (10, 10)
    assert counts[4].tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    assert counts[9, 4] == 1
    assert counts.sum() == 3


def test_digits_are_counted_by_the_best_of_the_ten_even_where_they_are_doubted():
    counts = confusion_matrix(shares((4, 0.4), (9, 0.05)), np.array([4, 4], np.uint8))
    assert (counts[4, 4], counts[4, 9], counts.sum()) == (1, 1, 2)


def test_figures_of_a_digit_worked_by_hand():
    counts = np.zeros((10, 10), np.int64)
    counts[3, 3], counts[3, 8], counts[8, 3], counts[8, 8] = 6, 2, 1, 3
    three, eight, four = (digit_metrics(counts)[digit] for digit in (3, 8, 4))
    assert (three.support, three.predicted) == (8, 7)
    assert three.recall == pytest.approx(6 / 8)
    assert three.precision == pytest.approx(6 / 7)
    assert three.f1 == pytest.approx(12 / 15)
    assert eight.f1 == pytest.approx(6 / 9)
    # No 4 was there and none was the answer: nothing can be said of it, and the mean leaves it out.
    assert (four.precision, four.recall, four.f1) == (None, None, None)
    assert macro_average(digit_metrics(counts)).f1 == pytest.approx((12 / 15 + 6 / 9) / 2)


def predictions(*rows):
    """Return what a network answered from rows (label, outputs by digit)."""
    outputs = np.zeros((len(rows), 10), np.float32)
    for row, (_, shares_of) in enumerate(rows):
        for digit, share in shares_of.items():
            outputs[row, digit] = share
    return Predictions.of(outputs, np.array([label for label, _ in rows]), np.arange(100, 100 + len(rows)))


def test_the_most_confident_mistakes_come_first():
    kept = predictions(
        (4, {9: 0.6, 4: 0.4}),
        (4, {4: 0.9, 9: 0.1}),
        (4, {9: 0.97, 4: 0.02, 1: 0.01}),
        (2, {7: 0.8, 1: 0.15}),
        (4, {4: 0.7, 6: 0.3}),
    )
    assert kept.misclassified().tolist() == [2, 3, 0]
    assert kept.cell(4, 9).tolist() == [2, 0]
    # Right answers are worth a look where they were nearly wrong.
    assert kept.cell(4, 4).tolist() == [4, 1]
    assert kept.indices[kept.misclassified()].tolist() == [102, 103, 100]
    assert (kept.predicted[3], kept.second_predicted[3]) == (7, 1)
    assert kept.second_confidences[3] == pytest.approx(0.15)
    assert kept.confusion[4].tolist() == [0, 0, 0, 0, 2, 0, 0, 0, 0, 2]


def test_mistakes_of_equal_confidence_stay_in_order():
    kept = predictions(*[(0, {1: 1.0})] * 5)
    assert kept.misclassified().tolist() == [0, 1, 2, 3, 4]


def test_confidences_of_eleven_outputs_are_those_given_a_digit():
    kept = Predictions.of(shares((4, 0.4)), np.array([9]), np.array([0]))
    assert kept.predicted.tolist() == [4]
    assert kept.confidences.tolist() == [1.0]
