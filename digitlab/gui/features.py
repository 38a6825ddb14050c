"""The features of the window, and the commands that concern several of them."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from digitlab.gui import theme
from digitlab.gui.draw.answering import ViewController
from digitlab.gui.draw.dock import DrawDock
from digitlab.gui.draw.panel import DrawPanel
from digitlab.gui.draw.pen import Tool
from digitlab.gui.messages import Messages, Option
from digitlab.gui.replay.bar import TimeBar
from digitlab.gui.session.editor import SketchEditor
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import TrainingState
from digitlab.gui.tabs import Controllers, Tabs
from digitlab.gui.theme import ColourScheme
from digitlab.gui.widgets.focus import first_stop, holds
from digitlab.system.errors import DigitLabError
from digitlab.system.settings import Settings
from digitlab.words.recipes import trained_instead

if TYPE_CHECKING:
    from digitlab.gui.lessons.dock import LessonsDock
    from digitlab.lessons.lesson import Lesson

_OFFER: Final = "New to neural networks?"
_LEFT: Final = "Something else was on screen before the lesson."


class Features(QObject):
    """Everything that the window's actions operate on.

    Attributes:
        session: The open network, run and drawing.
        messages: Shows messages to the user.
        window: The window.
        editor: Changes the sketch on the canvas.
        views: Runs the network on the sketch.
        draw: The drawing panel.
        dock: The dock around it.
        time_bar: The time slider with its buttons.
        tabs: The tabs.
        scheme: The colours that the user chose.
    """

    def __init__(
        self,
        session: Session,
        messages: Messages,
        settings: Settings,
        scheme: ColourScheme,
        tools: tuple[QAction, ...],
        window: QMainWindow,
    ) -> None:
        """Create what the first frame shows; nothing slow happens here.

        Args:
            session: The open network, run and drawing.
            messages: Shows messages to the user.
            settings: The user's settings from the last session.
            scheme: The colours that the user chose.
            tools: The actions for the buttons under the canvas.
            window: The window, which owns everything here.
        """
        super().__init__(window)
        self.session = session
        self.messages = messages
        self.window = window
        self.scheme = scheme
        self._folder = settings.last_folder
        self._controllers: Controllers | None = None
        self._lessons: LessonsDock | None = None
        self._settings = settings
        self.editor = SketchEditor(session, window)
        self.views = ViewController(session, messages, window)
        self.draw = DrawPanel(session, self.editor, tools, window)
        self.dock = DrawDock(self.draw, window)
        self.time_bar = TimeBar(session, window)
        self.tabs = Tabs(session, lambda: self.controllers, self.train, window)
        self.draw.strip.preprocessing_requested.connect(self.views.set_preprocessing)
        self.draw.strip.distortion_requested.connect(self.views.set_distortion)
        self.draw.distort.distortion_requested.connect(self.views.set_distortion)
        # Slots of this object, not of the controllers: the first signal that needs those creates them.
        self.draw.keep_row.keep_requested.connect(self._on_keep_row_keep_requested)
        self.draw.keep_row.undo_requested.connect(self._on_keep_row_undo_requested)
        self.time_bar.snapshot_chosen.connect(self._on_time_bar_snapshot_chosen)
        session.training_state_changed.connect(self._show_training)

    @property
    def controllers(self) -> Controllers:
        """The controllers, created on first use or soon after the window is painted."""
        if self._controllers is None:
            self._controllers = Controllers(self.session, self.editor, self.messages, self._folder, self.window)
            self._controllers.training.train_requested.connect(self.train)
            self._controllers.files.lesson_opened.connect(self._on_files_lesson_opened)
        return self._controllers

    @property
    def has_controllers(self) -> bool:
        """Whether the controllers exist yet."""
        return self._controllers is not None

    @property
    def lessons(self) -> "LessonsDock":
        """The dock with the lessons, created on first use; it is not on screen before ``show_lessons``."""
        if self._lessons is None:
            from digitlab.gui.lessons.dock import LessonsDock
            from digitlab.gui.lessons.panel import LessonsPanel
            from digitlab.gui.stage.controller import StageController
            from digitlab.lessons.progress import AllProgress

            stage = StageController(self.session, self.editor, self.tabs, lambda: self.controllers, self.window)
            panel = LessonsPanel(stage, AllProgress.of_texts(self._settings.lesson_progress), self.window)
            panel.failed.connect(self.messages.show_error)
            panel.progressed.connect(self._on_panel_progressed)
            stage.failed.connect(panel.show_trouble)
            self._lessons = LessonsDock(panel, self.dock, self.window)
            self._lessons.closed.connect(self._on_lessons_closed)
            self._lessons.hide()
        return self._lessons

    @property
    def folder(self) -> str:
        """Where the next file dialog starts; empty for the system's default."""
        return self._folder if self._controllers is None else self._controllers.dialogs.folder

    def close(self, timeout_s: float) -> bool:
        """Stop all background work; returns whether all threads ended in time.

        Args:
            timeout_s: How long to wait for each thread.
        """
        self.tabs.hold()  # a panel built now would create the controllers
        has_ended = self._controllers is None or self._controllers.close(timeout_s)
        return self.views.close(timeout_s) and has_ended

    # Commands that concern several features

    def move_to_region(self, step: int) -> None:
        """Move the keyboard's focus to another part of the window.

        Args:
            step: 1 for the next one, -1 for the previous one; those without anything that takes the focus are left out.
        """
        content = self.tabs.currentWidget()
        regions: list[QWidget] = [self.draw, self.tabs.tabBar(), content, self.time_bar, self.window.statusBar()]
        if self._lessons is not None:
            regions.insert(3, self._lessons)
        focused = QApplication.focusWidget()
        here = next((index for index, one in enumerate(regions) if holds(one, focused)), -1 if step > 0 else 0)
        for distance in range(1, len(regions) + 1):
            target = first_stop(regions[(here + step * distance) % len(regions)])
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason if step > 0 else Qt.FocusReason.BacktabFocusReason)
                return

    @Slot()
    def train(self) -> None:
        """Train with the recipe, or pause or resume the training in progress; every Train command calls this.

        The last edit in Network is applied first; if it is invalid, a message says what is trained instead. If the
        recipe is invalid, the Train tab is shown with the problem.
        """
        network, panel = self.tabs.network.built, self.tabs.train.built
        if network is not None:
            network.apply_now()
        if self.session.training_state is TrainingState.IDLE:
            problem = self.session.recipe.spec.training_problem()
            text = panel.problem if panel is not None else problem.reason if problem is not None else ""
            if text:
                self._show_recipe_problem(text)
                return
            if self.session.unapplied_edits:
                instead = trained_instead(self.session.recipe.spec, self.session.unapplied_edits)
                self.messages.show_info("Training starts without the last edits in Network.", instead)
        self.controllers.training.train_or_pause()

    def reset_layout(self) -> None:
        """Dock the drawing panel, and the lessons if they are on screen, where they were first."""
        self.dock.reset()
        if self._lessons is not None and not self._lessons.isHidden():
            self._lessons.place()

    def follow_window(self) -> None:
        """Give the docks their place in a window of another size."""
        self.dock.follow_window()
        if self._lessons is not None:
            self._lessons.follow_window()

    # Lessons

    def show_lessons(self) -> None:
        """Show the lessons, where they were left."""
        self.messages.withdraw(_OFFER)
        self.messages.withdraw(_LEFT)
        if self._lessons is None:
            self.lessons.place()
        else:
            self.lessons.bring_up()

    def begin_lessons(self, settings: Settings) -> None:
        """Show the lessons again if they were on screen last time; offer them once to who never saw them."""
        if settings.lessons == "shown":
            dock = self.lessons
            if not self.window.restoreDockWidget(dock):
                dock.place()
            if not dock.panel.resume(settings.lesson) and settings.lesson:
                self.controllers.files.open_path(Path(settings.lesson))  # one of the person's own
        elif not settings.lessons and not self.messages.text:
            options = (Option("Start lesson 1", self._start_first_lesson), Option("Not now", lambda: None))
            self.messages.offer(_OFFER, "Ten short lessons show how this one works.", options)

    @Slot(object)
    def _on_files_lesson_opened(self, lesson: "Lesson") -> None:
        self.show_lessons()
        self.lessons.panel.begin(lesson)

    @Slot()
    def _on_panel_progressed(self) -> None:
        """Save how far the lessons are, so that a crash loses nothing; the window saves all else when it closes."""
        self.controllers.files.save_settings(self.with_lessons(self._settings))

    @Slot()
    def _on_lessons_closed(self) -> None:
        if self.lessons.panel.can_restore:
            options = (Option("Bring it back", self.lessons.panel.restore), Option("Leave it", lambda: None))
            self.messages.offer(_LEFT, "Help > Lessons goes on where you left.", options)

    def _start_first_lesson(self) -> None:
        self.show_lessons()
        self.lessons.panel.open_first()

    def with_lessons(self, settings: Settings) -> Settings:
        """Return the settings with what is remembered of the lessons."""
        dock = self._lessons
        if dock is None:
            return replace(settings, lessons=settings.lessons or "offered")
        lesson = dock.panel.lesson
        return replace(
            settings,
            lessons="closed" if dock.isHidden() else "shown",
            lesson="" if lesson is None else str(lesson.path),
            lesson_progress=dock.panel.progress.texts(),
        )

    def continue_training(self) -> None:
        """Continue training from the snapshot on screen, by the recipe but with the layers of that snapshot.

        If a number of the recipe is invalid, the Train tab is shown with the problem.
        """
        panel = self.tabs.train.built
        if panel is not None and panel.input_problem:
            self._show_recipe_problem(panel.input_problem)
        else:
            self.controllers.training.continue_training()

    def _show_recipe_problem(self, text: str) -> None:
        self.tabs.setCurrentWidget(self.tabs.train)
        # By the desk, which withdraws it when a training starts.
        self.controllers.training.desk.show_error(DigitLabError(text))

    def evaluate(self) -> None:
        """Evaluate the network on screen, and show the results."""
        self.tabs.setCurrentWidget(self.tabs.evaluate)
        self.controllers.evaluation.evaluate()

    def clear(self) -> None:
        """Clear the canvas and switch to the pen, since nothing is left to erase."""
        self.editor.clear()
        self.draw.canvas.set_tool(Tool.PEN)

    def use_pen(self) -> None:
        """Switch to the pen."""
        self.draw.canvas.set_tool(Tool.PEN)

    def use_eraser(self) -> None:
        """Switch to the eraser."""
        self.draw.canvas.set_tool(Tool.ERASER)

    @property
    def is_erasing(self) -> bool:
        """Whether the eraser is selected."""
        return self.draw.canvas.tool is Tool.ERASER

    def keep_as(self, digit: int) -> None:
        """Click the button that keeps the drawing as a digit; it is disabled if the drawing cannot be kept."""
        self.draw.keep_row.digits.buttons[digit].click()

    def copy_image(self) -> None:
        """Copy the 28x28 image that the network sees."""
        from digitlab.gui.draw.painting import grey_image

        view = self.session.view
        if view is not None:
            QGuiApplication.clipboard().setImage(grey_image(view.inspection.image))
            self.messages.note("Copied the 28 × 28 image to the clipboard")

    def choose_scheme(self, scheme: ColourScheme) -> None:
        """Use light colours, dark colours or the system's."""
        self.scheme = scheme
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply_scheme(app, scheme)

    @Slot()
    def follow_system_colours(self) -> None:
        """Apply the system's colours again, if the user chose the system theme."""
        app = QApplication.instance()
        if self.scheme is ColourScheme.SYSTEM and isinstance(app, QApplication):
            theme.restyle(app, is_dark=theme.is_dark_wanted(ColourScheme.SYSTEM))

    @Slot()
    def _show_training(self) -> None:
        """Add the progress and the controls of the first training to the status bar; they hide and show themselves."""
        from digitlab.gui.train.status import TrainingStatus

        self.session.training_state_changed.disconnect(self._show_training)
        status = TrainingStatus(self.session, self.window)
        status.train_requested.connect(self.train)
        status.stop_requested.connect(self.controllers.training.stop)
        status.details_requested.connect(self._on_training_status_details_requested)
        self.window.statusBar().addPermanentWidget(status)

    @Slot()
    def _on_training_status_details_requested(self) -> None:
        self.tabs.setCurrentWidget(self.tabs.train)

    @Slot(int)
    def _on_keep_row_keep_requested(self, digit: int) -> None:
        self.controllers.my_digits.keep_as(digit)

    @Slot()
    def _on_keep_row_undo_requested(self) -> None:
        self.controllers.my_digits.undo()

    @Slot(int)
    def _on_time_bar_snapshot_chosen(self, index: int) -> None:
        self.controllers.replay.show_index(index)
