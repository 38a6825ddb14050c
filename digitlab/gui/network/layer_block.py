"""One layer in the editor, with fields created from the hyperparameters that it declares."""

from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.fields import ChoiceBox, NumberField, NumberRange, ProblemLabel, describe, set_flag, wrapped
from digitlab.gui.widgets.themed import Themed
from digitlab.model.layer import Choice, Hyperparameter, Layer

_COLUMNS: Final = 2
"""Number of hyperparameters in a row."""
_LABEL_PX: Final = 52
_FIELD_PX: Final = 64


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
        self._layer = layer
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.RichText)
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
            label = QLabel(parameter.label)
            label.setBuddy(field)
            label.setToolTip(field.toolTip())
            label.setFixedWidth(_LABEL_PX)
            field.setMinimumWidth(_FIELD_PX)
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
        self.setToolTip(wrapped(layer.explanation))
        self.setWhatsThis(self.toolTip())
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
    def problem(self) -> str:
        """Why the text of a field is invalid; empty if all are valid."""
        for parameter in self._layer.editable:
            field = self._fields[parameter.name]
            if isinstance(field, NumberField) and field.problem:
                return f"{parameter.label}: {field.problem}"
        return ""

    def show_layer(self, layer: Layer, *, is_forced: bool = False) -> None:
        """Show other values of the same layer.

        Args:
            layer: The layer, of the type that the block was created for.
            is_forced: Whether to overwrite invalid input too.
        """
        self._layer = layer
        for parameter in layer.editable:
            field, value = self._fields[parameter.name], getattr(layer, parameter.name)
            if isinstance(field, NumberField):
                field.show_value(value, is_forced=is_forced)
            else:
                field.show_choice(value.value)
        self._show_title()

    def show_problem(self, field_name: str, reason: str) -> None:
        """Mark the field that prevents the network from being built; none if the reason is empty."""
        for name, field in self._fields.items():
            is_culprit = bool(reason) and name == field_name
            if isinstance(field, NumberField):
                field.mark(reason if is_culprit else "")
            else:
                set_flag(field, "invalid", is_on=is_culprit)
        self._problem.show_problem(self.problem or reason)

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
        quiet = self._layer.title if self._fields else self._layer.explanation
        colour = self.palette().color(theme.QUIET).name()
        size = theme.FONT_SMALL_PX
        words = f"<span style='color:{colour}; font-size:{size}px'>{quiet}</span>"
        self._title.setText(f"<b>{self._name}</b>&nbsp;&nbsp;{words}")

    @Slot()
    def _on_field_edited(self) -> None:
        layer = self.layer
        if layer is not None:
            self._layer = layer
            self._show_title()
        self.edited.emit()
