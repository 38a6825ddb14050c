"""Every lesson is played from its first step to its end by clicks and keys, with wrong answers and right ones."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from digitlab.gui.lessons.text_view import TextView
from digitlab.lessons.answers import click_target, right_change, right_option
from digitlab.lessons.controls import CONTROLS
from digitlab.lessons.lesson import ChangeQuestion, ClickQuestion, Question, Task, ValueQuestion
from digitlab.lessons.reading.reader import read_lesson
from digitlab.lessons.reading.shipped import shipped_lessons
from tests.helpers.clipping import clipped_texts
from tests.helpers.lesson_player import LessonPlayer
from tests.helpers.panels import settle, wait

LESSONS = [headline.path for headline in shipped_lessons()]
SMALLEST = (960, 600)


@pytest.fixture
def player(window):
    window.place_dock()
    window.panels.release()
    return LessonPlayer(window)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_played_in_a_small_window(player, path):
    player.window.resize(*SMALLEST)
    lesson = read_lesson(path)
    problems = []

    def look(name):
        view = player.panel._view
        texts = [one for one in view.findChildren(TextView) if one.isVisible()]
        assert all(one.document().idealWidth() <= one.viewport().width() + 1 for one in texts), name
        clipped = clipped_texts(view)
        for _ in range(20):  # a text that has just come needs a moment to be laid out
            if clipped:
                settle(50)
                clipped = clipped_texts(view)
        problems.extend(clipped)

    player.play(lesson, look)
    assert problems == []
    assert (player.window.width(), player.window.height()) == SMALLEST
    assert player.panel.lesson is None  # back in the list
    progress = player.panel.progress.of(lesson.name)
    assert progress.is_complete(len(lesson.steps))
    exercises = {nth for nth, step in enumerate(lesson.steps) if step.exercise is not None}
    assert progress.solved == exercises
    assert not player.window.messages.text


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_whoever_has_everything_shown_gets_through_too(player, path):
    lesson = read_lesson(path)
    player.open(lesson)
    for step in lesson.steps:
        wait(lambda step=step: player.is_at(step))
        settle(100)
        if step.exercise is not None:
            player.click("lessonShow")
            player.wait(lambda: not player.panel._view._exercise.is_open, f"“{step.title}” is shown")
            if not step.exercise.explanation.is_empty:
                assert player.text("lessonExplanation")
        player.click("lessonNext")
    assert player.panel.progress.of(lesson.name).solved == frozenset()


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_control_that_a_lesson_highlights_is_on_screen(player, path):
    player.window.resize(1280, 800)
    lesson = read_lesson(path)
    player.open(lesson)
    for step in lesson.steps:
        wait(lambda step=step: player.is_at(step))
        settle(100)
        for name in step.highlight:
            control = player.panel._stage.control(name)
            assert control is not None, f"{name} in “{step.title}”"
            frame = player.panel._highlight
            player.wait(frame.isVisible, f"the frame around {name} in “{step.title}”")
            assert frame.target is control
            assert frame.geometry().contains(control.mapTo(player.window, control.rect().center()))
        player.click("lessonNext")


def test_each_name_of_a_control_stands_for_one_in_the_window(player):
    for page in ("explainSum", "explainSlide", "explainSandbox", "explainWhatIf"):
        player.window.panels.explain.panel().findChild(QAbstractButton, page).click()
    for tab in player.window.panels.by_name.values():
        tab.panel()
    missing = {name for name, found in CONTROLS.items() if player.window.findChild(QWidget, found) is None}
    assert missing == set()


def test_a_lesson_is_played_with_the_keyboard_alone(player):
    """Tab, Shift+Tab, Space, Enter and typing reach everything."""
    lesson = read_lesson(LESSONS[0])
    QTest.keyClick(player.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    settle(100)
    assert QApplication.focusWidget().objectName() == "lesson0"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    wait(lambda: player.is_at(lesson.steps[0]))
    settle(200)
    tab_to("lessonAnswer")
    QTest.keyClicks(QApplication.focusWidget(), "28 x 28")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    settle(100)
    assert player.find(QWidget, "lessonVerdict").text() == "✓ Correct: 784"
    assert QApplication.focusWidget().objectName() == "lessonNext"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    wait(lambda: player.is_at(lesson.steps[1]))
    settle(100)
    tab_to("lessonShow")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    wait(lambda: not player.panel._view._exercise.is_open)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    wait(lambda: player.is_at(lesson.steps[2]))
    settle(100)
    assert QApplication.focusWidget().objectName() == "lessonAnswer"
    tab_to("lessonWhere")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert QApplication.focusWidget().objectName() == "networkView"
    tab_to("lessonList")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    assert player.panel.lesson is None


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_lesson_is_played_from_start_to_end_with_keys_alone(player, path):
    """The focus is always in sight, and after each step on the first thing to do in the next one."""
    player.window.resize(*SMALLEST)
    settle(100)
    lesson = read_lesson(path)
    press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier, player.window)
    settle(100)
    tab_to(f"lesson{LESSONS.index(path)}")
    press(Qt.Key.Key_Return)
    for step in lesson.steps:
        wait(lambda step=step: player.is_at(step))
        settle(200)
        focus_is_in_sight(player)
        answer_with_keys(player, step.exercise)
        player.wait(lambda: not player.panel._view._exercise.is_open, f"the exercise of “{step.title}” is solved")
        settle(150)
        focus_is_in_sight(player)
        assert QApplication.focusWidget().objectName() == "lessonNext", step.title
        press(Qt.Key.Key_Return)
    settle(100)
    assert player.panel.lesson is None
    assert QApplication.focusWidget().objectName().startswith("lesson")
    focus_is_in_sight(player)
    assert player.panel.progress.of(lesson.name).is_complete(len(lesson.steps))


def press(key, modifier=Qt.KeyboardModifier.NoModifier, widget=None):
    QTest.keyClick(widget or QApplication.focusWidget(), key, modifier)


def focus_is_in_sight(player):
    focus = QApplication.focusWidget()
    assert focus is not None
    assert player.panel.isAncestorOf(focus), focus.objectName()
    assert not focus.visibleRegion().isEmpty(), focus.objectName()


def answer_with_keys(player, exercise):
    """Answer a question by keys; have the task shown, for drawing takes a mouse or pen."""
    focus = QApplication.focusWidget().objectName()
    match exercise:
        case Task():
            assert focus in ("lessonWhere", "lessonNext")
            tab_to("lessonShow")
            press(Qt.Key.Key_Return)
        case Question(kind=ValueQuestion()):
            assert focus == "lessonAnswer"
            player.right_answer(exercise)()
            press(Qt.Key.Key_Return)
        case Question(kind=ClickQuestion()):
            assert focus == "lessonWhere"
            press(Qt.Key.Key_Return)
            choose_with_arrows(player, *click_target(exercise.kind, player.scene))
            press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
            settle(50)
            tab_to("lessonCheck")
            press(Qt.Key.Key_Return)
        case Question(kind=kind):
            assert focus == "lessonChoice0"
            is_change = isinstance(kind, ChangeQuestion)
            right = right_change(kind, player.scene) if is_change else right_option(kind, player.scene).label
            press(Qt.Key.Key_Space)
            while QApplication.focusWidget().text() != right:
                press(Qt.Key.Key_Down)
            press(Qt.Key.Key_Return)


def choose_with_arrows(player, layer, numbers):
    """Go down and up through the columns of tiles until one is chosen."""
    wanted = (player.scene.layer(layer), numbers[0])
    ways, before = [Qt.Key.Key_Down, Qt.Key.Key_Up], None
    for _ in range(200):
        chosen = player.scene.chosen
        here = None if chosen is None else (chosen.layer, chosen.unit[-1])
        if here == wanted:
            return
        if here is not None and here == before:  # the end of a column
            press(Qt.Key.Key_Right)
            ways.reverse()
        else:
            press(ways[0])
        before = here
        settle(10)
    raise AssertionError(f"the arrow keys never reach {layer}, {numbers}")


def tab_to(name):
    for _ in range(120):
        focus = QApplication.focusWidget()
        if focus.objectName() == name:
            return
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never reaches {name}")


def test_a_control_behind_the_lessons_is_brought_to_the_front(player):
    player.window.resize(*SMALLEST)
    settle(100)
    lesson = read_lesson(LESSONS[0])
    player.open(lesson)
    player.click("lessonNext")
    wait(lambda: player.is_at(lesson.steps[1]))
    settle(100)
    assert player.find(QWidget, "lessonWhere").text() == "Show the canvas"
    player.click("lessonWhere")
    settle(100)
    assert QApplication.focusWidget() is player.window.draw.canvas
    assert not player.window.draw.canvas.visibleRegion().isEmpty()
    player.window.resize(1280, 800)
    settle(300)
    player.window.actions_by_name["lessons"].trigger()
    settle(300)
    assert player.find(QWidget, "lessonWhere").text() == "Look at: canvas"


def test_a_step_that_goes_on_below_says_so_until_its_end_is_in_sight(player):
    player.window.resize(*SMALLEST)
    settle(100)
    player.open(read_lesson(LESSONS[8]))
    settle(200)
    bar = player.find(QWidget, "lessonScroll").verticalScrollBar()
    assert bar.maximum() > bar.value() == 0
    for _ in range(5):
        if bar.value() < bar.maximum():
            player.click("lessonMore")
            settle(50)
    assert bar.value() == bar.maximum()
    assert [one for one in player.panel.findChildren(QWidget, "lessonMore") if one.isVisible()] == []
    player.window.resize(1280, 800)
    settle(300)
    assert [one for one in player.panel.findChildren(QWidget, "lessonMore") if one.isVisible()] == []


def test_a_control_in_another_tab_is_shown_again(player):
    lesson = read_lesson(LESSONS[3])
    player.open(lesson)
    player.click("lessonShow")  # which shows the tab Network
    player.wait(lambda: player.find(QWidget, "lessonWhere").text() == "Show the sliding window", "the link says so")
    assert player.scene.tab == "network"
    player.click("lessonWhere")
    settle(100)
    assert (player.scene.tab, player.scene.page) == ("explain", "sliding window")


def test_leaving_and_coming_back_keeps_the_place(player):
    lesson = read_lesson(LESSONS[0])
    player.open(lesson)
    player.find(QLineEdit, "lessonAnswer").setText("784")
    for _ in range(2):
        player.click("lessonNext")
        settle(200)
    player.click("closeLessonsButton")
    settle(50)
    assert not player.panel._highlight.isVisible()
    player.window.actions_by_name["lessons"].trigger()
    settle(100)
    assert player.is_at(lesson.steps[2])
    player.click("lessonList")
    player.panel.open_lesson(lesson.path)
    wait(lambda: player.is_at(lesson.steps[2]))
    player.click("lessonBack")
    wait(lambda: player.is_at(lesson.steps[1]))


def test_a_lesson_says_when_another_network_is_on_screen_and_sets_up_its_own_again(player, tmp_path):
    texts, data = tmp_path / "own.md", tmp_path / "own.yaml"
    texts.write_text("# Own\n## Dense\nIt has {{units(dense)}} units.\n### Question\nHow many?\n")
    data.write_text("steps:\n  Dense:\n    set up: {network: tutorial}\n    question: {value: units(dense)}\n")
    player.open(read_lesson(texts))
    assert player.text("lessonText") == "It has 10 units."
    player.window.actions_by_name["openPen"].trigger()
    wait(lambda: player.window.session.network_name == "Pen and paper")
    settle(300)
    assert "has no layer dense. Its layers are" in player.find(QWidget, "lessonTrouble").text()
    player.click("lessonSetUp")
    wait(lambda: player.window.session.network_name == "Tutorial")
    settle(300)
    assert [one for one in player.panel.findChildren(QWidget, "lessonTrouble") if one.isVisible()] == []
    player._typing("10")()
    player.click("lessonCheck")
    assert player.find(QWidget, "lessonVerdict").text() == "✓ Correct: 10"


def test_a_task_waits_for_what_it_asks_and_blocks_nothing(player):
    lesson = read_lesson(LESSONS[0])
    task = lesson.steps[1]
    assert isinstance(task.exercise, Task)
    player.open(lesson)
    player.click("lessonNext")
    wait(lambda: player.is_at(task))
    settle(100)
    assert player.panel._view._exercise.is_open
    for name in ("showTrain", "showRuns", "clear"):
        player.window.actions_by_name[name].trigger()
        settle(100)
    assert player.panel._view._exercise.is_open
    player.click("lessonNext")
    wait(lambda: player.is_at(lesson.steps[2]))
