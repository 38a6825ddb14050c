"""The room where learning is seen: what is healthy, how long steps are, and how every layer's numbers are spread."""

from typing import Final

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.snapshot_axis import SnapshotAxis
from digitlab.gui.learning.dead_chart import DeadChart
from digitlab.gui.learning.findings_view import FindingsView
from digitlab.gui.learning.histogram_map import HistogramMap
from digitlab.gui.learning.scale_bar import ScaleBar
from digitlab.gui.learning.update_chart import UpdateChart
from digitlab.gui.learning.wording import findings, layer_title
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Columns, Learning
from digitlab.gui.widgets.paint_queue import PaintQueue
from digitlab.insight.learning import LayerStatistics, SnapshotStatistics, learning_layers
from digitlab.model.spec import ModelSpec

_HEAD_PX: Final = 140
_ROW_PX: Final = 118


class LayerRow(QFrame):
    """One layer: its weights and its activations over time.

    Signals:
        snapshot_chosen: The person wants to go to a moment; carries its training step.
    """

    snapshot_chosen = Signal(int)

    def __init__(self, spec: ModelSpec, layer: int, turns: PaintQueue, parent: QWidget | None = None) -> None:
        """Begin empty.

        Args:
            spec: The network.
            layer: Index of the layer.
            turns: In which the charts are painted.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setProperty("card", True)
        name, title = spec.layer_names[layer], layer_title(spec, layer)
        self._weights = HistogramMap(
            f"{name}Weights",
            f"{title}: weights",
            "weights",
            "How a layer's weights are spread. They begin narrow about zero and spread while they learn; a spread that "
            "stands still, or grows without end, is a bad sign.",
        )
        self._activations = HistogramMap(
            f"{name}Activations",
            f"{title}: activations",
            "activations",
            "How the layer's answers to a hundred drawn digits are spread. A ReLU answers zero where its sum is "
            "negative, so half zeros are usual; only zeros mean that the layer is dead.",
        )
        self.setMinimumHeight(_ROW_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_XS, theme.SPACE_XS)
        row.setSpacing(theme.SPACE_M)
        for chart in (self._weights, self._activations):
            chart.take_turns(turns)
            chart.snapshot_chosen.connect(self.snapshot_chosen)
            row.addWidget(chart)

    def show_columns(
        self, axis: SnapshotAxis, step: int, columns: tuple[LayerStatistics | None, ...], shown: LayerStatistics | None
    ) -> None:
        """Show the layer at other moments."""
        weights = tuple(None if column is None else column.weights for column in columns)
        activations = tuple(None if column is None else column.activations for column in columns)
        self._weights.show_columns(weights)
        self._activations.show_columns(activations)
        self.show_snapshot(axis, step, shown)

    def show_snapshot(self, axis: SnapshotAxis, step: int, shown: LayerStatistics | None) -> None:
        """Mark another moment."""
        self._weights.show_histogram(axis, step, None if shown is None else shown.weights)
        self._activations.show_histogram(axis, step, None if shown is None else shown.activations)


class LearningPanel(QWidget):
    """Shows ``session.learning``, of the network's layers one row each.

    Signals:
        watched_changed: The panel came into sight, or went out of it.
        snapshot_chosen: The person wants to go to a moment; carries its training step.
    """

    watched_changed = Signal(bool)
    snapshot_chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show a session."""
        super().__init__(parent)
        self.setObjectName("learningPanel")
        self._session = session
        self._spec: ModelSpec | None = None
        self._columns: Columns | None = None
        self._axis: SnapshotAxis | None = None
        self._rows: list[LayerRow] = []
        self._findings = FindingsView()
        self._updates = UpdateChart()
        self._dead = DeadChart()
        self._turns = PaintQueue(self)
        # A turn of its own: with bars and time slider in one go, the window would be held up while the slider is drawn.
        self._refreshing = QTimer(self)
        self._refreshing.setSingleShot(True)
        self._refreshing.timeout.connect(self._refresh)
        self._state = QLabel()
        self._state.setObjectName("learningState")
        self._state.setProperty("quiet", True)
        self._state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout()
        self._lay_out()
        for chart in (self._updates, self._dead):
            chart.take_turns(self._turns)
            chart.snapshot_chosen.connect(self.snapshot_chosen)
        session.learning_changed.connect(self._on_session_learning_changed)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_S)
        head.addWidget(self._findings, 5)
        head.addWidget(_card(self._updates), 4)
        head.addWidget(_card(self._dead), 3)
        title = QLabel("Weights and activations over time")
        title.setProperty("title", True)
        title.setMinimumWidth(1)  # in a narrow window the legend goes before it
        legend = QHBoxLayout()
        legend.setContentsMargins(theme.SPACE_XS, 0, 0, 0)
        legend.setSpacing(theme.SPACE_M)
        legend.addWidget(title)
        legend.addWidget(self._state, 1)
        share = QLabel("share of the values")
        share.setProperty("quiet", True)
        legend.addWidget(share)
        legend.addWidget(ScaleBar())
        inner = QWidget()
        inner.setObjectName("learningRows")
        inner.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.SPACE_S)
        scroll = QScrollArea()
        scroll.setObjectName("learningScroll")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.SPACE_S, 0, theme.SPACE_S)
        column.setSpacing(theme.SPACE_S)
        column.addLayout(head, 9)
        column.addLayout(legend)
        column.addWidget(scroll, 20)
        for widget in (self._findings, self._updates, self._dead):
            widget.setMinimumHeight(_HEAD_PX - 2 * theme.SPACE_S)

    @Slot()
    def _refresh(self) -> None:
        """Show what the session holds."""
        learning = self._session.learning
        if learning is None:
            return
        if learning.spec != self._spec:
            self._build_rows(learning.spec)
        step = self._session.snapshot.step
        columns = learning.columns
        # The same axis while it says the same: each other one has the charts painted anew.
        axis = SnapshotAxis(columns.steps, columns.epochs)
        if self._axis is None or axis != self._axis:
            self._axis = axis
        for place, row in enumerate(self._rows):
            shown = _layer(learning.shown, place)
            if columns is self._columns:
                row.show_snapshot(self._axis, step, shown)
            else:
                row.show_columns(self._axis, step, tuple(_layer(stats, place) for stats in columns.measured), shown)
        self._columns = columns
        self._updates.show_learning(learning, self._axis, step)
        self._dead.show_learning(learning, self._axis, step)
        self._findings.show_findings(findings(learning, step))
        self._state.setText(_state_words(learning))

    def _build_rows(self, spec: ModelSpec) -> None:
        """Make a row for each layer that learns."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self._spec, self._columns, self._axis = spec, None, None
        self._rows = [LayerRow(spec, layer, self._turns) for layer in learning_layers(spec)]
        for row in self._rows:
            row.snapshot_chosen.connect(self.snapshot_chosen)
            self._column.addWidget(row)

    @Slot()
    def _on_session_learning_changed(self) -> None:
        if self.isVisible() and not self._refreshing.isActive():
            self._refreshing.start(0)

    # Overrides of Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Have the moments measured."""
        super().showEvent(event)
        self.watched_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Measure nothing that nobody sees."""
        super().hideEvent(event)
        self.watched_changed.emit(False)


def _layer(stats: SnapshotStatistics | None, place: int) -> LayerStatistics | None:
    return None if stats is None else stats.layers[place]


def _state_words(learning: Learning) -> str:
    """Return what the maps show, or how far measuring is."""
    columns = learning.columns
    if not learning.is_of_run and columns.steps == (0,):
        return "Untrained: this is the beginning."
    if not learning.is_of_run:
        return "Of its training only this moment is kept."
    if columns.missing and learning.is_broken:
        return f"Measured: {len(columns.steps) - columns.missing} of {len(columns.steps)} moments; the rest failed"
    if columns.missing > 1:  # the newest of a training that goes on is always missing for a moment
        return f"Measuring: {len(columns.steps) - columns.missing} of {len(columns.steps)} moments"
    return f"{len(columns.steps)} moments; click one to go there"


def _card(chart: QWidget) -> QFrame:
    card = QFrame()
    card.setProperty("card", True)
    layout = QVBoxLayout(card)
    layout.setContentsMargins(theme.SPACE_S, theme.SPACE_S, theme.SPACE_XS, theme.SPACE_XS)
    layout.addWidget(chart)
    return card
