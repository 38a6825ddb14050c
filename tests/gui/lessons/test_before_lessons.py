"""What the person had on screen comes back after a lesson, and what a crash must not lose is saved at each step."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.session.values import TrainingState
from digitlab.lessons.arrangements import SwitchOff, read_where
from digitlab.lessons.planning import read_plan
from digitlab.lessons.progress import AllProgress
from digitlab.lessons.reading.reader import read_lesson
from digitlab.lessons.reading.shipped import shipped_lessons
from digitlab.system.settings import load_settings
from tests.helpers.lesson_player import LessonPlayer
from tests.helpers.panels import settle, wait

FIRST, STRIDE = (read_lesson(shipped_lessons()[nth].path) for nth in (0, 3))


@pytest.fixture
def player(window):
    window.place_dock()
    window.panels.release()
    return LessonPlayer(window)


@pytest.fixture
def own(player):
    """What the person has on screen: a drawing, an edited network, a plan and a tab."""
    window, session = player.window, player.window.session
    window.actions_by_name["openPen"].trigger()
    wait(lambda: session.network_name == "Pen and paper" and session.run is not None)
    window.features.editor.replace(Sketch(builtin_drawing(3, builtin_styles(3)[0])), "drawing", is_own=True)
    switch_off(player, "conv1, 3")
    window.controllers.replay.show_index(1)
    spec = read_plan("conv1, stride, 2").spec(player.scene)
    player.panel._stage._set_plan(spec)
    window.panels.show_tab("showTrain")
    settle(100)
    return {
        "drawing": session.sketch,
        "network": session.snapshot.original,
        "edits": session.edits,
        "plan": spec,
        "tab": "showTrain",
    }


def switch_off(player, where):
    edits = SwitchOff(read_where(where)).edits(player.scene, player.window.session.edits)
    player.window.controllers.network_editor.change(edits, "switching off")


def on_screen(player):
    session = player.window.session
    return {
        "drawing": session.sketch,
        "network": session.snapshot.original,
        "edits": session.edits,
        "plan": session.recipe.spec,
        "tab": player.window.panels.shown,
    }


def go(player, steps):
    for _ in range(steps):
        before = player.panel._nth
        player.click("lessonNext")
        wait(lambda before=before: player.panel._nth == before + 1 and player.panel._is_begun)
        settle(50)


def test_what_was_on_screen_comes_back_from_the_list_of_lessons(player, own):
    player.open(STRIDE)
    go(player, 2)
    assert on_screen(player) != own
    player.click("lessonList")
    settle(50)
    player.click("lessonRestore")
    settle(100)
    assert on_screen(player) == own
    assert player.window.session.network_name == "Pen and paper, edited"
    assert [one for one in player.panel.findChildren(QWidget, "lessonRestore") if one.isVisible()] == []
    assert not player.window.messages.text.startswith("Tutorial was edited")
    player.window.features.editor.undo()  # and the lesson's drawing by undo
    assert player.window.session.sketch is not own["drawing"]


def test_closing_the_lessons_offers_to_bring_it_back_and_keeps_the_place(player, own):
    player.open(FIRST)
    go(player, 3)
    switch_off(player, "conv1, 5")
    assert player.window.session.network_name == "Tutorial, edited"
    player.click("closeLessonsButton")
    settle(50)
    assert "Something else was on screen" in player.window.messages.text
    bring = next(one for one in player.window.findChildren(QPushButton, "messageOption") if one.isVisible())
    QTest.mouseClick(bring, Qt.MouseButton.LeftButton)
    settle(100)
    assert on_screen(player) == own
    player.window.actions_by_name["lessons"].trigger()
    settle(100)
    assert player.is_at(FIRST.steps[3])


def test_whoever_draws_between_two_lessons_gets_that_back(player, own):
    player.open(FIRST)
    player.click("lessonList")
    drawn = Sketch(builtin_drawing(8, builtin_styles(8)[0]))
    player.window.features.editor.replace(drawn, "drawing", is_own=True)
    player.open(STRIDE)
    player.click("lessonList")
    player.click("lessonRestore")
    settle(100)
    assert on_screen(player) == own | {"drawing": drawn}


def test_nothing_is_replaced_while_a_training_is_in_progress(player, own):
    player.open(FIRST)
    player.click("lessonList")
    player.window.session.training_state = TrainingState.RUNNING
    before = on_screen(player)
    player.click("lessonRestore")
    assert "Training is in progress" in player.window.messages.text
    assert on_screen(player) == before
    player.window.session.training_state = TrainingState.IDLE
    player.click("lessonRestore")
    settle(50)
    assert on_screen(player) == own


def test_nothing_is_offered_before_a_lesson_has_changed_anything(player):
    player.window.actions_by_name["lessons"].trigger()
    settle(50)
    assert [one for one in player.panel.findChildren(QWidget, "lessonRestore") if one.isVisible()] == []
    player.click("closeLessonsButton")
    assert not player.window.messages.text


def test_each_step_is_saved_at_once_so_that_a_crash_loses_nothing(player):
    player.open(FIRST)
    go(player, 2)
    player.right_answer(FIRST.steps[2].exercise)()
    player.click("lessonCheck")
    name = FIRST.name
    wait(lambda: AllProgress.of_texts(load_settings().lesson_progress).of(name).solved == {2})
    saved = load_settings()
    assert AllProgress.of_texts(saved.lesson_progress) == player.panel.progress
    assert (saved.lessons, saved.lesson) == ("shown", str(FIRST.path))
    assert saved.colour_scheme == player.window.last_settings.colour_scheme  # all else is as it was
