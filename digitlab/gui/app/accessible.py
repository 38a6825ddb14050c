"""What screen readers are told of painted widgets: their bars, cells and tiles, with a name and a place each."""

from __future__ import annotations

import weakref
from functools import partial
from typing import Any, Final, cast

import shiboken6
from PySide6.QtCore import QObject, QPoint, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleTableCellInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

from digitlab.gui.widgets.parts import Painted, Part, PartsKind

Role = QAccessible.Role

_NOTHING: Final = cast("QAccessibleInterface", None)
"""A null pointer, which Qt allows in more places than the types of PySide say."""

_ROLES: Final = {
    PartsKind.LIST: (Role.List, Role.ListItem),
    PartsKind.TABLE: (Role.Table, Role.Cell),
    PartsKind.CHART: (Role.Chart, Role.ListItem),
}
"""The roles of a widget and of its parts."""


def install(window: QWidget) -> None:
    """Let Qt find the parts of painted widgets.

    To be called once. A screen reader that was faster has met the painted widgets of the window without their parts;
    it will ask for them again.
    """
    QAccessible.installFactory(_interface_of)
    if QAccessible.isActive():
        for widget in window.findChildren(QWidget):
            if hasattr(widget, "parts_kind"):
                QAccessible.deleteAccessibleInterface(
                    QAccessible.uniqueId(QAccessible.queryAccessibleInterface(widget))
                )


def _interface_of(class_name: str, thing: QObject) -> QAccessibleInterface | None:
    del class_name  # Qt asks first with the name of the widget's own class, then with those it is derived from
    if not (isinstance(thing, QWidget) and hasattr(thing, "parts_kind")):
        return None
    interface = _WidgetInterface(thing)
    # Keeps the interfaces, of which Qt has only pointers, as long as the widget.
    thing.destroyed.connect(partial(_forget, interface))
    return interface


def _forget(interface: _WidgetInterface) -> None:
    """Remove the parts of a widget that is gone from Qt's register, from which it has removed the widget itself."""
    for part in interface.parts.values():
        QAccessible.deleteAccessibleInterface(QAccessible.uniqueId(part))
    interface.parts.clear()


class _WidgetInterface(QAccessibleWidget):
    """A painted widget with its parts as children."""

    def __init__(self, widget: QWidget) -> None:
        role, self.part_role = _ROLES[cast("Painted", widget).parts_kind]
        super().__init__(widget, role, widget.accessibleName())
        self._widget = weakref.ref(widget)
        self.parts: dict[int, _PartInterface] = {}

    @property
    def shown(self) -> QWidget | None:
        """The widget, or None if it is gone."""
        widget = self._widget()
        return widget if widget is not None and shiboken6.isValid(widget) else None

    def part(self, index: int) -> Part | None:
        """Return a part, or None if it is not there any more."""
        painted = cast("Painted | None", self.shown)
        return painted.part(index) if painted is not None and index < painted.part_count() else None

    def childCount(self) -> int:
        painted = cast("Painted | None", self.shown)
        return 0 if painted is None else painted.part_count()

    def child(self, index: int) -> QAccessibleInterface:
        if not 0 <= index < self.childCount():
            return _NOTHING
        if index not in self.parts:
            self.parts[index] = _PartInterface(self, index)
        return self.parts[index]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return next((index for index, part in self.parts.items() if part is child), -1)

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        widget = self.shown
        if widget is None:
            return _NOTHING
        place = QRectF(widget.mapFromGlobal(QPoint(x, y)), widget.size()).topLeft()
        for index in range(self.childCount()):
            part = self.part(index)
            if part is not None and part.rect.contains(place):
                return self.child(index)
        return _NOTHING


class _PartInterface(QAccessibleInterface):
    """One part of a painted widget; what it says is asked of the widget each time."""

    def __init__(self, owner: _WidgetInterface, index: int) -> None:
        super().__init__()
        self._owner = owner
        self._index = index
        self._cell = _CellInterface(self)

    @property
    def part(self) -> Part | None:
        """What is there now, or None."""
        return self._owner.part(self._index)

    def isValid(self) -> bool:
        return self.part is not None

    def object(self) -> QObject:
        return cast("QObject", _NOTHING)

    def window(self) -> Any:
        widget = self._owner.shown
        return None if widget is None else widget.window().windowHandle()

    def parent(self) -> QAccessibleInterface:
        widget = self._owner.shown
        return _NOTHING if widget is None else QAccessible.queryAccessibleInterface(widget)

    def child(self, index: int) -> QAccessibleInterface:
        del index
        return _NOTHING

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        del x, y
        return _NOTHING

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        del child
        return -1

    def text(self, kind: QAccessible.Text) -> str:
        part = self.part
        return part.name if part is not None and kind is QAccessible.Text.Name else ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Ignore the text: parts cannot be renamed."""

    def rect(self) -> QRect:
        part, widget = self.part, self._owner.shown
        if part is None or widget is None:
            return QRect()
        box = part.rect.toAlignedRect()
        return QRect(widget.mapToGlobal(box.topLeft()), box.size())

    def role(self) -> QAccessible.Role:
        return self._owner.part_role

    def state(self) -> QAccessible.State:
        part, state = self.part, QAccessible.State()
        states: Any = state  # the stubs lack the fields of bits
        states.invalid = part is None
        states.readOnly = states.selectable = True
        states.selected = part is not None and part.is_selected
        return state

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        is_cell = kind is QAccessible.InterfaceType.TableCellInterface and self.role() is Role.Cell
        return self._cell if is_cell else super().interface_cast(kind)


class _CellInterface(QAccessibleTableCellInterface):
    """Where a part is in its table."""

    def __init__(self, of: _PartInterface) -> None:
        super().__init__()
        self._of = of

    def rowIndex(self) -> int:
        part = self._of.part
        return -1 if part is None else part.cell[0]

    def columnIndex(self) -> int:
        part = self._of.part
        return -1 if part is None else part.cell[1]

    def rowExtent(self) -> int:
        return 1

    def columnExtent(self) -> int:
        return 1

    def rowHeaderCells(self) -> list[QAccessibleInterface]:
        return []

    def columnHeaderCells(self) -> list[QAccessibleInterface]:
        return []

    def isSelected(self) -> bool:
        part = self._of.part
        return part is not None and part.is_selected

    def table(self) -> QAccessibleInterface:
        return self._of.parent()
