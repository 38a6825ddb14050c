"""Several files opened at once: one of each kind is shown, and a message says what happened to each."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from digitlab.gui.messages import Messages, happened
from digitlab.gui.session.desk import Desk
from digitlab.system.errors import DigitLabError
from digitlab.words.lists import listed
from digitlab.words.names import one_line
from digitlab.words.numbers import count

_MOST_NAMES: Final = 4
_NAME_LENGTH: Final = 40


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """How a file is opened.

    Attributes:
        place: What the window shows only one of, and the file is: "network", "drawing", "dataset" or "lesson".
        read: Reads the file, not in the GUI thread.
        take: Shows what was read; returns False if it cannot be shown now.
    """

    place: str
    read: Callable[[], Any]
    take: Callable[[Any], object]


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What was read from a file.

    Attributes:
        place: As of its way.
        take: Shows it, in the GUI thread; returns False if it cannot be shown now.
    """

    place: str
    take: Callable[[], object]


def read_by(way: Way) -> Read:
    """Read a file in its way; not in the GUI thread."""
    return Read(way.place, partial(way.take, way.read()))


class SeveralFiles:
    """Opens the first readable file of each kind, one after the other, and then reports on all.

    Args:
        paths: The files.
        links: The number of links among what was dropped, which are not opened.
        way_of: Returns how a file is opened; called in the thread of the desk.
        desk: Reads the files.
        messages: Shows the report.
    """

    def __init__(
        self, paths: Iterable[Path], links: int, way_of: Callable[[Path], Way], desk: Desk, messages: Messages
    ) -> None:
        """Begin with the first file."""
        self._left = deque(paths)
        self._way_of = way_of
        self._desk = desk
        self._messages = messages
        self._opened: dict[str, Path] = {}
        self._refused: dict[str, list[Path]] = {}
        self._errors: list[str] = []
        if links:
            self._errors.append(f"{count(links, 'link')} cannot be opened: save the linked files, then drop those.")
        self._open_next()

    def _open_next(self) -> None:
        if not self._left:
            self._report()
            return
        path, filled = self._left.popleft(), frozenset(self._opened)

        def read(_: object) -> Read | str:
            way = self._way_of(path)
            return way.place if way.place in filled else read_by(way)

        # Quiet: the report replaces the last error.
        self._desk.ask(read, then=partial(self._on_read, path), failed=partial(self._on_failed, path), is_quiet=True)

    def _on_read(self, path: Path, read: Read | str) -> None:
        """Show what was read, or note the place that another file has filled."""
        if isinstance(read, str):
            self._refused.setdefault(read, []).append(path)
        elif read.take() is False:
            self._errors.append(f"{_name(path)} was not opened: training is in progress.")
        else:
            self._opened[read.place] = path
        self._open_next()

    def _on_failed(self, path: Path, error: Exception) -> None:
        remedy = error.remedy if isinstance(error, DigitLabError) else ""
        text = f"{happened(error)} {remedy}".strip()
        self._errors.append(text if path.name in text else f"{_name(path)}: {text}")
        self._open_next()

    def _report(self) -> None:
        opened = f"Opened {_names(self._opened.values())}." if self._opened else "None of the files was opened."
        reasons = [
            f"Not opened, as one {place} is shown at a time: {_names(paths)}." for place, paths in self._refused.items()
        ]
        reasons += self._errors[:_MOST_NAMES]
        if len(self._errors) > _MOST_NAMES:
            reasons.append(f"{count(len(self._errors) - _MOST_NAMES, 'other file')} could not be opened.")
        if reasons:
            self._messages.show_error(DigitLabError(opened, expected=" ".join(reasons)))
        else:
            self._messages.show_info(opened)


def _name(path: Path) -> str:
    return one_line(path.name, _NAME_LENGTH)


def _names(paths: Iterable[Path]) -> str:
    """Return the names of files as a sentence lists them, the number of the last ones if there are many."""
    names = [_name(path) for path in paths]
    others = len(names) - _MOST_NAMES
    return listed([*names[:_MOST_NAMES], count(others, "other file")] if others > 0 else names)
