"""Calibrations against simulated data whose true parameters are known, and against the network they are folded into."""

import numpy as np
import pytest
from calibration import Calibration, calibrated, fit_calibration
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from digitlab.data.digit import NO_DIGIT
from digitlab.insight.lens import inspect
from digitlab.model.layer import Activation
from digitlab.model.layers import Dense, Flatten, Pooling2D
from digitlab.model.presets import PRESETS
from digitlab.model.spec import Loss, ModelSpec
from digitlab.system.errors import DigitLabError
from tests.helpers.networks import random_snapshot, small_dataset, small_spec


def softmax(logits):
    logits = np.asarray(logits, np.float64)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def eleven(activation=Activation.SOFTMAX):
    return ModelSpec("Eleven", (Pooling2D(7), Flatten(), Dense(11, activation)))


def simulated(calibration, seed):
    """Return logits (20000, 11) and labels whose true probabilities are the softmax of the corrected logits."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0.0, 4.0, (20_000, 11))
    shares = softmax(calibration.apply(logits))
    return logits, (shares.cumsum(axis=1) > rng.random((len(logits), 1))).argmax(axis=1)


@settings(max_examples=40)
@given(
    temperature=st.floats(0.2, 5),
    slope=st.floats(-3, 3),
    offset=st.floats(-5, 5),
    seed=st.integers(0, 99),
    is_eleven=st.booleans(),
)
def test_a_folded_calibration_equals_an_applied_one(temperature, slope, offset, seed, is_eleven):
    calibration = Calibration(temperature, slope, offset)
    snapshot = random_snapshot(eleven() if is_eleven else small_spec(), seed)
    image = small_dataset().test.images[seed]
    folded = inspect(calibrated(snapshot, calibration), image)
    expected = calibration.apply(inspect(snapshot, image).sums[-1][np.newaxis])
    np.testing.assert_allclose(folded.sums[-1], expected[0], rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(folded.outputs, softmax(expected)[0], atol=1e-5)


def test_folding_changes_only_the_last_layer():
    snapshot = random_snapshot(eleven(), seed=1)
    folded = calibrated(snapshot, Calibration(2.0, 3.0, 0.5))
    assert (folded.spec, folded.step, folded.epoch) == (snapshot.spec, snapshot.step, snapshot.epoch)
    kernel, bias = snapshot.arrays
    np.testing.assert_allclose(folded.arrays[0], np.hstack([kernel[:, :10] / 2, kernel[:, 10:] * 3]), rtol=1e-6)
    np.testing.assert_allclose(folded.arrays[1], np.append(bias[:10] / 2, bias[10] * 3 + 0.5), rtol=1e-6)


def test_the_calibrated_is_digit_follows_the_formula():
    """is_digit = sigmoid(logsumexp(ten / T) - (slope z11 + offset)), calculated by hand."""
    logits = np.zeros((1, 11))
    logits[0, 3], logits[0, NO_DIGIT] = np.log(4) * 2, np.log(2)
    shares = softmax(Calibration(temperature=2.0, slope=1.0, offset=np.log(3)).apply(logits))
    # The ten digits sum up to 9 x 1 + 4 = 13, no digit is 2 x 3 = 6.
    assert 1 - shares[0, NO_DIGIT] == pytest.approx(13 / 19)
    assert shares[0, 3] / shares[0, :10].sum() == pytest.approx(4 / 13)


@pytest.mark.parametrize("truth", [Calibration(1.6, 1.0, 0.0), Calibration(0.7, 0.5, 1.5), Calibration(2.5, 1.8, -1.0)])
def test_fitting_recovers_the_parameters_of_the_data(truth):
    logits, labels = simulated(truth, seed=4)
    # Equal weights shift the odds by the ratio of the two kinds in the data, which the offset absorbs.
    share = (labels == NO_DIGIT).mean()
    fitted = fit_calibration(logits, labels)
    assert fitted.temperature == pytest.approx(truth.temperature, rel=0.03)
    assert fitted.slope == pytest.approx(truth.slope, abs=0.06)
    assert fitted.offset - np.log((1 - share) / share) == pytest.approx(truth.offset, abs=0.2)


def test_ten_outputs_get_only_a_temperature():
    rng = np.random.default_rng(7)
    logits = rng.normal(0.0, 3.0, (20_000, 10))
    labels = (softmax(logits / 2.0).cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    fitted = fit_calibration(logits, labels)
    assert fitted.temperature == pytest.approx(2.0, rel=0.03)
    assert (fitted.slope, fitted.offset) == (1.0, 0.0)


def losses(calibration, logits, labels):
    """Return the two mean losses that a fit minimises: of the digit among digits, and of digit against no digit."""
    corrected = calibration.apply(logits)
    digits = labels < NO_DIGIT
    ten = corrected[digits, :10]
    digit_loss = (np.logaddexp.reduce(ten, axis=1) - ten[np.arange(len(ten)), labels[digits]]).mean()
    margin = np.logaddexp.reduce(corrected[:, :10], axis=1) - corrected[:, 10]
    kind_loss = (np.logaddexp(0, -margin[digits]).mean() + np.logaddexp(0, margin[~digits]).mean()) / 2
    return digit_loss, kind_loss


@settings(max_examples=50)
@given(
    arrays(np.float64, (12, 11), elements=st.floats(-30, 30)),
    st.lists(st.integers(0, 9), min_size=6, max_size=6),
)
def test_no_fit_is_worse_than_no_correction(logits, digits):
    labels = np.array([*digits, *([NO_DIGIT] * 6)])
    fitted = fit_calibration(logits, labels)
    digit_loss, kind_loss = losses(fitted, logits, labels)
    digit_before, _ = losses(Calibration(), logits, labels)
    _, kind_before = losses(Calibration(fitted.temperature), logits, labels)
    assert digit_loss <= digit_before + 1e-9
    assert kind_loss <= kind_before + 1e-9


def test_a_network_without_mistakes_gets_finite_parameters():
    labels = np.array([0, 1, 2, 10, 10])
    fitted = fit_calibration(np.eye(11)[labels] * 4, labels)
    assert 0.1 < fitted.temperature < 1
    assert 1 < fitted.slope < 10
    assert abs(fitted.offset) < 10


def test_a_network_that_is_always_wrong_gets_minimal_confidence():
    labels = np.array([0, 1, 2, 3])
    fitted = fit_calibration(np.eye(10)[labels + 1] * 5, labels)
    shares = softmax(fitted.apply(np.eye(10)[labels + 1] * 5))
    assert shares.max() < 0.11


@pytest.mark.parametrize(
    ("logits", "labels", "words"),
    [
        (np.zeros((2, 9)), np.array([0, 1]), "shape"),
        (np.zeros((2, 10)), np.array([0]), "shape"),
        (np.full((2, 10), np.nan), np.array([0, 1]), "finite"),
        (np.zeros((2, 10)), np.array([0, 10]), "labels"),
        (np.zeros((2, 11)), np.array([0, 11]), "labels"),
        (np.zeros((0, 11)), np.array([], int), "labels"),
        (np.zeros((2, 11)), np.array([10, 10]), "labels"),
        (np.zeros((2, 11)), np.array([0, 1]), "without a digit"),
    ],
)
def test_invalid_data_are_reported(logits, labels, words):
    with pytest.raises(DigitLabError, match=words):
        fit_calibration(logits, labels)


@pytest.mark.parametrize("numbers", [(0, 1, 0), (-1, 1, 0), (np.inf, 1, 0), (1, np.nan, 0), (1, 1, np.inf)])
def test_an_invalid_calibration_is_reported(numbers):
    with pytest.raises(DigitLabError, match="calibration"):
        Calibration(*numbers)


@pytest.mark.parametrize(
    "spec", [PRESETS["one-conv"], small_spec(Loss.SIGMOID_CROSS_ENTROPY), eleven(Activation.SIGMOID)]
)
def test_networks_without_a_softmax_are_not_calibrated(spec):
    with pytest.raises(DigitLabError, match="softmax"):
        calibrated(random_snapshot(spec), Calibration(2.0))
