"""The plots of a run with mouse and keys."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolButton

from digitlab.gui import theme
from digitlab.gui.charts.epoch_plot import EpochPlot
from digitlab.training.events import OptimizerStart, Origin, TrainingEnded
from tests.helpers.pixels import colour_at
from tests.helpers.runs import advance, curve, newest_batch

WHOLE = (0, 4.048)


@pytest.fixture
def plots(panel, session, make_run):
    """Both plots with two and a half epochs of four."""
    session.run = make_run(1500, epochs=4)
    QApplication.processEvents()
    return panel.findChild(EpochPlot, "lossPlot"), panel.findChild(EpochPlot, "accuracyPlot")


def field(plot):
    """Return the plot area."""
    return plot.getViewBox().sceneBoundingRect()


def on_screen(plot, x, y):
    """Return where an epoch and a value are on the plot."""
    return plot.mapFromScene(plot.getViewBox().mapViewToScene(QPointF(x, y)))


def x_at(plot, px):
    return plot.getViewBox().mapSceneToView(QPointF(px, 0)).x()


def move(plot, x, y=60, button=Qt.MouseButton.NoButton):
    """Move the pointer over a plot. Real moves need a window on top, which an offscreen test does not have."""
    plot.scene()._lastMoveEventTime = 0  # pyqtgraph drops moves that come within 10 ms
    at = QPointF(x, y)
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, plot.mapToGlobal(at), none, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(plot.viewport(), event)


def wheel(plot, x, notches):
    at = QPointF(x, 60)
    event = QWheelEvent(
        at,
        plot.mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(plot.viewport(), event)


def readout(plot):
    return plot.findChild(QLabel, plot.objectName().replace("Plot", "Readout"))


def tick_texts(axis, size):
    low, high = axis.range
    return [text for spacing, ticks in axis.tickValues(low, high, size) for text in axis.tickStrings(ticks, 1, spacing)]


def test_the_whole_run_is_on_screen_with_its_remaining_epochs(plots):
    for plot in plots:
        assert plot.x_range == pytest.approx(WHOLE)


def test_validation_is_painted_at_the_run_s_values(plots, session):
    loss, _ = plots
    point = on_screen(loss, 1, session.run.epochs[0].val_loss)
    assert colour_at(loss, point) == theme.curve_colours(loss.palette())[1]


def test_epoch_means_are_hollow_squares(plots, session):
    loss, _ = plots
    x, y = on_screen(loss, 2, session.run.epochs[1].loss).toTuple()
    assert colour_at(loss, QPoint(x, y)) == loss.palette().color(theme.SURFACE)
    left_edge = (colour_at(loss, QPoint(x - far, y - 3)) for far in range(3, 6))
    assert any(colour.blue() > colour.red() + 60 for colour in left_edge)


def test_a_growing_run_is_followed_to_its_newest_batch(plots, session):
    loss, _ = plots
    advance(session.run, 20)
    loss.refresh()
    assert newest_batch(loss) == pytest.approx(1520, abs=5)


def test_the_extremes_of_all_batches_are_among_the_points_drawn(plots, session):
    for plot, values in zip(plots, (session.run.losses.values, session.run.accuracies.values), strict=True):
        _, y = curve(plot, "batch")
        assert y.min() == values.min()
        assert y.max() == values.max()


def test_ticks_are_whole_epochs_and_round_values_until_zoomed(plots):
    loss, accuracy = plots
    width, height = field(loss).width(), field(loss).height()
    assert tick_texts(loss.getAxis("bottom"), width) == ["0", "1", "2", "3", "4"]
    assert tick_texts(loss.getAxis("left"), height) == ["0", "0.5", "1", "1.5", "2", "2.5"]
    assert tick_texts(accuracy.getAxis("left"), height)[-2:] == ["80 %", "100 %"]
    loss.show_epochs(1, 2)
    assert " ".join(tick_texts(loss.getAxis("bottom"), width)) == "1 1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8 1.9 2"
    loss.set_log(is_log=True)
    assert tick_texts(loss.getAxis("left"), height) == ["0.5", "1"]


def test_hovering_reads_values_in_both_plots(plots, session):
    loss, accuracy = plots
    move(loss, on_screen(loss, 0.5, 0).x())
    assert readout(loss).isVisible()
    assert readout(accuracy).isVisible()
    text = readout(loss).text()
    at = round(x_at(loss, on_screen(loss, 0.5, 0).x()) * 600)
    assert at == pytest.approx(300, abs=5)
    assert f"{at}" in text
    assert f"{session.run.losses.values[at - 1]:.4f}" in text
    assert f"{session.run.epochs[0].val_loss:.4f}" in text
    assert "95.0 %" in readout(accuracy).text()
    QApplication.sendEvent(loss, QEvent(QEvent.Type.Leave))
    assert not readout(loss).isVisible()
    assert not readout(accuracy).isVisible()


def test_the_readout_stays_within_the_plot(plots):
    loss, _ = plots
    move(loss, field(loss).left() + field(loss).width() * 0.62)
    assert loss.rect().contains(readout(loss).geometry())


def test_wheel_zooms_both_plots_about_the_pointer_and_double_click_shows_all(plots, panel, qtbot):
    loss, accuracy = plots
    x = round(field(loss).center().x())
    middle = x_at(loss, x)
    wheel(loss, x, 3)
    first, last = loss.x_range
    assert last - first < 0.6 * 4
    assert x_at(loss, x) == pytest.approx(middle)
    assert accuracy.x_range == loss.x_range
    assert panel.findChild(QToolButton, "wholeRunButton").isEnabled()
    qtbot.mouseDClick(accuracy.viewport(), Qt.MouseButton.LeftButton)
    assert loss.x_range == pytest.approx(WHOLE)
    assert not panel.findChild(QToolButton, "wholeRunButton").isEnabled()


def test_the_button_shows_all_epochs_again_and_zooming_stays_within_the_run(plots, panel, qtbot):
    loss, _ = plots
    left = field(loss).left() + 1
    wheel(loss, left, 5)
    assert loss.x_range[0] == pytest.approx(0, abs=0.01)
    for _ in range(10):
        wheel(loss, left, 5)
    first, last = loss.x_range
    assert (last - first) * 600 == pytest.approx(10)
    qtbot.mouseClick(panel.findChild(QToolButton, "wholeRunButton"), Qt.MouseButton.LeftButton)
    assert loss.x_range == pytest.approx(WHOLE)
    wheel(loss, left + 50, -5)
    assert loss.x_range == pytest.approx(WHOLE)


def test_dragging_moves_a_zoomed_plot_sideways_only(plots, qtbot):
    loss, accuracy = plots
    wheel(loss, round(field(loss).center().x()), 4)
    first, last = loss.x_range
    start = field(loss).center().toPoint()
    move(loss, start.x(), start.y())
    qtbot.mousePress(loss.viewport(), Qt.MouseButton.LeftButton, pos=start)
    move(loss, start.x() - 50, start.y() - 40, Qt.MouseButton.LeftButton)
    assert loss.x_range[0] == pytest.approx(first + (last - first) * 50 / field(loss).width(), abs=0.002)
    assert loss.viewRange()[1][0] == 0
    assert accuracy.x_range == loss.x_range
    qtbot.mouseRelease(loss.viewport(), Qt.MouseButton.LeftButton, pos=start)


def test_resizing_keeps_a_zoomed_part(plots, panel, qtbot):
    loss, accuracy = plots
    loss.show_epochs(1, 2)
    for size in ((1400, 900), (900, 700)):
        panel.resize(*size)
        QApplication.processEvents()
        assert loss.x_range == accuracy.x_range == pytest.approx((1, 2))


def test_values_are_read_and_zoomed_with_the_keyboard_alone(plots, qtbot):
    loss, _ = plots
    loss.setFocus()
    qtbot.keyClick(loss, Qt.Key.Key_Right)
    assert readout(loss).isVisible()
    qtbot.keyClick(loss, Qt.Key.Key_Plus)
    assert loss.x_range[1] - loss.x_range[0] < 4
    qtbot.keyClick(loss, Qt.Key.Key_Home)
    assert loss.x_range == pytest.approx(WHOLE)


def test_zooming_in_spreads_the_visible_values(plots):
    loss, _ = plots
    highest = loss.viewRange()[1][1]
    wheel(loss, field(loss).left() + field(loss).width() * 0.6, 8)
    assert loss.viewRange()[1][1] < highest


def test_values_keep_their_range_while_the_run_grows_within_it(plots, session):
    loss, _ = plots
    before = loss.viewRange()
    advance(session.run, 300)
    loss.refresh()
    assert loss.viewRange() == before


def test_plots_follow_the_theme(plots):
    loss, _ = plots
    app = QApplication.instance()
    theme.restyle(app, is_dark=True)
    assert colour_at(loss, QPoint(2, 2)) == QColor(theme.DARK.surface)
    theme.restyle(app, is_dark=False)
    assert colour_at(loss, QPoint(2, 2)) == QColor(theme.LIGHT.surface)


def test_a_screen_reader_gets_the_newest_epoch(plots):
    _, accuracy = plots
    assert accuracy.accessibleDescription() == "After epoch 2: training 90.0 %, validation 95.0 %."


def test_the_epochs_of_a_branch_continue_those_of_its_origin(plots, session, make_run):
    _, accuracy = plots
    branch = make_run(1500, epochs=4)
    origin = Origin("Tutorial 1", step=300, epoch=3.0, optimizer=OptimizerStart.FRESH)
    branch.started = replace(branch.started, origin=origin)
    session.run = branch
    QApplication.processEvents()
    assert accuracy.accessibleDescription().startswith("After epoch 5: ")


def test_nothing_is_drawn_while_the_panel_is_hidden(plots, panel, session):
    loss, _ = plots
    panel.hide()
    before = newest_batch(loss)
    advance(session.run, 100)
    loss.set_log(is_log=True)
    assert newest_batch(loss) == before
    panel.show()
    assert newest_batch(loss) == pytest.approx(1600, abs=5)
    assert loss.is_log


def test_zero_and_non_finite_losses_are_drawn_on_both_scales(panel, session, make_run):
    run = make_run(5)
    for value in (0.0, np.inf, np.nan, 1e30):
        run.losses.append(value)
        run.accuracies.append(0.5)
    session.run = run
    plot = panel.findChild(EpochPlot, "lossPlot")
    for is_log in (False, True):
        plot.set_log(is_log=is_log)
        assert not panel.grab().isNull()


def test_a_run_of_one_batch_and_an_ended_run_are_drawn(panel, session, make_run):
    run = make_run(1, epochs=1, steps_per_epoch=1)
    run.add(TrainingEnded())
    session.run = run
    assert not panel.grab().isNull()


def test_without_a_run_the_plots_are_empty_again(plots, panel, session):
    session.run = None
    loss, _ = plots
    assert not loss.isVisible()
    loss.show()
    assert curve(loss, "batch")[0] is None
