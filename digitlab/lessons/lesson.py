"""What a lesson is: steps with a text, something to set up, and a question or a task."""

from dataclasses import dataclass, field
from pathlib import Path

from digitlab.lessons.arrangements import Arrangement, ShowDrawing, ShowNetwork
from digitlab.lessons.expression import Expression
from digitlab.lessons.text import NO_TEXT, Text


@dataclass(frozen=True, slots=True)
class Pitfall:
    """A typical mistake, recognised by the answer that it leads to.

    Attributes:
        name: What it is called in the file.
        answer: The answer that it leads to.
        text: What is explained then.
    """

    name: str
    answer: Expression
    text: Text


@dataclass(frozen=True, slots=True)
class ValueQuestion:
    """A question whose answer is typed: a number or a shape.

    Attributes:
        answer: The right answer.
        tolerance: How far an answer may be from it; None for the usual tolerance of its kind.
        pitfalls: Typical mistakes.
    """

    answer: Expression
    tolerance: float | None
    pitfalls: tuple[Pitfall, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose.

    Attributes:
        label: Its text.
        is_right: The condition under which it is right.
        text: What is explained if it is chosen and wrong; may be empty.
    """

    label: str
    is_right: Expression
    text: Text


@dataclass(frozen=True, slots=True)
class ChoiceQuestion:
    """A question with a few answers to choose from, of which exactly one is right.

    Attributes:
        options: The answers.
    """

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ClickQuestion:
    """A question that is answered by choosing a tile or a value in the window.

    Attributes:
        where: The right one: a layer with a map, with or without row and column, or a unit.
        is_right: The condition under which what was chosen is right, too; None if only ``where`` is.
    """

    where: tuple[Expression, ...]
    is_right: Expression | None = None


@dataclass(frozen=True, slots=True)
class ChangeQuestion:
    """The question what becomes of a number: larger, smaller, or about the same.

    Attributes:
        of: The number.
        after: What is set up after the answer.
        same: By which share of it the number may change and still be about the same.
    """

    of: Expression
    after: tuple[Arrangement, ...]
    same: float


Kind = ValueQuestion | ChoiceQuestion | ClickQuestion | ChangeQuestion


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is answered before the lesson goes on and shows it.

    Attributes:
        text: The question.
        kind: How it is answered, and what is right.
        hint: A hint after a wrong answer that no typical mistake explains; may be empty.
        explanation: What is shown with the right answer; may be empty.
        reveal: What is set up with it.
    """

    text: Text
    kind: Kind
    hint: Text = NO_TEXT
    explanation: Text = NO_TEXT
    reveal: tuple[Arrangement, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do in the window.

    Attributes:
        text: What to do.
        until: The condition under which it is done.
        show: What the lesson sets up if it is asked to do it.
        explanation: What is shown when it is done; may be empty.
    """

    text: Text
    until: Expression
    show: tuple[Arrangement, ...]
    explanation: Text = NO_TEXT


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a lesson.

    Attributes:
        title: Its title.
        line: The line of the title in the Markdown file.
        text: Its text.
        set_up: What is set up when it begins.
        highlight: The names of the controls that it is about, as in ``CONTROLS``.
        exercise: A question or a task, or None.
    """

    title: str
    line: int
    text: Text
    set_up: tuple[Arrangement, ...] = ()
    highlight: tuple[str, ...] = ()
    exercise: Question | Task | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson.

    Attributes:
        path: Its Markdown file.
        title: Its title.
        summary: What it is about, in one or two sentences, as plain text.
        steps: Its steps.
    """

    path: Path
    title: str
    summary: str
    steps: tuple[Step, ...] = field(default=())

    @property
    def name(self) -> str:
        """The name under which progress is kept."""
        return self.path.stem

    def set_up_until(self, nth: int) -> tuple[Arrangement, ...]:
        """Return what must be set up to begin with a step: what this one and those before it set up.

        Of several of a kind the last one counts; of what came before another network, only the drawing does.
        """
        found: dict[type, Arrangement] = {}
        for step in self.steps[: nth + 1]:
            for one in step.set_up:
                found.pop(type(one), None)  # so that it comes last
                if isinstance(one, ShowNetwork):
                    found = {kind: kept for kind, kept in found.items() if kind is ShowDrawing}
                found[type(one)] = one
        return tuple(found.values())
