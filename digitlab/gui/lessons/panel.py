"""The panel of the lessons: the list, or the step on screen."""

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from digitlab.gui.lessons.highlight import Highlight
from digitlab.gui.lessons.lesson_list import LessonList
from digitlab.gui.lessons.stage import Stage
from digitlab.gui.lessons.step_view import StepView
from digitlab.lessons.lesson import Lesson
from digitlab.lessons.progress import AllProgress, Progress
from digitlab.lessons.reading.reader import read_lesson
from digitlab.lessons.reading.shipped import lessons_folder, shipped_lessons
from digitlab.lessons.scene import SceneError
from digitlab.system.errors import DigitLabError


class LessonsPanel(QStackedWidget):
    """Shows the lessons and leads through one.

    Signals:
        failed: A lesson cannot be read; carries the error.
        progressed: Another step is on screen, or one is solved.

    Attributes:
        progress: How far all lessons are.
        lesson: The lesson on screen, or None while the list is shown.
    """

    failed = Signal(object)
    progressed = Signal()

    def __init__(self, stage: Stage, progress: AllProgress, window: QWidget, parent: QWidget | None = None) -> None:
        """Show the list of lessons.

        Args:
            stage: The window as lessons see it.
            progress: How far all lessons are.
            window: The window, in which controls are highlighted.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setObjectName("lessonsPanel")
        self._stage = stage
        self.progress = progress
        self.lesson: Lesson | None = None
        self._nth = 0
        self._is_begun = False
        self._list = LessonList(self)
        self._view = StepView(stage, self)
        self._highlight = Highlight(window)
        self.addWidget(self._list)
        self.addWidget(self._view)
        self._list.chosen.connect(self.open_lesson)
        self._list.restore_requested.connect(self.restore)
        self._view.list_requested.connect(self.show_list)
        self._view.finished.connect(self.show_list)
        self._view.move_requested.connect(self._on_view_move_requested)
        self._view.solved.connect(self._on_view_solved)
        self._view.set_up_requested.connect(self._on_view_set_up_requested)
        self._view.control_requested.connect(stage.go_to)
        stage.changed.connect(self._on_stage_changed)
        self.show_list()

    @Slot()
    def show_list(self) -> None:
        """Show the list of lessons."""
        if self.lesson is not None:
            self._stage.end()
        self.lesson = None
        self._highlight.surround(None)
        try:
            lessons = shipped_lessons()
        except DigitLabError as error:
            self.failed.emit(error)
            lessons = ()
        has_focus = self._has_focus()
        self._list.show_lessons(lessons, self.progress)
        self._list.offer_restore(is_offered=self._stage.can_restore)
        self.setCurrentWidget(self._list)
        if has_focus:
            self.take_focus()

    @property
    def can_restore(self) -> bool:
        """Whether something else was on screen before the lessons."""
        return self._stage.can_restore

    @Slot()
    def restore(self) -> None:
        """Show what was on screen before the lessons."""
        try:
            self._stage.restore()
        except SceneError as error:
            self.failed.emit(error)
        self._list.offer_restore(is_offered=self._stage.can_restore)

    def take_focus(self) -> None:
        """Move the keyboard's focus to the first thing to do."""
        if self.currentWidget() is self._view:
            self._view.take_focus()
        else:
            self._list.take_focus()

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    @Slot(object)
    def open_lesson(self, path: Path) -> None:
        """Show a lesson at the step where it was left; a completed one from its beginning."""
        try:
            self.begin(read_lesson(path))
        except DigitLabError as error:
            self.failed.emit(error)

    def begin(self, lesson: Lesson) -> None:
        """Show a lesson at the step where it was left; a completed one from its beginning."""
        self._choose_step(lesson)
        self._stage.begin()
        self._set_up_all()

    def _choose_step(self, lesson: Lesson) -> None:
        progress = self.progress.of(lesson.name)
        is_over = progress.is_complete(len(lesson.steps)) or progress.step >= len(lesson.steps)
        self.lesson, self._nth = lesson, 0 if is_over else progress.step

    def open_first(self) -> None:
        """Begin the first lesson."""
        lessons = shipped_lessons()
        if lessons:
            self.open_lesson(lessons[0].path)

    def resume(self, path: str) -> bool:
        """Show a shipped lesson at the step of last time, and set nothing up: the window opens what was open itself.

        Args:
            path: Its file, which may be elsewhere after an update; empty for the list.

        Returns:
            Whether it is one.
        """
        name = Path(path).name
        if not any(one.path.name == name for one in shipped_lessons()):
            return False
        self._choose_step(read_lesson(lessons_folder() / name))
        self._stage.begin()
        self._begin_step()
        self._view.offer_set_up()
        return True

    def _set_up_all(self) -> None:
        """Set up all that the step needs, also what earlier steps set up."""
        if self.lesson is not None:
            self._is_begun = False
            self._stage.arrange(self.lesson.set_up_until(self._nth), self._begin_step)

    def _begin_step(self) -> None:
        lesson = self.lesson
        if lesson is None:
            return
        self._is_begun = True
        has_focus = self._has_focus()
        self.setCurrentWidget(self._view)
        self._stage.forget_choice()
        self._set_progress(lesson, self.progress.of(lesson.name).at(self._nth))
        self._view.show_step(lesson, self._nth)
        if has_focus:
            self.take_focus()
        self._show_highlight()

    def _show_highlight(self) -> None:
        names = self.lesson.steps[self._nth].highlight if self.lesson is not None and self.isVisible() else ()
        controls = (self._stage.control(name) for name in names)
        self._highlight.surround(next((one for one in controls if one is not None), None))

    @Slot(int)
    def _on_view_move_requested(self, step: int) -> None:
        lesson = self.lesson
        if lesson is not None and 0 <= self._nth + step < len(lesson.steps):
            self._nth += step
            if not self._is_begun:
                self._set_up_all()  # what the step before sets up is not done yet
                return
            self._is_begun = False
            self._stage.arrange(lesson.steps[self._nth].set_up, self._begin_step)

    @Slot()
    def _on_view_solved(self) -> None:
        if self.lesson is not None:
            self._set_progress(self.lesson, self.progress.of(self.lesson.name).with_solved(self._nth))

    def _set_progress(self, lesson: Lesson, progress: Progress) -> None:
        self.progress = self.progress.with_lesson(lesson.name, progress)
        self.progressed.emit()

    @Slot()
    def _on_view_set_up_requested(self) -> None:
        self._set_up_all()

    @Slot()
    def _on_stage_changed(self) -> None:
        if self.isVisible() and self.lesson is not None:
            self._view.refresh()
            self._show_highlight()

    @Slot(object)
    def show_trouble(self, error: Exception) -> None:
        """Say why something could not be set up; the step is shown all the same."""
        self._begin_step()
        self._view.show_trouble(error)

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the window again."""
        super().showEvent(event)
        self._on_stage_changed()

    def hideEvent(self, event: QHideEvent) -> None:
        """Highlight nothing."""
        super().hideEvent(event)
        self._highlight.surround(None)
