"""Mistakes: the confusion matrix, and beside it the images behind a cell."""

from typing import Final

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.confusion_matrix import ConfusionMatrix
from digitlab.gui.evaluate.gallery import Gallery
from digitlab.gui.evaluate.wording import gallery_words
from digitlab.gui.session.values import EvaluationResult
from digitlab.gui.widgets.fields import describe
from digitlab.gui.widgets.still import StillRoom

_BEGIN: Final = "Press Evaluate: the images that the network reads wrongly come here."
_ALL_RIGHT: Final = "Click a cell of the diagonal to see right answers, the least confident first."
_CELL_EMPTY: Final = "No image is in this cell now."


class Mistakes(QWidget):
    """Which digits are taken for which, and what they look like.

    Signals:
        image_chosen: An image is to go to the canvas; carries its index in the data.
        look_requested: The person wants to look inside with the image that was chosen last.
    """

    image_chosen = Signal(int)
    look_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__(parent)
        self._result: EvaluationResult | None = None
        self._matrix = ConfusionMatrix()
        self._gallery = Gallery()
        self._rates = QToolButton()
        self._all = QPushButton("All mistakes")
        self._look = QPushButton("Look inside")
        self._words = QLabel()
        self._set_up()
        self._lay_out()
        self._matrix.cell_chosen.connect(self._on_cell_changed)
        self._matrix.choice_ended.connect(self._on_cell_changed)
        self._rates.toggled.connect(self._matrix.show_rates)
        self._all.clicked.connect(self._on_all_clicked)
        self._look.clicked.connect(self._on_look_clicked)
        self._gallery.image_chosen.connect(self.image_chosen)
        self._gallery.look_requested.connect(self.look_requested)
        self.show_result(None)

    def _set_up(self) -> None:
        self._rates.setText("Rates")
        self._rates.setCheckable(True)
        describe(self._rates, "ratesButton", "Rates", "Write shares of each row, in percent, in place of counts.")
        describe(self._all, "allMistakesButton", "All mistakes", "Show the mistakes of all cells again.")
        describe(
            self._look,
            "lookInsideButton",
            "Look inside",
            "See how the network came to its answer: the image chosen goes to the canvas, and Look inside opens.",
        )
        self._all.setProperty("link", True)
        describe(self._words, "galleryWords", "Images", "Which images are shown.")
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def _lay_out(self) -> None:
        over_matrix, over_gallery = QHBoxLayout(), QHBoxLayout()
        name = QLabel("Taken for what?")
        name.setProperty("title", True)
        over_matrix.addWidget(name)
        over_matrix.addStretch(1)
        over_matrix.addWidget(self._rates)
        over_gallery.addWidget(StillRoom(self._words), 1)
        over_gallery.addWidget(self._all)
        over_gallery.addWidget(self._look)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        for head, body, stretch in ((over_matrix, self._matrix, 9), (over_gallery, self._gallery, 11)):
            card = QFrame()
            card.setProperty("card", True)
            column = QVBoxLayout(card)
            column.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_XS)
            column.setSpacing(theme.SPACE_XS)
            column.addLayout(head)
            column.addWidget(body, 1)
            row.addWidget(card, stretch)

    def show_result(self, result: EvaluationResult | None) -> None:
        """Show another judgement, or none; the cell chosen stays chosen."""
        self._result = result
        self._matrix.show_counts(None if result is None else result.metrics.confusion)
        self._show_places()

    def _show_places(self) -> None:
        result, cell = self._result, self._matrix.chosen
        self._all.setVisible(cell is not None)
        if result is None:
            self._words.setText("")
            self._gallery.show_places(None, np.empty(0, np.intp), _BEGIN)
        else:
            predictions = result.predictions
            places = predictions.misclassified() if cell is None else predictions.cell(*cell)
            self._gallery.show_places(result, places, _ALL_RIGHT if cell is None else _CELL_EMPTY)
            words = gallery_words(result, len(places), cell)
            self._words.setText(words)
            self._words.setToolTip(words)
        self._look.setEnabled(self._gallery.count > 0)

    @Slot()
    def _on_cell_changed(self) -> None:
        self._gallery.scroll_to_top()
        self._show_places()

    @Slot()
    def _on_all_clicked(self) -> None:
        self._matrix.choose(None)
        self._on_cell_changed()

    @Slot()
    def _on_look_clicked(self) -> None:
        """Look inside with the image under the cursor, or with the first."""
        index = self._gallery.current_or_first
        if index is not None:
            self.image_chosen.emit(index)
            self.look_requested.emit()
