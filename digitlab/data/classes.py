"""The classes of a dataset or network: what its labels and outputs stand for."""

from dataclasses import dataclass
from typing import Final

from digitlab.data.digit import CLASS_COUNT
from digitlab.system.errors import DigitLabError
from digitlab.system.visible import visible

MOST_CLASSES: Final = 64
"""Largest number of classes."""

LONGEST_NAME: Final = 40
"""Characters of the longest name of a class."""

_SYMBOL_LENGTH: Final = 2
"""Characters of a name that is its own symbol."""


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes, in the order of the labels: 0 is the first.

    Attributes:
        names: Their names, each different and not empty.
    """

    names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the names.

        Raises:
            DigitLabError: If there are too few or too many, or two are the same, or one is empty or too long.
        """
        if not 2 <= len(self.names) <= MOST_CLASSES:
            raise DigitLabError(
                f"There {'is' if len(self.names) == 1 else 'are'} {len(self.names)} "
                f"{'class' if len(self.names) == 1 else 'classes'}.",
                expected=f"Expected 2 to {MOST_CLASSES}.",
            )
        for name in self.names:
            if not 1 <= len(name) <= LONGEST_NAME or name != name.strip() or not name.isprintable():
                raise DigitLabError(
                    f"A class has the name “{visible(name[:LONGEST_NAME])}”.",
                    expected=f"Expected 1 to {LONGEST_NAME} characters on one line.",
                )
        if len(set(self.names)) < len(self.names):
            twice = next(name for nth, name in enumerate(self.names) if name in self.names[:nth])
            raise DigitLabError(f"Two classes have the name “{twice}”.", expected="Expected a different name for each.")

    def __len__(self) -> int:
        """Return the number of classes."""
        return len(self.names)

    @property
    def are_digits(self) -> bool:
        """Whether they are the digits 0 to 9."""
        return self.names == DIGITS.names

    @property
    def noun(self) -> str:
        """What one of them is called: "digit", or "class" for others."""
        return "digit" if self.are_digits else "class"

    @property
    def nouns(self) -> str:
        """What several of them are called."""
        return "digits" if self.are_digits else "classes"

    @property
    def with_article(self) -> str:
        """What one of them is called, with the article: "a digit", or "one of 26 classes"."""
        return "a digit" if self.are_digits else f"one of {len(self.names)} classes"

    def name(self, index: int) -> str:
        """Return the name of an output; the one after the last class is "no digit"."""
        return self.names[index] if index < len(self.names) else f"no {self.noun}"

    def symbol(self, index: int) -> str:
        """Return the name of an output in one or two characters: the number of a class with a longer name."""
        if index >= len(self.names):
            return "–"
        name = self.names[index]
        return name if len(name) <= _SYMBOL_LENGTH else str(index)

    def shown(self, index: int) -> str:
        """Return a class within a sentence: "digit 3", or the name alone."""
        name = self.name(index)
        return f"digit {name}" if self.are_digits and index < len(self.names) else name


DIGITS: Final = Classes(tuple(str(digit) for digit in range(CLASS_COUNT)))
"""The digits 0 to 9."""
