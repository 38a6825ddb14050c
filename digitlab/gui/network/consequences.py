"""What follows from a network: its diagram, the cost of each layer, and what that means in sentences."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QScrollArea, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.network.diagram import NetworkDiagram
from digitlab.gui.network.summary_model import SummaryModel, raw_table
from digitlab.gui.network.summary_table import SummaryTable
from digitlab.gui.widgets.card import Card, FoldingRow, quiet_label
from digitlab.gui.widgets.fields import describe, set_flag
from digitlab.gui.widgets.themed import Themed
from digitlab.model.presets import TUTORIAL
from digitlab.model.spec import ModelSpec
from digitlab.training.config import TrainingConfig
from digitlab.training.optimizer_state import SLOT_COUNTS
from digitlab.training.speed import Measured, estimate
from digitlab.words.costs import left_out_note, memory_note, rule_note, time_note
from digitlab.words.tables import comma_separated, markdown

_MNIST: Final = (60_000, 10_000)
"""Images to train and to validate on in the epoch whose duration is estimated."""


class _DiagramScroll(QScrollArea):
    """Scrolls through the diagram of a long network in a narrow window."""

    def __init__(self, diagram: NetworkDiagram) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(diagram)
        self.setFixedHeight(diagram.sizeHint().height())
        self._diagram = diagram

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height of the diagram, and that of the scroll bar if it is needed."""
        super().resizeEvent(event)
        bar = self.horizontalScrollBar().sizeHint().height() if self._diagram.minimumWidth() > self.width() else 0
        self.setFixedHeight(self._diagram.sizeHint().height() + bar)


class Consequences(Themed, QWidget):
    """The right side of the Network tab.

    Signals:
        picture_requested: The user wants the diagram as a file; carries a ``Picture``.
    """

    picture_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create it for the tutorial's network."""
        super().__init__(parent)
        self._spec = TUTORIAL
        self._diagram = NetworkDiagram()
        self._model = SummaryModel(self)
        self._table = SummaryTable(self._model)
        self._copy, self._export = QPushButton(), QToolButton()
        self._notes = quiet_label()
        self._hint = quiet_label()
        self._notes.setObjectName("networkNotes")
        self._hint.setObjectName("networkHint")
        describe(self._table, "summaryTable", "Summary", "Shape and cost of each layer. Ctrl+C copies the table.")
        describe(self._copy, "copySummaryButton", "Copy table", "Copy the table as text, Markdown or CSV.")
        describe(self._export, "exportDiagramButton", "Export diagram", "Save the diagram as SVG, PDF or PNG.")
        self._copy.setText("&Copy table")
        menu = QMenu(self._copy)
        menu.addAction("As &text, for a spreadsheet", self._table.copy)
        menu.addAction("As &Markdown", self._copy_markdown)
        menu.addAction("As &CSV, plain numbers", self._copy_csv)
        self._copy.setMenu(menu)
        self._export.clicked.connect(self._on_export_clicked)
        self._lay_out()
        self.follow_theme()

    def _lay_out(self) -> None:
        # From the outside in: a widget with a new parent is restyled, with all its children.
        top = Card("Architecture", (self._export,), parent=self)
        top.column.addWidget(_DiagramScroll(self._diagram))
        tools = FoldingRow()
        tools.row.addWidget(self._copy)
        tools.fold({self._copy: ""})
        bottom = Card("Network summary", (tools,), parent=self)
        bottom.column.setContentsMargins(theme.SPACE_L, theme.SPACE_M, theme.SPACE_S, theme.SPACE_M)
        self._table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        for part in (self._table, self._notes, self._hint):
            bottom.column.addWidget(part)
        bottom.column.addStretch(1)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_S)
        column.addWidget(top)
        column.addWidget(bottom, 1)

    def show_network(self, spec: ModelSpec, config: TrainingConfig, measured: Sequence[Measured]) -> None:
        """Show a network that can be built, how it would be trained, and how long by earlier trainings."""
        if spec != self._spec or not self._notes.text():
            self._spec = spec
            self._model.show_spec(spec)
            self._diagram.show_spec(spec)
        time = time_note(estimate(spec, config, *_MNIST, measured), _MNIST[0])
        memory = memory_note(spec, config.batch_size, SLOT_COUNTS[config.optimizer])
        self._notes.setText(" ".join(filter(None, (rule_note(spec), memory, time, left_out_note(spec)))))

    def show_hint(self, text: str, *, is_problem: bool) -> None:
        """Say which network this is, or what is wrong with the one that is typed."""
        self._hint.setText(text)
        set_flag(self._hint, "problem", is_on=is_problem)

    def restyle(self) -> None:
        """Colour the icons."""
        self._copy.setIcon(theme.icon("copy", self.palette()))
        self._export.setIcon(theme.icon("export", self.palette()))

    @Slot()
    def _copy_markdown(self) -> None:
        QGuiApplication.clipboard().setText(markdown(self._model.as_table()))

    @Slot()
    def _copy_csv(self) -> None:
        QGuiApplication.clipboard().setText(comma_separated(raw_table(self._spec)))

    @Slot()
    def _on_export_clicked(self) -> None:
        self.picture_requested.emit(self._diagram.picture())

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size, with all lines of the notes at the present width; below it, the tab scrolls."""
        return QSize(self._column.minimumSize().width(), self._column.minimumHeightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the notes have more lines in a narrower widget."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
