"""All that lesson files can name, as tables in Markdown: for ``digitlab lesson reference`` and the documentation."""

from collections.abc import Iterable, Iterator

from digitlab.lessons.arrangements import ARRANGEMENTS
from digitlab.lessons.controls import CONTROLS
from digitlab.lessons.kinds import Kind
from digitlab.lessons.measures import MEASURES


def reference_lines() -> Iterator[str]:
    """Yield the lines of the tables: what can be set up, the measures by what they are, and the controls."""
    yield "### What can be set up"
    yield ""
    yield from _table(("entry", "value", "what it does"), ((n, e.value, e.about) for n, e in ARRANGEMENTS.items()))
    yield ""
    yield "### Measures"
    for kind in Kind:
        rows = [(f"`{one.signature}`", one.about) for one in MEASURES.values() if one.kind is kind]
        if rows:
            yield ""
            yield from _table((kind.value, ""), rows)
    yield ""
    yield "### Controls that can be highlighted"
    yield ""
    yield f"{', '.join(CONTROLS)}."


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
