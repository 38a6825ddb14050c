"""What the outputs say in plain words, and when they say too little."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.plain_shapes import is_plain_shape
from digitlab.insight.lens import Inspection
from digitlab.model.outputs import digit_share
from digitlab.system.errors import DigitLabError

# Shares of certainty, 0..1. Chosen by us for the wording.
CONFIDENT_FROM: Final = 0.9
"""From here on the largest output alone decides."""

PROBABLE_FROM: Final = 0.5
"""From here on the largest output outweighs all others together."""

BETWEEN_FROM: Final = 0.75
"""From here on the two largest outputs together leave little for the rest."""

BETWEEN_RATIO: Final = 0.5
"""Two digits compete when the second has at least this share of the first."""

# Of ``Verdict.is_digit``, for networks that know what is no digit.
DIGIT_FROM: Final = 0.5
"""From here on the image is more likely a digit than none."""

HARDLY_FROM: Final = 0.1
"""Below this an image is called no digit; from here on the best guess is told, as a doubtful one."""

_ROUNDING: Final = 1e-4
"""How far float32 softmax outputs may miss the sum of 1, with room to spare."""


class VerdictKind(Enum):
    """How clear an answer is."""

    EMPTY = auto()
    CONFIDENT = auto()
    PROBABLE = auto()
    BETWEEN = auto()
    UNCERTAIN = auto()
    """No digit stands out."""
    HARDLY = auto()
    """Rather no digit, but the person may have meant one."""
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
        is_digit: How much the image looks like a digit at all, 0..1. Networks with eleven outputs learn it. With ten
            it is the baseline, the largest output, which is not calibrated.
    """

    kind: VerdictKind
    digits: tuple[int, ...]
    runner_up: int | None
    is_digit: float

    @classmethod
    def of(cls, outputs: ArrayLike) -> "Verdict":
        """Judge the outputs for an image that is not blank.

        Args:
            outputs: Shape (10,) or (11,), each 0..1; the eleventh is "no digit". Softmax outputs sum to 1. Sigmoid
                outputs are independent: a sum above 1 is scaled down to 1, of a sum below 1 the rest is doubt.

        Raises:
            DigitLabError: If there are neither ten nor eleven outputs.
        """
        values = np.asarray(outputs, dtype=np.float64)
        if values.shape not in ((CLASS_COUNT,), (CLASS_COUNT + 1,)):
            raise DigitLabError(
                f"There are outputs of shape {values.shape}.",
                expected="Expected one a digit, and perhaps an eleventh for no digit.",
            )
        if not np.isfinite(values).all():
            return cls(VerdictKind.UNCERTAIN, (), None, 0.0)
        total = float(values.sum())
        shares = values / total if total > 1.0 + _ROUNDING else values
        knows_no_digit = len(values) > CLASS_COUNT
        is_digit = min(max(float(digit_share(values if knows_no_digit else shares)), 0.0), 1.0)
        digit, runner_up = (int(index) for index in np.argsort(-shares[:CLASS_COUNT], kind="stable")[:2])
        kind = _kind(float(shares[digit]), float(shares[runner_up]))
        if knows_no_digit and is_digit < DIGIT_FROM:
            if is_digit < HARDLY_FROM:
                return cls(VerdictKind.NO_DIGIT, (), None, is_digit)
            kind = VerdictKind.HARDLY
        return cls(kind, (digit,), runner_up, is_digit)

    @classmethod
    def of_inspection(cls, inspection: Inspection) -> "Verdict | None":
        """Judge what a network made of an image; None if the network ends in feature maps.

        A blank image and the plainest shapes are told apart before the network is asked.
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

    @property
    def text(self) -> str:
        """The verdict in plain words, to stand beside the digit."""
        match self.kind:
            case VerdictKind.EMPTY:
                return "Draw a digit"
            case VerdictKind.CONFIDENT:
                return "sure"
            case VerdictKind.PROBABLE:
                return f"probably {with_article(self.digits[0])}"
            case VerdictKind.BETWEEN:
                return f"between {self.digits[0]} and {self.runner_up}"
            case VerdictKind.UNCERTAIN:
                return "not sure"
            case VerdictKind.HARDLY:
                return f"hardly {with_article(self.digits[0])}"
            case VerdictKind.NO_DIGIT:
                return "not a digit I know"
            case VerdictKind.SEVERAL:
                *first, last = (str(digit) for digit in self.digits)
                return f"several digits: {', '.join(first)} and {last}"


def with_article(digit: int) -> str:
    """Return a digit as it is spoken of: "a 4", "an 8"."""
    return f"{'an' if digit == 8 else 'a'} {digit}"


def _kind(first: float, second: float) -> VerdictKind:
    if first >= CONFIDENT_FROM:
        return VerdictKind.CONFIDENT
    if first + second >= BETWEEN_FROM and second >= BETWEEN_RATIO * first:
        return VerdictKind.BETWEEN
    if first >= PROBABLE_FROM:
        return VerdictKind.PROBABLE
    return VerdictKind.UNCERTAIN
