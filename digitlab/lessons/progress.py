"""How far a person has come in each lesson, and its form in the settings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

_MOST_LESSONS: Final = 200
_MOST_STEPS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one lesson is.

    Attributes:
        step: The step on screen, from 0.
        seen: The steps that were on screen.
        solved: The steps whose question was answered correctly, or whose task was done, without having it shown.
    """

    step: int = 0
    seen: frozenset[int] = frozenset()
    solved: frozenset[int] = frozenset()

    def at(self, step: int) -> "Progress":
        """Return the progress with a step on screen."""
        return replace(self, step=step, seen=self.seen | {step})

    def with_solved(self, step: int) -> "Progress":
        """Return the progress with a solved step."""
        return replace(self, solved=self.solved | {step})

    def is_complete(self, steps: int) -> bool:
        """Return whether all steps of a lesson were on screen."""
        return set(range(steps)) <= self.seen


@dataclass(frozen=True, slots=True)
class AllProgress:
    """How far all lessons are.

    Attributes:
        by_lesson: The progress of each lesson that was begun, by its name.
    """

    by_lesson: Mapping[str, Progress] = field(default_factory=dict)

    def of(self, lesson: str) -> Progress:
        """Return the progress of a lesson."""
        return self.by_lesson.get(lesson, Progress())

    def with_lesson(self, lesson: str, progress: Progress) -> "AllProgress":
        """Return the progress of all with that of one lesson changed."""
        return AllProgress({**self.by_lesson, lesson: progress})

    def texts(self) -> tuple[str, ...]:
        """Return it as texts for the settings: ``01-what-a-cnn-is: 3; 0 1 2 3; 1 2``."""
        return tuple(
            f"{name}: {one.step}; {_numbers(one.seen)}; {_numbers(one.solved)}"
            for name, one in list(self.by_lesson.items())[-_MOST_LESSONS:]
        )

    @classmethod
    def of_texts(cls, texts: Iterable[str]) -> "AllProgress":
        """Return the progress from the settings; what is no progress is left out."""
        found = {}
        for text in texts:
            name, _, rest = text.rpartition(": ")
            parts = [_read(part) for part in rest.split(";")]
            if name and len(parts) == 3 and len(parts[0]) == 1:
                found[name] = Progress(parts[0][0], frozenset(parts[1]), frozenset(parts[2]))
        return cls(found)


def _numbers(steps: Iterable[int]) -> str:
    return " ".join(str(step) for step in sorted(steps))


def _read(text: str) -> list[int]:
    return [int(part) for part in text.split() if part.isdecimal() and len(part) < 5 and int(part) < _MOST_STEPS]
