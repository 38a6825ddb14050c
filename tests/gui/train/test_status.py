"""The progress and the controls of the training in the status bar, in sight from every tab."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QProgressBar, QPushButton, QToolButton

from digitlab.gui.session.values import TrainingState
from digitlab.gui.train.status import TrainingStatus
from digitlab.training.events import TrainingPaused, ValidationStarted
from tests.helpers.fields import tab_order

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def holder(qtbot):
    holder = QMainWindow()
    qtbot.addWidget(holder)
    holder.show()
    qtbot.waitExposed(holder)
    return holder


@pytest.fixture
def status(holder, session):
    status = TrainingStatus(session, holder)
    holder.statusBar().addPermanentWidget(status)
    return status


def words(status):
    return status.findChild(QPushButton, "statusProgressWords").text()


def button(status, name):
    return status.findChild(QToolButton, name)


def test_it_is_in_sight_only_while_a_training_is_in_progress(status, session):
    for state in TrainingState:
        session.training_state = state
        assert status.isVisible() == (state is not TrainingState.IDLE)


def test_it_shows_the_epoch_and_the_time_left_and_follows_the_run(qtbot, status, session, make_run):
    run = make_run(3 * 600 + 312)
    session.training_state = TrainingState.RUNNING
    session.run = run
    qtbot.waitUntil(lambda: words(status) == "Epoch 4 of 10 · 3 min 14 s left")
    assert status.findChild(QProgressBar).value() == pytest.approx(352, abs=1)
    run.add(ValidationStarted(4))
    session.advance_run()
    qtbot.waitUntil(lambda: words(status) == "Epoch 4 of 10 · validating")
    run.add(TrainingPaused())
    session.training_state = TrainingState.PAUSED
    assert words(status) == "Paused · epoch 4 of 10"
    session.training_state = TrainingState.STOPPING
    assert words(status) == "Stopping after this batch…"


def test_a_stop_while_it_is_prepared_is_shown_instead_of_the_run_before(status, session):
    session.training_state = TrainingState.PREPARING
    session.activity = "Loading TensorFlow…"
    session.training_state = TrainingState.STOPPING
    assert words(status) == "Stopping…"


@pytest.mark.parametrize(
    ("state", "name", "can_pause", "can_stop"),
    [
        (TrainingState.PREPARING, "Pause", False, True),
        (TrainingState.RUNNING, "Pause", True, True),
        (TrainingState.PAUSED, "Resume", True, True),
        (TrainingState.STOPPING, "Pause", False, False),
    ],
)
def test_the_buttons_apply_to_the_state(status, session, state, name, can_pause, can_stop):
    session.training_state = state
    pause, stop = button(status, "statusPauseButton"), button(status, "statusStopButton")
    assert (pause.isEnabled(), stop.isEnabled()) == (can_pause, can_stop)
    assert pause.accessibleName() == name
    for one in (pause, stop, status.findChild(QPushButton)):
        assert one.toolTip()
        assert one.accessibleName()


def test_the_keyboard_reaches_it(qtbot, status, session):
    session.training_state = TrainingState.RUNNING
    assert tab_order(status) == ["statusProgressWords", "statusPauseButton", "statusStopButton"]
    with qtbot.waitSignal(status.train_requested):
        qtbot.keyClick(button(status, "statusPauseButton"), Qt.Key.Key_Space)
    with qtbot.waitSignal(status.stop_requested):
        qtbot.keyClick(button(status, "statusStopButton"), Qt.Key.Key_Space)
    with qtbot.waitSignal(status.details_requested):
        qtbot.keyClick(status.findChild(QPushButton), Qt.Key.Key_Space)


def test_its_size_does_not_depend_on_the_words(status, session, make_run, qtbot):
    session.training_state = TrainingState.PREPARING
    size = status.sizeHint()
    session.activity = "Downloading MNIST from a server that is far away and slow 45 %"
    qtbot.waitUntil(lambda: words(status).startswith("Downloading"))
    assert words(status).endswith("…")
    assert "45 %" in status.findChild(QPushButton).accessibleName()
    session.run, session.training_state = make_run(50), TrainingState.RUNNING
    assert status.sizeHint() == size


@pytest.mark.parametrize("width", [960, 1280])
def test_a_training_is_in_sight_and_can_be_controlled_from_every_tab_without_moving_anything(qtbot, window, width):
    window.resize(width, 700)
    QApplication.processEvents()
    before = window.panels.geometry()
    assert window.findChild(TrainingStatus) is None  # made with the first training
    window.session.training_state = TrainingState.RUNNING
    QApplication.processEvents()
    assert window.panels.geometry() == before
    status = window.findChild(TrainingStatus)
    for tab in window.panels.by_name.values():
        window.panels.setCurrentWidget(tab)
        for control in (*status.findChildren(QToolButton), *status.findChildren(QPushButton)):
            assert window.rect().contains(QRect(control.mapTo(window, QPoint()), control.size()))
    qtbot.mouseClick(status.findChild(QPushButton), LEFT)
    assert window.panels.currentWidget() is window.panels.train
    qtbot.mouseClick(button(status, "statusStopButton"), LEFT)
    assert window.session.training_state is TrainingState.STOPPING
    window.session.training_state = TrainingState.IDLE
    assert not status.isVisible()
