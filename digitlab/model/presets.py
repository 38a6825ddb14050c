"""The tutorial's three networks, one for drawings, and others that courses compare with them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from digitlab.data.digit import CLASS_COUNT
from digitlab.model.layer import Activation, Layer, Padding, Pooling
from digitlab.model.layers import (
    ActivationLayer,
    BatchNormalization,
    Conv2D,
    Dense,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
)
from digitlab.model.spec import ModelSpec

_ONE_CONVOLUTION: Final = (Conv2D(filters=32, kernel_size=5), Pooling2D(size=2))
_TWO_CONVOLUTIONS: Final = (*_ONE_CONVOLUTION, Conv2D(filters=64, kernel_size=5), Pooling2D(size=2))

TUTORIAL: Final = ModelSpec(
    "Tutorial", (*_TWO_CONVOLUTIONS, Flatten(), Dense(units=CLASS_COUNT, activation=Activation.SOFTMAX))
)
"""The classic network for MNIST: two convolutions with pooling, then ten outputs. 62,346 parameters."""

PEN: Final = ModelSpec(
    "Pen and paper",
    (
        Conv2D(filters=24, kernel_size=5),
        Pooling2D(size=2),
        Conv2D(filters=64, kernel_size=3),
        Conv2D(filters=96, kernel_size=3),
        Pooling2D(size=2),
        Flatten(),
        Dense(units=112, activation=Activation.RELU),
        Dense(units=CLASS_COUNT + 1, activation=Activation.SOFTMAX),
    ),
)
"""A network for drawn digits, with an eleventh output for "no digit". 243,291 parameters."""

LENET_5: Final = ModelSpec(
    "LeNet-5",
    (
        Conv2D(filters=6, kernel_size=5, padding=Padding.SAME, activation=Activation.TANH),
        Pooling2D(size=2, kind=Pooling.AVERAGE),
        Conv2D(filters=16, kernel_size=5, activation=Activation.TANH),
        Pooling2D(size=2, kind=Pooling.AVERAGE),
        Flatten(),
        Dense(units=120, activation=Activation.TANH),
        Dense(units=84, activation=Activation.TANH),
        Dense(units=CLASS_COUNT, activation=Activation.SOFTMAX),
    ),
)
"""The network of LeCun, Bottou, Bengio and Haffner 1998, "Gradient-based learning applied to document recognition",
section II.B, as it is built today: 28 x 28 images with a border of zeros instead of 32 x 32, plain average pooling, all
maps connected, and softmax instead of distances to templates. 61,706 parameters."""

MLP: Final = ModelSpec(
    "Dense layers only",
    (
        Flatten(),
        Dense(units=512, activation=Activation.RELU),
        Dense(units=CLASS_COUNT, activation=Activation.SOFTMAX),
    ),
)
"""A multilayer perceptron with one hidden layer, 784-512-10. 407,050 parameters."""


def _normalised(filters: int) -> tuple[Layer, ...]:
    """Return a convolution of 3 x 3, batch normalisation and ReLU, in the order of Ioffe and Szegedy 2015."""
    linear = Conv2D(filters, kernel_size=3, padding=Padding.SAME, activation=Activation.LINEAR, use_bias=False)
    return (linear, BatchNormalization(), ActivationLayer())


MODERN: Final = ModelSpec(
    "Modern",
    (
        *_normalised(16),
        Pooling2D(size=2),
        *_normalised(24),
        *_normalised(32),
        Pooling2D(size=2),
        *_normalised(32),
        *_normalised(24),
        GlobalPooling2D(),
        Dense(units=CLASS_COUNT, activation=Activation.SOFTMAX),
    ),
)
"""A small network as they are built today: small kernels, batch normalisation, global pooling. 27,402 parameters."""

PRESETS: Final[Mapping[str, ModelSpec]] = {
    "tutorial": TUTORIAL,
    "pen": PEN,
    "modern": MODERN,
    "lenet-5": LENET_5,
    "mlp": MLP,
    "two-conv": ModelSpec("Two convolutions", _TWO_CONVOLUTIONS),
    "one-conv": ModelSpec("One convolution", _ONE_CONVOLUTION),
}
"""The presets by their names on the command line."""

EDITED_NAME: Final = "Edited network"
"""Name of a network that equals no preset."""


def preset_of(spec: ModelSpec) -> str | None:
    """Return the name in ``PRESETS`` of the preset with the same layers, with any loss and for any data, or None."""
    for name, preset in PRESETS.items():
        if preset.fitted_to(spec.classes, spec.side).with_loss(spec.loss).layers == spec.layers:
            return name
    return None


def chosen_preset(preset: ModelSpec, before: ModelSpec) -> ModelSpec:
    """Return a preset as it is chosen.

    Those of DigitLab keep the loss of the network before, and its classes and size of images; own ones have theirs.
    """
    if preset not in PRESETS.values():
        return preset
    return preset.fitted_to(before.classes, before.side).with_loss(before.loss)


def with_preset_name(spec: ModelSpec) -> ModelSpec:
    """Return an edited network with the name of the preset that it equals, or as "Edited network"."""
    preset = preset_of(spec)
    return replace(spec, name=EDITED_NAME if preset is None else PRESETS[preset].name)
