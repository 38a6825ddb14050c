"""The choice of data: some that have a name, a file of the person's own, and the way to choose one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from digitlab.gui.widgets.fields import ChoiceBox

_CHOOSE_FILE: Final = "choose a file"
"""Stands for the last entry of the list; no data have this source, since paths are absolute."""


class SourceBox(ChoiceBox):
    """Lists the data with a name, the file chosen, and the way to another file.

    Signals:
        source_chosen: The person chose other data; carries their source.
        file_requested: A file is to be chosen.
    """

    source_chosen = Signal(str)
    file_requested = Signal()

    def __init__(self, named: Mapping[str, tuple[str, str]], file_tooltip: str, parent: QWidget | None = None) -> None:
        """Begin empty.

        Args:
            named: Title and tooltip of the data with a name, by their source.
            file_tooltip: What files may be chosen.
            parent: Qt's parent.
        """
        super().__init__(parent)
        self._named = named
        self._file_tooltip = file_tooltip
        self._source = ""
        self.activated.connect(self._on_activated)

    def show_source(self, source: str) -> None:
        """Show which data are chosen; a list that is open stays as it is while they are the same."""
        if source == self._source:
            return
        self._source = source
        self.clear()
        for name, (title, tooltip) in self._named.items():
            self.add_choice(title, name, tooltip)
        if source not in self._named:
            self.add_choice(Path(source).name, source, source)
        self.add_choice("Choose a file …", _CHOOSE_FILE, self._file_tooltip)
        self.show_choice(source)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        source = self.itemData(index)
        if source == _CHOOSE_FILE:
            self.show_choice(self._source)
            self.file_requested.emit()
        else:
            self.source_chosen.emit(source)
