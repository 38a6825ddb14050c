"""The weights of a network after some training steps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from digitlab.model.activations import ACTIVATIONS
from digitlab.model.layer import Activation
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError

Weights = tuple[tuple[NDArray[np.float32], ...], ...]
"""One tuple for each layer, with its arrays in Keras' order: kernel and, if it has one, bias; or empty."""

OFF_BIAS: Final = -1_000.0
"""The bias of a unit that is off, where 0 as its bias does not give 0 as its activation: sigmoid and softmax then
are exactly 0 in float32. It is exact in float16 too, in which runs store their snapshots."""

_OFF_FROM: Final = OFF_BIAS / 2


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Snapshot:
    """The weights of a network after a number of training steps; immutable.

    Caches can refer to a snapshot by a weak reference, which does not keep its weights in memory.

    Attributes:
        spec: The network.
        weights: Its weights, read-only arrays with the shapes of ``spec.weight_shapes``.
        step: Number of batches trained so far; 0 before training.
        epoch: The same in epochs.
        edited_from: The network without the edits, if this is an edited one; itself not edited.
    """

    spec: ModelSpec
    weights: Weights
    step: int = 0
    epoch: float = 0.0
    edited_from: "Snapshot | None" = field(default=None, repr=False)
    # Computed on first use, as all panels ask for it while they paint.
    _off: tuple[NDArray[np.bool_], ...] | None = field(default=None, init=False, repr=False)

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
    def original(self) -> "Snapshot":
        """The network without edits: this one, unless it is edited."""
        return self if self.edited_from is None else self.edited_from

    @property
    def is_edited(self) -> bool:
        """Whether it was edited since it was trained or opened."""
        return self.edited_from is not None

    def off_units(self, layer: int) -> NDArray[np.bool_]:
        """Return which filters or units of a layer are off: their activation is 0, whatever the input.

        It follows from the weights alone, so that it survives saving. The map of a filter that is off is off in the
        poolings that follow it too.

        Args:
            layer: Index of the layer; -1 is the input, of which nothing is off.

        Returns:
            Shape (filters,), (units,) or (channels,), bool.
        """
        if self._off is None:
            object.__setattr__(self, "_off", _off_units(self))
        return cast("tuple[NDArray[np.bool_], ...]", self._off)[layer + 1]

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


def _off_units(snapshot: Snapshot) -> tuple[NDArray[np.bool_], ...]:
    """Return which channels are off, of the input and then of each layer."""
    spec = snapshot.spec
    found = [np.zeros(spec.shapes[0][-1], np.bool_)]
    activated = -1
    for index, (layer, shape, weights) in enumerate(zip(spec.layers, spec.shapes[1:], snapshot.weights, strict=True)):
        if layer.learns:
            activated = spec.activated_at(index)
            found.append(_has_no_output(spec.layers[activated].activation, *weights[:2]))
        elif layer.only_reshapes or len(found[-1]) != shape[-1]:
            found.append(np.zeros(shape[-1], np.bool_))
        elif index == activated or ACTIVATIONS[layer.activation].keeps_zero:
            found.append(found[-1])
        else:
            found.append(np.zeros(shape[-1], np.bool_))
    return tuple(found)


def _has_no_output(
    activation: Activation, kernel: NDArray[np.float32], *biases: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Return which units have the activation 0 for every input: no kernel, and a bias that gives 0."""
    function = ACTIVATIONS[activation]
    is_off = ~kernel.reshape(-1, kernel.shape[-1]).any(axis=0)
    for bias in biases:
        is_off = is_off & (function.apply(bias) == 0 if function.keeps_zero else bias <= _OFF_FROM)
    if not (biases or function.keeps_zero) or (activation is Activation.SOFTMAX and is_off.all()):
        return np.zeros_like(is_off)  # the function makes something of 0; softmax shares its 1 among them
    return np.asarray(is_off)
