"""What My digits shows while there are no digits: its purpose, and the first step."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.card import Card, quiet_label, title_label
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.label import Label

_WIDTH_PX: Final = 460


class Welcome(Card):
    """Explains My digits, with buttons to collect or import digits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create the card with its two buttons."""
        super().__init__(parent=parent)
        self.setObjectName("myDigitsWelcome")
        self.collect = QPushButton("Draw 20 digits")
        self.collect.setProperty("primary", True)
        self.import_files = QPushButton("Import drawings…")
        describe(
            self.collect,
            "welcomeCollect",
            "Draw 20 digits",
            "Draw twenty digits that DigitLab names, and press Enter after each.",
        )
        describe(self.import_files, "welcomeImport", "Import drawings", "Import labelled drawings from files.")
        purpose = Label(
            "A network with an accuracy of 98 % on test digits may be less accurate on your own handwriting. Keep some "
            "of your own digits with their labels: DigitLab shows the accuracy on them at every snapshot of the "
            "training, next to that on the test digits, and which digits are confused."
        )
        other = quiet_label(
            "You can also keep any drawing: use “Keep as” below the answer. Each digit is saved immediately, on this "
            "computer only."
        )
        for label in (purpose, other):
            label.setWordWrap(True)
            label.setFixedWidth(_WIDTH_PX)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_S)
        buttons.addWidget(self.collect)
        buttons.addWidget(self.import_files)
        buttons.addStretch(1)
        texts = QVBoxLayout()
        texts.setSpacing(theme.SPACE_M)
        texts.addWidget(title_label("How well does the network read your handwriting?"))
        texts.addWidget(purpose)
        texts.addLayout(buttons)
        texts.addWidget(other)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addLayout(texts)
        middle.addStretch(1)
        self.column.addStretch(1)
        self.column.addLayout(middle)
        self.column.addStretch(2)
        self.column.setAlignment(Qt.AlignmentFlag.AlignCenter)
