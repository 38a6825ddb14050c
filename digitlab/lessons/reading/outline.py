"""The outline of a Markdown file: a title, steps and their parts, each with the line it begins in."""

import re
from dataclasses import dataclass, field
from typing import Final

from digitlab.lessons.mistakes import Mistakes

_HEADING: Final = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
_MOST_STEPS: Final = 60
_MOST_PARTS: Final = 30
"""Of a step."""


@dataclass(slots=True)
class Section:
    """A part of a file.

    Attributes:
        title: Its heading.
        line: The line of the heading.
        lines: The lines below it, up to the next heading.
        parts: The parts within it.
    """

    title: str
    line: int
    lines: list[str] = field(default_factory=list)
    parts: list["Section"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text, without empty lines at its end."""
        return "\n".join(self.lines).rstrip()

    @property
    def text_line(self) -> int:
        """The line in which the text begins."""
        return self.line + 1


def outline_of(content: str, mistakes: Mistakes) -> Section:
    """Return the outline of a lesson: the lesson with its steps, and their parts.

    Args:
        content: The content of the Markdown file.
        mistakes: Gets what is wrong with it.
    """
    lesson = Section("", 0)
    current = lesson
    for number, line in enumerate(content.splitlines(), start=1):
        found = _HEADING.match(line)
        if found is None:
            current.lines.append(line)
            continue
        level, section = len(found[1]), Section(found[2], number)
        current = _add(lesson, level, section, mistakes)
    if not lesson.title:
        mistakes.add(1, "no title", 'a line "# Title" at the top of the file')
    if not lesson.parts:
        mistakes.add(1, "no steps", 'a line "## Title of the step" for each step')
    return lesson


def _add(lesson: Section, level: int, section: Section, mistakes: Mistakes) -> Section:
    """Add a section where it belongs; returns where the lines below it go."""
    if level == 1 and not lesson.title and not lesson.parts:
        lesson.title, lesson.line, lesson.lines = section.title, section.line, []
        return lesson
    if level == 1:
        mistakes.add(section.line, "a second title", 'one "# Title" at the top; steps begin with "## "')
    elif level == 2 and len(lesson.parts) >= _MOST_STEPS:
        mistakes.add(section.line, f"more than {_MOST_STEPS} steps", "a shorter lesson, or two of them")
    elif level == 2:
        if any(one.title == section.title for one in lesson.parts):
            mistakes.add(section.line, f'a second step "{section.title}"', "a title of its own for each step")
        lesson.parts.append(section)
    elif level == 3 and lesson.parts and len(lesson.parts[-1].parts) >= _MOST_PARTS:
        mistakes.add(section.line, f"more than {_MOST_PARTS} parts of a step", "one question or task in a step")
    elif level == 3 and lesson.parts:
        lesson.parts[-1].parts.append(section)
    else:
        mistakes.add(section.line, f'the heading "{"#" * level} {section.title}"', 'a step "## " or its part "### "')
    return section
