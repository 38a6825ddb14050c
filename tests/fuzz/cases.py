"""A hostile file: how it is made, and which reader reads it."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.fuzz.limits import Ending, Outcome, outcome_of
from tests.fuzz.readers import READERS

_BY_NAME: Final = {reader.name: reader for reader in READERS}


@dataclass(frozen=True, slots=True)
class Case:
    """A hostile file.

    Attributes:
        reader: The name of the reader it is for.
        name: What is wrong with it.
        make: Makes the file.
        is_good: Whether it must be read: it only looks hostile.
    """

    reader: str
    name: str
    make: Callable[[Path], object]
    is_good: bool = False

    @property
    def file_name(self) -> str:
        """The name under which it is given to the reader."""
        return _BY_NAME[self.reader].file_name

    def read(self, path: Path) -> object:
        """Read it."""
        return _BY_NAME[self.reader].read(path)


def of_bytes(reader: str, name: str, content: Callable[[], bytes], *, is_good: bool = False) -> Case:
    return Case(reader, name, lambda path: path.write_bytes(content()), is_good)


def outcome_of_case(case: Case, folder: Path) -> Outcome:
    """Make a file in an empty folder, read it in a process of its own, and remove the folder."""
    folder.mkdir()
    try:
        made = outcome_of(case.make, folder / case.file_name, is_limited=False)  # what it leaves in memory goes with it
        if made.ending is not Ending.RESULT:
            return made
        return outcome_of(case.read, folder / case.file_name)
    finally:
        shutil.rmtree(folder)
