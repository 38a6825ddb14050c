"""The panel as a person meets it: with mouse and keys, for a run and for a network alone."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from digitlab.gui import theme
from digitlab.gui.learning.dead_chart import DeadChart
from digitlab.gui.learning.histogram_map import HistogramMap
from digitlab.gui.learning.panel import LayerRow, LearningPanel
from digitlab.gui.learning.update_chart import UpdateChart
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Columns, Learning, Recipe, Updates
from digitlab.insight.learning import learning_layers, measure
from digitlab.model.snapshot import Snapshot
from tests.helpers.networks import random_snapshot, small_dataset, small_spec

STEPS = (0, 10, 20, 30)


def snapshot_at(step: int) -> Snapshot:
    """Return weights that spread with the steps."""
    arrays = random_snapshot(small_spec(), seed=step, scale=1 + step / 10).arrays
    return Snapshot.of(small_spec(), arrays, step, step / 20)


@pytest.fixture(scope="module")
def snapshots():
    return tuple(snapshot_at(step) for step in STEPS)


@pytest.fixture(scope="module")
def moments(snapshots):
    return tuple(measure(snapshot, small_dataset().test.images[:3]) for snapshot in snapshots)


@pytest.fixture
def session(qapp, snapshots):
    """A session with a network of two layers that learn, at its third moment."""
    return Session(snapshots[2], Recipe(small_spec()))


@pytest.fixture
def panel(qtbot, session):
    panel = LearningPanel(session)
    qtbot.addWidget(panel)
    panel.resize(920, 600)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def learning_of(moments, shown, updates=None) -> Learning:
    columns = Columns(STEPS, tuple(step / 20 for step in STEPS), tuple(moments))
    layers = len(learning_layers(small_spec()))
    return Learning(
        small_spec(), columns, shown, updates or Updates(np.empty(0, np.int64), np.empty((0, layers))), is_of_run=True
    )


@pytest.fixture
def show(qtbot, panel, session):
    """Show something, and wait until its rows have their places."""

    def show(learning: Learning) -> None:
        session.learning = learning
        QApplication.processEvents()  # it is shown in a turn of its own
        rows = len(learning_layers(learning.spec))
        qtbot.waitUntil(lambda: [row.isVisible() for row in panel.findChildren(LayerRow)] == rows * [True])
        qtbot.waitUntil(lambda: all(row.width() > 800 for row in panel.findChildren(LayerRow)))

    return show


@pytest.fixture
def shown(panel, show, moments):
    """The panel, with a run of four moments and steps of a thousandth."""
    show(learning_of(moments, moments[2], Updates(np.arange(1, 31), np.full((30, 2), 1e-3))))
    return panel


def map_of(panel, name) -> HistogramMap:
    return panel.findChild(HistogramMap, name)


def column_point(chart, column: int, height: float = 0.5) -> QPoint:
    return chart.pixel((column + 0.5) / len(STEPS), height).toPoint()


def test_a_row_a_layer_with_weights_stands_in_the_network_s_order(shown):
    assert len(shown.findChildren(LayerRow)) == 2
    titles = [chart.title for chart in shown.findChildren(HistogramMap)]
    assert titles == ["Conv 1: weights", "Conv 1: activations", "Dense: weights", "Dense: activations"]


def test_a_run_with_the_same_steps_and_longer_epochs_has_an_axis_of_its_own(shown, show, moments):
    chart = map_of(shown, "conv1Weights")
    assert chart.words_at(3, 0.5).startswith("Epoch 1.50")
    learning = learning_of(moments, moments[2])
    show(replace(learning, columns=replace(learning.columns, epochs=tuple(step / 40 for step in STEPS))))
    assert chart.words_at(3, 0.5).startswith("Epoch 0.75")


def test_the_findings_are_of_the_moment_on_screen(shown):
    words = shown.findChild(QLabel, "healthWords")
    assert "A step changes the layers by about 1/1,000 of the weights: about right." in words.text()
    assert "✓" in words.text()
    assert "Healthy: A step changes" in words.accessibleDescription()


def test_pointing_at_a_map_reads_moment_values_and_share(qtbot, shown, moments):
    chart = map_of(shown, "conv1Weights")
    before = chart.readout
    QTest.mouseMove(chart, column_point(chart, 3))
    qtbot.waitUntil(lambda: chart.readout != before)
    assert chart.readout.startswith("Epoch 1.50, ")
    assert chart.readout.endswith("of the weights")
    QTest.mouseMove(chart, QPoint(2, 2))
    qtbot.waitUntil(lambda: chart.readout == before)


@pytest.mark.parametrize("name", ["conv1Weights", "denseActivations", "updateChart", "deadChart"])
def test_a_click_goes_to_a_moment(qtbot, shown, name):
    chart = shown.findChild(object, name)
    with qtbot.waitSignal(shown.snapshot_chosen) as chosen:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=column_point(chart, 3))
    assert chosen.args == [30]


def test_dragging_goes_through_the_moments(qtbot, shown):
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
def test_arrow_keys_go_through_the_moments(qtbot, shown, key, step):
    chart = map_of(shown, "conv1Activations")
    with qtbot.waitSignal(shown.snapshot_chosen) as chosen:
        QTest.keyClick(chart, key)
    assert chosen.args == [step]


def test_the_moment_on_screen_itself_is_not_chosen_again(qtbot, shown):
    chart, chosen = map_of(shown, "conv1Weights"), []
    shown.snapshot_chosen.connect(chosen.append)
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=column_point(chart, 2))
    assert chosen == []


def test_the_marker_and_the_words_follow_the_moment(qtbot, shown, session, snapshots, moments):
    chart = map_of(shown, "conv1Weights")
    before = chart.readout
    ink = chart.palette().color(theme.TEXT).name()
    session.snapshot = snapshots[0]
    session.learning = learning_of(moments, moments[0])
    qtbot.waitUntil(lambda: chart.readout != before)
    image = chart.grab().toImage()
    assert QColor(image.pixel(column_point(chart, 0).x(), 22)).name() == ink
    assert QColor(image.pixel(column_point(chart, 2).x(), 22)).name() != ink


def test_moments_still_to_be_measured_say_so(qtbot, panel, show, moments):
    learning = learning_of((moments[0], None, moments[2], None), moments[2])
    show(learning)
    state = panel.findChild(QLabel, "learningState")
    assert state.text() == "Measuring: 2 of 4 moments"
    show(replace(learning, is_broken=True))
    assert state.text() == "Measured: 2 of 4 moments; the rest failed"
    chart = map_of(panel, "conv1Weights")
    QTest.mouseMove(chart, column_point(chart, 1))
    qtbot.waitUntil(lambda: chart.readout == "Epoch 0.50: not measured yet")


def test_steps_that_were_not_measured_are_told_in_words(panel, show, moments):
    show(learning_of(moments, moments[2]))
    assert panel.findChild(UpdateChart, "updateChart").words_now() == "Not measured in this run."
    assert "not measured in this run" in panel.findChild(QLabel, "healthWords").text()


def test_dead_units_are_counted(shown, moments):
    dead = int(moments[2].layers[0].dead.sum())
    assert shown.findChild(DeadChart, "deadChart").readout == f"Conv 1 {dead}/2"


def test_pointing_at_the_lines_reads_every_layer(qtbot, shown, moments):
    updates, dead = shown.findChild(UpdateChart, "updateChart"), shown.findChild(DeadChart, "deadChart")
    QTest.mouseMove(updates, column_point(updates, 1))
    qtbot.waitUntil(lambda: updates.readout == "Conv 1 1/1,000, Dense 1/1,000 at epoch 0.50")
    QTest.mouseMove(dead, column_point(dead, 0))
    count = int(moments[0].layers[0].dead.sum())
    qtbot.waitUntil(lambda: dead.readout == f"Conv 1 {count}/2 at the start")


def test_a_network_alone_shows_its_one_moment(qtbot, panel, show, moments):
    alone = Learning(
        small_spec(), Columns((20,), (1.0,), (moments[2],)), moments[2], Updates(np.empty(0), np.empty((0, 2))), False
    )
    show(alone)
    assert panel.findChild(QLabel, "learningState").text() == "Of its training only this moment is kept."
    chart, chosen = map_of(panel, "conv1Weights"), []
    panel.snapshot_chosen.connect(chosen.append)
    qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=chart.field.center().toPoint())
    QTest.keyClick(chart, Qt.Key.Key_Left)
    assert chosen == []
    assert chart.words_now()


def test_another_network_gets_rows_of_its_own(shown, session, show, tutorial):
    stats = measure(tutorial, small_dataset().test.images[:1])
    session.snapshot = tutorial
    columns = Columns((tutorial.step,), (tutorial.epoch,), (stats,))
    show(Learning(tutorial.spec, columns, stats, Updates(np.empty(0), np.empty((0, 3))), is_of_run=False))
    assert map_of(shown, "conv2Weights").words_now()


def test_nothing_is_shown_while_the_panel_is_hidden(qtbot, shown, session, moments):
    chart = map_of(shown, "conv1Weights")
    with qtbot.waitSignal(shown.watched_changed) as watched:
        shown.hide()
    assert watched.args == [False]
    before = chart.words_now()
    session.learning = learning_of(moments, moments[0])
    assert chart.words_now() == before
    with qtbot.waitSignal(shown.watched_changed) as watched:
        shown.show()
    assert watched.args == [True]


def test_the_ground_takes_other_colours(qtbot, shown):
    chart = map_of(shown, "conv1Weights")
    light = chart.grab().toImage().pixelColor(1, 60)
    theme.apply_scheme(QApplication.instance(), theme.ColourScheme.DARK)
    qtbot.waitUntil(lambda: chart.grab().toImage().pixelColor(1, 60) != light)
    assert chart.grab().toImage().pixelColor(1, 60) == QColor(theme.DARK.surface)


def test_every_chart_tells_what_it_is(shown):
    charts = [*shown.findChildren(HistogramMap), *shown.findChildren(UpdateChart), *shown.findChildren(DeadChart)]
    assert len(charts) == 6
    for chart in charts:
        assert chart.objectName()
        assert chart.accessibleName()
        assert chart.accessibleDescription()
        assert chart.toolTip()
        assert chart.focusPolicy() is Qt.FocusPolicy.StrongFocus


def test_the_axis_grows_to_the_longest_step_of_a_training_that_breaks_down(panel, show, moments):
    ratios = np.full((30, 2), 1e-3)
    ratios[2] = 3e8
    show(learning_of(moments, moments[2], Updates(np.arange(1, 31), ratios)))
    chart = panel.findChild(UpdateChart, "updateChart")
    assert max(line.heights.max() for line in chart.lines) <= 1.0
    assert chart.y_ticks()[-1][1] == "1e7"
