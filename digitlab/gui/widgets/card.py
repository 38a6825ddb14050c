"""Cards: the bordered surfaces that make up a panel."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from digitlab.gui import theme


class Card(QFrame):
    """A surface with a border and, if it has a title or tools, a header with them.

    Attributes:
        column: The layout of the header and the content below it.
        header: The title on the left and the tools on the right; None if there are neither.
        title: The label with the title; None without a title.
    """

    def __init__(self, title: str = "", tools: tuple[QWidget, ...] = (), parent: QWidget | None = None) -> None:
        """Create an empty card.

        Args:
            title: The title; empty for none.
            tools: Widgets on the right of the header.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setProperty("card", True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_M)
        self.column.setSpacing(theme.SPACE_S)
        self.header: QHBoxLayout | None = None
        self.title: QLabel | None = None
        if title or tools:
            self.header = QHBoxLayout()
            self.header.setSpacing(theme.SPACE_S)
            if title:
                self.title = title_label(title)
                self.header.addWidget(self.title)
            self.header.addStretch(1)
            for tool in tools:
                self.header.addWidget(tool)
            self.column.addLayout(self.header)


def title_label(text: str = "") -> QLabel:
    """Return a label in the title font."""
    label = QLabel(text)
    label.setProperty("title", True)
    return label


def quiet_label(text: str = "", *, wraps: bool = True) -> QLabel:
    """Return a label for small, less important text.

    Args:
        text: The text.
        wraps: Whether it wraps.
    """
    label = QLabel(text)
    label.setProperty("quiet", True)
    label.setWordWrap(wraps)
    return label
