"""The card around a plot: title, legend, tools, and words while there is nothing to plot."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.train.legend import Legend

_HEADER_PX = 32
"""Height of the title's line, with tools and without."""


class CurveCard(QFrame):
    """A card around one plot."""

    def __init__(self, title: str, plot: QWidget, tools: tuple[QWidget, ...], parent: QWidget | None = None) -> None:
        """Take in a plot.

        Args:
            title: What is plotted.
            plot: The plot.
            tools: Buttons for the right end of the title's line.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setProperty("card", True)
        name = QLabel(title)
        name.setProperty("title", True)
        name.setMinimumHeight(_HEADER_PX)
        self._words = QLabel()
        self._words.setProperty("quiet", True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        header = QHBoxLayout()
        header.setSpacing(theme.SPACE_M)
        header.addWidget(name)
        header.addStretch(1)
        header.addWidget(Legend())
        for tool in tools:
            header.addWidget(tool)
        self._body = QStackedLayout()
        self._body.addWidget(self._words)
        self._body.addWidget(plot)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_L, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(header)
        column.addLayout(self._body, 1)

    def show_words(self, words: str) -> None:
        """Show words in place of the plot, or the plot if there are none."""
        self._words.setText(words)
        self._body.setCurrentIndex(0 if words else 1)
