"""Painted lines of text about a unit: with labels, every new number would lay out the whole window again."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.widgets.fields import set_tip

PARAGRAPH_GAP = 5


class FactsView(QWidget):
    """Shows a title, the worked sum below it, and quiet lines about the layer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a view without text."""
        super().__init__(parent)
        self.setObjectName("unitFacts")
        self.setAccessibleName("Facts about the selected unit")
        self.setWhatsThis(
            "How the value is computed: the sum of each weight times its input, plus the bias, then the activation "
            "function. Below: the parameters and multiply-adds of the layer."
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._title = ""
        self._text = ""
        self._quiet: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """The text on screen, line by line."""
        return (self._title, *self._text.split("\n"), *self._quiet)

    def show_facts(self, title: str, text: str, quiet: tuple[str, ...]) -> None:
        """Show other lines.

        Args:
            title: The unit's name.
            text: How its value is computed.
            quiet: Further facts; empty lines are skipped.
        """
        said = tuple(line for line in quiet if line)
        if (title, text, said) != (self._title, self._text, self._quiet):
            self._title, self._text, self._quiet = title, text, said
            set_tip(self, "\n".join(self.lines))
            self.update()

    def minimumSizeHint(self) -> QSize:
        """Return the smallest readable size."""
        return QSize(160, 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines from the top, wrapped."""
        del event
        palette = QApplication.palette()
        painter = QPainter(self)
        large = QFont(self.font())
        large.setPixelSize(theme.FONT_TITLE_PX)
        large.setWeight(QFont.Weight.DemiBold)
        small = theme.small_font(self.font())
        top = 0.0
        painter.setPen(palette.color(theme.TEXT))
        for font, text in ((large, self._title), (self.font(), self._text), *((small, line) for line in self._quiet)):
            painter.setFont(font)
            if font is small:
                painter.setPen(palette.color(theme.QUIET))
            space = QRectF(0, top, self.width(), max(self.height() - top, 0))
            used = painter.boundingRect(space, Qt.TextFlag.TextWordWrap, text)
            if used.bottom() > self.height() + 1:
                break  # a part of a line would be cut off; the tooltip has them all
            painter.drawText(space, Qt.TextFlag.TextWordWrap, text)
            top = used.bottom() + PARAGRAPH_GAP
        painter.end()
