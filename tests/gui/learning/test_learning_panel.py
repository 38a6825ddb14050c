"""The Learning panel, used with mouse and keyboard, for a run and for a network alone."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from digitlab.gui import theme
from digitlab.gui.charts.items import Lines
from digitlab.gui.charts.plot import Pointed
from digitlab.gui.learning.dead_units import DeadUnitsChart
from digitlab.gui.learning.histogram_map import HistogramMap
from digitlab.gui.learning.panel import LayerRow, LearningPanel
from digitlab.gui.learning.update_ratios import UpdateRatioChart
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Columns, Learning, Recipe, Updates
from digitlab.insight.learning import learning_layers, measure
from digitlab.model.snapshot import Snapshot
from tests.helpers.networks import random_snapshot, small_dataset, small_spec
from tests.helpers.pixels import colour_at, colour_in

STEPS = (0, 10, 20, 30)


def snapshot_at(step: int) -> Snapshot:
    """Return weights whose spread grows with the steps."""
    arrays = random_snapshot(small_spec(), seed=step, scale=1 + step / 10).arrays
    return Snapshot.of(small_spec(), arrays, step, step / 20)


@pytest.fixture(scope="module")
def snapshots():
    return tuple(snapshot_at(step) for step in STEPS)


@pytest.fixture(scope="module")
def measured(snapshots):
    return tuple(measure(snapshot, small_dataset().test.images[:3]) for snapshot in snapshots)


@pytest.fixture
def session(qapp, snapshots):
    """A session with a network of two layers that learn, at its third snapshot."""
    return Session(snapshots[2], Recipe(small_spec()))


@pytest.fixture
def panel(qtbot, session):
    panel = LearningPanel(session)
    qtbot.addWidget(panel)
    panel.resize(920, 600)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def learning_of(measured, shown, updates=None) -> Learning:
    columns = Columns(STEPS, tuple(step / 20 for step in STEPS), tuple(measured))
    layers = len(learning_layers(small_spec()))
    return Learning(
        small_spec(), columns, shown, updates or Updates(np.empty(0, np.int64), np.empty((0, layers))), is_of_run=True
    )


@pytest.fixture
def show(qtbot, panel, session):
    """Show measurements, and wait until the rows are laid out."""

    def show(learning: Learning) -> None:
        session.learning = learning
        QApplication.processEvents()  # the panel refreshes in its own event-loop slice
        rows = len(learning_layers(learning.spec))
        qtbot.waitUntil(lambda: [row.isVisible() for row in panel.findChildren(LayerRow)] == rows * [True])
        qtbot.waitUntil(lambda: all(row.width() > 800 for row in panel.findChildren(LayerRow)))

    return show


@pytest.fixture
def shown(panel, show, measured):
    """The panel, with a run of four snapshots and update ratios of a thousandth."""
    show(learning_of(measured, measured[2], Updates(np.arange(1, 31), np.full((30, 2), 1e-3))))
    return panel


def map_of(panel, name) -> HistogramMap:
    return panel.findChild(HistogramMap, name)


def column_point(chart, column: int, height: float = 0.5) -> QPoint:
    field = chart.field
    x = field.left() + (column + 0.5) / len(STEPS) * field.width()
    return QPointF(x, field.bottom() - height * field.height()).toPoint()


def test_layers_with_weights_have_rows_in_the_order_of_the_network(shown):
    assert len(shown.findChildren(LayerRow)) == 2
    titles = [chart.title for chart in shown.findChildren(HistogramMap)]
    assert titles == ["Conv 1: weights", "Conv 1: activations", "Dense: weights", "Dense: activations"]


def test_a_run_with_the_same_steps_and_longer_epochs_has_another_scale(shown, show, measured):
    chart = map_of(shown, "conv1Weights")
    assert chart.plot.read(Pointed(3, 0.5)).startswith("Epoch 1.5")
    learning = learning_of(measured, measured[2])
    show(replace(learning, columns=replace(learning.columns, epochs=tuple(step / 40 for step in STEPS))))
    assert chart.plot.read(Pointed(3, 0.5)).startswith("Epoch 0.75")


def test_the_findings_are_of_the_snapshot_on_screen(shown):
    text = shown.findChild(QLabel, "findings")
    assert "Update ratio 1/1,000: about right." in text.text()
    assert "✓" in text.text()
    assert "Healthy: Update ratio 1/1,000: about right." in text.accessibleDescription()


def test_pointing_at_a_map_shows_snapshot_values_and_share(qtbot, shown, measured):
    chart = map_of(shown, "conv1Weights")
    before = chart.readout
    QTest.mouseMove(chart, column_point(chart, 3))
    qtbot.waitUntil(lambda: chart.readout != before)
    assert chart.readout.startswith("Epoch 1.5, ")
    assert chart.readout.endswith("of the weights")
    QTest.mouseMove(chart, QPoint(2, 2))
    qtbot.waitUntil(lambda: chart.readout == before)


@pytest.mark.parametrize("name", ["conv1Weights", "denseActivations", "updateChart", "deadChart"])
def test_a_click_goes_to_a_snapshot(qtbot, shown, name):
    chart = shown.findChild(object, name)
    with qtbot.waitSignal(shown.snapshot_chosen) as chosen:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=column_point(chart, 3))
    assert chosen.args == [30]


def test_dragging_goes_through_the_snapshots(qtbot, shown):
    chart, chosen = map_of(shown, "conv1Weights"), []
    shown.snapshot_chosen.connect(chosen.append)
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=column_point(chart, 0))
    QTest.mouseMove(chart, column_point(chart, 1))
    qtbot.waitUntil(lambda: len(chosen) == 2)
    qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=column_point(chart, 1))
    assert chosen == [0, 10]


@pytest.mark.parametrize(
    ("key", "step"), [(Qt.Key.Key_Left, 10), (Qt.Key.Key_Right, 30), (Qt.Key.Key_Home, 0), (Qt.Key.Key_End, 30)]
)
def test_arrow_keys_go_through_the_snapshots(qtbot, shown, key, step):
    chart = map_of(shown, "conv1Activations")
    with qtbot.waitSignal(shown.snapshot_chosen) as chosen:
        QTest.keyClick(chart, key)
    assert chosen.args == [step]


def test_the_snapshot_on_screen_is_not_chosen_again(qtbot, shown):
    chart, chosen = map_of(shown, "conv1Weights"), []
    shown.snapshot_chosen.connect(chosen.append)
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=column_point(chart, 2))
    assert chosen == []


def test_the_marker_and_the_readout_follow_the_snapshot(qtbot, shown, session, snapshots, measured):
    chart = map_of(shown, "conv1Weights")
    before = chart.readout
    ink = chart.palette().color(theme.TEXT).name()
    session.snapshot = snapshots[0]
    session.learning = learning_of(measured, measured[0])
    qtbot.waitUntil(lambda: chart.readout != before)
    image = chart.grab().toImage()
    assert colour_in(image, column_point(chart, 0).x(), 22).name() == ink
    assert colour_in(image, column_point(chart, 2).x(), 22).name() != ink


def test_snapshots_still_to_be_measured_are_marked(qtbot, panel, show, measured):
    learning = learning_of((measured[0], None, measured[2], None), measured[2])
    show(learning)
    state = panel.findChild(QLabel, "learningState")
    assert state.text() == "Measuring: 2 of 4 snapshots"
    show(replace(learning, is_broken=True))
    assert state.text() == "Measured: 2 of 4 snapshots; the rest failed"
    chart = map_of(panel, "conv1Weights")
    QTest.mouseMove(chart, column_point(chart, 1))
    qtbot.waitUntil(lambda: chart.readout == "Epoch 0.5: not measured yet")


def test_update_ratios_that_were_not_measured_are_replaced_by_a_message(panel, show, measured):
    show(learning_of(measured, measured[2]))
    assert panel.findChild(UpdateRatioChart, "updateChart").plot.message == "Not measured in this run."
    assert "not measured in this run" in panel.findChild(QLabel, "findings").text()


def test_dead_units_are_counted(shown, measured):
    dead = int(measured[2].layers[0].dead.sum())
    assert shown.findChild(DeadUnitsChart, "deadChart").readout == f"Conv 1 {dead}/2"


def test_pointing_at_the_lines_shows_every_layer(qtbot, shown, measured):
    updates, dead = shown.findChild(UpdateRatioChart, "updateChart"), shown.findChild(DeadUnitsChart, "deadChart")
    QTest.mouseMove(updates, column_point(updates, 1))
    qtbot.waitUntil(lambda: updates.readout == "Conv 1 1/1,000, Dense 1/1,000 at epoch 0.5")
    QTest.mouseMove(dead, column_point(dead, 0))
    count = int(measured[0].layers[0].dead.sum())
    qtbot.waitUntil(lambda: dead.readout == f"Conv 1 {count}/2 at the start")


def test_a_network_alone_shows_its_only_snapshot(qtbot, panel, show, measured):
    alone = Learning(
        small_spec(), Columns((20,), (1.0,), (measured[2],)), measured[2], Updates(np.empty(0), np.empty((0, 2))), False
    )
    show(alone)
    assert panel.findChild(QLabel, "learningState").text() == "Only this snapshot of its training is kept."
    chart, chosen = map_of(panel, "conv1Weights"), []
    panel.snapshot_chosen.connect(chosen.append)
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.field.center().toPoint())
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert chosen == []
    assert chart.readout


def test_another_network_gets_rows_of_its_own(shown, session, show, tutorial):
    stats = measure(tutorial, small_dataset().test.images[:1])
    session.snapshot = tutorial
    columns = Columns((tutorial.step,), (tutorial.epoch,), (stats,))
    show(Learning(tutorial.spec, columns, stats, Updates(np.empty(0), np.empty((0, 3))), is_of_run=False))
    assert map_of(shown, "conv2Weights").readout


def test_nothing_is_shown_while_the_panel_is_hidden(qtbot, shown, session, measured):
    chart = map_of(shown, "conv1Weights")
    with qtbot.waitSignal(shown.watched_changed) as watched:
        shown.hide()
    assert watched.args == [False]
    before = chart.readout
    session.learning = learning_of(measured, measured[0])
    assert chart.readout == before
    with qtbot.waitSignal(shown.watched_changed) as watched:
        shown.show()
    assert watched.args == [True]


def test_the_background_follows_the_theme(qtbot, shown):
    chart = map_of(shown, "conv1Weights")
    light = colour_at(chart, QPoint(1, 60))
    theme.apply_scheme(QApplication.instance(), theme.ColourScheme.DARK)
    qtbot.waitUntil(lambda: colour_at(chart, QPoint(1, 60)) != light)
    assert colour_at(chart, QPoint(1, 60)) == QColor(theme.DARK.surface)


def test_every_chart_is_described(shown):
    charts = [
        *shown.findChildren(HistogramMap),
        *shown.findChildren(UpdateRatioChart),
        *shown.findChildren(DeadUnitsChart),
    ]
    assert len(charts) == 6
    for chart in charts:
        assert chart.objectName()
        assert chart.accessibleName()
        assert chart.accessibleDescription()
        assert chart.toolTip()
        assert chart.focusPolicy() is Qt.FocusPolicy.StrongFocus


def test_the_scale_grows_to_the_largest_update_of_a_training_that_diverges(panel, show, measured):
    ratios = np.full((30, 2), 1e-3)
    ratios[2] = 3e8
    show(learning_of(measured, measured[2], Updates(np.arange(1, 31), ratios)))
    chart = panel.findChild(UpdateRatioChart, "updateChart")
    (lines,) = (item.lines for item in chart.plot.items if isinstance(item, Lines))
    assert max(chart.plot.y.places(line.ys).max() for line in lines) <= 1.0
    assert chart.plot.y.ticks(100)[-1].text == "1e7"


@pytest.mark.parametrize(
    ("is_broken", "text"), [(False, "Measuring on a hundred drawn digits…"), (True, "The measurement failed.")]
)
def test_nothing_is_an_empty_box_before_the_first_measurement(panel, show, measured, is_broken, text):
    nothing = replace(learning_of((None,) * len(STEPS), None), is_broken=is_broken)
    show(nothing)
    charts = [*panel.findChildren(HistogramMap), *panel.findChildren(DeadUnitsChart)]
    assert len(charts) == 5
    assert {chart.readout for chart in charts} == {text}
    assert text in panel.findChild(QLabel, "findings").text()
    assert all(not chart.marks for chart in charts)
    show(learning_of((None, None, measured[2], None), measured[2]))
    assert text not in {chart.readout for chart in charts}
    assert text not in panel.findChild(QLabel, "findings").text()
    assert all(chart.plot.items for chart in panel.findChildren(HistogramMap))
    show(nothing)
    assert {chart.readout for chart in charts} == {text}
