"""The zoomable plot of several runs, through its public interface."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from digitlab.gui.charts.axes import EpochAxis
from digitlab.gui.charts.curves import ACCURACY, LOSS
from digitlab.gui.charts.epoch_plot import EpochPlot, readout_table
from digitlab.gui.charts.run_curves import LineStyle, MarkStyle, PlottedRun, RunStyle
from tests.helpers.runs import advance


def style(name: str, *, is_scaled_to_marks: bool = False) -> RunStyle:
    return RunStyle(
        smoothed=LineStyle(f"{name} smoothed", lambda palette: QPen(QColor("red")), 1),
        validation=MarkStyle(
            f"{name} validation", "o", 8, 4, lambda palette: QPen(QColor("red")), lambda palette: QColor("red"), 2
        ),
        is_scaled_to_marks=is_scaled_to_marks,
    )


@pytest.fixture
def plot(qtbot):
    plot = EpochPlot(LOSS, "test")
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show()
    qtbot.waitExposed(plot)
    return plot


@pytest.fixture
def runs(make_run):
    """A finished run of four epochs and one in its second epoch."""
    return PlottedRun("First", make_run(2400, epochs=4), style("first")), PlottedRun(
        "Second", make_run(700, epochs=2), style("second")
    )


def points(plot, name):
    (item,) = (item for item in plot.listDataItems() if item.name() == name)
    return item.getOriginalDataset()


@pytest.mark.parametrize("last", [0.003, 0.03, 0.0833, 0.7, 2.5, 40])
@pytest.mark.parametrize("first", [0.0, 2.34])
def test_the_labels_of_the_epoch_axis_are_distinct(first, last):
    axis = EpochAxis()
    levels = axis.tickValues(first, first + last, 600)
    texts = axis.tickStrings([value for _, values in levels for value in values], 1, 0)
    assert len(texts) == len(set(texts))


def test_each_run_has_its_curve_and_its_marks(plot, runs):
    plot.show_runs(runs, 4)
    plot.show_whole()
    assert [plotted.name for plotted in plot.runs] == ["First", "Second"]
    assert list(points(plot, "first validation")[0]) == [1, 2, 3, 4]
    assert list(points(plot, "second validation")[0]) == [1]
    assert points(plot, "second smoothed")[0][-1] == pytest.approx(700 / 600, abs=0.02)


def test_an_unchanged_run_is_not_redrawn(plot, runs):
    plot.show_runs(runs, 4)
    still, growing = points(plot, "first smoothed")[0], points(plot, "second smoothed")[0]
    advance(runs[1].run, 100)
    plot.refresh()
    assert points(plot, "first smoothed")[0] is still
    assert points(plot, "second smoothed")[0] is not growing


def test_a_run_shown_again_keeps_its_curves_and_a_removed_one_leaves_none(plot, runs):
    plot.show_runs(runs, 4)
    plot.show_whole()
    before = points(plot, "second smoothed")[0]
    plot.show_runs(runs[1:], 4)
    assert points(plot, "second smoothed")[0] is before
    assert {item.name() for item in plot.listDataItems()} == {"second smoothed", "second validation", "read"}


def test_the_range_can_follow_the_marks_alone(plot, make_run):
    run = make_run(1200, epochs=2)
    run.losses.values[:10] = 50.0
    plot.show_runs([PlottedRun("", run, style("all"))], 2)
    plot.show_whole()
    assert plot.viewRange()[1][1] > 5
    plot.show_runs([PlottedRun("", run, style("marks", is_scaled_to_marks=True))], 2)
    assert plot.viewRange()[1][1] < 2


def test_without_marks_the_range_follows_the_curves(plot, make_run):
    run = make_run(300, epochs=2)
    plot.show_runs([PlottedRun("", run, style("marks", is_scaled_to_marks=True))], 2)
    plot.show_whole()
    assert plot.viewRange()[1][1] > 2


def test_a_screen_reader_gets_the_newest_epoch_of_each_run(plot, runs):
    assert not plot.runs
    plot.show_runs(runs, 4)
    first, second = (LOSS.write(plotted.run.epochs[-1].val_loss) for plotted in runs)
    assert plot.accessibleDescription() == (
        f"First, epoch 4: validation {first}. Second, epoch 1: validation {second}."
    )
    plot.show_runs((), 1)
    assert plot.accessibleDescription() == "No epoch has finished yet."


def test_arrow_keys_move_the_readout_and_leaving_hides_it(qtbot, plot, runs):
    plot.show_runs(runs, 4)
    plot.show_whole()
    with qtbot.waitSignal(plot.hovered) as hovered:
        QTest.keyClick(plot, Qt.Key.Key_Right)
    first, last = plot.x_range
    assert hovered.args == [pytest.approx((first + last) / 2 + 0.01 * (last - first))]
    with qtbot.waitSignal(plot.left):
        QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))


def test_a_reading_is_written_beside_its_epoch_until_it_is_hidden(plot, runs):
    plot.show_runs(runs, 4)
    plot.show_whole()
    readout = plot.findChild(QLabel, "testReadout")
    plot.show_reading(1.0, readout_table([["loss", "0.5"]]), 0.5)
    assert readout.isVisible()
    assert "0.5" in readout.text()
    assert plot.rect().contains(readout.geometry())
    assert points(plot, "read") == (pytest.approx(np.array([1.0])), pytest.approx(np.array([0.5])))
    plot.hide_reading()
    assert not readout.isVisible()


@pytest.mark.parametrize(("quantity", "is_above"), [(LOSS, True), (ACCURACY, False)])
def test_the_readout_avoids_the_curves(qtbot, runs, quantity, is_above):
    plot = EpochPlot(quantity, "test")
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show()
    plot.show_runs(runs, 4)
    plot.show_reading(1.0, "text")
    assert (plot.findChild(QLabel, "testReadout").geometry().center().y() < 150) == is_above
