"""Calibration of probabilities: of all answers with a confidence of 90 %, nine in ten should be correct.

A network that was trained until it is almost always correct is overconfident. Three parameters, fitted on held-out
images, correct that (temperature scaling: Guo et al. 2017, "On calibration of modern neural networks", section
4.2; slope and offset: Platt 1999, "Probabilistic outputs for support vector machines"). They are folded into the
last layer, so that the network's own outputs are calibrated.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT, NO_DIGIT
from digitlab.model.layer import Activation
from digitlab.model.layers import Dense
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError

Numbers = NDArray[np.float64]

_MAXIMUM_STEPS: Final = 100
_SUFFICIENT_DECREASE: Final = 1e-4
"""Armijo's constant (Nocedal and Wright 2006, "Numerical Optimization", section 3.1)."""

_LEAST_SHARPNESS: Final = 1e-3
"""Inverse of the highest temperature, for a network that is so often wrong that its confidence should be minimal."""

_GAIN_TOLERANCE: Final = 1e-12
"""The fit ends when a Newton step is predicted to lower the mean loss by no more than this."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A correction of a network's logits, its weighted sums before the softmax.

    Attributes:
        temperature: The ten digits' logits are divided by it; above 1 it lowers the confidence.
        slope: The eleventh logit, "no digit", is multiplied by it. 1 for networks with ten outputs.
        offset: It is then added to the eleventh logit. 0 for networks with ten outputs.
    """

    temperature: float = 1.0
    slope: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        """Check the parameters.

        Raises:
            DigitLabError: If one is not finite or the temperature is not above 0.
        """
        if not (all(map(math.isfinite, (self.temperature, self.slope, self.offset))) and self.temperature > 0.0):
            raise DigitLabError(
                f"The calibration is {self.temperature:g}, {self.slope:g}, {self.offset:g}.",
                expected="Expected finite numbers and a temperature above 0.",
            )

    def apply(self, logits: NDArray[np.floating]) -> Numbers:
        """Return corrected logits; their softmax gives the calibrated probabilities.

        Args:
            logits: Shape (n, 10) or (n, 11).

        Returns:
            The same shape, float64.
        """
        corrected = np.array(logits, dtype=np.float64)
        corrected[:, :CLASS_COUNT] /= self.temperature
        corrected[:, NO_DIGIT:] = corrected[:, NO_DIGIT:] * self.slope + self.offset
        return corrected


def fit_calibration(logits: NDArray[np.floating], labels: NDArray[np.integer]) -> Calibration:
    """Fit a calibration on images that the network was not trained on, by maximum likelihood.

    The temperature is fitted to the true digits among the ten. Given the temperature, slope and offset are fitted to
    "digit" against "no digit", both weighted as equally frequent. A weak regularisation towards no correction, about as
    strong as one more image, keeps the parameters finite for a network without mistakes. The likelihood is never worse
    than without a calibration.

    Args:
        logits: Weighted sums of the last layer before its softmax, shape (n, 10) or (n, 11).
        labels: The true classes, shape (n,): 0..9, and 10 for no digit, which must occur for eleven outputs.

    Returns:
        The calibration; with ten outputs only its temperature differs from the default.

    Raises:
        DigitLabError: If the arrays do not match, are not finite, or one of the two kinds of images is missing.
    """
    sums = np.asarray(logits, dtype=np.float64)
    _check(sums, labels)
    is_digit = labels < CLASS_COUNT
    temperature = _fit_temperature(sums[is_digit, :CLASS_COUNT], labels[is_digit].astype(np.intp))
    if sums.shape[1] == CLASS_COUNT:
        return Calibration(temperature)
    digit_score = _logsumexp(sums[:, :CLASS_COUNT] / temperature)
    return Calibration(temperature, *_fit_eleventh(sums[:, NO_DIGIT], digit_score, is_digit))


def calibrated(snapshot: Snapshot, calibration: Calibration) -> Snapshot:
    """Fold a calibration into the last layer, so that the softmax of the new network is calibrated.

    Args:
        snapshot: A network that ends in a softmax over ten or eleven outputs.
        calibration: The correction of its logits.

    Raises:
        DigitLabError: If the network does not end in a softmax.
    """
    last = snapshot.spec.layers[-1] if snapshot.spec.classifies else None
    if not (isinstance(last, Dense) and last.activation is Activation.SOFTMAX):
        raise DigitLabError(
            "Only a network that ends in a softmax can be calibrated.",
            expected="Expected ten or eleven softmax outputs.",
        )
    kernel, bias = snapshot.weights[-1]
    # Scaling a logit means scaling its column of the kernel; the offset belongs to the bias.
    new_kernel = Calibration(calibration.temperature, calibration.slope).apply(kernel)
    new_bias = calibration.apply(bias[np.newaxis])[0]
    arrays = (*snapshot.arrays[:-2], new_kernel, new_bias)
    return Snapshot.of(snapshot.spec, arrays, snapshot.step, snapshot.epoch)


def _check(sums: Numbers, labels: NDArray[np.integer]) -> None:
    if sums.ndim != 2 or sums.shape[1] not in (CLASS_COUNT, CLASS_COUNT + 1) or labels.shape != sums.shape[:1]:
        raise DigitLabError(
            f"There are logits of shape {sums.shape} and labels of shape {labels.shape}.",
            expected="Expected ten or eleven logits and one label per image.",
        )
    if not np.isfinite(sums).all():
        raise DigitLabError("Some logits are not finite.", remedy="Choose a network whose training did not diverge.")
    shown = np.unique(labels)
    if not shown.size or shown[0] < 0 or shown[-1] >= sums.shape[1] or shown[0] >= CLASS_COUNT:
        raise DigitLabError("The labels do not match the logits.", expected="Expected 0 to 9, and 10 for no digit.")
    if sums.shape[1] > CLASS_COUNT and shown[-1] != NO_DIGIT:
        raise DigitLabError("There is no image without a digit to calibrate the eleventh output.")


def _fit_temperature(sums: Numbers, labels: NDArray[np.intp]) -> float:
    """Return the temperature of maximum likelihood; the problem is convex in its inverse."""
    true = sums[np.arange(len(sums)), labels]
    pull = 1.0 / len(sums)

    def objective(parameters: Numbers) -> tuple[float, Numbers, Numbers]:
        sharpness = parameters[0]
        logs = sharpness * sums
        totals = _logsumexp(logs)
        shares = np.exp(logs - totals[:, np.newaxis])
        mean = (shares * sums).sum(axis=1)
        variance = (shares * np.square(sums)).sum(axis=1) - np.square(mean)
        value = (totals - sharpness * true).mean() + 0.5 * pull * (sharpness - 1.0) ** 2
        slope = (mean - true).mean() + pull * (sharpness - 1.0)
        return float(value), np.array([slope]), np.array([[variance.mean() + pull]])

    sharpness = _newton(objective, np.array([1.0]))[0]
    return float(1.0 / max(sharpness, _LEAST_SHARPNESS))


def _fit_eleventh(eleventh: Numbers, digit_score: Numbers, is_digit: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and offset of the eleventh logit by logistic regression, digits and others weighted equally."""
    weights = np.where(is_digit, 0.5 / is_digit.sum(), 0.5 / (~is_digit).sum())
    inputs = np.stack([eleventh, np.ones_like(eleventh)], axis=1)
    # The margin of the true kind over the other.
    sign = np.where(is_digit, -1.0, 1.0)
    pull = 1.0 / len(eleventh)
    start = np.array([1.0, 0.0])

    def objective(parameters: Numbers) -> tuple[float, Numbers, Numbers]:
        margin = sign * (inputs @ parameters - digit_score)
        wrong = np.exp(-np.logaddexp(0.0, margin))
        away = parameters - start
        value = weights @ np.logaddexp(0.0, -margin) + 0.5 * pull * (away @ away)
        gradient = inputs.T @ (-weights * sign * wrong) + pull * away
        curvature = weights * wrong * (1.0 - wrong)
        hessian = (inputs.T * curvature) @ inputs + pull * np.eye(2)
        return float(value), gradient, hessian

    slope, offset = _newton(objective, start)
    return float(slope), float(offset)


def _newton(objective: Callable[[Numbers], tuple[float, Numbers, Numbers]], start: Numbers) -> Numbers:
    """Minimise a strictly convex function by Newton's method with backtracking; the result is never above the start.

    Args:
        objective: Returns value, gradient (p,) and Hessian (p, p).
        start: The initial parameters, shape (p,).
    """
    parameters = start
    value, gradient, hessian = objective(parameters)
    for _ in range(_MAXIMUM_STEPS):
        step = np.linalg.solve(hessian, -gradient)
        gain = float(-gradient @ step)
        if gain <= _GAIN_TOLERANCE:
            break
        length = 1.0
        while (tried := objective(parameters + length * step))[0] > value - _SUFFICIENT_DECREASE * length * gain:
            length *= 0.5
            if length < _GAIN_TOLERANCE:
                return parameters
        parameters = parameters + length * step
        value, gradient, hessian = tried
    return parameters


def _logsumexp(sums: Numbers) -> Numbers:
    """Return the logarithm of the sum of exponentials of each row, without overflow."""
    largest = sums.max(axis=1)
    return np.asarray(largest + np.log(np.exp(sums - largest[:, np.newaxis]).sum(axis=1)))
