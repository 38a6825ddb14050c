"""Which actions are available: those that have something to act on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QAbstractButton

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.gui.actions import shipped_action
from digitlab.gui.session.values import Task, TrainingState
from digitlab.model.presets import PRESETS, TUTORIAL
from digitlab.runs.run_file import read_run
from digitlab.system.assets import model_path, shipped_model_names
from tests.helpers.networks import random_snapshot
from tests.helpers.trainings import run_of, started_training, summary_of

IDLE_ONLY = {"reset", "newSeed", "continueTraining", *map(shipped_action, shipped_model_names())}
NEED_RUNS = {"openLast", "openEarlier"}
NEED_SNAPSHOTS = {"play", "earlier", "later", "newest"}
NEED_A_SKETCH = {"clear", "copyImage", "saveDrawing"}
KEEP_AS = {f"keepAs{digit}" for digit in range(10)}
NEVER_DONE = {"undo", "redo", "swap"}
NEED_EDITS = {"undoEdit", "redoEdit", "resetEdits"}
AT_FIRST = {"explainBack", "explainForward", *NEVER_DONE, *NEED_RUNS, *NEED_SNAPSHOTS, *NEED_EDITS, *KEEP_AS}
"""Without a run, with an example on the canvas."""


def disabled_actions(window):
    return {name for name, action in window.actions_by_name.items() if not action.isEnabled()}


@pytest.mark.parametrize(
    ("state", "disabled"),
    [
        (TrainingState.IDLE, {"stop"}),
        (TrainingState.PREPARING, {"train", *IDLE_ONLY}),
        (TrainingState.RUNNING, IDLE_ONLY),
        (TrainingState.PAUSED, IDLE_ONLY),
        (TrainingState.STOPPING, {"train", "stop", *IDLE_ONLY}),
    ],
)
def test_unavailable_actions_are_disabled(window, state, disabled):
    window.session.training_state = state
    assert disabled_actions(window) - {"copyImage"} == {*AT_FIRST, *disabled}
    window.session.training_state = TrainingState.IDLE


def test_actions_with_nothing_to_act_on_are_disabled(qtbot, window, tutorial):
    qtbot.waitUntil(lambda: disabled_actions(window) == {*AT_FIRST, "stop"})  # the example was recognized
    window.session.sketch = Sketch()
    qtbot.waitUntil(lambda: disabled_actions(window) == {*AT_FIRST, *NEED_A_SKETCH, "stop"})
    window.session.sketch = Sketch(drawing=builtin_drawing(7, builtin_styles(7)[0]))
    qtbot.waitUntil(lambda: disabled_actions(window) == {*AT_FIRST, "stop"} - KEEP_AS)
    window.session.sketch = Sketch(picture=Picture(np.zeros((28, 28), np.uint8), "a picture"))
    qtbot.waitUntil(lambda: disabled_actions(window) == {*AT_FIRST, "saveDrawing", "stop"})
    window.session.replay = replace(window.session.replay, pinned=tutorial)
    assert "swap" not in disabled_actions(window)


def test_actions_on_snapshots_need_one_in_that_direction(qtbot, window, tutorial):
    run = read_run(model_path("tutorial"))
    window.session.open_network(tutorial, run)
    assert disabled_actions(window) & NEED_SNAPSHOTS == {"later"}
    window.controllers.replay.show_index(0)
    qtbot.waitUntil(lambda: disabled_actions(window) & NEED_SNAPSHOTS == {"earlier"})
    window.controllers.replay.show_index(3)
    qtbot.waitUntil(lambda: not disabled_actions(window) & NEED_SNAPSHOTS)


def test_actions_on_predictions_need_a_network_that_makes_some(qtbot, window):
    maps = random_snapshot(PRESETS["one-conv"])
    window.session.open_network(maps, None)
    assert {"evaluate", "continueTraining"} <= disabled_actions(window)
    window.session.evaluation = replace(window.session.evaluation, task=Task.EVALUATE)
    window.session.open_network(random_snapshot(TUTORIAL), None)
    assert "evaluate" in disabled_actions(window)
    window.session.evaluation = replace(window.session.evaluation, task=Task.NONE)
    qtbot.waitUntil(lambda: not {"evaluate", "continueTraining"} & disabled_actions(window))


def test_the_actions_on_runs_need_so_many(window):
    run = run_of(started_training())
    for count, disabled in ((0, NEED_RUNS), (1, {"openEarlier"}), (2, set())):
        window.session.kept.set_runs(
            tuple(summary_of(run, Path(f"/runs/{number}.digitlab-run")) for number in range(count))
        )
        assert disabled_actions(window) & NEED_RUNS == disabled


def test_the_buttons_of_the_time_bar_agree_with_their_actions(qtbot, window, tutorial):
    actions = {
        "playButton": "play",
        "newestButton": "newest",
        "swapButton": "swap",
        "continueButton": "continueTraining",
    }

    def agree():
        buttons = {button.objectName(): button for button in window.time_bar.findChildren(QAbstractButton)}
        return all(buttons[name].isEnabled() == window.actions_by_name[actions[name]].isEnabled() for name in actions)

    qtbot.waitUntil(agree)
    window.session.open_network(tutorial, read_run(model_path("tutorial")))
    qtbot.waitUntil(agree)
    window.session.training_state = TrainingState.RUNNING
    qtbot.waitUntil(agree)
    window.session.training_state = TrainingState.IDLE
    window.session.open_network(random_snapshot(PRESETS["two-conv"]), None)
    qtbot.waitUntil(agree)
