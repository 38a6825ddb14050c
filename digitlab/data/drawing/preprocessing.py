"""The selection of preprocessing steps between a drawing and the network's input."""

from dataclasses import dataclass
from enum import Enum, auto


class Step(Enum):
    """An optional step; the members are in the order of processing.

    ``python -m tests.bench.raster_choices`` measures the effect of each.
    """

    CROP = auto()
    """Crop to the square around the ink. Without it: the whole canvas."""
    BOX = auto()
    """Scale into MNIST's box of 20x20 pixels in the middle of 28x28. Without it: fill all 28x28."""
    PEN = auto()
    """Redraw the strokes with a pen of MNIST's width. Without it: the pen is scaled together with the digit."""
    MASS = auto()
    """Shift the centre of mass to the centre. Without it: the box stays in the middle."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """A selection of steps: all of them, unless some are left out to see their effect.

    Attributes:
        left_out: The steps that are left out.
    """

    left_out: frozenset[Step] = frozenset()

    @property
    def is_complete(self) -> bool:
        """Whether all steps are taken, as in MNIST."""
        return not self.left_out

    def takes(self, step: Step) -> bool:
        """Return whether a step is taken."""
        return step not in self.left_out

    def switched(self, step: Step) -> "Preprocessing":
        """Return the same selection with one step toggled."""
        return Preprocessing(self.left_out ^ {step})


ALL_STEPS = Preprocessing()
"""The preprocessing of MNIST, with which networks are trained; the default."""

NO_STEPS = Preprocessing(frozenset(Step))
"""No preprocessing: the whole canvas, shrunk."""
