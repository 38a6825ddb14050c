"""A map, a window that slides over it, the equation at one position, and the output that fills in."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleEvent, QHideEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.explain.slide.arrangement import GAP, NARROW_GAP, Arrangement, Sizes, arrange
from digitlab.gui.explain.slide.cell_grid import CellGrid
from digitlab.gui.explain.slide.cell_places import Cell
from digitlab.gui.explain.slide.cells import (
    input_cells,
    kernel_cells,
    output_cells,
    patch_cells,
    product_cells,
)
from digitlab.gui.explain.slide.playback import Playback
from digitlab.gui.explain.slide.steering import Steering
from digitlab.gui.explain.slide.wording import position_text, result_text, term_text
from digitlab.gui.maps.cells import Cells
from digitlab.gui.widgets.paint_queue import PaintQueue
from digitlab.gui.widgets.themed import Themed
from digitlab.insight.forward import Array
from digitlab.insight.slide import Position, Slide

_SMALLEST: Final = QSize(520, 168)
_SIGNS: Final = ("×", "=", "")
"""Before each grid of the equation but the first; the kernel before its rotation is no part of it."""

_INPUT_HELP: Final = (
    "The map under the window. Dotted cells are padding, which is zero; hatched ones are under no window. Point at a "
    "cell to move the window there, or drag it; arrow keys, Home and End move it too. Double-click a cell to explain "
    "it."
)
_OUTPUT_HELP: Final = (
    "The output. Each cell is the sum at one position of the window. Point at a cell to move the window there, or use "
    "the arrow keys; Enter or a double click explains it."
)


class SlidingView(Themed, QWidget):
    """Shows a sliding window, at the position of its playback.

    Signals:
        position_changed: The window is at another position, or shows other values.
        input_chosen: An input was double-clicked; carries its row and column, which may lie in the padding.
        output_chosen: An output was double-clicked, or Enter was pressed; carries its row and column.
    """

    position_changed = Signal()
    input_chosen = Signal(int, int)
    output_chosen = Signal(int, int)

    def __init__(
        self,
        playback: Playback,
        parent: QWidget | None = None,
        *,
        inputs: CellGrid | None = None,
        kernel: CellGrid | None = None,
    ) -> None:
        """Create a view without a window.

        Args:
            playback: The position of the window.
            parent: The widget around it.
            inputs: The grid of the input map, if it is a special one that decides itself what pressing a cell does.
            kernel: The grid of the kernel, if it is a special one.
        """
        super().__init__(parent)
        self.setObjectName("slidingView")
        self.setMinimumSize(_SMALLEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._slide: Slide | None = None
        self._captions = ("", "")
        self._is_image = False
        self._typed: Array | None = None
        self._arrangement: Arrangement | None = None
        self._sizes: Sizes | None = None
        self._shown_at: int | None = None
        self.playback = playback
        steers = inputs is None
        self.inputs = inputs or CellGrid("slideInput", "Input map", _INPUT_HELP)
        self._patch = CellGrid("slidePatch", "Inputs under the window", "The inputs under the window.")
        self.kernel = kernel or CellGrid("slideKernel", "Kernel", "The weights, the same at every position.")
        self._rotated = CellGrid(
            "slideRotated", "Kernel, rotated by 180 degrees", "The weights as a convolution lays them on the input."
        )
        self._products = CellGrid("slideProducts", "Products", "Each input under the window times its weight.")
        self.outputs = CellGrid("slideOutput", "Output map", _OUTPUT_HELP)
        queue = PaintQueue(self)
        for grid in (self.inputs, self._patch, self._rotated, self._products, self.kernel, self.outputs):
            grid.setParent(self)
            grid.paint_in_turn(queue)
        for grid in (self.inputs, self.outputs):
            grid.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._steering = Steering(playback, self.inputs, self.outputs, self, presses_steer=steers)
        self._steering.input_chosen.connect(self.input_chosen)
        self._steering.output_chosen.connect(self.output_chosen)
        self._patch.chosen.connect(self._on_patch_chosen)
        self.playback.moved.connect(self._on_playback_moved)
        self.follow_theme()

    @property
    def slide(self) -> Slide | None:
        """The sliding window on screen."""
        return self._slide

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the output at the window's position."""
        return self._steering.place

    @property
    def at(self) -> Position | None:
        """The arithmetic at the window's position."""
        return None if self._slide is None else self._slide.at(*self.place)

    @property
    def text(self) -> str:
        """How the output at the window's position is computed, in one line."""
        return "" if self._slide is None else position_text(self._slide, *self.place)

    def show_slide(
        self, slide: Slide, captions: tuple[str, str], *, is_image: bool, typed: Array | None = None
    ) -> None:
        """Show another sliding window; the position stays, if there are as many.

        Args:
            slide: The sliding window.
            captions: Lines above input and output.
            is_image: Whether the input is an image with values 0..1.
            typed: The kernel before it was rotated by 180 degrees, which is then shown beside; None if it is not.
        """
        shape = None if self._slide is None else self._slide.shape
        self._slide = self._steering.slide = slide
        self._captions, self._is_image, self._typed = captions, is_image, typed
        if shape != slide.shape:
            self.playback.set_count(0)
        self.playback.set_count(slide.outputs.size)
        self._shown_at = None
        self._place(slide)
        self._show_maps(slide)
        self._show_position()

    def go_to(self, row: int, column: int) -> None:
        """Move the window to the position of an output."""
        self._steering.go_to(row, column)

    def describe_position(self, text: str) -> None:
        """Let screen readers say of both maps what is under the window; not while it moves by itself."""
        if self.playback.is_running:
            return
        for grid in (self.inputs, self.outputs):
            grid.setAccessibleDescription(text)
            if QAccessible.isActive() and grid.hasFocus():
                QAccessible.updateAccessibility(QAccessibleEvent(grid, QAccessible.Event.DescriptionChanged))

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self.update()

    @property
    def _terms(self) -> tuple[CellGrid, ...]:
        """The grids of the equation."""
        if self._slide is None or self._slide.kernel is None:
            return (self._patch,)
        if self._typed is None:
            return self._patch, self.kernel, self._products
        return self._patch, self._rotated, self._products, self.kernel

    def _place(self, slide: Slide, *, is_forced: bool = False) -> None:
        """Place the grids, if their sizes have changed."""
        rows, columns = slide.inputs.shape
        (above, left), (below, right) = slide.before, slide.after
        padded = (above + rows + below, left + columns + right)
        terms = self._terms
        sizes = Sizes(padded, slide.shape, slide.window.size, len(terms))
        if sizes == self._sizes and not is_forced:
            return
        self._sizes = sizes
        made = arrange(sizes, self.width(), self.height(), 1 / self.devicePixelRatioF())
        self._arrangement = made
        self.inputs.place(made.inputs, has_legend=True)
        self.outputs.place(made.outputs, has_legend=True)
        for grid in (self._patch, self._rotated, self._products, self.kernel):
            grid.setVisible(grid in terms)
        for grid, pane in zip(terms, made.terms, strict=True):
            grid.place(pane, has_legend=False)
        self.update()

    def _show_maps(self, slide: Slide) -> None:
        self._input_cells = input_cells(slide, is_image=self._is_image)
        self.inputs.show_cells(self._input_cells, self._captions[0])
        self.outputs.show_cells(output_cells(slide), self._captions[1])
        if slide.kernel is not None:
            self._kernel_cells: Cells = kernel_cells(slide.kernel)
            if self._typed is None:
                self.kernel.show_cells(self._kernel_cells, term_text("kernel", self._kernel_cells))
            else:
                self._rotated.show_cells(self._kernel_cells, "rotated by 180°")
                self.kernel.show_cells(kernel_cells(self._typed), "kernel as typed")

    def _show_position(self) -> None:
        """Show the window at its place, and, if its position is another one, the equation."""
        slide, playback = self._slide, self.playback
        if slide is None or not playback.count:
            return
        row, column = self.place
        (from_y, from_x), share = self._corner(playback.position), playback.fraction
        to_y, to_x = self._corner(min(playback.position + 1, playback.count - 1))
        y, x = from_y + share * (to_y - from_y), from_x + share * (to_x - from_x)
        self.inputs.set_window(QRectF(x, y, *reversed(slide.window.size)))
        self.outputs.set_filled(playback.filled)
        if self._shown_at == playback.position:
            return
        self._shown_at = playback.position
        self.outputs.set_mark((row, column))
        at = slide.at(row, column)
        patch = patch_cells(slide, at, row, column, self._input_cells)
        self._patch.show_cells(patch, "under the window" if slide.kernel is not None else result_text(slide, at))
        if at.products is not None:
            text = result_text(slide, at, is_short=self._typed is not None)
            self._products.show_cells(product_cells(at, self._input_cells, self._kernel_cells), text)
        self.position_changed.emit()

    def _corner(self, position: int) -> tuple[int, int]:
        """Return row and column of the padded input under the window's upper left cell."""
        assert self._slide is not None
        row, column = divmod(position, self._slide.shape[1])
        down, right = self._slide.window.strides
        return row * down, column * right

    @Slot()
    def _on_playback_moved(self) -> None:
        self._show_position()

    @Slot(object)
    def _on_patch_chosen(self, cell: Cell | None) -> None:
        if cell is not None:
            self._steering.choose_in_window(*cell)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the signs between the grids."""
        made = self._arrangement
        if made is None:
            return
        del event
        painter = QPainter(self)
        painter.setFont(theme.title_font(self.font()))
        painter.setPen(QApplication.palette().color(theme.QUIET))
        for pane, sign in zip(made.terms[1:], _SIGNS, strict=False):
            if made.is_beside:
                place = QRectF(pane.x, pane.y - GAP, pane.width, GAP)
            else:
                place = QRectF(pane.x - NARROW_GAP, pane.y, NARROW_GAP, pane.height)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, sign)
        self._paint_arrow(painter, made)
        painter.end()

    def _paint_arrow(self, painter: QPainter, made: Arrangement) -> None:
        """Paint the arrow from the input to the output."""
        if made.is_beside:
            return
        y = made.inputs.height / 2
        start = QPointF(made.inputs.x + made.inputs.width + theme.SPACE_S, y)
        end = QPointF(made.outputs.x - theme.SPACE_S, y)
        painter.drawLine(start, end)
        for rise in (-4, 4):
            painter.drawLine(end, end + QPointF(-6, rise))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the grids in the new size."""
        super().resizeEvent(event)
        if self._slide is not None:
            self._place(self._slide, is_forced=True)

    def showEvent(self, event: QShowEvent) -> None:
        """Continue playing."""
        super().showEvent(event)
        self.playback.set_visible(is_visible=True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop playing while it is hidden."""
        super().hideEvent(event)
        self.playback.set_visible(is_visible=False)
