"""The grid of a person's own digits: as the network sees them, each with its label and what the network read."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QKeySequence, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from digitlab.data.digit import IMAGE_SIDE
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.evaluation.prediction_cache import UNKNOWN
from digitlab.gui import theme
from digitlab.gui.mydigits.model import ANSWER_ROLE, DIGIT_ROLE, DigitModel
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.pixels import grey_image

_SIDE: Final = 2 * IMAGE_SIDE
_PAD: Final = 6
_LINE: Final = 18
_CELL: Final = QSize(_SIDE + 2 * _PAD, _SIDE + 2 * _PAD + _LINE)
_MARK: Final = 9.0
_GAP: Final = 4
_DIGIT_WIDTH: Final = 10

_MOST_IMAGES: Final = 1_000
"""Images kept ready to be painted: 12 MB on a usual screen, and more than one shows."""

_Index = QModelIndex | QPersistentModelIndex


class _DigitDelegate(QStyledItemDelegate):
    """Paints one digit: the image, below it the label with a tick, or with a cross and the wrong answer.

    Both are drawn once and kept: a screen holds more than a hundred digits, and while the person drags the time slider
    their marks change thirty times a second.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._images: OrderedDict[tuple[int, float], QPixmap] = OrderedDict()
        self._lines: dict[tuple[int, int, float, bool], QPixmap] = {}

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        digit, answer = index.data(DIGIT_ROLE), index.data(ANSWER_ROLE)
        palette, corner, state = option.palette, option.rect.topLeft(), option.state
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        if is_selected or has_focus:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            background = QColor(palette.color(theme.ACCENT))
            background.setAlphaF(0.18 if is_selected else 0.0)
            painter.setBrush(background)
            painter.setPen(QPen(palette.color(theme.ACCENT), 2 if has_focus else 1))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)
            painter.restore()
        ratio = painter.device().devicePixelRatioF()
        place = corner + QPoint(_PAD, _PAD)
        painter.drawPixmap(place, self._image(digit, ratio))
        painter.drawPixmap(place + QPoint(0, _SIDE + 2), self._line(digit.label, answer, ratio, palette))
        if answer not in (UNKNOWN, digit.label):
            painter.setPen(QPen(QColor(theme.tokens_of(palette).error), 2))
            painter.drawRect(place.x(), place.y(), _SIDE, _SIDE)

    def _image(self, digit: KeptDigit, ratio: float) -> QPixmap:
        """Return the digit as the network sees it, in crisp squares."""
        key = (digit.id, ratio)
        found = self._images.get(key)
        if found is None:
            side = round(_SIDE * ratio)
            found = QPixmap.fromImage(grey_image(digit.image)).scaled(side, side)
            found.setDevicePixelRatio(ratio)
            self._images[key] = found
            if len(self._images) > _MOST_IMAGES:
                self._images.popitem(last=False)
        else:
            self._images.move_to_end(key)
        return found

    def _line(self, label: int, answer: int, ratio: float, palette: QPalette) -> QPixmap:
        """Return the line below the image."""
        key = (label, answer, ratio, theme.is_dark(palette))
        if key not in self._lines:
            pixmap = QPixmap(round(_SIDE * ratio), round(_LINE * ratio))
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _paint_line(painter, label, answer, palette)
            painter.end()
            self._lines[key] = pixmap
        return self._lines[key]

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        del option, index
        return _CELL


def _paint_line(painter: QPainter, label: int, answer: int, palette: QPalette) -> None:
    """Paint a label and whether it was read rightly, in a rectangle at the origin."""
    line = QRectF(0, 0, _SIDE, _LINE)
    left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    font = QFont(QApplication.font())
    font.setPixelSize(theme.FONT_PX)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(palette.color(theme.TEXT))
    painter.drawText(line, left, str(label))
    if answer == UNKNOWN:
        return
    mark = QRectF(_DIGIT_WIDTH + _GAP, (_LINE - _MARK) / 2, _MARK, _MARK)
    if answer == label:
        painter.setPen(QPen(palette.color(theme.QUIET), 1.6))
        tick = ((0.0, 0.55), (0.38, 0.95), (1.0, 0.1))
        painter.drawPolyline([mark.topLeft() + QPointF(x * _MARK, y * _MARK) for x, y in tick])
        return
    error = QColor(theme.tokens_of(palette).error)
    painter.setPen(QPen(error, 1.8))
    painter.drawLine(mark.topLeft(), mark.bottomRight())
    painter.drawLine(mark.topRight(), mark.bottomLeft())
    font.setBold(False)
    painter.setFont(font)
    painter.drawText(line.adjusted(mark.right() + _GAP, 0, 0, 0), left, str(answer))


class DigitGrid(QListView):
    """Shows digits; thousands are no trouble, as only those in sight are painted.

    Signals:
        relabel_requested: Digits are something else; carries them and the digit they are.
        delete_requested: Take digits out of the set; carries them.
        canvas_requested: Put a digit on the canvas; carries it.
        undo_requested: Take back the last change of the set.
        redo_requested: Make it again.
        chosen_changed: Other digits are selected.
    """

    relabel_requested = Signal(object, int)
    delete_requested = Signal(object)
    canvas_requested = Signal(object)
    undo_requested = Signal()
    redo_requested = Signal()
    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__(parent)
        describe(
            self,
            "digitGrid",
            "Your own digits",
            "Your own digits as the network sees them. Double-click one to see it on the canvas.",
            "Your own digits as the network sees them, newest first. Below each stands its label: with a tick if the "
            "network on screen reads it rightly, with a cross and what it was read as if not. Select some with the "
            "mouse, with Shift, Ctrl and the arrow keys, or all with Ctrl+A. A digit key gives them that label, Delete "
            "takes them out, Ctrl+Z brings them back. Enter or a double click puts one on the canvas.",
        )
        # The words are for Shift+F1; above the images they would hide what each of them has to say.
        self.setToolTip("")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSpacing(2)
        self.setItemDelegate(_DigitDelegate(self))
        self.digits = DigitModel(self)
        self.setModel(self.digits)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.doubleClicked.connect(self._on_double_clicked)

    @property
    def chosen(self) -> tuple[KeptDigit, ...]:
        """The selected digits, as they stand."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return tuple(self.digits.digits[row] for row in rows)

    def choose(self, numbers: set[int], current: int | None) -> None:
        """Select the digits with some numbers, and make one the current one."""
        selection = QItemSelection()
        for row, digit in enumerate(self.digits.digits):
            if digit.id in numbers:
                selection.select(self.digits.index(row), self.digits.index(row))
            if digit.id == current:
                flag = QItemSelectionModel.SelectionFlag.NoUpdate
                self.selectionModel().setCurrentIndex(self.digits.index(row), flag)
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def current_number(self) -> int | None:
        """Return the number of the digit under the keyboard, or None."""
        index = self.currentIndex()
        return self.digits.digits[index.row()].id if index.isValid() else None

    @Slot()
    def _on_selection_changed(self) -> None:
        self.chosen_changed.emit()

    @Slot(QModelIndex)
    def _on_double_clicked(self, index: QModelIndex) -> None:
        self.canvas_requested.emit(index.data(DIGIT_ROLE))

    def _command(self, event: QKeyEvent) -> Callable[[], object] | None:
        """Return what a key of the grid's own asks for, or None if it is no such key."""
        if event.matches(QKeySequence.StandardKey.Undo):
            return self.undo_requested.emit
        if event.matches(QKeySequence.StandardKey.Redo):
            return self.redo_requested.emit
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return None
        if Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_9:
            return partial(self._relabel, event.key() - Qt.Key.Key_0)
        return {
            Qt.Key.Key_Delete: self._delete,
            Qt.Key.Key_Backspace: self._delete,
            Qt.Key.Key_Return: self._put_on_canvas,
            Qt.Key.Key_Enter: self._put_on_canvas,
            Qt.Key.Key_Escape: self.clearSelection,
        }.get(Qt.Key(event.key()))

    def _relabel(self, label: int) -> None:
        if self.chosen:
            self.relabel_requested.emit(self.chosen, label)

    def _delete(self) -> None:
        if self.chosen:
            self.delete_requested.emit(self.chosen)

    def _put_on_canvas(self) -> None:
        if self.currentIndex().isValid():
            self.canvas_requested.emit(self.currentIndex().data(DIGIT_ROLE))

    # Overrides of Qt

    def event(self, event: QEvent) -> bool:
        """Take the grid's own keys before the window's shortcuts do: there, Delete clears the canvas."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._command(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Relabel, delete, undo, or move."""
        command = self._command(event)
        if command is None:
            super().keyPressEvent(event)
        else:
            command()
