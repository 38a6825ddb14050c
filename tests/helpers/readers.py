"""A network without hidden layers that recognises the built-in digits by template matching."""

import numpy as np

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.raster import render
from digitlab.model.layer import Activation
from digitlab.model.layers import Dense, Flatten
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec

_SHARPNESS = 0.25
_FAR = 35.0
"""Squared distance from which an image counts as a non-digit."""


def template_reader(*, has_no_digit_output: bool) -> Snapshot:
    """Return a network whose outputs fall with the squared distance of an image to each built-in digit, 0 to 9.

    The eleventh output wins where the image is far from all of them.
    """
    images = np.stack(
        [render(builtin_drawing(digit, builtin_styles(digit)[0])).reshape(-1) / 255 for digit in range(10)]
    )
    energy = (images**2).sum(axis=1)
    # A dense layer can compute x·t - |t|²/2, that is -|x - t|²/2 without the term |x|²/2, which ink approximates.
    kernel, bias = images.T, -energy / 2
    if has_no_digit_output:
        ink = (energy / images.sum(axis=1)).mean()
        kernel = np.column_stack([kernel, np.full(784, ink / 2)])
        bias = np.append(bias, -_FAR / 2)
    spec = ModelSpec("Templates", (Flatten(), Dense(len(bias), Activation.SOFTMAX)))
    return Snapshot.of(spec, [kernel * _SHARPNESS, bias * _SHARPNESS])
