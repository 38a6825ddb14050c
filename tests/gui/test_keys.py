"""Keys belong to what has the focus: Esc, Space, Delete, digits and letters, pressed at every control of the window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QDockWidget,
    QLineEdit,
    QSpinBox,
    QTableView,
    QWidget,
)

from digitlab.gui.actions import action_specs
from tests.helpers.trainings import kept

ESCAPE = Qt.Key.Key_Escape
DIGITS = [Qt.Key(Qt.Key.Key_0 + digit) for digit in range(10)]
TABS = [
    "showNetwork",
    "showTrain",
    "showLearning",
    "showInspect",
    "showExplain",
    "showEvaluate",
    "showRuns",
    "showMyDigits",
]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))


@pytest.fixture
def window(qtbot, window):
    """The window with the keyboard's focus."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def stops(window):
    """Return all controls on screen that the Tab key reaches."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


def opened(qtbot, window, tab):
    window.panels.show_tab(tab)
    qtbot.waitUntil(lambda: window.panels.currentWidget().built is not None)
    return window.panels.currentWidget().built


@pytest.mark.parametrize("tab", TABS)
def test_only_at_the_canvas_do_keys_change_the_drawing_or_its_tool(qtbot, window, tab):
    opened(qtbot, window, tab)
    drawn, canvas = window.session.sketch, window.draw.canvas
    others = [widget for widget in stops(window) if widget is not canvas]
    assert len(others) > 10
    for widget in others:
        if not widget.isEnabled():  # an earlier key may have left nothing to do for it
            continue
        widget.setFocus()
        for key in (ESCAPE, Qt.Key.Key_Delete, Qt.Key.Key_E, *DIGITS):
            QTest.keyClick(QApplication.focusWidget() or window, key)
        assert window.session.sketch is drawn, widget
        assert not window.features.is_erasing, widget
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_E)
    assert window.features.is_erasing
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert window.session.sketch.is_empty


def test_every_key_without_ctrl_or_alt_is_a_function_key_or_the_canvas_s():
    for spec in action_specs():
        for keys in spec.shortcuts:
            combination = QKeySequence(keys)[0]
            is_plain = combination.keyboardModifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ShiftModifier,
            )
            is_function = Qt.Key.Key_F1 <= combination.key() <= Qt.Key.Key_F35
            assert spec.is_canvas_key == (is_plain and not is_function), spec.name


def test_the_canvas_has_the_focus_from_the_start_and_takes_it_with_the_pen(qtbot, window):
    assert QApplication.focusWidget() is window.draw.canvas
    window.time_bar.findChild(QAbstractButton, "pinButton").setFocus()
    canvas = window.draw.canvas
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    assert canvas.hasFocus()


@pytest.mark.parametrize("key", [ESCAPE, Qt.Key.Key_Delete])
def test_at_the_canvas_esc_and_delete_clear(qtbot, window, key):
    QTest.keyClick(window.draw.canvas, key)
    assert window.session.sketch.is_empty


@pytest.mark.parametrize(("tab", "name"), [("showTrain", "epochsField"), ("showNetwork", "conv1.filters")])
def test_esc_restores_the_number_from_before_the_edit(qtbot, window, tab, name):
    field = opened(qtbot, window, tab).findChild(QLineEdit, name)
    before, recipe = field.text(), window.session.recipe
    for typed in ("7", "no number", ""):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, typed) if typed else QTest.keyClick(field, Qt.Key.Key_Delete)
        assert field.text() == typed
        QTest.keyClick(field, ESCAPE)
        assert field.text() == before
        assert not field.property("invalid")
    qtbot.waitUntil(lambda: window.session.recipe == recipe)
    field.selectAll()
    QTest.keyClicks(field, "7")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QTest.keyClick(field, ESCAPE)
    assert field.text() == "7"


def test_digits_type_and_esc_cancels_in_a_spin_box(qtbot, window):
    panel = opened(qtbot, window, "showInspect")
    panel.findChild(QAbstractButton, "showFilters").click()
    box = panel.findChild(QSpinBox, "filterChannel")
    qtbot.waitUntil(box.isVisible)
    box.setFocus()
    box.selectAll()
    QTest.keyClick(box, Qt.Key.Key_3)
    assert box.value() == 3
    QTest.keyClick(box, ESCAPE)
    assert box.value() == -1
    assert box.text() == "mean"


def test_letters_choose_in_a_drop_down_list(qtbot, window):
    box = opened(qtbot, window, "showTrain").findChild(QComboBox, "recipeBox")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_P)
    assert box.currentText() == "Pen and paper"


def test_esc_closes_an_open_list_and_keeps_the_choice(qtbot, window):
    box = opened(qtbot, window, "showTrain").findChild(QComboBox, "optimizerBox")
    before = box.currentIndex()
    box.showPopup()
    qtbot.waitUntil(box.view().isVisible)
    QTest.keyClick(box.view(), Qt.Key.Key_Down)
    QTest.keyClick(box.view(), ESCAPE)
    qtbot.waitUntil(lambda: not box.view().isVisible())
    assert box.currentIndex() == before


@pytest.mark.parametrize("tab", TABS)
def test_esc_closes_the_message_from_every_control_but_the_canvas(qtbot, window, tab):
    opened(qtbot, window, tab)
    drawn = window.session.sketch
    for widget in stops(window):
        if widget is window.draw.canvas or not widget.isEnabled():
            continue
        window.messages.show_info("News.")
        widget.setFocus()
        for _ in range(2):  # the control's own selection first, if it has one
            QTest.keyClick(QApplication.focusWidget() or window, ESCAPE)
        assert not window.messages.text, widget
    window.messages.show_info("News.")
    window.draw.canvas.setFocus()
    QTest.keyClick(window.draw.canvas, ESCAPE)
    assert window.session.sketch is not drawn
    assert window.messages.text


def test_esc_closes_the_message_first_and_then_leaves_full_screen(qtbot, window):
    button = window.draw.findChild(QAbstractButton, "eraserButton")
    window.actions_by_name["fullScreen"].trigger()
    qtbot.waitUntil(window.isFullScreen)
    window.messages.show_info("News.")
    button.setFocus()
    QTest.keyClick(button, ESCAPE)
    assert not window.messages.text
    qtbot.waitUntil(window.isFullScreen)  # the test's screen is smaller than the window, which Qt resizes meanwhile
    QTest.keyClick(button, ESCAPE)
    qtbot.waitUntil(lambda: not window.isFullScreen())


def test_esc_closes_the_list_of_keys(qtbot, window):
    window.actions_by_name["keyboard"].trigger()
    dialog = window.findChild(QDialog, "keyboardDialog")
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(dialog.findChild(QLineEdit, "keyboardSearch"), ESCAPE)
    assert not dialog.isVisible()
    assert not window.session.sketch.is_empty


def test_space_and_esc_work_in_a_floating_drawing_panel_too(qtbot, window):
    window.findChild(QDockWidget, "drawDock").setFloating(True)
    button = window.draw.findChild(QAbstractButton, "eraserButton")
    qtbot.waitUntil(button.isVisible)
    window.messages.show_info("News.")
    QTest.keyClick(button, ESCAPE)
    assert not window.messages.text
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert window.features.is_erasing


@pytest.mark.parametrize(
    ("tab", "kind", "name"),
    [
        ("showTrain", QLineEdit, "epochsField"),
        ("showTrain", QComboBox, "optimizerBox"),
        ("showInspect", QAbstractButton, "showFilters"),
        ("showRuns", QTableView, "runTable"),
    ],
)
def test_space_belongs_to_the_control_and_does_not_play(qtbot, window, tab, kind, name):
    window.controllers.files.open_shipped("tutorial")
    qtbot.waitUntil(lambda: window.session.run is not None)
    run = kept()
    window.controllers.runs.begin(())
    qtbot.waitUntil(lambda: len(window.session.kept.runs) == 1)
    control = opened(qtbot, window, tab).findChild(kind, name)
    control.setFocus()
    QTest.keyClick(control, Qt.Key.Key_Space)
    assert not window.session.replay.is_playing
    if isinstance(control, QLineEdit):
        assert control.text().endswith(" ")
    elif isinstance(control, QComboBox):
        assert control.view().isVisible()
        control.hidePopup()
    elif isinstance(control, QAbstractButton):
        assert control.isChecked()
    else:
        assert window.session.kept.plotted == (run,)


def test_delete_in_the_table_of_runs_deletes_the_run_and_not_the_drawing(qtbot, window):
    kept()
    window.controllers.runs.begin()
    table = opened(qtbot, window, "showRuns").findChild(QTableView, "runTable")
    qtbot.waitUntil(lambda: len(window.session.kept.runs) == 1)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: not window.session.kept.runs)
    assert not window.session.sketch.is_empty
