"""Moving the window by hand: pointing at the grids, dragging, and the arrow keys."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from digitlab.gui.explain.slide.cell_grid import Cell

if TYPE_CHECKING:
    from digitlab.gui.explain.slide.sliding_view import SlidingView


class Steering(QObject):
    """Turns what is done with the input map and the output map into positions of the window."""

    def __init__(self, view: "SlidingView", *, presses_steer: bool) -> None:
        """Listen to the grids of a view.

        Args:
            view: The view.
            presses_steer: Whether the mouse's buttons and the keys move the window on the input map too; if not, they
                edit it.
        """
        super().__init__(view)
        self._view = view
        view.inputs.pointed.connect(self._on_input_pointed)
        view.outputs.pointed.connect(self._on_output_pointed)
        if presses_steer:
            view.inputs.pressed.connect(self._on_input_pressed)
            view.inputs.stepped.connect(self._on_stepped)
            view.inputs.ended.connect(self._on_ended)
            view.inputs.chosen.connect(self._on_input_chosen)
        view.outputs.pressed.connect(self._on_output_pressed)
        view.outputs.stepped.connect(self._on_stepped)
        view.outputs.ended.connect(self._on_ended)
        view.outputs.chosen.connect(self._on_output_chosen)

    def choose_input(self, cell: Cell) -> None:
        """Announce that a cell of the padded input was chosen."""
        slide = self._view.slide
        if slide is not None:
            above, left = slide.before
            self._view.input_chosen.emit(cell[0] - above, cell[1] - left)

    def _steer(self, cell: Cell) -> None:
        """Move the window so that its middle is nearest to a cell of the padded input."""
        slide = self._view.slide
        if slide is not None:
            above, left = slide.before
            self._view.go_to(*slide.nearest(cell[0] - above, cell[1] - left))

    def _hold(self, cell: Cell | None) -> None:
        if cell is None:
            self._view.playback.let_go()
        else:
            self._view.playback.hold()

    @Slot(object)
    def _on_input_pointed(self, cell: Cell | None) -> None:
        self._hold(cell)
        if cell is not None:
            self._steer(cell)

    @Slot(object)
    def _on_output_pointed(self, cell: Cell | None) -> None:
        self._hold(cell)
        if cell is not None:
            self._view.go_to(*cell)

    @Slot(object, object)
    def _on_input_pressed(self, cell: Cell, button: Qt.MouseButton) -> None:
        del button
        self._view.playback.pause()
        self._steer(cell)

    @Slot(object, object)
    def _on_output_pressed(self, cell: Cell, button: Qt.MouseButton) -> None:
        del button
        self._view.playback.pause()
        self._view.go_to(*cell)

    @Slot(int, int)
    def _on_stepped(self, rows: int, columns: int) -> None:
        view = self._view
        if view.slide is None:
            return
        row, column = view.place
        height, width = view.slide.shape
        view.playback.pause()
        view.go_to(min(max(row + rows, 0), height - 1), min(max(column + columns, 0), width - 1))

    @Slot(int)
    def _on_ended(self, direction: int) -> None:
        playback = self._view.playback
        playback.pause()
        playback.go_to(0 if direction < 0 else playback.count - 1)

    @Slot(object)
    def _on_input_chosen(self, cell: Cell | None) -> None:
        slide, view = self._view.slide, self._view
        if slide is None:
            return
        if cell is None:
            top, left = view.corner(view.playback.position)
            middle = (slide.window.size - 1) // 2
            cell = (top + middle, left + middle)
        self.choose_input(cell)

    @Slot(object)
    def _on_output_chosen(self, cell: Cell | None) -> None:
        if self._view.slide is not None:
            self._view.output_chosen.emit(*(cell or self._view.place))
