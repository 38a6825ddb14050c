"""The plots as a person sees and uses them."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QToolButton

from digitlab.gui import theme
from digitlab.gui.train.curve_plot import CurvePlot
from digitlab.training.events import TrainingEnded
from tests.gui.train.runs import advance


@pytest.fixture
def plots(panel, session, make_run):
    """Both plots with two and a half epochs of four."""
    session.set_run(make_run(1500, epochs=4))
    return panel.findChild(CurvePlot, "lossPlot"), panel.findChild(CurvePlot, "accuracyPlot")


def move(plot, x, y=60):
    """Move the pointer over a plot. Real moves need a window on top, which an offscreen test has not."""
    at = QPointF(x, y)
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, plot.mapToGlobal(at), none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(plot, event)


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
    QApplication.sendEvent(plot, event)


def readout(plot):
    return plot.findChild(QLabel, plot.objectName().replace("Plot", "Readout"))


def colour_at(plot, x, y):
    return QColor(plot.grab().toImage().pixel(round(x), round(y)))


def test_the_whole_run_is_on_screen_with_the_epochs_to_come(plots):
    for plot in plots:
        first, last = plot.scale.x_range
        assert first == 0
        assert 4 < last < 4.1


def test_validation_is_painted_where_the_run_says(plots, session):
    loss, _ = plots
    epoch = session.run.epochs[0]
    x, y = loss.scale.x_px(np.array([1.0]))[0], loss.scale.y_px(np.array([epoch.val_loss]))[0]
    assert colour_at(loss, x, y) == theme.curve_colours(loss.palette())[1]


def test_a_growing_run_paints_only_what_is_new(plots, session):
    loss, _ = plots
    before = loss.full_paints
    advance(session.run, 20)
    loss.refresh()
    assert loss.full_paints == before


@pytest.mark.parametrize("steps", [1, 7, 40, 333])
def test_a_run_painted_piece_by_piece_looks_like_one_painted_at_once(panel, session, make_run, steps):
    plot = panel.findChild(CurvePlot, "lossPlot")
    run = make_run(0, epochs=2, steps_per_epoch=1000)
    session.set_run(run)
    advance(run, 300)
    plot.refresh()
    for _ in range(1200 // steps):
        advance(run, steps)
        plot.refresh()
    piecewise = plot.grab().toImage()
    plot.set_log(is_log=True)
    plot.set_log(is_log=False)
    at_once = plot.grab().toImage()
    rows, columns = range(0, plot.height(), 2), range(0, plot.width(), 2)
    differing = sum(piecewise.pixel(x, y) != at_once.pixel(x, y) for y in rows for x in columns)
    # Joints of the antialiased curve differ by a shade here and there; the noise is another for every piece.
    assert differing < 0.01 * len(rows) * len(columns)


def test_hovering_reads_values_on_both_plots(plots, session):
    loss, accuracy = plots
    move(loss, loss.scale.x_px(np.array([0.5]))[0])
    assert readout(loss).isVisible()
    assert readout(accuracy).isVisible()
    text = readout(loss).text()
    assert "300" in text
    assert f"{session.run.losses.values[299]:.4f}" in text
    assert f"{session.run.epochs[0].val_loss:.4f}" in text
    assert "95.0 %" in readout(accuracy).text()
    QApplication.sendEvent(loss, QEvent(QEvent.Type.Leave))
    assert not readout(loss).isVisible()
    assert not readout(accuracy).isVisible()


def test_the_readout_stays_within_the_plot(plots):
    loss, _ = plots
    move(loss, loss.scale.left + loss.scale.width * 0.62)
    assert loss.rect().contains(readout(loss).geometry())


def test_wheel_zooms_both_plots_about_the_pointer_and_double_click_shows_all(plots, panel, qtbot):
    loss, accuracy = plots
    x = loss.scale.left + loss.scale.width / 2
    middle = loss.scale.x_at(x)
    wheel(loss, x, 3)
    first, last = loss.scale.x_range
    assert last - first == pytest.approx(0.8**3 * 4 * 1.012)
    assert loss.scale.x_at(x) == pytest.approx(middle)
    assert accuracy.scale.x_range == loss.scale.x_range
    assert panel.findChild(QToolButton, "wholeRunButton").isEnabled()
    qtbot.mouseDClick(accuracy, Qt.MouseButton.LeftButton)
    assert loss.scale.x_range == pytest.approx((0, 4.048))
    assert not panel.findChild(QToolButton, "wholeRunButton").isEnabled()


def test_the_button_shows_all_again_and_zooming_stays_within_the_run(plots, panel, qtbot):
    loss, _ = plots
    wheel(loss, loss.scale.left, 5)
    assert loss.scale.x_range[0] == 0
    wheel(loss, loss.scale.left, 60)
    first, last = loss.scale.x_range
    assert (last - first) * 600 >= 9.99
    qtbot.mouseClick(panel.findChild(QToolButton, "wholeRunButton"), Qt.MouseButton.LeftButton)
    assert loss.scale.x_range == pytest.approx((0, 4.048))
    wheel(loss, loss.scale.left + 50, -5)
    assert loss.scale.x_range == pytest.approx((0, 4.048))


def test_dragging_moves_a_zoomed_plot(plots, qtbot):
    loss, _ = plots
    wheel(loss, loss.scale.left + loss.scale.width / 2, 4)
    first, last = loss.scale.x_range
    start = QPoint(round(loss.scale.left + loss.scale.width / 2), 80)
    qtbot.mousePress(loss, Qt.MouseButton.LeftButton, pos=start)
    move(loss, start.x() - loss.scale.width / 10, 80)
    qtbot.mouseRelease(loss, Qt.MouseButton.LeftButton, pos=start)
    assert loss.scale.x_range[0] == pytest.approx(first + (last - first) / 10)


def test_values_are_read_and_zoomed_with_the_keyboard_alone(plots, qtbot):
    loss, _ = plots
    loss.setFocus()
    qtbot.keyClick(loss, Qt.Key.Key_Right)
    assert readout(loss).isVisible()
    qtbot.keyClick(loss, Qt.Key.Key_Plus)
    assert loss.scale.x_range[1] - loss.scale.x_range[0] < 4
    qtbot.keyClick(loss, Qt.Key.Key_Home)
    assert loss.scale.x_range == pytest.approx((0, 4.048))


def test_zooming_in_spreads_the_values_that_are_left(plots):
    loss, _ = plots
    highest = loss.scale.y_range[1]
    wheel(loss, loss.scale.left + loss.scale.width * 0.6, 8)
    assert loss.scale.y_range[1] < highest


def test_plots_follow_the_theme(plots):
    loss, _ = plots
    app = QApplication.instance()
    try:
        theme.restyle(app, is_dark=True)
        assert colour_at(loss, 2, 2) == QColor(theme.DARK.surface)
    finally:
        theme.restyle(app, is_dark=False)
    assert colour_at(loss, 2, 2) == QColor(theme.LIGHT.surface)


def test_a_screen_reader_hears_the_newest_epoch(plots):
    _, accuracy = plots
    assert accuracy.accessibleDescription() == "After epoch 2: training 90.0 %, validation 95.0 %."


def test_nothing_is_painted_while_the_panel_is_hidden(plots, panel, session):
    loss, _ = plots
    panel.hide()
    before = loss.full_paints
    loss.set_log(is_log=True)
    assert loss.full_paints == before
    panel.show()
    assert loss.scale.is_log


def test_a_run_of_one_batch_and_an_ended_run_are_drawn(panel, session, make_run):
    run = make_run(1, epochs=1, steps_per_epoch=1)
    run.add(TrainingEnded())
    session.set_run(run)
    assert not panel.grab().isNull()
