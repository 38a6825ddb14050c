"""What is kept of a network's outputs, and the order of misclassified images, worked by hand."""

import numpy as np
import pytest

from digitlab.data.digit import NO_DIGIT
from digitlab.evaluation.predictions import Predictions


def predictions(*rows):
    """Return predictions from rows (label, outputs by digit)."""
    outputs = np.zeros((len(rows), 10), np.float32)
    for row, (_, shares_of) in enumerate(rows):
        for digit, share in shares_of.items():
            outputs[row, digit] = share
    return Predictions.of(outputs, np.array([label for label, _ in rows]), np.arange(100, 100 + len(rows)))


def test_the_most_confident_misclassified_images_come_first():
    kept = predictions(
        (4, {9: 0.6, 4: 0.4}),
        (4, {4: 0.9, 9: 0.1}),
        (4, {9: 0.97, 4: 0.02, 1: 0.01}),
        (2, {7: 0.8, 1: 0.15}),
        (4, {4: 0.7, 6: 0.3}),
    )
    assert kept.misclassified().tolist() == [2, 3, 0]
    assert kept.cell(4, 9).tolist() == [2, 0]
    # Correct predictions are interesting where they were nearly wrong.
    assert kept.cell(4, 4).tolist() == [4, 1]
    assert kept.indices[kept.misclassified()].tolist() == [102, 103, 100]
    assert (kept.predicted[3], kept.second_predicted[3]) == (7, 1)
    assert kept.second_confidences[3] == pytest.approx(0.15)
    assert kept.confusion[4].tolist() == [0, 0, 0, 0, 2, 0, 0, 0, 0, 2]


def test_misclassified_images_of_equal_confidence_stay_in_order():
    kept = predictions(*[(0, {1: 1.0})] * 5)
    assert kept.misclassified().tolist() == [0, 1, 2, 3, 4]


def test_confidences_of_eleven_outputs_are_those_given_a_digit():
    outputs = np.zeros((1, 11), np.float32)
    outputs[0, 4], outputs[0, NO_DIGIT] = 0.4, 0.6
    kept = Predictions.of(outputs, np.array([9]), np.array([0]))
    assert kept.predicted.tolist() == [4]
    assert kept.confidences.tolist() == [1.0]
