"""The window as a whole: keys, menus, panels, themes, settings."""

from collections import Counter
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QDockWidget, QLabel, QLineEdit, QMenu, QWidget

from digitlab.gui import theme
from digitlab.gui.actions import action_specs
from digitlab.gui.app.application import make_window
from digitlab.gui.session.values import TrainingState
from digitlab.runs.run import Run
from digitlab.system.assets import shipped_model_names
from digitlab.system.settings import Settings
from digitlab.words.names import one_line
from tests.helpers.pixels import colour_at
from tests.helpers.runs import make_started

CONTROL = Qt.KeyboardModifier.ControlModifier
SIZES = ((960, 600), (1280, 800), (1920, 1080))
ROUNDS = 60
"""Of the event loop; a layout that asks for another one without end is done in each."""


@pytest.mark.parametrize(
    ("key", "name"),
    [(Qt.Key.Key_1, "networkPanel"), (Qt.Key.Key_2, "trainPanel"), (Qt.Key.Key_4, "inspectPanel")],
)
def test_keys_open_the_panels(qtbot, window, key, name):
    window.panels.setCurrentWidget(window.panels.runs)
    qtbot.keyClick(window, key, CONTROL)
    qtbot.waitUntil(lambda: window.panels.currentWidget().panel().objectName() == name)


def test_every_action_is_wired_and_named(window):
    for spec in action_specs():
        action = window.actions_by_name[spec.name]
        is_wired = action.receivers("2triggered(bool)") > 0 or action.actionGroup() is not None
        assert is_wired, spec.name
        assert action.toolTip()


def test_the_menu_of_shipped_networks_has_the_default_first(window):
    menu = next(menu for menu in window.findChildren(QMenu) if "Shipped" in menu.title())
    texts = [action.text().replace("&", "") for action in menu.actions()]
    assert texts[0] == "Pen and paper (default)"
    assert texts[1] == "Tutorial"
    assert len(texts) == len(shipped_model_names())
    window.session.training_state = TrainingState.RUNNING
    assert not any(action.isEnabled() for action in menu.actions())
    window.session.training_state = TrainingState.IDLE
    assert all(action.isEnabled() for action in menu.actions())


def test_tabs_actions_and_keys_are_in_workflow_order(window):
    titles = ["Network", "Train", "Learning", "Look inside", "Explain", "Evaluate", "Runs", "My digits"]
    assert [window.panels.tabText(index) for index in range(window.panels.count())] == titles
    specs = [spec for spec in action_specs() if spec.group == "tab"]
    assert [spec.plain_text for spec in specs] == titles
    assert [spec.name for spec in specs] == list(window.panels.by_name)
    assert [spec.shortcuts for spec in specs] == [(f"Ctrl+{number}",) for number in range(1, 9)]
    assert window.panels.currentWidget() is window.panels.inspect
    assert window.actions_by_name["showInspect"].isChecked()


def test_clearing_the_canvas_selects_the_pen(window):
    window.actions_by_name["eraser"].trigger()
    assert window.features.is_erasing
    window.actions_by_name["clear"].trigger()
    assert window.actions_by_name["pen"].isChecked()
    assert not window.features.is_erasing
    assert window.actions_by_name["undo"].isEnabled()


def test_no_two_actions_share_a_key():
    keys = [key for spec in action_specs() for key in spec.shortcuts]
    assert len(keys) == len(set(keys))


def test_the_keyboard_help_lists_every_key(qtbot, window):
    window.actions_by_name["keyboard"].trigger()
    dialog = window.findChild(QDialog, "keyboardDialog")
    text = " ".join(label.text() for label in dialog.findChildren(QLabel))
    for key in ("Ctrl+T", "Ctrl+Z", "F11", "Ctrl+.", "Del"):
        assert key in text
    dialog.close()


def test_the_keyboard_help_fits_the_screen_and_can_be_searched(qtbot, window):
    window.actions_by_name["keyboard"].trigger()
    dialog = window.findChild(QDialog, "keyboardDialog")
    assert dialog.height() < dialog.screen().availableSize().height()
    qtbot.keyClicks(dialog.findChild(QLineEdit, "keyboardSearch"), "ctrl+t")
    shown = [label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog)]
    assert shown == ["Ctrl+T", "Train or pause"]
    qtbot.keyClicks(dialog.findChild(QLineEdit, "keyboardSearch"), "xyz")
    shown = [label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog)]
    assert shown == ["No key or command contains this text."]
    dialog.close()


def test_the_dark_theme_reaches_canvas_and_panels(qtbot, window):
    window.actions_by_name["schemeDark"].trigger()
    assert theme.is_dark(window.draw.canvas.palette())
    assert colour_at(window, QPoint(2, 400)).lightness() < 60
    window.actions_by_name["schemeLight"].trigger()
    assert colour_at(window, QPoint(2, 400)).lightness() > 200


def test_the_drawing_panel_can_be_closed_and_shown_again(qtbot, window):
    dock = window.findChild(QDockWidget, "drawDock")
    dock.close()
    assert not dock.isVisible()
    dock.toggleViewAction().trigger()
    assert dock.isVisible()


def test_tab_theme_and_size_are_restored_at_the_next_start_up(qtbot, window):
    window.actions_by_name["showNetwork"].trigger()
    window.actions_by_name["schemeDark"].trigger()
    window.resize(785, 575)
    settings = window.settings()
    again = make_window(QApplication.instance(), settings)
    qtbot.addWidget(again)
    again.show()
    qtbot.waitExposed(again)
    assert again.panels.currentWidget() is again.panels.network
    assert theme.is_dark(again.palette())
    assert (again.width(), again.height()) == (785, 575)
    again.close()


def test_the_window_fits_half_of_a_usual_screen_whatever_it_shows(qtbot, window):
    for name, tab in window.panels.by_name.items():
        window.panels.show_tab(name)
        tab.panel()
        QApplication.processEvents()
        least = window.minimumSizeHint()
        assert (least.width(), least.height()) <= (640, 400), name
        window.resize(640, 400)
        assert (window.width(), window.height()) == (640, 400), name
        for part in (window.time_bar, window.statusBar(), window.panels.tabBar()):
            assert part.visibleRegion().boundingRect() == part.rect(), (name, part)


def test_the_first_window_is_never_larger_than_the_screen(window):
    available = window.screen().availableGeometry()
    assert window.frameGeometry().width() <= available.width()
    assert window.frameGeometry().height() <= available.height()


def test_a_geometry_from_a_larger_screen_is_brought_back_on_the_screen(qtbot, window):
    window.setGeometry(2100, 1300, 1920, 1080)
    again = make_window(QApplication.instance(), window.settings())
    qtbot.addWidget(again)
    again.show()
    qtbot.waitExposed(again)
    assert again.screen().availableGeometry().contains(again.geometry())
    again.close()


@pytest.mark.parametrize("text", ["", "no base64 ü", "AAAA" * 100, "\ud800"])
def test_an_unusable_window_geometry_is_ignored(qtbot, text):
    window = make_window(QApplication.instance(), Settings("light", "builtin", "", text, text, text))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    assert window.width() > 600
    window.close()


def test_the_train_key_shows_which_field_is_invalid(qtbot, window):
    window.actions_by_name["showTrain"].trigger()
    field = window.panels.train.panel().findChild(QLineEdit, "learningRateField")
    field.selectAll()
    qtbot.keyClicks(field, "fast")
    qtbot.keyClick(window, Qt.Key.Key_T, CONTROL)
    assert window.session.training_state is TrainingState.IDLE
    assert window.messages.text


def test_a_message_about_a_field_goes_when_the_field_is_mended(qtbot, window):
    window.actions_by_name["showTrain"].trigger()
    field = window.panels.train.panel().findChild(QLineEdit, "learningRateField")
    field.selectAll()
    qtbot.keyClicks(field, "fast")
    window.actions_by_name["train"].trigger()
    assert "Learning rate" in window.messages.text
    field.selectAll()
    qtbot.keyClicks(field, "0.02")
    assert not window.messages.text


def test_continue_by_key_shows_which_field_is_wrong(qtbot, window, monkeypatch):
    begun = []
    monkeypatch.setattr(window.controllers.training, "continue_training", lambda: begun.append(True))
    window.actions_by_name["showTrain"].trigger()
    field = window.panels.train.panel().findChild(QLineEdit, "learningRateField")
    field.selectAll()
    qtbot.keyClicks(field, "fast")
    window.actions_by_name["showInspect"].trigger()
    window.actions_by_name["continueTraining"].trigger()
    assert "Learning rate" in window.messages.text
    assert window.panels.currentWidget() is window.panels.train
    assert not begun
    field.selectAll()
    qtbot.keyClicks(field, "0.01")
    window.actions_by_name["continueTraining"].trigger()
    assert begun


def test_training_with_an_invalid_entry_in_network_says_what_is_trained(qtbot, window, monkeypatch):
    begun = []
    monkeypatch.setattr(window.controllers.training, "train_or_pause", lambda: begun.append(window.session.recipe.spec))
    before = window.session.recipe.spec
    window.actions_by_name["showNetwork"].trigger()
    field = window.panels.network.panel().findChild(QLineEdit, "conv1.filters")
    field.selectAll()
    qtbot.keyClicks(field, "3x")
    window.actions_by_name["train"].trigger()
    assert begun == [before]
    said = (
        f"Not applied: conv1 filters. Train uses the last valid network, with {before.total_parameters:,} parameters."
    )
    assert said in window.messages.text
    assert window.panels.train.panel().findChild(QLabel, "trainedNetwork").text() == said
    window.messages.dismiss()
    field.selectAll()
    qtbot.keyClicks(field, "3")
    window.actions_by_name["train"].trigger()
    assert begun[-1].layers[0].filters == 3
    assert not window.messages.text


def test_an_uncaught_error_is_shown_and_the_window_stays_open(qtbot, window, monkeypatch):
    import sys

    from digitlab.gui.app import application as app

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    app._show_unexpected_errors(window)
    error = RuntimeError("boom")
    sys.excepthook(type(error), error, None)
    assert "inside DigitLab: RuntimeError" in window.messages.text
    assert window.isVisible()


def test_all_controls_have_an_accessible_name(qtbot, window):
    from PySide6.QtWidgets import QAbstractSpinBox, QComboBox

    for slot in window.panels.by_name.values():
        slot.panel()
    internal = ("qt_", "ScrollLeft", "ScrollRight")
    nameless = [
        widget.objectName() or type(widget).__name__
        for kind in (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox)
        for widget in window.findChildren(kind)
        if not widget.objectName().startswith(internal)
        and not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
        and not isinstance(widget.parent(), QDockWidget)
    ]
    assert nameless == []


def test_a_window_that_was_large_shrinks_again(qtbot, window):
    window.resize(1920, 1080)
    for name in ("showNetwork", "showTrain", "showInspect"):
        window.actions_by_name[name].trigger()
        qtbot.waitUntil(lambda: window.panels.currentWidget().built is not None)
        QApplication.processEvents()
    window.resize(1280, 800)
    assert (window.width(), window.height()) == (1280, 800)


@pytest.fixture
def replayed(qtbot, window):
    """The window with the tutorial's recorded run."""
    window.controllers.files.open_shipped("tutorial")
    qtbot.waitUntil(lambda: window.session.run is not None)
    return window


def test_space_plays_and_pauses_unless_a_widget_handles_it(qtbot, replayed):
    session = replayed.session
    replayed.draw.canvas.setFocus()
    qtbot.keyClick(replayed.draw.canvas, Qt.Key.Key_Space)
    assert session.replay.is_playing
    assert session.snapshot is session.run.snapshots[0]
    qtbot.keyClick(replayed.draw.canvas, Qt.Key.Key_Space)
    assert not session.replay.is_playing
    button = replayed.findChild(QAbstractButton, "pinButton")
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert session.replay.pinned is session.snapshot
    assert not session.replay.is_playing


def test_keys_step_through_the_snapshots(qtbot, replayed):
    session = replayed.session
    for key, index in ((Qt.Key.Key_Left, 58), (Qt.Key.Key_Left, 57), (Qt.Key.Key_Right, 58)):
        qtbot.keyClick(replayed, key, Qt.KeyboardModifier.ControlModifier)
        assert session.snapshot is session.run.snapshots[index]
    qtbot.keyClick(replayed, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert session.replay.pinned is session.run.snapshots[58]
    qtbot.keyClick(replayed, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert session.replay.is_following
    qtbot.keyClick(replayed, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert session.snapshot is session.run.snapshots[58]


def test_the_bars_show_the_pinned_snapshot_too(qtbot, replayed):
    replayed.controllers.replay.show_index(5)
    qtbot.keyClick(replayed, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    replayed.controllers.replay.show_newest()
    session = replayed.session
    qtbot.waitUntil(lambda: session.view is not None and session.view.pinned is not None)
    qtbot.waitUntil(lambda: session.view.inspection.snapshot is session.newest)
    assert session.view.pinned.snapshot is session.run.snapshots[5]
    assert "Pinned snapshot" in replayed.draw.bars.accessibleDescription()


@pytest.mark.parametrize("name", ["my run", "<b>bold</b>", "Pen [*] 2", "two\nlines"])
def test_the_title_names_the_open_network_literally(window, name):
    assert window.windowTitle() == "Pen and paper - DigitLab"
    window.session.open_network(replace(window.session.snapshot), None, name)
    shown = window.windowTitle().replace("[*][*]", "[*]")
    assert shown == f"{one_line(name)} - DigitLab"
    assert "\n" not in shown


def test_the_title_follows_the_run(window, tutorial):
    window.session.begin_run(Run(make_started()))
    window.session.advance(tutorial)
    assert window.windowTitle() == "Tutorial - DigitLab"


class WindowWatch(QObject):
    """Collects the widgets that are shown as windows of their own."""

    def __init__(self):
        super().__init__()
        self.shown = []

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(watched)
        return False


def test_no_panel_flashes_up_as_a_window_while_it_is_built(qtbot, window):
    watch, app = WindowWatch(), QApplication.instance()
    app.installEventFilter(watch)
    for name in window.panels.by_name:
        window.actions_by_name[name].trigger()
        qtbot.waitUntil(lambda: window.panels.currentWidget().built is not None)
    app.removeEventFilter(watch)
    assert watch.shown == []


class LayoutRequests(QObject):
    """Counts the layouts that are asked for, by widget."""

    def __init__(self, parent):
        super().__init__(parent)
        self.counts = Counter()

    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.LayoutRequest:
            self.counts[f"{type(watched).__name__} {watched.objectName()}"] += 1
        return False


def test_a_window_that_was_laid_out_asks_for_no_other_layout(window):
    requests = LayoutRequests(window)
    for size, tab in zip(SIZES * len(window.panels.by_name), window.panels.by_name.values(), strict=False):
        window.panels.setCurrentWidget(tab)
        tab.panel()
        window.resize(*size)
        QApplication.processEvents()
        watched = [widget for widget in window.findChildren(QWidget) if widget.isVisible() and widget.layout()]
        for widget in watched:
            widget.installEventFilter(requests)
        requests.counts.clear()
        for _ in range(ROUNDS):
            QApplication.processEvents()
        for widget in watched:
            widget.removeEventFilter(requests)
        assert all(count < ROUNDS // 2 for count in requests.counts.values()), requests.counts.most_common(3)
