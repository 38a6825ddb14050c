"""Editing the network on screen with undo: filters off, weights set by hand, noise, rounding."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from digitlab.gui.messages import Option
from digitlab.model.edits import Edits
from digitlab.words.edits import edits_text
from digitlab.words.names import one_line

if TYPE_CHECKING:
    from digitlab.gui.messages import Messages
    from digitlab.gui.session.session import Session
    from digitlab.gui.session.values import EndedEdits

_UNDO_LIMIT: Final = 200
"""More undo steps than anyone needs; edits are small."""


class _Change(QUndoCommand):
    """Changes the edits of the network on screen."""

    def __init__(self, editor: NetworkEditor, before: Edits, after: Edits, text: str) -> None:
        super().__init__(text)
        self._editor = editor
        self._before = before
        self._after = after

    def redo(self) -> None:
        self._editor.restore(self._after)

    def undo(self) -> None:
        self._editor.restore(self._before)


class NetworkEditor(QObject):
    """Makes every change of the session's edits a command that can be undone.

    Signals:
        history_changed: Something else can be undone or redone; carries ``history``.

    Attributes:
        stack: The commands. A network with other layers clears it, and so does training from the edited network.
    """

    history_changed = Signal(str, str)

    def __init__(self, session: Session, messages: Messages, parent: QObject | None = None) -> None:
        """Create an editor of the session's edits, with an empty undo stack.

        Args:
            session: The open network.
            messages: Where it offers to bring back the edits of another network.
            parent: The owner.
        """
        super().__init__(parent)
        self._session = session
        self._messages = messages
        self._known = session.edits  # what the last command shows
        self._is_changing = False
        self._spec = session.snapshot.spec
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(_UNDO_LIMIT)
        self.stack.indexChanged.connect(self._on_stack_index_changed)
        session.edits_changed.connect(self._on_session_edits_changed)
        session.snapshot_changed.connect(self._on_session_snapshot_changed)
        session.edits_ended.connect(self._on_session_edits_ended)

    @property
    def history(self) -> tuple[str, str]:
        """The names of the commands to undo and to redo; empty for none."""
        return self.stack.undoText(), self.stack.redoText()

    @Slot(object)
    def grow(self, edits: Edits) -> None:
        """Show edits while the pointer moves or a slider is dragged; ``finish`` turns them into a command."""
        if edits.fits(self._session.snapshot.spec):
            self._is_changing = True
            self._session.edit(edits)
            self._is_changing = False

    @Slot(str)
    def finish(self, text: str) -> None:
        """Turn everything since the last command into one command.

        Args:
            text: Its name for the undo button, for example "painting".
        """
        before, self._known = self._known, self._session.edits
        if self._known != before:
            self.stack.push(_Change(self, before, self._known, text))

    @Slot(object, str)
    def change(self, edits: Edits, text: str) -> None:
        """Show other edits, as one command; see ``finish``."""
        self.finish("editing")
        self.grow(edits)
        self.finish(text)

    @Slot()
    def reset(self) -> None:
        """Show the network as it was trained or opened; this can be undone."""
        self.change(Edits(), "resetting")

    @Slot()
    def undo(self) -> None:
        """Undo what is in progress, or else the last command."""
        if self._session.edits != self._known:
            self.grow(self._known)
        else:
            self.stack.undo()

    @Slot()
    def redo(self) -> None:
        """Redo what was undone."""
        self.finish("editing")
        self.stack.redo()

    def restore(self, edits: Edits) -> None:
        """Show the edits before or after a command."""
        self._known = edits
        self.grow(edits)

    def _forget(self) -> None:
        self.stack.clear()
        self._known = self._session.edits

    @Slot()
    def _on_stack_index_changed(self) -> None:
        self.history_changed.emit(*self.history)

    @Slot()
    def _on_session_edits_changed(self) -> None:
        """Make a command of a change by others, such as showing the pinned network instead."""
        if not self._is_changing:
            self.finish("showing another network")

    @Slot()
    def _on_session_snapshot_changed(self) -> None:
        before, self._spec = self._spec, self._session.snapshot.spec
        if not self._spec.has_weights_like(before):
            self._forget()

    @Slot(object)
    def _on_session_edits_ended(self, ended: EndedEdits) -> None:
        if ended.is_trained:
            self._forget()  # on the new weights, the same edits would mean something else
            return
        options = [Option("Go back to it", partial(self._go_back, ended))]
        if ended.original.spec.has_weights_like(self._session.snapshot.spec):
            options.insert(0, Option("Apply the edits here", partial(self.change, ended.edits, "applying the edits")))
        name = one_line(ended.name)
        self._messages.offer(f"{name} was edited: {edits_text(ended.edits)}.", "They ended with it.", tuple(options))

    def _go_back(self, ended: EndedEdits) -> None:
        """Open the network again whose edits ended, and edit it in the same way."""
        session = self._session
        if session.training_state.is_busy:
            self._messages.show_info("Training is in progress.", "Stop it first, then open the other network.")
            return
        session.open_network(ended.original, ended.run, ended.name, ended.file)
        self.change(ended.edits, "editing")
