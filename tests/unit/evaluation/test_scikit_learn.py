"""Metrics against scikit-learn's, on random predictions. Importing it takes a second, hence a file of its own."""

import numpy as np
import pytest
from sklearn import metrics

from digitlab.evaluation.confusion import digit_metrics, macro_average
from digitlab.evaluation.metrics import Metrics, mean_loss, roc_auc
from digitlab.model.spec import Loss


def predictions(seed, *, digits=10, count=400):
    """Return random labels and softmax outputs weakly correlated with them; only some digits may occur."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, digits, count)
    sums = rng.normal(size=(count, 10))
    sums[np.arange(count), labels] += rng.uniform(0.0, 3.0)
    powers = np.exp(sums)
    return labels, sums, powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("digits", "count"), [(10, 400), (4, 25)])
def test_metrics_equal_scikit_learns(seed, digits, count):
    labels, sums, outputs = predictions(seed, digits=digits, count=count)
    predicted = outputs.argmax(axis=1)
    loss = mean_loss(Loss.SOFTMAX_CROSS_ENTROPY, sums, labels)
    result = Metrics.of(outputs, labels, loss)
    assert result.accuracy == pytest.approx(metrics.accuracy_score(labels, predicted))
    assert result.correct == metrics.accuracy_score(labels, predicted, normalize=False)
    assert result.loss == pytest.approx(metrics.log_loss(labels, outputs, labels=range(10)))
    assert np.array_equal(result.confusion, metrics.confusion_matrix(labels, predicted, labels=range(10)))
    entries = digit_metrics(result.confusion)
    columns = metrics.precision_recall_fscore_support(labels, predicted, labels=range(10), zero_division=0)
    assert [entry.precision or 0.0 for entry in entries] == pytest.approx(columns[0])
    assert [entry.recall or 0.0 for entry in entries] == pytest.approx(columns[1])
    assert [entry.f1 or 0.0 for entry in entries] == pytest.approx(columns[2])
    assert [entry.support for entry in entries] == columns[3].tolist()
    mean = macro_average(entries)
    macro = metrics.precision_recall_fscore_support(labels, predicted, average="macro", zero_division=0)
    assert (mean.precision, mean.recall, mean.f1) == pytest.approx(macro[:3])


@pytest.mark.parametrize("seed", range(4))
def test_the_area_under_the_roc_curve_equals_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    # Rounded, so that there are ties.
    scores, others = rng.normal(0.6, 0.3, 120).round(1), rng.normal(0.4, 0.3, 90).round(1)
    is_digit = np.concatenate([np.ones(120), np.zeros(90)])
    assert roc_auc(scores, others) == pytest.approx(metrics.roc_auc_score(is_digit, np.concatenate([scores, others])))
