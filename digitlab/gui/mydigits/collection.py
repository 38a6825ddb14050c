"""The user's own digits: a gallery to browse, filter, relabel and delete them."""

from typing import Final

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from digitlab.data.digit import CLASS_COUNT
from digitlab.data.mine.kept_digit import KeptDigit
from digitlab.gui import theme
from digitlab.gui.mydigits.shown import Filter, ShownDigits
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.card import Card, FoldingRow, quiet_label, title_label
from digitlab.gui.widgets.digit_buttons import DigitButtons
from digitlab.gui.widgets.fields import ChoiceBox, describe, set_tip
from digitlab.gui.widgets.gallery.model import Keys
from digitlab.gui.widgets.gallery.tile import LABEL_PX
from digitlab.gui.widgets.gallery.view import Gallery
from digitlab.gui.widgets.themed import Themed
from digitlab.words.numbers import count
from digitlab.words.verdict import with_article

_LEAST_TILE_PX: Final = 70
_MOST_DIGITS: Final = "1,000 digits"
_NONE_MATCHES: Final = "No digits match the filter. Choose “All digits” to see them."
_ALL_CORRECT: Final = "The network on screen classifies all of these correctly."


class Collection(Themed, Card):
    """The card of the user's own digits.

    Signals:
        relabel_requested: Give digits another label; carries them and the label.
        delete_requested: Delete digits; carries them.
        undo_requested: Undo the last change of the set.
        redo_requested: Redo the last undone change.
        canvas_requested: Put a digit on the canvas; carries it.
        collect_requested: Start collecting digits.
        import_requested: Choose files of drawings to import.
        export_requested: Choose a file to write all digits to.
        filter_changed: The user chose another filter.
    """

    relabel_requested = Signal(object, int)
    delete_requested = Signal(object)
    undo_requested = Signal()
    redo_requested = Signal()
    canvas_requested = Signal(object)
    collect_requested = Signal()
    import_requested = Signal()
    export_requested = Signal()
    filter_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        """Create the card of a session's own digits."""
        super().__init__(parent=parent)
        self._session = session
        self._filter = Filter()
        self._ids_of: tuple[tuple[KeptDigit, ...], Keys] = ((), np.empty(0, np.int64))
        self.gallery = Gallery(LABEL_PX, _LEAST_TILE_PX, is_editable=True)
        self._count = title_label()
        self._collect = QPushButton("Collect…")
        self._import = QPushButton("Import…")
        self._export = QPushButton("Export…")
        self._digit_box = ChoiceBox()
        self._wrong = QPushButton("Only misclassified")
        self._selected = quiet_label(wraps=False)
        self._labels = DigitButtons("relabelAs")
        self._delete = QPushButton("Delete")
        self._undo = QPushButton("Undo")
        self._set_up()
        self._lay_out()
        self._connect()
        self.follow_theme()

    def _set_up(self) -> None:
        self._collect.setProperty("primary", True)
        self._wrong.setCheckable(True)
        describe(self._count, "ownCount", "Your own digits", "The number of digits that you kept.")
        describe(
            self._collect,
            "collectButton",
            "Collect",
            "Draw twenty digits that DigitLab names, and press Enter after each.",
        )
        describe(self._import, "importButton", "Import", "Import labelled drawings from files.")
        describe(self._export, "exportButton", "Export", "Write all your digits to a file of drawings.")
        describe(self._digit_box, "digitFilter", "Digits shown", "Which of your digits are shown.")
        describe(
            self._wrong,
            "wrongFilter",
            "Only misclassified",
            "Show only the digits that the network on screen misclassifies.",
        )
        describe(self._selected, "chosenWords", "Selected digits", "The number of selected digits.")
        describe(self._delete, "deleteDigits", "Delete", "Delete the selected digits from your set (Delete).")
        describe(self._undo, "undoDigits", "Undo", "Undo the last change of your set.")
        self._digit_box.add_choice("All digits", None)
        for digit in range(CLASS_COUNT):
            self._digit_box.add_choice(f"Only {digit}s", digit)
        for digit, button in enumerate(self._labels.buttons):
            name = f"Relabel as {with_article(digit)}"
            describe(button, f"relabelAs{digit}", name, f"{name}: change the label of the selected digits ({digit}).")
        describe(
            self.gallery,
            "digitGrid",
            "Your own digits",
            "Your own digits as the network sees them. Double-click one to put it on the canvas.",
            "Your own digits as the network sees them, newest first. Below each is its label: with a tick if the "
            "network on screen classifies it correctly, otherwise with a cross and the wrong prediction. Select digits "
            "with the mouse, with Shift, Ctrl and the arrow keys, or all with Ctrl+A. A digit key relabels them, "
            "Delete deletes them, Ctrl+Z restores them. Enter or a double click puts one on the canvas.",
        )
        # Shown by Shift+F1 only: as a tooltip it would hide those of the digits.
        self.gallery.setToolTip("")

    def _lay_out(self) -> None:
        header = _row(self._count, self._collect, self._import, self._export)
        header.row.setStretch(0, 1)
        header.fold({self._import: "", self._export: ""})
        filters = _row(self._digit_box, self._wrong, None, self._undo)
        filters.fold({self._wrong: "Misclassified", self._undo: ""})
        edit = _row(self._selected, self._labels, self._delete)
        edit.row.setStretch(0, 1)
        edit.fold({self._delete: ""})
        # Changing texts must not move the buttons beside them.
        self._count.setMinimumWidth(self._count.fontMetrics().horizontalAdvance(_MOST_DIGITS) + theme.SPACE_M)
        self._selected.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._labels.setFixedWidth(232)
        self.column.setContentsMargins(theme.SPACE_M, theme.SPACE_M, theme.SPACE_M, theme.SPACE_S)
        self.column.addWidget(header)
        self.column.addWidget(filters)
        self.column.addWidget(self.gallery, 1)
        self.column.addWidget(edit)

    def _connect(self) -> None:
        gallery = self.gallery
        gallery.digit_typed.connect(self._relabel)
        gallery.delete_requested.connect(self._on_gallery_delete_requested)
        gallery.tile_entered.connect(self._put_on_canvas)
        gallery.tile_double_clicked.connect(self._put_on_canvas)
        gallery.undo_requested.connect(self.undo_requested)
        gallery.redo_requested.connect(self.redo_requested)
        gallery.selection_changed.connect(self._show_selection)
        self._labels.digit_chosen.connect(self._relabel)
        self._delete.clicked.connect(self._on_delete_clicked)
        self._undo.clicked.connect(self.undo_requested)
        self._digit_box.activated.connect(self._on_filter_changed)
        self._wrong.toggled.connect(self._on_filter_changed)
        self._collect.clicked.connect(self.collect_requested)
        self._import.clicked.connect(self.import_requested)
        self._export.clicked.connect(self.export_requested)

    @property
    def selected(self) -> tuple[KeptDigit, ...]:
        """The selected digits, in the order of the gallery."""
        keys, digits = self.gallery.selected_keys, self._session.mine.digits
        rows = np.flatnonzero(np.isin(self._ids, keys))[::-1] if keys else ()
        return tuple(digits[row] for row in rows)

    @property
    def _ids(self) -> Keys:
        """The ids of all digits, oldest first; computed once for each state of the set, which can be large."""
        digits = self._session.mine.digits
        if self._ids_of[0] is not digits:
            self._ids_of = digits, np.array([digit.id for digit in digits], np.int64)
        return self._ids_of[1]

    # Display

    def show_set(self) -> None:
        """Show the number of digits, and enable the actions on the whole set."""
        mine = self._session.mine
        self._count.setText(count(len(mine.digits), "digit"))
        self._undo.setEnabled(mine.undoable is not None)
        undo = "Nothing to undo." if mine.undoable is None else f"Undo {mine.undoable.text} (Ctrl+Z)."
        set_tip(self._undo, undo)
        self._export.setEnabled(bool(mine.digits))

    def show_digits(self) -> None:
        """Show the digits that match the filter, newest first, with the predictions of the network on screen."""
        mine = self._session.mine
        answers = mine.predictions.predicted(self._session.snapshot, mine.digits)
        rows = self._filter.rows(mine.labels, answers)[::-1]
        is_all_correct = self._filter.only_wrong and self._filter.answer is None
        self.gallery.show_items(
            self._ids[rows],
            ShownDigits(mine.digits, answers, rows).item,
            _ALL_CORRECT if is_all_correct else _NONE_MATCHES,
        )
        self._show_selection()

    def show_only(self, true: int, answer: int) -> None:
        """Show the digits with one label that the network on screen classifies as ``answer``."""
        self._digit_box.show_choice(true)
        self._filter = Filter(true, only_wrong=False, answer=answer)
        self.show_digits()

    def show_all(self) -> None:
        """Show the digits of all labels again."""
        self._digit_box.setCurrentIndex(0)
        self._on_filter_changed()

    def set_collecting(self, is_collecting: bool) -> None:
        """Disable the Collect button during a round."""
        self._collect.setEnabled(not is_collecting)

    @Slot()
    def _show_selection(self) -> None:
        digits = self.selected
        self._selected.setText(f"{len(digits):,} selected, relabel as" if digits else "")
        self._labels.setEnabled(bool(digits))
        self._delete.setEnabled(bool(digits))
        labels = {digit.label for digit in digits}
        self._labels.check(labels.pop() if len(labels) == 1 else None)

    def restyle(self) -> None:
        """Draw the icons in the theme's colours."""
        for button, name in (
            (self._delete, "clear"),
            (self._undo, "undo"),
            (self._export, "export"),
            (self._import, "open"),
        ):
            button.setIcon(theme.icon(name, self.palette()))
        self._collect.setIcon(theme.icon("pen", self.palette(), is_on_accent=True))

    # User actions

    @Slot(int)
    def _relabel(self, label: int) -> None:
        self.relabel_requested.emit(self.selected, label)

    @Slot()
    def _on_gallery_delete_requested(self) -> None:
        self.delete_requested.emit(self.selected)

    @Slot()
    def _on_delete_clicked(self) -> None:
        self.delete_requested.emit(self.selected)
        self.gallery.setFocus()

    @Slot(object)
    def _put_on_canvas(self, key: int) -> None:
        self.canvas_requested.emit(next(digit for digit in self._session.mine.digits if digit.id == key))

    @Slot()
    def _on_filter_changed(self) -> None:
        self._filter = Filter(self._digit_box.currentData(), self._wrong.isChecked())
        self.filter_changed.emit()
        self.show_digits()


def _row(*parts: QWidget | None) -> FoldingRow:
    """Return widgets in a row; None stands for a stretch."""
    row = FoldingRow()
    for part in parts:
        if part is None:
            row.row.addStretch(1)
        else:
            row.row.addWidget(part)
    return row
