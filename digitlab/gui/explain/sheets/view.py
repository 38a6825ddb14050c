"""Shows a sheet: its numbers can be pointed at, read one by one, and followed to where they come from."""

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QScrollArea, QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.sheets.layout import Placed, place_sheet
from digitlab.gui.explain.sheets.painter import SheetPainter
from digitlab.gui.explain.sheets.sheet import Bars, Matrix, Sheet, Target
from digitlab.gui.maps.atlas import rect_of
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed
from digitlab.words.numbers import number

Item = tuple[int, int]
"""Block, and cell or row of it."""

_DIRECTIONS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_ASIDE: Final = 4.0
"""How much worse a step aside is than a step ahead, in moving from number to number."""


class SheetView(Themed, QWidget):
    """A painted sheet of numbers.

    Signals:
        pointed_changed: Another number is pointed at, by mouse or keys; carries what it is, as text.
        target_chosen: A number was clicked, or Enter pressed on it; carries the ``Target``.
        pointed_at: Carries the ``Target`` of the number pointed at, or None.
    """

    parts_kind = PartsKind.LIST

    pointed_changed = Signal(str)
    pointed_at = Signal(object)
    target_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty view."""
        super().__init__(parent)
        self.setObjectName("workedSum")
        self.setAccessibleName("Worked sum")
        self.setWhatsThis(
            "How the value is computed, number by number. Arrow keys move from number to number, Enter or a click goes "
            "to where a number comes from. Cells at the same place in patch, filter and products belong together."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._sheet = Sheet("", "", ())
        self._placed: tuple[Placed, ...] = ()
        self._height = 0.0
        self._hover: Item | None = None
        self._focus: Item | None = None
        self.follow_theme()

    @property
    def sheet(self) -> Sheet:
        """The sheet on screen."""
        return self._sheet

    @property
    def pointed(self) -> Item | None:
        """The number under the mouse, or else the one with the keyboard focus."""
        return self._hover or (self._focus if self.hasFocus() else None)

    def show_sheet(self, sheet: Sheet) -> None:
        """Show another sheet; what is pointed at stays if it is still there."""
        is_other = sheet.title != self._sheet.title
        self._sheet = sheet
        if is_other:
            self._focus = None
        self._place()
        self._hover = self._kept(self._hover)
        self._focus = self._kept(self._focus)
        self._say_pointed()

    def text_of(self, item: Item) -> str:
        """Return what a number is, in words."""
        block = self._placed[item[0]].block
        if isinstance(block, Matrix):
            return block.name(block.cell(item[1]))
        if isinstance(block, Bars):
            row = block.rows[item[1]]
            running = "" if row.is_total else f"; sum so far {number(row.end)}"
            return f"{row.label}: {number(row.value)}{running}"
        return ""

    def target_of(self, item: Item) -> Target:
        """Return what a click on a number leads to."""
        block = self._placed[item[0]].block
        if isinstance(block, Matrix):
            return block.target(block.cell(item[1]))
        return block.rows[item[1]].target if isinstance(block, Bars) else None

    def items(self) -> list[Item]:
        """Return all numbers in reading order."""
        return [
            (nth, index)
            for nth, placed in enumerate(self._placed)
            if isinstance(placed.block, Matrix | Bars)
            for index in range(placed.block.count)
        ]

    def rect_of_item(self, item: Item) -> object:
        """Return the rectangle of a number in the widget."""
        return rect_of(self._placed[item[0]].rect_of(item[1]))

    def part_count(self) -> int:
        """Return the number of numbers."""
        return sum(placed.block.count for placed in self._placed if isinstance(placed.block, Matrix | Bars))

    def part(self, index: int) -> Part:
        """Return a number with its name."""
        for nth, placed in enumerate(self._placed):
            if isinstance(placed.block, Matrix | Bars):
                if index < placed.block.count:
                    item = (nth, index)
                    return Part(self.text_of(item), rect_of(placed.rect_of(index)), is_selected=item == self._focus)
                index -= placed.block.count
        raise IndexError(index)

    def restyle(self) -> None:
        """Use the colours and the font of the theme."""
        self._painter = SheetPainter(QApplication.palette(), self.font(), 1 / self.devicePixelRatioF())
        self._place()

    def _place(self) -> None:
        width = max(self.width(), 200)
        scroll = self._scroll()
        visible = scroll.viewport().height() if scroll is not None else self.height()
        pixel = 1 / self.devicePixelRatioF()
        self._placed, height = place_sheet(self._sheet, width, self._painter.measures, pixel, visible)
        if height != self._height:
            self._height = height
            self.setMinimumHeight(int(height))
        self.update()

    def _kept(self, item: Item | None) -> Item | None:
        if item is None or item[0] >= len(self._placed):
            return None
        block = self._placed[item[0]].block
        return item if isinstance(block, Matrix | Bars) and item[1] < block.count else None

    def _at(self, point: QPointF) -> Item | None:
        for nth, placed in enumerate(self._placed):
            index = placed.at(point.x(), point.y())
            if index is not None:
                return nth, index
        return None

    def _point_at(self, hover: Item | None) -> None:
        if hover != self._hover:
            self._hover = hover
            can_follow = hover is not None and self.target_of(hover) is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if can_follow else Qt.CursorShape.ArrowCursor)
            self._say_pointed()

    def _move_to(self, item: Item) -> None:
        self._focus, self._hover = item, None
        scroll = self._scroll()
        if scroll is not None:
            rect = rect_of(self._placed[item[0]].rect_of(item[1]))
            scroll.ensureVisible(int(rect.center().x()), int(rect.center().y()), 40, 40)
        self._say_pointed()

    def _say_pointed(self) -> None:
        item = self.pointed
        text = self.text_of(item) if item is not None else ""
        self.setAccessibleDescription(text or self._sheet.result)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
        self.pointed_changed.emit(text)
        self.pointed_at.emit(self.target_of(item) if item is not None else None)
        self.update()

    def _scroll(self) -> QScrollArea | None:
        viewport = self.parentWidget()
        around = viewport.parentWidget() if viewport is not None else None
        return around if isinstance(around, QScrollArea) else None

    def _neighbour(self, item: Item, direction: tuple[int, int]) -> Item:
        """Return the nearest number in a direction; the same one if there is none."""
        here = self._anchor(item)
        best, least = item, float("inf")
        for other in self.items():
            there = self._anchor(other)
            ahead = (there.x() - here.x()) * direction[0] + (there.y() - here.y()) * direction[1]
            aside = abs((there.x() - here.x()) * direction[1]) + abs((there.y() - here.y()) * direction[0])
            cost = ahead + _ASIDE * aside
            if ahead > 1 and cost < least:
                best, least = other, cost
        return best

    def _anchor(self, item: Item) -> QPointF:
        placed = self._placed[item[0]]
        rect = rect_of(placed.rect_of(item[1]))
        return rect.center() if isinstance(placed.block, Matrix) else QPointF(rect.x() + 20, rect.center().y())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the blocks, what belongs together, and the focus."""
        painter = QPainter(self)
        visible = event.rect()
        for placed in self._placed:
            if rect_of(placed.rect).adjusted(-2, -2, 2, 2).toRect().intersects(visible):
                self._painter.paint(painter, placed)
        palette = QApplication.palette()
        item = self.pointed
        if item is not None:
            for placed in self._linked(item):
                self._painter.outline(painter, placed.rect_of(item[1]), palette.color(theme.ACCENT), 2)
        if self.hasFocus() and self._focus is not None:
            rect = self._placed[self._focus[0]].rect_of(self._focus[1])
            self._painter.outline(painter, rect, palette.color(theme.TEXT), 1, is_dotted=True)
        painter.end()

    def _linked(self, item: Item) -> list[Placed]:
        """Return the blocks in which a number has counterparts at the same index."""
        block = self._placed[item[0]].block
        group = block.group if isinstance(block, Matrix) else ""
        if not group:
            return [self._placed[item[0]]]
        return [
            placed
            for placed in self._placed
            if isinstance(placed.block, Matrix) and placed.block.group == group and item[1] < placed.block.count
        ]

    def sizeHint(self) -> QSize:
        """Return the size of the sheet."""
        return QSize(560, int(self._height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the sheet out again."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._place()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the number under the mouse."""
        self._point_at(self._at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Follow the number under the mouse."""
        item = self._at(event.position())
        if item is not None and event.button() is Qt.MouseButton.LeftButton:
            self._focus = item
            self.target_chosen.emit(self.target_of(item))

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        del event
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from number to number; Enter follows."""
        direction = _DIRECTIONS.get(Qt.Key(event.key()))
        items = self.items()
        if direction is not None and items and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._move_to(self._neighbour(self._focus, direction) if self._focus is not None else items[0])
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and items:
            self._move_to(items[0 if event.key() == Qt.Key.Key_Home else -1])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._focus is not None:
            self.target_chosen.emit(self.target_of(self._focus))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        items = self.items()
        if self._focus is None and items and event.reason() is not Qt.FocusReason.MouseFocusReason:
            self._focus = items[0]
        self._say_pointed()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus."""
        super().focusOutEvent(event)
        self._say_pointed()
