"""What is healthy in a training, by rules of thumb that people who train networks go by."""

from enum import Enum, auto
from typing import Final


class Health(Enum):
    """What to think of a finding."""

    HEALTHY = auto()
    WATCH = auto()
    """Not as it usually is; may be right here."""
    UNHEALTHY = auto()
    UNKNOWN = auto()
    """Nothing was measured."""


IDEAL_UPDATE: Final = 1e-3
"""A step's length, as a share of the weights': "this ratio should be somewhere around 1e-3. If it is lower than this
then the learning rate might be too low. If it is higher then the learning rate is likely too high." (Stanford CS231n,
notes "Learning and Evaluation", ratio of weights to updates.)"""

HEALTHY_UPDATES: Final = (1e-4, 1e-2)
"""A factor of ten on either side of the ideal: "somewhere around" is no narrower than that."""

VERY_LONG_UPDATE: Final = 0.05
"""From here on twenty steps replace the weights. Measured with the tutorial's network and the built-in digits: Adam's
longest steps are 1/30 at a learning rate of 0.001, with which it learns well; at 0.05, where nearly all filters of the
first layer die within ten steps, they are longer than the weights themselves."""

FEW_DEAD: Final = 0.1
"""Share of dead units up to which nothing is lost: some units die in most networks (Lu et al. 2019)."""

MANY_DEAD: Final = 0.4
"""Share of dead units that tells of a learning rate too high: "you may find that as much as 40% of your network can be
dead [...] if the learning rate is set too high." (Stanford CS231n, notes "Neural Networks Part 1", on the ReLU.)"""


def health_of_update(ratio: float) -> Health:
    """Judge the length of a step as a share of the weights' length, 0 or more; NaN or infinity if it broke down."""
    low, high = HEALTHY_UPDATES
    if low <= ratio <= high:
        return Health.HEALTHY
    if 0 < ratio < VERY_LONG_UPDATE:
        return Health.WATCH
    return Health.UNHEALTHY


def health_of_dead(dead: int, units: int) -> Health:
    """Judge how many of a layer's units are dead."""
    share = dead / units
    if share <= FEW_DEAD:
        return Health.HEALTHY
    return Health.WATCH if share < MANY_DEAD else Health.UNHEALTHY
