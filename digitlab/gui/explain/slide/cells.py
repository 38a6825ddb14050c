"""The grids of a sliding window: input with padding, patch, kernel, products and output. Without Qt."""

import numpy as np

from digitlab.gui.maps.cells import Cells
from digitlab.gui.maps.colours import Colours
from digitlab.insight.forward import Array
from digitlab.insight.slide import Position, Slide
from digitlab.model.activations import ACTIVATIONS
from digitlab.model.layer import Pooling


def input_cells(slide: Slide, *, is_image: bool) -> Cells:
    """Return the input map with its padding.

    Args:
        slide: The sliding window.
        is_image: Whether the map is an image with values 0..1, which is shown in grey.
    """
    (above, left), (below, right) = slide.before, slide.after
    sides = ((above, below), (left, right))
    values = np.pad(slide.inputs, sides, constant_values=0.0 if slide.pooling is None else np.nan)
    colours = _colours(slide, is_image=is_image)
    padding = np.pad(np.zeros(slide.inputs.shape, np.bool_), sides, constant_values=True)
    skipped = np.pad(slide.skipped, sides)
    return Cells(
        values,
        colours,
        1.0 if is_image else _largest(slide.inputs),
        padding if padding.any() else None,
        skipped if skipped.any() else None,
    )


def output_cells(slide: Slide) -> Cells:
    """Return the whole output map."""
    is_weighted = slide.pooling is None
    is_signed = ACTIVATIONS[slide.activation].is_signed if is_weighted else bool((slide.inputs < 0).any())
    colours = Colours.DIVERGING if is_signed else Colours.SEQUENTIAL
    return Cells(slide.outputs, colours, _largest(slide.outputs))


def kernel_cells(kernel: Array) -> Cells:
    """Return the weights."""
    return Cells(kernel, Colours.DIVERGING, _largest(kernel))


def patch_cells(slide: Slide, at: Position, row: int, column: int, inputs: Cells) -> Cells:
    """Return the inputs under the window, in the colours of the input map."""
    places = zip((row, column), slide.window.axes, strict=True)
    box = tuple(slice(index * span.stride, index * span.stride + span.size) for index, span in places)
    chosen = None
    if slide.pooling is Pooling.MAX:
        first, second = np.unravel_index(np.nan_to_num(at.patch, nan=-np.inf).argmax(), at.patch.shape)
        chosen = int(first), int(second)
    padding = None if inputs.padding is None else inputs.padding[box]
    return Cells(at.patch, inputs.colours, inputs.limit, padding, None, chosen)


def product_cells(at: Position, inputs: Cells, kernel: Cells) -> Cells:
    """Return the products, in colours that are the same at all positions."""
    assert at.products is not None  # Only for a kernel.
    return Cells(at.products, Colours.DIVERGING, inputs.limit * kernel.limit)


def _colours(slide: Slide, *, is_image: bool) -> Colours:
    if bool((slide.inputs < 0).any()):
        return Colours.DIVERGING
    return Colours.GREY if is_image else Colours.SEQUENTIAL


def _largest(values: Array) -> float:
    """Return the largest absolute value that is finite; 0 if there is none."""
    sizes = np.abs(values[np.isfinite(values)])
    return float(sizes.max()) if sizes.size else 0.0
