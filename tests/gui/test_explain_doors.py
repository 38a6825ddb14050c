"""From Look inside into Explain and back, in the whole window."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from digitlab.gui.inspect.columns import Spot
from digitlab.gui.inspect.network_view import NetworkView
from digitlab.insight.place import Place


def test_a_tile_of_look_inside_is_explained_by_enter_and_by_its_button(qtbot, window):
    window.actions_by_name["showInspect"].trigger()
    qtbot.waitUntil(lambda: window.findChild(NetworkView) is not None)
    network = window.findChild(NetworkView)
    network.select(Spot(1, 3))
    QTest.keyClick(network, Qt.Key.Key_Return)
    tabs = window.features.tabs
    assert tabs.currentWidget() is tabs.explain
    place = window.session.place
    assert (place.layer, place.unit[2]) == (0, 3)

    window.actions_by_name["showInspect"].trigger()
    network.select(Spot(1, 5))
    QTest.mouseClick(window.findChild(QPushButton, "detailExplain"), Qt.MouseButton.LeftButton)
    assert tabs.currentWidget() is tabs.explain
    assert isinstance(window.session.place, Place)
    assert window.session.place.unit[2] == 5
