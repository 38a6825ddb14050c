"""The table of the methods of attribution, with what each of them can and cannot tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from digitlab.attribution.grad_cam import grad_cam, map_layers
from digitlab.attribution.gradient_maps import gradient, gradient_times_input, integrated_gradients
from digitlab.attribution.occlusion import occlusion
from digitlab.attribution.result import Attribution, MethodId
from digitlab.insight.backward import Target, check_backward
from digitlab.insight.lens import Inspection
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError

Attribute = Callable[[Inspection, Target, Callable[[float], None], Callable[[], bool]], Attribution | None]
"""(inspection, target, progress, is_cancelled) to the map, or None if cancelled; the last two as in ``occlusion``."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of attribution.

    Attributes:
        name: Its name on screen.
        explanation: What it shows, and what it cannot tell.
        check: How the person can check it.
        source: The paper that describes it.
        attribute: Computes it.
        is_live: Whether it, or its first rough map, is fast enough to follow the pen.
        needs_gradients: Whether every layer must have a backward pass.
        needs_convolution: Whether there must be a convolution before the target.
        compares: Whether its target is the difference of two logits.
    """

    name: str
    explanation: str
    check: str
    source: str
    attribute: Attribute
    is_live: bool = False
    needs_gradients: bool = True
    needs_convolution: bool = False
    compares: bool = False


def problem_with(method: Method, spec: ModelSpec, target: Target) -> str | None:
    """Return why a method cannot explain a target of a network, or None if it can."""
    if method.needs_gradients:
        try:
            check_backward(spec, target.layer)
        except DigitLabError as error:
            return str(error)
    if method.needs_convolution and not map_layers(spec, target):
        return "There is no convolution before this value."
    if method.compares and not spec.classifies:
        return "This network has no outputs to compare."
    return None


def two_likeliest(inspection: Inspection) -> tuple[int, int] | None:
    """Return the two digits with the largest outputs, the largest first; None if the network does not classify."""
    probabilities = inspection.probabilities
    if probabilities is None:
        return None
    first, second = np.argsort(-probabilities, kind="stable")[:2].tolist()
    return first, second


METHODS: Final[Mapping[MethodId, Method]] = {
    MethodId.OCCLUSION: Method(
        "Occlusion",
        "Covers the drawing piece by piece and measures how far the value falls (positive, red) or rises (negative, "
        "blue). Every number is an experiment, but with pieces of one size: where other ink says the same, the map "
        "stays pale.",
        "Erase the reddest piece: the value should fall.",
        "Zeiler and Fergus 2014, Visualizing and understanding convolutional networks",
        occlusion,
        needs_gradients=False,
    ),
    MethodId.GRADIENT: Method(
        "Gradient",
        "Shows where a little more ink would raise the value (positive, red) or lower it (negative, blue), on blank "
        "paper too. It holds only for tiny changes, and says nothing about the ink that is already there.",
        "Draw a dot on blank paper where it is red: the value should rise. Where it is blue, it should fall.",
        "Simonyan et al. 2014, Deep inside convolutional networks",
        lambda inspection, target, progress, is_cancelled: gradient(inspection, target),
        is_live=True,
    ),
    MethodId.GRADIENT_TIMES_INPUT: Method(
        "Gradient × input",
        "Shows which ink raises the value (positive, red) or lowers it (negative, blue): the ink of each pixel times "
        "the effect of a tiny bit more. Blank paper always gets 0. Erasing is no tiny change: the numbers can mislead.",
        "Erase a red stroke: the value should fall. Erase a blue one: it should rise.",
        "Shrikumar et al. 2016, Not just a black box",
        lambda inspection, target, progress, is_cancelled: gradient_times_input(inspection, target),
        is_live=True,
    ),
    MethodId.INTEGRATED_GRADIENTS: Method(
        "Integrated gradients",
        "A blank canvas has a value too. This map shares out over the ink how far the drawing raises it: all pixels "
        "add up to that. Blank paper always gets 0, so it cannot tell what a gap contributes.",
        "Erase a red stroke: the value should fall. Erase a blue one: it should rise.",
        "Sundararajan et al. 2017, Axiomatic attribution for deep networks",
        integrated_gradients,
        is_live=True,
    ),
    MethodId.GRAD_CAM: Method(
        "Grad-CAM",
        "Adds up the feature maps that speak for the value: red is the region where they are active. It is coarse, "
        "does not tell neighbouring strokes apart, and leaves out what speaks against the value.",
        "Erase a stroke within the region, then one outside: the first should change the value more.",
        "Selvaraju et al. 2017, Grad-CAM",
        lambda inspection, target, progress, is_cancelled: grad_cam(inspection, target),
        is_live=True,
        needs_convolution=True,
    ),
    MethodId.CONTRAST: Method(
        "Why this and not that",
        "Shares out over the ink how far one digit leads another: positive (red) ink speaks for the first, negative "
        "(blue) ink for the second. It cannot tell where more ink would change that; the gradient can.",
        "Erase red ink: the second digit should catch up. Erase blue ink: the first should lead by more.",
        "Sundararajan et al. 2017, for the difference of two logits",
        partial(integrated_gradients, method=MethodId.CONTRAST),
        is_live=True,
        compares=True,
    ),
}
"""All methods, in the order of the screen."""
