"""Where layers can be added: the connection between two blocks, with a "+" and the shape that passes through it."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.themed import Themed

_BUTTON_PX: Final = 20
_ICON_PX: Final = 12
_LINE_X: Final = theme.SPACE_S + _BUTTON_PX // 2
"""Where the line runs: through the icons of the blocks."""


class InsertionPoint(Themed, QWidget):
    """A line from block to block, a button that adds a layer, and the shape of what passes.

    Signals:
        menu_requested: Show what can be added here.
    """

    menu_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create one without a place."""
        super().__init__(parent)
        self._is_target = False
        self._is_first = self._is_last = False
        self._place: tuple[int, str, str, str] | None = None
        self.button = QToolButton(self)
        self.button.setProperty("bare", True)
        self.button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
        self.button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.button.clicked.connect(self.menu_requested)
        self._shape = quiet_label(wraps=False, parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_S, 1, 0, 1)
        row.setSpacing(theme.SPACE_XS)
        row.addWidget(self.button)
        row.addWidget(self._shape, 1)
        self.follow_theme()

    def show_place(self, index: int, before: str, after: str, shape: str) -> None:
        """Show where it is.

        Args:
            index: The index that a layer added here gets.
            before: The name of the layer before; empty at the start.
            after: The name of the layer after; empty at the end.
            shape: The shape of what passes; empty if it is unknown.
        """
        place = (index, before, after, shape)
        if place == self._place:
            return
        self._place = place
        self._is_first, self._is_last = not before, not after
        where = f"before {after}" if after else f"after {before}" if before else ""
        if before and after:
            where = f"between {before} and {after}"
        title = f"Add a layer {where}".strip()
        if title == self.button.accessibleName():
            self.button.setObjectName(f"layers.add{index}")
        else:
            describe(self.button, f"layers.add{index}", title, f"{title} (Insert in the layer above it).")
        self._shape.setText(f"input {shape}" if self._is_first else shape)
        self.update()

    def set_target(self, *, is_target: bool) -> None:
        """Show whether a dragged block would be dropped here."""
        if is_target != self._is_target:
            self._is_target = is_target
            self.update()

    def restyle(self) -> None:
        """Colour the icon."""
        self.button.setIcon(theme.icon("plus", self.palette()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the connection, and the place where a dragged block would be dropped."""
        del event
        painter, palette = QPainter(self), QApplication.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.setPen(QPen(palette.color(theme.QUIET), 1))
        gap = _BUTTON_PX / 2 - 3
        painter.drawEllipse(QPointF(_LINE_X, middle), gap, gap)
        if not self._is_first:
            painter.drawLine(_LINE_X, 0, _LINE_X, int(middle - gap))
        if not self._is_last:
            painter.drawLine(_LINE_X, int(middle + gap), _LINE_X, self.height())
        if self._is_target:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(theme.ACCENT))
            painter.drawRoundedRect(QRectF(0, middle - 2, self.width(), 4), 2, 2)
        painter.end()
