"""The choice of a data source: a named dataset, or a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from digitlab.gui.widgets.fields import ChoiceBox
from digitlab.words.names import one_line

_CHOOSE_FILE: Final = "choose a file"
"""The data of the last entry; distinct from any source, since paths are absolute."""

_MOST_OF_PATH: Final = 300
"""Maximum length of a path in a tooltip."""


class SourceBox(ChoiceBox):
    """Lists the named datasets, the chosen file, and an entry for choosing a file.

    Signals:
        source_chosen: Another source was chosen; carries it.
        file_requested: Choose a file.
    """

    source_chosen = Signal(str)
    file_requested = Signal()

    def __init__(self, named: Mapping[str, tuple[str, str]], file_tooltip: str, parent: QWidget | None = None) -> None:
        """Create an empty list.

        Args:
            named: Title and tooltip of each named dataset, by its source.
            file_tooltip: The types of files that can be chosen.
            parent: The widget around it.
        """
        super().__init__(parent)
        self._named = named
        self._file_tooltip = file_tooltip
        self._source = ""
        self.activated.connect(self._on_activated)

    def show_source(self, source: str) -> None:
        """Show the chosen source; if it is already shown, nothing changes, not even an open list."""
        if source == self._source:
            return
        self._source = source
        self.clear()
        for name, (title, tooltip) in self._named.items():
            self.add_choice(title, name, tooltip)
        if source not in self._named:
            self.add_choice(Path(source).name, source, one_line(source, _MOST_OF_PATH))
        self.add_choice("Choose a file…", _CHOOSE_FILE, self._file_tooltip)
        self.show_choice(source)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        source = self.itemData(index)
        if source == _CHOOSE_FILE:
            self.show_choice(self._source)
            self.file_requested.emit()
        else:
            self.source_chosen.emit(source)
