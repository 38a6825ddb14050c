"""One layer in the editor, with fields created from the hyperparameters that it declares."""

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.fields import (
    ChoiceBox,
    NumberField,
    NumberRange,
    ProblemLabel,
    describe,
    set_description,
    set_flag,
    set_tip,
    tip_of,
)
from digitlab.gui.widgets.label import Label, RichLabel, escaped
from digitlab.gui.widgets.themed import Themed
from digitlab.model.layer import Choice, Hyperparameter, Layer

_COLUMNS: Final = 2
"""Number of hyperparameters in a row."""
_LABEL_PX: Final = 52
_FIELD_PX: Final = 60
_AROUND_OPTION_PX: Final = 44
"""Padding and arrow of a choice, beside its option."""


class LayerBlock(Themed, QWidget):
    """The title of a layer and a field for each of its hyperparameters.

    Signals:
        edited: The user changed a field, which may now be invalid.
    """

    edited = Signal()

    def __init__(self, name: str, layer: Layer, parent: QWidget | None = None) -> None:
        """Create the fields of a layer.

        Args:
            name: The layer's name within the network, for example ``conv2``.
            layer: The layer.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setObjectName(f"{name}Block")
        self._name = name
        self._layer = self._titled = layer
        self._title = RichLabel()
        self._title.setWordWrap(True)
        self._fields: dict[str, NumberField | ChoiceBox] = {}
        self._problem = ProblemLabel()
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACE_XS)
        grid.setVerticalSpacing(theme.SPACE_XS)
        for index, parameter in enumerate(layer.editable):
            row, column = divmod(index, _COLUMNS)
            field = self._make_field(parameter)
            label = Label(parameter.label)
            label.setBuddy(field)
            set_tip(label, tip_of(field))
            label.setFixedWidth(_LABEL_PX)
            options = [option.value for option in parameter.options] if isinstance(parameter, Choice) else []
            widths = [field.fontMetrics().horizontalAdvance(option) + _AROUND_OPTION_PX for option in options]
            field.setMinimumWidth(max([_FIELD_PX, *widths]))
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.addWidget(label, row, 2 * column)
            grid.addWidget(field, row, 2 * column + 1)
            grid.setColumnStretch(2 * column + 1, 1)
        column_of_all = QVBoxLayout(self)
        column_of_all.setContentsMargins(0, 0, 0, 0)
        column_of_all.setSpacing(theme.SPACE_XS)
        column_of_all.addWidget(self._title)
        column_of_all.addLayout(grid)
        column_of_all.addWidget(self._problem)
        set_tip(self, layer.explanation)
        self.setWhatsThis(layer.explanation)
        self.show_layer(layer, is_forced=True)
        self.follow_theme()

    @property
    def fields(self) -> tuple[QWidget, ...]:
        """The fields, in the order of the hyperparameters."""
        return tuple(self._fields.values())

    @property
    def layer(self) -> Layer | None:
        """The layer in the fields, or None while one of them is invalid."""
        changes: dict[str, Any] = {}
        for parameter in self._layer.editable:
            field = self._fields[parameter.name]
            if isinstance(parameter, Choice):
                changes[parameter.name] = parameter.options(field.currentData())  # type: ignore[union-attr]
            elif isinstance(field, NumberField):
                if field.value is None:
                    return None
                changes[parameter.name] = int(field.value)
        return replace(self._layer, **changes) if changes else self._layer  # type: ignore[type-var]

    @property
    def problems(self) -> dict[str, str]:
        """Why the texts of fields are invalid, by hyperparameter; empty if all are valid."""
        found = {}
        for parameter in self._layer.editable:
            field = self._fields[parameter.name]
            if isinstance(field, NumberField) and field.problem:
                found[parameter.name] = f"{parameter.label}: {field.problem}"
        return found

    def differences(self, layer: Layer) -> dict[str, str]:
        """Return the labels of the hyperparameters whose fields do not show the values of a layer of the same type."""
        return {
            parameter.name: f"{self._name} {parameter.label.lower()}"
            for parameter in self._layer.editable
            if self._content(parameter) != _value_of(layer, parameter)
        }

    def _content(self, parameter: Hyperparameter) -> object:
        field = self._fields[parameter.name]
        return field.value if isinstance(field, NumberField) else field.currentData()

    def show_layer(self, layer: Layer, *, is_forced: bool = False) -> None:
        """Show other values of the same layer.

        Args:
            layer: The layer, of the type that the block was created for.
            is_forced: Whether to overwrite invalid input too.
        """
        self._layer = self._titled = layer
        for parameter in layer.editable:
            field, value = self._fields[parameter.name], _value_of(layer, parameter)
            if isinstance(field, NumberField):
                field.show_value(value, is_forced=is_forced)  # type: ignore[arg-type]
            else:
                field.show_choice(value)
        self._show_title()

    def show_problems(self, culprit: str, reason: str, applied: Layer | None) -> None:
        """Mark the invalid fields, and those that are not applied because of them; the title names what is applied.

        Args:
            culprit: The hyperparameter that prevents the network from being built; empty if none does.
            reason: Why; empty if nothing prevents it.
            applied: The layer in the last valid network; None if the fields show what is applied.
        """
        self._titled = applied or self._layer
        self._show_title()
        differing = {} if applied is None else self.differences(applied)
        for name, field in self._fields.items():
            own = reason if name == culprit else ""
            note = ""
            if applied is not None and name in differing:
                note = f"Not applied. The last valid network has {getattr(applied, name)} here."
            if isinstance(field, NumberField):
                field.mark(own)
            else:
                set_flag(field, "invalid", is_on=bool(own))
            set_description(field, f"{self.problems.get(name, own)} {note}".strip())
            set_flag(field, "unapplied", is_on=bool(note))
        self._problem.show_problem(" ".join(filter(None, (*self.problems.values(), reason))))

    def restyle(self) -> None:
        """Colour the secondary part of the title."""
        self._show_title()

    def _make_field(self, parameter: Hyperparameter) -> NumberField | ChoiceBox:
        field: NumberField | ChoiceBox
        if isinstance(parameter, Choice):
            field = ChoiceBox()
            for option in parameter.options:
                field.add_choice(option.value, option.value)
            field.activated.connect(self._on_field_edited)
        else:
            field = NumberField(NumberRange(parameter.minimum, parameter.maximum))
            field.edited.connect(self._on_field_edited)
        title = f"{self._name}, {parameter.label.lower()}"
        describe(field, f"{self._name}.{parameter.name}", title, parameter.tooltip)
        self._fields[parameter.name] = field
        return field

    def _show_title(self) -> None:
        quiet = self._titled.title if self._fields else self._titled.explanation
        colour = self.palette().color(theme.QUIET).name()
        size = theme.FONT_SMALL_PX
        words = f"<span style='color:{colour}; font-size:{size}px'>{escaped(quiet)}</span>"
        self._title.setText(f"<b>{escaped(self._name)}</b>&nbsp;&nbsp;{words}")

    @Slot()
    def _on_field_edited(self) -> None:
        layer = self.layer
        if layer is not None:
            self._layer = layer
        self.edited.emit()


def _value_of(layer: Layer, parameter: Hyperparameter) -> object:
    """Return a hyperparameter's value as its field holds it."""
    value = getattr(layer, parameter.name)
    return value.value if isinstance(parameter, Choice) else value
