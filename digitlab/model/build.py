"""From a network's value to a Keras model and back."""

from typing import TYPE_CHECKING, Any

from digitlab.model.layers import Conv2D, Dense, Flatten, Layer, Pooling, Pooling2D
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
            "Dropout: a simple way to prevent neural networks from overfitting"). It has no weights and answers nothing.
        for_training: Whether only weights and outputs matter: then a ReLU that comes before a max pooling is taken
            after it, of fewer numbers. The greatest of some is the same either way, and so is where its gradient goes,
            bit for bit.

    Raises:
        UnbuildableError: If a layer does not fit.
    """
    import keras

    _ = spec.shapes
    if seed is not None:
        keras.utils.set_random_seed(seed)
    layers = [_keras_layer(layer, name) for layer, name in zip(spec.layers, spec.layer_names, strict=True)]
    if for_training:
        layers = _with_relu_after_pooling(layers)
    if dropout:
        layers.insert(-1, keras.layers.Dropout(dropout))
    return keras.Sequential([keras.Input(INPUT_SHAPE), *layers])


def _with_relu_after_pooling(layers: list[Any]) -> list[Any]:
    """Return the layers with each convolution's ReLU behind the max pooling that follows it."""
    import keras

    moved = list(layers)
    for index in reversed(range(len(layers) - 1)):
        convolution, pooling = layers[index : index + 2]
        if (
            isinstance(convolution, keras.layers.Conv2D)
            and convolution.activation is keras.activations.relu
            and isinstance(pooling, keras.layers.MaxPooling2D)
        ):
            convolution.activation = keras.activations.linear
            moved.insert(index + 2, keras.layers.ReLU())
    return moved


def _keras_layer(layer: Layer, name: str) -> Any:
    import keras

    match layer:
        case Conv2D():
            return keras.layers.Conv2D(
                layer.filters,
                layer.kernel_size,
                strides=layer.stride,
                padding=layer.padding.value,
                activation=layer.activation.value,
                name=name,
            )
        case Pooling2D(kind=Pooling.MAX):
            return keras.layers.MaxPooling2D(layer.size, name=name)
        case Pooling2D():
            return keras.layers.AveragePooling2D(layer.size, name=name)
        case Flatten():
            return keras.layers.Flatten(name=name)
        case Dense():
            return keras.layers.Dense(layer.units, activation=layer.activation.value, name=name)
        case _:
            raise TypeError(f"{type(layer).__name__} has no Keras layer")
