"""What every method of attribution returns."""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from digitlab.insight.backward import Target


class MethodId(Enum):
    """The methods of attribution; see ``methods.METHODS``."""

    OCCLUSION = auto()
    GRADIENT = auto()
    GRADIENT_TIMES_INPUT = auto()
    INTEGRATED_GRADIENTS = auto()
    GRAD_CAM = auto()
    CONTRAST = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """What each pixel of a drawing contributes to a target.

    Attributes:
        values: Shape (side, side), float32. Positive where the pixel raises the target, negative where it lowers it.
            The unit is that of the target, except for Grad-CAM, which has none.
        method: How it was computed.
        target: What is explained.
        explained: For integrated gradients how much larger the target is than for a blank canvas, which the values add
            up to; else None.
        completeness_error: By how much the sum of the values misses ``explained``, as a share of it; None without it.
        is_rough: Whether a more exact map of the same drawing follows.
    """

    values: NDArray[np.float32]
    method: MethodId
    target: Target
    explained: float | None = None
    completeness_error: float | None = None
    is_rough: bool = False
