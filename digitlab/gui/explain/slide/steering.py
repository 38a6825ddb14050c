"""Moving the window by hand: pointing at the grids, dragging, and the arrow keys."""

from PySide6.QtCore import QObject, Qt, Signal, Slot

from digitlab.gui.explain.slide.cell_grid import CellGrid
from digitlab.gui.explain.slide.cell_places import Cell
from digitlab.gui.explain.slide.playback import Playback
from digitlab.insight.slide import Slide


class Steering(QObject):
    """Turns what is done with the input map and the output map into positions of the window.

    Attributes:
        slide: The sliding window on screen.

    Signals:
        input_chosen: An input was chosen; carries its row and column, which may lie in the padding.
        output_chosen: An output was chosen; carries its row and column.
    """

    input_chosen = Signal(int, int)
    output_chosen = Signal(int, int)

    def __init__(
        self, playback: Playback, inputs: CellGrid, outputs: CellGrid, parent: QObject, *, presses_steer: bool
    ) -> None:
        """Listen to the grids.

        Args:
            playback: The position of the window.
            inputs: The input map with its padding.
            outputs: The output map.
            parent: The owner.
            presses_steer: Whether the mouse's buttons and the keys move the window on the input map too; if not, they
                edit it.
        """
        super().__init__(parent)
        self.slide: Slide | None = None
        self._playback = playback
        inputs.pointed.connect(self._on_input_pointed)
        outputs.pointed.connect(self._on_output_pointed)
        if presses_steer:
            inputs.pressed.connect(self._on_input_pressed)
            inputs.stepped.connect(self._on_stepped)
            inputs.ended.connect(self._on_ended)
            inputs.chosen.connect(self._on_input_chosen)
        outputs.pressed.connect(self._on_output_pressed)
        outputs.stepped.connect(self._on_stepped)
        outputs.ended.connect(self._on_ended)
        outputs.chosen.connect(self._on_output_chosen)

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the output at the window's position."""
        columns = 1 if self.slide is None else self.slide.shape[1]
        row, column = divmod(self._playback.position, columns)
        return row, column

    def go_to(self, row: int, column: int) -> None:
        """Move the window to the position of an output, limited to those there are."""
        if self.slide is not None:
            rows, columns = self.slide.shape
            row, column = min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)
            self._playback.go_to(row * columns + column)

    def choose_in_window(self, row: int, column: int) -> None:
        """Announce that an input under the window was chosen, by its place in the window."""
        if self.slide is not None:
            top, left = self.slide.corner(*self.place)
            self.input_chosen.emit(top + row, left + column)

    def _steer(self, cell: Cell) -> None:
        """Move the window so that its middle is nearest to a cell of the padded input."""
        if self.slide is not None:
            above, left = self.slide.before
            self.go_to(*self.slide.nearest(cell[0] - above, cell[1] - left))

    def _hold(self, cell: Cell | None) -> None:
        if cell is None:
            self._playback.let_go()
        else:
            self._playback.hold()

    @Slot(object)
    def _on_input_pointed(self, cell: Cell | None) -> None:
        self._hold(cell)
        if cell is not None:
            self._steer(cell)

    @Slot(object)
    def _on_output_pointed(self, cell: Cell | None) -> None:
        self._hold(cell)
        if cell is not None:
            self.go_to(*cell)

    @Slot(object, object)
    def _on_input_pressed(self, cell: Cell, button: Qt.MouseButton) -> None:
        del button
        self._playback.pause()
        self._steer(cell)

    @Slot(object, object)
    def _on_output_pressed(self, cell: Cell, button: Qt.MouseButton) -> None:
        del button
        self._playback.pause()
        self.go_to(*cell)

    @Slot(int, int)
    def _on_stepped(self, rows: int, columns: int) -> None:
        self._playback.pause()
        row, column = self.place
        self.go_to(row + rows, column + columns)

    @Slot(int)
    def _on_ended(self, direction: int) -> None:
        self._playback.pause()
        self._playback.go_to(0 if direction < 0 else self._playback.count - 1)

    @Slot(object)
    def _on_input_chosen(self, cell: Cell | None) -> None:
        slide = self.slide
        if slide is None:
            return
        if cell is None:
            row, column = ((side - 1) // 2 for side in slide.window.size)
            self.choose_in_window(row, column)
        else:
            above, left = slide.before
            self.input_chosen.emit(cell[0] - above, cell[1] - left)

    @Slot(object)
    def _on_output_chosen(self, cell: Cell | None) -> None:
        if self.slide is not None:
            self.output_chosen.emit(*(cell or self.place))
