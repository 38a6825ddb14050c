"""Which sheet explains a value, by what its layer can do. Without Qt."""

from collections.abc import Callable
from typing import Final

import numpy as np

from digitlab.gui.explain.sheets.elementwise import elementwise_sheet
from digitlab.gui.explain.sheets.last_steps import cost_sheet, output_sheet
from digitlab.gui.explain.sheets.pooled import copied_sheet, pixel_sheet, pooled_sheet
from digitlab.gui.explain.sheets.sheet import Options, Sheet
from digitlab.gui.explain.sheets.weighted import dense_sheet, filter_sheet
from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place, Step
from digitlab.model.layer import Layer

Maker = Callable[[Inspection, Place, Options], Sheet]
"""A function that makes a sheet."""

_SHEETS: Final[tuple[tuple[Callable[[Layer], bool], Maker], ...]] = (
    (lambda layer: layer.has_filters, filter_sheet),
    (lambda layer: layer.has_kernel, dense_sheet),
    (lambda layer: layer.pooling is not None, pooled_sheet),
    (lambda layer: layer.is_elementwise, elementwise_sheet),
    (lambda _: True, copied_sheet),
)
"""The sheet of the first kind of layer that fits."""


def sheet_of(inspection: Inspection, place: Place, options: Options) -> Sheet:
    """Return the worked sum of a value.

    Args:
        inspection: What a network computed for an image.
        place: A place of that network.
        options: The choices on the sheet.
    """
    # A diverged network has infinite values, and their sums are no numbers: both are shown as such.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        return _maker(inspection, place)(inspection, place, options)


def _maker(inspection: Inspection, place: Place) -> Maker:
    if place.step is Step.COST:
        return cost_sheet
    if place.step is Step.OUTPUT:
        return output_sheet
    if place.layer < 0:
        return pixel_sheet
    layer = inspection.snapshot.spec.layers[place.layer]
    return next(make for fits, make in _SHEETS if fits(layer))
