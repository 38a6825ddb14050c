"""The page with the sliding window of a layer of the network on screen."""

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.slide.choosers import Choosers
from digitlab.gui.explain.slide.controls import PlaybackControls
from digitlab.gui.explain.slide.playback import Playback
from digitlab.gui.explain.slide.sliding_view import SlidingView
from digitlab.gui.explain.slide.wording import border_text, size_text
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.label import Label, LayoutBarrier
from digitlab.gui.widgets.throttle import Throttle
from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place
from digitlab.insight.slide import slide_of, sliding_place, strongest_input
from digitlab.words.numbers import dimensions
from digitlab.words.places import layer_name

_REFRESH_PERIOD_MS: Final = 22
"""The maps follow pen and time slider up to 45 times a second."""
_FASTEST_FIELD: Final = 15
"""Positions a second up to which the receptive field on the canvas follows the window."""
_FIELD_PERIOD_MS: Final = 60
"""The whole canvas is painted for each."""
_LINE_PX: Final = 17
_NO_WINDOW: Final = (
    "No layer of this network slides a window over maps. Add a convolution or a pooling layer in Network."
)


class SlidePage(QWidget):
    """Shows the window of a layer sliding over one of its input maps, as the pen moves.

    Signals:
        place_requested: The user chose a layer, a map, an output or an input; carries the ``Place``.
        receptive_field_hovered: The window is at another position; carries the receptive field of its output, two
            slices (rows and columns of the drawing).
    """

    place_requested = Signal(object)
    receptive_field_hovered = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create a page that follows the session while it is visible."""
        super().__init__(parent)
        self.setObjectName("slidePage")
        self._session = session
        self._is_stale = True
        self._place: Place | None = None
        self._is_moved = True
        self._input_map = 0
        self._numbers = Throttle(self._show_newer, _REFRESH_PERIOD_MS, self, is_periodic=True)
        self._field = Throttle(self._announce_field, _FIELD_PERIOD_MS, self, is_periodic=True)
        self._choosers = Choosers(self)
        playback = Playback(self)
        self._controls = PlaybackControls(playback, self)
        self.view = SlidingView(playback, self)
        self._size = _line("slideSize")
        self._readout = _line("slideReadout")
        self._empty = quiet_label(_NO_WINDOW)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()
        session.view_changed.connect(self._on_session_view_changed)
        session.snapshot_changed.connect(self._on_session_snapshot_changed)
        session.place_changed.connect(self._on_session_place_changed)
        self._choosers.layer_chosen.connect(self._on_layer_chosen)
        self._choosers.inputs_chosen.connect(self._show_newest)
        self.view.position_changed.connect(self._on_view_position_changed)
        self.view.input_chosen.connect(self._on_view_input_chosen)
        self.view.output_chosen.connect(self._on_view_output_chosen)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_XS)
        self._card = Card(parent=self)
        inner = self._card.column
        inner.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_XS)
        inner.setSpacing(theme.SPACE_XS)
        inner.addWidget(self._choosers)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_M)
        row.addWidget(self._controls)
        row.addWidget(LayoutBarrier(self._size), 1)
        inner.addLayout(row)
        inner.addWidget(self.view, 1)
        inner.addWidget(LayoutBarrier(self._readout))
        column.addWidget(self._card)
        column.addWidget(self._empty)

    @property
    def place(self) -> Place | None:
        """The output at the window's position, or None if no layer has a window."""
        if self._place is None:
            return None
        return Place(self._place.layer, (*self.view.place, self._place.unit[2]))

    @Slot()
    def _show_newest(self) -> None:
        """Show the newest numbers at the place."""
        self._is_stale = False
        inspection = self._session.inspection
        spec = inspection.snapshot.spec
        wanted = self._session.place if self._is_moved else self._place
        place = sliding_place(inspection, wanted)
        self._card.setVisible(place is not None)
        self._empty.setVisible(place is None)
        self._place = place
        if place is None:
            return
        layer, channel = place.layer, place.unit[2]
        self._choosers.show_choice(spec, layer, channel)
        self._show_slide(inspection, layer, channel)
        if self._is_moved:
            self._is_moved = False
            self.view.go_to(*place.unit[:2])

    def _show_slide(self, inspection: Inspection, layer: int, channel: int) -> None:
        spec = inspection.snapshot.spec
        is_whole = self._choosers.is_whole
        self._input_map = channel
        if spec.layers[layer].has_kernel:
            chosen = self._choosers.input_map
            self._input_map = strongest_input(inspection, layer, channel) if chosen is None else chosen
        slide = slide_of(inspection, layer, channel, self._input_map, is_whole=is_whole)
        source = "input" if layer == 0 else f"{spec.layer_names[layer - 1]} · map {self._input_map}"
        target = f"{spec.layer_names[layer]} · map {channel}"
        captions = (
            f"{source} · {dimensions(spec.shapes[layer][:2])}",
            f"{target if is_whole else 'this input map alone'} · {dimensions(slide.shape)}",
        )
        texts = (self._instead(layer), size_text(slide.window, slide.inputs.shape), border_text(slide))
        self._size.setText("; ".join(text for text in texts if text))
        self.view.show_slide(slide, captions, is_image=layer == 0)

    def _instead(self, layer: int) -> str:
        """Return why another layer is shown than the one of the place that is explained; empty if it is not."""
        spec, wanted = self._session.inspection.snapshot.spec, self._session.place
        if wanted is None or self._place is None:
            return ""
        wanted = wanted.within(spec)
        if wanted.layer == layer:
            return ""
        return f"{layer_name(spec, wanted.layer, wanted.step)} slides no window; this is {layer_name(spec, layer)}"

    def _show_newer(self) -> None:
        if self.isVisible() and self._is_stale:
            self._show_newest()

    @Slot()
    def _on_session_view_changed(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self._numbers.request()

    @Slot()
    def _on_session_snapshot_changed(self) -> None:
        # Once there is a view, every new snapshot sets another one.
        if self._session.view is None:
            self._on_session_view_changed()

    @Slot()
    def _on_session_place_changed(self) -> None:
        if self._session.place == self.place:
            return
        self._is_moved = self._is_stale = True
        if self.isVisible():
            self._show_newest()

    @Slot(int, int)
    def _on_layer_chosen(self, layer: int, channel: int) -> None:
        spec = self._session.inspection.snapshot.spec
        if spec != self._choosers.spec:  # another network has been opened, and the choice was among the old one's
            self._show_newest()
            return
        shape = spec.shapes[layer + 1]
        row, column = (min(index, length - 1) for index, length in zip(self.view.place, shape[:2], strict=True))
        self._place = Place(layer, (row, column, channel))
        self._is_moved = False
        self._show_newest()
        self.view.go_to(row, column)
        self.place_requested.emit(self._place)

    @Slot()
    def _on_view_position_changed(self) -> None:
        text = self.view.text
        self._readout.setText(text)
        self.view.describe_position(text)
        self._field.request()

    def _announce_field(self) -> None:
        """Announce the receptive field, unless the window is too fast for the canvas to follow."""
        playback, place = self.view.playback, self.place
        is_fast = playback.is_running and playback.speed > _FASTEST_FIELD
        if place is not None and self.isVisible() and not is_fast:
            spec = self._session.inspection.snapshot.spec
            place = place.within(spec)  # the window may still be that of another network
            self.receptive_field_hovered.emit(spec.receptive_field(place.layer, place.unit))

    @Slot(int, int)
    def _on_view_input_chosen(self, row: int, column: int) -> None:
        slide, place = self.view.slide, self._place
        if slide is None or place is None:
            return
        height, width = slide.inputs.shape
        if 0 <= row < height and 0 <= column < width:
            channel = self._input_map if place.layer else 0
            self.place_requested.emit(Place(place.layer - 1, (row, column, channel)))

    @Slot(int, int)
    def _on_view_output_chosen(self, row: int, column: int) -> None:
        if self._place is not None:
            self.place_requested.emit(Place(self._place.layer, (row, column, self._place.unit[2])))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Play or pause with Space."""
        if event.key() == Qt.Key.Key_Space:
            self.view.playback.play_or_pause()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while the page was hidden."""
        super().showEvent(event)
        if self._is_stale:
            self._show_newest()
        self._field.request()


def _line(name: str) -> Label:
    """Return a label whose text changes often."""
    label = quiet_label()
    label.setObjectName(name)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    label.setFixedHeight(2 * _LINE_PX)
    label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return label
