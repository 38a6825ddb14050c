"""Builds a Keras model from a network's specification."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from digitlab.model.layer import Activation, Layer, Pooling
from digitlab.model.layers import Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.spec import INPUT_SHAPE, ModelSpec

if TYPE_CHECKING:
    import keras


def build_keras_model(
    spec: ModelSpec, seed: int | None = None, dropout: float = 0.0, *, for_training: bool = False
) -> "keras.Sequential":
    """Build the network as a Keras ``Sequential`` with fresh weights. Call it in the thread that owns Keras.

    Args:
        spec: The network.
        seed: Seeds Python, NumPy and TensorFlow first, so that the same seed gives the same weights.
        dropout: Share of the last layer's inputs, 0..1, that training leaves out at random (Srivastava et al. 2014,
            "Dropout: a simple way to prevent neural networks from overfitting"). Dropout has no weights and no effect
            outside training.
        for_training: Whether only weights and outputs matter. A ReLU before a max pooling is then applied after it, to
            fewer numbers: the maximum and its gradient are the same either way, bit for bit.

    Raises:
        UnbuildableError: If a layer does not fit.
    """
    import keras

    _ = spec.shapes
    if seed is not None:
        keras.utils.set_random_seed(seed)
    layers = [KERAS[type(layer)](layer, name) for layer, name in zip(spec.layers, spec.layer_names, strict=True)]
    if for_training:
        layers = _with_relu_after_pooling(spec, layers)
    if dropout:
        layers.insert(-1, keras.layers.Dropout(dropout))
    return keras.Sequential([keras.Input(INPUT_SHAPE), *layers])


def _with_relu_after_pooling(spec: ModelSpec, layers: list[Any]) -> list[Any]:
    """Return the Keras layers with each convolution's ReLU moved after the max pooling that follows it."""
    import keras

    moved = list(layers)
    for index in reversed(range(len(layers) - 1)):
        layer, following = spec.layers[index : index + 2]
        if layer.has_filters and layer.activation is Activation.RELU and following.pooling is Pooling.MAX:
            layers[index].activation = keras.activations.linear
            moved.insert(index + 2, keras.layers.ReLU())
    return moved


def _conv2d(layer: Conv2D, name: str) -> "keras.layers.Layer":
    import keras

    return keras.layers.Conv2D(
        layer.filters,
        layer.kernel_size,
        strides=layer.stride,
        padding=layer.padding.value,
        activation=layer.activation.value,
        name=name,
    )


def _pooling2d(layer: Pooling2D, name: str) -> "keras.layers.Layer":
    import keras

    kind = keras.layers.MaxPooling2D if layer.kind is Pooling.MAX else keras.layers.AveragePooling2D
    return kind(layer.size, name=name)


def _flatten(layer: Flatten, name: str) -> "keras.layers.Layer":
    import keras

    del layer
    return keras.layers.Flatten(name=name)


def _dense(layer: Dense, name: str) -> "keras.layers.Layer":
    import keras

    return keras.layers.Dense(layer.units, activation=layer.activation.value, name=name)


KERAS: Final[Mapping[type[Layer], Callable[[Any, str], Any]]] = {
    Conv2D: _conv2d,
    Pooling2D: _pooling2d,
    Flatten: _flatten,
    Dense: _dense,
}
"""For each layer type: (layer, name) to its Keras layer. Keras is imported when one is made."""
