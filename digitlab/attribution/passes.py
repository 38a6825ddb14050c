"""Networks run up to a target, for a batch of inputs."""

from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.backward import Target, gradients_of
from digitlab.insight.forward import Array, run_layers
from digitlab.model.snapshot import Snapshot


class Slopes(NamedTuple):
    """A target and its gradient for a batch.

    Attributes:
        values: The target, shape (n,), float64.
        gradients: Its gradient with respect to the inputs, shape (n, side, side, 1), float32.
    """

    values: NDArray[np.float64]
    gradients: Array


def values_at(snapshot: Snapshot, inputs: Array, target: Target) -> NDArray[np.float64]:
    """Return a target for a batch of inputs.

    Args:
        snapshot: The network and its weights.
        inputs: Shape (n, side, side, 1), float32, 0..1.
        target: The target.

    Returns:
        Shape (n,), float64.
    """
    last = (inputs, inputs)
    for last in islice(run_layers(snapshot, inputs), target.layer + 1):  # noqa: B007  # the last one counts
        pass
    before, after = last
    return target.value(before if target.of_sums else after)


def slopes_at(snapshot: Snapshot, inputs: Array, target: Target) -> Slopes:
    """Return a target and its gradient for a batch of inputs; see ``values_at``.

    Raises:
        DigitLabError: If a layer on the way has no backward pass.
    """
    activations, sums = [inputs], []
    for before, after in islice(run_layers(snapshot, activations[0]), target.layer + 1):
        sums.append(before)
        activations.append(after)
    values = target.value(sums[-1] if target.of_sums else activations[-1])
    return Slopes(values, gradients_of(snapshot, activations, sums, target)[0])
