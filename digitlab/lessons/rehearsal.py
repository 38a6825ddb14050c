"""The rehearsal of a lesson: played through without a window, so that what cannot be computed is found before."""

from dataclasses import dataclass, replace

import numpy as np

from digitlab.data.digit import IMAGE_SIDE
from digitlab.data.drawing.sketch import Sketch
from digitlab.insight.lens import inspect
from digitlab.lessons.answers import click_target, is_recognised, right_change, right_option
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
from digitlab.lessons.measuring.places import place_in
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
        try:
            self._answer(question, step)
            self._hint(question)
        except SceneError as error:
            self._add(question.text.line or step.line, error)
        self._arrange(question.reveal, step)
        self._fill(question.explanation)

    def _answer(self, question: Question, step: Step) -> None:
        match question.kind:
            case ValueQuestion(answer=answer, pitfalls=pitfalls) as asked:
                right = answer.value(self.scene)
                for pitfall in pitfalls:
                    self._fill(pitfall.text)
                    if is_recognised(pitfall, asked, right, self.scene):
                        text = f'the mistake "{pitfall.name}", which leads to the right answer'
                        self.mistakes.append(Mistake(self.file, pitfall.text.line, text, "another answer"))
            case ChoiceQuestion() as choice:
                right_option(choice, self.scene)
                for option in choice.options:
                    self._fill(option.text)
            case ClickQuestion() as click:
                layer, numbers = click_target(click, self.scene)
                if click.is_right is not None:
                    click.is_right.value(self._choosing(layer, numbers))
            case ChangeQuestion(after=after) as change:
                right_change(change, self.scene)
                self._arrange(after, step)

    def _hint(self, question: Question) -> None:
        before = self.scene
        if isinstance(question.kind, ClickQuestion):
            self.scene = self._choosing(*click_target(question.kind, before))
        self._fill(question.hint)
        self.scene = before

    def _choosing(self, layer: str, numbers: tuple[int, ...]) -> Scene:
        """Return the scene after something was chosen."""
        is_whole_map = len(numbers) == 1 and len(self.scene.spec.shapes[self.scene.layer(layer) + 1]) == 3
        chosen = place_in(self.scene, layer, *numbers, *((0, 0) if is_whole_map else ()))
        return replace(self.scene, chosen=chosen)

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
        self.mistakes.append(Mistake(self.file, line, _lower(found), _lower(expected)))


def _lower(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}"
