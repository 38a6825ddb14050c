"""Strict reading of YAML: its nodes with their lines, within limits, and nothing that YAML could hide."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from digitlab.lessons.measures import nearest
from digitlab.lessons.mistakes import MistakeError, Mistakes
from digitlab.words.lists import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import yaml

_DEEPEST: Final = 8
_MOST_NODES: Final = 5_000


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a YAML file: a text, a list, or entries by name.

    Attributes:
        line: Its line, from 1.
        value: The text, as written; the items; or the entries, each under its name.
    """

    line: int
    value: "str | tuple[Node, ...] | Mapping[str, Node]"

    @property
    def shape(self) -> str:
        """What it is, with the article."""
        return "a text" if isinstance(self.value, str) else "a list" if isinstance(self.value, tuple) else "entries"


def read_yaml(content: str, mistakes: Mistakes) -> Node | None:
    """Read a YAML file; texts and numbers alike are kept as written.

    Args:
        content: Its content.
        mistakes: Gets what is wrong with it.

    Returns:
        The value of the file, or None if it is empty or no YAML.
    """
    import yaml

    try:
        _check_events(content)
        root = yaml.compose(content, Loader=yaml.SafeLoader)
        return None if root is None else _node(root, mistakes)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        found = (error.problem or "no YAML").removeprefix("found ")
        line = 1 if mark is None else min(mark.line + 1, max(len(content.splitlines()), 1))
        mistakes.add(line, found, 'YAML: lines such as "name: value"')
    except yaml.YAMLError:  # characters that no YAML has
        mistakes.add(1, "characters that YAML does not allow", "plain text in UTF-8")
    except _LimitError as error:
        mistakes.add(error.line, error.found, error.expected)
    return None


class _LimitError(MistakeError):
    def __init__(self, line: int, found: str, expected: str) -> None:
        self.line = line
        super().__init__(found, expected)


def _check_events(content: str) -> None:
    """Check depth and number of the values, and that nothing refers to anything else, before a tree is built."""
    import yaml

    depth = documents = 0
    for count, event in enumerate(yaml.parse(content, Loader=yaml.SafeLoader)):
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _LimitError(line, "a reference (& or *)", "values written out")
        if getattr(event, "tag", None) is not None:
            raise _LimitError(line, f"the tag {event.tag}", "values without tags")
        if depth > _DEEPEST or count > _MOST_NODES or documents > 1:
            found = "a second document" if documents > 1 else "deep nesting" if depth > _DEEPEST else "too many values"
            raise _LimitError(line, found, f"one document with up to {_MOST_NODES:,} values, {_DEEPEST} levels deep")


def _node(node: "yaml.Node", mistakes: Mistakes) -> Node:
    import yaml

    line = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return Node(line, tuple(_node(item, mistakes) for item in node.value))
    if not isinstance(node, yaml.MappingNode):
        return Node(line, str(node.value))
    entries: dict[str, Node] = {}
    for key, value in node.value:
        at = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            mistakes.add(at, "a name that is no text", "names such as question")
            continue
        if key.value in entries:
            mistakes.add(at, f'a second "{key.value}"', "each name once")
        entries[str(key.value)] = Node(at, _node(value, mistakes).value)
    return Node(line, entries)


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a value, as far as they are known.

    Attributes:
        line: The line of the value.
        by_name: The known entries by name.
        mistakes: Gets what is wrong with them.
    """

    line: int
    by_name: "Mapping[str, Node]"
    mistakes: Mistakes

    def text(self, name: str) -> str | None:
        """Return the text of an entry, or None if there is none."""
        node = self.by_name.get(name)
        if node is None:
            return None
        if not isinstance(node.value, str):
            self.mistakes.add(node.line, f'{node.shape} for "{name}"', "a text on the same line")
            return None
        return node.value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of an entry: of a list, or one alone; none if there is no such entry."""
        node = self.by_name.get(name)
        if node is None:
            return ()
        items = node.value if isinstance(node.value, tuple) else (node,)
        for item in items:
            if not isinstance(item.value, str):
                self.mistakes.add(item.line, f'{item.shape} within "{name}"', "a text, or a list of texts")
        return tuple(item.value for item in items if isinstance(item.value, str))

    def line_of(self, name: str) -> int:
        """Return the line of an entry, or that of the whole value."""
        return self.by_name[name].line if name in self.by_name else self.line


def entries_of(node: Node | None, what: str, known: tuple[str, ...], line: int, mistakes: Mistakes) -> Entries:
    """Return the entries of a value.

    Args:
        node: The value, or None if it is missing.
        what: What it is, for what is said of its mistakes.
        known: The names that it may have.
        line: Its line if it is missing.
        mistakes: Gets what is wrong with it.
    """
    if node is None:
        return Entries(line, {}, mistakes)
    if isinstance(node.value, str | tuple):
        mistakes.add(node.line, f"{node.shape} for {what}", f"entries such as {listed(known, 'or')}")
        return Entries(node.line, {}, mistakes)
    for name, entry in node.value.items():
        if name not in known:
            mistakes.add(entry.line, f'the unknown entry "{name}" in {what}', nearest(name, known, "an entry"))
    return Entries(node.line, {name: entry for name, entry in node.value.items() if name in known}, mistakes)
