"""The Look inside panel: pointing, clicking, keys, and its texts."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetricsF, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QSpinBox

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui import theme
from digitlab.gui.inspect.columns import ColumnKind, Spot, columns_of
from digitlab.gui.inspect.network_painter import LEGEND_WIDTH, head_width, legend_ends
from digitlab.gui.inspect.network_view import NetworkScroll, NetworkView
from digitlab.gui.inspect.panel import InspectPanel
from digitlab.gui.inspect.shading import Scale, Showing
from digitlab.gui.inspect.unit.facts_view import FactsView
from digitlab.gui.inspect.unit.histogram_view import HistogramView
from digitlab.gui.inspect.unit.unit_detail import UnitDetail
from digitlab.gui.inspect.unit.unit_facts import binned
from digitlab.gui.maps.colours import Colours
from digitlab.gui.maps.tile_grid import TileGrid
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Recipe, View
from digitlab.insight.lens import inspect
from digitlab.insight.place import Place, Step
from digitlab.model.files.network_file import read_model
from digitlab.model.presets import PRESETS
from digitlab.model.snapshot import Snapshot
from digitlab.system.assets import model_path
from digitlab.words.numbers import number, percent
from tests.helpers.networks import random_snapshot, specs
from tests.helpers.pixels import colour_at, colour_in

AREA_AT_1280_X_800 = (930, 640)


def view_of(snapshot: Snapshot, digit: int = 5) -> View:
    sketch = Sketch(builtin_drawing(digit, builtin_styles(digit)[0]))
    steps = sketch.steps()
    return View(sketch, steps, inspect(snapshot, steps.image), None)


def show(qtbot, panel: InspectPanel, session: Session, view: View) -> None:
    """Show a view, and wait for the panel, which refreshes 30 times a second at most."""
    session.view = view
    network = panel.findChild(NetworkView, "networkView")
    qtbot.waitUntil(lambda: network.scene.inspection is view.inspection)


@pytest.fixture
def panel(qtbot, session, tutorial):
    panel = InspectPanel(session)
    qtbot.addWidget(panel)
    panel.receptive_field_hovered.connect(lambda field: setattr(session, "receptive_field", field))
    panel.resize(*AREA_AT_1280_X_800)
    panel.show()
    qtbot.waitExposed(panel)
    show(qtbot, panel, session, view_of(tutorial))
    return panel


@pytest.fixture
def network(panel):
    return panel.findChild(NetworkView, "networkView")


def column(network: NetworkView, name: str) -> int:
    return next(index for index, column in enumerate(network.scene.columns) if column.name == name)


def centre(network: NetworkView, spot: Spot) -> QPointF:
    grid = network.scene.contents[spot.column]
    cell = grid.cells(spot.channel, slice(spot.row, spot.row + 1), slice(spot.col, spot.col + 1))
    return QPointF(cell.x + cell.width / 2, cell.y + cell.height / 2)


def middle(network: NetworkView, spot: Spot) -> QPoint:
    place = centre(network, spot)
    return QPoint(int(place.x()), int(place.y()))


def point_at(qtbot, network: NetworkView, spot: Spot) -> None:
    # Not by the mouse of the system, which is at whole pixels: on a scaled screen, a value can be smaller.
    place, none = centre(network, spot), Qt.MouseButton.NoButton
    kind, glob = QEvent.Type.MouseMove, network.mapToGlobal(place)
    QApplication.sendEvent(network, QMouseEvent(kind, place, glob, none, none, Qt.KeyboardModifier.NoModifier))


def readout(panel) -> str:
    return panel.findChild(QLabel, "inspectReadout").text()


def facts(panel) -> tuple[str, ...]:
    return panel.findChild(FactsView, "unitFacts").lines


def press(qtbot, panel, name: str) -> None:
    qtbot.mouseClick(panel.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_pointing_at_a_map_shows_its_value_and_receptive_field(qtbot, panel, network, session) -> None:
    conv1 = column(network, "conv1")
    point_at(qtbot, network, Spot(conv1, 12, 6, 9))
    value = float(session.view.inspection.activations[1][6, 9, 12])
    assert readout(panel) == (
        f"conv1 · map 12 · row 6, column 9 = {number(value)}; receptive field: rows 6–10, columns 9–13"
    )
    assert session.receptive_field == (slice(6, 11), slice(9, 14))


def test_pointing_away_clears_the_hover(qtbot, panel, network, session) -> None:
    point_at(qtbot, network, Spot(column(network, "pool2"), 3, 1, 1))
    assert session.receptive_field == session.view.inspection.snapshot.spec.receptive_field(3, (1, 1, 3))
    qtbot.mouseMove(network, QPoint(1, 1))
    assert session.receptive_field is None
    assert "Point at a tile" in readout(panel)


def test_pointing_at_flatten_dense_and_outputs(qtbot, panel, network, session) -> None:
    inspection = session.view.inspection
    flatten = column(network, "flatten")
    network._point_at(Spot(flatten, 517))
    assert readout(panel).startswith(f"flatten · number 517 = {number(float(inspection.activations[5][517]))}")
    assert "copies pool2 · map 5 · row 2, column 0" in readout(panel)
    point_at(qtbot, network, Spot(column(network, "dense"), 5))
    assert number(float(inspection.sums[5][5])) in readout(panel)
    point_at(qtbot, network, Spot(column(network, "softmax"), 5))
    assert f"= {percent(float(inspection.activations[6][5]))}, from the sum" in readout(panel)


def test_clicking_selects_and_the_card_shows_the_sum(qtbot, panel, network, session) -> None:
    conv2 = column(network, "conv2")
    spot = Spot(conv2, 33, 2, 5)
    qtbot.mouseClick(network, Qt.MouseButton.LeftButton, pos=middle(network, spot))
    point_at(qtbot, network, spot)
    assert network.selection == Spot(conv2, 33)
    title, where, worked, cost, *_ = facts(panel)
    assert title == "conv2 · map 33"
    assert where == "row 2, column 5"
    inspection = session.view.inspection
    assert worked.startswith("800 products")
    assert f"= {number(float(inspection.sums[2][2, 5, 33]))} → ReLU" in worked
    assert worked.endswith(number(float(inspection.activations[3][2, 5, 33])))
    assert cost == "(5 × 5 × 32 + 1) × 64 = 51,264 parameters · 3,276,800 multiply-adds"


def test_the_card_shows_all_kernels_of_a_deeper_filter(panel, network, session) -> None:
    network.select(Spot(column(network, "conv2"), 7))
    shown = panel.findChild(TileGrid, "unitWeights").tiles.values
    kernel = session.view.inspection.snapshot.weights[2][0][..., 7]
    np.testing.assert_array_equal(shown, kernel.transpose(2, 0, 1))
    weights, biases = (panel.findChild(HistogramView, f"unitHistogram{which}") for which in ("Weights", "Biases"))
    assert sum(weights.histogram.counts) == 51_200
    assert sum(biases.histogram.counts) == 64


def test_a_dense_unit_shows_its_weights_as_maps_and_its_products(qtbot, panel, network, session) -> None:
    network.select(Spot(column(network, "dense"), 5))
    grid = panel.findChild(TileGrid, "unitWeights")
    kernel = session.view.inspection.snapshot.weights[5][0][:, 5].reshape(4, 4, 64)
    np.testing.assert_array_equal(grid.tiles.values[9], kernel[:, :, 9])
    press(qtbot, panel, "detailProducts")
    total = grid.tiles.values.sum() + session.view.inspection.snapshot.weights[5][1][5]
    assert total == pytest.approx(float(session.view.inspection.sums[5][5]), abs=1e-3)


def test_scale_changes_legend_and_colours(qtbot, panel, network) -> None:
    conv1 = column(network, "conv1")
    before = network.grab().toImage()
    limits = {}
    for name, scale in (("scaleUnit", Scale.UNIT), ("scaleAll", Scale.ALL), ("scaleLayer", Scale.LAYER)):
        press(qtbot, panel, name)
        assert network.scene.choices.scale is scale
        limits[scale] = network.scene.pictures[conv1].shared_limit
        if scale is not Scale.LAYER:
            assert network.grab().toImage() != before
    assert limits[Scale.UNIT] is None
    assert limits[Scale.LAYER] < limits[Scale.ALL]
    assert network.grab().toImage() == before


def test_the_scale_stays_when_another_layer_is_selected(qtbot, panel, network) -> None:
    press(qtbot, panel, "scaleAll")
    network.select(Spot(column(network, "pool2"), 1))
    assert panel.findChild(QPushButton, "scaleAll").isChecked()
    assert network.scene.choices.scale is Scale.ALL


def test_filters_reach_every_input_channel(qtbot, panel, network, session) -> None:
    spin = panel.findChild(QSpinBox, "filterChannel")
    assert not spin.isVisible()
    press(qtbot, panel, "showFilters")
    assert network.scene.choices.showing is Showing.FILTERS
    assert spin.isVisible()
    assert spin.maximum() == 31
    spin.setValue(31)
    point_at(qtbot, network, Spot(column(network, "conv2"), 40, 1, 3))
    weight = float(session.view.inspection.snapshot.weights[2][0][1, 3, 31, 40])
    assert readout(panel).startswith(f"conv2 · filter 40 · input channel 31 · row 1, column 3: weight {number(weight)}")
    assert session.receptive_field is None


def test_arrow_keys_go_through_all_columns_and_tab_moves_to_the_enlarged_map(qtbot, panel, network) -> None:
    network.setFocus()
    network.select(Spot(0, 0))
    visited = {0}
    for _ in range(200):
        qtbot.keyClick(network, Qt.Key.Key_Right)
        visited.add(network.selection.column)
    outputs = column(network, "softmax")
    assert visited == set(range(outputs))
    for _ in range(20):
        qtbot.keyClick(network, Qt.Key.Key_Down)
    assert network.selection == Spot(outputs, 9)
    assert network.accessibleDescription().startswith("softmax · digit 9")
    network.select(Spot(column(network, "conv1"), 3))
    QTest.keyClick(network, Qt.Key.Key_Tab)
    enlarged = panel.findChild(TileGrid, "unitMap")
    assert enlarged.hasFocus()
    before = facts(panel)[1]
    qtbot.keyClick(enlarged, Qt.Key.Key_Up)
    assert facts(panel)[1] != before
    qtbot.keyClick(enlarged, Qt.Key.Key_Escape)
    qtbot.keyClick(enlarged, Qt.Key.Key_Escape)
    assert network.hasFocus()


@pytest.fixture
def explained(panel) -> list[Place]:
    """The places that the panel asks to have explained."""
    places: list[Place] = []
    panel.explain_requested.connect(places.append)
    return places


def _strongest(session: Session, layer: int, channel: int) -> Place:
    values = session.view.inspection.activations[layer + 1][..., channel]
    row, col = np.unravel_index(int(values.argmax()), values.shape)
    return Place(layer, (int(row), int(col), channel))


def test_a_double_click_explains_the_cell(qtbot, panel, network, explained) -> None:
    for name, cell, place in (
        ("input", (0, 20, 3), Place(-1, (20, 3, 0))),
        ("conv2", (33, 2, 5), Place(2, (2, 5, 33))),
        ("dense", (5, 0, 0), Place(5, (5,))),
        ("softmax", (7, 0, 0), Place(5, (7,), Step.OUTPUT)),
    ):
        spot = Spot(column(network, name), *cell)
        QTest.mouseDClick(network, Qt.MouseButton.LeftButton, pos=middle(network, spot))
        assert explained.pop() == place
        assert not explained
    QTest.mouseDClick(network, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    QTest.mouseDClick(network, Qt.MouseButton.RightButton, pos=middle(network, spot))
    assert not explained


def test_enter_explains_the_strongest_cell_or_the_one_pointed_at(qtbot, panel, network, session, explained) -> None:
    conv1 = column(network, "conv1")
    network.select(Spot(conv1, 12))
    qtbot.keyClick(network, Qt.Key.Key_Return)
    assert explained.pop() == _strongest(session, 0, 12)
    point_at(qtbot, network, Spot(conv1, 12, 6, 9))
    qtbot.keyClick(network, Qt.Key.Key_Enter)
    assert explained.pop() == Place(0, (6, 9, 12))
    point_at(qtbot, network, Spot(conv1, 13, 6, 9))  # another tile than the selected one
    qtbot.keyClick(network, Qt.Key.Key_Return)
    assert explained.pop() == _strongest(session, 0, 12)
    network.select(Spot(column(network, "softmax"), 3))
    qtbot.keyClick(network, Qt.Key.Key_Return)
    assert explained.pop() == Place(5, (3,), Step.OUTPUT)


def test_a_filter_is_explained_by_its_strongest_response(qtbot, panel, network, session, explained) -> None:
    press(qtbot, panel, "showFilters")
    spot = Spot(column(network, "conv2"), 7, 4, 4)  # a weight, not a value
    QTest.mouseDClick(network, Qt.MouseButton.LeftButton, pos=middle(network, spot))
    assert explained.pop() == _strongest(session, 2, 7)


def test_a_number_of_a_list_is_explained(qtbot, panel, network, explained) -> None:
    spot = Spot(column(network, "flatten"), 517)
    QTest.mouseDClick(network, Qt.MouseButton.LeftButton, pos=middle(network, spot))
    assert [place.layer for place in explained] == [4]
    network.select(spot)
    qtbot.keyClick(network, Qt.Key.Key_Return)
    assert explained.pop() == Place(4, (517,))
    enlarged = panel.findChild(TileGrid, "unitMap")  # the map that the number is copied from
    QTest.mouseDClick(enlarged, Qt.MouseButton.LeftButton, pos=enlarged.rect_of_cell((0, 1, 3)).center().toPoint())
    assert explained.pop() == Place(3, (1, 3, 517 % 64))


def test_the_menu_explains_the_cell_that_it_was_opened_on(qtbot, panel, network, session, explained) -> None:
    menu, spot = network.findChild(QMenu, "networkMenu"), Spot(column(network, "conv2"), 33, 2, 5)
    place = middle(network, spot)

    def open_by(reason: QContextMenuEvent.Reason, at: QPoint) -> None:
        QApplication.sendEvent(network, QContextMenuEvent(reason, at, network.mapToGlobal(at)))

    open_by(QContextMenuEvent.Reason.Mouse, place)
    assert menu.isVisible()
    assert [action.text() for action in menu.actions()] == ["Explain this"]
    menu.actions()[0].trigger()
    menu.close()
    assert explained.pop() == Place(2, (2, 5, 33))
    assert network.selection == Spot(spot.column, 33)
    open_by(QContextMenuEvent.Reason.Keyboard, QPoint(1, 1))
    menu.actions()[0].trigger()
    menu.close()
    assert explained.pop() == _strongest(session, 2, 33)
    open_by(QContextMenuEvent.Reason.Mouse, QPoint(1, 1))
    assert not menu.isVisible()
    qtbot.keyClick(network, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    assert menu.isVisible()
    menu.close()


def test_the_card_explains_a_cell_of_the_enlarged_map(qtbot, panel, network, session, explained) -> None:
    network.select(Spot(column(network, "pool1"), 4))
    enlarged = panel.findChild(TileGrid, "unitMap")
    QTest.mouseDClick(enlarged, Qt.MouseButton.LeftButton, pos=enlarged.rect_of_cell((0, 7, 2)).center().toPoint())
    assert explained.pop() == Place(1, (7, 2, 4))
    enlarged.setFocus()
    row, col, _ = _strongest(session, 1, 4).unit
    qtbot.keyClick(enlarged, Qt.Key.Key_Left if col else Qt.Key.Key_Right)
    qtbot.keyClick(enlarged, Qt.Key.Key_Return)
    assert explained.pop() == Place(1, (row, col - 1 if col else 1, 4))
    network.setFocus()
    press(qtbot, panel, "detailExplain")
    assert explained.pop() == _strongest(session, 1, 4)


@pytest.mark.parametrize("width", [560, 730, 870, 1500])
def test_the_buttons_of_the_card_fit(qtbot, panel, network, width: int) -> None:
    panel.resize(width, 640)
    network.select(Spot(column(network, "conv2"), 4))
    card = panel.findChild(UnitDetail)
    buttons = [panel.findChild(QPushButton, name) for name in ("detailWeights", "detailProducts", "detailExplain")]
    qtbot.waitUntil(lambda: all(button.width() >= button.sizeHint().width() for button in buttons))
    assert card.width() == width
    assert buttons[-1].mapTo(card, buttons[-1].rect().topRight()).x() < width
    assert buttons[-1].accessibleName() == "Explain this"


def test_all_channels_are_visible_at_1280_by_800(panel, network) -> None:
    scroll = panel.findChild(NetworkScroll, "networkScroll")
    space = scroll.viewport().rect()
    assert [column.count for column in network.scene.columns] == [1, 32, 32, 64, 64, 1024, 10, 10]
    for grid in network.scene.layout.grids:
        for channel in range(grid.count):
            tile = grid.tile(channel)
            assert space.contains(QPointF(tile.x + tile.width - 1, tile.y + tile.height - 1).toPoint())
    assert not scroll.horizontalScrollBar().isVisible()
    assert not scroll.verticalScrollBar().isVisible()


def test_maps_are_shown_before_anything_is_drawn(qtbot, session) -> None:
    panel = InspectPanel(session)
    qtbot.addWidget(panel)
    panel.resize(*AREA_AT_1280_X_800)
    panel.show()
    assert "Draw a digit" in readout(panel)
    assert panel.findChild(NetworkView).scene.pictures[1].values.shape == (32, 24, 24)


def test_a_hidden_panel_is_refreshed_when_it_is_shown(qtbot, panel, network, session, tutorial, monkeypatch) -> None:
    shown = []
    monkeypatch.setattr(network, "show_inspection", shown.append)
    panel.hide()
    for digit in (1, 2, 3):
        session.view = view_of(tutorial, digit)
    assert shown == []
    panel.show()
    assert shown == [session.view.inspection]


def test_another_network_replaces_the_first(qtbot, panel, network, session) -> None:
    network.select(Spot(column(network, "softmax"), 9))
    small = random_snapshot(PRESETS["one-conv"])
    session.snapshot = small
    show(qtbot, panel, session, view_of(small))
    assert [column.name for column in network.scene.columns] == ["input", "conv1", "pool1"]
    assert network.selection.column == 2
    assert not network.grab().isNull()


def test_the_buttons_request_test_digits(qtbot, panel) -> None:
    for name, step in (("testPrevious", -1), ("testRandom", 0), ("testNext", 1)):
        with qtbot.waitSignal(panel.test_digit_requested) as caught:
            qtbot.mouseClick(panel.findChild(object, name), Qt.MouseButton.LeftButton)
        assert caught.args == [step]


def test_the_pictures_follow_the_theme(qtbot, panel, network) -> None:
    app = QApplication.instance()
    for dark in (True, False):
        theme.restyle(app, is_dark=dark)
        surface = QColor(theme.DARK.surface if dark else theme.LIGHT.surface)
        assert colour_at(network, QPoint(1, 1)) == surface
        zero = QColor.fromRgb(network.scene.colours.tables[Colours.DIVERGING][127])
        assert np.abs(np.subtract(zero.getRgb(), surface.getRgb())).max() <= 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(spec=specs(), seed=st.integers(0, 99), showing=st.sampled_from(["showActivations", "showFilters"]))
def test_any_network_can_be_shown(qtbot, qapp, spec, seed, showing) -> None:
    snapshot = random_snapshot(spec, seed)
    session = Session(snapshot, Recipe())
    session.view = view_of(snapshot)
    panel = InspectPanel(session)
    panel.resize(700, 560)
    panel.show()
    press(qtbot, panel, showing)
    network = panel.findChild(NetworkView)
    for index, shown in enumerate(network.scene.columns):
        spot = network.scene.clamped(Spot(index, shown.count - 1, 99, 99))
        network.select(spot)
        network._point_at(spot)
        assert shown.kind is ColumnKind.INPUT or shown.name in readout(panel)
        assert not panel.grab().isNull()
    panel.close()
    panel.deleteLater()


def test_the_legend_of_the_smallest_input_stays_in_its_column(qtbot):
    column = columns_of(PRESETS["tutorial"])[0]
    metrics = QFontMetricsF(theme.small_font(QApplication.font()))
    legend = metrics.horizontalAdvance("0") + LEGEND_WIDTH + metrics.horizontalAdvance("1.00")
    assert head_width(column, QApplication.font()).short >= legend + 8


def test_values_that_are_all_the_same_are_one_thin_bar(qtbot):
    histogram = binned("32 biases", np.zeros(32, dtype=np.float32))
    assert sum(histogram.counts) == 32
    view = HistogramView("biases", "")
    qtbot.addWidget(view)
    view.show_histogram(histogram)
    view.resize(136, 76)
    picture = view.grab().toImage()
    accent = QApplication.palette().color(theme.ACCENT)
    painted = [x for x in range(136) if colour_in(picture, x, 40) == accent]
    assert 0 < len(painted) < 10
    assert 60 < min(painted) < 76


def test_under_a_message_the_card_shrinks_and_the_largest_network_does_not_scroll(qtbot):
    panel = InspectPanel(Session(read_model(model_path("pen")), Recipe()))
    qtbot.addWidget(panel)
    panel.resize(922, 655)
    panel.show()
    qtbot.waitExposed(panel)
    scroll, card = panel.findChild(NetworkScroll), panel.findChild(UnitDetail)
    before = card.height()
    panel.resize(922, 585)
    qtbot.waitUntil(lambda: card.height() < before)
    bars = (scroll.horizontalScrollBar(), scroll.verticalScrollBar())
    qtbot.waitUntil(lambda: [bar.maximum() for bar in bars] == [0, 0])


@pytest.mark.parametrize(
    ("space", "is_signed", "ends"),
    [(90, True, ("−0.28", "0.28")), (89, True, ("", "±0.28")), (89, False, ("", "0.28"))],
)
def test_a_legend_that_is_too_wide_for_its_column_has_its_upper_end_alone(space, is_signed, ends):
    # Nine letters of 6 px, the colours of 28 px and two gaps of 4 px are 90 px.
    assert legend_ends("−0.28", "0.28", space, lambda text: 6 * len(text), is_signed=is_signed) == ends
