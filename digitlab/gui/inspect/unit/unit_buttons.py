"""The buttons of the detail card: weights or products, and Explain."""

from typing import Final

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.fields import describe

_KINDS: Final = (
    ("detailWeights", "Weights", "Show the learned weights of the unit."),
    ("detailProducts", "Products", "Show weight × input: what each input contributes to the sum."),
)
_FULL_FROM_PX: Final = 276
"""In less space the last button has a short text."""


class UnitButtons(QWidget):
    """Chooses what the card shows of a unit's weights, and asks for the explanation of its value.

    Signals:
        kind_chosen: The user chose weights or products.
        explain_requested: The user asks how the value is computed.
    """

    kind_chosen = Signal()
    explain_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create the buttons; weights are chosen."""
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_XS)
        self._kinds = QButtonGroup(self)
        for nth, (name, text, tooltip) in enumerate(_KINDS):
            button = QPushButton(text)
            describe(button, name, text, tooltip)
            button.setCheckable(True)
            self._kinds.addButton(button, nth)
            row.addWidget(button)
        self._kinds.button(0).setChecked(True)
        self._explain = QPushButton("Explain this")
        describe(
            self._explain,
            "detailExplain",
            "Explain this",
            "Show how the value in focus is computed, step by step.",
            "Shows on the Explain tab how the value in focus is computed from the layer before, down to the single "
            "multiplication. Double-clicking a cell does the same, and so does Enter on a tile.",
        )
        row.addWidget(self._explain)
        row.addStretch(1)
        self._kinds.idClicked.connect(self._on_kinds_clicked)
        self._explain.clicked.connect(self._on_explain_clicked)

    @property
    def shows_products(self) -> bool:
        """Whether products are chosen."""
        return self._kinds.checkedId() == 1

    def set_kinds_visible(self, *, is_visible: bool) -> None:
        """Show the choice for a unit with weights, and hide it for others."""
        for button in self._kinds.buttons():
            button.setVisible(is_visible)

    @Slot(int)
    def _on_kinds_clicked(self, number: int) -> None:
        del number
        self.kind_chosen.emit()

    @Slot()
    def _on_explain_clicked(self) -> None:
        self.explain_requested.emit()

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size, with the short text."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the last text where there is little space."""
        super().resizeEvent(event)
        text = "Explain this" if self.width() >= _FULL_FROM_PX else "Explain"
        if self._explain.text() != text:
            self._explain.setText(text)
