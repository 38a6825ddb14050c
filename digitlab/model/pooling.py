"""The layers that pool maps."""

from collections.abc import Mapping
from dataclasses import dataclass

from digitlab.model.hyperparameters import Choice, Pair, store_both
from digitlab.model.layer import Box, GlobalPooling, Layer, Padding, Pooling, Shape, UnbuildableError, Window


@dataclass(frozen=True, slots=True)
class Pooling2D(Layer):
    """Pooling.

    Attributes:
        size: Height and width of the window; one number stands for both.
        kind: How a window is reduced to one number.
        strides: Steps of the window, down and to the right; one number stands for both, and None for ``size``.
        padding: What happens at the border. Cells of the padding do not count: the largest and the mean are those of
            the map's own values, and so is the root of their squares.
    """

    size: int | tuple[int, int] = (2, 2)
    kind: Pooling = Pooling.MAX
    strides: int | tuple[int, int] | None = None
    padding: Padding = Padding.VALID

    HYPERPARAMETERS = (
        Choice(
            "kind",
            "Kind",
            "max keeps the strongest activation in each window, average the mean; L2 norm is the square root of the "
            "sum of squares.",
            Pooling,
        ),
        Pair("size", "Size", "Height and width of the window; the map shrinks by these factors.", 1, 14),
        Pair(
            "strides",
            "Stride",
            "How far the window moves between two outputs, down and to the right. Windows are adjacent if it is their "
            "size, and overlap if it is less.",
            1,
            14,
        ),
        Choice(
            "padding",
            "Padding",
            "valid: only whole windows, and a border that is left over is ignored. same: windows may stick out, and "
            "only the cells of the map count.",
            Padding,
        ),
    )
    stem = "pool"
    explanation = "Pooling: each map shrinks to one number for each position of a window."
    unit_word = "map"
    icon = "layer-pooling"

    def __post_init__(self) -> None:
        """Let one number stand for height and width, and the size for the stride, as in Keras."""
        if self.strides is None:
            object.__setattr__(self, "strides", self.size)
        store_both(self, "size", "strides")

    def changed(self, **values: object) -> "Pooling2D":
        """Return the layer with other values; windows that are adjacent stay so, unless the stride is changed too."""
        if self.strides == self.size and "strides" not in values:
            values["strides"] = None
        return super(Pooling2D, self).changed(**values)

    @property
    def window(self) -> Window:
        """The pooling window."""
        return Window.of(self.size, self.strides or self.size, self.padding)

    @property
    def pooling(self) -> Pooling:
        """How a window is reduced to one number."""
        return self.kind

    @property
    def type_name(self) -> str:
        """Keras' name of the layer type."""
        prefixes = {Pooling.MAX: "Max", Pooling.AVERAGE: "Average", Pooling.NORM: "L2Norm"}
        return f"{prefixes[self.kind]}Pooling2D"

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {"pool_size": self.size, "strides": self.strides, "padding": self.padding.value}

    @property
    def title(self) -> str:
        """Kind and size of the window."""
        return f"{self.kind} pool {self.window.text}"

    @property
    def note(self) -> str:
        """What the layer does."""
        return f"{self.kind} of {self.window.text}"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the maps; see ``Layer.output_shape``."""
        channels = input_shape[2] if len(input_shape) == 3 else 0
        return self.window.output_shape(input_shape, channels, "size", "A pooling window")

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the windows in the same channels."""
        return (*self.window.boxes(box, input_shape), box[2])


@dataclass(frozen=True, slots=True)
class GlobalPooling2D(Layer):
    """Pooling over the whole of each map, which gives a flat list of one number for each.

    Lin et al. 2013, "Network in network", section 3.2, replace fully connected layers by global average pooling.

    Attributes:
        kind: How a map is reduced to one number.
    """

    kind: GlobalPooling = GlobalPooling.AVERAGE

    HYPERPARAMETERS = (
        Choice("kind", "Kind", "max keeps the strongest activation of each map, average the mean.", GlobalPooling),
    )
    stem = "globalpool"
    explanation = "Global pooling: each map, whatever its size, becomes one number in a list."
    unit_word = "map"
    icon = "layer-globalpooling"

    @property
    def pooling(self) -> Pooling:
        """How a map is reduced to one number."""
        return Pooling(self.kind.value)

    @property
    def type_name(self) -> str:
        """Keras' name of the layer type."""
        return "GlobalMaxPooling2D" if self.kind is GlobalPooling.MAX else "GlobalAveragePooling2D"

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        """The arguments of the Keras layer; see ``Layer.keras_arguments``."""
        return {}

    @property
    def title(self) -> str:
        """Kind of the pooling."""
        return f"global {self.kind} pool"

    @property
    def note(self) -> str:
        """What the layer does."""
        return f"{self.kind} of each map"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the number of maps; see ``Layer.output_shape``."""
        if len(input_shape) != 3:
            raise UnbuildableError(
                "",
                "Global pooling needs maps, but its input is a flat list.",
                "Put it before the flatten layer, or instead of it.",
            )
        return (input_shape[2],)

    def sources(self, box: Box, input_shape: Shape) -> Box:
        """Return the whole maps of the same channels."""
        return (slice(0, input_shape[0]), slice(0, input_shape[1]), box[0])
