"""The rehearsal of a lesson: played through without a window, so that what cannot be computed is found before."""

from dataclasses import dataclass

import numpy as np

from digitlab.data.digit import IMAGE_SIDE
from digitlab.data.drawing.sketch import Sketch
from digitlab.insight.lens import inspect
from digitlab.lessons.answers import click_target, right_change, right_option
from digitlab.lessons.arrangements import Arrangement, ShowNetwork
from digitlab.lessons.formulas import check_formula
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
from digitlab.lessons.mistakes import Mistake, MistakeError
from digitlab.lessons.scene import Scene, SceneError
from digitlab.lessons.text import Text
from digitlab.model.files.network_file import read_model
from digitlab.system.assets import DEFAULT_MODEL, model_path
from digitlab.system.reading import shown_name


def first_scene() -> Scene:
    """Return what is on screen when DigitLab starts: the default network and an empty canvas."""
    snapshot = read_model(model_path(DEFAULT_MODEL))
    image = np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.uint8)
    scene = Scene(inspect(snapshot, image), Sketch(), snapshot.spec, tab="look inside")
    return ShowNetwork(DEFAULT_MODEL).apply(scene)


def rehearse(lesson: Lesson) -> tuple[Mistake, ...]:
    """Play a lesson through and return what cannot be computed, with the line of its step.

    A question is answered as soon as it is asked, and a task is done as the lesson shows it.
    """
    rehearsal = _Rehearsal(shown_name(lesson.path), first_scene(), [])
    for step in lesson.steps:
        rehearsal.play(step)
    return tuple(rehearsal.mistakes)


@dataclass(slots=True)
class _Rehearsal:
    file: str
    scene: Scene
    mistakes: list[Mistake]

    def play(self, step: Step) -> None:
        self._arrange(step.set_up, step)
        self._fill(step.text)
        if isinstance(step.exercise, Question):
            self._ask(step.exercise, step)
        elif isinstance(step.exercise, Task):
            self._do(step.exercise, step)

    def _ask(self, question: Question, step: Step) -> None:
        self._fill(question.text)
        self._fill(question.hint)
        try:
            self._answer(question, step)
        except SceneError as error:
            self._add(question.text.line or step.line, error)
        self._arrange(question.reveal, step)
        self._fill(question.explanation)

    def _answer(self, question: Question, step: Step) -> None:
        match question.kind:
            case ValueQuestion(answer=answer, pitfalls=pitfalls):
                right = answer.value(self.scene)
                for pitfall in pitfalls:
                    self._fill(pitfall.text)
                    if pitfall.answer.value(self.scene) == right:
                        text = f'the mistake "{pitfall.name}", which leads to the right answer'
                        self.mistakes.append(Mistake(self.file, pitfall.text.line, text, "another answer"))
            case ChoiceQuestion() as choice:
                right_option(choice, self.scene)
                for option in choice.options:
                    self._fill(option.text)
            case ClickQuestion() as click:
                click_target(click, self.scene)
            case ChangeQuestion(after=after) as change:
                right_change(change, self.scene)
                self._arrange(after, step)

    def _do(self, task: Task, step: Step) -> None:
        self._fill(task.text)
        try:
            task.until.value(self.scene)
        except SceneError as error:
            self._add(task.text.line or step.line, error)
        self._arrange(task.show, step)
        self._fill(task.explanation)

    def _arrange(self, arrangements: tuple[Arrangement, ...], step: Step) -> None:
        for one in arrangements:
            try:
                self.scene = one.apply(self.scene)
            except SceneError as error:
                self._add(step.line, error)

    def _fill(self, text: Text) -> None:
        for value in text.values:
            try:
                value.value(self.scene)
            except SceneError as error:
                self._add(text.line, error)
                return
        for formula in text.formulas:
            try:
                check_formula(formula.tex(self.scene))
            except MistakeError as error:
                self.mistakes.append(Mistake(self.file, text.line, error.found, error.expected))

    def _add(self, line: int, error: SceneError) -> None:
        found = error.happened.removesuffix(".")
        expected = error.expected.removeprefix("Expected ").removesuffix(".") or "something that is there"
        self.mistakes.append(Mistake(self.file, line, found[:1].lower() + found[1:], expected))
