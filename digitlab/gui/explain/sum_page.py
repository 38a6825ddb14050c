"""The page with the worked sum of one value."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.sheets.choosing import sheet_of
from digitlab.gui.explain.sheets.layout import ROW, TITLE
from digitlab.gui.explain.sheets.sheet import FEWEST_ROWS, AllRows, Channel, Options, Target
from digitlab.gui.explain.sheets.view import SheetView
from digitlab.gui.widgets.card import Card, quiet_label, title_label
from digitlab.gui.widgets.label import Label
from digitlab.insight.lens import Inspection
from digitlab.insight.place import Place
from digitlab.words.edits import off_note

_OTHER_ROWS: Final = 4
"""Rows of a running sum besides the largest summands: the smaller ones, the bias, the sum and the activation."""

_RESTING: Final = "Point at a number to see what it is; click it to go to where it comes from."


class SumPage(Card):
    """A title, the result in one line, the sheet of numbers, and a line about the number pointed at.

    Signals:
        place_requested: Another place was chosen; carries the ``Place``.
        place_pointed: A number that comes from another place is pointed at; carries the ``Place`` or None.
    """

    place_requested = Signal(object)
    place_pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty page."""
        super().__init__(parent=parent)
        self.setObjectName("sumPage")
        self.column.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_XS)
        self.column.setSpacing(theme.SPACE_XS)
        self._title = title_label()
        self._title.setObjectName("sumTitle")
        self._result = Label()
        self._result.setWordWrap(True)
        self._result.setObjectName("sumResult")
        self._view = SheetView()
        self._scroll = scroll = QScrollArea(self)
        scroll.setObjectName("sumScroll")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._view)
        self._pointed = quiet_label(_RESTING, wraps=False)
        self._pointed.setObjectName("sumPointed")
        self._pointed.setMinimumWidth(1)
        self._note = quiet_label()
        self._note.setObjectName("sumNote")
        for widget in (self._title, self._result, self._note):
            self.column.addWidget(widget)
        self.column.addWidget(scroll, 1)
        self.column.addWidget(self._pointed)
        self._options = Options()
        self._shown: tuple[Inspection, Place] | None = None
        self._view.pointed_changed.connect(self._on_view_pointed_changed)
        self._view.pointed_at.connect(self._on_view_pointed_at)
        self._view.target_chosen.connect(self._on_view_target_chosen)

    @property
    def view(self) -> SheetView:
        """The sheet."""
        return self._view

    def show_place(self, inspection: Inspection, place: Place) -> None:
        """Show the worked sum of a place."""
        if self._shown is not None and self._shown[1] != place:
            self._options = Options()
        self._shown = (inspection, place)
        rows = max(FEWEST_ROWS, (self._scroll.viewport().height() - 2 * TITLE) // ROW - _OTHER_ROWS)
        sheet = sheet_of(inspection, place, replace(self._options, rows=rows))
        title = f"{sheet.title}{off_note(inspection.snapshot, place.layer, place.unit[-1])}"
        if self._title.text() != title:
            self._title.setText(title)
        if self._result.text() != sheet.result:
            self._result.setText(sheet.result)
        if self._note.text() != sheet.note:
            self._note.setText(sheet.note)
        self._note.setVisible(bool(sheet.note))
        self._view.show_sheet(sheet)

    @Slot(str)
    def _on_view_pointed_changed(self, text: str) -> None:
        self._pointed.setText(text or _RESTING)

    @Slot(object)
    def _on_view_pointed_at(self, target: Target) -> None:
        self.place_pointed.emit(target if isinstance(target, Place) else None)

    @Slot(object)
    def _on_view_target_chosen(self, target: Target) -> None:
        match target:
            case Place():
                self.place_requested.emit(target)
            case Channel(index):
                self._choose(Options(index, self._options.has_all_rows))
            case AllRows():
                self._choose(Options(self._options.channel, not self._options.has_all_rows))
            case None:
                pass

    def _choose(self, options: Options) -> None:
        self._options = options
        if self._shown is not None:
            self.show_place(*self._shown)
