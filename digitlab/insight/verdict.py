"""The decision that a network's outputs stand for: which digit, and whether it is clear enough to be called one."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.plain_shapes import is_plain_shape
from digitlab.insight.lens import Inspection
from digitlab.model.outputs import digit_score
from digitlab.system.errors import DigitLabError

# Probabilities, 0..1. Chosen by us.
CONFIDENT_FROM: Final = 0.9
"""From here on the largest output alone decides."""

PROBABLE_FROM: Final = 0.5
"""From here on the largest output outweighs all others together."""

BETWEEN_FROM: Final = 0.75
"""From here on the two largest outputs together leave little for the rest."""

BETWEEN_RATIO: Final = 0.5
"""Two digits compete when the second has at least this share of the first."""

# Of ``Verdict.digit_score``, for networks with an output for "no digit".
DIGIT_FROM: Final = 0.5
"""From here on the image is more likely a digit than not."""

POSSIBLE_FROM: Final = 0.1
"""Below this an image is called no digit; from here on the best guess is shown as a possible one."""

_ROUNDING: Final = 1e-4
"""Float32 softmax outputs miss the sum of 1 by less than this."""


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


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one image.

    Attributes:
        kind: How clear it is.
        digits: What was read, from left to right: nothing on a blank image and where there is no digit, several digits
            for ``SEVERAL``, else the best guess alone.
        runner_up: The digit with the second largest output; None where there is not one answer.
        digit_score: How much the image looks like a digit at all, 0..1; see ``outputs.digit_score``.
    """

    kind: VerdictKind
    digits: tuple[int, ...]
    runner_up: int | None
    digit_score: float

    @classmethod
    def of(cls, outputs: ArrayLike) -> "Verdict":
        """Decide from the outputs for an image that is not blank.

        Args:
            outputs: Shape (10,) or (11,), each 0..1; the eleventh is "no digit". Softmax outputs sum to 1. Sigmoid
                outputs are independent: a sum above 1 is scaled down to 1, a sum below 1 leaves the rest undecided.

        Raises:
            DigitLabError: If there are neither ten nor eleven outputs.
        """
        values = np.asarray(outputs, dtype=np.float64)
        if values.shape not in ((CLASS_COUNT,), (CLASS_COUNT + 1,)):
            raise DigitLabError(
                f"There are outputs of shape {values.shape}.",
                expected="Expected one for each digit, and perhaps an eleventh for no digit.",
            )
        if not np.isfinite(values).all():
            return cls(VerdictKind.UNCERTAIN, (), None, 0.0)
        total = float(values.sum())
        shares = values / total if total > 1.0 + _ROUNDING else values
        can_reject = len(values) > CLASS_COUNT
        score = min(max(float(digit_score(values if can_reject else shares)), 0.0), 1.0)
        digit, runner_up = (int(index) for index in np.argsort(-shares[:CLASS_COUNT], kind="stable")[:2])
        kind = _kind(float(shares[digit]), float(shares[runner_up]))
        if can_reject and score < DIGIT_FROM:
            if score < POSSIBLE_FROM:
                return cls(VerdictKind.NO_DIGIT, (), None, score)
            kind = VerdictKind.POSSIBLE
        return cls(kind, (digit,), runner_up, score)

    @classmethod
    def of_inspection(cls, inspection: Inspection) -> "Verdict | None":
        """Decide from what a network computed for an image; None if the network ends in feature maps.

        Blank images and the plainest shapes are recognised before the outputs are looked at.
        """
        if inspection.outputs is None:
            return None
        if inspection.is_blank:
            return cls(VerdictKind.EMPTY, (), None, 0.0)
        if is_plain_shape(inspection.image):
            return cls(VerdictKind.NO_DIGIT, (), None, 0.0)
        return cls.of(inspection.outputs)

    @property
    def digit(self) -> int | None:
        """The answer 0..9, or the best guess; None without one, and for several."""
        return self.digits[0] if len(self.digits) == 1 else None


def _kind(first: float, second: float) -> VerdictKind:
    if first >= CONFIDENT_FROM:
        return VerdictKind.CONFIDENT
    if first + second >= BETWEEN_FROM and second >= BETWEEN_RATIO * first:
        return VerdictKind.BETWEEN
    if first >= PROBABLE_FROM:
        return VerdictKind.PROBABLE
    return VerdictKind.UNCERTAIN
