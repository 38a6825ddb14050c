"""The decision from a network's outputs: which digit or class, if any, and how clear it is."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from digitlab.data.classes import DIGITS, Classes
from digitlab.data.drawing.plain_shapes import is_plain_shape
from digitlab.insight.lens import Inspection
from digitlab.model.outputs import class_score, of_classes
from digitlab.system.errors import DigitLabError

# Probabilities, 0..1. Chosen by us.
CONFIDENT_FROM: Final = 0.9
"""From this value, the largest output decides alone."""

PROBABLE_FROM: Final = 0.5
"""From this value, the largest output exceeds all others together."""

BETWEEN_FROM: Final = 0.75
"""From this sum, the two largest outputs leave little for the rest."""

BETWEEN_RATIO: Final = 0.5
"""Two digits compete when the second has at least this share of the first."""

# Of ``Verdict.digit_score``, for networks with an output for "no digit".
DIGIT_FROM: Final = 0.5
"""From this score, the image is more likely a digit than not."""

POSSIBLE_FROM: Final = 0.1
"""Below this score, the verdict is "not a digit"; from here on, the best guess is shown as a possible digit."""

_ROUNDING: Final = 1e-4
"""The sum of float32 softmax outputs differs from 1 by less than this."""


class VerdictKind(Enum):
    """How clear an answer is."""

    EMPTY = auto()
    CONFIDENT = auto()
    PROBABLE = auto()
    BETWEEN = auto()
    UNCERTAIN = auto()
    """No digit stands out."""
    POSSIBLE = auto()
    """More likely no digit, but the user may have meant one."""
    NO_DIGIT = auto()
    SEVERAL = auto()
    """Several digits side by side."""
    MANY = auto()
    """Several digits, but in several lines, or more than are read one by one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one image.

    Attributes:
        kind: How clear it is.
        digits: The digits, from left to right, or the class: none for a blank image or no digit, several for
            ``SEVERAL``, otherwise the best guess alone.
        runner_up: The digit or class with the second largest output; None unless there is exactly one digit.
        digit_score: How much the image looks like a digit at all, 0..1; see ``outputs.class_score``.
    """

    kind: VerdictKind
    digits: tuple[int, ...]
    runner_up: int | None
    digit_score: float

    @classmethod
    def of(cls, outputs: ArrayLike, classes: Classes = DIGITS) -> "Verdict":
        """Decide from the outputs for an image that is not blank.

        Args:
            outputs: One for each class, each 0..1, and optionally another for "no digit". Softmax outputs sum to 1.
                Sigmoid outputs are independent: a sum above 1 is scaled down to 1, a sum below 1 leaves the rest
                undecided.
            classes: What the outputs stand for.

        Raises:
            DigitLabError: If there is another number of outputs.
        """
        values, count = np.asarray(outputs, dtype=np.float64), len(classes)
        if values.shape not in ((count,), (count + 1,)):
            raise DigitLabError(
                f"The outputs have the shape {values.shape}.",
                expected=f"Expected one output for each {classes.noun}, and optionally another for no {classes.noun}.",
            )
        if not np.isfinite(values).all():
            return cls(VerdictKind.UNCERTAIN, (), None, 0.0)
        total = float(values.sum())
        shares = values / total if total > 1.0 + _ROUNDING else values
        can_reject = len(values) > count
        score = min(max(float(class_score(values if can_reject else shares, count)), 0.0), 1.0)
        # Of the values, not of the shares: scaling can round two different outputs to the same share.
        digit, runner_up = (int(index) for index in np.argsort(-of_classes(values, count), kind="stable")[:2])
        kind = _kind(float(shares[digit]), float(shares[runner_up]))
        if can_reject and score < DIGIT_FROM:
            if score < POSSIBLE_FROM:
                return cls(VerdictKind.NO_DIGIT, (), None, score)
            kind = VerdictKind.POSSIBLE
        return cls(kind, (digit,), runner_up, score)

    @classmethod
    def of_inspection(cls, inspection: Inspection) -> "Verdict | None":
        """Decide from what a network computed for an image; None if the network ends in feature maps.

        Blank images and, as no digits, plain shapes are recognised before the outputs are considered.
        """
        if inspection.outputs is None:
            return None
        if inspection.is_blank:
            return cls(VerdictKind.EMPTY, (), None, 0.0)
        return cls.of_image(inspection.image, inspection.outputs, inspection.snapshot.spec.classes)

    @classmethod
    def of_image(cls, image: NDArray[np.uint8], outputs: ArrayLike, classes: Classes = DIGITS) -> "Verdict":
        """Decide from an image that is not blank, shape (side, side), and the outputs for it, as in ``of``."""
        if classes.are_digits and is_plain_shape(image):
            return cls(VerdictKind.NO_DIGIT, (), None, 0.0)
        return cls.of(outputs, classes)

    @property
    def digit(self) -> int | None:
        """The label of the answer or best guess; None if there is none, or several digits."""
        return self.digits[0] if len(self.digits) == 1 else None


def _kind(first: float, second: float) -> VerdictKind:
    if first >= CONFIDENT_FROM:
        return VerdictKind.CONFIDENT
    if first + second >= BETWEEN_FROM and second >= BETWEEN_RATIO * first:
        return VerdictKind.BETWEEN
    if first >= PROBABLE_FROM:
        return VerdictKind.PROBABLE
    return VerdictKind.UNCERTAIN
