"""Finds texts that have too little space: of labels, buttons, fields, tabs and headers, in tables, and painted ones."""

import html
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QTabBar,
    QTableView,
    QWidget,
)

FOREIGN = frozenset({"shownNetwork", "curvesLegend"})
"""Object names of widgets that show names given by people, which may be cut off if the tooltip has them in full."""

SLACK_PX = 1
"""Widths of texts are rounded up, and those of places down."""


def clipped_texts(window: QWidget) -> list[str]:
    """Return what is cut off in a window, in words; painted texts are recorded while it is painted once."""
    found = [
        f"{type(widget).__name__} {widget.objectName()}: {problem}"
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and widget.maximumWidth()  # what is folded has no width on purpose
        for problem in _problems(widget)
    ]
    return found + painted_problems(window)


def _problems(widget: QWidget) -> Iterator[str]:
    for kind, find in _FINDERS:
        if isinstance(widget, kind):
            yield from find(widget)
            break
    yield from _place(widget)


def _combo_box(box: QComboBox) -> Iterator[str]:
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    field = QStyle.SubControl.SC_ComboBoxEditField
    place = box.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, box)
    yield from _line(box, box.currentText(), place.width())


def _field(field: QLineEdit) -> Iterator[str]:
    if not isinstance(field.parent(), QAbstractSpinBox | QComboBox):
        option = QStyleOptionFrame()
        field.initStyleOption(option)
        place = field.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, field)
        yield from _line(field, field.text() or field.placeholderText(), place.width() - 2)


def _spin_box(box: QAbstractSpinBox) -> Iterator[str]:
    yield from _size(box, box.minimumSizeHint())


def _other_button(button: QAbstractButton) -> Iterator[str]:
    if button.text():
        yield from _size(button, button.minimumSizeHint())


def _is_foreign(widget: QWidget, text: str) -> bool:
    return widget.objectName() in FOREIGN and text in widget.toolTip()


def _line(widget: QWidget, text: str, space: int) -> Iterator[str]:
    if widget.fontMetrics().horizontalAdvance(text) > space + SLACK_PX and not _is_foreign(widget, text):
        yield f"“{text}” needs {widget.fontMetrics().horizontalAdvance(text)} px and has {space}"


def _size(widget: QWidget, least: QSize) -> Iterator[str]:
    if widget.width() + SLACK_PX < least.width() or widget.height() + SLACK_PX < least.height():
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        yield f"“{text}” needs {least.toTuple()} and has {widget.size().toTuple()}"


def _button(button: QPushButton) -> Iterator[str]:
    option = QStyleOptionButton()
    button.initStyleOption(option)
    space = button.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, button).width()
    icon = 0 if button.icon().isNull() else button.iconSize().width() + 4
    yield from _line(button, button.text().replace("&", ""), space - icon)


def _label(label: QLabel) -> Iterator[str]:
    text = label.text()
    if not text or not label.pixmap().isNull():
        return
    space = label.contentsRect().adjusted(label.margin(), label.margin(), -label.margin(), -label.margin())
    if label.textFormat() == Qt.TextFormat.RichText or (
        label.textFormat() == Qt.TextFormat.AutoText and text.lstrip().startswith("<")
    ):
        document = QTextDocument()
        document.setDefaultFont(label.font())
        document.setHtml(text)
        document.setDocumentMargin(0)
        if label.wordWrap():
            document.setTextWidth(space.width())
        needed = document.size().toSize()
    else:
        flags = Qt.TextFlag.TextWordWrap if label.wordWrap() else 0
        shown = text.replace("&", "") if label.buddy() is not None else text
        limit = QRect(0, 0, space.width() if label.wordWrap() else 10_000, 10_000)
        needed = label.fontMetrics().boundingRect(limit, int(flags), shown).size()
    is_foreign = _is_foreign(label, text)
    if needed.width() > space.width() + SLACK_PX and not is_foreign:
        yield f"“{text}” needs {needed.width()} px and has {space.width()}"
    if needed.height() > space.height() + SLACK_PX and not is_foreign:
        yield f"“{text}” needs a height of {needed.height()} px and has {space.height()}"


def _tabs(bar: QTabBar) -> Iterator[str]:
    for index in range(bar.count()):
        place = bar.tabRect(index)
        needed = bar.fontMetrics().horizontalAdvance(bar.tabText(index).replace("&", ""))
        if needed > place.width() or not bar.rect().contains(place):
            yield f"the tab “{bar.tabText(index)}” is at {place.getRect()} in {bar.size().toTuple()}"


def _header(header: QHeaderView) -> Iterator[str]:
    model = header.model()
    if header.orientation() != Qt.Orientation.Horizontal:
        return
    for section in range(header.count()):
        text = str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        width = header.sectionSize(section)
        if text and width and header.sectionSizeHint(section) > width + SLACK_PX:
            yield f"the header “{text}” needs {header.sectionSizeHint(section)} px and has {width}"


def _items(view: QTableView) -> Iterator[str]:
    """Yield the texts of the cells in sight that are wider than their cell and have no tooltip."""
    model = view.model()
    for row in range(model.rowCount()):
        for column in range(model.columnCount()):
            index = model.index(row, column)
            needed, space = view.sizeHintForIndex(index).width(), view.columnWidth(column)
            text = str(index.data() or "")
            full = str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
            if needed > space + SLACK_PX and text not in full and view.visualRect(index).isValid():
                yield f"the cell “{text}” needs {needed} px and has {space}"


def _place(widget: QWidget) -> Iterator[str]:
    """Yield a widget that is cut off by the one around it, unless that scrolls."""
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or isinstance(parent.parentWidget(), QAbstractScrollArea):
        return
    if not parent.rect().contains(widget.geometry()) and not isinstance(parent, QAbstractScrollArea | QTabBar):
        around = f"{type(parent).__name__} {parent.objectName()} of {parent.size().toTuple()}"
        yield f"at {widget.geometry().getRect()} in {around}"


_FINDERS: tuple[tuple[type[QWidget], Any], ...] = (
    (QLabel, _label),
    (QComboBox, _combo_box),
    (QLineEdit, _field),
    (QAbstractSpinBox, _spin_box),
    (QPushButton, _button),
    (QAbstractButton, _other_button),
    (QTabBar, _tabs),
    (QHeaderView, _header),
    (QTableView, _items),
)
"""How the texts of each kind of widget are found; the first kind that fits is used."""


# Painted texts


def painted_problems(window: QWidget) -> list[str]:
    """Paint a window, and return the painted texts that are elided or larger than their place."""
    found: list[str] = []
    foreign = " ".join(
        html.unescape(widget.toolTip())
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and widget.objectName() in FOREIGN
    )
    with _recorded(found, foreign):
        for widget in window.findChildren(QWidget):
            if widget.isVisible() and type(widget).__module__.startswith("digitlab"):
                for name in ("_backdrop", "_background", "_picture"):
                    if isinstance(getattr(widget, name, None), QPixmap):
                        setattr(widget, name, None)  # cached pictures are painted again
        window.grab()
    return sorted(set(found))


@contextmanager
def _recorded(found: list[str], foreign: str) -> Iterator[None]:
    draw, elide = QPainter.drawText, QFontMetrics.elidedText

    def drawn(painter: QPainter, *args: Any) -> Any:
        problem = _painted(painter, *args)
        if problem:
            found.append(problem)
        return draw(painter, *args)

    def elided(metrics: QFontMetrics, text: str, *args: Any) -> str:
        short = elide(metrics, text, *args)
        if short != text and text not in foreign:
            found.append(f"elided: “{text}”")
        return short

    QPainter.drawText, QFontMetrics.elidedText = drawn, elided  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        QPainter.drawText, QFontMetrics.elidedText = draw, elide  # type: ignore[method-assign]


def _painted(painter: QPainter, *args: Any) -> str:
    """Return what is wrong with a painted text; empty if nothing is."""
    text = next((arg for arg in args if isinstance(arg, str)), "")
    metrics = painter.fontMetrics()
    first = args[0]
    if isinstance(first, QRect | QRectF):
        place = QRectF(first)
        flags = args[1] if len(args) > 2 else 0
        wraps = Qt.TextFlag.TextWordWrap in Qt.TextFlag(
            int(getattr(flags, "value", flags)) & Qt.TextFlag.TextWordWrap.value
        )
        limit = QRect(0, 0, int(place.width()) if wraps else 10_000, 10_000)
        needed = metrics.boundingRect(limit, Qt.TextFlag.TextWordWrap.value if wraps else 0, text)
        if needed.width() > place.width() + SLACK_PX or needed.height() > place.height() + 2 * SLACK_PX + 2:
            return f"painted “{text}” needs {needed.size().toTuple()} and has {place.size().toTuple()}"
        return _within_device(painter, QRectF(painter.boundingRect(*args)), text)
    point = QPointF(first) if not isinstance(first, int | float) else QPointF(first, args[1])
    place = QRectF(point.x(), point.y() - metrics.ascent(), metrics.horizontalAdvance(text), metrics.height())
    return _within_device(painter, place, text)


def _within_device(painter: QPainter, place: QRectF, text: str) -> str:
    device = painter.device()
    is_scrolling = isinstance(device, QWidget) and isinstance(device.parentWidget(), QAbstractScrollArea)
    if is_scrolling or not isinstance(device, QWidget | QPixmap):
        return ""
    ratio = device.devicePixelRatio() if isinstance(device, QPixmap) else 1.0
    whole = QRectF(0, 0, device.width() / ratio, device.height() / ratio)
    there = painter.worldTransform().mapRect(place)
    slack = whole.adjusted(-SLACK_PX, -2, SLACK_PX, 2)
    if slack.contains(there) or not slack.intersects(there):
        return ""
    return f"painted “{text}” is at {[round(v) for v in there.getRect()]} in {[round(v) for v in whole.getRect()]}"
