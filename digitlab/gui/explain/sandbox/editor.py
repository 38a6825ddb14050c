"""Editing the sandbox with undo."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from digitlab.gui.explain.sandbox.setting import Setting

_UNDO_LIMIT = 200


class _Replace(QUndoCommand):
    """Replaces the setting."""

    def __init__(self, editor: "SettingEditor", before: Setting, after: Setting, text: str) -> None:
        super().__init__(text)
        self._editor = editor
        self._before = before
        self._after = after

    def redo(self) -> None:
        self._editor.show_setting(self._after)

    def undo(self) -> None:
        self._editor.show_setting(self._before)


class SettingEditor(QObject):
    """Makes every change of the setting a command that can be undone.

    Attributes:
        stack: The commands.

    Signals:
        changed: The setting is another one.
    """

    changed = Signal()

    def __init__(self, setting: Setting, parent: QObject) -> None:
        """Create an editor of a setting, with an empty undo stack."""
        super().__init__(parent)
        self._setting = setting
        self._before: Setting | None = None
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(_UNDO_LIMIT)

    @property
    def setting(self) -> Setting:
        """The setting."""
        return self._setting

    def show_setting(self, setting: Setting) -> None:
        """Show another setting."""
        self._setting = setting
        self.changed.emit()

    def grow(self, setting: Setting) -> None:
        """Show a setting while the mouse draws; ``finish`` turns it into a command."""
        if self._before is None:
            self._before = self._setting
        if setting is not self._setting:
            self.show_setting(setting)

    def finish(self, text: str) -> None:
        """Turn everything since the mouse's button went down into one command."""
        before, self._before = self._before, None
        if before is not None and before is not self._setting:
            self.stack.push(_Replace(self, before, self._setting, text))

    def replace(self, setting: Setting, text: str) -> None:
        """Replace the setting.

        Args:
            setting: The new one.
            text: The name of the command, for example "stride".
        """
        self.finish(text)
        if not setting.looks_like(self._setting):
            self.stack.push(_Replace(self, self._setting, setting, text))
