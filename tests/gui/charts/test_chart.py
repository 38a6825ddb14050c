"""The painted chart with mouse and keys."""

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart
from digitlab.gui.charts.items import Curve, Ring
from digitlab.gui.charts.plot import Plot, axes_frame, snapshots_frame
from digitlab.gui.charts.scales import SnapshotScale, Targets, percent_scale
from tests.helpers.pixels import colour_at

STEPS = (0, 10, 20, 30)


@dataclass
class CountingItem:
    """An item that counts how often it is painted."""

    painted: list = field(default_factory=list)

    def paint(self, painter, area):
        del painter
        self.painted.append(area)

    def bounds(self, area):
        return QRectF(area.field.left(), area.field.top(), 1, 1)


def reading_plot(*items, steps=()):
    return Plot(
        x=percent_scale(4),
        y=percent_scale(4),
        items=items,
        targets=Targets.nearest([0.0, 0.5, 1.0]),
        read=lambda pointed: f"point {pointed.index}",
        highlight=lambda index: () if index is None else (Ring(index / 2, 0.5),),
        steps=steps,
    )


def snapshots_plot():
    scale = SnapshotScale(STEPS, tuple(step / 10 for step in STEPS))
    return Plot(
        x=scale,
        y=percent_scale(2),
        targets=Targets.columns(len(STEPS)),
        read=lambda pointed: f"{pointed.index} at {pointed.height:.1f}",
        steps=STEPS,
    )


@pytest.fixture
def chart(qtbot):
    return shown(qtbot, Chart(axes_frame("x", "y", below_px=20)))


@pytest.fixture
def snapshots(qtbot):
    return shown(qtbot, Chart(snapshots_frame("Title", 40, 20)))


def shown(qtbot, chart):
    qtbot.addWidget(chart)
    chart.resize(400, 250)
    chart.show()
    qtbot.waitExposed(chart)
    return chart


def move(chart, at, buttons=Qt.MouseButton.NoButton):
    none = Qt.KeyboardModifier.NoModifier
    event = QMouseEvent(QEvent.Type.MouseMove, at, chart.mapToGlobal(at), Qt.MouseButton.NoButton, buttons, none)
    QApplication.sendEvent(chart, event)


def test_pointing_reads_the_nearest_target_also_in_the_strip_below(chart):
    chart.show_plot(reading_plot(), summary="all")
    assert chart.readout == chart.accessibleDescription() == "all"
    move(chart, chart.pixel(0.6, 0.2))
    assert chart.readout == chart.accessibleDescription() == "point 1"
    move(chart, chart.pixel(0.9, 0.0) + QPointF(0, 15))
    assert chart.readout == "point 2"
    move(chart, QPointF(1, 1))
    assert chart.readout == "all"


def test_leaving_clears_the_readout(chart):
    chart.show_plot(reading_plot(), summary="all")
    move(chart, chart.pixel(0.6, 0.2))
    QApplication.sendEvent(chart, QEvent(QEvent.Type.Leave))
    assert chart.readout == "all"


def test_arrow_keys_move_the_readout_and_enter_chooses(qtbot, chart):
    chart.show_plot(reading_plot(steps=(0, 10, 20)), summary="all")
    read = []
    chart.pointed.connect(lambda: read.append(chart.readout))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Left, Qt.Key.Key_Home):
        QTest.keyClick(chart, key)
    assert read == ["point 0", "point 1", "point 2", "point 1", "point 0"]
    QTest.keyClick(chart, Qt.Key.Key_End)
    with qtbot.waitSignal(chart.snapshot_chosen) as chosen:
        QTest.keyClick(chart, Qt.Key.Key_Return)
    assert chosen.args == [20]


def test_a_chart_without_targets_ignores_keys(chart):
    chart.show_plot(Plot())
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Return, Qt.Key.Key_A):
        event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
        chart.keyPressEvent(event)
        assert not event.isAccepted()
    assert not chart.readout


def test_arrow_keys_choose_the_neighbours_of_the_snapshot_on_screen(snapshots):
    chosen = []
    snapshots.snapshot_chosen.connect(chosen.append)
    snapshots.show_plot(snapshots_plot(), step=12)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_End):
        QTest.keyClick(snapshots, key)
    assert chosen == [0, 20, 30]


def test_click_and_drag_choose_snapshots_but_not_the_one_on_screen(qtbot, snapshots):
    chosen = []
    snapshots.snapshot_chosen.connect(chosen.append)
    snapshots.show_plot(snapshots_plot(), step=20)
    for step in (20, 10):
        qtbot.mouseClick(snapshots, Qt.MouseButton.LeftButton, pos=snapshots.pixel(step, 0.5).toPoint())
    move(snapshots, snapshots.pixel(0, 0.5), Qt.MouseButton.LeftButton)
    assert chosen == [10, 0]


def test_another_snapshot_does_not_repaint_the_items(qtbot, chart):
    item, first, second = CountingItem(), CountingItem(), CountingItem()
    plot = reading_plot(item)
    chart.show_plot(plot, step=0, marks=[first])
    qtbot.waitUntil(lambda: bool(first.painted))
    count = len(item.painted)
    chart.show_plot(plot, step=10, marks=[second])
    move(chart, chart.pixel(0.6, 0.2))
    qtbot.waitUntil(lambda: bool(second.painted))
    assert len(item.painted) == count
    chart.show_plot(reading_plot(item))
    qtbot.waitUntil(lambda: len(item.painted) > count)


def test_the_readout_is_updated_when_the_plot_changes(chart):
    chart.show_plot(reading_plot())
    move(chart, chart.pixel(0.5, 0.2))
    chart.show_plot(Plot(targets=Targets.columns(1), read=lambda pointed: f"column {pointed.index}"))
    assert chart.readout == "column 0"
    chart.show_plot(Plot(), summary="nothing")
    assert chart.readout == "nothing"


def test_a_message_replaces_the_readout(snapshots):
    snapshots.show_plot(Plot(message="Nothing to plot."), summary="never shown")
    assert snapshots.readout == snapshots.accessibleDescription() == "Nothing to plot."


def test_the_readout_gets_the_height_above_the_axis(snapshots):
    snapshots.show_plot(snapshots_plot())
    move(snapshots, snapshots.pixel(10, 0.7))
    assert snapshots.readout == "1 at 0.7"


def test_background_and_curve_follow_the_theme(qtbot, chart):
    plot = reading_plot(Curve([0.0, 1.0], [0.5, 0.5], lambda palette: palette.color(theme.TEXT)))
    chart.show_plot(plot)
    at = chart.pixel(0.3, 0.5).toPoint()

    def colours():
        return colour_at(chart, QPoint(200, 6)), colour_at(chart, at)

    light = colours()
    assert light[0] == QColor(theme.LIGHT.surface)
    theme.apply_scheme(QApplication.instance(), theme.ColourScheme.DARK)
    dark = colours()
    assert dark[0] == QColor(theme.DARK.surface)
    assert dark[1].lightness() > light[1].lightness()
