"""The choice of the data to evaluate on."""

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from digitlab.data.dataset import Part
from digitlab.data.held_out import has_parts
from digitlab.data.sources import MY_DIGITS, DataSource
from digitlab.gui.widgets.choices import SourceBox
from digitlab.gui.widgets.fields import ChoiceBox, describe

_NAMED: Final = {
    str(DataSource.BUILTIN): ("Built-in digits", "2,000 test and 12,000 training digits; no download needed"),
    str(DataSource.MNIST): (
        "MNIST",
        "10,000 test and 60,000 training digits, handwritten; downloaded on first use",
    ),
    MY_DIGITS: ("My digits", "The digits that you drew and kept"),
}

_PARTS: Final = {
    Part.TEST: ("Test digits", "Digits that the network was not trained on: they show how well it generalises"),
    Part.TRAINING: ("Training digits", "Digits that networks are trained on: they show how well it fits them"),
}


class DataBox(SourceBox):
    """The digits of a dataset, the user's own digits, or the drawings of a file."""

    def __init__(self, source: str, parent: QWidget | None = None) -> None:
        """Create a box with a source selected."""
        super().__init__(_NAMED, "A dataset, or drawings with labels", parent)
        describe(
            self,
            "evaluationDataBox",
            "Data",
            "What the network is evaluated on: a dataset, your own digits, or all drawings of a file. Drawings "
            "without a label count as non-digits.",
        )
        self.show_source(source)


class PartBox(ChoiceBox):
    """The test or the training digits of a dataset.

    Signals:
        part_chosen: Another part was chosen; carries the ``Part``.
    """

    part_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a box with both parts."""
        super().__init__(parent)
        describe(
            self,
            "evaluationPartBox",
            "Part of the data",
            "Test digits are those that the network was not trained on. On training digits its accuracy is higher than "
            "on new ones.",
        )
        self._has_parts = False
        self.activated.connect(self._on_activated)

    def show_part(self, source: str, part: Part, *, is_busy: bool) -> None:
        """Show the chosen part of a source; drawings have no parts, and the box is disabled during an evaluation."""
        if has_parts(source) != self._has_parts or not self.count():
            self._has_parts = has_parts(source)
            self.clear()
            for choice, (title, tooltip) in _PARTS.items() if self._has_parts else ():
                self.add_choice(title, choice, tooltip)
            if not self._has_parts:
                self.add_choice("All digits", None)
        if self._has_parts and self.currentData() is not part:
            self.show_choice(part)
        self.setEnabled(self._has_parts and not is_busy)

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        self.part_chosen.emit(self.itemData(index))
