"""The choices of the sandbox: input, kernel, stride, padding, and whether the kernel is flipped."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.sandbox.patterns import INPUTS, KERNELS
from digitlab.gui.explain.sandbox.setting import KERNEL_SIDES, SIDES, STRIDES, Setting
from digitlab.gui.widgets.card import FoldingRow, quiet_label
from digitlab.gui.widgets.fields import ChoiceBox, NumberField, NumberRange, describe
from digitlab.gui.widgets.label import Label
from digitlab.model.layer import Padding

DRAWING: Final = "drawing"
"""Stands for the drawing on the canvas, as an input."""
FILTER: Final = "filter"
"""Stands for the filter that Explain is at, as a kernel."""

FLIPPED: Final = (
    "Convolution, as textbooks define it: the kernel is rotated by 180° before it is laid on the input. Keras and "
    "other libraries leave that out."
)
NOT_FLIPPED: Final = (
    "Cross-correlation: the kernel is laid on the input as it is. Keras and other libraries call this a convolution; "
    "for learned kernels it makes no difference."
)

_OWN: Final = "own"
_FIELD_PX: Final = 44
_DIGIT_PX: Final = 32
"""Of a field for one digit."""
_TWO_DIGITS: Final = 10


class SandboxChoices(QWidget):
    """Fields for everything but the cells.

    Signals:
        setting_changed: The user changed a field; carries the name of the change.
        drawing_requested: The drawing on the canvas was chosen as the input.
        filter_requested: The filter that Explain is at was chosen as the kernel.
    """

    setting_changed = Signal(str)
    drawing_requested = Signal()
    filter_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create empty fields."""
        super().__init__(parent)
        self._shown: Setting | None = None
        self._input, self._kernel, self._padding, self._operation = (ChoiceBox() for _ in range(4))
        self._height, self._width = _field(SIDES), _field(SIDES)
        self._kernel_height, self._kernel_width = _field(KERNEL_SIDES), _field(KERNEL_SIDES)
        self._stride = _field(STRIDES)
        self._describe()
        self._fill()
        self._lay_out()
        self._input.activated.connect(self._on_input_activated)
        self._kernel.activated.connect(self._on_kernel_activated)
        for field, slot in (
            (self._height, self._on_input_size_edited),
            (self._width, self._on_input_size_edited),
            (self._kernel_height, self._on_kernel_height_edited),
            (self._kernel_width, self._on_kernel_size_edited),
            (self._stride, self._on_stride_edited),
        ):
            field.edited.connect(slot)
        self._padding.activated.connect(self._on_padding_activated)
        self._operation.activated.connect(self._on_operation_activated)

    def _describe(self) -> None:
        describe(self._input, "sandboxInput", "Input", "A pattern for the input, or the drawing on the canvas.")
        describe(self._height, "sandboxHeight", "Height of the input", "Rows of the input.")
        describe(self._width, "sandboxWidth", "Width of the input", "Columns of the input.")
        describe(self._kernel, "sandboxKernel", "Kernel", "A well-known kernel, or a filter of the network.")
        describe(
            self._kernel_height,
            "sandboxSide",
            "Height of the kernel",
            "Rows of the kernel. As long as it is a square, it stays one.",
        )
        describe(self._kernel_width, "sandboxKernelWidth", "Width of the kernel", "Columns of the kernel.")
        describe(self._stride, "sandboxStride", "Stride", "How far the window moves between two outputs.")
        describe(
            self._padding,
            "sandboxPadding",
            "Padding",
            "valid: only where the whole kernel fits, so the output shrinks. same: zeros around the input, so that at "
            "stride 1 it keeps its size.",
        )
        describe(self._operation, "sandboxOperation", "Operation", f"{FLIPPED} {NOT_FLIPPED}")

    def _fill(self) -> None:
        for box, patterns in ((self._input, INPUTS), (self._kernel, KERNELS)):
            for name, pattern in patterns.items():
                box.add_choice(pattern.title, name, pattern.tooltip)
        self._input.add_choice("My drawing", DRAWING, "The drawing on the canvas as the network sees it, scaled.")
        self._kernel.add_choice(
            "Filter on screen", FILTER, "The filter that Explain is at: the kernel of its strongest input map."
        )
        for box in (self._input, self._kernel):
            box.add_choice("Own", _OWN, "As edited, cell by cell.")
        for padding in Padding:
            self._padding.add_choice(str(padding), padding)
        self._operation.add_choice("Cross-correlation", False, NOT_FLIPPED)
        self._operation.add_choice("Convolution", True, FLIPPED)

    def _lay_out(self) -> None:
        spaces = (_label("Input", self._input), _label("Kernel", self._kernel))
        first, second = FoldingRow(), FoldingRow()
        for widget in (spaces[0], self._input, self._height, _label("×"), self._width):
            first.row.addWidget(widget)
        for widget in (spaces[1], self._kernel, self._kernel_height, _label("×"), self._kernel_width):
            first.row.addWidget(widget)
        labels = (
            _label("Stride", self._stride),
            _label("Padding", self._padding),
            _label("Operation", self._operation),
        )
        for label, field in zip(labels, (self._stride, self._padding, self._operation), strict=True):
            second.row.addWidget(label)
            second.row.addWidget(field)
        for row in (first, second):
            row.row.addStretch(1)
        first.fold(dict.fromkeys(spaces, ""))
        second.fold(dict.fromkeys(labels[1:], ""))
        self._input.setMinimumContentsLength(9)
        self._kernel.setMinimumContentsLength(9)
        self._padding.setMinimumContentsLength(4)
        self._operation.setMinimumContentsLength(11)
        self._rows = (first, second)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme.SPACE_XS)
        for row in self._rows:
            self._box.addWidget(row)

    @property
    def setting(self) -> Setting | None:
        """The setting in the fields, or None while one of them is invalid."""
        numbers = [field.value for field in self._numbers]
        if self._shown is None or None in numbers:
            return None
        height, width, rows, columns, stride = (int(number or 0) for number in numbers)
        made = self._shown.with_input_sides(height, width).with_kernel_sides(rows, columns)
        return replace(
            made,
            stride=stride,
            padding=Padding(self._padding.currentData()),
            is_flipped=bool(self._operation.currentData()),
        )

    @property
    def problem(self) -> str:
        """What is wrong with a number; empty if nothing is."""
        return next((f"{field.accessibleName()}: {field.problem}" for field in self._numbers if field.problem), "")

    @property
    def _numbers(self) -> tuple[NumberField, ...]:
        return self._height, self._width, self._kernel_height, self._kernel_width, self._stride

    def show_setting(self, setting: Setting) -> None:
        """Show a setting."""
        self._shown = setting
        height, width = setting.inputs.shape
        self._height.show_value(height)
        self._width.show_value(width)
        for field, side in zip((self._kernel_height, self._kernel_width), setting.kernel.shape, strict=True):
            field.show_value(side)
        self._stride.show_value(setting.stride)
        self._padding.show_choice(setting.padding)
        self._operation.show_choice(setting.is_flipped)
        self._input.show_choice(setting.input_name or _OWN)
        self._kernel.show_choice(setting.kernel_name or _OWN)

    def mark(self, problem: str) -> None:
        """Mark the sizes as not applied for a reason; unmark them if it is empty."""
        for field in self._numbers:
            field.mark("" if field is self._stride else problem)

    def _show_choices(self) -> None:
        """Show the patterns again, after one was chosen that could not be taken."""
        if self._shown is not None:
            self.show_setting(self._shown)

    @Slot()
    def _on_input_activated(self) -> None:
        name, shown = self._input.currentData(), self._shown
        if name == DRAWING:
            self.drawing_requested.emit()
        elif name in INPUTS and shown is not None:
            self._shown = replace(shown, inputs=INPUTS[name].make(*shown.inputs.shape), input_name=name)
            self.setting_changed.emit("input")
        self._show_choices()

    @Slot()
    def _on_kernel_activated(self) -> None:
        name, shown = self._kernel.currentData(), self._shown
        if name == FILTER:
            self.filter_requested.emit()
        elif name in KERNELS and shown is not None:
            made = KERNELS[name].make(*shown.kernel.shape)
            self._shown = replace(shown, kernel=made, kernel_name=name)
            for field, side in zip((self._kernel_height, self._kernel_width), made.shape, strict=True):
                field.show_value(side, is_forced=True)
            self.setting_changed.emit("kernel")
        self._show_choices()

    @Slot()
    def _on_input_size_edited(self) -> None:
        self.setting_changed.emit("size of the input")

    @Slot()
    def _on_kernel_height_edited(self) -> None:
        height, shown = self._kernel_height.value, self._shown
        if height is not None and shown is not None and shown.kernel.shape[0] == shown.kernel.shape[1]:
            self._kernel_width.show_value(height)
        self._on_kernel_size_edited()

    @Slot()
    def _on_kernel_size_edited(self) -> None:
        self.setting_changed.emit("size of the kernel")

    @Slot()
    def _on_stride_edited(self) -> None:
        self.setting_changed.emit("stride")

    @Slot()
    def _on_padding_activated(self) -> None:
        self.setting_changed.emit("padding")

    @Slot()
    def _on_operation_activated(self) -> None:
        self.setting_changed.emit("operation")

    def minimumSizeHint(self) -> QSize:
        """Return the size of the rows one below the other."""
        return QSize(max(row.minimumSizeHint().width() for row in self._rows), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place both rows beside each other, if there is space."""
        needed = sum(row.sizeHint().width() for row in self._rows) + theme.SPACE_M
        directions = QBoxLayout.Direction
        self._box.setDirection(directions.LeftToRight if event.size().width() >= needed else directions.TopToBottom)
        super().resizeEvent(event)


def _field(limits: tuple[int, int]) -> NumberField:
    field = NumberField(NumberRange(*limits))
    field.setFixedWidth(_FIELD_PX if limits[1] >= _TWO_DIGITS else _DIGIT_PX)
    return field


def _label(text: str, of: QWidget | None = None) -> Label:
    label = quiet_label(text, wraps=False)
    if of is not None:
        label.setBuddy(of)
    return label
