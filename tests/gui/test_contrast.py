"""Contrast of every control in every state, in both themes, from rendered pixels (WCAG 2.2, level AA)."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QHoverEvent, QIcon, QImage, QPainter, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QMenuBar,
    QProgressBar,
    QPushButton,
    QStatusBar,
    QTableView,
    QTabWidget,
    QToolButton,
    QToolTip,
    QWidget,
)

from digitlab.gui import theme
from digitlab.gui.learning.findings_view import health_colour
from digitlab.gui.runs import marks
from digitlab.gui.theme import ColourScheme
from digitlab.gui.widgets.card import quiet_label, title_label
from digitlab.gui.widgets.fields import ChoiceBox, ProblemLabel, set_flag
from digitlab.insight.health import Health
from tests.helpers.contrast import (
    DISABLED,
    GRAPHIC,
    TEXT,
    colours_of,
    contrast_of_change,
    contrast_within,
    contrasts,
    part_of,
    place_in,
    rendered,
    rgb,
)

WORD, BLANK = "8888", "\u2007" * 4
"""A text, and the spaces of digits, which are as wide."""


def test_contrast_is_that_of_black_and_white():
    assert contrasts(rgb(QColor("#000000")), rgb(QColor("#ffffff"))) == pytest.approx(21)


@pytest.fixture(params=[ColourScheme.LIGHT, ColourScheme.DARK])
def scheme(request, qapp):
    flash = qapp.cursorFlashTime()
    qapp.setCursorFlashTime(0)  # a cursor that is always there
    theme.apply_scheme(qapp, request.param)
    yield request.param
    qapp.setCursorFlashTime(flash)


@pytest.fixture
def place(qtbot, scheme):
    """Return a function that shows a control in an active window of its own, not focused, in a fixed size."""

    def shown(control):
        window = QWidget()
        qtbot.addWidget(window)
        row = QHBoxLayout(window)
        first = QLineEdit()  # takes the focus
        row.addWidget(first)
        row.addWidget(control)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        first.setFocus()
        qtbot.waitUntil(first.hasFocus)
        control.setFixedSize(control.size())
        return window

    return shown


# The controls, and how each gets a text


def button(kind="", **properties):
    made = QPushButton(WORD) if kind != "tool" else QToolButton(text=WORD)
    made.setCheckable(True)
    for name, value in properties.items():
        made.setProperty(name, value)
    return made


def combo_box():
    box = ChoiceBox()
    box.add_choice(WORD, 0)
    return box


def progress_bar():
    bar = QProgressBar()
    bar.setValue(50)
    bar.setTextVisible(False)
    return bar


def whole_number(text=WORD):
    field = QLineEdit(text)
    field.setMinimumWidth(120)
    return field


CONTROLS = {
    "push button": button,
    "primary button": lambda: button(primary=True),
    "link": lambda: button(link=True),
    "tool button": lambda: button("tool"),
    "bare tool button": lambda: button("tool", bare=True),
    "digit button": lambda: button("tool", digit=True),
    "check box": lambda: QCheckBox(WORD),
    "drop-down": combo_box,
    "field": whole_number,
    "label": lambda: QLabel(WORD),
    "quiet label": lambda: quiet_label(WORD),
    "title": lambda: title_label(WORD),
    "problem": ProblemLabel,
}


def write(control, text):
    """Show another text in a control."""
    if isinstance(control, ChoiceBox):
        control.setItemText(0, text)
    else:
        control.setText(text)
        if isinstance(control, QLineEdit):
            control.setCursorPosition(0)


# The states


def hover(control):
    control.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    control.update()


def focus(control):
    control.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)  # as after Tab
    control.setFocus(Qt.FocusReason.TabFocusReason)
    assert control.hasFocus()


STATES = {
    "normal": lambda control: None,
    "hover": hover,
    "pressed": lambda control: control.setDown(True),
    "checked": lambda control: control.setChecked(True),
    "checked and hover": lambda control: (control.setChecked(True), hover(control)),
    "checked and focused": lambda control: (control.setChecked(True), focus(control)),
    "focused": focus,
    "disabled": lambda control: control.setEnabled(False),
    "checked and disabled": lambda control: (control.setChecked(True), control.setEnabled(False)),
    "read-only": lambda control: control.setReadOnly(True),
    "invalid": lambda control: set_flag(control, "invalid", is_on=True),
    "not applied": lambda control: set_flag(control, "unapplied", is_on=True),
    "invalid and focused": lambda control: (set_flag(control, "invalid", is_on=True), focus(control)),
}
OF_ALL = ("normal", "disabled")
OF_INPUT = (*OF_ALL, "hover", "focused")
OF_BUTTONS = (*OF_INPUT, "pressed", "checked", "checked and hover", "checked and focused", "checked and disabled")
OF_FIELDS = ("invalid", "not applied", "invalid and focused")
OF_CONTROL = {
    **dict.fromkeys(CONTROLS, OF_BUTTONS),
    "drop-down": (*OF_INPUT, *OF_FIELDS),
    "field": (*OF_INPUT, *OF_FIELDS, "read-only"),
    **dict.fromkeys(("label", "quiet label", "title", "problem"), OF_ALL),
}
CASES = [(control, state) for control, states in OF_CONTROL.items() for state in states]


@pytest.mark.parametrize(("name", "state"), CASES)
def test_the_text_of_every_control_is_readable_in_every_state(place, name, state):
    control = CONTROLS[name]()
    control.setVisible(True)
    write(control, WORD)
    window = place(control)
    STATES[state](control)
    write(control, WORD)
    shown = rendered(window)
    write(control, BLANK)
    found = contrast_of_change(shown, rendered(window))
    assert found >= (DISABLED if "disabled" in state else TEXT)


FOCUSED = [
    (control, "checked" if is_checked else "normal", "focused")
    for control, states in OF_CONTROL.items()
    if "focused" in states
    for is_checked in ([False, True] if "checked" in states else [False])
]
CHANGES = [
    *FOCUSED,
    ("field", "normal", "invalid"),
    ("field", "normal", "not applied"),
    ("drop-down", "normal", "invalid"),
    ("drop-down", "normal", "not applied"),
    ("check box", "normal", "checked"),
    ("tool button", "normal", "checked"),
    ("push button", "normal", "checked"),
    ("digit button", "normal", "checked"),
]


def seen(window, control):
    """Return what a control looks like in its window; of a field, in which the cursor stands, the border."""
    whole = part_of(window, control.geometry())
    return np.concatenate([whole[:6], whole[-6:]]) if isinstance(control, QLineEdit) else whole


@pytest.mark.parametrize(("name", "before", "after"), CHANGES)
def test_a_state_that_must_be_seen_is_seen(place, name, before, after):
    control = CONTROLS[name]()
    window = place(control)
    STATES[before](control)
    first = seen(window, control)
    STATES[after](control)
    found = contrast_of_change(seen(window, control), first)
    assert found >= GRAPHIC


@pytest.mark.parametrize("name", ["field", "drop-down", "check box", "primary button"])
@pytest.mark.parametrize("state", ["normal", "hover", "focused"])
def test_the_place_of_a_control_is_seen(place, name, state):
    control = CONTROLS[name]()
    write(control, BLANK)
    window = place(control)
    STATES[state](control)
    shown = seen(window, control)
    background = rgb(window.palette().color(theme.WINDOW))
    found = contrasts(shown, background).max()
    assert found >= GRAPHIC


# What consists of parts


def change_of_text(window, write_text):
    """Return the contrast of a text that a function writes: that of the window with and without it."""
    write_text(WORD)
    QApplication.processEvents()
    shown = rendered(window)
    write_text(BLANK)
    QApplication.processEvents()
    return contrast_of_change(shown, rendered(window))


@pytest.mark.parametrize("state", ["normal", "selected", "hover", "focused", "disabled"])
def test_every_tab_is_readable(place, state):
    tabs = QTabWidget()
    for _ in range(2):
        tabs.addTab(QWidget(), WORD)
    number = 0 if state in ("selected", "focused") else 1
    tabs.setMinimumSize(300, 100)
    window = place(tabs)
    bar = tabs.tabBar()
    if state == "focused":
        focus(bar)
    elif state == "disabled":
        tabs.setTabEnabled(number, False)
    elif state == "hover":
        middle = QPointF(bar.tabRect(number).center())
        QApplication.sendEvent(bar, QHoverEvent(QEvent.Type.HoverMove, middle, middle, QPointF()))
    found = change_of_text(window, lambda text: tabs.setTabText(number, text))
    assert found >= (DISABLED if state == "disabled" else TEXT)


def test_the_selected_and_the_focused_tab_are_seen(place):
    tabs = QTabWidget()
    for _ in range(2):
        tabs.addTab(QWidget(), "")
    tabs.setMinimumSize(300, 100)
    window = place(tabs)
    bar = tabs.tabBar()
    where = place_in(window, bar)
    bar.setCurrentIndex(1)
    away = part_of(window, where)
    bar.setCurrentIndex(0)
    selected = part_of(window, where)
    focus(bar)
    assert contrast_of_change(selected, away) >= GRAPHIC
    assert contrast_of_change(part_of(window, where), selected) >= GRAPHIC


@pytest.mark.parametrize("group", ["active", "inactive", "disabled"])
@pytest.mark.parametrize("state", ["normal", "alternate", "selected", "alternate and selected", "current"])
@pytest.mark.parametrize("kind", [QTableView, QListView])
def test_every_row_is_readable(place, kind, state, group):
    view = kind()
    model = QStandardItemModel(2, 1, view)
    view.setModel(model)
    view.setAlternatingRowColors(True)
    view.setMinimumSize(200, 120)
    window = place(view)
    index = model.index(1 if "alternate" in state else 0, 0)
    flags = QItemSelectionModel.SelectionFlag
    if "selected" in state:
        view.selectionModel().select(index, flags.Select)
    elif state == "current":
        view.selectionModel().setCurrentIndex(index, flags.NoUpdate)
    if group == "active":
        focus(view)
    view.setEnabled(group != "disabled")
    found = change_of_text(window, lambda text: model.setData(index, text))
    assert found >= (DISABLED if group == "disabled" else TEXT)


@pytest.mark.parametrize("is_enabled", [True, False])
@pytest.mark.parametrize("direction", [Qt.Orientation.Horizontal, Qt.Orientation.Vertical])
def test_every_header_is_readable(place, direction, is_enabled):
    view = QTableView()
    model = QStandardItemModel(1, 1, view)
    view.setModel(model)
    view.setEnabled(is_enabled)
    view.setMinimumSize(200, 120)
    found = change_of_text(place(view), lambda text: model.setHeaderData(0, direction, text))
    assert found >= (TEXT if is_enabled else DISABLED)


@pytest.mark.parametrize("is_enabled", [True, False])
@pytest.mark.parametrize("is_highlighted", [True, False])
def test_every_menu_of_the_menu_bar_is_readable(place, is_highlighted, is_enabled):
    bar = QMenuBar()
    bar.setNativeMenuBar(False)
    menu = bar.addMenu(WORD)
    bar.addMenu("Help")
    bar.setMinimumWidth(200)
    window = place(bar)
    menu.menuAction().setEnabled(is_enabled)
    if is_highlighted:
        bar.setActiveAction(menu.menuAction())
    found = change_of_text(window, menu.setTitle)
    menu.close()
    assert found >= (TEXT if is_enabled else DISABLED)


def test_the_text_of_the_status_bar_is_readable(place):
    bar = QStatusBar()
    bar.setMinimumWidth(200)
    assert change_of_text(place(bar), bar.showMessage) >= TEXT


def test_selected_text_in_a_field_is_readable(place):
    field = whole_number()
    window = place(field)

    def write_selected(text):
        field.setText(text)
        field.selectAll()

    for focused in (False, True):
        if focused:
            focus(field)
        found = change_of_text(window, write_selected)
        assert found >= TEXT


def test_a_hint_in_an_empty_field_is_readable(place):
    field = whole_number("")
    assert change_of_text(place(field), field.setPlaceholderText) >= TEXT


def test_how_far_a_bar_is_is_seen(place):
    bar = progress_bar()
    bar.setMinimumSize(200, 8)
    window = place(bar)
    full = part_of(window, bar.geometry())
    bar.setValue(0)
    found = contrast_of_change(full, part_of(window, bar.geometry()))
    assert found >= GRAPHIC


def test_a_tooltip_is_readable(qtbot, scheme):
    QToolTip.showText(QPoint(0, 0), WORD)
    tip = next(one for one in QApplication.topLevelWidgets() if one.inherits("QTipLabel") and one.isVisible())
    found = contrast_within(rendered(tip)[8:-8, 8:-8])
    assert found >= TEXT
    QToolTip.hideText()


def test_every_entry_of_a_drop_down_is_readable(qtbot, scheme):
    box = ChoiceBox()
    qtbot.addWidget(box)
    box.add_heading("Networks")
    for text in ("Tutorial", "Fast", "Pen and paper"):
        box.add_choice(text, text)
    box.resize(200, 30)
    box.show()
    qtbot.waitExposed(box)
    box.showPopup()
    view = box.view()
    qtbot.waitUntil(view.isVisible)
    for row in range(1, box.count()):
        view.setCurrentIndex(box.model().index(row, 0))
        QApplication.processEvents()
        for shown in range(box.count()):
            entry = view.visualRect(box.model().index(shown, 0)).adjusted(2, 2, -2, -2)
            found = contrast_within(part_of(view.viewport(), entry))
            assert found >= (TEXT if shown else DISABLED), (row, shown)
    box.hidePopup()


def test_every_entry_of_a_menu_is_readable(qtbot, scheme):
    menu = QMenu()
    qtbot.addWidget(menu)
    actions = [menu.addAction(text) for text in ("Open", "Save network", "Checked", "Disabled")]
    actions[2].setCheckable(True)
    actions[2].setChecked(True)
    actions[3].setEnabled(False)
    menu.popup(QPoint(0, 0))
    qtbot.waitExposed(menu)
    for highlighted in actions:
        menu.setActiveAction(highlighted)
        for action in actions:
            entry = menu.actionGeometry(action).adjusted(2, 2, -2, -2)
            mark = QRect(entry.topLeft(), QSize(20, entry.height()))
            found = contrast_within(part_of(menu, entry.adjusted(20, 0, 0, 0)))
            assert found >= (TEXT if action.isEnabled() else DISABLED), (highlighted.text(), action.text())
            if action.isChecked():
                assert contrast_within(part_of(menu, mark)) >= GRAPHIC
    menu.close()


@pytest.mark.parametrize("name", ["info", "warning", "error", "pen", "chevron-down"])
@pytest.mark.parametrize(
    ("mode", "is_on_accent", "background"),
    [
        (QIcon.Mode.Normal, False, theme.WINDOW),
        (QIcon.Mode.Disabled, False, theme.WINDOW),
        (QIcon.Mode.Normal, True, theme.ACCENT),
        (QIcon.Mode.Disabled, False, theme.TRACK),
    ],
)
def test_every_icon_is_seen(scheme, qapp, name, mode, is_on_accent, background):
    palette = qapp.palette()
    image = QImage(64, 64, QImage.Format.Format_RGB32)  # larger than on screen: its lines have their full colour
    image.fill(palette.color(background))
    painter = QPainter(image)
    theme.icon(name, palette, is_on_accent=is_on_accent).paint(painter, image.rect(), mode=mode)
    painter.end()
    assert contrast_within(colours_of(image)) >= GRAPHIC


def test_the_colour_of_every_curve_and_mark_is_seen(scheme, qapp):
    palette = qapp.palette()
    colours = [
        *(marks.colour(number, palette) for number in range(7)),
        *theme.curve_colours(palette),
        *theme.compared_colours(),
        *(health_colour(palette, health) for health in Health),
    ]
    surface = rgb(palette.color(theme.SURFACE))
    assert [colour.name() for colour in colours if contrasts(rgb(colour), surface) < GRAPHIC] == []
