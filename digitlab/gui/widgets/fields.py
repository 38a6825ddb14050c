"""Fields that the recipe and the network editor share: numbers and choices that say at once what is wrong with them."""

import bisect
import html
import math
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QSpacerItem, QWidget

from digitlab.gui.theme import SPACE_S, SPACE_XS, icon

_ARROW_PX = 16

_WHEEL_NOTCH = 120
"""One notch of a usual mouse wheel, in Qt's eighths of a degree."""


class Steps(Enum):
    """How far an arrow key or a notch of the wheel moves a number."""

    ONE = auto()
    ONE_TWO_FIVE = auto()
    """To the next of 1, 2, 5, 10, 20, ... and their tenths."""


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Which numbers a field takes.

    Attributes:
        minimum: Smallest number; where ``is_whole`` is false and it is 0, the numbers must be greater.
        maximum: Largest number.
        is_whole: Whether only whole numbers are taken.
        steps: How far an arrow key moves.
        unit: Written behind the number, for example ``%``; may be typed or left out.
        includes_minimum: Whether the smallest number itself is taken.
        example: A number to show in the sentence about wrong input; may be empty.
    """

    minimum: float
    maximum: float
    is_whole: bool = True
    steps: Steps = Steps.ONE
    unit: str = ""
    includes_minimum: bool = True
    example: str = ""

    def read(self, text: str) -> float | None:
        """Return the number that a person typed, or None if it is none of this range."""
        bare = text.strip().removesuffix(self.unit or " ").replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
        bare = bare.replace(",", "" if self.is_whole else ".").replace("−", "-")
        try:
            value = int(bare) if self.is_whole else float(bare)
        except (ValueError, OverflowError):
            return None
        return value if self.contains(value) else None

    def contains(self, value: float) -> bool:
        """Return whether a number is taken."""
        above = value >= self.minimum if self.includes_minimum else value > self.minimum
        return above and value <= self.maximum

    def write(self, value: float) -> str:
        """Return a number as the field shows it."""
        bare = str(int(value)) if self.is_whole else f"{value:.10g}"
        return f"{bare} {self.unit}".strip()

    @property
    def sentence(self) -> str:
        """What may be typed, as one sentence."""
        unit = f" {self.unit}" if self.unit else ""
        kind = "a whole number" if self.is_whole else "a number"
        lowest = f"from {self.minimum:,g}" if self.includes_minimum else f"above {self.minimum:,g}"
        highest = f"{self.maximum:,.0f}" if self.maximum < 1e10 else f"{self.maximum:g}".replace("+", "")
        example = f", such as {self.example}" if self.example else ""
        return f"Type {kind} {lowest} to {highest}{unit}{example}."

    def stepped(self, value: float, count: int) -> float:
        """Return a number moved by some steps, within the range."""
        if self.steps is Steps.ONE:
            return min(max(value + count, self.minimum), self.maximum)
        for _ in range(abs(count)):
            value = _next_one_two_five(value, upwards=count > 0)
        return value if self.contains(value) else min(max(value, self.minimum), self.maximum)


def _next_one_two_five(value: float, *, upwards: bool) -> float:
    """Return the next greater or smaller number of 1, 2, 5 times a power of ten."""
    if value <= 0:
        return 1.0
    decade = math.floor(math.log10(value))
    ladder = [float(f"{digit}e{decade + shift}") for shift in (-1, 0, 1) for digit in (1, 2, 5)]
    if upwards:
        return ladder[bisect.bisect_right(ladder, value * (1 + 1e-9))]
    return ladder[bisect.bisect_left(ladder, value * (1 - 1e-9)) - 1]


class NumberField(QLineEdit):
    """A line for one number. Arrow keys, Page Up and Down and, while it has the focus, the wheel step it.

    Signals:
        edited: The person changed the text; it may be wrong now.
    """

    edited = Signal()

    def __init__(self, numbers: NumberRange, parent: QWidget | None = None) -> None:
        """Take numbers of a range; empty until ``show_value``."""
        super().__init__(parent)
        self._range = numbers
        self._shown: float | None = None
        self._wheel = 0
        self.setMinimumWidth(56)
        self.textEdited.connect(self._on_text_edited)

    @property
    def value(self) -> float | None:
        """The number in the field, or None while the text is wrong."""
        return self._range.read(self.text())

    @property
    def problem(self) -> str:
        """What is wrong with the text and what may be typed; empty if it is right."""
        return "" if self.value is not None else self._range.sentence

    def show_value(self, value: float, *, is_forced: bool = False) -> None:
        """Show a number, unless it is the one shown already: the person's own way of writing it stays.

        Args:
            value: The number.
            is_forced: Whether to write it anew even so, over wrong input.
        """
        if value != self._shown or is_forced:
            self._shown = value
            self.setText(self._range.write(value))
        self.mark("")

    def mark(self, problem: str) -> None:
        """Mark the field as wrong for a reason of the caller's, or by its own text alone if that is empty."""
        reason = self.problem or problem
        self.setAccessibleDescription(reason)
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step at the arrow keys."""
        counts = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
        count = counts.get(Qt.Key(event.key()))
        if count is None:
            super().keyPressEvent(event)
        else:
            self._step(count if self._range.steps is Steps.ONE else (count > 0) - (count < 0))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step, but only with the focus, so that scrolling past the field changes nothing."""
        if not self.hasFocus():
            event.ignore()
            return
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / _WHEEL_NOTCH)
        self._wheel -= notches * _WHEEL_NOTCH
        if notches:
            self._step(notches)


class ChoiceBox(QComboBox):
    """A list of choices that the wheel changes only while it has the focus, and that may be narrow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)

    def add_choice(self, text: str, data: object, tooltip: str = "") -> None:
        """Add a choice at the end."""
        self.addItem(text, data)
        if tooltip:
            self.setItemData(self.count() - 1, wrapped(tooltip), Qt.ItemDataRole.ToolTipRole)

    def show_choice(self, data: object) -> None:
        """Choose an item by its data, if there is such a one."""
        for index in range(self.count()):
            if self.itemData(index) == data:
                self.setCurrentIndex(index)
                return

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box and an arrow, which the style sheet leaves out."""
        super().paintEvent(event)
        painter = QPainter(self)
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        place = QRect(self.width() - _ARROW_PX - SPACE_XS, (self.height() - _ARROW_PX) // 2, _ARROW_PX, _ARROW_PX)
        icon("chevron-down", self.palette()).paint(painter, place, mode=mode)
        painter.end()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change only with the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ProblemLabel(QLabel):
    """The reason why a field is wrong; takes no room while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin without a problem."""
        super().__init__(parent)
        self.setProperty("problem", True)
        self.setWordWrap(True)
        self.hide()

    def show_problem(self, reason: str) -> None:
        """Say what is wrong, or vanish."""
        self.setText(reason)
        self.setVisible(bool(reason))


class FieldGrid(QGridLayout):
    """Labels on the left, fields on the right, each field's problem below it."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(SPACE_S)
        self.setVerticalSpacing(SPACE_XS)
        self.setColumnStretch(1, 1)

    def start_group(self) -> None:
        """Leave a little room before what belongs together."""
        self.addItem(QSpacerItem(0, SPACE_XS), self.rowCount(), 0)

    def add_field(self, label: str, field: QWidget, *beside: QWidget) -> ProblemLabel:
        """Add a row and return the label for its problem.

        Args:
            label: With ``&`` before the letter that leads to the field.
            field: What is edited.
            beside: Widgets that stand to the right of it.
        """
        row = self.rowCount()
        name = QLabel(label)
        name.setBuddy(field)
        name.setToolTip(field.toolTip())
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
    """Return plain text as a tooltip that breaks into lines."""
    return f"<p>{html.escape(text, quote=False)}</p>"


def describe(widget: QWidget, object_name: str, name: str, tooltip: str, whats_this: str = "") -> None:
    """Give a widget the names and words that people and assistive tools find it by.

    Args:
        widget: What is described.
        object_name: Its stable name in the program.
        name: Its name for a screen reader.
        tooltip: One sentence on what it is.
        whats_this: The same in full, for Shift+F1; the tooltip's sentence if empty.
    """
    widget.setObjectName(object_name)
    widget.setAccessibleName(name)
    widget.setToolTip(wrapped(tooltip))
    widget.setWhatsThis(wrapped(whats_this or tooltip))


def set_flag(widget: QWidget, name: str, *, is_on: bool) -> None:
    """Set a property that the style sheet asks for, and let the widget take on the look that goes with it."""
    if bool(widget.property(name)) != is_on:
        widget.setProperty(name, is_on)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
