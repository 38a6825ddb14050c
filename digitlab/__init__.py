"""DigitLab: draw digits, train the classic Keras network and look inside it."""

from typing import Final

__version__: Final = "0.1.0"
