"""What the lessons need from the window."""

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtWidgets import QWidget

from digitlab.lessons.arrangements import Arrangement
from digitlab.lessons.scene import Scene


class Stage(Protocol):
    """The window as lessons see it.

    Attributes:
        changed: A signal: something that lessons ask about has changed.
    """

    changed: Any

    def begin(self) -> None:
        """Remember what is on screen before the first thing is set up, unless a lesson has left it there."""

    def end(self) -> None:
        """Note that what is on screen now is what a lesson leaves behind."""

    @property
    def can_restore(self) -> bool:
        """Whether something else was on screen before the lessons."""

    def restore(self) -> None:
        """Show what was on screen before the lessons.

        Raises:
            SceneError: If a training is in progress.
        """

    def scene(self) -> Scene:
        """Return what is on screen now."""

    def arrange(self, arrangements: tuple[Arrangement, ...], then: Callable[[], None] | None = None) -> None:
        """Set things up, one after the other; what an earlier call has not done yet is left out.

        Args:
            arrangements: What to set up.
            then: Called when all of it is done.
        """

    def forget_choice(self) -> None:
        """Forget what the person chose last."""

    def control(self, name: str) -> QWidget | None:
        """Return a control by its name in lesson files, or None while it is not on screen."""

    def go_to(self, name: str) -> None:
        """Move the keyboard's focus to a control, and bring it to the front."""
