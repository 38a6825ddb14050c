"""The weights of a network after some training steps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError

Weights = tuple[tuple[NDArray[np.float32], ...], ...]
"""One tuple for each layer, with its arrays in Keras' order (kernel, bias); empty for layers without weights."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Snapshot:
    """The weights of a network after a number of training steps; immutable.

    Caches can refer to a snapshot by a weak reference, which does not keep its weights in memory.

    Attributes:
        spec: The network.
        weights: Its weights, read-only arrays with the shapes of ``spec.weight_shapes``.
        step: Number of batches trained so far; 0 before training.
        epoch: The same in epochs.
    """

    spec: ModelSpec
    weights: Weights
    step: int = 0
    epoch: float = 0.0

    @classmethod
    def of(
        cls, spec: ModelSpec, arrays: Iterable[NDArray[np.floating]], step: int = 0, epoch: float = 0.0
    ) -> "Snapshot":
        """Copy a flat list of weights, as returned by Keras' ``get_weights``, into a snapshot.

        Args:
            spec: The network.
            arrays: All weights from input to output, any float type.
            step: Number of batches trained so far.
            epoch: The same in epochs.

        Raises:
            DigitLabError: If the number of arrays, or the shape of one, does not match the network.
        """
        remaining = iter(arrays)
        weights = tuple(
            tuple(_checked(remaining, name, shape) for name, shape in shapes.items()) for shapes in spec.weight_shapes
        )
        if next(remaining, None) is not None:
            raise DigitLabError("There are more weights than the network needs.")
        return cls(spec, weights, step, epoch)

    @property
    def arrays(self) -> tuple[NDArray[np.float32], ...]:
        """All weights as a flat list, in Keras' order."""
        return tuple(array for layer in self.weights for array in layer)

    @property
    def is_finite(self) -> bool:
        """Whether every weight is a finite number."""
        return all(bool(np.isfinite(array).all()) for array in self.arrays)


def _checked(arrays: Iterator[NDArray[np.floating]], name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    source = next(arrays, None)
    if source is None:
        raise DigitLabError("There are fewer weights than the network needs.")
    if source.shape != shape:
        raise DigitLabError(f"A {name} has the shape {source.shape}.", expected=f"The network needs {shape}.")
    array = np.array(source, dtype=np.float32)
    array.flags.writeable = False
    return array
