"""What My digits shows while there are no digits: what it is for, and the first step."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.card import Card, quiet_label, title_label
from digitlab.gui.widgets.fields import describe

_WIDTH_PX: Final = 460


class Welcome(Card):
    """Invites to collect or import digits."""

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
            "DigitLab asks for one digit after another; draw each on the canvas and press Enter.",
        )
        describe(self.import_files, "welcomeImport", "Import drawings", "Import labelled drawings from files.")
        purpose = QLabel(
            "An accuracy of 98 % on test digits says little about your own handwriting. Keep some digits of your own "
            "with their labels, and DigitLab shows the accuracy of the network on them at every snapshot of its "
            "training, next to that on its test digits, and which digits it confuses."
        )
        other = quiet_label(
            "Or keep any drawing: below the answer is “Keep as”, one click after a wrong verdict. Each digit is saved "
            "immediately, on this computer only."
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
        texts.addWidget(title_label("How well does it read your handwriting?"))
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
