"""The choice of what the network is judged on."""

from typing import Final

from PySide6.QtWidgets import QWidget

from digitlab.gui.fields import describe
from digitlab.gui.source_box import SourceBox

_NAMED: Final = {
    "builtin": ("Built-in digits", "2,000 drawn digits that need no download"),
    "mnist": ("MNIST", "10,000 handwritten digits; downloaded once if they are not here yet"),
}


class DataBox(SourceBox):
    """The test digits of a dataset, or the drawings of a file."""

    def __init__(self, source: str, parent: QWidget | None = None) -> None:
        """Show a source."""
        super().__init__(_NAMED, "A dataset, or drawings with labels", parent)
        describe(
            self,
            "judgeDataBox",
            "Data",
            "What the network is judged on: the test digits of a dataset, which it has never learned from, or all "
            "drawings of a file. Drawings without a label count as no digits.",
        )
        self.show_source(source)
