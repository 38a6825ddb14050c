"""The activations of the last hidden layer, for many images."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.batch import images_at_once
from digitlab.insight.forward import network_input, run_layers
from digitlab.insight.lens import Inspection
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec

MOST_DIGITS: Final = 2_000
"""Digits on a map: more would cover each other."""

_MOST_VALUES: Final = 16 * 2**20
"""Values of all digits together: 64 MB."""

_LEAST_DIGITS: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """What a network computed for some images.

    Attributes:
        features: The activations of the last hidden layer, shape (n, values), float32.
        outputs: The outputs, shape (n, 10) or (n, 11), float32; shape (n, 0) if the network ends in feature maps.
    """

    features: NDArray[np.float32]
    outputs: NDArray[np.float32]


def hidden_layer(spec: ModelSpec) -> int:
    """Return the index of the layer whose activations are the input of the last dense layer; -1 is the image itself.

    Without a dense layer it is the layer before the outputs, and for a network that ends in feature maps the last one.
    """
    last = len(spec.layers) - 1
    for index in range(last, -1, -1):
        layer = spec.layers[index]
        if layer.has_kernel and not layer.has_filters:
            return index - 1
    return last - 1 if spec.classifies else last


def feature_count(spec: ModelSpec) -> int:
    """Return the number of values of the last hidden layer."""
    return math.prod(spec.shapes[hidden_layer(spec) + 1])


def digits_at_most(spec: ModelSpec) -> int:
    """Return for how many digits the activations fit into the memory set aside for them: 100 to 2,000."""
    return min(max(_MOST_VALUES // feature_count(spec), _LEAST_DIGITS), MOST_DIGITS)


def features_of(inspection: Inspection) -> NDArray[np.float32]:
    """Return the activations of the last hidden layer for one image, shape (values,)."""
    return inspection.activations[hidden_layer(inspection.snapshot.spec) + 1].reshape(-1)


def run_hidden(
    snapshot: Snapshot, images: NDArray[np.uint8], is_cancelled: Callable[[], bool] = lambda: False
) -> Hidden | None:
    """Run images through a network and keep the last hidden layer and the outputs.

    Args:
        snapshot: The network and its weights.
        images: Shape (n, side, side), uint8, 0 is background.
        is_cancelled: Called before each batch.

    Returns:
        The activations and outputs, or None if cancelled.
    """
    spec, layer = snapshot.spec, hidden_layer(snapshot.spec)
    features = np.empty((len(images), feature_count(spec)), np.float32)
    outputs = np.empty((len(images), spec.class_count if spec.classifies else 0), np.float32)
    size = images_at_once(spec)
    for start in range(0, len(images), size):
        if is_cancelled():
            return None
        batch = slice(start, min(start + size, len(images)))
        values = network_input(images[batch])
        if layer < 0:
            features[batch] = values.reshape(len(values), -1)
        for index, (_, after) in enumerate(run_layers(snapshot, values)):
            values = after
            if index == layer:
                features[batch] = after.reshape(len(after), -1)
        if spec.classifies:
            outputs[batch] = values
    return Hidden(features, outputs)
