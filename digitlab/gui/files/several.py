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
        place: What the window shows only one of, and the file is: "network", "drawing" or "dataset".
        read: Reads the file, not in the GUI thread.
        take: Shows what was read; returns False if it cannot be shown now.
        is_quiet: Whether success leaves an error on screen.
    """

    place: str
    read: Callable[[], Any]
    take: Callable[[Any], object]
    is_quiet: bool = False


class SeveralFiles:
    """Opens the first readable file of each kind, one after the other, and then reports on all.

    Args:
        paths: The files.
        links: The number of links among what was dropped, which are not opened.
        way_of: Returns how a file is opened.
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
        while self._left:
            path = self._left.popleft()
            way = self._way_of(path)
            if way.place not in self._opened:
                self._open(path, way)
                return
            self._refused.setdefault(way.place, []).append(path)
        self._report()

    def _open(self, path: Path, way: Way) -> None:
        read, failed = partial(self._on_read, path, way), partial(self._on_failed, path)
        self._desk.ask(lambda _: way.read(), then=read, failed=failed, is_quiet=way.is_quiet)

    def _on_read(self, path: Path, way: Way, value: object) -> None:
        if way.take(value) is False:
            self._errors.append(f"{_name(path)} was not opened: training is in progress.")
        else:
            self._opened[way.place] = path
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
