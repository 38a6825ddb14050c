"""Misclassified digits: the confusion matrix, and beside it the images behind a cell."""

from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.confusion_matrix import ConfusionMatrix
from digitlab.gui.evaluate.wording import answer_text, gallery_text, tile_text
from digitlab.gui.session.values import EvaluationResult
from digitlab.gui.widgets.card import Card
from digitlab.gui.widgets.fields import describe, set_tip
from digitlab.gui.widgets.gallery.tile import LINE_PX, GalleryItem
from digitlab.gui.widgets.gallery.view import Gallery
from digitlab.gui.widgets.label import Label, LayoutBarrier

_NOT_EVALUATED: Final = "Press Evaluate: misclassified digits appear here."
_NO_MISTAKES: Final = "Click a cell on the diagonal to see correctly classified digits, the least confident first."
_CELL_EMPTY: Final = "This cell has no images."
_LEAST_TILE_PX: Final = 84
_LARGE_FROM_PX: Final = 640
_BESIDE_FROM_PX: Final = 800


class MisclassifiedDigits(QWidget):
    """Which digits are confused with which, and what they look like.

    Signals:
        image_chosen: Put an image on the canvas; carries its index in the data.
        look_requested: Open Look inside with the image that was chosen last.
    """

    image_chosen = Signal(int)
    look_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty matrix and gallery."""
        super().__init__(parent)
        self._result: EvaluationResult | None = None
        self._chosen: int | None = None
        self._matrix = ConfusionMatrix()
        self._gallery = Gallery(2 * LINE_PX, _LEAST_TILE_PX, large_from_px=_LARGE_FROM_PX)
        self._rates = QToolButton()
        self._all = QPushButton("All misclassified")
        self._look = QPushButton("Look inside")
        self._heading = Label()
        self._set_up()
        self._lay_out()
        self._matrix.cell_chosen.connect(self._on_cell_changed)
        self._matrix.choice_ended.connect(self._on_cell_changed)
        self._rates.toggled.connect(self._matrix.show_rates)
        self._all.clicked.connect(self._on_all_clicked)
        self._look.clicked.connect(self._on_look_clicked)
        self._gallery.tile_pressed.connect(self._choose)
        self._gallery.tile_entered.connect(self._on_gallery_tile_entered)
        self._gallery.tile_double_clicked.connect(self.look_requested)
        self.show_result(None)

    def _set_up(self) -> None:
        self._rates.setText("Rates")
        self._rates.setCheckable(True)
        describe(self._rates, "ratesButton", "Rates", "Show each count as a percentage of its row.")
        describe(self._all, "allMistakesButton", "All misclassified", "Show the misclassified digits of all cells.")
        describe(
            self._look,
            "lookInsideButton",
            "Look inside",
            "Put the selected image on the canvas and show how the network computes its prediction.",
        )
        describe(
            self._gallery,
            "gallery",
            "Misclassified digits",
            "Images as the network sees them, with its predictions. Click one to put it on the canvas; double-click to "
            "look inside.",
            "Images as the network sees them. Below each: the true digit, the network's prediction and confidence, "
            "then its second choice. Click an image, or select it with the arrow keys and press Enter, to put it on "
            "the canvas; double-click, or press Ctrl+Enter, to look inside.",
        )
        # Each tile has its own tooltip.
        self._gallery.setToolTip("")
        self._all.setProperty("link", True)
        describe(self._heading, "galleryWords", "Images", "Which images are shown.")
        self._heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._heading.setWordWrap(True)
        self._heading.setFixedHeight(2 * self._heading.fontMetrics().lineSpacing() + 2)

    def _lay_out(self) -> None:
        matrix, images = Card("Confusion matrix", (self._rates,)), Card()
        self._over_gallery = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._over_gallery.setSpacing(theme.SPACE_XS)
        self._over_gallery.addWidget(LayoutBarrier(self._heading), 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._all)
        buttons.addWidget(self._look)
        self._over_gallery.addLayout(buttons)
        images.column.addLayout(self._over_gallery)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE_S)
        for card, body, stretch in ((matrix, self._matrix, 9), (images, self._gallery, 11)):
            card.column.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_M, theme.SPACE_XS)
            card.column.setSpacing(theme.SPACE_XS)
            card.column.addWidget(body, 1)
            row.addWidget(card, stretch)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the buttons below the heading if there is no space beside it."""
        directions = QBoxLayout.Direction
        is_narrow = self.width() < _BESIDE_FROM_PX
        self._over_gallery.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        super().resizeEvent(event)

    def show_result(self, result: EvaluationResult | None) -> None:
        """Show another evaluation, or none; the selected cell stays selected."""
        self._result = result
        self._matrix.show_counts(None if result is None else result.metrics.confusion)
        self._show_images()

    def _show_images(self) -> None:
        result, cell = self._result, self._matrix.chosen
        self._all.setVisible(cell is not None)
        if result is None:
            self._heading.setText("")
            self._gallery.show_nothing(_NOT_EVALUATED)
        else:
            predictions = result.predictions
            places = predictions.misclassified() if cell is None else predictions.cell(*cell)
            show_answers(self._gallery, result, places, _NO_MISTAKES if cell is None else _CELL_EMPTY)
            if self._chosen is not None and not self._gallery.selected_keys:
                self._gallery.select_keys((self._chosen,))
            heading = gallery_text(result, len(places), cell)
            self._heading.setText(heading)
            set_tip(self._heading, heading)
        self._look.setEnabled(self._gallery.count > 0)

    @Slot()
    def _on_cell_changed(self) -> None:
        self._gallery.scroll_to_top()
        self._show_images()

    @Slot()
    def _on_all_clicked(self) -> None:
        self._matrix.choose(None)
        self._on_cell_changed()

    @Slot(object)
    def _choose(self, index: int) -> None:
        self._chosen = index
        self.image_chosen.emit(index)

    @Slot(object, bool)
    def _on_gallery_tile_entered(self, index: int, has_control: bool) -> None:
        self._choose(index)
        if has_control:
            self.look_requested.emit()

    @Slot()
    def _on_look_clicked(self) -> None:
        """Look inside with the current image, or with the first."""
        if self._gallery.count:
            current = self._gallery.current_key
            self._choose(int(self._gallery.keys[0]) if current is None else current)
            self.look_requested.emit()


def show_answers(gallery: Gallery, result: EvaluationResult, places: NDArray[np.intp], empty_text: str = "") -> None:
    """Show predictions of an evaluation in a gallery; the key of each is the index of its image in the data.

    Args:
        gallery: The gallery.
        result: The evaluation.
        places: Positions of the predictions to show, in the order of the tiles.
        empty_text: The text to show if there are none.
    """
    keys = result.predictions.indices[places].astype(np.int64)
    gallery.show_items(keys, partial(_item, result, places), empty_text)


def _item(result: EvaluationResult, places: NDArray[np.intp], row: int) -> GalleryItem:
    """Return one prediction of an evaluation as an item of the gallery.

    Args:
        result: The evaluation.
        places: Positions of the predictions shown.
        row: Index in ``places``.
    """
    place = int(places[row])
    pixels = result.data.digits.images[result.predictions.indices[place]].tobytes()

    def describe() -> tuple[str, str]:
        text = answer_text(result, place)
        return text, text

    return GalleryItem(pixels, describe, lines=tile_text(result.predictions, place))
