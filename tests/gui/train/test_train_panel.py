"""Buttons, progress and the refreshing of the curves of the Train panel."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QProgressBar, QPushButton, QToolButton, QWidget
from shiboken6 import isValid

from digitlab.gui.charts.epoch_plot import EpochPlot
from digitlab.gui.session.values import TrainingState
from digitlab.gui.train.panel import TrainPanel
from digitlab.gui.train.progress_view import ProgressView
from digitlab.model.presets import PRESETS
from digitlab.runs.run import Run
from digitlab.system.errors import DigitLabError
from digitlab.training.events import OptimizerStart, Origin, TrainingEnded, TrainingPaused, ValidationStarted
from tests.helpers.runs import advance, newest_batch


def button(panel, name):
    return panel.findChild(QPushButton, name)


def progress(panel):
    """Return both lines of the progress."""
    return panel.findChild(QLabel, "progressHeadline").text(), panel.findChild(QLabel, "progressDetail").text()


@pytest.mark.parametrize(
    ("state", "label", "command"),
    [
        (TrainingState.IDLE, "Train", "train_requested"),
        (TrainingState.RUNNING, "Pause", "pause_requested"),
        (TrainingState.PAUSED, "Resume", "resume_requested"),
    ],
)
def test_the_primary_button_trains_pauses_or_resumes(panel, session, qtbot, state, label, command):
    session.training_state = state
    assert button(panel, "trainButton").text() == label
    with qtbot.waitSignal(getattr(panel, command)):
        qtbot.mouseClick(button(panel, "trainButton"), Qt.MouseButton.LeftButton)


@pytest.mark.parametrize(
    ("state", "primary", "stop", "reset"),
    [
        (TrainingState.IDLE, True, False, True),
        (TrainingState.PREPARING, False, True, False),
        (TrainingState.RUNNING, True, True, False),
        (TrainingState.PAUSED, True, True, False),
        (TrainingState.STOPPING, False, False, False),
    ],
)
def test_only_buttons_that_apply_are_enabled(panel, session, state, primary, stop, reset):
    session.training_state = state
    enabled = [button(panel, name).isEnabled() for name in ("trainButton", "stopButton", "resetButton")]
    assert enabled == [primary, stop, reset]


def test_stop_and_reset_are_requested(panel, session, qtbot):
    with qtbot.waitSignal(panel.reset_requested):
        qtbot.mouseClick(button(panel, "resetButton"), Qt.MouseButton.LeftButton)
    session.training_state = TrainingState.RUNNING
    with qtbot.waitSignal(panel.stop_requested):
        qtbot.mouseClick(button(panel, "stopButton"), Qt.MouseButton.LeftButton)


def test_the_recipe_is_locked_while_training(panel, session):
    session.training_state = TrainingState.RUNNING
    assert not panel.findChild(QLineEdit, "epochsField").isEnabled()
    assert any(label.text() == "Locked while training" and label.isVisible() for label in panel.findChildren(QLabel))
    session.training_state = TrainingState.IDLE
    assert panel.findChild(QLineEdit, "epochsField").isEnabled()


def test_preparing_shows_its_activity_and_a_busy_bar(panel, session):
    session.activity = "Loading TensorFlow…"
    session.training_state = TrainingState.PREPARING
    assert progress(panel)[0] == "Loading TensorFlow…"
    session.activity = "Drawing 12,000 digits…"
    assert progress(panel)[0] == "Drawing 12,000 digits…"
    bar = panel.findChild(QProgressBar)
    assert bar.isVisible()
    assert bar.maximum() == 0


def test_training_shows_epoch_step_speed_and_time_left(panel, session, make_run):
    session.training_state = TrainingState.RUNNING
    session.run = make_run(3 * 600 + 312)
    headline, detail = progress(panel)
    assert headline == "epoch 4 of 10 · step 312 of 600"
    # 100 images in 0.05 s; 6.48 epochs of 30 s are left.
    assert detail == "2,000 images/s · 3 min 14 s left"
    assert panel.findChild(QProgressBar).value() == pytest.approx(352, abs=1)


def test_a_continued_training_shows_where_it_started(panel, session, make_run):
    started = replace(make_run().started, origin=Origin("Tutorial 2", 1452, 2.42, OptimizerStart.RESTORED))
    session.training_state = TrainingState.RUNNING
    session.run = advance(Run(started), 30)
    assert progress(panel)[0] == "epoch 1 of 10 · continued from epoch 2.42 · step 30 of 600"


def test_validation_pause_and_stop_are_shown(qtbot, panel, session, make_run):
    run = make_run(599)
    session.training_state = TrainingState.RUNNING
    session.run = run
    run.add(ValidationStarted(1))
    session.advance_run()
    qtbot.waitUntil(lambda: progress(panel)[0] == "epoch 1 of 10 · validating on 10,000 test images…")
    run.add(TrainingPaused())
    session.training_state = TrainingState.PAUSED
    assert progress(panel)[0].startswith("Paused · epoch 1 of 10")
    session.training_state = TrainingState.STOPPING
    assert progress(panel)[0].startswith("Stopping")


def test_the_buttons_stay_under_the_mouse_when_training_starts_and_pauses(qtbot, panel, session, make_run):
    panel.show()
    view = panel.findChild(ProgressView)
    idle = view.minimumHeight()
    run = make_run(250)
    session.training_state = TrainingState.RUNNING
    session.run = run
    qtbot.waitUntil(lambda: progress(panel)[0] == "epoch 1 of 10 · step 250 of 600")
    assert view.minimumHeight() == idle
    run.add(TrainingPaused())
    session.training_state = TrainingState.PAUSED
    assert progress(panel)[0].startswith("Paused")
    assert view.minimumHeight() == idle


def test_a_finished_run_shows_time_and_test_accuracy(panel, session, make_run):
    run = make_run(6000)
    run.add(TrainingEnded())
    session.run = run
    assert progress(panel) == ("Tutorial: 10 epochs in 5 min 0 s", "test accuracy 95.0 % · MNIST")


def test_with_a_validation_share_the_result_is_not_called_test_accuracy(panel, session, make_run):
    run = make_run(6000, validation_share=0.1)
    run.add(TrainingEnded())
    session.run = run
    assert progress(panel)[1].startswith("validation accuracy 95.0 %")


def test_a_stopped_run_shows_where_it_stopped(panel, session, make_run):
    run = make_run(700)
    run.add(TrainingEnded(was_stopped=True))
    session.run = run
    assert progress(panel)[0] == "Stopped in epoch 2 of 10 · step 100 of 600"


def test_a_failed_run_shows_what_happened_and_what_to_do(panel, session, make_run):
    run = make_run(5)
    error = DigitLabError("The loss is no longer a number.", remedy="Lower the learning rate and train again.")
    run.add(TrainingEnded(error=error))
    session.run = run
    assert progress(panel) == ("The loss is no longer a number.", "Lower the learning rate and train again.")
    assert panel.findChild(QLabel, "progressHeadline").property("problem")


def test_without_a_run_a_message_replaces_the_curves(panel, session, make_run):
    assert not panel.findChild(EpochPlot, "lossPlot").isVisible()
    assert any("Press Train" in label.text() and label.isVisible() for label in panel.findChildren(QLabel))
    session.run = make_run(3)
    assert panel.findChild(EpochPlot, "lossPlot").isVisible()


def test_the_step_counter_follows_the_run(panel, session, make_run, qtbot):
    run = make_run(10)
    session.training_state = TrainingState.RUNNING
    session.run = run
    advance(run, 10)
    session.advance_run()
    qtbot.waitUntil(lambda: "step 20 of 600" in progress(panel)[0])


def test_a_hidden_panel_does_not_draw_and_catches_up_when_shown(panel, session, make_run, qtbot):
    run = make_run(10)
    session.training_state = TrainingState.RUNNING
    session.run = run
    panel.hide()
    advance(run, 10)
    session.advance_run()
    assert not any(timer.isActive() for timer in panel.findChildren(QTimer))  # nothing will be drawn
    QApplication.processEvents()
    assert "step 10 of 600" in progress(panel)[0]
    panel.show()
    assert "step 20 of 600" in progress(panel)[0]


def test_the_log_button_changes_only_the_scale_of_the_loss(panel, session, make_run, qtbot):
    session.run = make_run(1200)
    loss, accuracy = panel.findChild(EpochPlot, "lossPlot"), panel.findChild(EpochPlot, "accuracyPlot")
    before = accuracy.viewRange()
    assert loss.viewRange()[1][0] == 0
    qtbot.mouseClick(panel.findChild(QToolButton, "logScaleButton"), Qt.MouseButton.LeftButton)
    assert loss.is_log
    low, high = loss.viewRange()[1]
    values = np.log10(session.run.losses.values)
    assert low < values.min() < values.max() < high
    assert not accuracy.is_log
    assert accuracy.viewRange() == before


def test_each_tick_draws_one_plot_until_both_are_up_to_date(panel, session, make_run, qtbot):
    def drawn():
        return [newest_batch(panel.findChild(EpochPlot, name)) for name in ("lossPlot", "accuracyPlot")]

    run = make_run(10, epochs=1)
    session.run = run
    assert drawn() == [10, 10]
    advance(run, 10)
    session.advance_run()
    seen = []
    while drawn() != [20, 20]:
        qtbot.waitUntil(lambda: drawn() != (seen[-1] if seen else [10, 10]))
        seen.append(drawn())
    assert seen[0] in ([20, 10], [10, 20])
    qtbot.waitUntil(lambda: not any(timer.isActive() for timer in panel.findChildren(QTimer)))


def test_plots_are_created_once_the_panel_has_been_painted(qtbot, session, make_run):
    panel = TrainPanel(session)
    qtbot.addWidget(panel)
    session.run = make_run(5)
    assert panel.findChild(QWidget, "lossPlot") is None
    panel.show()
    qtbot.waitUntil(lambda: panel.findChild(QWidget, "lossPlot") is not None)
    assert panel.findChild(QWidget, "lossPlot").isVisible()


def test_the_log_button_works_before_the_plots_exist(qtbot, session, make_run):
    panel = TrainPanel(session)
    qtbot.addWidget(panel)
    panel.findChild(QToolButton, "logScaleButton").click()
    panel.ensure_plots()
    assert panel.findChild(EpochPlot, "lossPlot").is_log


def test_a_closed_panel_leaves_no_timer_and_no_plot(qapp, session, make_run):
    panel = TrainPanel(session)
    panel.show()
    panel.ensure_plots()
    run = make_run(700)
    session.run = run
    advance(run, 10)
    session.advance_run()
    plots = [weakref.ref(plot) for plot in panel.findChildren(EpochPlot)]
    timers = panel.findChildren(QTimer)
    panel.close()
    assert not any(timer.isActive() for timer in timers)
    panel.deleteLater()
    del panel, timers
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    session.advance_run()
    session.run = None
    qapp.processEvents()
    assert not any(isValid(plot()) for plot in plots if plot() is not None)


def test_a_failure_is_no_longer_shown_once_the_recipe_is_changed(panel, session, make_run):
    run = make_run(3)
    run.add(TrainingEnded(error=DigitLabError("The loss is not a number.")))
    session.run = run
    assert progress(panel)[0] == "The loss is not a number."
    session.recipe = replace(session.recipe, source="mnist")
    assert progress(panel)[0] == "Ready to train."
    assert not panel.findChild(QLabel, "progressHeadline").property("problem")
    failed_again = make_run(5)
    failed_again.add(TrainingEnded(error=DigitLabError("There is not enough memory.")))
    session.run = failed_again
    assert progress(panel)[0] == "There is not enough memory."


def test_what_train_trains_is_said_beside_it(panel, session):
    label = panel.findChild(QLabel, "trainedNetwork")
    assert label.text() == "Trains “Tutorial” with 62,346 parameters."
    session.recipe = replace(session.recipe, spec=PRESETS["one-conv"])
    assert label.text() == "Trains “One convolution” with 832 parameters."
    assert not label.property("problem")
    session.unapplied_edits = ("conv1 filters", "loss")
    assert label.text() == (
        "Not applied: conv1 filters and loss. Train uses the last valid network, with 832 parameters."
    )
    assert label.property("problem")
    session.unapplied_edits = ()
    assert label.text() == "Trains “One convolution” with 832 parameters."
