"""Widgets are painted one after another, in the order of waiting, each after its preparation."""

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from digitlab.gui.widgets.paint_queue import PaintQueue


class Sheet(QWidget):
    """Records when it is painted, and which part."""

    def __init__(self, name: str, notes: list[str]) -> None:
        super().__init__()
        self._name, self._notes = name, notes
        self.painted = QRegion()

    def paintEvent(self, event) -> None:
        self._notes.append(self._name)
        self.painted |= event.region()


@pytest.fixture
def notes():
    """The names of the widgets painted, in order."""
    return []


@pytest.fixture
def sheets(qtbot, notes):
    """Three widgets on screen, painted once."""
    sheets = [Sheet(name, notes) for name in "abc"]
    for sheet in sheets:
        qtbot.addWidget(sheet)
        sheet.resize(40, 40)
        sheet.show()
        qtbot.waitExposed(sheet)
    qtbot.waitUntil(lambda: set(notes) == set("abc"))
    notes.clear()
    for sheet in sheets:
        sheet.painted = QRegion()
    return sheets


@pytest.fixture
def queue(qapp):
    parent = QObject()
    yield PaintQueue(parent)
    delete(parent)


def whole(sheet: QWidget) -> QRegion:
    return QRegion(sheet.rect())


def test_widgets_are_painted_in_the_order_of_waiting(qtbot, notes, sheets, queue):
    for sheet in (sheets[2], sheets[0], sheets[1]):
        queue.update(sheet, whole(sheet))
    assert notes == []
    qtbot.waitUntil(lambda: len(notes) == 3)
    assert notes == ["c", "a", "b"]


def test_a_second_request_keeps_the_place_in_the_queue(qtbot, notes, sheets, queue):
    first, second, _ = sheets
    queue.update(first, whole(first))
    queue.update(second, whole(second))
    queue.update(first, whole(first))
    qtbot.waitUntil(lambda: len(notes) == 2)
    assert notes == ["a", "b"]


def test_parts_of_a_widget_are_painted_together(qtbot, notes, sheets, queue):
    sheet = sheets[0]
    left, right = QRegion(0, 0, 5, 40), QRegion(30, 0, 5, 40)
    queue.update(sheet, left)
    queue.update(sheet, right)
    qtbot.waitUntil(lambda: notes == ["a"])
    assert (left | right).subtracted(sheet.painted).isEmpty()


def test_a_widget_is_prepared_part_by_part_before_it_is_painted(qtbot, notes, sheets, queue):
    left = [3]

    def prepare() -> bool:
        notes.append("part")
        left[0] -= 1
        return left[0] > 0

    queue.update(sheets[0], whole(sheets[0]), prepare)
    queue.update(sheets[1], whole(sheets[1]))
    qtbot.waitUntil(lambda: len(notes) == 5)
    assert notes == ["part", "part", "part", "a", "b"]


def test_a_deleted_widget_does_not_hold_up_the_others(qtbot, notes, sheets, queue):
    gone = Sheet("gone", notes)
    queue.update(gone, QRegion(0, 0, 10, 10), lambda: notes.append("prepared") is None)
    queue.update(sheets[1], whole(sheets[1]))
    delete(gone)
    qtbot.waitUntil(lambda: notes == ["b"])
