"""What is asked: a method, and the value that it explains. Without Qt."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from digitlab.attribution.grad_cam import grad_cam, map_layers
from digitlab.attribution.gradient_maps import integrated_gradients
from digitlab.attribution.methods import METHODS
from digitlab.attribution.occlusion import PATCH_SIZE, occlusion
from digitlab.attribution.result import Attribution, MethodId
from digitlab.data.drawing.raster import Placement
from digitlab.insight.backward import Target
from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place, Step
from digitlab.model.spec import ModelSpec

PATCH_SIZES: Final = (3, PATCH_SIZE, 7, 9)
"""Sides of the patch of occlusion, in pixels."""


@dataclass(frozen=True, slots=True)
class Task:
    """A map to compute.

    Attributes:
        method: The method.
        target: What is explained.
        patch: Side of the patch of occlusion, in pixels.
        layer: Index of the convolution of Grad-CAM; None for the last one.
    """

    method: MethodId
    target: Target
    patch: int = PATCH_SIZE
    layer: int | None = None

    def attribute(
        self,
        inspection: Inspection,
        progress: Callable[[float], None],
        rough: Callable[[Attribution], None],
        is_cancelled: Callable[[], bool],
    ) -> Attribution | None:
        """Compute the map; None if cancelled.

        Args:
            inspection: What the network computed for the drawing.
            progress: Called with the completed share, 0..1.
            rough: Called with less exact maps before; by the methods that begin with one.
            is_cancelled: Called now and then.
        """
        match self.method:
            case MethodId.INTEGRATED_GRADIENTS | MethodId.CONTRAST:
                return integrated_gradients(
                    inspection, self.target, progress, is_cancelled, rough=rough, method=self.method
                )
            case MethodId.OCCLUSION:
                return occlusion(inspection, self.target, progress, is_cancelled, size=self.patch)
            case MethodId.GRAD_CAM:
                return grad_cam(inspection, self.target, self.layer)
        return METHODS[self.method].attribute(inspection, self.target, progress, is_cancelled)


@dataclass(frozen=True, slots=True, eq=False)
class Inquiry:
    """Maps of one drawing to compute.

    Attributes:
        inspection: What the network computed for the drawing.
        placement: Where the drawing is in the image; None if that is unknown.
        tasks: The maps; the first is the one shown large.
    """

    inspection: Inspection
    placement: Placement | None
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """One map, computed.

    Attributes:
        inquiry: What was asked.
        task: Which of its maps.
        attribution: The map.
    """

    inquiry: Inquiry
    task: Task
    attribution: Attribution

    @property
    def value(self) -> float:
        """The value that is explained."""
        inspection, target = self.inquiry.inspection, self.task.target
        source = inspection.sums[target.layer] if target.of_sums else inspection.activations[target.layer + 1]
        return float(target.value(source))


@dataclass(frozen=True, slots=True)
class Question:
    """What the person chose.

    Attributes:
        method: The method.
        digit: The digit, or "no digit", that is explained; None for the largest output, in a pair of the digits.
        rival: What it is compared with; None for the likeliest of the other digits.
        is_place: Whether the place of Explain is explained instead of a digit, where no digits are compared.
        patch: Side of the patch of occlusion, in pixels.
        layer: Index of the convolution of Grad-CAM; None for the last one.
    """

    method: MethodId = MethodId.GRADIENT_TIMES_INPUT
    digit: int | None = None
    rival: int | None = None
    is_place: bool = False
    patch: int = PATCH_SIZE
    layer: int | None = None

    def pair(self, inspection: Inspection) -> tuple[int, int]:
        """Return the digit and its rival, "no digit" only if it was chosen; the network must classify."""
        probabilities = inspection.probabilities
        assert probabilities is not None
        order = np.argsort(-probabilities, kind="stable").tolist()
        digit, rival = (self._known(chosen, inspection) for chosen in (self.digit, self.rival))
        first = next(one for one in order if one != rival) if digit is None else digit
        second = next(one for one in order if one != first) if rival in (None, first) else rival
        return first, second

    def swapped(self, inspection: Inspection) -> "Question":
        """Return the question with the two digits exchanged."""
        digit, rival = self.pair(inspection)
        return replace(self, digit=rival, rival=digit)

    def answer(self, inspection: Inspection) -> int:
        """Return the output that is explained: of a digit, or "no digit"; the network must classify."""
        assert inspection.outputs is not None
        known = self._known(self.digit, inspection)
        return int(inspection.outputs.argmax()) if known is None else known

    @staticmethod
    def _known(digit: int | None, inspection: Inspection) -> int | None:
        """Return a chosen output if the network has it."""
        return digit if digit is not None and digit < inspection.snapshot.spec.class_count else None

    def explains_place(self, spec: ModelSpec, method: MethodId) -> bool:
        """Return whether a method explains the place of Explain, and no digit."""
        return not spec.classifies or (self.is_place and not METHODS[method].compares)

    def target(self, inspection: Inspection, place: Place, method: MethodId) -> Target:
        """Return what a method explains.

        Args:
            inspection: What the network computed for the drawing.
            place: The place of Explain, within the network.
            method: The method; one that compares needs a network that classifies.
        """
        spec = inspection.snapshot.spec
        if self.explains_place(spec, method):
            return Target.at(spec, explained_place(place))
        if METHODS[method].compares:
            return Target.difference(spec, *self.pair(inspection))
        return Target.logit(spec, self.answer(inspection))

    def task(self, inspection: Inspection, place: Place, method: MethodId) -> Task:
        """Return the map to compute for a method; see ``target``."""
        target = self.target(inspection, place, method)
        layer = self.layer if self.layer in map_layers(inspection.snapshot.spec, target) else None
        return Task(method, target, self.patch, layer)


def explained_place(place: Place) -> Place:
    """Return a place, or the output from which it is computed if it is a cost."""
    return replace(place, step=Step.OUTPUT) if place.step is Step.COST else place
