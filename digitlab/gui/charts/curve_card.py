"""The card around a plot: title, tools, and words while there is nothing to plot."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from digitlab.gui import theme

_HEADER_PX = 32
"""Height of the title's line, with tools and without."""


class CurveCard(QFrame):
    """A card around one plot."""

    def __init__(self, title: str, tools: tuple[QWidget, ...], parent: QWidget | None = None) -> None:
        """Make a card without a plot.

        Args:
            title: What is plotted.
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
        for tool in tools:
            header.addWidget(tool)
        self._body = QStackedLayout()
        self._body.addWidget(self._words)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_L, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(header)
        column.addLayout(self._body, 1)

    def set_plot(self, plot: QWidget) -> None:
        """Take in the plot."""
        self._body.addWidget(plot)

    def show_words(self, words: str, plot: int = 0) -> None:
        """Show words in place of the plot; or the plot, if there is one and there are none.

        Args:
            words: What to say.
            plot: Which plot, by the order they came in.
        """
        self._words.setText(words)
        self._body.setCurrentIndex(0 if words else min(1 + plot, self._body.count() - 1))
