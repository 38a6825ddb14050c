"""The tutorial's three networks."""

from collections.abc import Mapping
from typing import Final

from digitlab.data.dataset import CLASS_COUNT
from digitlab.model.layers import Activation, Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.spec import ModelSpec

_ONE_CONVOLUTION: Final = (Conv2D(filters=32, kernel_size=5), Pooling2D(size=2))
_TWO_CONVOLUTIONS: Final = (*_ONE_CONVOLUTION, Conv2D(filters=64, kernel_size=5), Pooling2D(size=2))

TUTORIAL: Final = ModelSpec(
    "Tutorial", (*_TWO_CONVOLUTIONS, Flatten(), Dense(units=CLASS_COUNT, activation=Activation.SOFTMAX))
)
"""The classic network for MNIST: two convolutions with pooling, then ten outputs. 62,346 parameters."""

PRESETS: Final[Mapping[str, ModelSpec]] = {
    "tutorial": TUTORIAL,
    "two-conv": ModelSpec("Two convolutions", _TWO_CONVOLUTIONS),
    "one-conv": ModelSpec("One convolution", _ONE_CONVOLUTION),
}
"""The presets by the name they have on the command line."""
