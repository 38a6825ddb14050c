"""The tutorial's three networks, and the one that is trained on drawings."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from digitlab.data.digit import CLASS_COUNT
from digitlab.model.layers import Activation, Conv2D, Dense, Flatten, Pooling2D
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
        *_ONE_CONVOLUTION,
        Conv2D(filters=64, kernel_size=3),
        Conv2D(filters=96, kernel_size=3),
        Pooling2D(size=2),
        Flatten(),
        Dense(units=192, activation=Activation.RELU),
        Dense(units=CLASS_COUNT + 1, activation=Activation.SOFTMAX),
    ),
)
"""A network for digits that people draw, with an eleventh output for what is no digit. 371,947 parameters."""

PRESETS: Final[Mapping[str, ModelSpec]] = {
    "tutorial": TUTORIAL,
    "pen": PEN,
    "two-conv": ModelSpec("Two convolutions", _TWO_CONVOLUTIONS),
    "one-conv": ModelSpec("One convolution", _ONE_CONVOLUTION),
}
"""The presets by the name they have on the command line."""

EDITED_NAME: Final = "Edited network"
"""What a network is called that is no preset any more."""


def preset_of(spec: ModelSpec) -> str | None:
    """Return the name in ``PRESETS`` of the preset with the same layers, whatever the loss, or None."""
    for name, preset in PRESETS.items():
        if preset.with_loss(spec.loss).layers == spec.layers:
            return name
    return None


def named_anew(spec: ModelSpec) -> ModelSpec:
    """Return an edited network under the name of the preset that it is now, or as an edited network."""
    preset = preset_of(spec)
    return replace(spec, name=EDITED_NAME if preset is None else PRESETS[preset].name)
