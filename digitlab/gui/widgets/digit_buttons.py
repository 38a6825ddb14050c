"""Ten small buttons, one per digit, to label drawings with."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from digitlab.data.digit import CLASS_COUNT

_SPACING = 2


class _DigitButton(QToolButton):
    """The button of one digit; a click does not check it, only its row does."""

    def __init__(self, digit: int, row: "DigitButtons") -> None:
        super().__init__(row)
        self._digit = digit
        self._row = row
        self.setText(str(digit))
        self.setCheckable(True)
        self.setProperty("digit", True)
        self.setMinimumWidth(16)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._on_clicked)

    @Slot()
    def _on_clicked(self) -> None:
        self._row.press(self._digit)


class DigitButtons(QWidget):
    """The digits 0 to 9 in a row.

    Signals:
        digit_chosen: A button was clicked; carries its digit.
    """

    digit_chosen = Signal(int)

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        """Create the buttons.

        Args:
            object_name: The row's object name.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setObjectName(object_name)
        self._checked: int | None = None
        self.buttons = tuple(_DigitButton(digit, self) for digit in range(CLASS_COUNT))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_SPACING)
        for button in self.buttons:
            row.addWidget(button)

    @property
    def checked(self) -> int | None:
        """The digit whose button is checked, or None."""
        return self._checked

    def check(self, digit: int | None) -> None:
        """Check one button, or none."""
        self._checked = digit
        for number, button in enumerate(self.buttons):
            button.setChecked(number == digit)

    def press(self, digit: int) -> None:
        """Emit a button's digit. The checked button stays the same until ``check`` is called."""
        self.check(self._checked)
        self.digit_chosen.emit(digit)
