"""Editing the sketch with undo: one command per stroke."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.session.session import Session

_UNDO_LIMIT = 200
"""More undo steps than anyone needs; sketches are small and share their strokes."""


class _Replace(QUndoCommand):
    """Replaces the sketch on the canvas."""

    def __init__(self, session: Session, before: Sketch, after: Sketch, text: str, *, is_own: bool) -> None:
        super().__init__(text)
        self._session = session
        self._before = before
        self._after = after
        self.is_own = is_own

    def redo(self) -> None:
        self._session.sketch = self._after

    def undo(self) -> None:
        self._session.sketch = self._before


class SketchEditor(QObject):
    """Makes every change of the sketch a command that can be undone."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        """Create an editor of the session's sketch, with an empty undo stack."""
        super().__init__(parent)
        self._session = session
        self._before: Sketch | None = None
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(_UNDO_LIMIT)

    @Slot(object)
    def grow(self, sketch: Sketch) -> None:
        """Show a sketch while the pen moves; ``finish`` turns it into a command."""
        if self._before is None:
            self._before = self._session.sketch
        self._session.sketch = sketch

    @Slot(object)
    def finish(self, sketch: Sketch) -> None:
        """Turn everything since the pen went down into one command."""
        before = self._before or self._session.sketch
        self._before = None
        if sketch is before:
            return
        text = "stroke" if len(sketch.drawing.strokes) > len(before.drawing.strokes) else "erasing"
        self.stack.push(_Replace(self._session, before, sketch, text, is_own=True))

    @property
    def is_own(self) -> bool:
        """Whether the sketch on the canvas was drawn with the pen."""
        command = self.stack.command(self.stack.index() - 1)
        return isinstance(command, _Replace) and command.is_own

    @Slot()
    def undo(self) -> None:
        """Undo the stroke in progress, or else the last command."""
        if self._before is None:
            self.stack.undo()
            return
        before, self._before = self._before, None
        self._session.sketch = before

    @Slot()
    def clear(self) -> None:
        """Empty the canvas."""
        if not self._session.sketch.is_empty:
            self.replace(Sketch(), "clearing")

    def replace(self, sketch: Sketch, text: str, *, is_own: bool = False) -> None:
        """Replace the sketch on the canvas.

        Args:
            sketch: The new sketch.
            text: The name of the command for the undo menu, for example "opening a picture".
            is_own: Whether the user drew it, so that it is saved nowhere else.
        """
        self._before = None
        self.stack.push(_Replace(self._session, self._session.sketch, sketch, text, is_own=is_own))
