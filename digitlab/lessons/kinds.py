"""The kinds of values that measures have, and each kind as text."""

from enum import Enum

from digitlab.words.numbers import dimensions, number, percent, probability

Value = int | float | str | bool | tuple[int, ...]


class Kind(Enum):
    """What a value is; the value of each is its name with the article."""

    WHOLE = "a whole number"
    NUMBER = "a number"
    SHARE = "a share"
    """0..1, written in percent."""
    PROBABILITY = "a probability"
    """An output of softmax or sigmoid, written in percent but never as 0 or 100."""
    SHAPE = "a shape"
    TEXT = "a text"
    TRUTH = "a condition"
    LAYER = "a layer"

    @property
    def is_number(self) -> bool:
        """Whether one can compute with it."""
        return self in NUMBERS


_SHARE_DECIMALS = 6
"""A sum of float32 shares has no more reliable decimals."""

_LARGEST_WHOLE = 1e7
"""Larger numbers are written with an exponent."""

NUMBERS = frozenset({Kind.WHOLE, Kind.NUMBER, Kind.SHARE, Kind.PROBABILITY})


def text_of(value: Value, kind: Kind) -> str:
    """Return a value as a lesson's text has it: ``1,024``, ``24 × 24 × 32``, ``98.1 %``, ``−0.0200``."""
    if isinstance(value, tuple):
        return dimensions(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if kind is Kind.PROBABILITY:
        return probability(value)
    if kind is Kind.SHARE:
        return percent(round(value, _SHARE_DECIMALS))
    if isinstance(value, int) or (value.is_integer() and abs(value) < _LARGEST_WHOLE):
        return f"{int(value):,}".replace("-", "−")
    return number(value)
