"""Observed values: attributes of a QObject that emit a signal when they change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self, TypeVar, overload

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

Value = TypeVar("Value")


class Observed(Generic[Value]):
    """A value whose owner emits the signal ``<name>_changed`` when a different value is set.

    The first value, set in the owner's constructor, emits nothing, since no slot is connected yet. A value equal to the
    current one is ignored.

    Example:
        class Session(QObject):
            recipe_changed = Signal()
            recipe: Observed[Recipe] = Observed()
    """

    def __set_name__(self, owner: type, name: str) -> None:
        """Derive the name of the signal from the name of the attribute."""
        self._key = f"_{name}"
        self._signal = f"{name}_changed"

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...

    @overload
    def __get__(self, owner: QObject, kind: type) -> Value: ...

    def __get__(self, owner: QObject | None, kind: type) -> Self | Value:
        """Return the value."""
        if owner is None:
            return self
        value: Value = owner.__dict__[self._key]
        return value

    def __set__(self, owner: QObject, value: Value) -> None:
        """Set the value, and emit the signal if it changed."""
        if self.assign(owner, value):
            self.emit(owner)

    def assign(self, owner: QObject, value: Value) -> bool:
        """Set the value without emitting; returns whether it changed."""
        values = owner.__dict__
        if self._key not in values:
            values[self._key] = value
            return False
        before = values[self._key]
        if value is before or value == before:
            return False
        values[self._key] = value
        return True

    def emit(self, owner: QObject) -> None:
        """Emit the owner's signal for this value."""
        getattr(owner, self._signal).emit()


def set_together(owner: QObject, **values: object) -> None:
    """Set several observed values, then emit one signal for each that changed.

    Args:
        owner: The object whose values are set.
        values: The values by name; the signals are emitted in this order.
    """
    fields = {name: getattr(type(owner), name) for name in values}
    for field in [field for name, field in fields.items() if field.assign(owner, values[name])]:
        field.emit(owner)
