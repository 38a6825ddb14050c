"""What the ten outputs say in plain words, and when they say too little."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from digitlab.data.dataset import CLASS_COUNT
from digitlab.errors import DigitLabError
from digitlab.insight.lens import Inspection

# Shares of certainty, 0..1. Chosen by us for the wording, not calibrated.
SURE_FROM: Final = 0.9
"""From here on the largest output alone decides."""

PROBABLE_FROM: Final = 0.5
"""From here on the largest output outweighs all others together."""

BETWEEN_FROM: Final = 0.75
"""From here on the two largest outputs together leave little for the rest."""

BETWEEN_RATIO: Final = 0.5
"""Two digits compete when the second has at least this share of the first."""

_ROUNDING: Final = 1e-4
"""How far float32 softmax outputs may miss the sum of 1, with room to spare."""


class VerdictKind(Enum):
    """How clear an answer is."""

    EMPTY = auto()
    SURE = auto()
    PROBABLE = auto()
    BETWEEN = auto()
    UNSURE = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one image.

    Attributes:
        kind: How clear it is.
        digit: The answer 0..9; None for a blank image and when the network is too unsure.
        runner_up: The digit with the second largest output; None where there is no digit.
        is_digit: How much the image looks like any digit at all, 0..1. This is the baseline, the largest output: a
            network that knows only digits is often sure of a scribble too, and the number is not calibrated.
    """

    kind: VerdictKind
    digit: int | None
    runner_up: int | None
    is_digit: float

    @classmethod
    def of(cls, probabilities: ArrayLike, *, is_blank: bool) -> "Verdict":
        """Judge ten outputs.

        Args:
            probabilities: Shape (10,), each 0..1. Softmax outputs sum to 1. Sigmoid outputs are independent: a sum
                above 1 is scaled down to 1, of a sum below 1 the rest stays with "no digit".
            is_blank: Whether the image has no ink; the outputs then mean nothing.

        Raises:
            DigitLabError: If there are not ten outputs.
        """
        outputs = np.asarray(probabilities, dtype=np.float64)
        if outputs.shape != (CLASS_COUNT,):
            raise DigitLabError(f"There are outputs of shape {outputs.shape}.", expected="Expected one a digit.")
        if is_blank:
            return cls(VerdictKind.EMPTY, None, None, 0.0)
        if not np.isfinite(outputs).all():
            return cls(VerdictKind.UNSURE, None, None, 0.0)
        total = float(outputs.sum())
        shares = outputs / total if total > 1.0 + _ROUNDING else outputs
        digit, runner_up = (int(index) for index in np.argsort(-shares, kind="stable")[:2])
        first, second = float(shares[digit]), float(shares[runner_up])
        kind = _kind(first, second)
        if kind is VerdictKind.UNSURE:
            return cls(kind, None, None, min(first, 1.0))
        return cls(kind, digit, runner_up, min(first, 1.0))

    @classmethod
    def of_inspection(cls, inspection: Inspection) -> "Verdict | None":
        """Judge what a network made of an image; None if the network ends in feature maps."""
        if inspection.probabilities is None:
            return None
        return cls.of(inspection.probabilities, is_blank=inspection.is_blank)

    @property
    def text(self) -> str:
        """The verdict in plain words, to stand beside the digit."""
        match self.kind:
            case VerdictKind.EMPTY:
                return "Draw a digit"
            case VerdictKind.SURE:
                return "sure"
            case VerdictKind.PROBABLE:
                return f"probably {'an' if self.digit == 8 else 'a'} {self.digit}"
            case VerdictKind.BETWEEN:
                return f"between {self.digit} and {self.runner_up}"
            case VerdictKind.UNSURE:
                return "not sure"


def _kind(first: float, second: float) -> VerdictKind:
    if first >= SURE_FROM:
        return VerdictKind.SURE
    if first + second >= BETWEEN_FROM and second >= BETWEEN_RATIO * first:
        return VerdictKind.BETWEEN
    if first >= PROBABLE_FROM:
        return VerdictKind.PROBABLE
    return VerdictKind.UNSURE
