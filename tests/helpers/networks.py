"""Networks and digits for tests: random weights without Keras, random architectures, and a small dataset."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from digitlab.data.builtin import builtin_dataset
from digitlab.data.dataset import Dataset
from digitlab.model.build import build_keras_model
from digitlab.model.layer import Activation, GlobalPooling, Initializer, Layer, Padding, Pooling, Shape
from digitlab.model.layers import (
    ActivationLayer,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Elementwise,
    Flatten,
    GaussianNoise,
    GlobalPooling2D,
    Pooling2D,
)
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import Loss, ModelSpec


def small_spec(loss: Loss = Loss.SOFTMAX_CROSS_ENTROPY) -> ModelSpec:
    """Return a network of 842 parameters, which trains in an instant."""
    layers = (Conv2D(2, 5, strides=2), Pooling2D(3), Flatten(), Dense(10, Activation.SOFTMAX))
    return ModelSpec("Small", layers).with_loss(loss)


def keras_model_of(snapshot: Snapshot) -> Any:
    """Return the Keras model of a snapshot, the oracle of its arithmetic."""
    model = build_keras_model(snapshot.spec)
    model.set_weights(list(snapshot.arrays))
    return model


def random_snapshot(spec: ModelSpec, seed: int = 0, scale: float = 1.0) -> Snapshot:
    """Return a network with random weights, scaled so that activations grow by about ``scale`` per layer."""
    rng = np.random.default_rng(seed)
    arrays = [
        rng.normal(0.0, scale / np.sqrt(max(np.prod(shape[:-1]), 1.0)), shape).astype(np.float32)
        for shapes in spec.weight_shapes
        for shape in shapes.values()
    ]
    names = [name for shapes in spec.weight_shapes for name in shapes]
    # No channel has a standard deviation below 0.1, by which activations would grow.
    pairs = zip(names, arrays, strict=True)
    return Snapshot.of(spec, [np.abs(one) + 0.01 if name == "moving_variance" else one for name, one in pairs])


@lru_cache
def small_dataset() -> Dataset:
    """Return 330 training and 120 test digits. The counts are not multiples of any batch size used here."""
    return builtin_dataset(train_count=330, test_count=120, seed=3)


def write_npz(path: Path, dataset: Dataset) -> Path:
    """Write a dataset in Keras's format of MNIST; returns its path."""
    train, test = dataset.train, dataset.test
    np.savez(path, x_train=train.images, y_train=train.labels, x_test=test.images, y_test=test.labels)
    return path


def _elementwise(layers: list[Layer], most: int) -> st.SearchStrategy[list[Elementwise]]:
    """Draw layers that keep the shape of the output of some others."""
    # Keras warns of a softmax over a single channel, which is always 1.
    is_single = ModelSpec("", tuple(layers)).shapes[-1][-1] == 1
    functions = [one for one in Activation if one is not Activation.SOFTMAX or not is_single]
    kinds = (
        st.builds(ActivationLayer, st.sampled_from(functions)),
        st.builds(Dropout, st.sampled_from([0.0, 0.25, 0.9])),
        st.builds(GaussianNoise, st.sampled_from([0.0, 0.1, 1.0])),
        st.builds(BatchNormalization, epsilon=st.sampled_from([0.001, 0.1])),
    )
    return st.lists(st.one_of(*kinds), max_size=most)


def pairs(largest: tuple[int, int]) -> st.SearchStrategy[tuple[int, int]]:
    """Return a strategy for a height and a width up to the largest."""
    return st.tuples(*(st.integers(1, side) for side in largest))


@st.composite
def poolings(draw: st.DrawFn, shape: Shape) -> Pooling2D:
    """Draw a pooling that fits maps of a shape."""
    padding = draw(st.sampled_from(Padding))
    height, width = (4 if padding is Padding.SAME else min(side, 4) for side in shape[:2])
    strides = draw(st.none() | pairs((4, 4)))
    return Pooling2D(draw(pairs((height, width))), draw(st.sampled_from(Pooling)), strides, padding)


@st.composite
def _convolutions(draw: st.DrawFn, shape: Shape) -> Conv2D:
    filters, padding = draw(st.integers(1, 4)), draw(st.sampled_from(Padding))
    height, width = (9 if padding is Padding.SAME else min(side, 9) for side in shape[:2])
    return Conv2D(
        filters,
        draw(pairs((height, width))),
        draw(pairs((4, 4))),
        padding,
        # Keras warns of a softmax over a single filter, which is always 1.
        draw(st.sampled_from([a for a in Activation if a is not Activation.SOFTMAX or filters > 1])),
        draw(st.booleans()),
        draw(st.sampled_from(Initializer)),
        draw(st.sampled_from([0.0, 0.0005])),
    )


@st.composite
def specs(draw: st.DrawFn, *, classifying: bool = False) -> ModelSpec:
    """Draw a valid network with up to three layers of feature maps, of every layer type."""
    layers: list[Layer] = []
    shape = (28, 28, 1)
    for _ in range(draw(st.integers(0 if classifying else 1, 3))):
        layers.append(draw(_convolutions(shape) if draw(st.booleans()) else poolings(shape)))
        layers += draw(_elementwise(layers, 2))
        shape = ModelSpec("", tuple(layers)).shapes[-1]
    if not classifying and draw(st.booleans()):
        return ModelSpec("Random", tuple(layers))
    layers.append(Flatten() if draw(st.booleans()) else GlobalPooling2D(draw(st.sampled_from(GlobalPooling))))
    if not classifying and draw(st.booleans()):
        return ModelSpec("Random", tuple(layers))
    layers += draw(_elementwise(layers, 1))
    if draw(st.booleans()):
        layers.append(Dense(5, draw(st.sampled_from(Activation)), draw(st.booleans())))
        layers += draw(_elementwise(layers, 2))
    layers.append(Dense(10, use_bias=draw(st.booleans())))
    layers += draw(st.sampled_from([[], [ActivationLayer()], [Dropout(), ActivationLayer()]]))
    return ModelSpec("Random", tuple(layers)).with_loss(draw(st.sampled_from(Loss)))
