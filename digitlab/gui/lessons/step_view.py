"""The step of a lesson on screen: its text, what it is about, its question or task, and the way on."""

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.lessons.exercise_card import ExerciseCard
from digitlab.gui.lessons.stage import Stage
from digitlab.gui.lessons.text_view import TextView
from digitlab.gui.widgets.card import quiet_label, title_label
from digitlab.gui.widgets.fields import describe, set_flag, set_tip
from digitlab.gui.widgets.themed import Themed
from digitlab.gui.widgets.throttle import Throttle
from digitlab.lessons.lesson import Lesson
from digitlab.lessons.scene import SceneError

_LAYOUT_MS: Final = 40
"""Until texts that changed have their height."""

_RESUMED: Final = "“Set up again” shows the network and the drawing of this step."
"""Said when a lesson goes on after DigitLab was closed, since what it had set up is no longer on screen."""

_OVERLAP_PX: Final = 40
"""How much of the text stays in sight when the button More scrolls."""


class StepView(Themed, QWidget):
    """Shows one step of a lesson.

    Signals:
        list_requested: The list of lessons is wanted.
        move_requested: Another step is wanted: 1 for the next, -1 for the one before.
        finished: The last step is over.
        solved: The question was answered correctly, or the task done, without having it shown.
        set_up_requested: What the step is about is to be set up again.
        control_requested: The control that the step is about is wanted; carries its name.
    """

    list_requested = Signal()
    move_requested = Signal(int)
    finished = Signal()
    solved = Signal()
    set_up_requested = Signal()
    control_requested = Signal(str)

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        """Create a view without a step."""
        super().__init__(parent)
        self._stage = stage
        self._lesson: Lesson | None = None
        self._nth = 0
        self._note = ""
        self._list = QPushButton("All lessons", self)
        self._count = quiet_label("", wraps=False)
        self._bar = QProgressBar(self)
        self._title = title_label()
        self._text = TextView("lessonText", "Text of the step", self)
        self._trouble = quiet_label("")
        self._again = QPushButton("Set up again", self)
        self._where = QPushButton("", self)
        self._exercise = ExerciseCard(stage, self)
        self._back = QPushButton("Back", self)
        self._more = QPushButton("More", self)
        self._next = QPushButton("Next", self)
        self._scroll = QScrollArea(self)
        self._showing = Throttle(self._show_answer, _LAYOUT_MS, self)
        self._placing = Throttle(self._show_where, _LAYOUT_MS, self)
        self._name_controls()
        self._lay_out()
        self._list.clicked.connect(self.list_requested)
        self._again.clicked.connect(self.set_up_requested)
        self._where.clicked.connect(self._on_where_clicked)
        self._back.clicked.connect(self._on_back_clicked)
        self._more.clicked.connect(self._on_more_clicked)
        self._next.clicked.connect(self._on_next_clicked)
        self._scroll.verticalScrollBar().valueChanged.connect(self._show_more)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._show_more)
        self._exercise.solved.connect(self._on_exercise_solved)
        self._exercise.went_wrong.connect(self.show_trouble)
        self._exercise.answered.connect(self._showing.request)
        self.follow_theme()

    def _name_controls(self) -> None:
        describe(self._list, "lessonList", "All lessons", "Back to the list of lessons; this step is kept.")
        describe(self._bar, "lessonProgress", "Progress", "How much of the lesson you have seen.")
        describe(self._again, "lessonSetUp", "Set up again", "Open the network and the drawing of this step again.")
        describe(self._where, "lessonWhere", "Go to the control", "Move to the control that this step is about.")
        describe(self._back, "lessonBack", "Back", "The step before.")
        describe(self._more, "lessonMore", "More", "The step goes on below: scroll down.")
        describe(self._next, "lessonNext", "Next", "The next step.")
        for button in (self._list, self._again, self._where, self._back, self._more, self._next):
            button.setAutoDefault(True)  # so that Enter presses it, as Space does
        self._title.setObjectName("lessonStepTitle")
        self._count.setObjectName("lessonCount")
        self._trouble.setObjectName("lessonTrouble")
        self._scroll.setObjectName("lessonScroll")
        for button in (self._list, self._where, self._more):
            button.setProperty("link", True)

    def _lay_out(self) -> None:
        self._title.setWordWrap(True)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(4)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        column.setSpacing(theme.SPACE_S)
        for widget in (self._title, self._text):
            column.addWidget(widget)
        column.addWidget(self._where, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._trouble)
        column.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._exercise)
        column.addStretch(1)
        self._scroll.setWidget(inner)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # to scroll with the keyboard
        self._scroll.setAccessibleName("Text of the step")
        top, middle, bottom = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        for row in (top, middle, bottom):
            row.setContentsMargins(theme.SPACE_M, 0, theme.SPACE_M, 0)
            row.setSpacing(theme.SPACE_S)
        top.addWidget(self._list)
        top.addStretch(1)
        top.addWidget(self._count)
        middle.addWidget(self._bar)
        bottom.addWidget(self._back)
        bottom.addStretch(1)
        bottom.addWidget(self._more)
        bottom.addStretch(1)
        bottom.addWidget(self._next)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, theme.SPACE_S)
        whole.setSpacing(theme.SPACE_XS)
        whole.addLayout(top)
        whole.addLayout(middle)
        whole.addWidget(self._scroll, 1)
        whole.addLayout(bottom)

    def show_step(self, lesson: Lesson, nth: int) -> None:
        """Show a step; what it sets up is on screen."""
        self._lesson, self._nth = lesson, nth
        step = lesson.steps[nth]
        self._count.setText(f"Step {nth + 1} of {len(lesson.steps)}")
        set_tip(self._count, f"{lesson.title}: step {nth + 1} of {len(lesson.steps)}")
        self._bar.setRange(0, len(lesson.steps))
        self._bar.setValue(nth + 1)
        self._title.setText(step.title)
        self._back.setEnabled(nth > 0)
        self._note = ""
        self.show_trouble(None)
        self._exercise.ask(step.exercise)
        self.refresh()
        self._scroll.verticalScrollBar().setValue(0)
        self._scroll.setAccessibleDescription(f"{step.title}. {self._text.plain}")
        self._show_next()

    def take_focus(self) -> None:
        """Move the keyboard's focus to the first thing to do in the step, which is never the way past it."""
        if not self._exercise.take_focus():
            first = self._where if self._exercise.is_open and not self._where.isHidden() else self._next
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def refresh(self) -> None:
        """Follow what is on screen."""
        if self._lesson is None:
            return
        self._show_where()
        self.show_trouble(None)
        if self._exercise.isHidden() or self._exercise.is_open:  # an answer does not change what was asked
            try:
                self._text.show_text(self._lesson.steps[self._nth].text, self._stage.scene())
            except SceneError as error:
                self.show_trouble(error)
        self._exercise.refresh()

    def _show_where(self) -> None:
        """Name the control that the step is about; in a small window it may lie behind the lessons."""
        names = () if self._lesson is None else self._lesson.steps[self._nth].highlight
        name = names[0] if names else ""
        self._where.setVisible(bool(name))
        control = self._stage.control(name) if name else None
        is_in_sight = control is not None and not control.visibleRegion().isEmpty()
        self._where.setText(f"Look at: {name}" if is_in_sight else f"Show the {name}")

    @Slot(object)
    def show_trouble(self, error: Exception | None) -> None:
        """Say that what is on screen is not what the step is about, or stop saying it."""
        text = self._note if error is None else f"What is on screen is not what this step is about. {error}"
        self._trouble.setText(text)
        self._trouble.setVisible(bool(text))
        self._again.setVisible(bool(text))

    def offer_set_up(self) -> None:
        """Offer to set up what the step is about, until it is set up."""
        self._note = _RESUMED
        self.show_trouble(None)

    def _show_answer(self) -> None:
        """Scroll to the end of what is said about the answer, or to its beginning if it is too long for that."""
        if self._exercise.isVisible():
            top = self._exercise.y()
            for y in (top + self._exercise.height() + theme.SPACE_S, top + self._exercise.answer_top):
                self._scroll.ensureVisible(0, y, 0, 0)

    @Slot()
    def _show_more(self) -> None:
        """Show the button that scrolls while there is something below."""
        bar = self._scroll.verticalScrollBar()
        is_more = bar.value() < bar.maximum()
        if self._more.hasFocus() and not is_more:
            self.take_focus()
        self._more.setVisible(is_more)

    @Slot()
    def _on_more_clicked(self) -> None:
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.value() + self._scroll.viewport().height() - _OVERLAP_PX)

    def _show_next(self) -> None:
        is_last = self._lesson is not None and self._nth == len(self._lesson.steps) - 1
        text = "Finish" if is_last else "Skip" if self._exercise.is_open else "Next"
        self._next.setText(text)
        self._next.setAccessibleName(text)
        set_flag(self._next, "primary", is_on=not self._exercise.is_open)

    @Slot(bool)
    def _on_exercise_solved(self, by_person: bool) -> None:
        self._show_next()
        self._next.setFocus(Qt.FocusReason.OtherFocusReason)
        if by_person:
            self.solved.emit()

    @Slot()
    def _on_where_clicked(self) -> None:
        if self._lesson is not None and self._lesson.steps[self._nth].highlight:
            self.control_requested.emit(self._lesson.steps[self._nth].highlight[0])

    @Slot()
    def _on_back_clicked(self) -> None:
        self.move_requested.emit(-1)

    @Slot()
    def _on_next_clicked(self) -> None:
        if self._lesson is not None and self._nth == len(self._lesson.steps) - 1:
            self.finished.emit()
        else:
            self.move_requested.emit(1)

    def restyle(self) -> None:
        """Use the icons of the theme."""
        self._list.setIcon(theme.icon("chevron-left", self.palette()))
        self._more.setIcon(theme.icon("chevron-down", self.palette()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Look again for the control, which another place of the lessons may cover."""
        super().resizeEvent(event)
        self._placing.request()
