"""The card with the question or the task of a step, and what is said to the answer."""

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.lessons.answer_fields import AnswerField, field_for
from digitlab.gui.lessons.stage import Stage
from digitlab.gui.lessons.text_view import TextView, empty_view, show_or_hide
from digitlab.gui.widgets.card import Card
from digitlab.gui.widgets.fields import describe, set_flag
from digitlab.gui.widgets.label import Label
from digitlab.lessons.answers import Outcome, UnreadableAnswerError
from digitlab.lessons.lesson import ChangeQuestion, Question, Task
from digitlab.lessons.scene import SceneError
from digitlab.lessons.text import NO_TEXT, Text

_RIGHT: Final = "✓ Correct"
_WRONG: Final = "Not quite. Try again, or press Show me."
_DONE: Final = "✓ Done"


class ExerciseCard(Card):
    """Asks the question of a step, or gives its task; checks, explains, and never blocks.

    Signals:
        solved: It was answered correctly, or done; carries whether the person did it without having it shown.
        answered: There is something to read about the answer.
        went_wrong: What is on screen is not what the step is about; carries the error.
    """

    solved = Signal(bool)
    went_wrong = Signal(object)
    answered = Signal()

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        """Create a hidden card without a question."""
        super().__init__(parent=parent)
        self._stage = stage
        self._exercise: Question | Task | None = None
        self._field: AnswerField | None = None
        self._is_solved = False
        self._comment = NO_TEXT
        self._prompt = TextView("lessonPrompt", "Question or task", self)
        self._holder = QVBoxLayout()
        self._check = QPushButton("Check", self)
        self._show = QPushButton("Show me", self)
        describe(self._check, "lessonCheck", "Check the answer", "Check the answer.")
        describe(self._show, "lessonShow", "Show me", "Show the answer, or do it for me.")
        for button in (self._check, self._show):
            button.setAutoDefault(True)  # so that Enter presses it, as Space does
        self._check.clicked.connect(self._on_check_clicked)
        self._show.clicked.connect(self._on_show_clicked)
        self._verdict = Label("", self)
        self._verdict.setObjectName("lessonVerdict")
        self._verdict.setWordWrap(True)
        self._explanation = empty_view("lessonExplanation", "Explanation", self)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._check)
        row.addWidget(self._show)
        row.addStretch(1)
        self.column.setContentsMargins(theme.SPACE_M, theme.SPACE_M, theme.SPACE_M, theme.SPACE_M)
        self.column.addWidget(self._prompt)
        self.column.addLayout(self._holder)
        self.column.addLayout(row)
        self.column.addWidget(self._verdict)
        self.column.addWidget(self._explanation)
        self.hide()

    @property
    def is_open(self) -> bool:
        """Whether there is a question or task that is not solved yet."""
        return self._exercise is not None and not self._is_solved

    @property
    def answer_top(self) -> int:
        """Where what is said about the answer begins."""
        return self._verdict.y()

    def ask(self, exercise: Question | Task | None) -> None:
        """Ask another question, give another task, or hide without either."""
        self._exercise, self._is_solved, self._comment = exercise, False, NO_TEXT
        if self._field is not None:
            self._field.hide()
            self._field.deleteLater()
            self._field = None
        self._explanation.clear_text()
        self._explanation.hide()
        self._say("", is_problem=False)
        self.setVisible(exercise is not None)
        if exercise is None:
            return
        is_question = isinstance(exercise, Question)
        self._check.setVisible(is_question)
        self._show.setEnabled(True)
        self._check.setEnabled(True)
        set_flag(self._check, "primary", is_on=is_question)
        if isinstance(exercise, Question):
            self._field = field_for(exercise.kind)
            self._field.submitted.connect(self._on_check_clicked)
            self._holder.addWidget(self._field)
            QWidget.setTabOrder(self._field, self._check)
            self._field.show()
        self.setAccessibleName("Question" if is_question else "Task")
        self._fill()

    @Slot()
    def refresh(self) -> None:
        """Follow what is on screen, until it is solved: what was said about an answer stays as it was said."""
        if not self.is_open:
            return
        if self._field is not None:
            self._field.refresh(self._stage)
        self._fill()
        if isinstance(self._exercise, Task) and self._is_done(self._exercise):
            self._solve(_DONE, by_person=True)

    def take_focus(self) -> bool:
        """Move the keyboard's focus to the field for the answer; returns whether there is one."""
        if self._field is None or self._field.focusProxy() is None:
            return False
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _is_done(self, task: Task) -> bool:
        try:
            return bool(task.until.value(self._stage.scene()))
        except SceneError as error:
            self.went_wrong.emit(error)
            return False

    def _fill(self) -> None:
        """Show the texts with the values of what is on screen."""
        if self._exercise is None:
            return
        try:
            scene = self._stage.scene()
            if not self._is_solved:
                self._prompt.show_text(self._exercise.text, scene)
            show_or_hide(self._explanation, self._comment, scene)
        except SceneError as error:
            self.went_wrong.emit(error)

    @Slot()
    def _on_check_clicked(self) -> None:
        question = self._exercise
        if not isinstance(question, Question) or self._field is None or self._is_solved:
            return
        try:
            outcome = self._field.outcome(self._stage)
        except UnreadableAnswerError as error:
            self._say(str(error), is_problem=True)
        except SceneError as error:
            self.went_wrong.emit(error)
        else:
            self._respond(question, outcome)

    def _respond(self, question: Question, outcome: Outcome) -> None:
        if outcome.is_right:
            self._solve(f"{_RIGHT}: {outcome.right}", by_person=True)
            return
        self._say(_WRONG, is_problem=True)
        self._explain(outcome.text if not outcome.text.is_empty else question.hint)

    @Slot()
    def _on_show_clicked(self) -> None:
        exercise = self._exercise
        if exercise is None or self._is_solved:
            return
        if isinstance(exercise, Task):
            self._stage.arrange(exercise.show, lambda: self._solve("Shown", by_person=False))
            return
        try:
            right = self._field.show_right(self._stage).right if self._field is not None else ""
        except SceneError as error:
            self.went_wrong.emit(error)
            return
        self._solve(f"The answer: {right}", by_person=False)

    def _solve(self, verdict: str, *, by_person: bool) -> None:
        exercise = self._exercise
        if exercise is None or self._is_solved:
            return
        self._is_solved = True
        for button in (self._check, self._show):
            button.setEnabled(False)
        set_flag(self._check, "primary", is_on=False)
        self._say(verdict, is_problem=False)
        self.solved.emit(by_person)
        if isinstance(exercise, Question):
            after = exercise.kind.after if isinstance(exercise.kind, ChangeQuestion) else ()
            self._stage.arrange((*after, *exercise.reveal), lambda: self._explain(exercise.explanation))
        else:
            self._explain(exercise.explanation)

    def _explain(self, text: Text) -> None:
        self._comment = text
        self._fill()
        self.answered.emit()

    def _say(self, text: str, *, is_problem: bool) -> None:
        self._verdict.setText(text)
        set_flag(self._verdict, "problem", is_on=is_problem)
        self._verdict.setVisible(bool(text))
        if text and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._verdict, text))
