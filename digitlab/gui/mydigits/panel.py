"""The room of a person's own digits: the grid, how well they are read, and collecting more."""

from random import Random
from typing import Final

from PySide6.QtCore import QEvent, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from digitlab.data.digit import CLASS_COUNT
from digitlab.gui import theme
from digitlab.gui.mydigits.collect import CollectCard
from digitlab.gui.mydigits.figures import OwnFigures
from digitlab.gui.mydigits.grid import DigitGrid
from digitlab.gui.mydigits.model import Filter
from digitlab.gui.mydigits.welcome import Welcome
from digitlab.gui.session.session import Session
from digitlab.gui.widgets.digit_buttons import DigitButtons
from digitlab.gui.widgets.fields import ChoiceBox, describe, wrapped
from digitlab.words.verdict import with_article

_LEAST_FIGURES_PX: Final = 260
_MOST_FIGURES_PX: Final = 560
_SNAPSHOT_PERIOD_MS: Final = 33
_ANSWERS_PERIOD_MS: Final = 150
"""While answers come in, the curves grow some times a second; more often nobody would see."""


class MyDigitsPanel(QWidget):
    """Shows ``session.mine`` and emits what the person wishes.

    Signals:
        relabel_requested: Digits are something else; carries them and the digit they are.
        delete_requested: Take digits out; carries them.
        undo_requested: Take back the last change.
        redo_requested: Make it again.
        canvas_requested: Put a digit on the canvas; carries it.
        keep_requested: Keep what lies on the canvas as a digit, then empty the canvas; carries the digit.
        clear_requested: Empty the canvas.
        import_requested: Files of drawings to take in are to be chosen.
        export_requested: A place to write all digits to is to be chosen.
        watched: Somebody looks at the figures, or nobody does any more.
    """

    relabel_requested = Signal(object, int)
    delete_requested = Signal(object)
    undo_requested = Signal()
    redo_requested = Signal()
    canvas_requested = Signal(object)
    keep_requested = Signal(int)
    clear_requested = Signal()
    import_requested = Signal()
    export_requested = Signal()
    watched = Signal(bool)

    def __init__(self, session: Session, random: Random, parent: QWidget | None = None) -> None:
        """Show a session.

        Args:
            session: What is open.
            random: The dice for the order in which digits are asked for.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setObjectName("myDigitsPanel")
        self._session = session
        self._filter = Filter()
        self.grid = DigitGrid()
        self.collect = CollectCard(session, random)
        self.figures = OwnFigures(session)
        self.welcome = Welcome()
        self._count = QLabel()
        self._begin = QPushButton("Collect…")
        self._import = QPushButton("Import…")
        self._export = QPushButton("Export…")
        self._digit_box = ChoiceBox()
        self._wrong = QPushButton("Only wrong")
        self._chosen = QLabel()
        self._labels = DigitButtons("relabelAs")
        self._delete = QPushButton("Delete")
        self._undo = QPushButton("Undo")
        self._nothing = QLabel()
        self._pages = QStackedWidget()
        self._snapshot_timer = self._timer(_SNAPSHOT_PERIOD_MS, self._show_snapshot)
        self._answers_timer = self._timer(_ANSWERS_PERIOD_MS, self._show_answers)
        self._set_up()
        self._lay_out()
        self._connect()
        self._restyle()
        self._show_set()

    def _timer(self, period_ms: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(period_ms)
        timer.timeout.connect(slot)
        return timer

    # Building

    def _set_up(self) -> None:
        self._begin.setProperty("primary", True)
        self._wrong.setCheckable(True)
        self._count.setProperty("title", True)
        self._chosen.setProperty("quiet", True)
        self._nothing.setProperty("quiet", True)
        self._nothing.setWordWrap(True)
        describe(self._count, "ownCount", "Your own digits", "How many digits you kept.")
        describe(
            self._begin,
            "collectButton",
            "Collect",
            "DigitLab asks for twenty digits; you draw each and press Enter.",
        )
        describe(self._import, "importButton", "Import", "Take in labelled drawings from files.")
        describe(self._export, "exportButton", "Export", "Write all your digits into a file of drawings.")
        describe(self._digit_box, "digitFilter", "Digits shown", "Which digits the grid shows.")
        describe(self._wrong, "wrongFilter", "Only wrong", "Show only what the network on screen reads wrongly.")
        describe(self._chosen, "chosenWords", "Selected digits", "How many digits are selected.")
        describe(self._delete, "deleteDigits", "Delete", "Take the selected digits out of your set (Delete).")
        describe(self._undo, "undoDigits", "Undo", "Take back the last change of your set.")
        describe(self._nothing, "noDigitShown", "No digit", "Why the grid is empty.")
        self._digit_box.add_choice("All digits", None)
        for digit in range(CLASS_COUNT):
            self._digit_box.add_choice(f"Only {digit}s", digit)
        for digit, button in enumerate(self._labels.buttons):
            tooltip = f"The selected digits are {with_article(digit)} each ({digit})."
            describe(button, f"relabelAs{digit}", f"Relabel as {with_article(digit)}", tooltip)

    def _lay_out(self) -> None:
        head = _row(self._count, self._begin, self._import, self._export)
        head.setStretch(0, 1)
        shown = _row(self._digit_box, self._wrong, None, self._undo)
        edit = _row(self._chosen, self._labels, self._delete)
        edit.setStretch(0, 1)
        # What they say must not push anything about.
        self._count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._chosen.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._labels.setFixedWidth(232)
        card = QFrame()
        card.setProperty("card", True)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(theme.SPACE_M, theme.SPACE_M, theme.SPACE_M, theme.SPACE_S)
        inside.setSpacing(theme.SPACE_S)
        inside.addLayout(head)
        inside.addLayout(shown)
        inside.addWidget(self._nothing)
        inside.addWidget(self.grid, 1)
        inside.addLayout(edit)
        self.figures.setMinimumWidth(_LEAST_FIGURES_PX)
        self.figures.setMaximumWidth(_MOST_FIGURES_PX)
        beside = QWidget()
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        row.addWidget(card, 3)
        row.addWidget(self.figures, 2)
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.SPACE_S)
        column.setSpacing(theme.SPACE_S)
        column.addWidget(self.collect)
        column.addWidget(self._pages, 1)

    def _connect(self) -> None:
        session, grid = self._session, self.grid
        grid.relabel_requested.connect(self.relabel_requested)
        grid.delete_requested.connect(self.delete_requested)
        grid.canvas_requested.connect(self.canvas_requested)
        grid.undo_requested.connect(self.undo_requested)
        grid.redo_requested.connect(self.redo_requested)
        grid.chosen_changed.connect(self._show_chosen)
        self._labels.digit_chosen.connect(self._on_labels_digit_chosen)
        self._delete.clicked.connect(self._on_delete_clicked)
        self._undo.clicked.connect(self.undo_requested)
        self._digit_box.activated.connect(self._on_filter_changed)
        self._wrong.toggled.connect(self._on_filter_changed)
        self.figures.matrix.cell_chosen.connect(self._on_matrix_cell_chosen)
        self.figures.matrix.choice_ended.connect(self._on_matrix_choice_ended)
        for button in (self._begin, self.welcome.collect):
            button.clicked.connect(self.collect.begin)
        for button in (self._import, self.welcome.import_files):
            button.clicked.connect(self.import_requested)
        self._export.clicked.connect(self.export_requested)
        self.collect.turned.connect(self._on_collect_turned)
        self.collect.keep_requested.connect(self.keep_requested)
        self.collect.clear_requested.connect(self.clear_requested)
        session.mine.changed.connect(self._show_set)
        session.mine.predictions_advanced.connect(self._on_predictions_advanced)
        session.snapshot_changed.connect(self._on_session_snapshot_changed)
        session.run_changed.connect(self._on_predictions_advanced)
        session.run_advanced.connect(self._on_predictions_advanced)

    # What changes

    @Slot()
    def _show_set(self) -> None:
        """Show the set as it is now."""
        mine = self._session.mine
        self._pages.setCurrentIndex(1 if mine.digits else 0)
        self._count.setText(f"{len(mine.digits):,} of your own")
        self._undo.setEnabled(mine.undoable is not None)
        what = "Nothing was changed yet." if mine.undoable is None else f"Undo {mine.undoable.text} (Ctrl+Z)."
        self._undo.setToolTip(wrapped(what))
        self._export.setEnabled(bool(mine.digits))
        self._show_answers()

    @Slot()
    def _on_predictions_advanced(self) -> None:
        if self.isVisible() and not self._answers_timer.isActive():
            self._answers_timer.start()

    @Slot()
    def _on_session_snapshot_changed(self) -> None:
        if self.isVisible() and not self._snapshot_timer.isActive():
            self._snapshot_timer.start()

    @Slot()
    def _show_answers(self) -> None:
        self.figures.refresh()
        self._show_grid()

    @Slot()
    def _show_snapshot(self) -> None:
        self.figures.follow_snapshot()
        self._show_grid()

    def _show_grid(self) -> None:
        """Show the digits that were asked for, newest first, with what the network read; what is selected stays so."""
        mine, model = self._session.mine, self.grid.digits
        answers = mine.predictions.predicted(self._session.snapshot, mine.digits)
        indices = self._filter.chosen(mine.labels, answers)[::-1]
        digits = tuple(mine.digits[index] for index in indices)
        if model.holds(digits):
            model.show_answers(answers[indices])
        else:
            chosen, current = {digit.id for digit in self.grid.chosen}, self.grid.current_number()
            scrolled = self.grid.verticalScrollBar().value()
            model.show(digits, answers[indices])
            self.grid.choose(chosen, current)
            self.grid.verticalScrollBar().setValue(scrolled)
        self._nothing.setVisible(not digits and bool(mine.digits))
        self._nothing.setText(self._why_empty())
        self._show_chosen()

    def _why_empty(self) -> str:
        if self._filter.answer is not None or not self._filter.only_wrong:
            return "None of your digits is like that. Choose “All digits” to see them."
        return "The network on screen reads all of these rightly."

    @Slot()
    def _show_chosen(self) -> None:
        number = len(self.grid.selectionModel().selectedIndexes())
        self._chosen.setText(f"{number:,} selected: they are" if number > 1 else "1 selected: it is" if number else "")
        self._labels.setEnabled(number > 0)
        self._delete.setEnabled(number > 0)
        labels = {digit.label for digit in self.grid.chosen} if number else set()
        self._labels.check(labels.pop() if len(labels) == 1 else None)

    # What the person does

    @Slot(int)
    def _on_labels_digit_chosen(self, digit: int) -> None:
        self.relabel_requested.emit(self.grid.chosen, digit)

    @Slot(bool)
    def _on_collect_turned(self, is_on: bool) -> None:
        self._begin.setEnabled(not is_on)
        self.welcome.collect.setEnabled(not is_on)

    @Slot()
    def _on_delete_clicked(self) -> None:
        self.delete_requested.emit(self.grid.chosen)
        self.grid.setFocus()

    @Slot()
    def _on_filter_changed(self) -> None:
        self.figures.matrix.choose(None)
        self._filter = Filter(self._digit_box.currentData(), self._wrong.isChecked())
        self._show_grid()

    @Slot(int, int)
    def _on_matrix_cell_chosen(self, true: int, answer: int) -> None:
        """Show the digits behind a cell."""
        self._digit_box.show_choice(true)
        self._filter = Filter(true, only_wrong=False, answer=answer)
        self._show_grid()

    @Slot()
    def _on_matrix_choice_ended(self) -> None:
        self._digit_box.setCurrentIndex(0)
        self._on_filter_changed()

    def _restyle(self) -> None:
        for button, name in ((self._delete, "clear"), (self._undo, "undo"), (self._export, "export")):
            button.setIcon(theme.icon(name, self.palette()))
        self._import.setIcon(theme.icon("open", self.palette()))
        for button in (self._begin, self.welcome.collect):
            button.setIcon(theme.icon("pen", self.palette(), is_on_accent=True))
        self.figures.refresh()

    # Overrides of Qt

    def changeEvent(self, event: QEvent) -> None:
        """Give icons and legend the theme's colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self._restyle()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Have the digits answered while they are seen."""
        super().showEvent(event)
        self._show_answers()
        self.watched.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the answers rest."""
        super().hideEvent(event)
        self.watched.emit(False)


def _row(*parts: QWidget | None) -> QHBoxLayout:
    """Return widgets in a row; None is free room."""
    row = QHBoxLayout()
    row.setSpacing(theme.SPACE_S)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part)
    return row
