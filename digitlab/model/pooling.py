"""The layers that pool maps."""

from collections.abc import Mapping
from dataclasses import dataclass

from digitlab.model.hyperparameters import Choice, WholeNumber
from digitlab.model.layer import Box, GlobalPooling, Layer, Padding, Pooling, Shape, UnbuildableError, Window


@dataclass(frozen=True, slots=True)
class Pooling2D(Layer):
    """Pooling with adjacent windows that do not overlap.

    Attributes:
        size: Side of the window, which is also its stride.
        kind: How a window is reduced to one number.
    """

    size: int = 2
    kind: Pooling = Pooling.MAX

    HYPERPARAMETERS = (
        Choice(
            "kind",
            "Kind",
            "max keeps the strongest activation in each window, average the mean; L2 norm is the square root of the "
            "sum of squares.",
            Pooling,
        ),
        WholeNumber("size", "Size", "Side of the window; the map shrinks by this factor.", 1, 14),
    )
    stem = "pool"
    explanation = "Pooling: each map shrinks to one number for each window; windows are adjacent and do not overlap."
    unit_word = "map"
    icon = "layer-pooling"

    @property
    def window(self) -> Window:
        """The pooling window."""
        return Window(self.size, self.size, Padding.VALID)

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
        return {"pool_size": self.size}

    @property
    def title(self) -> str:
        """Kind and size of the window."""
        return f"{self.kind} pool {self.size} × {self.size}"

    @property
    def note(self) -> str:
        """What the layer does."""
        return f"{self.kind} of {self.size} × {self.size}"

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
