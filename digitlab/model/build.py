"""Builds a Keras model from a network's specification."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from digitlab.model.layer import Activation, Layer, Pooling
from digitlab.model.spec import ModelSpec

if TYPE_CHECKING:
    import keras


def build_keras_model(
    spec: ModelSpec, seed: int | None = None, dropout: float = 0.0, *, for_training: bool = False
) -> "keras.Sequential":
    """Build the network as a Keras ``Sequential`` with fresh weights. Call it in the thread that owns Keras.

    Args:
        spec: The network.
        seed: Seeds Python, NumPy and TensorFlow first, so that the same seed gives the same weights.
        dropout: Share of the inputs of the last layer with a kernel, 0..1, that training leaves out at random
            (Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting"). Dropout has
            no weights and no effect outside training.
        for_training: Whether only weights and outputs matter. A ReLU before a max pooling is then applied after it, to
            fewer numbers: the maximum and its gradient are the same either way, bit for bit. And a convolution of
            1 x 1 with a stride gets its inputs already thinned out; see ``_with_strides_before``.

    Raises:
        UnbuildableError: If a layer does not fit.
    """
    import keras

    _ = spec.shapes
    if seed is not None:
        keras.utils.set_random_seed(seed)
    layers = [_keras_layer(layer, name) for layer, name in zip(spec.layers, spec.layer_names, strict=True)]
    weighing = layers[spec.last_with_kernel]
    if for_training:
        layers = _with_strides_before(_with_relu_after_pooling(spec, layers))
    if dropout:
        layers.insert(layers.index(weighing), keras.layers.Dropout(dropout, seed=seed, name="recipe_dropout"))
    return keras.Sequential([keras.Input(spec.input_shape), *layers])


def _with_relu_after_pooling(spec: ModelSpec, layers: list[Any]) -> list[Any]:
    """Return the Keras layers with each ReLU moved after the max pooling that follows it."""
    import keras

    moved = list(layers)
    for index in reversed(range(len(layers) - 1)):
        layer, following = spec.layers[index : index + 2]
        if layer.activation is Activation.RELU and following.pooling is Pooling.MAX:
            layers[index].activation = keras.activations.linear
            moved.insert(index + 2, keras.layers.ReLU())
    return moved


def _with_strides_before(layers: list[Any]) -> list[Any]:
    """Return the Keras layers with the stride of each 1 x 1 convolution taken by a pooling of 1 x 1 before it."""
    import keras

    moved: list[Any] = []
    for layer in layers:
        if isinstance(layer, keras.layers.Conv2D) and layer.kernel_size == (1, 1) and layer.strides != (1, 1):
            # WORKAROUND: TensorFlow 2.21 with oneDNN writes outside its memory in conv2d_backprop_filter of such a
            # convolution if the batch has an odd size, and the program crashes.
            moved.append(keras.layers.AveragePooling2D(1, strides=layer.strides))
            layer.strides = (1, 1)
        moved.append(layer)
    return moved


def _keras_layer(layer: Layer, name: str) -> Any:
    """Return a layer's Keras layer."""
    import keras

    own = OWN_TYPES.get(layer.type_name)
    kind = getattr(keras.layers, layer.type_name) if own is None else own()
    return kind(**layer.keras_arguments, name=name)


@cache
def _norm_pooling_type() -> type["keras.layers.Layer"]:
    """Return the Keras layer of L2-norm pooling, which Keras does not have; Keras loads it by its registered name."""
    import keras

    @keras.saving.register_keras_serializable(package="digitlab")
    class L2NormPooling2D(keras.layers.Layer):  # type: ignore[misc]
        """The square root of the sum of squares under a window, for channels last; padding adds nothing to it."""

        def __init__(
            self,
            pool_size: tuple[int, int],
            strides: tuple[int, int] | None = None,
            padding: str = "valid",
            **options: Any,
        ) -> None:
            super().__init__(**options)
            self.pool_size, self.strides, self.padding = tuple(pool_size), tuple(strides or pool_size), padding

        def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
            average = keras.layers.AveragePooling2D(self.pool_size, self.strides, self.padding)
            shape: tuple[int | None, ...] = average.compute_output_shape(input_shape)
            return shape

        def call(self, inputs: Any) -> Any:
            ops = keras.ops
            squares = ops.square(inputs)
            if self.padding == "same":  # Keras would leave the padding out of the average
                sides = zip(inputs.shape[1:3], self.pool_size, self.strides, strict=True)
                missing = [max((-(-side // step) - 1) * step + size - side, 0) for side, size, step in sides]
                squares = ops.pad(squares, [(0, 0), *((count // 2, count - count // 2) for count in missing), (0, 0)])
            means = ops.average_pool(squares, self.pool_size, strides=self.strides, data_format="channels_last")
            # The root has an infinite slope at 0, where the gradient would be NaN; there it is 0 instead.
            is_positive = means > 0
            roots = ops.sqrt(ops.where(is_positive, means, ops.ones_like(means)))
            height, width = self.pool_size
            return (height * width) ** 0.5 * ops.where(is_positive, roots, ops.zeros_like(means))

        def get_config(self) -> dict[str, Any]:
            own = {"pool_size": self.pool_size, "strides": self.strides, "padding": self.padding}
            return {**super().get_config(), **own}

    return L2NormPooling2D


OWN_TYPES: Final[Mapping[str, Callable[[], type["keras.layers.Layer"]]]] = {"L2NormPooling2D": _norm_pooling_type}
"""The Keras layers that Keras does not have, by their name; Keras is imported when one is made."""
