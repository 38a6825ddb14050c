"""Texts of lessons: Markdown with computed values in double braces, and formulas between dollar signs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from digitlab.lessons.expression import Expression, parse
from digitlab.lessons.kinds import Kind, text_of
from digitlab.lessons.mistakes import MistakeError, Mistakes
from digitlab.lessons.scene import Scene

# With limits, so that many opening signs without an end take no time.
_PARTS: Final = re.compile(r"(\{\{(?!\{).{0,400}?\}\}|\$\$.{1,2000}?\$\$|\$[^$\n]{1,1000}?\$)", re.DOTALL)
_VALUES: Final = re.compile(r"\{\{(?!\{)(.{0,400}?)\}\}", re.DOTALL)
_REFUSED: Final = (
    (re.compile(r"!\["), "a picture", "text: the window itself shows what a lesson is about"),
    (re.compile(r"\]\("), "a link", "text without links"),
    (re.compile(r"<[A-Za-z/!]"), "a tag", "Markdown without HTML"),
)
_TEX: Final = {",": "{,}", "%": r"\%", "−": "-", "×": r"\times ", " ": r"\ "}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of a text.

    Attributes:
        parts: LaTeX, and values that are computed.
        is_display: Whether it stands on a line of its own.
    """

    parts: tuple[str | Expression, ...]
    is_display: bool

    def tex(self, scene: Scene) -> str:
        """Return it as LaTeX.

        Raises:
            SceneError: If a value cannot be computed.
        """
        return "".join(part if isinstance(part, str) else _tex(_shown(part, scene)) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a lesson.

    Attributes:
        parts: Markdown, values that are computed, and formulas.
        line: The line in which it begins.
    """

    parts: tuple[str | Expression | Formula, ...] = ()
    line: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not self.parts

    @property
    def values(self) -> tuple[Expression, ...]:
        """All values that are computed."""
        parts = [inner for part in self.parts for inner in (part.parts if isinstance(part, Formula) else (part,))]
        return tuple(part for part in parts if isinstance(part, Expression))

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """All formulas."""
        return tuple(part for part in self.parts if isinstance(part, Formula))

    def filled(self, scene: Scene, place_formula: Callable[[str, bool], str]) -> str:
        """Return it as Markdown.

        Args:
            scene: What is on screen.
            place_formula: Returns the Markdown that stands for a formula, given its LaTeX and whether it stands on a
                line of its own.

        Raises:
            SceneError: If a value cannot be computed.
        """
        return "".join(_filled(part, scene, place_formula) for part in self.parts)


NO_TEXT: Final = Text()


def read_text(markdown: str, line: int, mistakes: Mistakes) -> Text:
    """Read a text.

    Args:
        markdown: The Markdown.
        line: The line of the file in which it begins.
        mistakes: Gets what is wrong with it.
    """
    parts: list[str | Expression | Formula] = []
    at = line
    for part in _PARTS.split(markdown):
        try:
            parts += _read_part(part)
        except MistakeError as error:
            mistakes.add_error(at, error)
        at += part.count("\n")
    _check_markdown(markdown, line, mistakes)
    return Text(tuple(parts), line)


def _read_part(part: str) -> list[str | Expression | Formula]:
    if part.startswith("{{"):
        return [_value_in(part[2:-2])]
    if part.startswith("$"):
        is_display = part.startswith("$$")
        inner = part.strip("$")
        pieces = _VALUES.split(inner)  # LaTeX and expressions in turn
        read = [_value_in(piece) if nth % 2 else piece for nth, piece in enumerate(pieces)]
        return [Formula(tuple(piece for piece in read if piece != ""), is_display)]
    return [part] if part else []


def _value_in(text: str) -> Expression:
    expression = parse(text)
    if expression.kind is Kind.TRUTH:
        raise MistakeError(f'the condition "{expression.text}" in a text', "a number, a shape or a name")
    return expression


def _check_markdown(markdown: str, line: int, mistakes: Mistakes) -> None:
    for nth, row in enumerate(markdown.splitlines()):
        bare = _PARTS.sub("", row)
        for pattern, found, expected in _REFUSED:
            if pattern.search(bare):
                mistakes.add(line + nth, found, expected)
    rest = _PARTS.sub("", markdown)
    for sign, other in (("{{", "}}"), ("$", "$")):
        if sign in rest or other in rest:
            first = sign if sign in rest else other
            rows = enumerate(markdown.splitlines())
            where = next((nth for nth, row in rows if first in _PARTS.sub("", row)), 0)
            mistakes.add(line + where, f'a single "{first}"', f'"{sign}" and "{other}" around a value or formula')


def _filled(part: str | Expression | Formula, scene: Scene, place_formula: Callable[[str, bool], str]) -> str:
    if isinstance(part, Formula):
        return place_formula(part.tex(scene), part.is_display)
    return part if isinstance(part, str) else _shown(part, scene)


def _shown(expression: Expression, scene: Scene) -> str:
    return text_of(expression.value(scene), expression.kind)


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)
