"""Fields for numbers and choices with immediate validation, and help texts for all widgets."""

import bisect
import html
import math
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QIcon, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSpacerItem,
    QStyledItemDelegate,
    QWidget,
)

from digitlab.gui.theme import SPACE_S, SPACE_XS, icon
from digitlab.gui.widgets.label import Label, escaped
from digitlab.words.names import one_line, visible

_ARROW_PX = 16

_HEADING = object()
"""The data of a heading in a list, which no choice has."""

_ENABLED_ROLE = Qt.ItemDataRole.UserRole - 1
"""The role under which the items of a combo box keep their flags; 0 disables one."""

_WHEEL_NOTCH = 120
"""One notch of a typical mouse wheel, in Qt's unit of an eighth of a degree."""


class Steps(Enum):
    """How far an arrow key or a notch of the wheel moves a number."""

    ONE = auto()
    ONE_TWO_FIVE = auto()
    """To the next of 1, 2, 5, 10, 20, ... and their tenths."""


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The numbers that a field accepts.

    Attributes:
        minimum: The lower limit.
        maximum: The upper limit, inclusive.
        is_whole: Whether only whole numbers are accepted.
        steps: How far an arrow key changes the number.
        unit: Shown after the number, for example ``%``; optional in input.
        includes_minimum: Whether the lower limit itself is accepted.
        example: An example for the error message; may be empty.
        step: How much one step of ``Steps.ONE`` is.
    """

    minimum: float
    maximum: float
    is_whole: bool = True
    steps: Steps = Steps.ONE
    unit: str = ""
    includes_minimum: bool = True
    example: str = ""
    step: float = 1.0

    def read(self, text: str) -> float | None:
        """Return the number in a text, or None if it is not a number in this range."""
        bare = text.strip().removesuffix(self.unit or " ").replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
        bare = bare.replace(",", "" if self.is_whole else ".").replace("−", "-")
        try:
            value = int(bare) if self.is_whole else float(bare)
        except (ValueError, OverflowError):
            return None
        return value if self.contains(value) else None

    def contains(self, value: float) -> bool:
        """Return whether a number is accepted."""
        above = value >= self.minimum if self.includes_minimum else value > self.minimum
        return above and value <= self.maximum

    def write(self, value: float) -> str:
        """Return a number as the field shows it, with its unit."""
        bare = str(int(value)) if self.is_whole else f"{value:.10g}"
        return f"{bare} {self.unit}".strip()

    @property
    def sentence(self) -> str:
        """The valid input, as one sentence."""
        unit = f" {self.unit}" if self.unit else ""
        kind = "a whole number" if self.is_whole else "a number"
        lowest = f"from {self.minimum:,g}" if self.includes_minimum else f"above {self.minimum:,g}"
        highest = f"{self.maximum:,.0f}" if self.maximum < 1e10 else f"{self.maximum:g}".replace("+", "")
        example = f", such as {self.example}" if self.example else ""
        return f"Type {kind} {lowest} to {highest}{unit}{example}."

    def stepped(self, value: float, count: int) -> float:
        """Return a number changed by some steps, limited to the range."""
        if self.steps is Steps.ONE:
            return min(max(value + count * self.step, self.minimum), self.maximum)
        for _ in range(abs(count)):
            value = _next_one_two_five(value, upwards=count > 0)
        return value if self.contains(value) else min(max(value, self.minimum), self.maximum)


def _next_one_two_five(value: float, *, upwards: bool) -> float:
    """Return the next number up or down of the form 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    decade = math.floor(math.log10(value))
    series = [float(f"{digit}e{decade + shift}") for shift in (-1, 0, 1) for digit in (1, 2, 5)]
    if upwards:
        return series[bisect.bisect_right(series, value * (1 + 1e-9))]
    return series[bisect.bisect_left(series, value * (1 - 1e-9)) - 1]


class NumberField(QLineEdit):
    """A field for one number. Arrow keys, Page Up, Page Down and, while it has the focus, the wheel change it.

    Esc restores the text from before the edit, which begins with the focus or after Enter.

    Signals:
        edited: The user changed the text, which may now be invalid.
    """

    edited = Signal()

    def __init__(self, numbers: NumberRange, parent: QWidget | None = None) -> None:
        """Create a field for numbers in a range; it is empty until ``show_value`` is called."""
        super().__init__(parent)
        self._range = numbers
        self._shown: float | None = None
        self._before = ""
        self._wheel = 0
        self.setMinimumWidth(56)
        self.textEdited.connect(self._on_text_edited)
        self.returnPressed.connect(self._begin_edit)

    @property
    def value(self) -> float | None:
        """The number in the field, or None while the text is invalid."""
        return self._range.read(self.text())

    @property
    def problem(self) -> str:
        """The valid input, if the text is invalid; empty otherwise."""
        return "" if self.value is not None else self._range.sentence

    def show_value(self, value: float, *, is_forced: bool = False) -> None:
        """Show a number. If the field already has this value, the text stays as the user typed it.

        Args:
            value: The number.
            is_forced: Whether to replace the text anyway, for example invalid input.
        """
        if value != self._shown or is_forced:
            self._shown = value
            self.setText(self._range.write(value))
            self._begin_edit()
        self.mark("")

    def show_text(self, text: str) -> None:
        """Show a text that may be invalid, as if it had been typed."""
        if text != self.text():
            self.setText(text)
        self.mark("")

    def mark(self, problem: str) -> None:
        """Mark the field as invalid if its text is invalid or the caller gives a reason; unmark it otherwise."""
        reason = self.problem or problem
        set_description(self, reason)
        set_flag(self, "invalid", is_on=bool(reason))

    def _step(self, count: int) -> None:
        start = self.value if self.value is not None else self._shown
        if self.isReadOnly() or start is None:
            return
        self.setText(self._range.write(self._range.stepped(start, count)))
        self.selectAll()
        self._on_text_edited()

    @Slot()
    def _on_text_edited(self) -> None:
        if self.value is not None:
            self._shown = self.value
        self.mark("")
        self.edited.emit()

    @Slot()
    def _begin_edit(self) -> None:
        self._before = self.text()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin an edit."""
        super().focusInEvent(event)
        self._begin_edit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Change the number with the arrow and page keys; cancel the edit with Esc."""
        if event.key() == Qt.Key.Key_Escape and self.text() != self._before:
            self.setText(self._before)
            self._on_text_edited()
            return
        counts = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        count = counts.get(Qt.Key(event.key()))
        if count is None:
            super().keyPressEvent(event)
        else:
            self._step(count if self._range.steps is Steps.ONE else (count > 0) - (count < 0))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the number if the field has the focus, so that scrolling past it changes nothing."""
        if not self.hasFocus():
            event.ignore()
            return
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / _WHEEL_NOTCH)
        self._wheel -= notches * _WHEEL_NOTCH
        if notches:
            self._step(notches)


class ChoiceBox(QComboBox):
    """A drop-down list that can be narrow, and that the wheel changes only while it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty list."""
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The style's own delegate paints entries as those of a menu, with the style sheet's text on its own highlight.
        self.setItemDelegate(QStyledItemDelegate(self))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def add_choice(self, text: str, data: object, tooltip: str = "", *, before: int | None = None) -> None:
        """Add a choice at the end, or before another one."""
        place = self.count() if before is None else before
        self.insertItem(place, one_line(text), data)
        if tooltip:
            self.setItemData(place, wrapped(tooltip), Qt.ItemDataRole.ToolTipRole)

    def add_heading(self, text: str) -> None:
        """Add a line at the end that names the choices below it and cannot be chosen."""
        self.insertItem(self.count(), text, _HEADING)
        font = self.font()
        font.setBold(True)
        self.setItemData(self.count() - 1, 0, _ENABLED_ROLE)
        self.setItemData(self.count() - 1, font, Qt.ItemDataRole.FontRole)

    def show_choice(self, data: object) -> None:
        """Select the item with the given data, if any."""
        for index in range(self.count()):
            if self.itemData(index) == data:
                self.setCurrentIndex(index)
                return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave keys with Ctrl, such as Ctrl+Z, to the widgets around it: the list would search for an entry."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, and the arrow that the style sheet removes."""
        super().paintEvent(event)
        painter = QPainter(self)
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        place = QRect(self.width() - _ARROW_PX - SPACE_XS, (self.height() - _ARROW_PX) // 2, _ARROW_PX, _ARROW_PX)
        icon("chevron-down", self.palette()).paint(painter, place, mode=mode)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change the choice if the list has the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ProblemLabel(Label):
    """The reason why a field is invalid; takes no space while the field is valid."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a hidden label."""
        super().__init__(parent=parent)
        self.setProperty("problem", True)
        self.setWordWrap(True)
        self.hide()

    def show_problem(self, reason: str) -> None:
        """Show a reason, or hide the label if it is empty."""
        self.setText(reason)
        self.setVisible(bool(reason))


class FieldGrid(QGridLayout):
    """Labels on the left, fields on the right, and below each field its problem."""

    def __init__(self) -> None:
        """Create an empty grid."""
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(SPACE_S)
        self.setVerticalSpacing(SPACE_XS)
        self.setColumnStretch(1, 1)

    def start_group(self) -> None:
        """Add some space before a group of fields."""
        self.addItem(QSpacerItem(0, SPACE_XS), self.rowCount(), 0)

    def add_field(self, label: str, field: QWidget, *beside: QWidget) -> ProblemLabel:
        """Add a row.

        Args:
            label: The field's label, with ``&`` before its shortcut letter.
            field: The field.
            beside: Widgets to the right of it.

        Returns:
            The label for the field's problem.
        """
        row = self.rowCount()
        name = Label(label)
        name.setBuddy(field)
        set_tip(name, tip_of(field))
        self.addWidget(name, row, 0)
        if beside:
            line = QHBoxLayout()
            line.setSpacing(SPACE_XS)
            line.addWidget(field, 1)
            for widget in beside:
                line.addWidget(widget)
            self.addLayout(line, row, 1)
        else:
            self.addWidget(field, row, 1)
        problem = ProblemLabel()
        self.addWidget(problem, row + 1, 0, 1, 2)
        return problem


def wrapped(text: str) -> str:
    """Return plain text as rich text, which Qt wraps in tooltips; its lines stay lines."""
    return f"<p>{'<br>'.join(map(escaped, text.splitlines()))}</p>"


def tip_of(widget: QWidget) -> str:
    """Return the tooltip of a widget as plain text."""
    return html.unescape(widget.toolTip().removeprefix("<p>").removesuffix("</p>").replace("<br>", "\n"))


def set_description(widget: QWidget, text: str) -> None:
    """Set what screen readers say beside the name of a widget; if empty, its tooltip without the markup."""
    widget.setAccessibleDescription(text or tip_of(widget))


def set_tip(widget: QWidget, text: str) -> None:
    """Set the tooltip of a widget, and its description for screen readers, which Qt would take from the rich text.

    Args:
        widget: The widget.
        text: Plain text; its lines are lines of the tooltip.
    """
    widget.setToolTip(wrapped(text) if text else "")
    widget.setAccessibleDescription(visible(" ".join(text.splitlines())))


def describe(widget: QWidget, object_name: str, name: str, tooltip: str, whats_this: str = "") -> None:
    """Set the names and help texts of a widget.

    Args:
        widget: The widget.
        object_name: Its stable name for code and tests.
        name: Its name for a screen reader.
        tooltip: One sentence that describes it.
        whats_this: The full explanation, shown by Shift+F1; if empty, the tooltip is used.
    """
    widget.setObjectName(object_name)
    widget.setAccessibleName(name)
    set_tip(widget, tooltip)
    widget.setWhatsThis(whats_this or tooltip)


def set_flag(widget: QWidget, name: str, *, is_on: bool) -> None:
    """Set a property that the style sheet selects by, and update the style."""
    if bool(widget.property(name)) != is_on:
        widget.setProperty(name, is_on)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
