"""The Learning panel: training health, update ratios, dead units, and the distribution of each layer's values."""

from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart
from digitlab.gui.charts.scales import SnapshotScale
from digitlab.gui.learning.dead_units import DeadUnitsChart
from digitlab.gui.learning.findings_view import FindingsView
from digitlab.gui.learning.histogram_map import HistogramMap
from digitlab.gui.learning.scale_bar import ScaleBar
from digitlab.gui.learning.update_ratios import UpdateRatioChart
from digitlab.gui.learning.wording import findings, layer_title, waiting_text
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Columns, Learning
from digitlab.gui.widgets.card import Card, FoldingRow, quiet_label, title_label
from digitlab.gui.widgets.paint_queue import PaintQueue
from digitlab.gui.widgets.throttle import Throttle
from digitlab.insight.histogram import Histogram
from digitlab.insight.learning import LayerStatistics, SnapshotStatistics, learning_layers
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import count

_HEAD_PX: Final = 140
_ROW_PX: Final = 118
_LEAST_STATE_PX: Final = 160

_Layer = tuple[LayerStatistics | None, ...]
"""The statistics of a layer at each snapshot; None where they are not measured yet."""


class LayerRow(Card):
    """One layer: its weights and activations over the snapshots.

    Signals:
        snapshot_chosen: The user chose another snapshot; carries its training step.
    """

    snapshot_chosen = Signal(int)

    def __init__(self, spec: ModelSpec, layer: int, queue: PaintQueue, parent: QWidget | None = None) -> None:
        """Create empty charts.

        Args:
            spec: The network.
            layer: Index of the layer.
            queue: Queue in which the charts are painted.
            parent: The widget around it.
        """
        super().__init__(parent=parent)
        name, title = spec.layer_names[layer], layer_title(spec, layer)
        self._layer: _Layer | None = None
        self._weight_columns: tuple[Histogram | None, ...] = ()
        self._activation_columns: tuple[Histogram | None, ...] = ()
        weights = "weights" if spec.layers[layer].has_kernel else f"{next(iter(spec.weight_shapes[layer]))}s"
        self._weights = HistogramMap(
            f"{name}Weights",
            f"{title}: {weights}",
            weights,
            "The distribution of the layer's weights. It starts narrow around zero and widens as the layer learns; a "
            "distribution that never changes, or widens without limit, is a bad sign.",
        )
        self._activations = HistogramMap(
            f"{name}Activations",
            f"{title}: activations",
            "activations",
            "The distribution of the layer's activations for a hundred drawn digits. A ReLU outputs zero where its sum "
            "is negative, so half zeros are normal; only zeros mean that the layer is dead.",
        )
        self.setMinimumHeight(_ROW_PX)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_M)
        for chart in (self._weights, self._activations):
            chart.paint_in(queue)
            chart.snapshot_chosen.connect(self.snapshot_chosen)
            row.addWidget(chart)
        self.column.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_XS, theme.SPACE_XS)
        self.column.addLayout(row)

    def show_layer(
        self, scale: SnapshotScale, layer: _Layer, step: int, shown: LayerStatistics | None, waiting: str
    ) -> None:
        """Show the layer; with unchanged measurements, only the snapshot on screen is updated.

        Args:
            scale: The snapshots.
            layer: The measurements at each.
            step: Training step of the snapshot on screen.
            shown: The measurements at that snapshot.
            waiting: Why there are no measurements yet; empty if there are some.
        """
        if layer is not self._layer:
            self._layer = layer
            self._weight_columns = tuple(None if stats is None else stats.weights for stats in layer)
            self._activation_columns = tuple(None if stats is None else stats.activations for stats in layer)
        weights, activations = (None, None) if shown is None else (shown.weights, shown.activations)
        self._weights.show_histograms(scale, self._weight_columns, step, weights, waiting)
        self._activations.show_histograms(scale, self._activation_columns, step, activations, waiting)


class LearningPanel(QWidget):
    """Shows ``session.learning``, with a row for each layer that has weights.

    Signals:
        watched_changed: The panel was shown or hidden; carries whether it is visible.
        snapshot_chosen: The user chose another snapshot; carries its training step.
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
        self._scale: SnapshotScale | None = None
        self._layers: list[_Layer] = []
        self._rows: list[LayerRow] = []
        self._findings = FindingsView()
        self._updates = UpdateRatioChart()
        self._dead = DeadUnitsChart()
        self._queue = PaintQueue(self)
        # Deferred: if bars and time slider were painted together, the slider would lag behind the pointer.
        self._refreshing = Throttle(self._refresh, 0, self)
        self._state = quiet_label()
        self._state.setObjectName("learningState")
        self._state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._column = QVBoxLayout()
        self._lay_out()
        for chart in (self._updates, self._dead):
            chart.paint_in(self._queue)
            chart.snapshot_chosen.connect(self.snapshot_chosen)
        session.learning_changed.connect(self._on_session_learning_changed)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.SPACE_S)
        head.addWidget(self._findings, 5)
        head.addWidget(_card(self._updates), 4)
        head.addWidget(_card(self._dead), 3)
        title = title_label("Distributions")
        legend, of_what = FoldingRow(), quiet_label("share of the values", wraps=False)
        legend.row.setContentsMargins(theme.SPACE_XS, 0, 0, 0)
        legend.row.setSpacing(theme.SPACE_M)
        legend.row.addWidget(title)
        legend.row.addWidget(self._state, 1)
        legend.row.addWidget(of_what)
        legend.row.addWidget(ScaleBar())
        legend.fold({of_what: ""})
        # Two lines in a narrow window, without moving what is below.
        self._state.setMinimumWidth(_LEAST_STATE_PX)
        self._state.setFixedHeight(2 * self._state.fontMetrics().lineSpacing())
        inner = QWidget()
        inner.setObjectName("learningRows")
        inner.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.SPACE_S)
        scroll = QScrollArea()
        scroll.setObjectName("learningScroll")
        scroll.setAccessibleName("Training health and histograms of all layers")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.SPACE_S, 0, theme.SPACE_S)
        column.setSpacing(theme.SPACE_S)
        column.addLayout(head, 9)
        column.addWidget(legend)
        column.addWidget(scroll, 20)
        for widget in (self._findings, self._updates, self._dead):
            widget.setMinimumHeight(_HEAD_PX - 2 * theme.SPACE_S)

    def _refresh(self) -> None:
        """Show the session's values."""
        learning = self._session.learning
        if learning is None:
            return
        if learning.spec != self._spec:
            self._build_rows(learning.spec)
        step = self._session.snapshot.step
        columns = learning.columns
        # The same object for the same snapshots: another one would paint all charts again.
        scale = SnapshotScale(columns.steps, columns.epochs)
        if self._scale is None or scale != self._scale:
            self._scale = scale
        if columns is not self._columns:
            self._columns = columns
            self._layers = [
                tuple(_layer(stats, place) for stats in columns.measured) for place in range(len(self._rows))
            ]
        waiting = waiting_text(learning)
        for place, (row, layer) in enumerate(zip(self._rows, self._layers, strict=True)):
            row.show_layer(self._scale, layer, step, _layer(learning.shown, place), waiting)
        self._updates.show_learning(learning, self._scale, step)
        self._dead.show_learning(learning, self._scale, step)
        self._findings.show_findings(findings(learning, step), waiting)
        self._state.setText(_state_text(learning))

    def _build_rows(self, spec: ModelSpec) -> None:
        """Create a row for each layer that has weights."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self._spec, self._columns, self._scale = spec, None, None
        self._rows = [LayerRow(spec, layer, self._queue) for layer in learning_layers(spec)]
        for row in self._rows:
            row.snapshot_chosen.connect(self.snapshot_chosen)
            self._column.addWidget(row)
        rows = self._column.parentWidget()
        if rows is not None:
            # Not from the layout, which leaves out rows that are not on screen yet: they would overlap at first.
            rows.setMinimumHeight(len(self._rows) * (_ROW_PX + theme.SPACE_S) - theme.SPACE_S)

    @Slot()
    def _on_session_learning_changed(self) -> None:
        if self.isVisible():
            self._refreshing.request()

    # Overrides of Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Start measuring snapshots."""
        super().showEvent(event)
        self.watched_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop measuring."""
        super().hideEvent(event)
        self.watched_changed.emit(False)


def _layer(stats: SnapshotStatistics | None, place: int) -> LayerStatistics | None:
    return None if stats is None else stats.layers[place]


def _state_text(learning: Learning) -> str:
    """Return what the maps show, or the progress of the measurement."""
    columns = learning.columns
    if not learning.is_of_run and columns.steps == (0,):
        return "Not trained yet."
    if not learning.is_of_run:
        return "Only this snapshot of its training is kept."
    measured, snapshots = len(columns.steps) - columns.missing, count(len(columns.steps), "snapshot")
    if columns.missing and learning.is_broken:
        return f"Measured: {measured} of {snapshots}; the rest failed"
    if columns.missing > 1:  # during a training, the newest is always missing for a moment
        return f"Measuring: {measured} of {snapshots}"
    return f"{snapshots}; click one to show it"


def _card(chart: Chart) -> Card:
    card = Card()
    card.column.setContentsMargins(theme.SPACE_S, theme.SPACE_S, theme.SPACE_XS, theme.SPACE_XS)
    card.column.addWidget(chart)
    return card
