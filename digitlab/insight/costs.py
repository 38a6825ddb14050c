"""What a network costs beyond single layers: memory, what each kind of layer holds, and what its units see."""

from dataclasses import dataclass
from typing import Final

from digitlab.model.spec import ModelSpec
from digitlab.model.summary import bytes_of

_BYTES_PER_NUMBER: Final = bytes_of((1,))


@dataclass(frozen=True, slots=True)
class Sight:
    """What one value of a layer sees of the input, far from the border.

    Attributes:
        field: Height and width of its receptive field in pixels.
        step: How far the fields of neighbouring values are apart, down and to the right, in pixels.
    """

    field: tuple[int, int]
    step: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shares:
    """The share of the convolutions and of the dense layers in a cost, 0..1; the rest is in other layers.

    Attributes:
        convolutions: Of all layers with filters.
        dense: Of all other layers with a kernel.
    """

    convolutions: float
    dense: float


@dataclass(frozen=True, slots=True)
class CostShares:
    """Where the cost of a network is; see ``Shares``. All are 0 for a cost that the network does not have.

    Attributes:
        parameters: Of the weights and biases.
        memory: Of the outputs of all layers.
        multiply_adds: Of the multiply-adds.
    """

    parameters: Shares
    memory: Shares
    multiply_adds: Shares


def sights(spec: ModelSpec) -> tuple[Sight | None, ...]:
    """Return what a value of each layer sees; None for lists, whose values see everything, and after global pooling.

    Araujo, Norris and Sim 2019, "Computing receptive fields of convolutional neural networks", Distill, equations 1
    and 2: a window of size k adds (k - 1) times the step before it, a stride multiplies the step.

    Raises:
        UnbuildableError: If a layer does not fit.
    """
    seen: list[Sight | None] = []
    (height, width), (down, right) = (1, 1), (1, 1)
    for layer, shape in zip(spec.layers, spec.shapes[1:], strict=True):
        if layer.window is not None:
            rows, columns = layer.window.axes
            height, width = height + (rows.size - 1) * down, width + (columns.size - 1) * right
            down, right = down * rows.stride, right * columns.stride
        seen.append(Sight((height, width), (down, right)) if len(shape) == len(spec.input_shape) else None)
    return tuple(seen)


def left_out(spec: ModelSpec, layer: int) -> tuple[int, int]:
    """Return how many rows at the bottom and columns at the right of its input no window of a layer covers.

    Args:
        spec: The network; it can be built.
        layer: Index of the layer.
    """
    window, shape = spec.layers[layer].window, spec.shapes[layer]
    if window is None:
        return (0, 0)
    spans = zip(window.axes, shape, spec.shapes[layer + 1], strict=False)
    rows, columns = (length - span.sources(slice(0, outputs), length).stop for span, length, outputs in spans)
    return rows, columns


def inference_bytes(spec: ModelSpec) -> int:
    """Return the memory that predicting for one image needs at most at a time, as float32.

    That is all weights, and the largest pair of a layer's input and output; earlier outputs can be dropped.
    """
    largest = max(
        (bytes_of(before) + bytes_of(after) for before, after in zip(spec.shapes, spec.shapes[1:], strict=False)),
        default=bytes_of(spec.input_shape),
    )
    return _BYTES_PER_NUMBER * spec.total_parameters + largest


def training_bytes(spec: ModelSpec, batch_size: int, slots: int) -> int:
    """Return the memory that a training step needs by its arithmetic, as float32; libraries add their own.

    The outputs of all layers are kept for the backward pass, and each has a gradient; each weight has a gradient and
    the optimizer's slots.

    Args:
        spec: The network.
        batch_size: Images per step.
        slots: Numbers that the optimizer keeps for each weight: 0 for SGD, 2 for Adam.
    """
    return 2 * batch_size * spec.activation_bytes + (2 + slots) * _BYTES_PER_NUMBER * spec.total_parameters


def cost_shares(spec: ModelSpec) -> CostShares:
    """Return where the parameters, the memory of the outputs and the multiply-adds of a network are."""
    convolutions = [layer.has_filters for layer in spec.layers]
    dense = [layer.has_kernel and not layer.has_filters for layer in spec.layers]

    def shares(costs: list[int], total: int) -> Shares:
        parts = (
            sum(cost for cost, counts in zip(costs, kind, strict=True) if counts) for kind in (convolutions, dense)
        )
        return Shares(*(part / total if total else 0.0 for part in parts))

    summary = spec.summary()
    work = [row.multiply_adds for row in summary]
    return CostShares(
        shares([row.parameters for row in summary], spec.total_parameters),
        shares([row.activation_bytes for row in summary], spec.activation_bytes),
        shares(work, sum(work)),
    )
