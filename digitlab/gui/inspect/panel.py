"""The look-inside room: the network's tiles, and one unit looked at closely."""

from functools import lru_cache
from typing import Final

import numpy as np
from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from digitlab.data.digit import IMAGE_SIDE
from digitlab.gui import theme
from digitlab.gui.inspect.columns import Spot
from digitlab.gui.inspect.links import links_of
from digitlab.gui.inspect.network_view import NetworkScroll, NetworkView
from digitlab.gui.inspect.scene import Choices
from digitlab.gui.inspect.toolbar import InspectToolbar
from digitlab.gui.inspect.unit.unit_detail import UnitDetail
from digitlab.gui.inspect.wording import readout
from digitlab.gui.session.session import Session
from digitlab.insight.lens import Inspection, inspect
from digitlab.model.spec import ModelSpec

DETAIL_SHARE: Final = 0.3
DETAIL_SMALLEST: Final = 157
DETAIL_LARGEST: Final = 320
DETAIL_COMFORTABLE: Final = 200

_NETWORK_PX: Final = 428
"""So much of the height goes to toolbar and network before the card below gets more than its smallest height."""

REFRESH_PERIOD_MS: Final = 22
"""The maps follow pen and time slider 45 times a second; the bars, which are cheap, follow every move."""

SMALLEST_WIDTH: Final = 700
SMALLEST_HEIGHT: Final = 480

_RESTING = "Point at a square to see where its values come from; click it to look closely."
_BLANK = "Draw a digit on the left. These are the answers to an empty canvas."


class InspectPanel(QWidget):
    """Shows the session's view: activation maps, filters, and the arithmetic of one unit.

    Signals:
        test_digit_requested: A test digit shall be put on the canvas: 1 the next, -1 the previous, 0 any.
        receptive_field_hovered: The person points at a unit; carries the rows and columns of the input that it sees,
            two slices, or None when the pointer leaves.
    """

    test_digit_requested = Signal(int)
    receptive_field_hovered = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Show what the session shows, as soon as it is visible."""
        super().__init__(parent)
        self.setObjectName("inspectPanel")
        # Said outright: the card grows with the panel, and would else keep the window from shrinking again.
        self.setMinimumSize(SMALLEST_WIDTH, SMALLEST_HEIGHT)
        self._session = session
        self._is_stale = True
        self._since_refresh = QElapsedTimer()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._on_later_timeout)
        self._words = QTimer(self)
        self._words.setSingleShot(True)
        self._words.timeout.connect(self._on_words_timeout)
        inspection = self._newest()
        self._toolbar = InspectToolbar(self)
        self._network = NetworkView(inspection)
        self._readout = QLabel(_RESTING)
        self._readout.setObjectName("inspectReadout")
        self._readout.setProperty("quiet", True)
        self._readout.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._readout.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        card = QFrame(self)
        card.setProperty("card", True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(theme.SPACE_M, theme.SPACE_XS, theme.SPACE_M, theme.SPACE_XS)
        inside.setSpacing(theme.SPACE_XS)
        inside.addWidget(NetworkScroll(self._network, card), 1)
        inside.addWidget(self._readout)
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
        self._network.enlarge_requested.connect(self._detail.take_focus)
        self._detail.cell_changed.connect(self._on_detail_cell_changed)
        self._detail.left.connect(self._on_detail_left)
        self._network.choose(self._toolbar.choices)

    def _newest(self) -> Inspection:
        """Return what there is to see: before the first view, what the network makes of an empty canvas."""
        view = self._session.view
        if view is not None:
            return view.inspection
        return inspect(self._session.snapshot, np.zeros((IMAGE_SIDE, IMAGE_SIDE), dtype=np.uint8))

    def _refresh(self) -> None:
        self._show_numbers()
        self._say()

    def _show_numbers(self) -> None:
        self._is_stale = False
        self._since_refresh.start()
        inspection = self._newest()
        was_pointing = self._network.hover is not None
        self._network.show_inspection(inspection)
        if was_pointing and self._network.hover is None:
            self.receptive_field_hovered.emit(None)
        self._toolbar.set_input_channels(_input_channels(inspection.snapshot.spec))

    def _say(self) -> None:
        """Tell what is pointed at, in one line and in the card."""
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
        if not self.isVisible() or self._later.isActive():
            return
        elapsed_ms = self._since_refresh.elapsed() if self._since_refresh.isValid() else REFRESH_PERIOD_MS
        # Never at once: the answer in the bars, these numbers, their painting and the card below take a turn of the
        # event loop each.
        self._later.start(max(REFRESH_PERIOD_MS - elapsed_ms, 0))

    @Slot()
    def _on_later_timeout(self) -> None:
        if self.isVisible() and self._is_stale:
            self._show_numbers()
            self._words.start(0)

    @Slot()
    def _on_words_timeout(self) -> None:
        self._say()

    @Slot()
    def _on_session_snapshot_changed(self) -> None:
        # Once there is a view, another one follows every snapshot.
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
            field = (slice(spot.row, spot.row + 1), slice(spot.place, spot.place + 1)) if links is None else links.field
        self.receptive_field_hovered.emit(field)
        self._say()

    @Slot(object)
    def _on_network_selection_changed(self, spot: Spot) -> None:
        del spot
        self._say()

    @Slot(object)
    def _on_detail_cell_changed(self, spot: Spot | None) -> None:
        self._network.set_hover(spot)
        self._on_network_hover_changed(spot)

    @Slot()
    def _on_detail_left(self) -> None:
        self._network.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the height between the network and the card."""
        super().resizeEvent(event)
        share = max(round(self.height() * DETAIL_SHARE), DETAIL_COMFORTABLE)
        # Under a message it is the card that gives way: a network that has to scroll is no longer seen at a glance.
        spare = self.height() - _NETWORK_PX
        self._detail.setFixedHeight(min(max(min(share, spare), DETAIL_SMALLEST), DETAIL_LARGEST))

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed while nobody looked."""
        super().showEvent(event)
        if self._is_stale:
            self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Point at nothing any more."""
        super().hideEvent(event)
        self._network.set_hover(None)
        self.receptive_field_hovered.emit(None)


@lru_cache(maxsize=8)
def _input_channels(spec: ModelSpec) -> int:
    """Return the largest number of input channels of any convolution; 1 if there is none."""
    pairs = zip(spec.layers, spec.shapes, strict=False)
    return max((shape[2] for layer, shape in pairs if layer.has_filters), default=1)
