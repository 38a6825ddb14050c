"""Making probabilities honest: of all answers given with 90 %, nine in ten are to be right.

A network that was trained until it is nearly always right says so too loudly. Three numbers, fitted on images that it
has never seen, correct that (temperature scaling: Guo et al. 2017, "On calibration of modern neural networks", section
4.2; slope and offset: Platt 1999, "Probabilistic outputs for support vector machines"). They are folded into the last
layer, so that the network's own outputs are the honest ones.
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
"""Inverse of the highest temperature, for a network that is wrong so often that it had better say nothing."""

_GAIN_TOLERANCE: Final = 1e-12
"""The fit ends where a Newton step promises to lower the mean loss by no more than this."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A correction of a network's logits, its weighted sums before the softmax.

    Attributes:
        temperature: The ten digits' logits are divided by it; above 1 makes them less sure of one another.
        slope: The eleventh logit, that of "no digit", is multiplied by it ...
        offset: ... and this is added. Networks with ten outputs have 1 and 0.
    """

    temperature: float = 1.0
    slope: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        """Check the numbers.

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
    """Fit a calibration on images that the network has not been trained on.

    The temperature makes the true digits most likely among the ten. With it, slope and offset make "digit" and
    "no digit" most likely, both counted as equally frequent. A weak pull towards no correction, about as strong as one
    image more, keeps the numbers finite where a network makes no mistake. The likelihood is never worse than without.

    Args:
        logits: Weighted sums of the last layer before its softmax, shape (n, 10) or (n, 11).
        labels: What the images show, shape (n,): 0..9, and 10 for no digit, which is needed for eleven outputs.

    Returns:
        The calibration; with ten outputs its temperature alone.

    Raises:
        DigitLabError: If the arrays do not belong together, are not finite, or a kind of image is missing.
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
    """Fold a calibration into the last layer: the softmax of the new network is calibrated by itself.

    Args:
        snapshot: A network that ends in a softmax over ten or eleven outputs.
        calibration: The correction of its logits.

    Raises:
        DigitLabError: If the network does not end so.
    """
    last = snapshot.spec.layers[-1] if snapshot.spec.classifies else None
    if not (isinstance(last, Dense) and last.activation is Activation.SOFTMAX):
        raise DigitLabError(
            "Only a network that ends in a softmax can be calibrated.",
            expected="Expected ten or eleven softmax outputs.",
        )
    kernel, bias = snapshot.weights[-1]
    # A column of the kernel is to its output what a column of logits is to the calibration, but for the offset.
    new_kernel = Calibration(calibration.temperature, calibration.slope).apply(kernel)
    new_bias = calibration.apply(bias[np.newaxis])[0]
    arrays = (*snapshot.arrays[:-2], new_kernel, new_bias)
    return Snapshot.of(snapshot.spec, arrays, snapshot.step, snapshot.epoch)


def _check(sums: Numbers, labels: NDArray[np.integer]) -> None:
    if sums.ndim != 2 or sums.shape[1] not in (CLASS_COUNT, CLASS_COUNT + 1) or labels.shape != sums.shape[:1]:
        raise DigitLabError(
            f"There are logits of shape {sums.shape} and labels of shape {labels.shape}.",
            expected="Expected ten or eleven logits and one label an image.",
        )
    if not np.isfinite(sums).all():
        raise DigitLabError("Some logits are not finite.", remedy="Choose a network whose training did not break down.")
    shown = np.unique(labels)
    if not shown.size or shown[0] < 0 or shown[-1] >= sums.shape[1] or shown[0] >= CLASS_COUNT:
        raise DigitLabError("The labels do not belong to the logits.", expected="Expected 0 to 9, and 10 for no digit.")
    if sums.shape[1] > CLASS_COUNT and shown[-1] != NO_DIGIT:
        raise DigitLabError("There is no image without a digit to calibrate the eleventh output on.")


def _fit_temperature(sums: Numbers, labels: NDArray[np.intp]) -> float:
    """Return the temperature that makes the labels most likely: convex in its inverse."""
    right = sums[np.arange(len(sums)), labels]
    pull = 1.0 / len(sums)

    def objective(parameters: Numbers) -> tuple[float, Numbers, Numbers]:
        sharpness = parameters[0]
        logs = sharpness * sums
        totals = _logsumexp(logs)
        shares = np.exp(logs - totals[:, np.newaxis])
        mean = (shares * sums).sum(axis=1)
        variance = (shares * np.square(sums)).sum(axis=1) - np.square(mean)
        value = (totals - sharpness * right).mean() + 0.5 * pull * (sharpness - 1.0) ** 2
        slope = (mean - right).mean() + pull * (sharpness - 1.0)
        return float(value), np.array([slope]), np.array([[variance.mean() + pull]])

    sharpness = _newton(objective, np.array([1.0]))[0]
    return float(1.0 / max(sharpness, _LEAST_SHARPNESS))


def _fit_eleventh(eleventh: Numbers, digit_score: Numbers, is_digit: NDArray[np.bool_]) -> tuple[float, float]:
    """Return slope and offset of the eleventh logit by logistic regression, digits and others weighted equally."""
    weights = np.where(is_digit, 0.5 / is_digit.sum(), 0.5 / (~is_digit).sum())
    inputs = np.stack([eleventh, np.ones_like(eleventh)], axis=1)
    # The margin of the true kind over the other one.
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
    """Minimise a strictly convex function by Newton's method with halved steps; never ends above where it starts.

    Args:
        objective: Returns value, gradient (p,) and Hessian (p, p).
        start: Where to begin, shape (p,).
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
