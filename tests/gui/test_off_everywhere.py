"""Filters that are switched off are visible as such wherever filters, maps and outputs are shown."""

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractButton

from digitlab.data.classes import DIGITS
from digitlab.gui.draw.bars import ProbabilityBars
from digitlab.gui.inspect.columns import Spot, columns_of
from digitlab.gui.inspect.network_view import NetworkView
from digitlab.gui.inspect.shading import Scale, Showing, pictures
from digitlab.gui.inspect.unit.unit_facts import title_of
from digitlab.gui.inspect.wording import readout, tile_text
from digitlab.gui.learning.wording import findings
from digitlab.gui.session.values import Columns, Learning, Updates
from digitlab.insight.learning import measure, probe_images
from digitlab.insight.lens import inspect
from digitlab.model.edits import Edits, Unit
from digitlab.model.snapshot import Snapshot
from tests.helpers.networks import small_dataset

EDITS = Edits().with_off([Unit(0, 3), Unit(2, 7), Unit(5, 9)])
IMAGE = small_dataset().test.images[0]


@pytest.fixture
def edited(tutorial):
    return EDITS.applied_to(tutorial)


def _column(columns, name):
    return next(index for index, column in enumerate(columns) if column.name == name)


@pytest.mark.parametrize("is_saved", [False, True])
def test_look_inside_names_what_is_off(edited, is_saved):
    snapshot = Snapshot.of(edited.spec, edited.arrays) if is_saved else edited
    inspection, columns = inspect(snapshot, IMAGE), columns_of(snapshot.spec)
    for name, channel in (("conv1", 3), ("pool1", 3), ("conv2", 7), ("pool2", 7)):
        index = _column(columns, name)
        spot = Spot(index, channel)
        assert f"map {channel}, off" in tile_text(inspection, columns[index], channel, Showing.ACTIVATIONS)
        assert f"map {channel}, off" in readout(inspection, columns, spot)
        assert title_of(inspection, columns, spot).endswith(", off")
        assert ", off" not in tile_text(inspection, columns[index], channel + 1, Showing.ACTIVATIONS)
    conv1 = _column(columns, "conv1")
    assert ", off" in tile_text(inspection, columns[conv1], 3, Showing.FILTERS)
    assert "filter 3, off" in readout(inspection, columns, Spot(conv1, 3), Showing.FILTERS)
    for column in columns:
        if column.classes is not None:
            assert "digit 9, off" in tile_text(inspection, column, 9, Showing.ACTIVATIONS)


def test_look_inside_crosses_out_tiles_that_are_off(qtbot, window):
    view = window.panels.inspect.panel().findChild(NetworkView)
    window.panels.setCurrentWidget(window.panels.inspect)
    qtbot.waitUntil(lambda: view.isVisible() and window.session.view is not None)

    def tile(channel):
        return view.grab(view.part(1 + channel).rect.toAlignedRect()).toImage()

    for button in ("showActivations", "showFilters"):
        window.controllers.network_editor.change(Edits(), "resetting")
        window.panels.inspect.panel().findChild(QAbstractButton, button).click()
        qtbot.wait(60)
        dark, clear = tile(3), tile(4)
        window.controllers.network_editor.change(Edits().with_off([Unit(0, 3), Unit(0, 4)]), "switching off")
        qtbot.waitUntil(lambda: view.part(4).name.startswith("conv1 · map 3, off"))
        assert tile(3) != dark
        assert tile(4) != clear
        image = tile(3)
        side = range(4, image.width() - 4)
        beside = [image.pixelColor(index, image.height() // 2 - 6).lightness() for index in side]
        # A dark line with light borders: on the colour of zero, and on nothing.
        assert min(beside) < 130
        assert max(beside) > 150


def test_an_output_that_is_off_leaves_the_bars_of_the_others_as_they_were(tutorial):
    columns = columns_of(tutorial.spec)
    index = _column(columns, "dense")
    before, after = (
        pictures(inspect(snapshot, IMAGE), columns, Showing.ACTIVATIONS, Scale.LAYER)[index]
        for snapshot in (tutorial, Edits().with_off([Unit(5, 9)]).applied_to(tutorial))
    )
    assert after.values.reshape(-1)[9] == 0
    assert np.array_equal(after.values[:9], before.values[:9])
    assert after.shared_limit == np.abs(before.values[:9]).max()


def test_the_bar_of_an_output_that_is_off_says_so(qtbot):
    bars = ProbabilityBars()
    qtbot.addWidget(bars)
    bars.resize(bars.sizeHint())
    bars.show()
    outputs = np.full(10, 0.1, np.float32)
    outputs[9] = 0.0
    bars.show_outputs(outputs, DIGITS, 10)
    without = bars.grab().toImage()
    assert bars.part(9).name == "9: <0.01 %"
    bars.show_outputs(outputs, DIGITS, 10, off=frozenset({9}))
    assert bars.part(9).name == "9: off"
    assert bars.accessibleDescription().endswith("9: off")
    assert bars.grab().toImage() != without


def test_the_bars_beside_the_canvas_show_it(qtbot, window):
    window.controllers.files.open_shipped("tutorial")
    qtbot.waitUntil(lambda: window.session.run is not None and window.session.snapshot.spec.name == "Tutorial")
    window.controllers.network_editor.change(Edits().with_off([Unit(5, 4)]), "switching off")
    qtbot.waitUntil(lambda: window.draw.bars.part(4).name == "4: off")
    window.controllers.network_editor.undo()
    qtbot.waitUntil(lambda: window.draw.bars.part(4).name != "4: off")


def test_learning_does_not_call_a_filter_dead_that_was_switched_off(tutorial, edited):
    images = probe_images()
    texts = {}
    for name, snapshot in (("before", tutorial), ("after", edited)):
        stats = measure(snapshot, images)
        assert stats is not None
        none = Updates(np.empty(0, np.int64), np.empty((0, 3)))
        columns = Columns((stats.step,), (stats.epoch,), (stats,))
        learning = Learning(snapshot.spec, columns, stats, none, is_of_run=False)
        texts[name] = [finding.sentence for finding in findings(learning, stats.step)]
    assert not any("switched off" in text for text in texts["before"])
    off = [text for text in texts["after"] if "switched off" in text]
    assert len(off) == 3
    assert "1 of 32 filters switched off by hand" in off[0]
    dead = [[text for text in found if " dead" in text and "no dead" not in text] for found in texts.values()]
    assert dead[0] == dead[1]
