"""The size of a digit image and its classes."""

from typing import Final

IMAGE_SIDE: Final = 28
"""Side of a digit image in pixels, as in MNIST."""

LEAST_SIDE: Final = 8
MOST_SIDE: Final = 64
"""The sides of other datasets' images."""

CLASS_COUNT: Final = 10
"""Number of classes: the digits 0 to 9."""


NO_DIGIT: Final = CLASS_COUNT
"""The class "no digit" of networks with an eleventh output."""
