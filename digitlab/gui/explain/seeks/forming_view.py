"""The image that excites a unit most, as it forms."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from digitlab.attribution.preferred import AscentStep
from digitlab.gui import theme
from digitlab.gui.explain.seeks.wanted import sees_everything
from digitlab.gui.maps.colours import Colours, Tiles
from digitlab.gui.maps.tile_grid import TileGrid
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.fields import describe, set_tip

_SMALLEST: Final = QSize(150, 150)
_EXPLANATION: Final = (
    "An image that is changed, step by step, so that the unit is excited more and more; smooth shapes and little ink "
    "are preferred. White is ink. Only the part that the unit sees is shown."
)


class _ImageView(QWidget):
    """An image as large as the space allows."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.grid = TileGrid("seeksImage", "Image that excites it most", _EXPLANATION, self)
        self.grid.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.grid.cell_changed.connect(self.grid.set_mark)
        self.grid.hide()

    def minimumSizeHint(self) -> QSize:
        return _SMALLEST

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_hidden = self.grid.isHidden()
        self.grid.set_space(self.width(), self.height())
        self.grid.setHidden(is_hidden)


class FormingView(Card):
    """Shows the image, says how far it is, and has buttons to begin again and to stop.

    Signals:
        noise_requested: Begin with noise.
        drawing_requested: Begin with the drawing.
        stop_requested: Stop here.
        canvas_requested: Put the image on the canvas; carries it, shape (side, side), uint8.
    """

    noise_requested = Signal()
    drawing_requested = Signal()
    stop_requested = Signal()
    canvas_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a view without an image."""
        super().__init__(parent=parent)
        self._image: NDArray[np.float32] | None = None
        self._view = _ImageView()
        self.line = quiet_label(wraps=False)
        self.line.setObjectName("seeksLine")
        self.line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.problem = quiet_label()
        self.problem.setObjectName("seeksProblem")
        self._noise, self._drawing = QPushButton("From noise"), QPushButton("From the drawing")
        self._stop, self._canvas = QPushButton("Stop"), QPushButton("Put on canvas")
        describe(self._noise, "seeksNoiseButton", "From noise", "Begin again with other noise.")
        describe(self._drawing, "seeksDrawingButton", "From the drawing", "Begin again with the drawing on the canvas.")
        describe(self._stop, "seeksStopButton", "Stop", "Keep the image as it is now.")
        describe(self._canvas, "seeksCanvasButton", "Put on canvas", "Put the image on the canvas, as a picture.")
        buttons = QGridLayout()
        buttons.setSpacing(theme.SPACE_XS)
        for nth, button in enumerate((self._noise, self._drawing, self._stop, self._canvas)):
            buttons.addWidget(button, *divmod(nth, 2))
        self.column.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_S, theme.SPACE_XS)
        self.column.setSpacing(theme.SPACE_XS)
        self.column.addWidget(self.problem)
        self.column.addWidget(self._view, 1)
        self.column.addWidget(self.line)
        self.column.addLayout(buttons)
        self._noise.clicked.connect(self.noise_requested)
        self._drawing.clicked.connect(self.drawing_requested)
        self._stop.clicked.connect(self.stop_requested)
        self._canvas.clicked.connect(self._on_canvas_clicked)
        self.show_running(is_running=False)
        self.show_problem("")

    @property
    def grid(self) -> TileGrid:
        """The pixels."""
        return self._view.grid

    @property
    def image(self) -> NDArray[np.float32] | None:
        """The whole image, shape (side, side), float32, 0..1; None before the first step."""
        return self._image

    def show_step(self, step: AscentStep, field: tuple[slice, slice], caption: str, line: str) -> None:
        """Show the image after another step.

        Args:
            step: The image.
            field: Rows and columns that the unit sees; only they are shown.
            caption: The line above the image.
            line: The line below.
        """
        self._image = step.image
        part = step.image[field]
        shown = part if part.size else step.image
        self.grid.show_tiles(Tiles(shown[np.newaxis], Colours.GREY, 1.0), caption)
        self.line.setText(line)
        self._show_canvas(field)

    def _show_canvas(self, field: tuple[slice, slice]) -> None:
        is_whole = self._image is None or sees_everything(field, len(self._image))
        self._canvas.setEnabled(is_whole)
        set_tip(
            self._canvas,
            "Put the image on the canvas, as a picture."
            if is_whole
            else "Only for what sees the whole image: a patch alone would be enlarged to a digit on the canvas.",
        )

    def show_running(self, *, is_running: bool) -> None:
        """Say whether the image is still changing."""
        self._stop.setEnabled(is_running)

    def show_blank(self, *, is_blank: bool) -> None:
        """Say whether there is a drawing to begin with."""
        self._drawing.setEnabled(not is_blank)

    def show_problem(self, problem: str) -> None:
        """Say why no image can form; empty if one can."""
        self.problem.setText(problem)
        self.problem.setHidden(not problem)
        if problem:
            self._image = None
            self.grid.hide()
            self.line.setText("")
        for button in (self._noise, self._drawing):
            button.setEnabled(not problem)
        self._canvas.setEnabled(self._image is not None)

    @Slot()
    def _on_canvas_clicked(self) -> None:
        if self._image is not None:
            self.canvas_requested.emit(np.rint(np.nan_to_num(self._image) * 255).astype(np.uint8))
