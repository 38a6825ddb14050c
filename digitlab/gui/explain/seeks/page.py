"""The page "Looks for": an image that excites a filter or an output most, and the test images that do."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from digitlab.attribution.preferred import AscentStep
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.gui import theme
from digitlab.gui.explain.seeks.forming_view import FormingView
from digitlab.gui.explain.seeks.images_view import ImagesView
from digitlab.gui.explain.seeks.unit_chooser import UnitChooser
from digitlab.gui.explain.seeks.wanted import Ascent, Found, Search, sought_place
from digitlab.gui.explain.seeks.wording import field_line, forming_line, sought_name
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import quiet_label
from digitlab.gui.widgets.throttle import Throttle
from digitlab.insight.path import answer_place
from digitlab.insight.place import Place
from digitlab.model.snapshot import Snapshot

_AGAIN_MS: Final = 400
"""Delay after the network changed, as in a training, until the image forms again."""


class SeeksPage(QWidget):
    """Shows what the unit at the place of Explain looks for.

    Signals:
        place_requested: The person chose another unit; carries its ``Place``.
        ascent_requested: Form an image; carries an ``Ascent``, or None to stop.
        search_requested: Find test images; carries a ``Search``, or None to stop.
        sketch_chosen: Put an image on the canvas; carries its ``Sketch``.
    """

    place_requested = Signal(object)
    ascent_requested = Signal(object)
    search_requested = Signal(object)
    sketch_chosen = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create a page that follows the session while it is visible."""
        super().__init__(parent)
        self.setObjectName("seeksPage")
        self._session = session
        self._seed = 0
        self._ascent: Ascent | None = None
        self._is_forming = self._is_searching = False
        self._shown: tuple[Snapshot, Place, str] | None = None
        self._again = Throttle(self._follow_network, _AGAIN_MS, self)
        self.chooser = UnitChooser()
        self._field = quiet_label(wraps=False)
        self._field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.forming = FormingView()
        self.images = ImagesView()
        self._lay_out()
        session.place_changed.connect(self._on_session_place_changed)
        session.snapshot_changed.connect(self._on_session_snapshot_changed)
        session.view_changed.connect(self._on_session_view_changed)
        session.recipe_changed.connect(self._on_session_snapshot_changed)
        self.chooser.place_chosen.connect(self.place_requested)
        self.forming.noise_requested.connect(self._on_forming_noise_requested)
        self.forming.drawing_requested.connect(self._on_forming_drawing_requested)
        self.forming.stop_requested.connect(self.stop)
        self.forming.canvas_requested.connect(self._on_forming_canvas_requested)
        self.images.image_chosen.connect(self.sketch_chosen)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(theme.SPACE_S)
        top.addWidget(self.chooser)
        top.addWidget(self._field, 1)
        cards = QHBoxLayout()
        cards.setSpacing(theme.SPACE_S)
        cards.addWidget(self.forming, 6)
        cards.addWidget(self.images, 5)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_XS)
        column.addLayout(top)
        column.addLayout(cards, 1)

    @property
    def place(self) -> Place:
        """The unit: that of Explain, of a map the one in its middle."""
        inspection, wanted = self._session.inspection, self._session.place
        spec = self._session.snapshot.spec
        return sought_place(spec, (answer_place(inspection) if wanted is None else wanted).within(spec))

    @property
    def is_forming(self) -> bool:
        """Whether an image is forming."""
        return self._is_forming

    # Asking

    def _follow(self) -> None:
        """Show another unit or network."""
        snapshot, place, source = self._session.snapshot, self.place, self._session.recipe.source
        if not self.isVisible() or self._shown == (snapshot, place, source):
            return
        before = self._shown
        if before is None or before[1:] != (place, source) or before[0].spec != snapshot.spec:
            self.images.show_missing("")
        self._shown = (snapshot, place, source)
        spec = snapshot.spec
        self.chooser.show_place(spec, place)
        self._field.setText(field_line(spec.receptive_field(place.layer, place.unit)))
        self._form(None)
        self._is_searching = True
        self.images.show_searching(has_patches=len(place.unit) == 3)
        self.search_requested.emit(Search(snapshot, place, source))

    def _follow_network(self) -> None:
        """Form the image again for a changed network, but not before the last one is complete."""
        if not (self._is_forming or self._is_searching):
            self._follow()

    def _form(self, start: NDArray[np.uint8] | None) -> None:
        self._ascent = Ascent(self._session.snapshot, self.place, start, self._seed)
        self._is_forming = True
        self.forming.show_problem("")
        self.forming.show_running(is_running=True)
        self.forming.show_blank(is_blank=self._session.inspection.is_blank)
        self.ascent_requested.emit(self._ascent)

    @Slot()
    def stop(self) -> None:
        """Keep the image as it is."""
        self.ascent_requested.emit(None)
        self._is_forming = False
        self.forming.show_running(is_running=False)

    # Showing

    @Slot(object)
    def take_step(self, step: AscentStep) -> None:
        """Show the image after another step."""
        ascent = self._ascent
        if ascent is not None and self._is_forming:
            spec, place = ascent.snapshot.spec, ascent.place
            field = spec.receptive_field(place.layer, place.unit)
            self.forming.show_step(step, field, sought_name(spec, place), forming_line(spec, place, step))

    @Slot()
    def end_forming(self) -> None:
        """Show that the image does not change any more."""
        self._is_forming = False
        self.forming.show_running(is_running=False)
        self._on_session_snapshot_changed()  # which may have changed meanwhile

    @Slot(str)
    def refuse(self, reason: str) -> None:
        """Say why no image can form."""
        self._is_forming = False
        self.forming.show_running(is_running=False)
        self.forming.show_problem(reason)

    @Slot(object)
    def take_found(self, found: Found) -> None:
        """Show test images: the first ones at once, but not in place of all those of another snapshot."""
        if found.is_complete or self.images.found is None or not self.images.found.is_complete:
            self.images.show_found(found)
        if found.is_complete:
            self._is_searching = False
            self._on_session_snapshot_changed()

    @Slot(str)
    def miss(self, reason: str) -> None:
        """Say why no test images are found."""
        self._is_searching = False
        self.images.show_missing(reason)

    # Slots

    @Slot()
    def _on_session_place_changed(self) -> None:
        self._follow()

    @Slot()
    def _on_session_snapshot_changed(self) -> None:
        if self.isVisible():
            self._again.request()

    @Slot()
    def _on_session_view_changed(self) -> None:
        if self.isVisible() and not self.forming.problem.text():
            self.forming.show_blank(is_blank=self._session.inspection.is_blank)

    @Slot()
    def _on_forming_noise_requested(self) -> None:
        self._seed += 1
        self._form(None)

    @Slot()
    def _on_forming_drawing_requested(self) -> None:
        self._form(self._session.inspection.image)

    @Slot(object)
    def _on_forming_canvas_requested(self, image: NDArray[np.uint8]) -> None:
        if self._ascent is not None:
            name = sought_name(self._ascent.snapshot.spec, self._ascent.place)
            self.sketch_chosen.emit(Sketch(picture=Picture(image, f"what {name} looks for")))

    # Overrides of Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while the page was hidden."""
        super().showEvent(event)
        self._follow()

    def hideEvent(self, event: QHideEvent) -> None:
        """Cancel what is being computed; it begins again when the page is shown."""
        super().hideEvent(event)
        if self._is_forming or self._is_searching:
            self._shown = None
        self._is_searching = False
        self.stop()
        self.search_requested.emit(None)
