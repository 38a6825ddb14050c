"""The Look inside panel: the network's tiles, and the details of one unit."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.inspect.columns import Spot
from digitlab.gui.inspect.links import links_of
from digitlab.gui.inspect.network_view import NetworkScroll, NetworkView
from digitlab.gui.inspect.scene import Choices
from digitlab.gui.inspect.toolbar import InspectToolbar
from digitlab.gui.inspect.unit.unit_detail import UnitDetail
from digitlab.gui.inspect.unit.unit_facts import strongest
from digitlab.gui.inspect.wording import readout
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.throttle import Throttle
from digitlab.insight.place import Place
from digitlab.model.spec import ModelSpec

DETAIL_SHARE: Final = 0.24
DETAIL_SMALLEST: Final = 157
DETAIL_LARGEST: Final = 320
DETAIL_COMFORTABLE: Final = 200

_NETWORK_PX: Final = 428
"""Height of toolbar and network above which the card below gets more than its minimum height."""

REFRESH_PERIOD_MS: Final = 22
"""The maps follow pen and time slider up to 45 times a second; the bars, which are cheap, follow every change."""

SMALLEST_WIDTH: Final = 560
SMALLEST_HEIGHT: Final = 500

_RESTING = "Point at a tile to see its sources; click it for details, double-click to explain a value."
_BLANK = "Draw a digit on the left. These are the activations for an empty canvas."


class InspectPanel(QWidget):
    """Shows the session's view: activation maps, filters, and the arithmetic of one unit.

    Signals:
        test_digit_requested: Put a test digit on the canvas: 1 the next, -1 the previous, 0 a random one.
        receptive_field_hovered: The pointer is over a unit; carries its receptive field, two slices (rows and columns
            of the input), or None when the pointer leaves.
        explain_requested: A value is to be explained; carries its ``Place``.
        place_chosen: The person selected a tile; carries the ``Place`` of the cell that was clicked.
    """

    test_digit_requested = Signal(int)
    receptive_field_hovered = Signal(object)
    explain_requested = Signal(object)
    place_chosen = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create a panel that follows the session while it is visible."""
        super().__init__(parent)
        self.setObjectName("inspectPanel")
        # Explicit: the card grows with the panel and would otherwise prevent the window from shrinking again.
        self.setMinimumSize(SMALLEST_WIDTH, SMALLEST_HEIGHT)
        self._session = session
        self._is_stale = True
        # The bars, these values, their painting and the card below each take their own event-loop slice, so that none
        # of them delays the pen.
        self._numbers = Throttle(self._show_newer_numbers, REFRESH_PERIOD_MS, self, is_periodic=True)
        self._texts = Throttle(self._show_texts, 0, self)
        inspection = self._session.inspection
        self._toolbar = InspectToolbar(self)
        self._network = NetworkView(inspection)
        self._readout = quiet_label(_RESTING)
        self._readout.setObjectName("inspectReadout")
        self._readout.setWordWrap(False)
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._readout.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        card = Card(parent=self)
        card.column.setContentsMargins(theme.SPACE_M, theme.SPACE_XS, theme.SPACE_M, theme.SPACE_XS)
        card.column.setSpacing(theme.SPACE_XS)
        card.column.addWidget(NetworkScroll(self._network, card), 1)
        card.column.addWidget(self._readout)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_S)
        column.addWidget(self._toolbar)
        column.addWidget(card, 1)
        self._detail = UnitDetail(self)
        column.addWidget(self._detail)
        session.view_changed.connect(self._on_session_view_changed)
        session.snapshot_changed.connect(self._on_session_snapshot_changed)
        self._toolbar.choices_changed.connect(self._on_toolbar_choices_changed)
        self._toolbar.test_digit_requested.connect(self.test_digit_requested)
        self._network.hover_changed.connect(self._on_network_hover_changed)
        self._network.selection_changed.connect(self._on_network_selection_changed)
        self._network.explain_requested.connect(self._on_network_explain_requested)
        self._network.chosen.connect(self._on_network_chosen)
        self._detail.explain_requested.connect(self._explain)
        self._detail.cell_changed.connect(self._on_detail_cell_changed)
        self._detail.left.connect(self._on_detail_left)
        self._network.choose(self._toolbar.choices)

    def _show_numbers(self) -> None:
        self._is_stale = False
        inspection = self._session.inspection
        was_pointing = self._network.hover is not None
        self._network.show_inspection(inspection)
        if was_pointing and self._network.hover is None:
            self.receptive_field_hovered.emit(None)
        self._toolbar.set_input_channels(_input_channels(inspection.snapshot.spec))

    def _show_texts(self) -> None:
        """Describe the cell under the pointer, in one line and in the card."""
        self._detail.show_unit(self._network.scene, self._network.selection, self._network.hover)
        scene, spot = self._network.scene, self._network.hover
        if spot is not None:
            choices = scene.choices
            text = readout(scene.inspection, scene.columns, spot, choices.showing, choices.input_channel)
        else:
            text = _BLANK if scene.inspection.is_blank else _RESTING
        self._readout.setText(text)

    @Slot()
    def _on_session_view_changed(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self._numbers.request()

    def _show_newer_numbers(self) -> None:
        if self.isVisible() and self._is_stale:
            self._show_numbers()
            self._texts.request()

    @Slot()
    def _on_session_snapshot_changed(self) -> None:
        # Once there is a view, every new snapshot sets another one.
        if self._session.view is None:
            self._on_session_view_changed()

    @Slot(object)
    def _on_toolbar_choices_changed(self, choices: Choices) -> None:
        self._network.choose(choices)
        self._on_network_hover_changed(None)

    @Slot(object)
    def _on_network_hover_changed(self, spot: Spot | None) -> None:
        scene = self._network.scene
        field = None
        if spot is not None:
            links = links_of(scene.inspection, scene.columns, spot, scene.choices.showing)
            field = (slice(spot.row, spot.row + 1), slice(spot.col, spot.col + 1)) if links is None else links.field
        self.receptive_field_hovered.emit(field)
        self._show_texts()

    @Slot(object)
    def _on_network_selection_changed(self, spot: Spot) -> None:
        del spot
        self._show_texts()

    @Slot(object)
    def _on_detail_cell_changed(self, spot: Spot | None) -> None:
        self._network.set_hover(spot)
        self._on_network_hover_changed(spot)

    @Slot(object)
    def _on_network_explain_requested(self, spot: Spot | None) -> None:
        scene = self._network.scene
        if spot is None:
            spot = self._detail.focus
        elif scene.pictures[spot.column].biases is not None:  # a filter, whose cells are weights
            spot = strongest(scene.inspection, scene.columns, spot)
        self._explain(spot)

    @Slot(object)
    def _on_network_chosen(self, spot: Spot) -> None:
        self.place_chosen.emit(self._network.scene.columns[spot.column].place(spot))

    @Slot(object)
    def _explain(self, spot: Spot) -> None:
        self.explain_requested.emit(self._network.scene.columns[spot.column].place(spot))

    def show_tile(self, place: Place) -> None:
        """Select the tile of a value of the network on screen, and show its details."""
        self._show_numbers()
        columns = self._network.scene.columns
        column = next(nth for nth, one in enumerate(columns) if one.layer == place.layer)
        channel = place.unit[-1] if columns[column].count > place.unit[-1] else 0
        self._network.select(Spot(column, channel))
        self._show_texts()

    @Slot()
    def _on_detail_left(self) -> None:
        self._network.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide the height between the network and the card."""
        super().resizeEvent(event)
        share = max(round(self.height() * DETAIL_SHARE), DETAIL_COMFORTABLE)
        # Under a message the card shrinks: the network must not scroll, so that it is visible as a whole.
        spare = self.height() - _NETWORK_PX
        self._detail.setFixedHeight(min(max(min(share, spare), DETAIL_SMALLEST), DETAIL_LARGEST))

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while the panel was hidden."""
        super().showEvent(event)
        if self._is_stale:
            self._show_numbers()
            self._show_texts()

    def hideEvent(self, event: QHideEvent) -> None:
        """Point at no cell."""
        super().hideEvent(event)
        self._network.set_hover(None)
        self.receptive_field_hovered.emit(None)


@lru_cache(maxsize=8)
def _input_channels(spec: ModelSpec) -> int:
    """Return the largest number of input channels of any convolution; 1 if there is none."""
    pairs = zip(spec.layers, spec.shapes, strict=False)
    return max((shape[2] for layer, shape in pairs if layer.has_filters), default=1)
