"""One filter: whether it is on, its kernel channel by channel, and fields for a weight, the bias and the brush."""

from typing import Final

import numpy as np
from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.whatif.kernel_grid import KernelGrid
from digitlab.gui.explain.whatif.kernels import KernelShape, significant, strongest_channels
from digitlab.gui.explain.whatif.wording import cell_text, channel_text, unit_title, weight_title
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card
from digitlab.gui.widgets.fields import ChoiceBox, NumberField, NumberRange, describe, set_tip
from digitlab.gui.widgets.label import Label
from digitlab.gui.widgets.throttle import Throttle
from digitlab.model.edits import Edits, Unit, Weight, can_be_off
from digitlab.model.layer import Activation

NUDGE: Final = 0.05
"""One step of the wheel, or of + and −: a tenth of a typical weight of a small network."""

_WEIGHTS: Final = NumberRange(-1000, 1000, is_whole=False, step=0.01, example="−0.25")
_PAUSE_MS: Final = 700
"""After this pause, typed digits or steps of the wheel are one command."""

_SMALLEST: Final = QSize(316, 190)
_FIELD_PX: Final = 96

_PAINTING: Final = "painting"

_OFF_TIP: Final = "Switch this filter off: its map is 0 for every drawing."
_ON_TIP: Final = "Switch this filter on again, with its weights."
_LOST_TIP: Final = "It is off in the network as it was opened: there are no weights to switch on. Set some by hand."
_NO_BIAS_TIP: Final = "It cannot be switched off: it has no bias, and without weights its activation would not be 0."
_LAST_TIP: Final = "The last output that is on cannot be switched off: softmax gives it 100 %."


class KernelCard(Card):
    """Shows and edits one filter or unit.

    Signals:
        grown: A weight is being changed; carries the edits.
        finished: The change is complete; carries the name of the command.
        changed: A change in one go; carries the edits and the name of the command.
    """

    grown = Signal(object)
    finished = Signal(str)
    changed = Signal(object, str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create a card without a filter.

        Args:
            session: Whose network and edits it shows.
            parent: The widget around it.
        """
        super().__init__(" ", parent=parent)
        self.column.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        self.column.setSpacing(theme.SPACE_XS)
        self._session = session
        self._shape: KernelShape | None = None
        self._unit = 0
        self._order_key: object = None
        self._command = ""
        self._pausing = Throttle(self.complete, _PAUSE_MS, self, restarts=True)
        self.toggle = QPushButton("Switch off")
        self.only = QPushButton("Keep only this")
        self._restore = QPushButton("Restore")
        self._channels = ChoiceBox()
        self._channels_label = Label("Input channel")
        self.grid = KernelGrid()
        self._weight_label, self._bias_label = Label("Weight"), Label("Bias")
        self.weight = NumberField(_WEIGHTS)
        self.bias = NumberField(_WEIGHTS)
        self.brush = NumberField(_WEIGHTS)
        self._set_up()
        self._lay_out()
        self._connect()

    def _set_up(self) -> None:
        if self.title is not None:
            self.title.setObjectName("kernelTitle")
        describe(self.toggle, "switchButton", "Switch off", _OFF_TIP)
        describe(self.only, "keepOnlyButton", "Keep only this", "Switch off all other filters of this layer.")
        describe(self._restore, "restoreKernelButton", "Restore", "Undo what was set by hand in this filter.")
        describe(self._channels, "kernelChannelBox", "Input channel", "Which input the kernel on screen is applied to.")
        describe(self.weight, "weightField", "Weight", "The chosen weight. Arrow keys change it in steps.")
        describe(self.bias, "biasField", "Bias", "The bias, which is added to the sum of all products.")
        describe(self.brush, "brushField", "Brush", "The weight that dragging over the kernel paints.")
        self._channels.setMinimumContentsLength(12)
        self.brush.show_value(0.5)
        self.setMinimumSize(_SMALLEST)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_XS)
        for button in (self.toggle, self.only, self._restore):
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)
        channel = QHBoxLayout()
        channel.setSpacing(theme.SPACE_S)
        self._channels_label.setBuddy(self._channels)
        channel.addWidget(self._channels_label)
        channel.addWidget(self._channels, 1)
        self.column.addLayout(channel)
        fields = QGridLayout()
        fields.setHorizontalSpacing(theme.SPACE_XS)
        fields.setVerticalSpacing(theme.SPACE_XS)
        rows = (self._weight_label, self.weight), (self._bias_label, self.bias), (Label("Brush"), self.brush)
        for line, (label, field) in enumerate(rows):
            label.setBuddy(field)
            field.setFixedWidth(_FIELD_PX)
            fields.addWidget(label, line, 0)
            fields.addWidget(field, line, 1)
        fields.setRowStretch(3, 1)
        beside = QHBoxLayout()
        beside.setSpacing(theme.SPACE_S)
        beside.addWidget(self.grid, 1)
        beside.addLayout(fields)
        self.column.addLayout(beside, 1)

    def _connect(self) -> None:
        self.toggle.clicked.connect(self.toggle_unit)
        self.only.clicked.connect(self._on_only_clicked)
        self._restore.clicked.connect(self._on_restore_clicked)
        self._channels.currentIndexChanged.connect(self._on_channel_changed)
        self.grid.cell_chosen.connect(self._on_cell_chosen)
        self.grid.paint_requested.connect(self._on_paint_requested)
        self.grid.stroke_finished.connect(self.complete)
        self.grid.nudge_requested.connect(self._on_nudge_requested)
        for field, slot in ((self.weight, self._on_weight_edited), (self.bias, self._on_bias_edited)):
            field.edited.connect(slot)
            field.editingFinished.connect(self.complete)

    @property
    def channel(self) -> int:
        """The input channel on screen."""
        return int(self._channels.currentData() or 0)

    @property
    def _edits(self) -> Edits:
        return self._session.edits

    @Slot()
    def complete(self) -> None:
        """Make a command of what is being typed, painted or changed in steps."""
        self._pausing.cancel()
        if self._command:
            command, self._command = self._command, ""
            self.finished.emit(command)

    def show_unit(self, shape: KernelShape, unit: int) -> None:
        """Show a filter or unit of the network on screen.

        Args:
            shape: How the kernels of its layer are laid out.
            unit: Its index.
        """
        is_other = self._shape is None or (shape, unit) != (self._shape, self._unit)
        if is_other:
            self.complete()
        self._shape, self._unit = shape, unit
        names = self._session.snapshot.spec.weight_shapes[shape.layer]
        for name, label, field in zip(
            names, (self._weight_label, self._bias_label), (self.weight, self.bias), strict=False
        ):
            title = weight_title(name)
            label.setText(title)
            field.setAccessibleName(title)
        self._show_channels()
        self._show_buttons()
        self._show_kernel(is_forced=is_other)

    # Display

    def _show_channels(self) -> None:
        """List the input channels, the strongest of the unedited kernel first, so that painting moves none."""
        snapshot, shape = self._session.snapshot, self._shape
        if shape is None:
            return
        key = (snapshot.original.weights[shape.layer][0].ctypes.data, shape, self._unit)
        if key == self._order_key:
            return
        is_same_layer = isinstance(self._order_key, tuple) and self._order_key[1] == shape
        before = self.channel if is_same_layer and self._order_key[2] == self._unit else None  # type: ignore[index]
        self._order_key = key
        self._channels.blockSignals(True)
        self._channels.clear()
        for channel, share in strongest_channels(shape.pictures(snapshot.original)[self._unit]):
            self._channels.add_choice(channel_text(channel, share), channel)
        if before is not None:
            self._channels.show_choice(before)
        self._channels.blockSignals(False)
        for widget in (self._channels, self._channels_label):
            widget.setVisible(shape.channels > 1)

    def _show_buttons(self) -> None:
        snapshot, shape = self._session.snapshot, self._shape
        if shape is None:
            return
        if self.title is not None:
            self.title.setText(unit_title(snapshot, shape.layer, self._unit))
        off, unit = snapshot.off_units(shape.layer), Unit(shape.layer, self._unit)
        is_off = unit in self._edits.off
        is_lost = bool(off[self._unit]) and not is_off
        is_softmax = snapshot.spec.activation_of(shape.layer) is Activation.SOFTMAX
        is_last = is_softmax and not is_off and int((~off).sum()) <= 1
        text, tip = ("Switch on", _ON_TIP) if is_off else ("Switch off", _OFF_TIP)
        self.toggle.setText(text)
        self.toggle.setAccessibleName(text)
        cannot = not can_be_off(snapshot.spec, shape.layer)
        self.toggle.setEnabled(not (is_lost or is_last or cannot))
        set_tip(self.toggle, _LOST_TIP if is_lost else _LAST_TIP if is_last else _NO_BIAS_TIP if cannot else tip)
        self.only.setEnabled(not (is_lost or cannot))
        self._restore.setEnabled(any(Unit(one.layer, one.at[-1]) == unit for one in self._edits.weights) and not is_off)

    def _show_kernel(self, *, is_forced: bool = False) -> None:
        snapshot, shape = self._session.snapshot, self._shape
        if shape is None:
            return
        pictures = shape.pictures(snapshot)[self._unit]
        unedited = shape.pictures(snapshot.original)[self._unit]
        limit = float(max(np.abs(pictures).max(), np.abs(unedited).max()))
        is_off = Unit(shape.layer, self._unit) in self._edits.off
        channel = min(self.channel, shape.channels - 1)
        self.grid.show_kernel(pictures[channel], limit, is_off=is_off)
        cell = self.grid.cell
        biases = [(self.bias, float(one[self._unit])) for one in snapshot.weights[shape.layer][1:2]]
        for widget in (self.bias, self._bias_label):
            widget.setVisible(bool(biases))
        for field, value in ((self.weight, float(pictures[channel][cell])), *biases):
            field.setEnabled(not is_off)
            is_typing = field.hasFocus() and self._pausing.is_pending
            if not is_typing or is_forced:
                field.show_value(significant(value), is_forced=True)
        set_tip(self.weight, f"The weight at {cell_text(shape.rows, *cell)}. Arrow keys change it in steps.")

    # Changes

    @Slot()
    def toggle_unit(self) -> None:
        """Switch the filter off, or on, if it can be."""
        shape = self._shape
        if shape is None or not self.toggle.isEnabled():
            return
        self.complete()
        unit = Unit(shape.layer, self._unit)
        is_off = unit in self._edits.off
        self.changed.emit(self._edits.with_off([unit], is_off=not is_off), f"switching {'on' if is_off else 'off'}")

    @Slot()
    def _on_only_clicked(self) -> None:
        shape = self._shape
        if shape is not None:
            self.complete()
            self.changed.emit(
                self._edits.keeping_only(Unit(shape.layer, self._unit), shape.units), "keeping one filter"
            )

    @Slot()
    def _on_restore_clicked(self) -> None:
        shape = self._shape
        if shape is not None:
            self.complete()
            self.changed.emit(self._edits.without_weights(Unit(shape.layer, self._unit)), "restoring a kernel")

    def _set(self, values: dict[Weight, float], command: str) -> None:
        """Show weights with other values; a pause, another kind of change or another filter completes the command."""
        if self._shape is None or Unit(self._shape.layer, self._unit) in self._edits.off:
            return
        if command != self._command:
            self.complete()
        self._command = command
        if command != _PAINTING:  # a stroke is complete when the button is released
            self._pausing.request()
        self.grown.emit(self._edits.with_weights(values))

    @Slot()
    def _on_weight_edited(self) -> None:
        if self._shape is not None and self.weight.value is not None:
            weight = self._shape.weight(self._unit, self.channel, *self.grid.cell)
            self._set({weight: self.weight.value}, "setting a weight")

    @Slot()
    def _on_bias_edited(self) -> None:
        if self._shape is not None and self.bias.value is not None:
            self._set({self._shape.bias(self._unit): self.bias.value}, "setting a bias")

    @Slot(list)
    def _on_paint_requested(self, cells: list[tuple[int, int]]) -> None:
        if self._shape is not None and self.brush.value is not None:
            weights = [self._shape.weight(self._unit, self.channel, *cell) for cell in cells]
            self._set(dict.fromkeys(weights, self.brush.value), _PAINTING)

    @Slot(int)
    def _on_nudge_requested(self, count: int) -> None:
        snapshot, shape = self._session.snapshot, self._shape
        if shape is not None:
            weight = shape.weight(self._unit, self.channel, *self.grid.cell)
            value = float(snapshot.weights[shape.layer][0][weight.at])
            self._set({weight: min(max(value + count * NUDGE, -1000.0), 1000.0)}, "changing a weight")

    @Slot()
    def _on_channel_changed(self) -> None:
        self.complete()
        self._show_kernel(is_forced=True)

    @Slot(int, int)
    def _on_cell_chosen(self, row: int, col: int) -> None:
        del row, col
        if self._command != _PAINTING:
            self.complete()
        self._show_kernel(is_forced=True)
