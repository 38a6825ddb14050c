"""The choice of what the network is judged on."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from digitlab.gui.fields import ChoiceBox, describe

_CHOOSE_FILE: Final = "choose a file"
"""Stands for the last entry of the list; no data have this source, since paths are absolute."""

_SOURCES: Final = {
    "builtin": ("Built-in digits", "2,000 drawn digits that need no download"),
    "mnist": ("MNIST", "10,000 handwritten digits; downloaded once if they are not here yet"),
}


class DataBox(ChoiceBox):
    """Lists the data with a name, the file chosen, and the way to another file.

    Signals:
        source_chosen: Other data are to be judged on; carries their source.
        file_requested: A file is to be chosen.
    """

    source_chosen = Signal(str)
    file_requested = Signal()

    def __init__(self, source: str, parent: QWidget | None = None) -> None:
        """Show a source."""
        super().__init__(parent)
        self._source = ""
        describe(
            self,
            "judgeDataBox",
            "Data",
            "What the network is judged on: the test digits of a dataset, which it has never learned from, or all "
            "drawings of a file. Drawings without a label count as no digits.",
        )
        self.show_source(source)
        self.activated.connect(self._on_activated)

    def show_source(self, source: str) -> None:
        """Show which data are chosen."""
        if source == self._source:
            return
        self._source = source
        self.clear()
        for name, (title, tooltip) in _SOURCES.items():
            self.add_choice(title, name, tooltip)
        if source not in _SOURCES:
            self.add_choice(Path(source).name, source, source)
        self.add_choice("Choose a file …", _CHOOSE_FILE, "A dataset, or drawings with labels")
        self.show_choice(source)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        source = self.itemData(index)
        if source == _CHOOSE_FILE:
            self.show_choice(self._source)
            self.file_requested.emit()
        else:
            self.source_chosen.emit(source)
