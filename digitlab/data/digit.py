"""What a digit image is: its size and its classes."""

from typing import Final

IMAGE_SIDE: Final = 28
"""Side of a digit image in pixels, as in MNIST."""


CLASS_COUNT: Final = 10
"""Number of classes: the digits 0 to 9."""


NO_DIGIT: Final = CLASS_COUNT
"""Class of an image that shows no digit, for networks that learn it as an eleventh output."""
