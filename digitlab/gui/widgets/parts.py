"""The parts of a painted widget, such as bars, cells and tiles, as screen readers are told of them."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from PySide6.QtCore import QRectF


class PartsKind(Enum):
    """What the parts of a widget form."""

    LIST = auto()
    TABLE = auto()
    CHART = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a painted widget.

    Attributes:
        name: What it is and shows, in a few words of plain text.
        rect: Where it is in the widget, in pixels.
        cell: Its row and column in a table.
        is_selected: Whether it is selected.
    """

    name: str
    rect: QRectF
    cell: tuple[int, int] = (-1, -1)
    is_selected: bool = False


class Painted(Protocol):
    """A widget that says what it has painted. It is asked only while a screen reader runs.

    Attributes:
        parts_kind: What its parts form.
    """

    parts_kind: PartsKind

    def part_count(self) -> int:
        """Return the number of parts on screen."""

    def part(self, index: int) -> Part:
        """Return a part, given its index below the count."""
