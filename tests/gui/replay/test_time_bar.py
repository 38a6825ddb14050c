"""The time bar with mouse and keys: dragging, playback, following, pinning, and continuing from a snapshot."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QToolButton

from digitlab.gui import theme
from digitlab.gui.replay.bar import TimeBar
from digitlab.gui.replay.controller import ReplayController
from digitlab.gui.replay.slider import TimeSlider
from digitlab.gui.session.timeline import snapshots_of
from digitlab.gui.session.values import TrainingState
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run_file import read_run
from digitlab.system.assets import model_path
from digitlab.training.events import SnapshotTaken

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot, session, tutorial):
    """The time bar over the tutorial's recorded run."""
    bar = TimeBar(session)
    replay = ReplayController(session, bar)
    bar.snapshot_chosen.connect(replay.show_index)
    bar.play_requested.connect(replay.play_or_pause)
    bar.newest_requested.connect(replay.show_newest)
    bar.pin_requested.connect(replay.pin_or_unpin)
    bar.swap_requested.connect(replay.swap)
    session.open_network(tutorial, read_run(model_path("tutorial")))
    qtbot.addWidget(bar)
    bar.resize(1240, 50)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


@pytest.fixture
def slider(bar):
    """The slider of the bar."""
    return bar.findChild(TimeSlider)


def _click(bar: TimeBar, name: str) -> None:
    QTest.mouseClick(bar.findChild(QAbstractButton, name), LEFT)


def _button(bar: TimeBar, name: str) -> QToolButton:
    return bar.findChild(QToolButton, name)


def _at(slider: TimeSlider, index: int) -> QPoint:
    return QPoint(round(slider.x_of(index)), 15)


def test_the_bar_starts_at_the_newest_snapshot(bar, slider, session):
    assert (slider.minimum(), slider.maximum(), slider.value()) == (0, 59, 59)
    assert _button(bar, "newestButton").isChecked()
    assert "epoch 10 · step 6,000 · test 98." in bar.findChild(QLabel, "shownSnapshot").text()


def test_dragging_shows_every_snapshot_passed(bar, slider, session, qtbot):
    seen = []
    session.snapshot_changed.connect(lambda: seen.append(session.snapshot.step))
    QTest.mousePress(slider, LEFT, pos=_at(slider, 20))
    for index in range(19, -1, -1):
        QTest.mouseMove(slider, _at(slider, index))
        qtbot.waitUntil(lambda index=index: session.snapshot is session.run.snapshots[index])
    QTest.mouseRelease(slider, LEFT, pos=_at(slider, 0))
    assert seen == [snapshot.step for snapshot in session.run.snapshots[20::-1]]
    assert session.snapshot is session.run.snapshots[0]
    assert bar.findChild(QLabel, "shownSnapshot").text() == "untrained"
    assert not _button(bar, "newestButton").isChecked()


def test_moves_that_wait_while_dragging_show_the_newest_snapshot(bar, slider, session):
    seen = []
    session.snapshot_changed.connect(lambda: seen.append(session.snapshot))
    QTest.mousePress(slider, LEFT, pos=_at(slider, 50))
    for index in range(49, 2, -1):
        QTest.mouseMove(slider, _at(slider, index))
    QTest.mouseRelease(slider, LEFT, pos=_at(slider, 3))
    assert session.snapshot is session.run.snapshots[3]
    assert len(seen) < 24


def test_moving_without_a_button_pressed_drags_nothing(slider, session):
    QTest.mouseMove(slider, _at(slider, 3))
    assert session.snapshot is session.newest


@pytest.mark.parametrize(
    ("key", "index"),
    [
        (Qt.Key.Key_Left, 19),
        (Qt.Key.Key_Right, 21),
        (Qt.Key.Key_PageDown, 10),
        (Qt.Key.Key_PageUp, 30),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, 59),
    ],
)
def test_keys_move_the_slider(slider, session, key, index):
    QTest.mouseClick(slider, LEFT, pos=_at(slider, 20))
    QTest.keyClick(slider, key)
    assert slider.value() == index
    snapshots = snapshots_of(session.run, session.newest)
    assert session.snapshot is snapshots[index]


def test_newest_follows_again_and_a_second_click_does_not_stop_that(bar, slider, session):
    QTest.mouseClick(slider, LEFT, pos=_at(slider, 4))
    assert not session.replay.is_following
    for _ in range(2):
        _click(bar, "newestButton")
        assert session.replay.is_following
        assert session.snapshot is session.newest
        assert _button(bar, "newestButton").isChecked()


def test_new_snapshots_are_shown_only_while_following(bar, slider, session):
    def grow(step: int) -> Snapshot:
        snapshot = Snapshot(session.newest.spec, session.newest.weights, step, step / 600)
        session.run.add(SnapshotTaken(snapshot, is_kept=True))
        session.advance(snapshot)
        return snapshot

    first = grow(6100)
    assert session.snapshot is first
    QTest.mouseClick(slider, LEFT, pos=_at(slider, 4))
    past = session.snapshot
    grow(6200)
    assert session.snapshot is past
    assert (slider.value(), slider.maximum()) == (4, 61)


def test_playing_continues_to_the_end_and_stops(bar, slider, session, qtbot):
    QTest.mouseClick(slider, LEFT, pos=_at(slider, 50))
    seen = []
    session.snapshot_changed.connect(lambda: seen.append(session.snapshot.step))
    _click(bar, "playButton")
    assert session.replay.is_playing
    assert _button(bar, "playButton").accessibleName() == "Pause"
    qtbot.waitUntil(lambda: not session.replay.is_playing)
    assert seen == [snapshot.step for snapshot in session.run.snapshots[51:]]
    assert session.replay.is_following
    assert _button(bar, "playButton").accessibleName() == "Play"


def test_playing_restarts_from_the_end_and_can_be_paused(bar, slider, session, qtbot):
    _click(bar, "playButton")
    assert slider.value() == 0
    qtbot.waitUntil(lambda: slider.value() > 2)
    _click(bar, "playButton")
    assert not session.replay.is_playing
    assert slider.value() < 59


def test_a_pinned_snapshot_can_be_swapped_and_unpinned(bar, slider, session):
    QTest.mouseClick(slider, LEFT, pos=_at(slider, 6))
    early = session.snapshot
    _click(bar, "pinButton")
    assert session.replay.pinned is early
    assert _button(bar, "pinButton").text() == f"Epoch {early.epoch:.2f}"
    QTest.mouseClick(slider, LEFT, pos=_at(slider, 59))
    _click(bar, "swapButton")
    assert session.snapshot is early
    assert session.replay.pinned is session.newest
    assert (slider.value(), session.replay.is_following) == (6, False)
    _click(bar, "swapButton")
    assert session.snapshot is session.newest
    assert session.replay.is_following
    _click(bar, "pinButton")
    assert session.replay.pinned is None
    assert not _button(bar, "swapButton").isEnabled()


def test_continuing_is_disabled_during_training(bar, session, qtbot):
    with qtbot.waitSignal(bar.continue_requested):
        _click(bar, "continueButton")
    session.training_state = TrainingState.RUNNING
    assert not bar.findChild(QPushButton, "continueButton").isEnabled()
    assert "Stop the training first." in bar.findChild(QPushButton, "continueButton").toolTip()


def test_a_network_without_a_run_has_no_earlier_snapshots(bar, slider, session, tutorial):
    session.open_network(tutorial, None)
    assert not slider.isEnabled()
    assert not _button(bar, "playButton").isEnabled()
    assert "No earlier snapshots" in _button(bar, "playButton").toolTip()


def test_a_screen_reader_gets_the_snapshot(slider, session):
    QTest.mouseClick(slider, LEFT, pos=_at(slider, 20))
    assert slider.accessibleName() == "Snapshot of the run"
    assert slider.accessibleDescription() == f"epoch {session.snapshot.epoch:.2f} · step {session.snapshot.step:,}"


def test_a_pinned_snapshot_of_another_run_is_not_mistaken_for_one_of_this_run(bar, slider, session, tutorial):
    QTest.mouseClick(slider, LEFT, pos=_at(slider, 6))
    _click(bar, "pinButton")
    foreign = session.replay.pinned
    session.open_network(tutorial, read_run(model_path("tutorial")))
    assert session.has_snapshot(session.snapshot)
    assert not session.has_snapshot(foreign)
    _click(bar, "swapButton")
    assert session.snapshot is foreign
    assert bar.findChild(QLabel, "shownSnapshot").text().endswith("from another run")
    assert slider.accessibleDescription() == "a snapshot of another run"
    QTest.mouseClick(slider, LEFT, pos=_at(slider, 59))
    assert session.snapshot is session.newest


def test_newest_returns_from_a_snapshot_of_another_run(bar, session, tutorial):
    _click(bar, "pinButton")
    session.open_network(tutorial, None)
    session.snapshot = session.replay.pinned
    session.replay = replace(session.replay, is_following=False)
    _click(bar, "newestButton")
    assert session.snapshot is session.newest


def test_the_icons_follow_the_theme(bar):
    def picture():
        return _button(bar, "playButton").icon().pixmap(16).toImage()

    light = picture()
    theme.apply_scheme(QApplication.instance(), theme.ColourScheme.DARK)
    assert picture() != light


def test_the_bar_names_the_open_file_and_shortens_a_long_name(bar, session, tutorial):
    shown = bar.findChild(QLabel, "shownNetwork")
    session.open_network(tutorial, None, "Before dropout")
    assert shown.text() == "Before dropout · 62,346 parameters"
    session.open_network(replace(tutorial), None, "first attempt with far too many filters, from my sister 17")
    assert shown.text().endswith(" · 62,346 parameters")
    assert "first" in shown.text()
    assert "…" in shown.text()
    assert shown.sizeHint().width() <= shown.width()
    assert "from my sister 17" in shown.toolTip()
