"""Edits of the network on screen: the slider, training, other networks and the pinned one; undo and redo."""

import numpy as np
import pytest
from PySide6.QtWidgets import QPushButton

from digitlab.gui.messages import MessageBar, Messages
from digitlab.gui.replay.controller import ReplayController
from digitlab.gui.session import available
from digitlab.gui.session.network_editor import NetworkEditor
from digitlab.gui.session.session import Session
from digitlab.gui.session.timeline import position_of, snapshots_of
from digitlab.gui.session.values import Recipe, TrainingState
from digitlab.model.edits import Edits, Noise, Unit, Weight
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run import Run
from digitlab.training.config import TrainingConfig
from digitlab.training.events import BatchEnded, OptimizerStart, Origin, SnapshotTaken, TrainingStarted
from tests.helpers.networks import random_snapshot, small_spec

SPEC = small_spec()
OFF = Edits().with_off([Unit(0, 1)])


def _snapshot(step: int) -> Snapshot:
    return Snapshot(SPEC, random_snapshot(SPEC, step).weights, step, step / 10)


def _run(*steps: int, origin: Origin | None = None) -> Run:
    run = Run(TrainingStarted(SPEC, TrainingConfig(), "digits", 1000, 100, validates_on_test=True, origin=origin))
    for step in steps:
        run.add(SnapshotTaken(_snapshot(step), is_kept=True))
    return run


@pytest.fixture
def session(qapp):
    session = Session(_snapshot(20), Recipe())
    run = _run(0, 5, 20)
    session.open_network(run.snapshots[-1], run, "Small")
    return session


@pytest.fixture
def replay(session, qapp):
    return ReplayController(session, qapp)


@pytest.fixture
def bar(qtbot):
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def editor(session, bar):
    return NetworkEditor(session, Messages(bar), bar)


def _is_off(session: Session) -> bool:
    return bool(session.snapshot.off_units(0)[1])


def test_edits_change_the_snapshot_on_screen_but_not_its_place_in_the_run(session):
    newest = session.newest
    session.edit(OFF)
    assert _is_off(session)
    assert session.snapshot is not newest
    assert session.newest is newest
    assert session.has_snapshot(session.snapshot)
    assert position_of(snapshots_of(session.run, newest), session.snapshot) == 2
    assert available.can_go_back(session)
    assert not available.can_go_forward(session)
    session.edit(Edits())
    assert session.snapshot is newest


def test_the_name_says_that_the_network_is_edited(session):
    session.kept.open_changed.emit()
    name = session.network_name
    session.edit(OFF)
    assert session.network_name == f"{name}, edited"
    session.edit(Edits())
    assert session.network_name == name


def test_edits_stay_as_the_slider_moves(session, replay):
    session.edit(OFF)
    replay.show_index(1)
    assert session.snapshot.step == 5
    assert session.snapshot.original is session.run.snapshots[1]
    assert _is_off(session)
    replay.step_by(-1)
    assert (session.snapshot.step, _is_off(session)) == (0, True)
    replay.show_newest()
    assert session.replay.is_following
    session.edit(Edits())
    assert session.snapshot is session.newest


def test_showing_the_snapshot_on_screen_again_changes_nothing(session, replay, qtbot):
    session.edit(OFF)
    with qtbot.assertNotEmitted(session.snapshot_changed):
        replay.show_newest()


def test_a_training_is_followed_with_the_edits(session):
    run = _run(0, 5)
    session.begin_run(run)
    session.advance(run.snapshots[-1])
    session.edit(OFF)
    snapshot = _snapshot(9)
    session.advance(snapshot)
    assert session.newest is snapshot
    assert session.snapshot.original is snapshot
    assert _is_off(session)
    assert not np.array_equal(session.snapshot.weights[0][0], snapshot.weights[0][0])
    assert np.array_equal(session.snapshot.weights[3][0], snapshot.weights[3][0])


def test_another_network_ends_the_edits_and_says_which(session, qtbot):
    session.edit(OFF)
    edited = session.snapshot
    other, run = _snapshot(3), session.run
    with qtbot.waitSignal(session.edits_ended) as ended:
        session.open_network(other, None, "Other")
    assert session.snapshot is other
    assert session.edits.is_empty
    (told,) = ended.args
    assert (told.edits, told.original, told.run) == (OFF, edited.original, run)
    assert not told.is_trained
    assert session.network_name == "Other"


def test_a_pinned_edited_network_keeps_its_name_when_another_is_opened(session, replay):
    session.edit(OFF)
    name = session.network_name
    replay.pin_or_unpin()
    session.open_network(_snapshot(3), None, "Other")
    assert session.name_of(session.replay.pinned) == name


def test_without_edits_another_network_ends_none(session, qtbot):
    with qtbot.assertNotEmitted(session.edits_ended):
        session.open_network(_snapshot(3), None, "Other")


def test_a_training_from_the_edited_network_ends_the_edits_in_its_weights(session, editor, qtbot):
    editor.change(OFF, "switching off")
    edited = session.snapshot
    run = _run(origin=Origin("Small, edited", 20, 2.0, OptimizerStart.FRESH))
    with qtbot.waitSignal(session.edits_ended) as ended:
        session.begin_run(run)
    assert ended.args[0].is_trained
    first = Snapshot(SPEC, edited.weights, 20, 2.0)
    run.add(SnapshotTaken(first, is_kept=True))
    session.advance(first)
    assert session.snapshot is first
    assert _is_off(session)
    assert not editor.stack.canUndo()


def test_the_run_that_is_added_at_the_start_keeps_the_edits(session):
    session.open_network(session.newest, None, "Small")
    session.edit(OFF)
    run = _run(0, 5, 20)
    session.open_network(run.snapshots[-1], run, "Small", is_at_start=True)
    assert _is_off(session)
    assert session.snapshot.original is run.snapshots[-1]


def test_an_edited_network_can_be_pinned_beside_the_unedited_one(session, replay):
    session.edit(OFF)
    edited = session.snapshot
    replay.pin_or_unpin()
    session.edit(Edits())
    assert session.replay.pinned is edited
    replay.swap()
    assert session.snapshot is edited
    assert session.edits == OFF
    assert session.replay.pinned is session.newest
    assert session.replay.is_following
    replay.swap()
    assert session.snapshot is session.newest
    assert session.edits.is_empty


# Undo


def test_every_change_can_be_undone_and_redone(session, editor):
    weight = Weight(0, 0, (1, 1, 0, 0))
    states = [OFF, OFF.with_weights({weight: 0.5}), Edits(bits=2)]
    for edits in states:
        editor.change(edits, "editing")
    editor.reset()
    assert session.edits.is_empty
    for edits in reversed(states):
        editor.undo()
        assert session.edits == edits
    editor.undo()
    assert session.snapshot is session.newest
    assert not editor.stack.canUndo()
    for edits in states:
        editor.redo()
        assert session.edits == edits


def test_a_change_is_shown_once(session, editor):
    shown = []
    session.snapshot_changed.connect(lambda: shown.append(session.snapshot))
    editor.change(OFF, "switching off")
    assert shown == [session.snapshot]
    editor.grow(OFF)
    editor.finish("nothing")
    assert shown == [session.snapshot]


def test_what_grows_becomes_one_command(session, editor):
    for strength in (0.1, 0.2, 0.3):
        editor.grow(Edits(noise=Noise(strength)))
    editor.finish("noise")
    assert editor.stack.count() == 1
    assert editor.stack.undoText() == "noise"
    editor.undo()
    assert session.edits.is_empty
    editor.redo()
    assert session.edits.noise.strength == 0.3


def test_undo_during_a_stroke_takes_the_stroke_back(session, editor):
    editor.change(OFF, "switching off")
    editor.grow(OFF.with_weights({Weight(0, 0, (0, 0, 0, 0)): 1.0}))
    editor.undo()
    assert session.edits == OFF
    assert editor.stack.count() == 1


def test_nothing_to_finish_or_reset_is_no_command(session, editor):
    editor.finish("noise")
    editor.reset()
    editor.change(Edits(), "nothing")
    assert editor.stack.count() == 0


def test_undo_brings_back_the_edits_that_another_network_of_these_layers_ended(session, editor):
    editor.change(OFF, "switching off")
    session.open_network(_snapshot(3), None, "Other")
    editor.undo()
    assert session.edits == OFF
    assert session.snapshot.step == 3


def test_a_network_with_other_layers_clears_what_can_be_undone(session, editor, tutorial):
    editor.change(OFF, "switching off")
    editor.reset()
    session.open_network(tutorial, None, "Tutorial")
    assert not editor.stack.canUndo()
    assert session.snapshot is tutorial


def test_swapping_with_the_pinned_network_can_be_undone(session, editor, replay):
    replay.pin_or_unpin()
    editor.change(OFF, "switching off")
    replay.swap()
    assert session.edits.is_empty
    editor.undo()
    assert session.edits == OFF


def test_edits_that_do_not_fit_are_not_shown(session, editor):
    editor.change(Edits().with_off([Unit(0, 99)]), "too many")
    assert session.edits.is_empty
    assert editor.stack.count() == 0


def test_a_training_of_batches_keeps_the_edits(session):
    session.edit(OFF)
    session.run.add(BatchEnded(1, 1.0, 0.5, 0.1))
    session.advance_run()
    assert _is_off(session)


# Another network


def _options(bar) -> dict[str, QPushButton]:
    return {button.text(): button for button in bar.findChildren(QPushButton, "messageOption")}


def test_the_edits_of_another_network_can_be_applied_to_this_one(session, editor, bar):
    editor.change(OFF, "switching off")
    session.open_network(_snapshot(3), None, "Other")
    assert "1 filter or unit off" in bar.text
    _options(bar)["Apply the edits here"].click()
    assert session.snapshot.step == 3
    assert session.edits == OFF


def test_one_can_go_back_to_the_edited_network_with_its_run(session, editor, bar, tutorial):
    run, name = session.run, session.network_name
    editor.change(OFF, "switching off")
    session.open_network(tutorial, None, "Tutorial")
    options = _options(bar)
    assert list(options) == ["Go back to it"]
    options["Go back to it"].click()
    assert session.run is run
    assert session.edits == OFF
    assert session.network_name == f"{name}, edited"
    assert session.snapshot.original is run.snapshots[-1]


def test_one_cannot_go_back_during_a_training(session, editor, bar, tutorial):
    editor.change(OFF, "switching off")
    session.open_network(tutorial, None, "Tutorial")
    session.training_state = TrainingState.RUNNING
    _options(bar)["Go back to it"].click()
    assert session.snapshot is tutorial
    assert "Training is in progress" in bar.text


def test_a_training_from_the_edited_network_offers_nothing(session, editor, bar):
    editor.change(OFF, "switching off")
    session.begin_run(_run(origin=Origin("Small, edited", 20, 2.0, OptimizerStart.FRESH)))
    assert not bar.text
