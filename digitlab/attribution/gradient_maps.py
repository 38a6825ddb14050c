"""Maps from gradients: of the drawing as it is, and along the way from a blank canvas to the drawing."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.attribution.passes import slopes_at
from digitlab.attribution.result import Attribution, MethodId
from digitlab.insight.backward import Target, gradients
from digitlab.insight.forward import network_input
from digitlab.insight.lens import Inspection

COMPLETENESS_GOAL: Final = 0.01
"""Largest error of integrated gradients, as a share of what they add up to."""

_STEPS_GOAL: Final = 2 * COMPLETENESS_GOAL
"""Largest sum of the errors of all steps without their signs, so that single pixels are exact too."""

_FIRST_STEPS: Final = 8
"""Equal steps from the blank canvas to the drawing of the first, rough map: 9 passes, which take 5 to 9 ms.

The absolute errors of all pixels then sum up to 6 % of their absolute values with the tutorial network, to 15 % with
the pen network (median; 32 % at most)."""

_LEAST_STEPS: Final = 48
"""Steps before which errors that are within the goals are believed only if they vanish: they could cancel out."""

_VANISHING: Final = 1e-3
"""Sum of the errors of all steps, as a share of the whole, from which so few steps are exact: in a linear network."""

_BATCH: Final = 16
"""Steps that are halved at once. Measured: the backward pass of larger batches is slower for each example."""

_MOST_STEPS: Final = 512
"""Steps after which the error is what it is.

Measured over 60 drawings, for the largest logit, its difference from the second largest, and its output: the tutorial
network takes 48 steps (median; 80 at most), the pen network 64 to 96 (160 at most for a logit, 512 for the others). The
error is then at most 1.0 %. Compared with 1,000 equal steps, the absolute errors of all pixels sum up to 0.5 to 1.4 %
(median; 2.2 % at most) of their absolute values."""


def gradient(inspection: Inspection, target: Target) -> Attribution:
    """Return by how much the target would rise if a pixel got a little more ink.

    Simonyan et al. 2014, "Deep inside convolutional networks", section 3; here with the sign.

    Raises:
        DigitLabError: If a layer on the way has no backward pass.
    """
    values = gradients(inspection, target)[0][..., 0]
    return Attribution(values, MethodId.GRADIENT, target)


@np.errstate(over="ignore", invalid="ignore")  # a diverged network gives infinity or NaN
def gradient_times_input(inspection: Inspection, target: Target) -> Attribution:
    """Return the gradient times the ink of each pixel.

    Shrikumar et al. 2016, "Not just a black box: learning important features through propagating activation
    differences", section 2.

    Raises:
        DigitLabError: If a layer on the way has no backward pass.
    """
    values = gradients(inspection, target)[0] * inspection.activations[0]
    return Attribution(values[..., 0], MethodId.GRADIENT_TIMES_INPUT, target)


@np.errstate(over="ignore", invalid="ignore")  # a diverged network gives infinity or NaN
def integrated_gradients(
    inspection: Inspection,
    target: Target,
    progress: Callable[[float], object] = lambda share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
    *,
    rough: Callable[[Attribution], object] = lambda found: None,
    method: MethodId = MethodId.INTEGRATED_GRADIENTS,
) -> Attribution | None:
    """Return the gradient times input, with the mean of the gradients of all paler drawings, from a blank canvas on.

    Sundararajan et al. 2017, "Axiomatic attribution for deep networks", section 3: the values add up to the difference
    between the target for the drawing and for a blank canvas. The integral is a sum of trapezoids. How much the target
    changes in each step is known, and so is the step's error; the steps with the largest errors are halved until the
    errors sum up to less than 1 % of the whole, and without their signs to less than 2 %.

    Args:
        inspection: What a network computed for the drawing.
        target: What is explained.
        progress: Called after each batch with the completed share, 0..1, an estimate.
        is_cancelled: Called before each batch.
        rough: Called with the map of the first steps, and whenever their number has doubled; its error is what it is.
        method: What the map is called: also the contrast of two digits is one.

    Returns:
        The map; None if cancelled.

    Raises:
        DigitLabError: If a layer on the way has no backward pass.
    """
    path = _Path(inspection, target, method)
    reported = 0
    while not path.is_exact_enough and path.step_count < _MOST_STEPS:
        if path.step_count >= 2 * reported:
            reported = path.step_count
            rough(path.result(is_rough=True))
        if is_cancelled():
            return None
        path.halve_worst_steps()
        progress(path.step_count / _MOST_STEPS)
    progress(1.0)
    return path.result(is_rough=False)


class _Path:
    """The way from a blank canvas to a drawing, in steps.

    Args:
        inspection: What a network computed for the drawing.
        target: What is explained.
        method: What the map is called.
    """

    def __init__(self, inspection: Inspection, target: Target, method: MethodId) -> None:
        """Take the first steps."""
        self._snapshot, self._target, self._method = inspection.snapshot, target, method
        self._input = network_input(inspection.image)
        self._shades = np.linspace(0.0, 1.0, _FIRST_STEPS + 1)
        self._values, self._maps = self._look_at(self._shades)

    @property
    def step_count(self) -> int:
        """The number of steps."""
        return len(self._shades) - 1

    @property
    def _errors(self) -> NDArray[np.float64]:
        """By how much each step misses the change of the target."""
        slopes = self._maps.sum(axis=(1, 2), dtype=np.float64)
        return np.asarray((slopes[1:] + slopes[:-1]) / 2 * np.diff(self._shades) - np.diff(self._values))

    @property
    def is_exact_enough(self) -> bool:
        """Whether the errors are within the goals; a diverged network, whose errors are NaN, cannot do better."""
        errors, change = self._errors, float(self._values[-1] - self._values[0])
        together, apart = _share(abs(float(errors.sum())), change), _share(float(np.abs(errors).sum()), change)
        goal = _STEPS_GOAL if self.step_count >= _LEAST_STEPS else _VANISHING
        return not (together > COMPLETENESS_GOAL or apart > goal)

    def halve_worst_steps(self) -> None:
        """Halve the steps with the largest errors."""
        worst = np.argsort(-np.abs(self._errors))[:_BATCH]
        shades = (self._shades[worst] + self._shades[worst + 1]) / 2
        values, maps = self._look_at(shades)
        self._shades = np.concatenate([self._shades, shades])
        order = np.argsort(self._shades)
        self._shades = self._shades[order]
        self._values = np.concatenate([self._values, values])[order]
        self._maps = np.concatenate([self._maps, maps])[order]

    def result(self, *, is_rough: bool) -> Attribution:
        """Return the map of the steps so far."""
        weights = np.zeros(len(self._shades), dtype=np.float32)
        weights[1:] += np.diff(self._shades) / 2
        weights[:-1] += np.diff(self._shades) / 2
        change = float(self._values[-1] - self._values[0])
        values = np.tensordot(weights, self._maps, axes=1)
        error = _share(abs(float(values.sum(dtype=np.float64)) - change), change)
        return Attribution(values, self._method, self._target, change, error, is_rough=is_rough)

    def _look_at(self, shades: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """Return the target and the gradient times the drawing, for paler drawings."""
        paler = shades.astype(np.float32)[:, np.newaxis, np.newaxis, np.newaxis] * self._input
        values, slopes = slopes_at(self._snapshot, paler, self._target)
        return values, (slopes * self._input)[..., 0]


def _share(error: float, whole: float) -> float:
    if error == 0.0:
        return 0.0
    return error / abs(whole) if whole else np.inf
