"""The last steps of a network: from the logits to the outputs, and what these cost if a digit is the true one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.lens import Inspection
from digitlab.model.layer import Activation
from digitlab.model.spec import Loss

Real = NDArray[np.float64]

SMALLEST_PROBABILITY: Final = 1e-7
"""Keras' ``epsilon``: its cross-entropies take probabilities below it, and above one minus it, for that."""


@dataclass(frozen=True, slots=True, eq=False)
class OutputSteps:
    """How the outputs follow from the logits.

    Attributes:
        activation: Softmax or sigmoid.
        logits: The weighted sums, shape (classes,).
        shift: What is subtracted from all logits before: the largest of them for softmax, which changes no output but
            keeps the powers finite; 0 for a sigmoid.
        powers: For softmax e^(logit - shift); for a sigmoid e^(-logit). Shape (classes,).
        total: The sum of the powers of a softmax, by which each is divided; None for a sigmoid.
        outputs: The outputs as computed by the lens, 0..1, shape (classes,).
    """

    activation: Activation
    logits: Real
    shift: float
    powers: Real
    total: float | None
    outputs: Real


def output_steps(inspection: Inspection) -> OutputSteps:
    """Compute the steps from a network's logits to its outputs, in float64.

    Args:
        inspection: What a network that classifies computed for an image.
    """
    logits = inspection.sums[-1].astype(np.float64)
    outputs = inspection.activations[-1].astype(np.float64)
    activation = inspection.snapshot.spec.layers[-1].activation
    with np.errstate(over="ignore", invalid="ignore"):
        if activation is Activation.SOFTMAX:
            shift = float(logits.max())
            powers = np.exp(logits - shift)
            return OutputSteps(activation, logits, shift, powers, float(powers.sum()), outputs)
        return OutputSteps(activation, logits, 0.0, np.exp(-logits), None, outputs)


def costs(inspection: Inspection) -> dict[Loss, Real]:
    """Return what the outputs for one image would cost, for each loss and each digit as the true one.

    Args:
        inspection: What a network that classifies computed for an image.

    Returns:
        For each loss an array of shape (classes,), float64: the cost if that class is the true one. The formulas are
        those of Keras' CategoricalCrossentropy and BinaryCrossentropy for outputs that are probabilities, and of
        Caffe's EuclideanLossLayer; see ``training.to_keras``.
    """
    outputs = inspection.activations[-1].astype(np.float64)
    return {loss: cost(outputs) for loss, cost in _COSTS.items()}


def _softmax_cross_entropy(outputs: Real) -> Real:
    total = outputs.sum()
    return -np.log(_clipped(outputs / total if total > 0 else outputs))


def _sigmoid_cross_entropy(outputs: Real) -> Real:
    clipped = _clipped(outputs)
    wrong = -np.log(1 - clipped)
    return np.asarray((wrong.sum() - wrong - np.log(clipped)) / len(outputs))


def _euclidean(outputs: Real) -> Real:
    return np.asarray(0.5 * (np.square(outputs).sum() - np.square(outputs) + np.square(1 - outputs)))


def _clipped(outputs: Real) -> Real:
    # In float32, as Keras does: there the largest probability below 1 is 1 - 1.2e-7.
    least = np.float32(SMALLEST_PROBABILITY)
    return np.clip(outputs.astype(np.float32), least, np.float32(1) - least).astype(np.float64)


_COSTS: Final[Mapping[Loss, Callable[[Real], Real]]] = {
    Loss.SOFTMAX_CROSS_ENTROPY: _softmax_cross_entropy,
    Loss.SIGMOID_CROSS_ENTROPY: _sigmoid_cross_entropy,
    Loss.EUCLIDEAN: _euclidean,
}
