"""The Explain panel: a path through the network, and pages about the place where one is."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QIcon, QKeyEvent, QMouseEvent, QShowEvent, QTransform
from PySide6.QtWidgets import QButtonGroup, QPushButton, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.attributing import AttributionController
from digitlab.gui.explain.pages import PAGES, SANDBOX, SHORT, SLIDE, SUM, WHY
from digitlab.gui.explain.path_bar import PathBar
from digitlab.gui.explain.seeking import SeekingController
from digitlab.gui.explain.sum_page import SumPage
from digitlab.gui.session.network_editor import NetworkEditor
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import FoldingRow
from digitlab.gui.widgets.fields import set_tip
from digitlab.gui.widgets.themed import Themed
from digitlab.gui.widgets.throttle import Throttle
from digitlab.insight.path import answer_place, path_through
from digitlab.insight.place import Place

REFRESH_PERIOD_MS: Final = 22
"""The numbers follow pen and time slider up to 45 times a second, as the maps of Look inside do."""

SMALLEST_WIDTH: Final = 560
SMALLEST_HEIGHT: Final = 400
_MOST_HISTORY: Final = 200


class ExplainPanel(Themed, QWidget):
    """Explains one value of the network on screen, for the drawing on the canvas.

    Signals:
        place_requested: Explain another place; carries the ``Place``.
        receptive_field_hovered: The receptive field of the place, or of the number pointed at: two slices, or None.
        sketch_chosen: Put an image on the canvas; carries its ``Sketch``.
        overlay_changed: What the canvas shows over the drawing; carries an ``Overlay`` or None.
        edits_watched: What if is visible, so that the accuracy matters, or hidden; carries which.
    """

    place_requested = Signal(object)
    receptive_field_hovered = Signal(object)
    sketch_chosen = Signal(object)
    overlay_changed = Signal(object)
    edits_watched = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create a panel that follows the session while it is visible."""
        super().__init__(parent)
        self.setObjectName("explainPanel")
        self.setMinimumSize(SMALLEST_WIDTH, SMALLEST_HEIGHT)
        self._session = session
        self._editor: NetworkEditor | None = None
        self._attribution: AttributionController | None = None
        self._seeking: SeekingController | None = None
        self._path: tuple[Place, ...] = ()
        self._history: list[Place] = []
        self._at = -1
        self._is_stale = True
        self._refresh = Throttle(self._show_newest, REFRESH_PERIOD_MS, self, is_periodic=True)
        top = self._make_top()  # first, as it stands first: the key Tab goes in this order
        self._bar = PathBar(self)
        self._sum = SumPage(self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self._sum)
        self._builders: tuple[Callable[[], QWidget], ...] = (
            lambda: self._sum,
            self._build_slide,
            self._build_sandbox,
            self._build_what_if,
            self._build_why,
            self._build_seeks,
        )
        self._built: dict[int, QWidget] = {SUM: self._sum}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_XS)
        column.addWidget(top)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        session.view_changed.connect(self._on_session_changed)
        session.place_changed.connect(self._on_session_place_changed)
        session.snapshot_changed.connect(self._on_session_changed)
        self._bar.place_chosen.connect(self.place_requested)
        self._sum.place_requested.connect(self.place_requested)
        self._sum.place_pointed.connect(self._on_sum_place_pointed)
        self.follow_theme()
        self._bar.map_chosen.connect(self._on_bar_map_chosen)
        self._pages.idClicked.connect(self.show_page)

    def _make_top(self) -> FoldingRow:
        folding = FoldingRow(self)
        top = folding.row
        top.setSpacing(theme.SPACE_XS)
        self._back = self._tool("explainBack", "Back to the value before (Alt+Left)")
        self._forward = self._tool("explainForward", "Forward again (Alt+Right)")
        self._back.clicked.connect(self.go_back)
        self._forward.clicked.connect(self.go_forward)
        top.addWidget(self._back)
        top.addWidget(self._forward)
        top.addSpacing(theme.SPACE_S)
        self._pages = QButtonGroup(self)
        for nth, (name, text, tip) in enumerate(PAGES):
            button = QPushButton(text, self)
            button.setObjectName(name)
            button.setCheckable(True)
            set_tip(button, tip)
            button.setWhatsThis(tip)
            self._pages.addButton(button, nth)
            top.addWidget(button)
        top.addStretch(1)
        self._pages.button(SUM).setChecked(True)
        folding.fold({self._pages.button(number): short for number, short in SHORT.items()})
        return folding

    def _tool(self, name: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setAccessibleName(tip.partition(" (")[0])
        set_tip(button, tip)
        button.setEnabled(False)
        return button

    @Slot(int)
    def show_page(self, number: int) -> None:
        """Show a page, building it if necessary."""
        if number not in self._built:
            self._built[number] = self._builders[number]()
            self._stack.addWidget(self._built[number])
        self._pages.button(number).setChecked(True)
        self._stack.setCurrentWidget(self._built[number])
        self._bar.setVisible(number != SANDBOX)  # which has nothing to do with the network
        if number == SUM:
            self._on_session_changed()
        elif number in (SANDBOX, WHY):  # about no part of the drawing, or all of it
            self.receptive_field_hovered.emit(None)
        elif number != SLIDE and self.isVisible():  # the sliding window shows its own
            self._show_field(self.place)

    def _build_slide(self) -> QWidget:
        from digitlab.gui.explain.slide.page import SlidePage

        page = SlidePage(self._session, self._stack)
        page.place_requested.connect(self.place_requested)
        page.receptive_field_hovered.connect(self.receptive_field_hovered)
        return page

    def _build_sandbox(self) -> QWidget:
        from digitlab.gui.explain.sandbox.page import SandboxPage

        return SandboxPage(self._session, self._stack)

    def follow(self, editor: NetworkEditor) -> None:
        """Have an editor carry out what What if asks for; to be called before that page is shown."""
        self._editor = editor

    def _build_what_if(self) -> QWidget:
        from digitlab.gui.explain.whatif.page import WhatIfPage

        page = WhatIfPage(self._session, self._stack)
        page.watched.connect(self.edits_watched)
        if self._editor is not None:
            page.follow(self._editor)
        return page

    def explain_with(self, attribution: AttributionController, seeking: SeekingController) -> None:
        """Have controllers compute what Why and Looks for show; to be called before these pages are shown."""
        self._attribution, self._seeking = attribution, seeking

    def _build_why(self) -> QWidget:
        from digitlab.gui.explain.why.page import WhyPage

        page = WhyPage(self._session, self._stack)
        page.overlay_changed.connect(self.overlay_changed)
        if self._attribution is not None:
            page.asked.connect(self._attribution.ask)
            self._attribution.answered.connect(page.take)
            self._attribution.progressed.connect(page.show_progress)
        return page

    def _build_seeks(self) -> QWidget:
        from digitlab.gui.explain.seeks.page import SeeksPage

        page, seeking = SeeksPage(self._session, self._stack), self._seeking
        page.place_requested.connect(self.place_requested)
        page.sketch_chosen.connect(self.sketch_chosen)
        if seeking is not None:
            page.ascent_requested.connect(seeking.form)
            page.search_requested.connect(seeking.search)
            seeking.formed.connect(page.take_step)
            seeking.ended.connect(page.end_forming)
            seeking.refused.connect(page.refuse)
            seeking.found.connect(page.take_found)
            seeking.missing.connect(page.miss)
        return page

    @Slot()
    def _on_bar_map_chosen(self) -> None:
        self.show_page(SLIDE)

    @property
    def path(self) -> tuple[Place, ...]:
        """The path on screen."""
        return self._path

    @property
    def place(self) -> Place:
        """The place on screen: the one wanted, or the answer before one is."""
        inspection, wanted = self._session.inspection, self._session.place
        return answer_place(inspection) if wanted is None else wanted.within(inspection.snapshot.spec)

    @Slot()
    def go_back(self) -> None:
        """Go back to the place before."""
        self._go(-1)

    @Slot()
    def go_forward(self) -> None:
        """Go forward again."""
        self._go(1)

    def can_go(self, step: int) -> bool:
        """Return whether there is a place before, -1, or after, 1, the one on screen."""
        return 0 <= self._at + step < len(self._history)

    def _go(self, step: int) -> None:
        if self.can_go(step):
            self._at += step
            self.place_requested.emit(self._history[self._at])

    def _show_newest(self) -> None:
        if not (self.isVisible() and self._is_stale):
            return
        self._is_stale = False
        inspection, place = self._session.inspection, self.place
        spec = inspection.snapshot.spec
        self._path = path_through(inspection, place, self._path)
        here = self._path.index(place)
        self._bar.show_path(spec, self._path, here)
        self._back.setEnabled(self.can_go(-1))
        self._forward.setEnabled(self.can_go(1))
        if self._stack.currentWidget() is self._sum:
            self._sum.show_place(inspection, place)
            self._show_field(place)

    def _show_field(self, place: Place) -> None:
        spec = self._session.snapshot.spec
        place = place.within(spec)  # the sheet may still show another network
        if place.layer < 0:
            row, col, _ = place.unit
            self.receptive_field_hovered.emit((slice(row, row + 1), slice(col, col + 1)))
        else:
            self.receptive_field_hovered.emit(spec.receptive_field(place.layer, place.unit))

    @Slot()
    def _on_session_changed(self) -> None:
        self._is_stale = True
        if self.isVisible():
            self._refresh.request()

    @Slot()
    def _on_session_place_changed(self) -> None:
        place = self._session.place
        if place is not None and (self._at < 0 or self._history[self._at] != place):
            self._history = [*self._history[: self._at + 1], place][-_MOST_HISTORY:]
            self._at = len(self._history) - 1
        self._is_stale = True
        self._show_newest()

    @Slot(object)
    def _on_sum_place_pointed(self, place: Place | None) -> None:
        if self.isVisible():
            self._show_field(place if place is not None else self.place)

    def restyle(self) -> None:
        """Use the icons of the theme."""
        right = theme.icon("chevron-right", self.palette())
        self._forward.setIcon(right)
        self._back.setIcon(QIcon(right.pixmap(QSize(40, 40)).transformed(QTransform.fromScale(-1, 1))))

    def showEvent(self, event: QShowEvent) -> None:
        """Show what changed while the panel was hidden."""
        super().showEvent(event)
        self._is_stale = True
        self._show_newest()

    def hideEvent(self, event: QHideEvent) -> None:
        """Point at nothing."""
        super().hideEvent(event)
        self.receptive_field_hovered.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go back on Backspace."""
        if event.key() == Qt.Key.Key_Backspace:
            self.go_back()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go back and forward with the mouse's own buttons."""
        if event.button() is Qt.MouseButton.BackButton:
            self.go_back()
        elif event.button() is Qt.MouseButton.ForwardButton:
            self.go_forward()
        else:
            super().mousePressEvent(event)
