"""The runs panel with mouse and keyboard."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QStyle, QStyleOptionViewItem, QToolButton

from digitlab.gui import theme
from digitlab.gui.runs.model import BEST, COLUMNS, EPOCHS, FROM, NAME, RECIPE
from digitlab.gui.runs.runs_plot import RunsPlot
from digitlab.gui.runs.table import RunTableView
from digitlab.gui.session.values import TrainingState
from digitlab.runs.kept import RunEnding
from digitlab.training.events import OptimizerStart, Origin, TrainingEnded
from tests.helpers.contrast import GRAPHIC, TEXT, contrasts, part_of, rgb


def table(panel):
    return panel.findChild(RunTableView, "runTable")


def rows(panel, column=NAME):
    model = table(panel).model()
    return [model.index(row, column).data() for row in range(model.rowCount())]


def marked(panel):
    """Return the headers with a sort arrow."""
    model = table(panel).model()
    headers = (model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount()))
    return [header for header in headers if header not in {column.title for column in COLUMNS}]


def button(panel, name):
    return panel.findChild(QPushButton, name)


def click_row(qtbot, panel, row, keys=Qt.KeyboardModifier.NoModifier):
    view = table(panel)
    place = view.visualRect(view.model().index(row, NAME)).center() + QPoint(40, 0)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, place)
    return place


def check(qtbot, panel, row):
    """Click the box of a row."""
    view, index = table(panel), table(panel).model().index(row, NAME)
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    option.rect = view.visualRect(index)
    view.itemDelegateForIndex(index).initStyleOption(option, index)
    box = view.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, view)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())


def plot(panel, name="runsAccuracyPlot"):
    return panel.findChild(RunsPlot, name)


def test_without_runs_the_panel_offers_to_train(panel, session, qtbot):
    session.kept.set_runs(())
    train = button(panel, "trainFirstButton")
    assert train.isVisible()
    with qtbot.waitSignal(panel.train_requested):
        qtbot.mouseClick(train, Qt.MouseButton.LeftButton)
    assert not table(panel).isVisible()


def test_train_now_does_not_pause_a_training_whose_run_is_not_listed_yet(panel, session, qtbot):
    session.kept.set_runs(())
    session.training_state = TrainingState.RUNNING
    with qtbot.assertNotEmitted(panel.train_requested):
        qtbot.mouseClick(button(panel, "trainFirstButton"), Qt.MouseButton.LeftButton)
    session.training_state = TrainingState.IDLE
    with qtbot.waitSignal(panel.train_requested):
        qtbot.mouseClick(button(panel, "trainFirstButton"), Qt.MouseButton.LeftButton)


def test_where_all_runs_were_deleted_that_can_be_undone(panel, session, qtbot):
    session.kept.set_runs(())
    undo = button(panel, "restoreRunButton")
    assert not undo.isVisible()
    session.kept.set_runs((), can_restore=True)
    with qtbot.waitSignal(panel.undo_requested):
        qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)


def test_the_newest_run_is_first_and_a_click_on_a_header_sorts(listed, qtbot):
    assert rows(listed) == [f"Tutorial {number}" for number in (5, 4, 3, 2, 1)]
    assert marked(listed) == ["Started ▼"]
    header = table(listed).horizontalHeader()
    place = QPoint(header.sectionViewportPosition(BEST) + 20, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert rows(listed) == [f"Tutorial {number}" for number in (1, 2, 3, 4, 5)]
    assert marked(listed) == ["Best ▲"]
    assert header.sectionSize(BEST) >= header.sectionSizeHint(BEST)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert rows(listed) == [f"Tutorial {number}" for number in (5, 4, 3, 2, 1)]


def test_enter_a_double_click_and_the_button_open_a_run(listed, qtbot, make_summary):
    click_row(qtbot, listed, 1)
    commands = []
    listed.open_requested.connect(commands.append)
    qtbot.mouseClick(button(listed, "openRunButton"), Qt.MouseButton.LeftButton)
    QTest.keyClick(table(listed), Qt.Key.Key_Return)
    place = click_row(qtbot, listed, 1)
    qtbot.mouseDClick(table(listed).viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert commands == [make_summary(4).path] * 3


def test_f2_renames_and_delete_deletes_what_is_selected(listed, qtbot, make_summary):
    click_row(qtbot, listed, 0)
    QTest.keyClick(table(listed), Qt.Key.Key_F2)
    editor = table(listed).findChild(QLineEdit)
    assert editor.text() == "Tutorial 5"
    editor.selectAll()
    QTest.keyClicks(editor, "My best")
    with qtbot.waitSignal(listed.rename_requested) as command:
        QTest.keyClick(editor, Qt.Key.Key_Return)
    assert command.args == [make_summary(5).path, "My best"]
    click_row(qtbot, listed, 2, Qt.KeyboardModifier.ControlModifier)
    with qtbot.waitSignal(listed.delete_requested) as command:
        QTest.keyClick(table(listed), Qt.Key.Key_Delete)
    assert set(command.args[0]) == {make_summary(5).path, make_summary(3).path}
    with qtbot.waitSignal(listed.undo_requested):
        QTest.keyClick(table(listed), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_keys_do_nothing_else_while_a_name_is_edited(listed, session, qtbot, key):
    view, commands = table(listed), []
    for command in (listed.open_requested, listed.delete_requested, listed.plot_requested):
        command.connect(commands.append)
    click_row(qtbot, listed, 1)
    QTest.keyClick(view, Qt.Key.Key_F2)
    editor = view.findChild(QLineEdit)
    QTest.keyClicks(editor, "Five")
    for other in (Qt.Key.Key_Delete, Qt.Key.Key_Space, Qt.Key.Key_Escape):
        QTest.keyClick(view, other)
    assert [run.name for run in view.chosen] == ["Tutorial 4"]
    with qtbot.waitSignal(listed.rename_requested):
        QTest.keyClick(editor, key)
    assert not commands


def test_resuming_and_exporting_are_requested_for_the_selected_run(listed, qtbot, make_summary):
    click_row(qtbot, listed, 3)
    with qtbot.waitSignal(listed.continue_requested) as command:
        qtbot.mouseClick(button(listed, "resumeRunButton"), Qt.MouseButton.LeftButton)
    assert command.args == [make_summary(2).path]
    with qtbot.waitSignal(listed.export_requested) as command:
        qtbot.mouseClick(button(listed, "exportRunButton"), Qt.MouseButton.LeftButton)
    assert command.args == [make_summary(2).path, "Tutorial 2"]


def test_growing_runs_are_neither_opened_nor_deleted(listed, session, qtbot, make_summary):
    session.training_state = TrainingState.RUNNING
    click_row(qtbot, listed, 1)
    assert not button(listed, "openRunButton").isEnabled()
    assert button(listed, "deleteRunButton").isEnabled()
    session.training_state = TrainingState.IDLE
    session.kept.set_runs((make_summary(1, ending=None),))
    assert not button(listed, "deleteRunButton").isEnabled()
    with qtbot.assertNotEmitted(listed.delete_requested):
        QTest.keyClick(table(listed), Qt.Key.Key_Delete)


def test_checked_runs_share_the_plot_and_the_readout(listed, session, qtbot, make_run, make_summary):
    check(qtbot, listed, 0)
    click_row(qtbot, listed, 2)
    QTest.keyClick(table(listed), Qt.Key.Key_Space)
    assert session.kept.plotted == (make_summary(5).path, make_summary(3).path)
    for path in session.kept.plotted:
        session.kept.add_curves(path, make_run(1800, epochs=3))
    assert [drawn.name for drawn in plot(listed).runs] == ["Tutorial 5", "Tutorial 3"]
    first, second = (drawn.style.validation.symbol for drawn in plot(listed).runs)
    assert first != second
    plot(listed).setFocus()
    QTest.keyClick(plot(listed), Qt.Key.Key_Right)
    readout = plot(listed).findChild(QLabel, "runsAccuracyReadout")
    assert readout.isVisible()
    assert "Tutorial 5" in readout.text()
    assert "Tutorial 3" in readout.text()
    assert "95.0 %" in readout.text()
    assert "Tutorial 3, epoch 3: validation 95.0 %." in plot(listed).accessibleDescription()
    check(qtbot, listed, 0)
    assert [drawn.name for drawn in plot(listed).runs] == ["Tutorial 3"]


def test_loss_can_be_plotted_on_a_logarithmic_scale(listed, session, qtbot, make_run):
    check(qtbot, listed, 0)
    session.kept.add_curves(session.kept.plotted[0], make_run(1200, epochs=2))
    log = listed.findChild(QToolButton, "runsLogButton")
    assert not log.isEnabled()
    qtbot.mouseClick(listed.findChild(QToolButton, "runsLossButton"), Qt.MouseButton.LeftButton)
    assert plot(listed, "runsLossPlot").isVisible()
    qtbot.mouseClick(log, Qt.MouseButton.LeftButton)
    assert plot(listed, "runsLossPlot").getViewBox().viewRange()[1][1] < 1


def test_a_growing_run_is_live_in_the_list_and_in_the_plot(listed, session, qtbot, make_run, make_summary):
    growing = make_run(700, epochs=10)
    summary = make_summary(6, ending=None, step=10, epoch_count=0, best_accuracy=None, started=growing.started)
    session.kept.set_runs((summary, *session.kept.runs))
    session.run = growing
    session.kept.set_open(summary.path)
    session.kept.plot([summary.path])
    assert rows(listed, EPOCHS)[0] == "training, 1.17"
    assert rows(listed, BEST)[0] == "95.0 %"
    assert plot(listed).runs[0].run is growing
    growing.add(TrainingEnded())
    session.kept.set_runs((make_summary(6, step=700), *session.kept.runs[1:]))
    assert rows(listed, EPOCHS)[0] == "1.17"


def test_a_branch_shows_its_origin_and_an_interrupted_run_how_it_ended(panel, session, make_summary):
    origin = Origin("Tutorial 2", 2040, 3.4, OptimizerStart.RESTORED)
    branch = make_summary(2, started=replace(make_summary(1).started, origin=origin))
    session.kept.set_runs((branch, make_summary(1, ending=RunEnding.CUT_OFF, step=2040)))
    titles = [column.title for column in COLUMNS]
    assert rows(panel, titles.index("From")) == ["Tutorial 2 at epoch 3.4", ""]
    assert rows(panel, EPOCHS) == ["13.4", "interrupted at 3.4"]
    assert not table(panel).isColumnHidden(titles.index("From"))


@pytest.mark.parametrize("width", [620, 930, 1500])
def test_no_column_vanishes_and_a_narrow_table_scrolls(listed, qtbot, width):
    listed.resize(width, 640)
    QApplication.processEvents()
    shown = table(listed)
    assert [column for column in range(len(COLUMNS)) if shown.isColumnHidden(column)] == [FROM]  # there are no branches
    assert shown.columnViewportPosition(EPOCHS) + shown.columnWidth(EPOCHS) <= shown.viewport().width()
    assert (shown.horizontalScrollBar().maximum() > 0) == (width == 620)
    assert width == 620 or shown.columnWidth(RECIPE) >= shown.sizeHintForColumn(RECIPE)


@pytest.mark.parametrize(("width", "is_whole"), [(930, False), (1600, True)])
def test_long_names_are_shown_where_there_is_room(listed, session, make_summary, width, is_whole):
    name = "Batches of 32 with dropout and a low rate"
    session.kept.set_runs((make_summary(1, name=name),))
    listed.resize(width, 640)
    QApplication.processEvents()
    shown = table(listed)
    assert (shown.columnWidth(NAME) >= shown.sizeHintForColumn(NAME)) == is_whole
    assert shown.columnWidth(NAME) >= 160
    assert name in shown.model().index(0, NAME).data(Qt.ItemDataRole.ToolTipRole)


def test_a_plotted_run_has_its_whole_name_and_no_column_moves(listed, session):
    shown, before = table(listed), table(listed).columnViewportPosition(BEST)
    session.kept.plot([session.kept.runs[0].path])
    QApplication.processEvents()
    assert shown.columnWidth(NAME) >= shown.sizeHintForColumn(NAME)
    assert shown.columnViewportPosition(BEST) == before


def test_a_width_that_the_user_chose_stays(listed):
    shown = table(listed)
    shown.horizontalHeader().resizeSection(NAME, 222)
    listed.resize(1500, 640)
    QApplication.processEvents()
    assert shown.columnWidth(NAME) == 222


def test_a_run_without_validation_says_so(listed, session, make_summary, make_run):
    cut_off = make_summary(6, step=40, epoch_count=0, best_accuracy=None, ending=RunEnding.CUT_OFF)
    growing = make_summary(7, step=40, epoch_count=0, best_accuracy=None, ending=None)
    session.kept.set_runs((growing, cut_off, *session.kept.runs))
    assert rows(listed, BEST)[:2] == ["–", "none"]
    legend = listed.findChild(QLabel, "runsLegend")
    assert legend.text() == "thin lines: training, smoothed"
    session.kept.plot([cut_off.path])
    session.kept.add_curves(cut_off.path, make_run(40))
    assert legend.text() == "thin lines: training, smoothed · no validation: Tutorial 6"
    QApplication.sendPostedEvents()
    assert legend.width() >= legend.fontMetrics().horizontalAdvance(legend.text())  # on one line
    plot(listed).hovered.emit(0.05)
    assert "none" in plot(listed).findChild(QLabel, "runsAccuracyReadout").text()


@pytest.mark.parametrize("scheme", [theme.ColourScheme.LIGHT, theme.ColourScheme.DARK])
def test_the_selected_row_shows_whether_the_keys_are_for_the_table(listed, qtbot, scheme):
    theme.apply_scheme(QApplication.instance(), scheme)
    view = table(listed)
    cell = view.visualRect(view.model().index(0, RECIPE)).adjusted(2, 2, -2, -2)
    listed.activateWindow()
    palette = view.palette()
    surface = rgb(palette.color(theme.SURFACE))
    for focused, role in ((view, theme.ACCENT), (button(listed, "renameRunButton"), theme.QUIET)):
        focused.setFocus()
        qtbot.waitUntil(focused.hasFocus)
        shown = part_of(view.viewport(), cell)
        background = rgb(palette.color(role))
        assert (shown == background).all(axis=-1).mean() > 0.5
        assert contrasts(background, surface) >= GRAPHIC
        assert contrasts(shown, background).max() >= TEXT


def test_the_panel_follows_the_theme(listed, session, make_run, qtbot):
    check(qtbot, listed, 0)
    session.kept.add_curves(session.kept.plotted[0], make_run(1200, epochs=2))
    light = plot(listed).backgroundBrush().color().name()
    theme.apply_scheme(QApplication.instance(), theme.ColourScheme.DARK)
    assert plot(listed).backgroundBrush().color().name() != light
