"""The card around charts: title, tools, and a text shown if there is nothing to plot."""

from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSizePolicy, QStackedLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.fields import set_tip, tip_of
from digitlab.gui.widgets.label import Label

_HEADER_PX: Final = 32
"""Height of the header in cards that may have tools, so that such cards align."""

_READOUT_LINES: Final = 2
_MINIMUM_PX: Final = 260


class ChartCard(Card):
    """A card around a painted chart with its readout, or around zoomable plots, one of which is shown."""

    def __init__(
        self, title: str, chart: Chart | None = None, tools: tuple[QWidget, ...] = (), parent: QWidget | None = None
    ) -> None:
        """Create a card.

        Args:
            title: What the charts show.
            chart: A chart whose readout is shown below the title; None if plots are added later.
            tools: Buttons on the right of the header.
            parent: The widget around it.
        """
        super().__init__(title, tools, parent)
        assert self.header is not None
        assert self.title is not None
        self._chart = chart
        self._message = quiet_label()
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body = QStackedLayout()
        # Before it has widgets: it shows the first at once, which would be a window of its own outside the card.
        self.column.addLayout(self._body, 1)
        self._body.addWidget(self._message)
        self.column.setSpacing(theme.SPACE_XS)
        if chart is None:
            self.header.setSpacing(theme.SPACE_M)
            self.title.setMinimumHeight(_HEADER_PX)
            self.column.setContentsMargins(theme.SPACE_L, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        else:
            self.title.setBuddy(chart)
            set_tip(self.title, tip_of(chart))
            self.column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_L, theme.SPACE_S)
            # Its height depends only on the window, so that nothing moves when the chart replaces the message.
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
            self.setMinimumHeight(_MINIMUM_PX)
            self._add_readout(chart)
            self.add_plot(chart)

    def _add_readout(self, chart: Chart) -> None:
        readout = Label()
        readout.setObjectName(f"{chart.objectName()}Words")
        readout.setWordWrap(True)
        readout.setAlignment(Qt.AlignmentFlag.AlignTop)
        # Its height must not depend on the text, or the chart would move under the pointer.
        readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        readout.setFixedHeight(_READOUT_LINES * readout.fontMetrics().lineSpacing() + 2)
        self.column.insertWidget(self.column.indexOf(self._body), readout)
        self._readout = readout
        chart.pointed.connect(self._on_chart_pointed)

    def add_plot(self, plot: QWidget) -> None:
        """Add a plot; the first one is number 0."""
        self._body.addWidget(plot)

    def show_text(self, text: str, plot: int = 0) -> None:
        """Show a text instead of the plots, or a plot if the text is empty and the plot exists.

        Args:
            text: The text; empty for the plot.
            plot: Number of the plot.
        """
        self._message.setText(text)
        self._body.setCurrentIndex(0 if text else min(1 + plot, self._body.count() - 1))

    @Slot()
    def _on_chart_pointed(self) -> None:
        if self._chart is not None:
            self._readout.setText(self._chart.readout)

    def hasHeightForWidth(self) -> bool:
        """Return False although texts wrap: a card with a chart takes any height."""
        return self._chart is None and super().hasHeightForWidth()
