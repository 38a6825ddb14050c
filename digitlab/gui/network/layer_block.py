"""One layer in the editor, with fields created from the hyperparameters that it declares."""

from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.network.hyperparameter_fields import make_field
from digitlab.gui.widgets.fields import ProblemLabel, set_tip, tip_of
from digitlab.gui.widgets.label import Label, RichLabel, escaped
from digitlab.gui.widgets.themed import Themed
from digitlab.model.hyperparameters import Choice, Hyperparameter
from digitlab.model.layer import Layer

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
        self._fields: dict[str, Any] = {}  # of HyperparameterField
        self._problem = ProblemLabel()
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACE_XS)
        grid.setVerticalSpacing(theme.SPACE_XS)
        for index, parameter in enumerate(layer.editable):
            row, column = divmod(index, _COLUMNS)
            field = self._make_field(parameter)
            label = Label(parameter.label)
            label.setBuddy(field.inputs[0])
            set_tip(label, tip_of(field.inputs[0]))
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
        """The widgets that take the focus, in the order of the hyperparameters."""
        return tuple(widget for field in self._fields.values() for widget in field.inputs)

    @property
    def layer(self) -> Layer | None:
        """The layer in the fields, or None while one of them is invalid."""
        values = {name: field.value for name, field in self._fields.items()}
        if None in values.values():
            return None
        return self._layer.changed(
            **{name: value for name, value in values.items() if value != getattr(self._layer, name)}
        )

    @property
    def problems(self) -> dict[str, str]:
        """Why the texts of fields are invalid, by hyperparameter; empty if all are valid."""
        return {
            parameter.name: f"{parameter.label}: {problem}"
            for parameter in self._layer.editable
            if (problem := self._fields[parameter.name].problem)
        }

    def differences(self, layer: Layer) -> dict[str, str]:
        """Return the labels of the hyperparameters whose fields do not show the values of a layer of the same type."""
        return {
            parameter.name: f"{self._name} {parameter.label.lower()}"
            for parameter in self._layer.editable
            if self._fields[parameter.name].value != getattr(layer, parameter.name)
        }

    def show_layer(self, layer: Layer, *, is_forced: bool = False) -> None:
        """Show other values of the same layer.

        Args:
            layer: The layer, of the type that the block was created for.
            is_forced: Whether to overwrite invalid input too.
        """
        self._layer = self._titled = layer
        for name, field in self._fields.items():
            field.show_value(getattr(layer, name), is_forced=is_forced)
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
        for parameter in self._layer.editable:
            name, note = parameter.name, ""
            own = reason if name == culprit else ""
            if applied is not None and name in differing:
                words = parameter.text(getattr(applied, name))
                note = f"Not applied. The last valid network has {words} here."
            self._fields[name].mark(own)
            self._fields[name].note(f"{self.problems.get(name, own)} {note}".strip(), is_unapplied=bool(note))
        self._problem.show_problem(" ".join(filter(None, (*self.problems.values(), reason))))

    def restyle(self) -> None:
        """Colour the secondary part of the title."""
        self._show_title()

    def _make_field(self, parameter: Hyperparameter) -> Any:
        field = make_field(parameter, self._name)
        field.edited.connect(self._on_field_edited)
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
            self.show_layer(layer)  # others follow some hyperparameters
        self.edited.emit()
