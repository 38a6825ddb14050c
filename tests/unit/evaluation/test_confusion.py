"""The confusion matrix and the metrics of a digit, worked by hand."""

import numpy as np
import pytest

from digitlab.data.digit import NO_DIGIT
from digitlab.evaluation.confusion import confusion_matrix, digit_metrics, macro_average


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


def test_the_most_probable_digit_is_counted_even_where_no_digit_is_more_probable():
    counts = confusion_matrix(shares((4, 0.4), (9, 0.05)), np.array([4, 4], np.uint8))
    assert (counts[4, 4], counts[4, 9], counts.sum()) == (1, 1, 2)


def test_metrics_of_a_digit_worked_by_hand():
    counts = np.zeros((10, 10), np.int64)
    counts[3, 3], counts[3, 8], counts[8, 3], counts[8, 8] = 6, 2, 1, 3
    three, eight, four = (digit_metrics(counts)[digit] for digit in (3, 8, 4))
    assert (three.support, three.predicted) == (8, 7)
    assert three.recall == pytest.approx(6 / 8)
    assert three.precision == pytest.approx(6 / 7)
    assert three.f1 == pytest.approx(12 / 15)
    assert eight.f1 == pytest.approx(6 / 9)
    # 4 neither occurs nor is predicted: its metrics are undefined, and the macro average excludes it.
    assert (four.precision, four.recall, four.f1) == (None, None, None)
    assert macro_average(digit_metrics(counts)).f1 == pytest.approx((12 / 15 + 6 / 9) / 2)
