"""Evaluations against the lens and against figures computed with NumPy."""

import numpy as np
import pytest

from digitlab.data.dataset import DigitSet
from digitlab.errors import DigitLabError
from digitlab.insight.lens import inspect
from digitlab.model.presets import PRESETS, TUTORIAL
from digitlab.model.spec import Loss
from digitlab.training.evaluation import Evaluation, evaluate
from tests.helpers.networks import random_snapshot, small_dataset, small_spec


def _repeated(count: int) -> DigitSet:
    digits = small_dataset().test
    return digits.subset(np.arange(count) % len(digits))


def _expected_loss(loss: Loss, sums: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean loss from the last layer's sums, in float64."""
    target = np.eye(10)[labels]
    sums = sums.astype(np.float64)
    if loss is Loss.SIGMOID_CROSS_ENTROPY:
        return float(np.mean(np.logaddexp(0, sums) - target * sums))
    logs = sums - np.logaddexp.reduce(sums, axis=1, keepdims=True)
    if loss is Loss.SOFTMAX_CROSS_ENTROPY:
        return float(-(target * logs).sum(axis=1).mean())
    return float(0.5 * np.square(np.exp(logs) - target).sum(axis=1).mean())


@pytest.mark.parametrize("loss", Loss)
def test_an_evaluation_equals_numpys_over_a_last_smaller_batch(loss: Loss):
    digits, snapshot = _repeated(610), random_snapshot(small_spec(loss), seed=2)
    evaluation = evaluate(snapshot, digits, lambda share: None, lambda: False)
    assert evaluation is not None
    inspections = [inspect(snapshot, image) for image in digits.images]
    outputs = np.array([inspection.probabilities for inspection in inspections])
    np.testing.assert_allclose(evaluation.probabilities, outputs, atol=1e-5)
    sums = np.array([inspection.sums[-1] for inspection in inspections])
    assert evaluation.loss == pytest.approx(_expected_loss(loss, sums, digits.labels), rel=1e-4)
    answers = outputs.argmax(axis=1)
    assert evaluation.accuracy == (answers == digits.labels).mean()
    expected = np.zeros((10, 10), int)
    for label, answer in zip(digits.labels, answers, strict=True):
        expected[label, answer] += 1
    assert evaluation.confusion.tolist() == expected.tolist()


def test_the_loss_of_a_network_that_is_sure_and_wrong_is_not_cut_off():
    """Its outputs round to 0 and 1; Keras limits a loss that is taken from those to 16.1."""
    digits, snapshot = _repeated(50), random_snapshot(TUTORIAL, seed=2, scale=8.0)
    evaluation = evaluate(snapshot, digits, lambda share: None, lambda: False)
    assert evaluation is not None
    sums = np.array([inspect(snapshot, image).sums[-1] for image in digits.images])
    expected = _expected_loss(Loss.SOFTMAX_CROSS_ENTROPY, sums, digits.labels)
    assert expected > 100
    assert evaluation.loss == pytest.approx(expected, rel=1e-4)


def test_rows_of_the_confusion_are_true_digits():
    outputs = np.eye(10, dtype=np.float32)[[9, 4, 4]]
    evaluation = Evaluation(outputs, np.array([4, 4, 9], np.uint8), 0.0)
    assert evaluation.confusion[4, 9] == 1
    assert evaluation.confusion[4, 4] == 1
    assert evaluation.confusion[9, 4] == 1
    assert evaluation.confusion.sum() == 3
    assert evaluation.accuracy == pytest.approx(1 / 3)


def test_eleven_outputs_are_judged_by_the_best_of_the_ten_digits():
    outputs = np.zeros((3, 11), np.float32)
    outputs[0, [4, 9, 10]] = 0.1, 0.3, 0.6
    outputs[1, [4, 10]] = 0.05, 0.95
    outputs[2, [4, 9, 10]] = 0.7, 0.2, 0.1
    evaluation = Evaluation(outputs, np.array([4, 4, 9], np.uint8), 0.0)
    assert evaluation.answers.tolist() == [9, 4, 4]
    assert evaluation.accuracy == pytest.approx(1 / 3)
    assert evaluation.confusion.shape == (10, 10)
    assert evaluation.confusion[4].tolist() == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    assert evaluation.confusion[9, 4] == 1
    assert evaluation.probabilities.shape == (3, 10)
    assert evaluation.probabilities[0, [4, 9]] == pytest.approx([0.25, 0.75])


def test_progress_rises_to_one():
    shares: list[float] = []
    evaluate(random_snapshot(small_spec()), _repeated(1100), shares.append, lambda: False)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) == 3


def test_a_cancelled_evaluation_gives_nothing():
    shares: list[float] = []
    evaluation = evaluate(random_snapshot(small_spec()), _repeated(1100), shares.append, lambda: bool(shares))
    assert evaluation is None
    assert len(shares) == 1


def test_what_cannot_be_judged_is_told():
    with pytest.raises(DigitLabError, match="feature maps"):
        evaluate(random_snapshot(PRESETS["one-conv"]), _repeated(10), lambda share: None, lambda: False)
    with pytest.raises(DigitLabError, match="no images"):
        evaluate(random_snapshot(small_spec()), _repeated(0), lambda share: None, lambda: False)
