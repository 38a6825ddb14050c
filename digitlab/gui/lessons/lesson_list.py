"""The list of lessons, with how far each is."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.card import Card, quiet_label, title_label
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.label import menu_text
from digitlab.lessons.progress import AllProgress, Progress
from digitlab.lessons.reading.shipped import Headline
from digitlab.words.numbers import count


class LessonList(QScrollArea):
    """One card a lesson: what it is about, how far it is, and a button to begin or go on.

    Signals:
        chosen: A lesson is to be shown; carries its path.
        restore_requested: What was on screen before the lessons is wanted.
    """

    chosen = Signal(object)
    restore_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty list."""
        super().__init__(parent)
        self.setObjectName("lessonCards")
        self.setAccessibleName("Lessons")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._first = ""
        self._restore: QPushButton | None = None

    def show_lessons(self, lessons: tuple[Headline, ...], progress: AllProgress) -> None:
        """Show lessons with their progress."""
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.SPACE_M, theme.SPACE_XS, theme.SPACE_M, theme.SPACE_S)
        column.setSpacing(theme.SPACE_S)
        self._restore = QPushButton("Bring back my screen")
        tip = "Show the drawing, the network and the tab that were on screen before the lessons."
        describe(self._restore, "lessonRestore", "Bring back my screen", tip)
        self._restore.setAutoDefault(True)  # so that Enter presses it, as Space does
        self._restore.clicked.connect(self.restore_requested)
        column.addWidget(self._restore)
        for nth, lesson in enumerate(lessons):
            column.addWidget(self._card(nth, lesson, progress.of(lesson.name)))
        column.addStretch(1)
        unfinished = (nth for nth, one in enumerate(lessons) if not progress.of(one.name).is_complete(one.steps))
        self._first = _name(next(unfinished, 0))
        self.setWidget(inner)

    def offer_restore(self, *, is_offered: bool) -> None:
        """Offer to bring back what was on screen before the lessons, or stop offering it."""
        if self._restore is not None:
            self._restore.setVisible(is_offered)

    def take_focus(self) -> None:
        """Move the keyboard's focus to the first lesson that is not finished."""
        button = self.findChild(QPushButton, self._first)
        if button is not None:
            button.setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(button)

    def _card(self, nth: int, lesson: Headline, progress: Progress) -> Card:
        is_complete = progress.is_complete(lesson.steps)
        text = "Again" if is_complete else "Go on" if progress.seen else "Begin"
        button = QPushButton(menu_text(text))
        describe(button, _name(nth), f"{text}: {lesson.title}", f"{lesson.title}. {lesson.summary}")
        button.setAutoDefault(True)  # so that Enter presses it, as Space does
        button.clicked.connect(partial(self.chosen.emit, lesson.path))
        card = Card()
        title = title_label(f"{nth + 1}  {lesson.title}")
        title.setWordWrap(True)
        card.column.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        card.column.setSpacing(theme.SPACE_XS)
        card.column.addWidget(title)
        card.column.addWidget(quiet_label(lesson.summary))
        card.column.addWidget(quiet_label(_state(lesson, progress)))
        card.column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        return card


def _name(nth: int) -> str:
    return f"lesson{nth}"


def _state(lesson: Headline, progress: Progress) -> str:
    """Return how far a lesson is, in words."""
    if not progress.seen:
        return count(lesson.steps, "step")
    solved = f", {count(len(progress.solved), 'exercise')} solved" if progress.solved else ""
    if progress.is_complete(lesson.steps):
        return f"✓ All {count(lesson.steps, 'step')} seen{solved}"
    return f"Step {progress.step + 1} of {lesson.steps}{solved}"
