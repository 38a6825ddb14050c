"""Statistics of the layers of a snapshot: histograms of weights and activations, and dead ReLU units.

A ReLU unit is dead if its weighted sum is negative for every input: its output and its gradient are zero, so that no
training step changes it (Maas et al. 2013, "Rectifier nonlinearities improve neural network acoustic models"; Lu et al.
2019, "Dying ReLU and initialization", arXiv:1903.06733). Here it is tested on a hundred drawn digits, so a unit called
dead may still respond to other inputs.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.builtin import random_drawing
from digitlab.data.digit import CLASS_COUNT, IMAGE_SIDE
from digitlab.data.drawing.raster import render_many
from digitlab.insight.batch import images_at_once
from digitlab.insight.forward import Array, network_input, run_layers
from digitlab.insight.histogram import Histogram, merged
from digitlab.model.layer import Activation
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec

PROBES_PER_DIGIT: Final = 10
"""A hundred images in all: as many as in a batch of the tutorial's training."""

_PROBE_SEED: Final = 0


@dataclass(frozen=True, slots=True, eq=False)
class LayerStatistics:
    """One layer with weights, in one snapshot.

    Attributes:
        weights: The kernel's values, biases left out; of a batch normalisation its gammas.
        activations: The layer's output for all probe images, after its activation function.
        dead: Shape (units,), bool: which units output zero for every image at every position; the units of a
            convolution are its filters. None if no ReLU is applied to it; see ``ModelSpec.activated_at``.
        fingerprint: A checksum of its trainable weights: equal if none of them changed.
        off: Number of units that are switched off; with ReLU they are among the dead ones.
    """

    weights: Histogram
    activations: Histogram
    dead: NDArray[np.bool_] | None
    fingerprint: int
    off: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class SnapshotStatistics:
    """All layers with weights, in one snapshot.

    Attributes:
        step: Number of batches trained so far.
        epoch: The same in epochs.
        layers: One entry for each layer of ``learning_layers``.
    """

    step: int
    epoch: float
    layers: tuple[LayerStatistics, ...]


def learning_layers(spec: ModelSpec) -> tuple[int, ...]:
    """Return the indices of the layers that have weights."""
    return tuple(index for index, layer in enumerate(spec.layers) if layer.learns)


def probe_images(side: int = IMAGE_SIDE) -> NDArray[np.uint8]:
    """Render the images on which activations are measured: ten of each digit, always the same, without a dataset.

    Args:
        side: Side of the network's input in pixels.

    Returns:
        Shape (100, side, side), uint8; takes about a tenth of a second.
    """
    rng = np.random.default_rng(_PROBE_SEED)
    drawings = [random_drawing(digit, rng) for digit in range(CLASS_COUNT) for _ in range(PROBES_PER_DIGIT)]
    return render_many(drawings, side)


def measure(
    snapshot: Snapshot, images: NDArray[np.uint8], is_cancelled: Callable[[], bool] = lambda: False
) -> SnapshotStatistics | None:
    """Measure all layers with weights.

    Args:
        snapshot: The network and its weights.
        images: The probe images, shape (n, side, side), uint8, n at least 1.
        is_cancelled: Called before each batch.

    Returns:
        The statistics, or None if cancelled.
    """
    learning = learning_layers(snapshot.spec)
    spreads: dict[int, list[Histogram]] = {index: [] for index in learning}
    activated = {index: snapshot.spec.activated_at(index) for index in learning}
    tallest: dict[int, list[Array]] = {index: [] for index in activated.values()}
    size = images_at_once(snapshot.spec)
    for start in range(0, len(images), size):
        if is_cancelled():
            return None
        inputs = network_input(images[start : start + size])
        for index, (_, activations) in enumerate(run_layers(snapshot, inputs)):
            if index in spreads:
                spreads[index].append(Histogram.of(activations))
            if index in tallest:
                # Over images and positions; the last axis is the units. fmax ignores NaN, which is not above zero.
                tallest[index].append(np.fmax.reduce(activations.reshape(-1, activations.shape[-1]), axis=0))
    layers = tuple(
        LayerStatistics(
            Histogram.of(snapshot.weights[index][0]),
            merged(spreads[index]),
            _dead(snapshot.spec, index, tallest[activated[index]]),
            _fingerprint(snapshot.weights[index][: len(snapshot.spec.trainable_shapes[index])]),
            int(snapshot.off_units(index).sum()),
        )
        for index in learning
    )
    return SnapshotStatistics(snapshot.step, snapshot.epoch, layers)


def _dead(spec: ModelSpec, index: int, tallest: list[Array]) -> NDArray[np.bool_] | None:
    if spec.activation_of(index) is not Activation.RELU:
        return None
    dead: NDArray[np.bool_] = ~(np.fmax.reduce(tallest) > 0)
    return dead


def _fingerprint(weights: tuple[Array, ...]) -> int:
    checksum = 0
    for array in weights:
        checksum = zlib.crc32(array.tobytes(), checksum)
    return checksum
