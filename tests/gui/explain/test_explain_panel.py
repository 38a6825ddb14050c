"""The Explain panel: following numbers by mouse and keys, the path, Back and Forward, the pen."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QToolButton

from digitlab.gui.explain.panel import ExplainPanel
from digitlab.gui.explain.path_bar import PathBar
from digitlab.gui.explain.sheets.sheet import Bars, Matrix
from digitlab.gui.explain.sheets.view import SheetView
from digitlab.gui.session.values import View
from digitlab.insight.lens import inspect
from digitlab.insight.place import Place, Step
from digitlab.model.edits import Edits, Unit
from digitlab.model.presets import PRESETS
from digitlab.model.snapshot import Snapshot
from tests.gui.inspect.test_panel import view_of
from tests.helpers.fields import tab_order
from tests.helpers.networks import random_snapshot


@pytest.fixture
def panel(qtbot, session, tutorial):
    session.view = view_of(tutorial)
    panel = ExplainPanel(session)
    qtbot.addWidget(panel)
    panel.place_requested.connect(lambda place: setattr(session, "place", place))
    panel.receptive_field_hovered.connect(lambda field: setattr(session, "receptive_field", field))
    panel.resize(900, 640)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def view(panel):
    return panel.findChild(SheetView, "workedSum")


def text(panel, name: str) -> str:
    return panel.findChild(QLabel, name).text()


def item(view: SheetView, title: str, cell=(0, 0, 0)):
    """Return a number of the block with a title."""
    for nth, placed in enumerate(view._placed):
        if isinstance(placed.block, Matrix | Bars) and placed.block.title.startswith(title):
            return nth, placed.block.index(cell) if isinstance(placed.block, Matrix) else cell
    raise AssertionError(title)


def middle(view: SheetView, chosen) -> QPoint:
    return view.rect_of_item(chosen).center().toPoint()


def click(qtbot, view: SheetView, chosen) -> None:
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=middle(view, chosen))


def test_it_begins_with_the_answer(panel, session):
    answer = int(session.view.inspection.outputs.argmax())
    assert text(panel, "sumTitle") == f"softmax · digit {answer}"


def test_clicks_lead_from_the_answer_down_to_a_pixel(qtbot, panel, session, view):
    spec = session.snapshot.spec
    answer = int(session.view.inspection.outputs.argmax())
    click(qtbot, view, item(view, "logit", (0, answer, 0)))
    assert session.place == Place(5, (answer,))
    click(qtbot, view, item(view, "1,024 inputs added up", 0))
    assert session.place.layer == 4
    click(qtbot, view, item(view, "Number"))
    assert session.place.layer == 3
    marked = view.sheet.blocks[0].marked
    click(qtbot, view, item(view, "conv2", marked))
    assert session.place.layer == 2
    click(qtbot, view, item(view, "pool1", (0, 2, 2)))
    assert session.place.layer == 1
    click(qtbot, view, item(view, "conv1", (0, 1, 1)))
    assert session.place.layer == 0
    row, column, _ = session.place.unit
    click(qtbot, view, item(view, "Input", (0, 2, 3)))
    assert session.place == Place(-1, (row + 2, column + 3, 0))
    assert text(panel, "sumTitle") == f"input · row {row + 2}, column {column + 3}"
    assert session.receptive_field == (slice(row + 2, row + 3), slice(column + 3, column + 4))
    assert len(panel.path) == len(spec.layers) + 3


def test_back_and_forward(qtbot, panel, session, view):
    session.place = Place(2, (3, 4, 5))
    session.place = Place(1, (3, 4, 7))
    back, forward = (panel.findChild(QToolButton, name) for name in ("explainBack", "explainForward"))
    assert not forward.isEnabled()
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert session.place == Place(2, (3, 4, 5))
    qtbot.mouseClick(forward, Qt.MouseButton.LeftButton)
    assert session.place == Place(1, (3, 4, 7))
    assert not forward.isEnabled()
    qtbot.keyClick(view, Qt.Key.Key_Backspace)
    session.place = Place(0, (1, 1, 1))
    assert not forward.isEnabled()


def test_the_path_keeps_the_place_and_leads_up_again(qtbot, panel, session):
    session.place = Place(2, (3, 4, 5))
    steps = panel.findChild(PathBar).findChildren(QToolButton)
    path = panel.path
    conv1 = next(button for button in steps if button.text() == "› conv1")
    qtbot.mouseClick(conv1, Qt.MouseButton.LeftButton)
    assert session.place == path[1]
    conv2 = next(button for button in steps if button.text() == "› conv2")
    qtbot.mouseClick(conv2, Qt.MouseButton.LeftButton)
    assert session.place == Place(2, (3, 4, 5))
    assert panel.path == path


def test_arrow_keys_read_numbers_and_enter_follows(qtbot, panel, session, view):
    session.place = Place(0, (10, 12, 3))
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    grey = float(session.view.inspection.activations[0][10, 12, 0])
    assert view.accessibleDescription().startswith("row 10, column 12 = ")
    assert grey == session.view.inspection.activations[0][10, 12, 0]
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.accessibleDescription().startswith("row 10, column 13 = ")
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.accessibleDescription().startswith("row 11, column 13 = ")
    assert text(panel, "sumPointed") == view.accessibleDescription()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert session.place == Place(-1, (11, 13, 0))


def test_every_number_is_reached_by_arrow_keys(qtbot, panel, session, view):
    session.place = Place(2, (3, 4, 5))
    reached, found = set(), [view.items()[0]]
    while found:
        chosen = found.pop()
        if chosen not in reached:
            reached.add(chosen)
            found += [view._neighbour(chosen, direction) for direction in [(1, 0), (-1, 0), (0, 1), (0, -1)]]
    assert reached == set(view.items())


def test_pointing_at_a_product_lights_its_factors(qtbot, panel, session, view):
    session.place = Place(0, (10, 12, 3))
    product = item(view, "Products", (0, 2, 3))
    qtbot.mouseMove(view, middle(view, product))
    assert len(view._linked(view.pointed)) == 3
    kernel = session.snapshot.weights[0][0]
    assert f"× {kernel[2, 3, 0, 3]:.3g}".replace("-", "−")[:6] in text(panel, "sumPointed")
    assert session.receptive_field == (slice(12, 13), slice(15, 16))


def test_it_follows_the_pen_and_the_network(qtbot, panel, session, view, tutorial):
    session.place = Place(2, (3, 4, 5))
    before = text(panel, "sumResult")
    session.view = view_of(tutorial, digit=8)
    qtbot.waitUntil(lambda: text(panel, "sumResult") != before)
    assert session.place == Place(2, (3, 4, 5))
    other = random_snapshot(PRESETS["one-conv"])
    session.view = View(session.view.sketch, session.view.steps, inspect(other, session.view.inspection.image), None)
    session.snapshot = other
    qtbot.waitUntil(lambda: text(panel, "sumTitle").startswith("pool1"))
    assert len(panel.path) == 3


@pytest.mark.parametrize("factor", [np.nan, 1e25])
def test_a_diverged_network_is_shown_as_it_is(qtbot, panel, session, tutorial, factor):
    snapshot = Snapshot.of(tutorial.spec, [np.clip(array * factor, -3e38, 3e38) for array in tutorial.arrays])
    session.view = View(session.view.sketch, session.view.steps, inspect(snapshot, session.view.inspection.image), None)
    texts = []
    for place in panel.path:
        session.place = place
        panel.grab()
        texts.append(text(panel, "sumResult"))
    assert any("not a number" in one for one in texts)


def test_a_filter_that_is_off_is_shown_as_such(qtbot, panel, session, view):
    session.edit(Edits().with_off([Unit(0, 7)]))
    session.view = view_of(session.snapshot)
    session.place = Place(0, (3, 4, 7))
    qtbot.waitUntil(lambda: text(panel, "sumTitle") == "conv1 · map 7 · row 3, column 4, off")
    session.place = Place(2, (3, 4, 7))
    while not any(row.label == "pool1 · map 7, off" for row in view.sheet.blocks[5].rows):
        index = next(nth for nth, row in enumerate(view.sheet.blocks[5].rows) if row.label.endswith("smaller ones"))
        click(qtbot, view, (5, index))


def test_the_parts_are_told_to_screen_readers(panel, session, view):
    session.place = Place(5, (4,), Step.OUTPUT)
    names = [view.part(index).name for index in range(view.part_count())]
    assert len(names) == 30
    assert names[4].startswith("4: logit = ")


def test_look_inside_and_explain_are_tabs_side_by_side(qtbot, window):
    window.actions_by_name["showExplain"].trigger()
    panel = window.panels.explain.panel()
    window.panels.show_explanation(Place(2, (3, 4, 5)))
    assert text(panel, "sumTitle") == "conv2 · map 5 · row 3, column 4"
    assert window.session.receptive_field == window.session.snapshot.spec.receptive_field(2, (3, 4, 5))
    window.panels.show_explanation(Place(1, (3, 4, 5)))
    back, forward = (window.actions_by_name[name] for name in ("explainBack", "explainForward"))
    qtbot.waitUntil(back.isEnabled)
    qtbot.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert window.session.place == Place(2, (3, 4, 5))
    qtbot.waitUntil(forward.isEnabled)
    window.panels.show_explanation(Place(2, (3, 4, 5)))
    window.panels.show_tab("showRuns")
    assert window.session.receptive_field is None


def test_tab_goes_from_the_pages_over_the_path_to_the_sum(panel, session):
    session.place = Place(2, (3, 4, 5))
    names = tab_order(panel)
    start = names.index("explainSum")
    names = names[start:] + names[:start]
    steps = [f"explainStep{nth}" for nth in range(len(panel.path))]
    assert [name for name in names if name in {*steps, "workedSum"}] == [*steps, "workedSum"]
    assert names.index("explainSum") < names.index("explainStep0")
