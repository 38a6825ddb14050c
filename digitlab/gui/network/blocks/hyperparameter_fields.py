"""A field for each kind of hyperparameter. All have the same interface, so that an editor need not know the kinds."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from PySide6.QtCore import QPoint, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from digitlab.gui.theme import SPACE_XS
from digitlab.gui.widgets.fields import (
    ChoiceBox,
    NumberField,
    NumberRange,
    describe,
    set_description,
    set_flag,
)
from digitlab.gui.widgets.label import Label
from digitlab.model.hyperparameters import Choice, Decimal, Flag, Hyperparameter, Pair, WholeNumber

_PART_PX: Final = 28
"""Least width of each number of a pair: two digits."""


def is_history_key(event: QKeyEvent) -> bool:
    """Return whether a key undoes or redoes."""
    is_second_redo = event.key() == Qt.Key.Key_Y and event.modifiers() == Qt.KeyboardModifier.ControlModifier
    return (
        event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo) or is_second_redo
    )


class HyperparameterField(Protocol):
    """What an editor does with a field, whose widget it is itself.

    Attributes:
        edited: Signals that the user changed the value, which may now be invalid.
    """

    edited: SignalInstance

    @property
    def value(self) -> Any:
        """The value in the field as the layer holds it, or None while it is invalid."""

    @property
    def problem(self) -> str:
        """The valid input, if the field is invalid; empty otherwise."""

    @property
    def inputs(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, in order."""

    def show_value(self, value: Any, *, is_forced: bool = False) -> None:
        """Show a value; invalid input stays unless it is forced."""

    def mark(self, problem: str) -> None:
        """Mark the field as invalid if it is or the caller gives a reason; unmark it otherwise."""

    def describe(self, object_name: str, title: str, tooltip: str) -> None:
        """Set the names and help texts of its widgets."""

    def note(self, text: str, *, is_unapplied: bool) -> None:
        """Set what screen readers say beside its name, and whether it is marked as not applied."""


class _OneWidget:
    """A field that is one widget."""

    @property
    def inputs(self) -> tuple[QWidget, ...]:
        """See ``HyperparameterField``."""
        return (self,)  # type: ignore[return-value]

    def describe(self, object_name: str, title: str, tooltip: str) -> None:
        """See ``HyperparameterField``."""
        describe(self, object_name, title, tooltip)  # type: ignore[arg-type]

    def note(self, text: str, *, is_unapplied: bool) -> None:
        """See ``HyperparameterField``."""
        set_description(self, text)  # type: ignore[arg-type]
        set_flag(self, "unapplied", is_on=is_unapplied)  # type: ignore[arg-type]


class _NumberField(_OneWidget, NumberField):
    """A field for one number, which leaves undo and redo and moving the layer to the editor."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ignore the keys of the editor."""
        if is_history_key(event) or event.modifiers() & Qt.KeyboardModifier.AltModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)


class _ChoiceField(_OneWidget, ChoiceBox):
    """A list of options."""

    edited = Signal()

    def __init__(self, parameter: Choice, parent: QWidget) -> None:
        super().__init__(parent)
        self._options = parameter.options
        for option in parameter.options:
            self.add_choice(parameter.text(option), option.value)
        self.activated.connect(self._on_activated)

    @property
    def value(self) -> Any:
        """See ``HyperparameterField``."""
        return self._options(self.currentData())

    @property
    def problem(self) -> str:
        """See ``HyperparameterField``."""
        return ""

    def show_value(self, value: Any, *, is_forced: bool = False) -> None:
        """See ``HyperparameterField``."""
        del is_forced
        self.show_choice(value.value)

    def mark(self, problem: str) -> None:
        """See ``HyperparameterField``."""
        set_flag(self, "invalid", is_on=bool(problem))

    @Slot()
    def _on_activated(self) -> None:
        self.edited.emit()


class _FlagField(_OneWidget, QCheckBox):
    """A box to tick."""

    edited = Signal()

    def __init__(self, parameter: Flag, parent: QWidget) -> None:
        super().__init__(parent)
        del parameter
        self.clicked.connect(self._on_clicked)

    @property
    def value(self) -> bool:
        """See ``HyperparameterField``."""
        return self.isChecked()

    @property
    def problem(self) -> str:
        """See ``HyperparameterField``."""
        return ""

    def show_value(self, value: Any, *, is_forced: bool = False) -> None:
        """See ``HyperparameterField``."""
        del is_forced
        self.setChecked(value)

    def mark(self, problem: str) -> None:
        """See ``HyperparameterField``."""
        set_flag(self, "invalid", is_on=bool(problem))

    def hitButton(self, pos: QPoint) -> bool:
        """Take a click anywhere in the field: without a text the style would take those on the box alone."""
        return self.rect().contains(pos)

    @Slot()
    def _on_clicked(self) -> None:
        self.edited.emit()


class _PairField(QWidget):
    """Two numbers with a × between them. As long as both are equal, the second follows the first."""

    edited = Signal()

    def __init__(self, parameter: Pair, parent: QWidget) -> None:
        super().__init__(parent)
        self._parts = parameter.parts
        self._numbers = (_whole_number_field(parameter, self), _whole_number_field(parameter, self))
        self._before: float | None = None
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(SPACE_XS // 2)
        for number in self._numbers:
            number.setProperty("tight", True)
            number.setMinimumWidth(_PART_PX)
        first, second = self._numbers
        line.addWidget(first, 1)
        line.addWidget(Label("×", self))
        line.addWidget(second, 1)
        self.setFocusProxy(first)
        first.edited.connect(self._on_first_edited)
        second.edited.connect(self._on_second_edited)

    @property
    def value(self) -> tuple[int, int] | None:
        """See ``HyperparameterField``."""
        first, second = (number.value for number in self._numbers)
        return None if first is None or second is None else (int(first), int(second))

    @property
    def problem(self) -> str:
        """See ``HyperparameterField``."""
        return self._numbers[0].problem or self._numbers[1].problem

    @property
    def inputs(self) -> tuple[QWidget, ...]:
        """See ``HyperparameterField``."""
        return self._numbers

    def show_value(self, value: Any, *, is_forced: bool = False) -> None:
        """See ``HyperparameterField``."""
        for number, part in zip(self._numbers, value, strict=True):
            number.show_value(part, is_forced=is_forced)
        self._before = value[0]

    def mark(self, problem: str) -> None:
        """See ``HyperparameterField``."""
        for number in self._numbers:
            number.mark(problem)

    def describe(self, object_name: str, title: str, tooltip: str) -> None:
        """See ``HyperparameterField``; the first number has the name of the pair, the second one its own."""
        first, second = self._parts
        describe(self._numbers[0], object_name, f"{title}, {first}", f"{tooltip} First the {first}, then the {second}.")
        describe(
            self._numbers[1],
            f"{object_name}.{second}",
            f"{title}, {second}",
            f"{tooltip} The {second}: it follows the {first} as long as both are equal.",
        )

    def note(self, text: str, *, is_unapplied: bool) -> None:
        """See ``HyperparameterField``."""
        for number in self._numbers:
            number.note(text, is_unapplied=is_unapplied)

    @Slot()
    def _on_first_edited(self) -> None:
        first, second = self._numbers
        if first.value is not None:
            if second.value == self._before:
                second.show_value(first.value)
            self._before = first.value
        self.edited.emit()

    @Slot()
    def _on_second_edited(self) -> None:
        self.edited.emit()


def _whole_number_field(parameter: WholeNumber | Pair, parent: QWidget) -> _NumberField:
    return _NumberField(NumberRange(parameter.minimum, parameter.maximum), parent)


def _decimal_field(parameter: Decimal, parent: QWidget) -> _NumberField:
    return _NumberField(NumberRange(parameter.minimum, parameter.maximum, is_whole=False, step=parameter.step), parent)


FIELDS: Final[Mapping[type[Hyperparameter], Callable[[Any, QWidget], Any]]] = {
    WholeNumber: _whole_number_field,
    Pair: _PairField,
    Decimal: _decimal_field,
    Flag: _FlagField,
    Choice: _ChoiceField,
}
"""For each kind of hyperparameter: (parameter, parent) to a new ``HyperparameterField``."""


def texts_of(field: HyperparameterField) -> tuple[str, ...]:
    """Return what was typed in each input of an invalid field."""
    return tuple(number.text() for number in field.inputs if isinstance(number, NumberField))


def show_texts(field: HyperparameterField, texts: tuple[str, ...]) -> None:
    """Show what was typed in each input of a field; see ``texts_of``."""
    numbers = (number for number in field.inputs if isinstance(number, NumberField))
    for number, text in zip(numbers, texts, strict=True):
        number.show_text(text)


def make_field(parameter: Hyperparameter, layer_name: str, parent: QWidget) -> Any:
    """Return a field for a hyperparameter of a layer, with its names and help texts: a ``HyperparameterField``."""
    field = FIELDS[type(parameter)](parameter, parent)
    field.describe(f"{layer_name}.{parameter.name}", f"{layer_name}, {parameter.label.lower()}", parameter.tooltip)
    return field
