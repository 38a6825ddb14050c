"""Editing the draft of a network with undo."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from digitlab.model.drafting.draft import Draft
from digitlab.model.presets import with_preset_name
from digitlab.model.spec import ModelSpec

_TYPING_ID: Final = 1
"""The id of commands that may merge with the one before."""


class _Replace(QUndoCommand):
    """Replaces the draft."""

    def __init__(self, editor: "DraftEditor", after: Draft, text: str, place: tuple[int, int, str] | None) -> None:
        super().__init__(text)
        self._editor = editor
        self._before = editor.draft
        self._after = after
        self._place = place

    def redo(self) -> None:
        self._editor.restore(self._after)

    def undo(self) -> None:
        self._editor.restore(self._before)

    def id(self) -> int:
        return -1 if self._place is None else _TYPING_ID

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - of Qt
        if not isinstance(other, _Replace) or other._place != self._place:
            return False
        self._after = other._after
        self.setObsolete(self._after == self._before)
        return True


class DraftEditor(QObject):
    """Makes every change of the draft a command that can be undone, back to the first one.

    Signals:
        changed: The draft is another one.

    Attributes:
        stack: The commands, without a limit: a draft shares its layers with the one before.
    """

    changed = Signal()

    def __init__(self, spec: ModelSpec, parent: QObject) -> None:
        """Create an editor of a network, with an empty undo stack."""
        super().__init__(parent)
        self._draft = Draft.of(spec)
        self._typing = 0
        self.stack = QUndoStack(self)

    @property
    def draft(self) -> Draft:
        """The draft."""
        return self._draft

    def replace(self, draft: Draft, text: str) -> None:
        """Show another draft, as one command.

        Args:
            draft: The draft; the name of its network follows from its layers.
            text: The name of the command, for example "remove conv1".
        """
        self._push(replace(draft, spec=with_preset_name(draft.spec)), text, None)

    def type(self, draft: Draft, text: str, key: int, field: str) -> None:
        """Show a draft in which a field is another one; all that is typed in it until it is left is one command.

        Args:
            draft: The draft.
            text: The name of the command.
            key: The key of the layer; a negative number for the network as a whole.
            field: What changes.
        """
        named = replace(draft, spec=with_preset_name(draft.spec))
        self._push(named, text, (self._typing, key, field))

    def show(self, draft: Draft, text: str) -> None:
        """Show a draft whose network keeps its own name, as one command."""
        self._push(draft, text, None)

    def restore(self, draft: Draft) -> None:
        """Show the draft before or after a command."""
        self._draft = draft
        self.changed.emit()

    @Slot()
    def end_typing(self) -> None:
        """Let what is typed from now on be another command."""
        self._typing += 1

    @Slot()
    def undo(self) -> None:
        """Undo the last command."""
        self.stack.undo()

    @Slot()
    def redo(self) -> None:
        """Redo what was undone."""
        self.stack.redo()

    def _push(self, draft: Draft, text: str, place: tuple[int, int, str] | None) -> None:
        if draft != self._draft:
            self.stack.push(_Replace(self, draft, text, place))
