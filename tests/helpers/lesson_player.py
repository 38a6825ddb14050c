"""Plays a lesson in the real window as a person does: by clicks and keys, with wrong answers and right ones."""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QRadioButton, QWidget

from digitlab.gui.app.driver import Driver
from digitlab.gui.lessons.panel import LessonsPanel
from digitlab.gui.lessons.text_view import TextView
from digitlab.gui.main_window import MainWindow
from digitlab.lessons.answers import CHANGES, click_target, right_change, right_option
from digitlab.lessons.arrangements import (
    PAGES,
    TABS,
    Arrangement,
    ShowDrawing,
    ShowEpoch,
    ShowPage,
    ShowPlace,
    ShowTab,
    SwitchOff,
)
from digitlab.lessons.kinds import text_of
from digitlab.lessons.lesson import (
    ChangeQuestion,
    ChoiceQuestion,
    ClickQuestion,
    Lesson,
    Question,
    Step,
    Task,
    ValueQuestion,
)
from digitlab.lessons.planning import PlanNetwork
from digitlab.lessons.scene import Scene
from tests.helpers.panels import settle, wait

_KEYS = str.maketrans({"×": "x", "−": "-"})
"""What keyboards have instead."""


class LessonPlayer:
    """Plays lessons in a window."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    @property
    def panel(self) -> LessonsPanel:
        return self.window.features.lessons.panel

    @property
    def scene(self) -> Scene:
        return self.panel._stage.scene()

    def find(self, kind: type[QWidget], name: str) -> QWidget:
        found = [one for one in self.window.findChildren(kind, name) if one.isVisible()]
        assert found, f"{name} is not on screen"
        return found[-1]

    def wait(self, is_done: Callable[[], bool], what: str) -> None:
        for _ in range(100):
            if is_done():
                return
            settle(50)
        verdict = [one.text() for one in self.panel.findChildren(QWidget, "lessonVerdict")]
        raise AssertionError(f"never: {what}; {verdict}")

    def text(self, name: str) -> str:
        return self.find(TextView, name).plain  # type: ignore[attr-defined]

    def click(self, name: str) -> None:
        button = self.find(QAbstractButton, name)
        assert button.isEnabled(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def open(self, lesson: Lesson) -> None:
        """Open a lesson from the list."""
        self.window.actions_by_name["lessons"].trigger()
        self.panel.show_list()
        self.panel.open_lesson(lesson.path)
        wait(lambda: self.is_at(lesson.steps[0]))
        settle(200)

    def is_at(self, step: Step) -> bool:
        titles = [one.text() for one in self.panel.findChildren(QWidget, "lessonStepTitle")]
        return titles == [step.title] and self.panel._view.isVisible()

    def play(self, lesson: Lesson, look: Callable[[str], object] = lambda name: None) -> None:
        """Play a lesson from its first step to its end, with wrong answers first."""
        self.open(lesson)
        for nth, step in enumerate(lesson.steps):
            wait(lambda step=step: self.is_at(step))
            settle(150)
            assert step.text.is_empty or self.text("lessonText")
            look(f"{nth}")
            self.exercise(step, lambda name, nth=nth: look(f"{nth}-{name}"))
            assert self.find(QAbstractButton, "lessonNext").text() in ("Next", "Finish")
            self.click("lessonNext")

    def exercise(self, step: Step, look: Callable[[str], object] = lambda name: None) -> None:
        """Answer the question of the step on screen, or do its task."""
        if isinstance(step.exercise, Question):
            for answer, hint in self.wrong_answers(step.exercise):
                assert self.find(QAbstractButton, "lessonNext").text() in ("Skip", "Finish")
                answer()
                self.click("lessonCheck")
                settle(60)
                verdict = self.find(QWidget, "lessonVerdict").text()  # type: ignore[attr-defined]
                assert verdict.startswith("Not quite"), verdict
                if hint:
                    assert self.text("lessonExplanation")
                look("wrong")
            self.right_answer(step.exercise)()
            self.click("lessonCheck")
        elif isinstance(step.exercise, Task):
            for arrangement in step.exercise.show:
                self.do(arrangement)
        if step.exercise is not None:
            self.wait(lambda: not self.panel._view._exercise.is_open, f"the exercise of “{step.title}” is solved")
            assert self.find(QWidget, "lessonVerdict").text().startswith("✓")  # type: ignore[attr-defined]
            settle(150)
            look("right")

    def wrong_answers(self, question: Question) -> Iterator[tuple[Callable[[], None], bool]]:
        """Yield ways to answer wrongly, each with whether something must be explained then."""
        match question.kind:
            case ValueQuestion(answer=answer, pitfalls=pitfalls):
                for pitfall in pitfalls:
                    yield self._typing(text_of(pitfall.answer.value(self.scene), answer.kind)), True
                yield self._typing("987654"), not question.hint.is_empty
            case ChoiceQuestion(options=options) as choice:
                right = right_option(choice, self.scene)
                for option in options:
                    if option is not right:
                        yield self._choosing(option.label), not (option.text.is_empty and question.hint.is_empty)
            case ChangeQuestion() as change:
                right = right_change(change, self.scene)
                for label in CHANGES:
                    if label != right:
                        yield self._choosing(label), not question.hint.is_empty
            case ClickQuestion() as click:
                layer, _ = click_target(click, self.scene)
                count = self.scene.spec.shapes[self.scene.layer(layer) + 1][-1]
                values = self.scene.inspection.activations[self.scene.layer(layer) + 1]
                weakest = int(values.reshape(-1, count).mean(axis=0).argmin())
                yield self._clicking(layer, weakest), not question.hint.is_empty

    def right_answer(self, question: Question) -> Callable[[], None]:
        match question.kind:
            case ValueQuestion(answer=answer):
                return self._typing(text_of(answer.value(self.scene), answer.kind))
            case ChoiceQuestion() as choice:
                return self._choosing(right_option(choice, self.scene).label)
            case ChangeQuestion() as change:
                return self._choosing(right_change(change, self.scene))
            case ClickQuestion() as click:
                layer, numbers = click_target(click, self.scene)
                return self._clicking(layer, numbers[0])

    def _typing(self, text: str) -> Callable[[], None]:
        def do() -> None:
            line = self.find(QLineEdit, "lessonAnswer")
            line.setFocus()
            QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            QTest.keyClicks(line, text.translate(_KEYS))

        return do

    def _choosing(self, label: str) -> Callable[[], None]:
        def do() -> None:
            buttons = [one for one in self.panel.findChildren(QRadioButton) if one.isVisible()]
            button = next(one for one in buttons if one.text() == label)
            QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(8, button.height() // 2))
            assert button.isChecked()

        return do

    def _clicking(self, layer: str, channel: int) -> Callable[[], None]:
        def do() -> None:
            view = self.window.panels.inspect.panel()._network
            column = next(nth for nth, one in enumerate(view.scene.columns) if one.name == layer)
            tile = view.scene.layout.grids[column].tile(channel)
            QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPointF(tile.x + 2, tile.y + 2).toPoint())
            settle(200)

        return do

    def do(self, arrangement: Arrangement) -> None:
        """Do with the mouse and the keyboard what a lesson would show."""
        match arrangement:
            case ShowDrawing(digit=digit) if digit is not None:
                self.draw(arrangement)
            case ShowEpoch(epoch=epoch) if not epoch:
                slider = self.window.time_bar.findChild(QWidget, "timeSlider")
                assert slider is not None
                slider.setFocus()
                QTest.keyClick(slider, Qt.Key.Key_End if epoch is None else Qt.Key.Key_Home)
            case ShowPlace(where=where):
                self.do(ShowPage("worked sum"))
                settle(200)
                buttons = self.window.panels.explain.panel().findChildren(QAbstractButton)
                name = str(where[0].value(self.scene))
                button = next(one for one in buttons if one.isVisible() and one.text().split()[-1:] == [name])
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            case ShowTab(tab=tab):
                bar = self.window.panels.tabBar()
                nth = self.window.panels.indexOf(self.window.panels.by_name[TABS[tab]])
                QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(nth).center())
            case ShowPage(page=page):
                self.do(ShowTab("explain"))
                settle(200)
                self.click(PAGES[page])
            case PlanNetwork(layer=layer, settings=settings):
                names = {
                    one.label.lower(): one.name for one in self.scene.spec.layers[self.scene.layer(layer)].editable
                }
                for label, value in settings:
                    self.set_field(f"{layer}.{names[label]}", value)
            case SwitchOff():  # by a bias that no sum makes up for
                self.set_field("biasField", "-2")
            case _:
                raise AssertionError(f"nobody showed this player how to do {arrangement}")

    def set_field(self, name: str, value: str) -> None:
        """Type a number into a field of the window, or choose one of its options with the arrow keys."""
        field = self.find(QWidget, name)
        field.setFocus()
        if isinstance(field, QComboBox):
            while field.currentText() != value:
                before = field.currentIndex()
                QTest.keyClick(field, Qt.Key.Key_Down)
                assert field.currentIndex() != before, f"{name} offers no {value}"
        else:
            QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            QTest.keyClicks(field, value)
            QTest.keyClick(field, Qt.Key.Key_Return)

    def draw(self, drawing: ShowDrawing) -> None:
        """Draw a digit with the mouse."""
        self.panel._stage.go_to("canvas")
        settle(100)
        Driver(self.window, Path(), []).draw(drawing.sketch.drawing)
        self.window.features.lessons.raise_()
