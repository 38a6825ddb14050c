"""The lessons that come with DigitLab."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from digitlab.lessons.mistakes import Mistakes
from digitlab.lessons.reading.outline import outline_of
from digitlab.lessons.reading.reader import TEXT_SUFFIX, read_texts
from digitlab.system.assets import resources_folder

LANGUAGE: Final = "en"


@dataclass(frozen=True, slots=True)
class Headline:
    """A lesson in the list of lessons.

    Attributes:
        path: Its Markdown file.
        title: Its title.
        summary: What it is about.
        steps: The number of its steps.
    """

    path: Path
    title: str
    summary: str
    steps: int

    @property
    def name(self) -> str:
        """The name under which progress is kept."""
        return self.path.stem


def lessons_folder() -> Path:
    """Return the folder of the lessons."""
    return resources_folder() / "lessons" / LANGUAGE


@lru_cache(maxsize=1)
def shipped_lessons() -> tuple[Headline, ...]:
    """Return the lessons in their order.

    Raises:
        DigitLabError: If one cannot be read.
    """
    return tuple(headline_of(path) for path in sorted(lessons_folder().glob(f"*{TEXT_SUFFIX}")))


def headline_of(path: Path) -> Headline:
    """Return a lesson's entry in the list, without reading all of it.

    Raises:
        DigitLabError: If its Markdown file cannot be read.
    """
    outline = outline_of(read_texts(path), Mistakes(path.name))
    return Headline(path, outline.title or path.stem, " ".join(outline.text.split()), len(outline.parts))
