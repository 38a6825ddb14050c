"""All texts of a window, with the way in which Qt renders each."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QMainWindow,
    QMenu,
    QTabBar,
    QWidget,
)


class Kind(Enum):
    """How a text is rendered."""

    PLAIN = auto()
    RICH = auto()
    """As rich text, or as either, depending on the text."""
    SPOKEN = auto()
    """By a screen reader, as it is."""


class Text(NamedTuple):
    """One text of the window."""

    where: str
    kind: Kind
    text: str


def texts_of(window: QWidget) -> Iterator[Text]:
    """Yield the texts of a window and of everything in it, shown or hidden."""
    for widget in (window, *window.findChildren(QWidget)):
        where = f"{type(widget).__name__} {widget.objectName()}".strip()
        yield Text(f"{where} tooltip", Kind.RICH, widget.toolTip())
        yield Text(f"{where} What's This", Kind.RICH, widget.whatsThis())
        yield Text(f"{where} name", Kind.SPOKEN, widget.accessibleName())
        yield Text(f"{where} description", Kind.SPOKEN, widget.accessibleDescription())
        yield Text(f"{where} title", Kind.PLAIN, widget.windowTitle())
        yield from _own_texts(widget, where)


def _own_texts(widget: QWidget, where: str) -> Iterator[Text]:
    if isinstance(widget, QLabel):
        is_plain = widget.textFormat() is Qt.TextFormat.PlainText
        yield Text(where, Kind.PLAIN if is_plain else Kind.RICH, widget.text())
    elif isinstance(widget, QAbstractButton):
        yield Text(where, Kind.PLAIN, widget.text())
    elif isinstance(widget, QComboBox) or (
        isinstance(widget, QAbstractItemView) and not isinstance(widget, QHeaderView)
    ):
        yield from _of_model(where, widget.model())
    elif isinstance(widget, QMenu):
        yield Text(where, Kind.PLAIN, widget.title())
        for action in widget.actions():
            yield Text(f"{where} entry", Kind.PLAIN, action.text())
            yield Text(f"{where} entry's tooltip", Kind.RICH, action.toolTip())
    elif isinstance(widget, QTabBar):
        for index in range(widget.count()):
            yield Text(where, Kind.PLAIN, widget.tabText(index))
            yield Text(f"{where} tooltip", Kind.RICH, widget.tabToolTip(index))
    elif isinstance(widget, QMainWindow):
        yield Text(f"{where} status bar", Kind.PLAIN, widget.statusBar().currentMessage())


def _of_model(where: str, model: QAbstractItemModel | None) -> Iterator[Text]:
    if model is None:
        return
    role, root = Qt.ItemDataRole, QModelIndex()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(root)
    for column in range(columns):
        for kind, of in ((Kind.PLAIN, role.DisplayRole), (Kind.RICH, role.ToolTipRole)):
            yield Text(f"{where} header", kind, str(model.headerData(column, Qt.Orientation.Horizontal, of) or ""))
        for row in range(min(model.rowCount(root), 20)):
            index = model.index(row, column)
            yield Text(where, Kind.PLAIN, str(index.data(role.DisplayRole) or ""))
            yield Text(f"{where} item tooltip", Kind.RICH, str(index.data(role.ToolTipRole) or ""))
            yield Text(f"{where} item", Kind.SPOKEN, str(index.data(role.AccessibleTextRole) or ""))


def all_texts() -> list[Text]:
    """Return the texts of all windows on screen, and of the menus and dialogs that they own."""
    return [text for window in QApplication.topLevelWidgets() if window.parent() is None for text in texts_of(window)]
