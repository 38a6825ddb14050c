"""Painting in turns: one widget after the other, what it needs before, and nobody starves."""

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from digitlab.gui.widgets.paint_queue import PaintQueue


class Sheet(QWidget):
    """Notes when it is painted, and which part."""

    def __init__(self, name: str, notes: list[str]) -> None:
        super().__init__()
        self._name, self._notes = name, notes
        self.painted = QRegion()

    def paintEvent(self, event) -> None:
        self._notes.append(self._name)
        self.painted |= event.region()


@pytest.fixture
def notes():
    """What happened, in its order."""
    return []


@pytest.fixture
def sheets(qtbot, notes):
    """Three widgets on screen, painted by now."""
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
def turns(qapp):
    parent = QObject()
    yield PaintQueue(parent)
    delete(parent)


def whole(sheet: QWidget) -> QRegion:
    return QRegion(sheet.rect())


def test_each_is_painted_in_the_order_of_waiting(qtbot, notes, sheets, turns):
    for sheet in (sheets[2], sheets[0], sheets[1]):
        turns.update(sheet, whole(sheet))
    assert notes == []
    qtbot.waitUntil(lambda: len(notes) == 3)
    assert notes == ["c", "a", "b"]


def test_who_asks_again_keeps_its_place(qtbot, notes, sheets, turns):
    first, second, _ = sheets
    turns.update(first, whole(first))
    turns.update(second, whole(second))
    turns.update(first, whole(first))
    qtbot.waitUntil(lambda: len(notes) == 2)
    assert notes == ["a", "b"]


def test_parts_asked_for_are_painted_together(qtbot, notes, sheets, turns):
    sheet = sheets[0]
    left, right = QRegion(0, 0, 5, 40), QRegion(30, 0, 5, 40)
    turns.update(sheet, left)
    turns.update(sheet, right)
    qtbot.waitUntil(lambda: notes == ["a"])
    assert (left | right).subtracted(sheet.painted).isEmpty()


def test_what_a_painting_needs_is_made_before_it_bit_by_bit(qtbot, notes, sheets, turns):
    left = [3]

    def prepare() -> bool:
        notes.append("part")
        left[0] -= 1
        return left[0] > 0

    turns.update(sheets[0], whole(sheets[0]), prepare)
    turns.update(sheets[1], whole(sheets[1]))
    qtbot.waitUntil(lambda: len(notes) == 5)
    assert notes == ["part", "part", "part", "a", "b"]


def test_one_that_is_deleted_meanwhile_does_not_hold_up_the_others(qtbot, notes, sheets, turns):
    gone = Sheet("gone", notes)
    turns.update(gone, QRegion(0, 0, 10, 10), lambda: notes.append("prepared") is None)
    turns.update(sheets[1], whole(sheets[1]))
    delete(gone)
    qtbot.waitUntil(lambda: notes == ["b"])
