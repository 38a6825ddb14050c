"""The fields of a layer in rows of two, the advanced ones behind "More", and what is wrong with them."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.network.blocks.hyperparameter_fields import make_field, show_texts, texts_of
from digitlab.gui.widgets.fields import ProblemLabel, describe, set_tip, tip_of
from digitlab.gui.widgets.label import Label
from digitlab.model.hyperparameters import Choice, Hyperparameter
from digitlab.model.layer import Layer

_COLUMNS: Final = 2
"""Number of hyperparameters in a row."""
_LABEL_PX: Final = 52
_FIELD_PX: Final = 60
_WIDE_PX: Final = 92
"""A field that needs more has a row of its own."""
_AROUND_OPTION_PX: Final = 44
"""Padding and arrow of a choice, beside its option."""

_NOTHING: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({})


class BlockFields(QWidget):
    """A field for each hyperparameter of a layer.

    Signals:
        edited: The user changed a field, which may now be invalid; carries the hyperparameter.
        left: The user left a field for a number.
    """

    edited = Signal(str)
    left = Signal()

    def __init__(self, name: str, layer: Layer, parent: QWidget | None = None) -> None:
        """Create the fields of a layer.

        Args:
            name: The layer's name within the network, for example ``conv2``.
            layer: The layer.
            parent: The widget around it.
        """
        super().__init__(parent)
        self._name = name
        self._layer = layer
        self._advanced = frozenset(one.name for one in layer.editable if one.is_advanced)
        self._rest = QWidget(self)
        self._fields: dict[str, Any] = {}  # of HyperparameterField
        for parameter in layer.editable:
            self._fields[parameter.name] = self._make_field(parameter)
        self._more = QToolButton(self)
        self._more.setProperty("crumb", True)
        self._more.setCheckable(True)
        self._more.toggled.connect(self._on_more_toggled)
        tip = "Show or hide the hyperparameters that are rarely changed."
        describe(self._more, f"{name}.more", f"{name}, more hyperparameters", tip)
        self._problem = ProblemLabel(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(self._grid(one for one in layer.editable if not one.is_advanced))
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._rest)
        column.addWidget(self._problem)
        rest = self._grid(one for one in layer.editable if one.is_advanced)
        self._rest.setLayout(rest)
        self._more.setVisible(bool(self._advanced))
        self._on_more_toggled(False)
        self.show_layer(layer, is_forced=True)

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """The widgets that take the focus, in order."""
        inputs = {name: made.inputs for name, made in self._fields.items()}
        usual = [one for name, made in inputs.items() if name not in self._advanced for one in made]
        return (*usual, self._more, *(one for name in self._advanced for one in inputs[name]))

    @property
    def layer(self) -> Layer | None:
        """The layer in the fields, or None while one of them is invalid."""
        values = {name: made.value for name, made in self._fields.items()}
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

    def value_of(self, name: str) -> Any:
        """Return the value in the field of a hyperparameter, or None while it is invalid."""
        return self._fields[name].value

    def texts_of(self, name: str) -> tuple[str, ...]:
        """Return what was typed in the field of a hyperparameter."""
        return texts_of(self._fields[name])

    def show_name(self, name: str) -> None:
        """Show another name of the layer: that of each field begins with it."""
        for stop in self.stops:
            stop.setObjectName(name + stop.objectName().removeprefix(self._name))
            stop.setAccessibleName(name + stop.accessibleName().removeprefix(self._name))
        self._name = name

    def show_layer(
        self, layer: Layer, typed: Mapping[str, tuple[str, ...]] = _NOTHING, *, is_forced: bool = False
    ) -> None:
        """Show other values of the same layer.

        Args:
            layer: The layer, of the type that the fields were created for.
            typed: Invalid texts to show instead, by hyperparameter.
            is_forced: Whether to show numbers that were typed otherwise, such as 05, in the usual way too.
        """
        self._layer = layer
        for name, made in self._fields.items():
            if name in typed:
                show_texts(made, typed[name])
            else:
                made.show_value(getattr(layer, name), is_forced=is_forced or bool(made.problem))

    def show_problems(self, culprit: str, reason: str, applied: Layer | None) -> None:
        """Mark the invalid fields, and those that are not applied because of them.

        Args:
            culprit: The hyperparameter that prevents the network from being built; empty if none does.
            reason: Why; empty if nothing prevents it.
            applied: The layer in the last valid network; None if the fields show what is applied.
        """
        problems = self.problems
        for parameter in self._layer.editable:
            name, note, made = parameter.name, "", self._fields[parameter.name]
            own = reason if name == culprit else ""
            if applied is not None and made.value != getattr(applied, name):
                note = f"Not applied. The last valid network has {parameter.text(getattr(applied, name))} here."
            made.mark(own)
            made.note(f"{problems.get(name, own)} {note}".strip(), is_unapplied=bool(note))
            if name in self._advanced and (own or name in problems):
                self._more.setChecked(True)
        self._problem.show_problem(" ".join(filter(None, (*problems.values(), reason))))

    def focus_first(self) -> None:
        """Move the focus to the first field, if there is one."""
        for stop in self.stops:
            if stop.isVisibleTo(self):
                stop.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _make_field(self, parameter: Hyperparameter) -> Any:
        made = make_field(parameter, self._name, self._rest if parameter.is_advanced else self)
        made.edited.connect(self._on_field_edited)
        for number in made.inputs:
            if isinstance(number, QLineEdit):
                number.editingFinished.connect(self.left)
        return made

    def _grid(self, parameters: Iterable[Hyperparameter]) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.SPACE_XS)
        grid.setVerticalSpacing(theme.SPACE_XS)
        place = 0
        for parameter in parameters:
            field = self._fields[parameter.name]
            label = Label(parameter.label, field.parentWidget())
            label.setBuddy(field.inputs[0])
            is_narrow = _width_px(parameter, field) <= _WIDE_PX and label.sizeHint().width() <= _LABEL_PX
            span = 1 if is_narrow else _COLUMNS
            place += place % _COLUMNS if span > 1 else 0
            row, column = divmod(place, _COLUMNS)
            label.setFixedWidth(_LABEL_PX if span == 1 else max(_LABEL_PX, label.sizeHint().width()))
            set_tip(label, tip_of(field.inputs[0]))
            field.setMinimumWidth(_FIELD_PX)
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            if span == 1:
                grid.addWidget(label, row, 2 * column)
                grid.addWidget(field, row, 2 * column + 1)
            else:  # a longer label does not widen the column of the others
                line = QHBoxLayout()
                line.setSpacing(theme.SPACE_XS)
                line.addWidget(label)
                line.addWidget(field, 1)
                grid.addLayout(line, row, 0, 1, 2 * _COLUMNS)
            place += span
        for column in range(_COLUMNS):
            grid.setColumnMinimumWidth(2 * column, _LABEL_PX)
            grid.setColumnStretch(2 * column + 1, 1)
        return grid

    @Slot(bool)
    def _on_more_toggled(self, is_on: bool) -> None:
        self._more.setText("Less" if is_on else "More")
        self._rest.setVisible(is_on)

    @Slot()
    def _on_field_edited(self) -> None:
        sender = self.sender()
        self.edited.emit(next(name for name, made in self._fields.items() if made is sender))


def _width_px(parameter: Hyperparameter, field: Any) -> int:
    """Return the width that a field needs."""
    options = [parameter.text(option) for option in parameter.options] if isinstance(parameter, Choice) else []
    width: int = max([_FIELD_PX, *(field.fontMetrics().horizontalAdvance(one) + _AROUND_OPTION_PX for one in options)])
    return width
