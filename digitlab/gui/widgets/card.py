"""Cards: the bordered surfaces that make up a panel, and what folds in a narrow one."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from digitlab.gui import theme
from digitlab.gui.widgets.label import Label, RichLabel

_UNLIMITED: Final = 16777215
"""Qt's QWIDGETSIZE_MAX, which PySide does not have."""


class Card(QFrame):
    """A surface with a border and, if it has a title or tools, a header with them.

    Attributes:
        column: The layout of the header and the content below it.
        header: The title on the left and the tools on the right; None if there are neither.
        title: The label with the title; None without a title.
    """

    def __init__(self, title: str = "", tools: tuple[QWidget, ...] = (), parent: QWidget | None = None) -> None:
        """Create an empty card.

        Args:
            title: The title; empty for none.
            tools: Widgets on the right of the header.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setProperty("card", True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_M)
        self.column.setSpacing(theme.SPACE_S)
        self.header: QHBoxLayout | None = None
        self.title: Label | None = None
        if title or tools:
            self.header = QHBoxLayout()
            self.header.setSpacing(theme.SPACE_S)
            if title:
                self.title = title_label(title)
                self.header.addWidget(self.title)
            self.header.addStretch(1)
            for tool in tools:
                self.header.addWidget(tool)
            self.column.addLayout(self.header)


def title_label(text: str = "") -> Label:
    """Return a label in the title font."""
    label = Label(text)
    label.setProperty("title", True)
    return label


def quiet_label(text: str = "", *, wraps: bool = True, parent: QWidget | None = None) -> Label:
    """Return a label for small, less important text.

    Args:
        text: The text.
        wraps: Whether it wraps.
        parent: The widget around it.
    """
    label = Label(text, parent)
    label.setProperty("quiet", True)
    label.setWordWrap(wraps)
    return label


def quiet_rich_label() -> RichLabel:
    """Return a quiet label for rich text on one line."""
    label = RichLabel()
    label.setProperty("quiet", True)
    return label


class FoldingRow(QWidget):
    """A row of widgets, some of which are shorter, or left out, while the row is too narrow for all.

    Attributes:
        row: The layout.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty row."""
        super().__init__(parent)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(theme.SPACE_S)
        self._short: Mapping[QWidget, str] = {}
        self._long: dict[QWidget, str] = {}
        self._is_folded = False

    def fold(self, short: Mapping[QWidget, str]) -> None:
        """Say what folds, once all widgets are in the row.

        Args:
            short: The shorter text of each button; empty for the icon alone. Other widgets are left out.
        """
        self._short = short
        self._long = {widget: widget.text() for widget in short if isinstance(widget, QAbstractButton)}

    @property
    def _saved_px(self) -> int:
        """By how much the row is narrower when it is folded."""
        saved = 0
        for widget, short in self._short.items():
            if widget.isVisibleTo(self):
                width = widget.fontMetrics().horizontalAdvance
                long = self._long.get(widget)
                saved += widget.sizeHint().width() if long is None else width(long) - width(short)
        return saved

    def sizeHint(self) -> QSize:
        """Return the size of the row that is not folded: it unfolds where there is space again."""
        return super().sizeHint() + QSize(self._saved_px if self._is_folded else 0, 0)

    def minimumSizeHint(self) -> QSize:
        """Return the size of the folded row."""
        return super().minimumSizeHint() - QSize(0 if self._is_folded else self._saved_px, 0)

    def event(self, event: QEvent) -> bool:
        """Fold or unfold for another size or content."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            needed = self.row.minimumSize().width() + (self._saved_px if self._is_folded else 0)
            if (needed > self.width()) != self._is_folded:
                self._set_folded(is_folded=not self._is_folded)
        return super().event(event)

    def _set_folded(self, *, is_folded: bool) -> None:
        self._is_folded = is_folded
        for widget, short in self._short.items():
            if isinstance(widget, QAbstractButton):
                widget.setText(short if is_folded else self._long[widget])
            else:
                widget.setMaximumWidth(0 if is_folded else _UNLIMITED)


class FoldingCards(QScrollArea):
    """Cards side by side with the same width; where that is too narrow, one below the other, to scroll through."""

    def __init__(self, cards: tuple[QWidget, ...], least_px: int) -> None:
        """Lay cards out.

        Args:
            cards: The cards.
            least_px: The width of a card below which they are placed one below the other.
        """
        super().__init__()
        self._least_px = least_px * len(cards)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, inner)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme.SPACE_S)
        for card in cards:
            self._box.addWidget(card, 1)
        self.setWidget(inner)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the cards side by side, or one below the other."""
        directions = QBoxLayout.Direction
        is_narrow = self.width() < self._least_px
        self._box.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        super().resizeEvent(event)  # last: it needs the height of the new arrangement
