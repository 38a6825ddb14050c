"""What a press with mouse, finger or tablet pen does."""

from enum import Enum, auto
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent

_BARREL: Final = Qt.MouseButton.RightButton | Qt.MouseButton.MiddleButton
"""The buttons on the barrel of a tablet pen; the left button is its tip."""


class Tool(Enum):
    """The current tool."""

    PEN = auto()
    ERASER = auto()


def mouse_tool(event: QMouseEvent, chosen: Tool) -> Tool | None:
    """Return the tool that a mouse button uses: the left one the chosen tool, the right one the eraser, others none."""
    return {Qt.MouseButton.LeftButton: chosen, Qt.MouseButton.RightButton: Tool.ERASER}.get(event.button())


def tablet_tool(event: QTabletEvent, chosen: Tool) -> Tool:
    """Return the tool that a tablet pen uses: its eraser end erases, and so does it while a barrel button is down."""
    is_eraser = event.pointerType() is QPointingDevice.PointerType.Eraser or bool(event.buttons() & _BARREL)
    return Tool.ERASER if is_eraser else chosen
