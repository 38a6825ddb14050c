"""Reading questions and tasks of a lesson from the entries of its YAML file and the parts of its Markdown step."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from digitlab.lessons.arrangements import Arrangement, read_where
from digitlab.lessons.expression import Expression, parse
from digitlab.lessons.kinds import Kind
from digitlab.lessons.lesson import (
    ChangeQuestion,
    ChoiceQuestion,
    ClickQuestion,
    Option,
    Pitfall,
    Question,
    Task,
    ValueQuestion,
)
from digitlab.lessons.lesson import Kind as QuestionKind
from digitlab.lessons.measures import nearest
from digitlab.lessons.mistakes import MistakeError, Mistakes
from digitlab.lessons.reading.nodes import Entries, Node, entries_of
from digitlab.lessons.reading.outline import Section
from digitlab.lessons.text import NO_TEXT, Text, read_text
from digitlab.words.lists import listed

QUESTION: Final = "Question"
TASK: Final = "Task"
EXPLANATION: Final = "Explanation"
HINT: Final = "Hint"
IF: Final = "If "

KINDS: Final = ("value", "choose", "click", "change")
"""The entries of which a question has exactly one: how it is answered."""

QUESTION_ENTRIES: Final = (*KINDS, "tolerance", "mistakes", "right", "after", "same", "reveal")
TASK_ENTRIES: Final = ("until", "show")

_SAME: Final = 0.05
"""By which share a number may change and still be about the same, if the file does not say it."""

_OPTIONS: Final = (2, 6)
_LONGEST_LABEL: Final = 36
"""Characters of an answer to choose, which stands on one line."""

_LABEL_HELP: Final = f"at most {_LONGEST_LABEL}: an answer to choose stands on one line"

ReadArrangements = Callable[[Node | None, str, Mistakes], tuple[Arrangement, ...]]


@dataclass(slots=True)
class Parts:
    """The parts of a step in the Markdown file, each of which is used once.

    Attributes:
        section: The step.
        of_texts: Gets mistakes in the Markdown file.
        of_data: Gets mistakes in the YAML file.
    """

    section: Section
    of_texts: Mistakes
    of_data: Mistakes
    _used: set[str] = field(default_factory=set)

    def text(self, title: str) -> Text:
        """Return the text of a part; empty if there is none."""
        self._used.add(title)
        part = next((one for one in self.section.parts if one.title == title), None)
        if part is None:
            return NO_TEXT
        return read_text(part.text.strip("\n"), part.text_line, self.of_texts)

    def needed(self, title: str, line: int, why: str) -> Text:
        """Return the text of a part that must be there.

        Args:
            title: Its title.
            line: The line of the YAML file that needs it.
            why: What needs it.
        """
        text = self.text(title)
        if text.is_empty:
            self.of_data.add(
                line,
                f'{why}, but no text "### {title}"',
                f'"### {title}" below "## {self.section.title}" in {self.of_texts.file}',
            )
        return text

    def check_all_used(self) -> None:
        """Add a mistake for each part that nothing uses."""
        titles = [one.title for one in self.section.parts]
        for nth, part in enumerate(self.section.parts):
            if part.title in titles[:nth]:
                self.of_texts.add(part.line, f'a second "### {part.title}"', "each part once in a step")
            elif part.title not in self._used:
                known = sorted(self._used - set(titles)) or [QUESTION, TASK]
                expected = nearest(part.title, known, f"a part that {self.of_data.file} uses")
                self.of_texts.add(part.line, f'the part "### {part.title}", which nothing uses', expected)


def read_question(entries: Entries, parts: Parts, arrangements: ReadArrangements) -> Question | None:
    """Return a question, or None if it has mistakes."""
    kinds = [name for name in KINDS if name in entries.by_name]
    text = parts.needed(QUESTION, entries.line, "a question")
    hint, explanation = parts.text(HINT), parts.text(EXPLANATION)
    if len(kinds) != 1:
        found = f"a question with {listed(kinds)}" if kinds else "a question without its kind"
        entries.mistakes.add(entries.line, found, f"one of {listed(KINDS, 'or')}")
        return None
    _check_belongings(entries, kinds[0])
    kind = _READERS[kinds[0]](entries, parts, arrangements)
    reveal = arrangements(entries.by_name.get("reveal"), "reveal", entries.mistakes)
    return None if kind is None else Question(text, kind, hint, explanation, reveal)


def read_task(entries: Entries, parts: Parts, arrangements: ReadArrangements) -> Task | None:
    """Return a task, or None if it has mistakes."""
    text = parts.needed(TASK, entries.line, "a task")
    explanation = parts.text(EXPLANATION)
    until = _condition(entries, "until")
    show = arrangements(entries.by_name.get("show"), "show", entries.mistakes)
    for name in TASK_ENTRIES:
        if name not in entries.by_name:
            entries.mistakes.add(entries.line, f'a task without "{name}"', f'"{name}" with {_TASK_HELP[name]}')
    return None if until is None else Task(text, until, show, explanation)


_TASK_HELP: Final = {
    "until": "the condition under which it is done, such as strokes() > 0",
    "show": "what the lesson sets up if it is asked to do it",
}
_BELONGINGS: Final = {
    "tolerance": "value",
    "mistakes": "value",
    "right": "click",
    "after": "change",
    "same": "change",
}


def _check_belongings(entries: Entries, kind: str) -> None:
    for name, owner in _BELONGINGS.items():
        if name in entries.by_name and owner != kind:
            entries.mistakes.add(entries.line_of(name), f'"{name}" beside "{kind}"', f'"{name}" beside "{owner}" alone')


def _value(entries: Entries, parts: Parts, arrangements: ReadArrangements) -> QuestionKind | None:
    del arrangements
    answer = _expression(entries, "value")
    if answer is not None and not (answer.kind.is_number or answer.kind is Kind.SHAPE):
        entries.mistakes.add(entries.line_of("value"), f'{answer.kind.value} "{answer.text}"', "a number or a shape")
        return None
    pitfalls = _pitfalls(entries, parts)
    tolerance = _positive(entries, "tolerance")
    return None if answer is None else ValueQuestion(answer, tolerance, pitfalls)


def _pitfalls(entries: Entries, parts: Parts) -> tuple[Pitfall, ...]:
    node = entries.by_name.get("mistakes")
    if node is None:
        return ()
    names = () if isinstance(node.value, str | tuple) else tuple(node.value)
    inner = entries_of(node, '"mistakes"', names or ("name of the mistake",), node.line, entries.mistakes)
    found = []
    for name in inner.by_name:
        answer = _expression(inner, name)
        text = parts.needed(f"{IF}{name}", inner.line_of(name), f'the mistake "{name}"')
        if answer is not None:
            found.append(Pitfall(name, answer, text))
    return tuple(found)


_KNOWN: Final = {"right": "1 == 1", "wrong": "1 == 0"}
"""Words for answers that do not depend on the network on screen."""


def _choose(entries: Entries, parts: Parts, arrangements: ReadArrangements) -> QuestionKind | None:
    del arrangements
    node = entries.by_name["choose"]
    names = () if isinstance(node.value, str | tuple) else tuple(node.value)
    inner = entries_of(node, '"choose"', names or ("text of an answer",), node.line, entries.mistakes)
    options = []
    for label in inner.by_name:
        known = _KNOWN.get(inner.text(label) or "")
        condition = _condition(inner, label) if known is None else parse(known)
        text = parts.text(f"{IF}{label}")
        if len(label) > _LONGEST_LABEL:
            entries.mistakes.add(inner.line_of(label), f"an answer of {len(label)} letters", _LABEL_HELP)
        if condition is not None:
            options.append(Option(label, condition, text))
    least, most = _OPTIONS
    if names and not least <= len(names) <= most:
        entries.mistakes.add(node.line, f"{len(names)} answers to choose from", f"{least} to {most}")
    return ChoiceQuestion(tuple(options)) if options else None


def _click(entries: Entries, parts: Parts, arrangements: ReadArrangements) -> QuestionKind | None:
    del parts, arrangements
    text = entries.text("click")
    if text is None:
        return None
    try:
        return ClickQuestion(read_where(text), _condition(entries, "right"))
    except MistakeError as error:
        entries.mistakes.add_error(entries.line_of("click"), error)
        return None


def _change(entries: Entries, parts: Parts, arrangements: ReadArrangements) -> QuestionKind | None:
    del parts
    of = _expression(entries, "change")
    if of is not None and not of.kind.is_number:
        entries.mistakes.add(entries.line_of("change"), f'{of.kind.value} "{of.text}"', "a number")
        return None
    if "after" not in entries.by_name:
        expected = '"after" with what the lesson sets up once it is answered'
        entries.mistakes.add(entries.line, 'a question "change" without "after"', expected)
    after = arrangements(entries.by_name.get("after"), "after", entries.mistakes)
    same = _positive(entries, "same")
    return None if of is None else ChangeQuestion(of, after, _SAME if same is None else same)


_READERS: Final = {"value": _value, "choose": _choose, "click": _click, "change": _change}


def _expression(entries: Entries, name: str) -> Expression | None:
    text = entries.text(name)
    if text is None:
        return None
    try:
        return parse(text)
    except MistakeError as error:
        entries.mistakes.add_error(entries.line_of(name), error)
        return None


def _condition(entries: Entries, name: str) -> Expression | None:
    found = _expression(entries, name)
    if found is not None and found.kind is not Kind.TRUTH:
        expected = "a condition, such as predicted_digit() == 7"
        entries.mistakes.add(entries.line_of(name), f'{found.kind.value} "{found.text}"', expected)
        return None
    return found


def _positive(entries: Entries, name: str) -> float | None:
    text = entries.text(name)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < 1e6:
        entries.mistakes.add(entries.line_of(name), f'"{text}" for "{name}"', "a number from 0")
        return None
    return number
