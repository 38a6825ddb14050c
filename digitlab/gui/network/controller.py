"""Reads, saves and deletes the user's own presets, in a thread."""

from functools import partial

from PySide6.QtCore import QObject, Slot

from digitlab.gui.messages import Messages, Option
from digitlab.gui.session.desk import Desk, Request
from digitlab.gui.session.session import Session
from digitlab.model.files.own_presets import OwnPresets, delete_preset, presets_folder, read_presets, save_preset
from digitlab.model.spec import ModelSpec
from digitlab.words.names import one_line


class PresetsController(QObject):
    """Keeps the session's own presets the same as their folder."""

    def __init__(self, session: Session, messages: Messages, parent: QObject) -> None:
        """Start the thread and read the folder.

        Args:
            session: Whose presets it sets.
            messages: Where it says what was left out, and offers to restore what was deleted.
            parent: The owner.
        """
        super().__init__(parent)
        self._session = session
        self._messages = messages
        self.desk = Desk("presets", messages, self)
        self.desk.ask(lambda _: read_presets(presets_folder()), then=self._show_first, is_quiet=True)

    @Slot(object)
    def save(self, spec: ModelSpec) -> None:
        """Save a network as a preset under its name."""

        def job(request: Request[OwnPresets]) -> OwnPresets:
            del request
            save_preset(presets_folder(), spec)
            return read_presets(presets_folder())

        self.desk.ask(job, then=self._show)

    @Slot(str)
    def delete(self, name: str) -> None:
        """Delete a preset; a message offers to restore it."""
        deleted = next((spec for spec in self._session.own_presets if spec.name == name), None)

        def job(request: Request[OwnPresets]) -> OwnPresets:
            del request
            delete_preset(presets_folder(), name)
            return read_presets(presets_folder())

        def then(found: OwnPresets) -> None:
            self._show(found)
            if deleted is not None:
                options = (Option("Restore it", partial(self.save, deleted)),)
                self._messages.show_info(f"The preset “{one_line(name)}” was deleted.", "", options)

        self.desk.ask(job, then=then)

    def close(self, timeout_s: float) -> bool:
        """Finish what was asked; returns whether the thread has ended."""
        return self.desk.close(timeout_s)

    def _show(self, found: OwnPresets) -> None:
        self._session.own_presets = found.specs

    def _show_first(self, found: OwnPresets) -> None:
        self._show(found)
        if found.refused:
            count = len(found.refused)
            said = "One of your presets was left out." if count == 1 else f"{count} of your presets were left out."
            self._messages.show_info(said, found.refused[0])
