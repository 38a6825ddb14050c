"""Rules of thumb for a healthy training: update ratios and dead units."""

from enum import Enum, auto
from typing import Final


class Health(Enum):
    """The rating of a measurement."""

    HEALTHY = auto()
    WATCH = auto()
    """Unusual, but not necessarily a problem."""
    UNHEALTHY = auto()
    UNKNOWN = auto()
    """Nothing was measured."""


IDEAL_UPDATE: Final = 1e-3
"""The update ratio, update size / weight size: "this ratio should be somewhere around 1e-3. If it is lower than this
then the learning rate might be too low. If it is higher then the learning rate is likely too high." (Stanford CS231n,
notes "Learning and Evaluation", ratio of weights to updates.)"""

HEALTHY_UPDATES: Final = (1e-4, 1e-2)
"""A factor of ten on either side of the ideal, as the quotation says "somewhere around"."""

VERY_LARGE_UPDATE: Final = 0.05
"""At this ratio, twenty steps can replace the weights. Measured with the tutorial's network and the built-in digits:
Adam's largest update ratio is 1/30 at a learning rate of 0.001, which works well; at 0.05, where nearly all filters of
the first layer die within ten steps, it is above 1."""

FEW_DEAD: Final = 0.1
"""Share of dead units that is harmless: some units die in most networks (Lu et al. 2019)."""

MANY_DEAD: Final = 0.4
"""Share of dead units that suggests too high a learning rate: "you may find that as much as 40% of your network can be
dead [...] if the learning rate is set too high." (Stanford CS231n, notes "Neural Networks Part 1", on the ReLU.)"""


def health_of_update(ratio: float) -> Health:
    """Rate an update ratio, 0 or more; NaN or infinity if the training diverged."""
    low, high = HEALTHY_UPDATES
    if low <= ratio <= high:
        return Health.HEALTHY
    if 0 < ratio < VERY_LARGE_UPDATE:
        return Health.WATCH
    return Health.UNHEALTHY


def health_of_dead(dead: int, units: int) -> Health:
    """Rate the number of dead units of a layer."""
    share = dead / units
    if share <= FEW_DEAD:
        return Health.HEALTHY
    return Health.WATCH if share < MANY_DEAD else Health.UNHEALTHY
