"""The kinds of hyperparameters that layers declare: what their values are, and how files write them."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Hyperparameter(ABC):
    """A hyperparameter of a layer.

    Attributes:
        name: The layer's attribute.
        label: Its label in the editor.
        tooltip: Its description, in one sentence or two.
        is_editable: Whether the editor offers it.
        is_advanced: Whether the editor offers it behind "More".
    """

    name: str
    label: str
    tooltip: str
    is_editable: bool = field(default=True, kw_only=True)
    is_advanced: bool = field(default=False, kw_only=True)

    @abstractmethod
    def read(self, given: object) -> object:
        """Return the value that a file gives as JSON.

        Raises:
            TypeError: If it is of another type.
            ValueError: If it is outside the limits.
        """

    @abstractmethod
    def near(self, value: Any) -> Iterator[Any]:
        """Yield the other values, the nearest first, and of two equally near the smaller one."""

    def nearest(self, texts: tuple[str, ...], value: Any) -> Any:
        """Return the valid value that is nearest to invalid texts.

        Args:
            texts: What was typed for each part of a value.
            value: A valid value, which is returned if the texts are none of this kind.
        """
        del texts
        return value

    def write(self, value: Any) -> object:
        """Return a value as JSON."""
        return value

    def text(self, value: Any) -> str:
        """Return a value in words."""
        return str(value)


@dataclass(frozen=True, slots=True)
class WholeNumber(Hyperparameter):
    """A whole number within limits.

    Attributes:
        minimum: Smallest value.
        maximum: Largest value; bounds memory and time.
    """

    minimum: int
    maximum: int

    def read(self, given: object) -> int:
        """Return the number; see ``Hyperparameter.read``."""
        return _whole(given, self.minimum, self.maximum)

    def nearest(self, texts: tuple[str, ...], value: int) -> int:
        """Return the number within the limits; see ``Hyperparameter.nearest``."""
        return round(_limited(texts[0], value, self.minimum, self.maximum))

    def near(self, value: int) -> Iterator[int]:
        """Yield the other numbers; see ``Hyperparameter.near``."""
        for distance in range(1, self.maximum - self.minimum + 1):
            yield from (one for one in (value - distance, value + distance) if self.minimum <= one <= self.maximum)


@dataclass(frozen=True, slots=True)
class Pair(Hyperparameter):
    """Two whole numbers within the same limits, as a tuple; where one is enough, it stands for both.

    Attributes:
        minimum: Smallest value of each.
        maximum: Largest value of each; bounds memory and time.
        parts: The names of the two.
    """

    minimum: int
    maximum: int
    parts: tuple[str, str] = ("height", "width")

    def read(self, given: object) -> tuple[int, int]:
        """Return both numbers, from one number or a list of two; see ``Hyperparameter.read``."""
        first, second = given if isinstance(given, list) else (given, given)
        return _whole(first, self.minimum, self.maximum), _whole(second, self.minimum, self.maximum)

    def nearest(self, texts: tuple[str, ...], value: tuple[int, int]) -> tuple[int, int]:
        """Return both numbers within the limits; see ``Hyperparameter.nearest``."""
        pairs = zip(texts, value, strict=True)
        first, second = (round(_limited(text, part, self.minimum, self.maximum)) for text, part in pairs)
        return first, second

    def near(self, value: tuple[int, int]) -> Iterator[tuple[int, int]]:
        """Yield pairs of which both numbers, or one, are changed by the same; see ``Hyperparameter.near``."""
        for distance in range(1, self.maximum - self.minimum + 1):
            for change in (-distance, distance):
                for first, second in ((change, change), (change, 0), (0, change)):
                    pair = value[0] + first, value[1] + second
                    if self.minimum <= min(pair) and max(pair) <= self.maximum:
                        yield pair

    def write(self, value: Any) -> object:
        """Return one number if both are equal, else a list of two."""
        first, second = value
        return first if first == second else [first, second]

    def text(self, value: Any) -> str:
        """Return a pair in words, for example ``7 × 3``."""
        return f"{value[0]} × {value[1]}"


@dataclass(frozen=True, slots=True)
class Decimal(Hyperparameter):
    """A number within limits.

    Attributes:
        minimum: Smallest value.
        maximum: Largest value.
        step: What an arrow key in the editor adds.
    """

    minimum: float
    maximum: float
    step: float

    def read(self, given: object) -> float:
        """Return the number; see ``Hyperparameter.read``."""
        if isinstance(given, bool) or not isinstance(given, int | float):
            raise TypeError(self.name)
        if not self.minimum <= given <= self.maximum:
            raise ValueError(self.name)
        return float(given)

    def nearest(self, texts: tuple[str, ...], value: float) -> float:
        """Return the number within the limits; see ``Hyperparameter.nearest``."""
        return _limited(texts[0], value, self.minimum, self.maximum)

    def near(self, value: float) -> Iterator[float]:
        """Yield the numbers that are some steps away; see ``Hyperparameter.near``."""
        for count in range(1, round((self.maximum - self.minimum) / self.step) + 1):
            for other in (round(value - count * self.step, 10), round(value + count * self.step, 10)):
                if self.minimum <= other <= self.maximum:
                    yield other


@dataclass(frozen=True, slots=True)
class Flag(Hyperparameter):
    """Yes or no."""

    def read(self, given: object) -> bool:
        """Return the flag; see ``Hyperparameter.read``."""
        if not isinstance(given, bool):
            raise TypeError(self.name)
        return given

    def near(self, value: bool) -> Iterator[bool]:
        """Yield the other one."""
        yield not value

    def text(self, value: Any) -> str:
        """Return the flag in words."""
        return "yes" if value else "no"


@dataclass(frozen=True, slots=True)
class Choice(Hyperparameter):
    """One of a few named options.

    Attributes:
        options: The options.
        names: Their names in words, where these are not the options themselves.
    """

    options: type[StrEnum]
    names: Mapping[Any, str] = field(default_factory=dict, kw_only=True, hash=False)

    def read(self, given: object) -> StrEnum:
        """Return the option with a name; see ``Hyperparameter.read``."""
        return self.options(given)  # type: ignore[arg-type]  # refuses anything but the name of an option

    def near(self, value: StrEnum) -> Iterator[StrEnum]:
        """Yield the other options."""
        return (option for option in self.options if option is not value)

    def write(self, value: Any) -> object:
        """Return an option as files name it."""
        return str(value)

    def text(self, value: Any) -> str:
        """Return an option in words."""
        return self.names.get(value, str(value))


def both(value: int | tuple[int, int]) -> tuple[int, int]:
    """Return a pair, of a number that stands for both or of two numbers, as Keras does."""
    if isinstance(value, int):
        return value, value
    first, second = value
    return first, second


def store_both(layer: object, *names: str) -> None:
    """Store fields of a new frozen layer as pairs; see ``both``."""
    for name in names:
        object.__setattr__(layer, name, both(getattr(layer, name)))


def _whole(given: object, minimum: int, maximum: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int):
        raise TypeError
    if not minimum <= given <= maximum:
        raise ValueError
    return given


def _limited(text: str, value: float, minimum: float, maximum: float) -> float:
    """Return the number in a text within limits, or a value if there is none."""
    try:
        number = float(text.replace(",", ".").replace("−", "-"))
    except ValueError:
        return value
    return value if math.isnan(number) else min(max(number, minimum), maximum)
