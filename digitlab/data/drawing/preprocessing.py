"""Which steps are taken on the way from a drawing to the network's input."""

from dataclasses import dataclass
from enum import Enum, auto


class Step(Enum):
    """A step that can be left out, in the order in which they are taken.

    What each brings is measured by ``python -m tests.bench.raster_choices``.
    """

    CROP = auto()
    """Take the square round the ink. Without it: the whole canvas."""
    BOX = auto()
    """Scale into MNIST's box of 20x20 pixels in the middle of 28x28. Without it: fill all 28x28."""
    PEN = auto()
    """Draw the strokes anew with a pen of MNIST's width. Without it: the pen is scaled together with the digit."""
    MASS = auto()
    """Shift so that the centre of mass lies at the centre. Without it: the box stays in the middle."""


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """The steps that are taken: all, unless some are left out to see what they are good for.

    Attributes:
        left_out: The steps that are not taken.
    """

    left_out: frozenset[Step] = frozenset()

    @property
    def is_complete(self) -> bool:
        """Whether every step is taken, as in MNIST."""
        return not self.left_out

    def takes(self, step: Step) -> bool:
        """Return whether a step is taken."""
        return step not in self.left_out

    def switched(self, step: Step) -> "Preprocessing":
        """Return the same with one step left out, or taken again."""
        return Preprocessing(self.left_out ^ {step})


ALL_STEPS = Preprocessing()
"""As MNIST was made: what networks are trained with, and what every window begins with."""

NO_STEPS = Preprocessing(frozenset(Step))
"""What a plain sketch program does: the whole canvas, shrunk."""
