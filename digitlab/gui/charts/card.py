"""The card around a chart: its title, the chart or words in its place, and a sentence that reads it."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart

_SENTENCE_LINES = 2
_MINIMUM_PX = 260


class ChartCard(QFrame):
    """A card around one chart."""

    def __init__(self, title: str, chart: Chart, parent: QWidget | None = None) -> None:
        """Take in a chart.

        Args:
            title: What it shows.
            chart: The chart.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setProperty("card", True)
        # Its height follows the window alone, so that nothing moves when the chart takes the place of words.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(_MINIMUM_PX)
        self._chart = chart
        name = QLabel(title)
        name.setProperty("title", True)
        name.setBuddy(chart)
        name.setToolTip(chart.toolTip())
        self._words = QLabel()
        self._words.setProperty("quiet", True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._sentence = QLabel()
        self._sentence.setObjectName(f"{chart.objectName()}Words")
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        # Its height must not follow the words, or the chart would move under the pointer.
        self._sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._sentence.setFixedHeight(_SENTENCE_LINES * self._sentence.fontMetrics().lineSpacing() + 2)
        self._body = QStackedLayout()
        self._body.addWidget(self._words)
        self._body.addWidget(chart)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_S)
        column.setSpacing(theme.SPACE_XS)
        column.addWidget(name)
        column.addWidget(self._sentence)
        column.addLayout(self._body, 1)
        chart.pointed.connect(self._on_chart_pointed)

    def show_words(self, words: str) -> None:
        """Show words in place of the chart, or the chart if there are none."""
        self._words.setText(words)
        self._body.setCurrentIndex(0 if words else 1)

    @Slot()
    def _on_chart_pointed(self) -> None:
        self._sentence.setText(self._chart.words)

    def hasHeightForWidth(self) -> bool:
        """Say no, though the words can wrap: the card takes the height it is given."""
        return False
