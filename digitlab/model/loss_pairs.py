"""Which activation of the outputs belongs to which loss, and what an odd pair of both means for training."""

from typing import Final

from digitlab.model.layer import Activation
from digitlab.model.spec import Loss, ModelSpec

_OTHER: Final = (
    "The outputs are no probabilities. The network trains, but DigitLab shows no answers of it, as it cannot say how "
    "likely each digit is."
)

_CONSEQUENCES: Final = {
    (Loss.SOFTMAX_CROSS_ENTROPY, Activation.SIGMOID): (
        "The outputs need not sum to 100 %, so the loss divides them by their sum: only their ratios are trained, and "
        "all outputs may be large at once."
    ),
    (Loss.SIGMOID_CROSS_ENTROPY, Activation.SOFTMAX): (
        "The outputs sum to 100 %, but the loss takes each as a probability of its own: it trains nearly as well, and "
        "outputs of wrong digits count twice."
    ),
    (Loss.EUCLIDEAN, Activation.SIGMOID): (
        "The outputs need not sum to 100 %: each is trained to be 1 for its own digit and 0 for all others. Where they "
        "are near 0 or 1, training is slow."
    ),
    (Loss.SOFTMAX_CROSS_ENTROPY, None): (
        "This loss needs outputs above 0: those below count as 0.0000001 and are not trained, so that much of the "
        "network may never learn."
    ),
    (Loss.SIGMOID_CROSS_ENTROPY, None): (
        "This loss needs outputs between 0 and 1: those beyond count as 0 or 1 and are not trained, so that much of "
        "the network may never learn."
    ),
    (Loss.EUCLIDEAN, None): "The outputs can be below 0 or above 1; each is trained to be 1 or 0.",
}
"""What happens for each odd pair; None stands for all other activations."""


def is_odd(spec: ModelSpec) -> bool:
    """Return whether a network has an output for each digit, but not with the activation that belongs to its loss."""
    return bool(spec.output_count) and spec.layers[-1].activation is not spec.loss.output_activation


def odd_pair(spec: ModelSpec) -> str:
    """Return what happens because the activation of the outputs does not belong to the loss; empty if it does."""
    if not is_odd(spec):
        return ""
    activation = spec.layers[-1].activation
    known = _CONSEQUENCES.get((spec.loss, activation))
    return known if known is not None else f"{_CONSEQUENCES[spec.loss, None]} {_OTHER}"
