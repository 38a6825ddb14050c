"""The strict reader of lessons: a Markdown file with the texts, and a YAML file beside it with the rest."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from digitlab.lessons.arrangements import ARRANGEMENTS, Arrangement
from digitlab.lessons.controls import CONTROLS
from digitlab.lessons.lesson import Lesson, Question, Step, Task
from digitlab.lessons.measures import nearest
from digitlab.lessons.mistakes import Mistake, MistakeError, Mistakes
from digitlab.lessons.reading.exercises import QUESTION_ENTRIES, TASK_ENTRIES, Parts, read_question, read_task
from digitlab.lessons.reading.nodes import Entries, Node, entries_of, read_yaml
from digitlab.lessons.reading.outline import Section, outline_of
from digitlab.lessons.text import read_text
from digitlab.system.errors import DigitLabError
from digitlab.system.kinds import Kind
from digitlab.system.reading import FileMissingError, Format, read_bytes, refusing, shown_name

TEXT_SUFFIX: Final = ".md"
DATA_SUFFIX: Final = ".yaml"
LESSON_SUFFIXES: Final = (TEXT_SUFFIX, DATA_SUFFIX)

_FORMAT: Final = Format(
    "a lesson",
    frozenset({Kind.TEXT, Kind.TABLE, Kind.JSON, Kind.EMPTY}),  # what YAML and Markdown can look like
    100_000,
    "is no text in UTF-8",
    "A lesson is a Markdown file, with a YAML file of the same name beside it.",
    "Save it as UTF-8.",
    "Divide it into several lessons.",
)
_STEP_ENTRIES: Final = ("set up", "highlight", "question", "task")


class LessonError(DigitLabError):
    """A lesson file has mistakes.

    Attributes:
        mistakes: All of them, in the order of the files and lines.
    """

    def __init__(self, name: str, mistakes: tuple[Mistake, ...]) -> None:
        """Describe the first one."""
        self.mistakes = mistakes
        count = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        super().__init__(f"The lesson {name} has {count}.", expected=str(mistakes[0]), remedy=_REMEDY)


_REMEDY: Final = "To see all mistakes: digitlab lesson check FILE."


@dataclass(frozen=True, slots=True)
class ReadLesson:
    """A lesson as far as it could be read.

    Attributes:
        lesson: The lesson, without what is wrong.
        mistakes: What is wrong.
    """

    lesson: Lesson
    mistakes: tuple[Mistake, ...]


def is_lesson_file(path: Path) -> bool:
    """Return whether a file is one of the two of a lesson, by its name."""
    return path.suffix.lower() in LESSON_SUFFIXES


def read_lesson(path: Path) -> Lesson:
    """Read a lesson.

    Args:
        path: Its Markdown or its YAML file.

    Raises:
        LessonError: If it has mistakes.
        DigitLabError: If a file cannot be read.
    """
    read = examine(path)
    if read.mistakes:
        raise LessonError(shown_name(path), read.mistakes)
    return read.lesson


def examine(path: Path) -> ReadLesson:
    """Read a lesson and find all mistakes in it.

    Args:
        path: Its Markdown or its YAML file.

    Raises:
        DigitLabError: If the Markdown file cannot be read, or the YAML file is there but cannot.
    """
    texts, data = path.with_suffix(TEXT_SUFFIX), path.with_suffix(DATA_SUFFIX)
    of_texts, of_data = Mistakes(shown_name(texts)), Mistakes(shown_name(data))
    outline = outline_of(read_texts(texts), of_texts)
    try:
        root = read_yaml(read_texts(data), of_data)
    except FileMissingError:
        root = None  # a lesson without questions
    reading = _Reading(outline, of_texts, of_data)
    lesson = Lesson(texts, outline.title, " ".join(outline.text.split()), reading.steps(root))
    found = (*of_texts.found, *of_data.found)
    return ReadLesson(lesson, tuple(sorted(found, key=lambda mistake: (mistake.file != of_texts.file, mistake.line))))


def read_texts(path: Path) -> str:
    """Return the text of one of the files of a lesson.

    Raises:
        FileMissingError: If it is not there.
        DigitLabError: If it cannot be read.
    """
    content = read_bytes(path, _FORMAT)
    with refusing(path, _FORMAT, content):
        return content.decode("utf-8-sig").replace("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads the steps of one lesson."""

    outline: Section
    of_texts: Mistakes
    of_data: Mistakes

    def steps(self, root: Node | None) -> tuple[Step, ...]:
        top = entries_of(root, "the file", ("steps",), 1, self.of_data)
        data = top.by_name.get("steps")
        titles = tuple(section.title for section in self.outline.parts)
        by_title = entries_of(data, "steps", titles, 1, self.of_data).by_name
        return tuple(self._step(section, by_title.get(section.title)) for section in self.outline.parts)

    def _step(self, section: Section, node: Node | None) -> Step:
        entries = entries_of(node, f'the step "{section.title}"', _STEP_ENTRIES, 1, self.of_data)
        parts = Parts(section, self.of_texts, self.of_data)
        exercise = self._exercise(entries, parts)
        parts.check_all_used()
        return Step(
            section.title,
            section.line,
            read_text(section.text, section.text_line, self.of_texts),
            read_arrangements(entries.by_name.get("set up"), "set up", self.of_data),
            self._highlight(entries),
            exercise,
        )

    def _exercise(self, entries: Entries, parts: Parts) -> Question | Task | None:
        question, task = entries.by_name.get("question"), entries.by_name.get("task")
        if question is not None and task is not None:
            self.of_data.add(task.line, "a task beside a question", "one of them in a step")
        if question is not None:
            inner = entries_of(question, "question", QUESTION_ENTRIES, question.line, self.of_data)
            return read_question(inner, parts, read_arrangements)
        if task is not None:
            inner = entries_of(task, "task", TASK_ENTRIES, task.line, self.of_data)
            return read_task(inner, parts, read_arrangements)
        return None

    def _highlight(self, entries: Entries) -> tuple[str, ...]:
        names = entries.texts("highlight")
        for name in names:
            if name not in CONTROLS:
                self.of_data.add(entries.line_of("highlight"), f'"{name}"', nearest(name, CONTROLS, "a control"))
        return tuple(name for name in names if name in CONTROLS)


def read_arrangements(node: Node | None, what: str, mistakes: Mistakes) -> tuple[Arrangement, ...]:
    """Return what is set up, in the order in which it is done.

    Args:
        node: Its entries, or None if there are none.
        what: The name of the entry that holds them.
        mistakes: Gets what is wrong with them.
    """
    if node is None:
        return ()
    entries = entries_of(node, f'"{what}"', tuple(ARRANGEMENTS), node.line, mistakes)
    found: list[Arrangement] = []
    for name, entry in ARRANGEMENTS.items():
        text = entries.text(name)
        if text is None:
            continue
        try:
            found.append(entry.read(text))
        except MistakeError as error:
            mistakes.add_error(entries.line_of(name), error)
    return tuple(found)
