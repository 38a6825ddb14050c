"""What My digits shows before there is a digit: what it is for, and the first step."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.fields import describe

_WIDTH = 460


class Welcome(QFrame):
    """An invitation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Say what it is for."""
        super().__init__(parent)
        self.setObjectName("myDigitsWelcome")
        self.setProperty("card", True)
        self.collect = QPushButton("Draw 20 digits")
        self.collect.setProperty("primary", True)
        self.import_files = QPushButton("Import drawings…")
        describe(
            self.collect,
            "welcomeCollect",
            "Draw 20 digits",
            "DigitLab asks for one digit after another; you draw it on the canvas and press Enter.",
        )
        describe(self.import_files, "welcomeImport", "Import drawings", "Take in labelled drawings from files.")
        title = QLabel("How well does it read your handwriting?")
        title.setProperty("title", True)
        words = QLabel(
            "98 % on test digits says little about your own hand. Keep some digits of your own with what you meant, "
            "and DigitLab tells how the network does on them: at every moment of its training, beside its test digits, "
            "and which digits of yours it takes for others."
        )
        other = QLabel(
            "Or keep any drawing as it comes: under the answer stands “Keep as”, one click after a wrong verdict. "
            "Each stroke is saved at once, on this computer only."
        )
        other.setProperty("quiet", True)
        for label in (words, other):
            label.setWordWrap(True)
            label.setFixedWidth(_WIDTH)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACE_S)
        buttons.addWidget(self.collect)
        buttons.addWidget(self.import_files)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(theme.SPACE_M)
        column.addWidget(title)
        column.addWidget(words)
        column.addLayout(buttons)
        column.addWidget(other)
        around = QVBoxLayout(self)
        around.addStretch(1)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addLayout(column)
        middle.addStretch(1)
        around.addLayout(middle)
        around.addStretch(2)
        around.setAlignment(Qt.AlignmentFlag.AlignCenter)
