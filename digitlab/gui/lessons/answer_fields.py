"""The fields in which questions are answered: a typed value, a choice, or what was chosen in the window."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.lessons.stage import Stage
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.fields import describe
from digitlab.lessons.answers import (
    CHANGES,
    Outcome,
    UnreadableAnswerError,
    check_change,
    check_click,
    check_option,
    check_value,
    click_target,
    where_text,
)
from digitlab.lessons.kinds import Kind
from digitlab.lessons.lesson import ChangeQuestion, ChoiceQuestion, ClickQuestion, ValueQuestion
from digitlab.lessons.lesson import Kind as QuestionKind
from digitlab.words.places import place_name


class AnswerField(QWidget):
    """A field for the answer to one question.

    Signals:
        submitted: Enter was pressed.
    """

    submitted = Signal()

    def __init__(self) -> None:
        """Create an empty field."""
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(theme.SPACE_XS)

    def outcome(self, stage: Stage) -> Outcome:
        """Check the answer.

        Raises:
            UnreadableAnswerError: If there is none.
            SceneError: If the question cannot be answered with what is on screen.
        """
        raise UnreadableAnswerError

    def show_right(self, stage: Stage) -> Outcome:
        """Show the right answer in the field; returns it.

        Raises:
            SceneError: If it cannot be computed with what is on screen.
        """
        del stage
        return Outcome(True, "")

    def refresh(self, stage: Stage) -> None:
        """Follow what is on screen."""
        del stage


class ValueField(AnswerField):
    """A line for a number or a shape."""

    def __init__(self, question: ValueQuestion) -> None:
        """Create an empty line."""
        super().__init__()
        self._question = question
        is_shape = question.answer.kind is Kind.SHAPE
        self._line = QLineEdit()
        self._line.setPlaceholderText("rows × columns × maps" if is_shape else "A number")
        tip = "Type a shape, such as 24 x 24 x 32." if is_shape else "Type a number; 5 x 5 + 1 is fine, too."
        describe(self._line, "lessonAnswer", "Your answer", tip)
        self._line.returnPressed.connect(self.submitted)
        self.column.addWidget(self._line)
        self.setFocusProxy(self._line)

    def outcome(self, stage: Stage) -> Outcome:
        """Check what was typed; see ``AnswerField``."""
        return check_value(self._question, self._line.text(), stage.scene())

    def show_right(self, stage: Stage) -> Outcome:
        """Write the right answer into the line."""
        right = check_value(self._question, "0", stage.scene()).right
        self._line.setText(right)
        return Outcome(True, right)


class ChoiceField(AnswerField):
    """Answers to choose from."""

    def __init__(self, question: ChoiceQuestion | ChangeQuestion) -> None:
        """Create the answers, with none chosen."""
        super().__init__()
        self._question = question
        self._group = QButtonGroup(self)
        options = question.options if isinstance(question, ChoiceQuestion) else ()
        labels = tuple(option.label for option in options) or CHANGES
        self._buttons = {label: QRadioButton(label) for label in labels}
        for nth, (label, button) in enumerate(self._buttons.items()):
            describe(button, f"lessonChoice{nth}", label, "Choose this answer, then press Check.")
            self._group.addButton(button, nth)
            self.column.addWidget(button)
        self.setFocusProxy(self._buttons[labels[0]])

    @property
    def _chosen(self) -> str:
        button = self._group.checkedButton()
        return next((label for label, one in self._buttons.items() if one is button), "")

    def outcome(self, stage: Stage) -> Outcome:
        """Check the chosen answer; see ``AnswerField``."""
        if not self._chosen:
            raise UnreadableAnswerError("Choose one of the answers.")
        return self._check(self._chosen, stage)

    def show_right(self, stage: Stage) -> Outcome:
        """Choose the right answer."""
        right = self._check(next(iter(self._buttons)), stage).right
        self._buttons[right].setChecked(True)
        return Outcome(True, right)

    def _check(self, label: str, stage: Stage) -> Outcome:
        if isinstance(self._question, ChoiceQuestion):
            return check_option(self._question, label, stage.scene())
        return check_change(self._question, label, stage.scene())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Submit the chosen answer with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submitted.emit()
        else:
            super().keyPressEvent(event)


class ClickField(AnswerField):
    """Names what the person chose last in the window."""

    def __init__(self, question: ClickQuestion) -> None:
        """Create a line without a choice."""
        super().__init__()
        self._question = question
        self._line = quiet_label("Nothing chosen yet.")
        self._line.setObjectName("lessonChosen")
        self.column.addWidget(self._line)

    def outcome(self, stage: Stage) -> Outcome:
        """Check what was chosen; see ``AnswerField``."""
        return check_click(self._question, stage.scene())

    def show_right(self, stage: Stage) -> Outcome:
        """Name what is right."""
        right = where_text(*click_target(self._question, stage.scene()))
        self._line.setText(right)
        return Outcome(True, right)

    def refresh(self, stage: Stage) -> None:
        """Name what was chosen."""
        scene = stage.scene()
        if scene.chosen is not None:
            self._line.setText(f"You chose {place_name(scene.spec, scene.chosen.within(scene.spec))}.")


def field_for(kind: QuestionKind) -> AnswerField:
    """Return the field for a question."""
    match kind:
        case ValueQuestion():
            return ValueField(kind)
        case ClickQuestion():
            return ClickField(kind)
        case _:
            return ChoiceField(kind)
