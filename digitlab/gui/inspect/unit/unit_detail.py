"""The details of one unit: its enlarged map, its weights, the worked sum of its value, and the cost of its layer."""

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.inspect.columns import BARS, Column, ColumnKind, Spot
from digitlab.gui.inspect.scene import Scene
from digitlab.gui.inspect.shading import Showing
from digitlab.gui.inspect.unit.card_widths import CLOSE_UP_FROM_PX, HISTOGRAMS_FROM_PX, card_widths
from digitlab.gui.inspect.unit.facts_view import FactsView
from digitlab.gui.inspect.unit.histogram_view import HistogramView
from digitlab.gui.inspect.unit.unit_buttons import UnitButtons
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
from digitlab.gui.maps.tile_grid import CAPTION, LEGEND, Cell, TileGrid
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.insight.lens import Inspection
from digitlab.words.numbers import number


class UnitDetail(Card):
    """The card about the selected tile.

    Signals:
        cell_changed: Another cell of the enlarged map is pointed at; carries a ``Spot`` or None.
        explain_requested: The value of a cell is to be explained; carries a ``Spot``.
        left: Escape was pressed, to return to the network.
    """

    cell_changed = Signal(object)
    explain_requested = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty card."""
        super().__init__(parent=parent)
        self.setObjectName("unitDetail")
        self.setAccessibleName("The selected unit")
        self._map = TileGrid(
            "unitMap",
            "Enlarged map",
            "The selected map. Point at a cell, or go to it with the arrow keys, to see its sum; double-click it or "
            "press Enter to have it explained.",
        )
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
        row.setSpacing(theme.SPACE_M)
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
        self._map.cell_activated.connect(self._on_map_cell_activated)
        self._buttons.kind_chosen.connect(self._on_buttons_kind_chosen)
        self._buttons.explain_requested.connect(self._on_buttons_explain_requested)

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
        self._buttons = UnitButtons()
        facts.addWidget(self._buttons)
        return facts

    @property
    def focus(self) -> Spot:
        """The cell whose sum is shown: the one under the pointer, otherwise the strongest of the selected tile."""
        return self._focus

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
            title_of(inspection, columns, selection),
            sum_line(inspection, columns, self._focus),
            (
                cost_line(scene.spec, column.layer),
                value_line(inspection, column, selection),
                dead_line(inspection, column),
            ),
        )
        self._show_histograms(inspection, column)

    def _show_map(self, scene: Scene) -> None:
        self._enlarged = mapped(scene.inspection, scene.columns, self._focus)
        if self._enlarged is None:
            self._map.show_tiles(None, "")
            return
        column = scene.columns[self._enlarged.column]
        tiles = map_of(scene.inspection, scene.columns, self._enlarged, scene.pictures[self._enlarged.column])
        is_own = self._enlarged.column == self._selection.column
        size = f"{column.rows} × {column.cols}"
        source = title_of(scene.inspection, scene.columns, self._enlarged)
        self._map.show_tiles(tiles, size if is_own else f"from {source}")
        self._map.set_mark((0, self._enlarged.row, self._enlarged.col))

    def _show_weights(self, scene: Scene) -> None:
        column = scene.columns[self._selection.column]
        layer = scene.spec.layers[column.layer] if column.layer >= 0 else None
        learns = layer is not None and layer.has_kernel
        self._buttons.set_kinds_visible(is_visible=learns)
        products = self._buttons.shows_products
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
        is_single = tiles is None or len(tiles.values) == 1 or tiles.values[0].size == 1
        if tiles is None or is_single or self.width() < CLOSE_UP_FROM_PX:
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
            kind = "product" if self._buttons.shows_products and kind == "weight" else kind
            channel = f"input channel {cell[0]} · " if len(tiles.values) > 1 else ""
            text = f"{channel}row {cell[1]}, column {cell[2]}: {kind} {number(float(tiles.values[cell]))}"
        if self._pointed.text() != text:
            self._pointed.setText(text)

    def _show_histograms(self, inspection: Inspection, column: Column) -> None:
        learns = column.layer >= 0 and inspection.snapshot.spec.layers[column.layer].learns
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
        has_map = column.kind not in BARS and column.kind is not ColumnKind.LIST
        widths = card_widths(self.width(), height, has_map=has_map)
        for histogram in self._histograms:
            histogram.setFixedWidth(max(widths.histogram, 1))
        direction = QBoxLayout.Direction
        self._bars.setDirection(direction.LeftToRight if widths.is_beside else direction.TopToBottom)
        self._bars.setSpacing(theme.SPACE_L if widths.is_beside else theme.SPACE_S)
        self._map.set_space(height, height)
        self._weights.set_space(widths.weights, height)
        self._close_up.set_space(widths.close_up, widths.close_up + CAPTION + LEGEND)

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

    @Slot(object)
    def _on_map_cell_activated(self, cell: Cell) -> None:
        if self._enlarged is not None:
            self.explain_requested.emit(self._enlarged._replace(row=cell[1], col=cell[2]))

    @Slot()
    def _on_buttons_kind_chosen(self) -> None:
        self._refresh(None)

    @Slot()
    def _on_buttons_explain_requested(self) -> None:
        self.explain_requested.emit(self._focus)

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
