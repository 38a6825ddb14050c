"""What-if edits of a network as a value: filters switched off, weights set by hand, noise, and rounding."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from digitlab.model.activations import ACTIVATIONS
from digitlab.model.layer import Activation
from digitlab.model.snapshot import OFF_BIAS, Snapshot
from digitlab.model.spec import ModelSpec

FULL_BITS: Final = 32
"""Weights as they are: float32."""

BIT_CHOICES: Final = (FULL_BITS, 8, 7, 6, 5, 4, 3, 2, 1)
"""What weights can be rounded to."""


class Unit(NamedTuple):
    """A filter of a convolution, or a unit of a dense layer.

    Attributes:
        layer: Index of the layer.
        channel: Index of the filter or unit.
    """

    layer: int
    channel: int


class Weight(NamedTuple):
    """One weight of a network.

    Attributes:
        layer: Index of the layer.
        array: 0 for the kernel, 1 for the bias; of a layer without a kernel the index in its weights.
        at: Its index in that array: (row, column, input channel, filter), (input, unit) or (unit,).
    """

    layer: int
    array: int
    at: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Noise:
    """Normally distributed noise that is added to kernels.

    Attributes:
        strength: Its standard deviation, as a multiple of that of the layer's kernel; 0 for none.
        seed: Which noise.
        layer: Index of the only layer that it is added to; None for all.
    """

    strength: float = 0.0
    seed: int = 0
    layer: int | None = None


@dataclass(frozen=True, slots=True)
class Edits:
    """What is changed in a network. It never changes itself: each method returns other edits.

    They apply in this order, whatever came first: noise, rounding, weights set by hand, units switched off. So a weight
    set by hand has exactly that value, and a unit keeps its weights while it is off.

    Attributes:
        off: The units that are off.
        weights: The weights set by hand, and their values.
        noise: The noise in the kernels.
        bits: What kernels are rounded to; see ``rounded``.
    """

    off: frozenset[Unit] = frozenset()
    weights: Mapping[Weight, float] = field(default_factory=dict)
    noise: Noise = Noise()
    bits: int = FULL_BITS

    @property
    def is_empty(self) -> bool:
        """Whether nothing is changed."""
        return not (self.off or self.weights or self.noise.strength) and self.bits >= FULL_BITS

    def with_off(self, units: Iterable[Unit], *, is_off: bool = True) -> "Edits":
        """Return the edits with some units switched off, or on."""
        return replace(self, off=self.off | frozenset(units) if is_off else self.off - frozenset(units))

    def keeping_only(self, unit: Unit, count: int) -> "Edits":
        """Return the edits with one unit on and all others of its layer off.

        Args:
            unit: The unit.
            count: The number of units of the layer.
        """
        others = {Unit(unit.layer, index) for index in range(count)} - {unit}
        return replace(self, off=(self.off - {unit}) | others)

    def with_weights(self, values: Mapping[Weight, float]) -> "Edits":
        """Return the edits with some more weights set by hand."""
        return replace(self, weights={**self.weights, **values})

    def without_weights(self, unit: Unit) -> "Edits":
        """Return the edits without the weights of one unit that were set by hand."""
        kept = {one: value for one, value in self.weights.items() if Unit(one.layer, one.at[-1]) != unit}
        return replace(self, weights=kept)

    def fits(self, spec: ModelSpec) -> bool:
        """Return whether a network has everything that is changed."""
        shapes = [tuple(layer.values()) for layer in spec.weight_shapes]
        units = [layer[0][-1] if layer else 0 for layer in shapes]
        return (
            all(unit.layer < len(units) and unit.channel < units[unit.layer] for unit in self.off)
            and all(can_be_off(spec, layer) for layer in {unit.layer for unit in self.off})
            and all(_has(shapes, weight) for weight in self.weights)
            and (self.noise.layer is None or (self.noise.layer < len(units) and units[self.noise.layer] > 0))
        )

    def applied_to(self, snapshot: Snapshot) -> Snapshot:
        """Return a network with these edits, which refers to the one without.

        Args:
            snapshot: A network that they fit, with or without earlier edits: those are replaced.

        Returns:
            An ordinary snapshot at the same step; layers that are not edited share their arrays. Without edits, the
            original itself.
        """
        original = snapshot.original
        if self.is_empty:
            return original
        touched = {unit.layer for unit in self.off} | {weight.layer for weight in self.weights}
        is_everywhere = self.bits < FULL_BITS or (self.noise.strength and self.noise.layer is None)
        weights = list(original.weights)
        for layer in range(len(weights)):
            has_kernel = original.spec.layers[layer].has_kernel
            is_noisy = bool(self.noise.strength) and layer == self.noise.layer
            if layer in touched or (has_kernel and (is_everywhere or is_noisy)):
                weights[layer] = self._edited(original, layer)
        return replace(original, weights=tuple(weights), edited_from=original)

    def _edited(self, original: Snapshot, layer: int) -> tuple[NDArray[np.float32], ...]:
        """Return the weights of a layer with the edits."""
        arrays = [array.copy() for array in original.weights[layer]]
        if original.spec.layers[layer].has_kernel:
            if self.noise.strength and self.noise.layer in (None, layer):
                arrays[0] += self._noise(arrays[0], layer) * ~original.off_units(layer)
            if self.bits < FULL_BITS:
                arrays[0] = rounded(arrays[0], self.bits)
        for weight, value in self.weights.items():
            if weight.layer == layer:
                arrays[weight.array][weight.at] = value
        off = sorted(unit.channel for unit in self.off if unit.layer == layer)
        arrays[0][..., off] = 0.0
        for bias in arrays[1:2]:
            bias[off] = off_bias(original.spec.activation_of(layer))
        for array in arrays:
            array.flags.writeable = False
        return tuple(arrays)

    def _noise(self, kernel: NDArray[np.float32], layer: int) -> NDArray[np.float32]:
        # Each layer has noise of its own, which is the same whether or not the other layers have some.
        noise = np.random.default_rng((self.noise.seed, layer)).standard_normal(kernel.shape, dtype=np.float32)
        return noise * np.float32(self.noise.strength * kernel.std())


def _has(shapes: list[tuple[tuple[int, ...], ...]], weight: Weight) -> bool:
    if weight.layer >= len(shapes) or weight.array >= len(shapes[weight.layer]):
        return False
    shape = shapes[weight.layer][weight.array]
    return len(shape) == len(weight.at) and all(at < length for at, length in zip(weight.at, shape, strict=True))


def can_be_off(spec: ModelSpec, layer: int) -> bool:
    """Return whether units of a layer with weights can have the activation 0: not a sigmoid without a bias."""
    return len(spec.weight_shapes[layer]) > 1 or ACTIVATIONS[spec.activation_of(layer)].keeps_zero


def off_bias(activation: Activation) -> float:
    """Return the bias with which a unit without kernel has the activation 0, exactly."""
    return 0.0 if ACTIVATIONS[activation].keeps_zero else OFF_BIAS


def rounded(kernel: NDArray[np.float32], bits: int) -> NDArray[np.float32]:
    """Round weights to equally spaced values, symmetric about 0, as integer arithmetic needs them.

    Args:
        kernel: The weights of a layer, any shape, float32.
        bits: From 1 to 8, or more. With n bits there are 2^n - 1 values, up to the largest weight; with 1 bit the two
            of binary networks, plus or minus the mean absolute weight (Rastegari et al. 2016, "XNOR-Net", section 3.1).

    Returns:
        The rounded weights; 0 stays 0.
    """
    if bits == 1:
        return np.asarray(np.sign(kernel) * np.abs(kernel).mean(), dtype=np.float32)
    step = np.abs(kernel).max(initial=0.0) / (2 ** (bits - 1) - 1)
    return kernel.copy() if not step else np.asarray(np.rint(kernel / step) * step, dtype=np.float32)
