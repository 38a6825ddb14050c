"""Two runs in the same plots: choosing, drawing, naming and reading them."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.curves import LOSS, readings_at
from digitlab.gui.charts.epoch_plot import EpochPlot
from digitlab.gui.session.names import names_of
from digitlab.runs.kept import RunEnding, RunSummary
from digitlab.runs.run import NamedRun
from digitlab.system.assets import model_path
from digitlab.training.events import TrainingEnded
from digitlab.training.recipes import RECIPES
from tests.helpers.runs import advance, curve, make_started


@pytest.fixture
def recorded(make_run):
    """A finished run of four epochs, with batches of another size than the live one."""
    run = make_run(4 * 300, epochs=4, steps_per_epoch=300)
    run.add(TrainingEnded())
    return NamedRun("Tutorial", run)


@pytest.fixture
def plot(panel, session, make_run, recorded):
    """The plot of the loss with a live run in its second epoch of two, and the recorded one beside it."""
    session.run = make_run(700, epochs=2)
    session.compared_run = recorded
    return panel.findChild(EpochPlot, "lossPlot")


def legend(panel):
    return panel.findChild(QWidget, "curvesLegend")


def use_menu(panel, qtbot, title):
    """Open the menu of runs with the keyboard and click an entry; return all entries by title."""
    button, menu = panel.findChild(QToolButton, "compareButton"), panel.findChild(QMenu, "compareMenu")
    entries = {}

    def act():
        for action in menu.actions():
            if not action.isSeparator():
                entries[action.text()] = (action.isEnabled(), action.isChecked())
        target = next(action for action in menu.actions() if action.text() == title)
        qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(target).center())

    button.setFocus()
    QTimer.singleShot(50, act)
    qtbot.keyClick(button, Qt.Key.Key_Space)  # returns when the menu is closed
    qtbot.waitUntil(lambda: bool(entries) and not menu.isVisible())
    return entries


def test_both_runs_share_the_epochs_and_the_vertical_range(plot, session, recorded):
    assert plot.x_range == pytest.approx((0, 4 * 1.012))
    x, y = curve(plot, "compared validation")
    assert list(x) == [1, 2, 3, 4]
    assert list(y) == [epoch.val_loss for epoch in recorded.run.epochs]
    smooth, _ = curve(plot, "compared smoothed")
    assert smooth[-1] == pytest.approx(4, abs=0.02)
    assert curve(plot, "batch")[0][-1] == pytest.approx(700 / 600, abs=0.01)
    recorded.run.losses.values[:300] += 5
    session.compared_run = NamedRun("Worse", recorded.run)
    assert plot.viewRange()[1][1] > 5


def test_the_compared_curve_is_dashed_and_has_its_own_colour(plot):
    pens = [item.opts["pen"] for item in plot.listDataItems() if item.name() in ("smoothed", "compared smoothed")]
    assert pens[0].color() != pens[1].color()
    assert [pen.style() for pen in pens] == [Qt.PenStyle.SolidLine, Qt.PenStyle.CustomDashLine]
    image = plot.grab().toImage()
    green = theme.compared_colours()[0]
    near = (image.pixelColor(x, y) for x in range(image.width() // 2, image.width()) for y in range(image.height()))
    assert any(abs(c.red() - green.red()) + abs(c.blue() - green.blue()) < 20 and c.green() > 150 for c in near)


def test_a_comparison_can_be_added_and_removed_while_the_live_run_grows_without_changing_the_zoom(plot, session):
    before = curve(plot, "compared smoothed")[0]
    advance(session.run, 100)
    plot.refresh()
    assert curve(plot, "batch")[0][-1] == pytest.approx(800 / 600, abs=0.01)
    assert curve(plot, "compared smoothed")[0] is before
    plot.show_epochs(0.5, 1.5)
    session.compared_run = None
    assert plot.x_range == pytest.approx((0.5, 1.5))
    assert curve(plot, "compared smoothed")[0] is None


def test_the_legend_names_both_runs_but_not_a_single_one(plot, panel, session, recorded):
    text = legend(panel).accessibleDescription()
    assert "Custom: " in text  # a tutorial recipe with two epochs is not a named recipe
    assert "Tutorial: dashed line" in text
    session.compared_run = None
    assert "Tutorial" not in legend(panel).accessibleDescription()
    session.compared_run = NamedRun("A network with a rather long name of its own", recorded.run)
    QApplication.processEvents()
    assert "rather long name of its own" in legend(panel).toolTip()


@pytest.mark.parametrize("width", [607, 964, 1400])
def test_a_comparison_that_begins_or_ends_moves_nothing(plot, panel, session, recorded, width):
    panel.resize(width, 600)
    panel.show()
    session.compared_run = None
    QApplication.processEvents()
    parts = [legend(panel), plot, *panel.findChildren(QToolButton)]
    before = [part.geometry() for part in parts]
    for name in ("Tutorial", "A network with a rather long name of its own"):
        session.compared_run = NamedRun(name, recorded.run)
        QApplication.processEvents()
        assert [part.geometry() for part in parts] == before
    session.compared_run = None
    QApplication.processEvents()
    assert [part.geometry() for part in parts] == before


def test_pointing_reads_both_runs_at_the_same_epoch(plot, session, recorded):
    newest = recorded.run.epochs[-1].val_loss
    assert plot.accessibleDescription().endswith(f"Tutorial, epoch 4: validation {newest:.4f}.")
    plot.hovered.emit(0.5)
    text = plot.findChild(QLabel, "lossReadout").text()
    assert "Custom" in text
    assert "Tutorial" in text
    assert f"{session.run.losses.values[299]:.4f}" in text
    assert f"{recorded.run.losses.values[149]:.4f}" in text
    plot.hovered.emit(3.0)
    text = plot.findChild(QLabel, "lossReadout").text()
    assert "–" in text
    assert f"{recorded.run.losses.values[899]:.4f}" in text


def test_a_comparison_is_drawn_without_a_run(panel, session, recorded):
    session.compared_run = recorded
    plot = panel.findChild(EpochPlot, "lossPlot")
    assert plot.isVisible()
    plot.hovered.emit(2.0)
    assert f"{recorded.run.losses.values[599]:.4f}" in plot.findChild(QLabel, "lossReadout").text()
    plot.set_log(is_log=True)
    assert not panel.grab().isNull()


def test_readings_end_where_a_run_ends(make_run, recorded):
    run = make_run(700, epochs=2)
    ours, theirs = readings_at(run, recorded.run, LOSS, 1.0)
    assert (ours.step, theirs.step) == (600, 300)
    ours, theirs = readings_at(run, recorded.run, LOSS, 99.0)
    assert (ours, theirs.step) == (None, 1200)
    assert readings_at(None, None, LOSS, 1.0) == (None, None)


def test_names_include_the_datasets_if_they_differ_and_equal_names_are_distinguished(make_run, recorded):
    run = make_run(1)
    assert names_of(run, "Tutorial", recorded) == ("This run", "Tutorial")
    assert names_of(run, "Tutorial 3", recorded) == ("Tutorial 3", "Tutorial")
    other = make_run(1, dataset_name="Built-in digits")
    assert names_of(other, "Tutorial", recorded) == ("This run · Built-in digits", "Tutorial · MNIST")
    assert names_of(None, "", recorded) == ("", "Tutorial")


def test_the_menu_lists_the_runs_to_compare_with(panel, session, qtbot, tmp_path):
    panel.show_shipped_runs(("fast", "tutorial"))
    started = make_started()
    runs = tuple(
        RunSummary(tmp_path / name, name, datetime.now(UTC), started, RunEnding.FINISHED, 600, 1, 0.9, 30.0, 1000)
        for name in ("Tutorial 2", "Tutorial 1")
    )
    session.kept.set_runs(runs)
    session.kept.set_open(runs[0].path)
    with qtbot.waitSignal(panel.compare_requested) as command:
        entries = use_menu(panel, qtbot, "Tutorial")
    assert command.args == [model_path("tutorial"), "Tutorial"]
    assert list(entries) == ["None", "Fast", "Tutorial", "Tutorial 1", "Choose a file…"]
    assert [title for title, (_, is_checked) in entries.items() if is_checked] == ["None"]
    assert entries["Tutorial"][0]
    with qtbot.waitSignal(panel.compare_requested) as command:
        use_menu(panel, qtbot, "Tutorial 1")
    assert command.args == [runs[1].path, "Tutorial 1"]
    with qtbot.waitSignal(panel.comparison_file_requested):
        use_menu(panel, qtbot, "Choose a file…")


def test_the_comparison_is_ended_by_its_button_and_by_the_menu(panel, session, qtbot, recorded):
    panel.show_shipped_runs(("tutorial",))
    session.compared_run = recorded
    with qtbot.waitSignal(panel.comparison_ended):
        entries = use_menu(panel, qtbot, "None")
    assert [title for title, (_, is_checked) in entries.items() if is_checked] == ["Tutorial"]
    hide = panel.findChild(QToolButton, "hideComparisonButton")
    with qtbot.waitSignal(panel.comparison_ended):
        qtbot.mouseClick(hide, Qt.MouseButton.LeftButton)
    session.compared_run = None
    assert not hide.isVisible()


def test_a_better_recipe_is_compared_with_the_tutorial_until_the_user_hides_it(panel, session, make_run, recorded):
    commands = []
    panel.compare_requested.connect(lambda path, name: commands.append((path, name)))
    fast = RECIPES["fast"].config
    session.run = make_run(10)
    session.run = make_run(10, config=fast, dataset_name="Built-in digits")
    opened = make_run(10, config=fast)
    opened.add(TrainingEnded())
    session.run = opened
    assert commands == []
    session.run = make_run(10, config=fast)
    assert commands == [(model_path("tutorial"), "Tutorial")]
    session.compared_run = recorded
    panel.findChild(QToolButton, "hideComparisonButton").click()
    session.compared_run = None
    session.run = make_run(10, config=fast)
    assert len(commands) == 1
