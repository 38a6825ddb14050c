"""Grad-CAM: where the feature maps that speak for a target are active."""

import numpy as np
from numpy.typing import NDArray

from digitlab.attribution.result import Attribution, MethodId
from digitlab.insight.backward import Target, gradients
from digitlab.insight.lens import Inspection
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError


def map_layers(spec: ModelSpec, target: Target) -> tuple[int, ...]:
    """Return the layers before a target whose maps Grad-CAM can weigh: convolutions, after their activation function.

    A normalisation and a function that are layers of their own belong to the convolution before them.
    """
    found: list[int] = []
    for index, layer in enumerate(spec.layers[: target.layer]):
        if layer.has_filters:
            found.append(index)
        elif layer.is_elementwise and found and found[-1] == index - 1:
            found[-1] = index
    return tuple(found)


@np.errstate(over="ignore", invalid="ignore")  # a diverged network gives infinity or NaN
def grad_cam(inspection: Inspection, target: Target, layer: int | None = None) -> Attribution:
    """Weigh the feature maps of a layer by the mean gradient of the target, and add them up.

    Selvaraju et al. 2017, "Grad-CAM: visual explanations from deep networks via gradient-based localization", section
    3. The paper stretches the result over the image; here each of its values is placed at the centre of its receptive
    field, since without padding these centres do not reach the border of the image.

    Args:
        inspection: What a network computed for the drawing.
        target: What is explained.
        layer: Index of a layer of maps before the target; None for the last convolution.

    Returns:
        The map, 0 where the feature maps speak against the target.

    Raises:
        DigitLabError: If there is no convolution before the target, or no backward pass.
    """
    spec = inspection.snapshot.spec
    chosen = map_layers(spec, target)[-1:] if layer is None else (layer,)
    if not chosen:
        raise DigitLabError(
            "There is no convolution before this value.", remedy="Choose a value of a later layer, or another method."
        )
    maps, slopes = inspection.activations[chosen[0] + 1], gradients(inspection, target)[chosen[0] + 1]
    weights = slopes.mean(axis=(0, 1))
    coarse = np.maximum(maps @ weights, np.float32(0))
    rows, columns = (_spread(centres(spec, chosen[0], axis), spec.side) for axis in range(2))
    values = rows @ coarse @ columns.T
    return Attribution(values.astype(np.float32), MethodId.GRAD_CAM, target)


def centres(spec: ModelSpec, layer: int, axis: int) -> NDArray[np.float64]:
    """Return where in the image the middle of each receptive field of a layer of maps is, along an axis.

    Args:
        spec: The network.
        layer: Index of the layer.
        axis: 0 for rows, 1 for columns.

    Returns:
        In pixels, 0 is the middle of the first one; shape (length,), ascending. Fields that reach into the padding
        count as a whole.
    """
    places = np.arange(spec.shapes[layer + 1][axis], dtype=np.float64)
    for index in range(layer, -1, -1):
        described, shape = spec.layers[index], spec.shapes[index]
        if described.window is not None:
            span = described.window.axes[axis]
            places = places * span.stride - span.padding_before(shape[axis]) + (span.size - 1) / 2
            continue
        seen = [described.sources_along(axis, at, shape) for at in range(spec.shapes[index + 1][axis])]
        middles = [(box.start + box.stop - 1) / 2 for box in seen]
        places = np.interp(places, np.arange(len(middles)), middles)
    return places


def _spread(places: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Return the matrix that interpolates values at some places of an axis to its pixels: shape (side, places).

    Beyond the first and the last place the values fade to 0 within the distance of two places.
    """
    distance = max((places[-1] - places[0]) / (len(places) - 1), 1.0) if len(places) > 1 else float(side)
    edged = np.concatenate([[places[0] - distance], places, [places[-1] + distance]])
    pixels = np.arange(side)
    return np.stack([np.interp(pixels, edged, one) for one in np.eye(len(edged))[1:-1]], axis=1)
