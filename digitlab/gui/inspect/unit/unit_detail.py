"""The details of one unit: its enlarged map, its weights, the worked sum of its value, and the cost of its layer."""

from typing import Final

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QButtonGroup, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.inspect.columns import BARS, Column, ColumnKind, Spot
from digitlab.gui.inspect.scene import Scene
from digitlab.gui.inspect.shading import Showing
from digitlab.gui.inspect.unit.facts_view import FactsView
from digitlab.gui.inspect.unit.histogram_view import HistogramView
from digitlab.gui.inspect.unit.unit_facts import (
    cost_line,
    dead_line,
    histograms_of,
    map_of,
    mapped,
    strongest,
    sum_line,
    title_of,
    value_line,
    weights_of,
)
from digitlab.gui.maps.colours import Colours, Tiles
from digitlab.gui.maps.tile_grid import Cell, TileGrid
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.fields import set_tip
from digitlab.insight.lens import Inspection
from digitlab.words.numbers import number

WEIGHTS_SHARE: Final = 0.22
"""Share of the card's width for the weights beside a map, or more if it is spare; without a map twice as much."""
FACTS_COMFORTABLE: Final = 440
"""Width in which the lines about a unit need not be wrapped."""
CLOSE_UP_SHARE: Final = 0.62
"""Side of the enlarged kernel relative to the map's side."""

HISTOGRAM_SHARE: Final = 0.14
HISTOGRAM_NARROWEST: Final = 136
HISTOGRAMS_FROM_PX: Final = 640
"""In a narrower card the sum and the buttons need their space."""
HISTOGRAMS_BESIDE_FROM_PX: Final = 1200
"""In a wider card the histograms stand side by side, otherwise one below the other."""


class UnitDetail(Card):
    """The card about the selected tile.

    Signals:
        cell_changed: Another cell of the enlarged map is pointed at; carries a ``Spot`` or None.
        left: Escape was pressed, to return to the network.
    """

    cell_changed = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty card."""
        super().__init__(parent=parent)
        self.setObjectName("unitDetail")
        self.setAccessibleName("The selected unit")
        self._map = TileGrid("unitMap", "Enlarged map", "The selected map. Point at a cell to see its sum.")
        self._map.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._weights = TileGrid(
            "unitWeights",
            "Weights of the selected unit",
            "One kernel for each input channel: positive weights are red, negative ones blue, and zero has the "
            "background's colour. Point at a kernel to enlarge it.",
        )
        self._close_up = TileGrid("unitCloseUp", "One kernel enlarged", "The kernel under the pointer, enlarged.")
        self._histograms = [
            HistogramView(
                "unitHistogramWeights",
                "Histogram of this layer's weights, or of its activations.",
            ),
            HistogramView("unitHistogramBiases", "Histogram of this layer's biases."),
        ]
        self._scene: Scene | None = None
        self._selection = Spot(0, 0)
        self._focus = Spot(0, 0)
        self._enlarged: Spot | None = None
        self._counted: tuple[object, object, bool] | None = None
        self.column.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_S)
        row = QHBoxLayout()
        self.column.addLayout(row)
        row.setSpacing(theme.SPACE_L)
        for grid in (self._map, self._weights, self._close_up):
            row.addWidget(grid, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._make_facts(), 1)
        self._bars = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        for histogram in self._histograms:
            self._bars.addWidget(histogram)
        row.addLayout(self._bars)
        self._map.cell_changed.connect(self._on_map_cell_changed)
        self._weights.cell_changed.connect(self._on_weights_cell_changed)
        self._close_up.cell_changed.connect(self._on_close_up_cell_changed)
        self._kinds.idClicked.connect(self._on_kinds_clicked)

    def _make_facts(self) -> QVBoxLayout:
        facts = QVBoxLayout()
        facts.setSpacing(2)
        self._facts = FactsView(self)
        self._pointed = quiet_label()
        self._pointed.setObjectName("unitPointed")
        self._pointed.setWordWrap(False)
        self._pointed.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        facts.addWidget(self._facts, 1)
        facts.addWidget(self._pointed)
        self._kinds = QButtonGroup(self)
        switch = QHBoxLayout()
        switch.setSpacing(theme.SPACE_XS)
        for nth, (name, text, tooltip) in enumerate(
            (
                ("detailWeights", "Weights", "Show the learned weights of the unit."),
                ("detailProducts", "Contributions", "Show weight × input: the contribution of each input to the sum."),
            )
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setCheckable(True)
            set_tip(button, tooltip)
            button.setWhatsThis(tooltip)
            self._kinds.addButton(button, nth)
            switch.addWidget(button)
        self._kinds.button(0).setChecked(True)
        switch.addStretch(1)
        facts.addLayout(switch)
        return facts

    def show_unit(self, scene: Scene, selection: Spot, hover: Spot | None) -> None:
        """Show the selected tile, with the sum of its cell under the pointer, otherwise of its strongest cell."""
        self._scene, self._selection = scene, selection
        inspection, columns = scene.inspection, scene.columns
        column = columns[selection.column]
        shows_map = scene.pictures[selection.column].biases is None
        is_here = hover is not None and hover[:2] == selection[:2] and (shows_map or self._map.cell is not None)
        self._focus = hover if hover is not None and is_here else strongest(inspection, columns, selection)
        self._fit()
        self._show_map(scene)
        self._show_weights(scene)
        self._facts.show_facts(
            title_of(columns, selection),
            sum_line(inspection, columns, self._focus),
            (
                cost_line(scene.spec, column.layer),
                value_line(inspection, column, selection),
                dead_line(inspection, column),
            ),
        )
        self._show_histograms(inspection, column)

    def take_focus(self) -> None:
        """Move the keyboard focus to the enlarged map."""
        if self._map.isVisible():
            self._map.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_map(self, scene: Scene) -> None:
        self._enlarged = mapped(scene.inspection, scene.columns, self._focus)
        if self._enlarged is None:
            self._map.show_tiles(None, "")
            return
        column = scene.columns[self._enlarged.column]
        tiles = map_of(scene.inspection, scene.columns, self._enlarged, scene.pictures[self._enlarged.column])
        is_own = self._enlarged.column == self._selection.column
        size = f"{column.rows} × {column.cols}"
        self._map.show_tiles(tiles, size if is_own else f"from {title_of(scene.columns, self._enlarged)}")
        self._map.set_mark((0, self._enlarged.row, self._enlarged.col))

    def _show_weights(self, scene: Scene) -> None:
        column = scene.columns[self._selection.column]
        layer = scene.spec.layers[column.layer] if column.layer >= 0 else None
        learns = layer is not None and layer.learns
        for button in self._kinds.buttons():
            button.setVisible(learns)
        products = self._kinds.checkedId() == 1
        tiles = weights_of(scene.inspection, scene.columns, self._focus, products=products)
        caption = ""
        if tiles is not None:
            channels = len(tiles.values)
            one = "1 kernel" if channels == 1 else f"{channels} kernels, one per input channel"
            caption = "weight × input" if products else one
            if layer is not None and layer.pooling is not None:
                caption = f"{layer.pooling} of these"
            elif layer is not None and not layer.has_filters:
                caption = f"{'weight × input' if products else 'weights'}, arranged as the {channels} input maps"
        self._weights.show_tiles(tiles, caption)
        self._show_close_up(tiles)

    def _show_close_up(self, tiles: Tiles | None) -> None:
        """Enlarge the kernel under the pointer, otherwise the strongest."""
        if tiles is None or len(tiles.values) == 1 or tiles.values[0].size == 1:
            self._close_up.show_tiles(None, "")
            self._show_pointed(tiles, self._weights.cell)
            return
        cell = self._weights.cell
        strongest_channel = int(np.abs(tiles.values).sum(axis=(1, 2)).argmax())
        channel = cell[0] if cell is not None and cell[0] < len(tiles.values) else strongest_channel
        self._close_up.show_tiles(
            Tiles(tiles.values[channel : channel + 1], tiles.colours, tiles.limit), f"channel {channel}"
        )
        self._close_up.set_mark((0, cell[1], cell[2]) if cell is not None else None)
        self._weights.set_mark(None if cell is None else cell)
        within = self._close_up.cell
        self._show_pointed(tiles, cell if cell is not None else (channel, *within[1:]) if within else None)

    def _show_pointed(self, tiles: Tiles | None, cell: Cell | None) -> None:
        text = ""
        if tiles is not None and cell is not None and cell[0] < len(tiles.values):
            kind = "value" if tiles.colours is Colours.SEQUENTIAL else "weight"
            kind = "contribution" if self._kinds.checkedId() == 1 and kind == "weight" else kind
            channel = f"input channel {cell[0]} · " if len(tiles.values) > 1 else ""
            text = f"{channel}row {cell[1]}, column {cell[2]}: {kind} {number(float(tiles.values[cell]))}"
        if self._pointed.text() != text:
            self._pointed.setText(text)

    def _show_histograms(self, inspection: Inspection, column: Column) -> None:
        learns = column.layer >= 0 and bool(inspection.snapshot.weights[column.layer])
        is_wide = self.width() >= HISTOGRAMS_FROM_PX
        key = (inspection.snapshot if learns else inspection, column, is_wide)
        if key == self._counted:
            return
        self._counted = key
        made = histograms_of(inspection, column) if is_wide else ()
        for nth, view in enumerate(self._histograms):
            view.show_histogram(made[nth] if nth < len(made) else None)

    def _fit(self) -> None:
        """Divide the space among the pictures."""
        if self._scene is None:
            return
        column = self._scene.columns[self._selection.column]
        height = self.height() - 2 * theme.SPACE_S - 2
        share = WEIGHTS_SHARE if column.kind not in BARS and column.kind is not ColumnKind.LIST else 2 * WEIGHTS_SHARE
        histogram_width = round(max(self.width() * HISTOGRAM_SHARE, HISTOGRAM_NARROWEST))
        for histogram in self._histograms:
            histogram.setFixedWidth(histogram_width)
        is_beside = self.width() >= HISTOGRAMS_BESIDE_FROM_PX
        direction = QBoxLayout.Direction
        self._bars.setDirection(direction.LeftToRight if is_beside else direction.TopToBottom)
        self._bars.setSpacing(theme.SPACE_L if is_beside else theme.SPACE_S)
        close_up = height * CLOSE_UP_SHARE
        others = height + close_up + FACTS_COMFORTABLE + histogram_width * (2 if is_beside else 1) + 6 * theme.SPACE_L
        self._map.set_space(height, height)
        self._weights.set_space(max(self.width() * share, self.width() - others, 96), height)
        self._close_up.set_space(close_up, close_up + 36)

    def _refresh(self, hover: Spot | None) -> None:
        if self._scene is not None:
            self.show_unit(self._scene, self._selection, hover)

    @Slot(object)
    def _on_map_cell_changed(self, cell: Cell | None) -> None:
        spot = None
        if cell is not None and self._enlarged is not None:
            spot = self._enlarged._replace(row=cell[1], col=cell[2])
        if self._scene is not None and self._scene.choices.showing is Showing.FILTERS:
            self._refresh(spot)
        self.cell_changed.emit(spot)

    @Slot(object)
    def _on_weights_cell_changed(self, cell: Cell | None) -> None:
        del cell
        self._show_close_up(self._weights.tiles)

    @Slot(object)
    def _on_close_up_cell_changed(self, cell: Cell | None) -> None:
        self._show_close_up(self._weights.tiles)
        self._close_up.set_mark(cell)

    @Slot(int)
    def _on_kinds_clicked(self, number: int) -> None:
        del number
        self._refresh(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the space among the pictures."""
        super().resizeEvent(event)
        self._refresh(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return to the network on Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
