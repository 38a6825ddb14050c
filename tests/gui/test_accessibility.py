"""What a screen reader is told of the whole window, and how the keyboard moves between its parts."""

import re

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from digitlab.gui.app.accessible import install
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.system.visible import visible
from tests.helpers.panels import filled_window, wait, walk

Text = QAccessible.Text
Role = QAccessible.Role


@pytest.fixture(scope="module")
def window(qapp):
    """A filled window, for tests that only look."""
    with filled_window() as window:
        install(window)
        yield window


class Table(QWidget):
    """A painted table of 2 x 3 cells."""

    parts_kind = PartsKind.TABLE
    count = 6

    def part_count(self):
        return self.count

    def part(self, index):
        row, column = divmod(index, 3)
        return Part(f"{row} and {column}", QRectF(column * 20, row * 10, 20, 10), (row, column), is_selected=index == 4)


def interface(widget):
    return QAccessible.queryAccessibleInterface(widget)


def name(accessible):
    return accessible.text(Text.Name)


def is_plain(text):
    """Return whether a text has no markup, line breaks or control characters."""
    return visible(text) == text and not re.search(r"</?[a-zA-Z]", text)


def painted(window, object_name):
    """Return the interface of a widget, and the names of its parts."""
    widget = window.findChild(QWidget, object_name)
    found = interface(widget)
    return found, [name(found.child(index)) for index in range(found.childCount())]


def test_cells_have_names_places_and_indices(window, qtbot):
    table = Table()
    qtbot.addWidget(table)
    table.setAccessibleName("Sums")
    table.show()
    found = interface(table)
    assert (found.role(), name(found), found.childCount()) == (Role.Table, "Sums", 6)
    cell = found.child(4)
    assert (cell.role(), name(cell)) == (Role.Cell, "1 and 1")
    assert (cell.tableCellInterface().rowIndex(), cell.tableCellInterface().columnIndex()) == (1, 1)
    assert cell.state().selected
    assert not found.child(3).state().selected
    assert cell.rect().topLeft() == table.mapToGlobal(QPointF(20, 10).toPoint())
    middle = cell.rect().center()
    assert found.childAt(middle.x(), middle.y()) is cell
    assert found.indexOfChild(cell) == 4
    assert cell.parent() is found
    assert found.child(6) is None
    table.count = 2
    assert not cell.isValid()
    assert name(cell) == ""


def test_nothing_is_left_of_a_widget_that_is_gone(window):
    table = Table()
    cell = interface(table).child(1)
    identity = QAccessible.uniqueId(cell)
    assert QAccessible.accessibleInterface(identity) is cell
    table.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(table)
    assert QAccessible.accessibleInterface(identity) is None


def test_the_bars_are_a_list_of_outputs(window):
    found, names = painted(window, "probabilityBars")
    assert found.role() is Role.List
    assert len(names) == 10
    best = int(window.session.view.inspection.outputs.argmax())
    assert names[best].startswith(f"{best}: ")
    assert "pinned snapshot" in names[best]
    assert [bool(found.child(index).state().selected) for index in range(10)] == [index == best for index in range(10)]


def test_the_confusion_matrix_is_a_table_of_a_hundred_cells(window):
    window.panels.setCurrentWidget(window.panels.evaluate)
    panel = window.panels.evaluate.panel()
    wait(panel.findChild(QWidget, "confusionMatrix").counts.any)
    found, names = painted(panel, "confusionMatrix")
    assert found.role() is Role.Table
    counts = panel.findChild(QWidget, "confusionMatrix").counts
    assert len(names) == 100
    assert str(counts[3, 5]) in names[35] or counts[3, 5] == 0
    assert len(set(names)) == 100
    place = found.child(35).tableCellInterface()
    assert (place.rowIndex(), place.columnIndex()) == (3, 5)


def test_the_network_is_a_list_of_its_tiles(window):
    found, names = painted(window, "networkView")
    assert found.role() is Role.List
    assert names[0] == "input: 0 to 1.00"
    assert sum(text.startswith("conv1 · map ") for text in names) == 32
    assert sum(text.startswith("conv2 · map ") for text in names) == 64
    assert any(text.endswith(" %") and "digit" in text for text in names)


def test_the_diagram_lists_layers_with_their_shapes(window):
    _, names = painted(window, "networkDiagram")
    assert names[:2] == ["input: 28 × 28 × 1", "conv1: 24 × 24 × 32"]


def test_the_cells_of_a_map_have_their_values(window):
    found, names = painted(window, "unitMap")
    assert found.role() is Role.Table
    assert len(names) == 24 * 24
    assert names[25].startswith("row 1, column 1: ")


def test_the_canvas_lists_its_strokes(window):
    _, names = painted(window, "canvas")
    assert names == ["stroke 1 of 1"]


def test_the_time_slider_has_a_value(window):
    slider = interface(window.findChild(QWidget, "timeSlider"))
    assert slider.role() is Role.Slider
    assert slider.valueInterface().maximumValue() > 0
    assert "epoch" in slider.text(Text.Description)


def test_everything_that_takes_the_focus_has_a_name_without_markup(window):
    nameless, marked = set(), set()
    for page in walk(window):
        for widget in window.findChildren(QWidget):
            takes_focus = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
            if not (takes_focus and widget.isVisible()):
                continue
            found = interface(widget)
            where = f"{page}: {type(widget).__name__} {widget.objectName()}"
            if not name(found).strip():
                nameless.add(where)
            for text in (name(found), found.text(Text.Description)):
                if not is_plain(text):
                    marked.add(f"{where}: {text}")
    assert sorted(nameless) == []
    assert not marked


def test_parts_have_plain_names_within_their_widgets(window):
    kinds = set()
    for _ in walk(window):
        for widget in window.findChildren(QWidget):
            if widget.isVisible() and hasattr(widget, "parts_kind"):
                kinds.add(type(widget).__name__)
                parts = [widget.part(index) for index in range(widget.part_count())]
                unclear = [part for part in parts if not (part.name and is_plain(part.name))]
                assert not unclear, widget.objectName()
                inside = QRectF(widget.rect()).adjusted(-1, -1, 1, 1)
                assert all(inside.contains(part.rect) for part in parts), widget.objectName()
    assert kinds >= {"Canvas", "ConfusionMatrix", "NetworkDiagram", "NetworkView", "ProbabilityBars", "TileGrid"}


def regions_by_key(window, key):
    """Press a key until the focus is back; return the names of what had it."""
    window.activateWindow()
    wait(window.isActiveWindow)
    window.draw.canvas.setFocus()
    seen = []
    for _ in range(8):
        QTest.keyClick(window, Qt.Key.Key_F6, key)
        focused = QApplication.focusWidget()
        if focused is window.draw.canvas:
            return seen
        seen.append(focused)
    return seen


def test_f6_goes_through_the_parts_of_the_window_and_back(window):
    window.panels.setCurrentWidget(window.panels.train)
    forth = regions_by_key(window, Qt.KeyboardModifier.NoModifier)
    assert forth[0] is window.panels.tabBar()
    assert window.panels.train.isAncestorOf(forth[1])
    assert forth[1].objectName() == "recipeBox"
    assert window.time_bar.isAncestorOf(forth[2])
    assert len(forth) == 3  # the status bar has nothing that takes the focus while nothing is trained
    assert regions_by_key(window, Qt.KeyboardModifier.ShiftModifier)[::-1] == forth
