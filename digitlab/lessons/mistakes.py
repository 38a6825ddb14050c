"""Mistakes in lesson files: where, what was found, and what was expected."""

from dataclasses import dataclass, field
from typing import Final

from digitlab.words.names import one_line

_LONGEST: Final = 240
"""Characters of a text from a file that are repeated in what is said of it."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a lesson file.

    Attributes:
        file: The name of the file.
        line: Its line, from 1.
        found: What was found there.
        expected: What was expected instead.
    """

    file: str
    line: int
    found: str
    expected: str

    def __str__(self) -> str:
        """Return it as one line, with the file and the line first, as compilers do."""
        return f"{self.file}:{self.line}: {self.found}. Expected {self.expected}."


class MistakeError(Exception):
    """What is wrong with one text of a lesson file; the reader adds the file and the line.

    Args:
        found: What was found.
        expected: What was expected instead.
    """

    def __init__(self, found: str, expected: str) -> None:
        """Store both."""
        self.found = found
        self.expected = expected
        super().__init__(f"{found}. Expected {expected}.")


@dataclass(slots=True)
class Mistakes:
    """The mistakes found so far in one file.

    Attributes:
        file: The name of the file.
        found: The mistakes.
    """

    file: str
    found: list[Mistake] = field(default_factory=list)

    def add(self, line: int, found: str, expected: str) -> None:
        """Add a mistake."""
        self.found.append(Mistake(self.file, line, one_line(found, _LONGEST), expected))

    def add_error(self, line: int, error: MistakeError) -> None:
        """Add what is wrong with the text in a line."""
        self.add(line, error.found, error.expected)
