"""Buttons that repair a draft with one click."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from digitlab.gui.widgets.fields import describe
from digitlab.model.drafting.repairs import Fix


class RepairButtons(QWidget):
    """One button for each fix; takes no space without fixes.

    Signals:
        chosen: A fix was chosen; carries it.
        grown: There are more buttons than before, which come last in the order of the Tab key.
    """

    chosen = Signal(object)
    grown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create it without fixes."""
        super().__init__(parent)
        self._fixes: tuple[Fix, ...] = ()
        self.buttons: list[QPushButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    def show_fixes(self, fixes: Sequence[Fix]) -> None:
        """Show other fixes."""
        self._fixes = tuple(fixes)
        is_growing = len(self.buttons) < len(fixes)
        while len(self.buttons) < len(fixes):
            button = QPushButton()
            button.setProperty("link", True)
            button.clicked.connect(self._on_button_clicked)
            self._column.addWidget(button)
            self.buttons.append(button)
        for index, button in enumerate(self.buttons):
            button.setVisible(index < len(fixes))
            if index < len(fixes):
                button.setText(fixes[index].text)
                name = f"{self.objectName()}.{index + 1}"
                describe(button, name, fixes[index].text, "Repair the network with this change; undo takes it back.")
        self.setVisible(bool(fixes))
        if is_growing:
            self.grown.emit()

    @Slot()
    def _on_button_clicked(self) -> None:
        self.chosen.emit(self._fixes[self.buttons.index(self.sender())])  # type: ignore[arg-type]
