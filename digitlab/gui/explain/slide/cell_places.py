"""Where the cells of a grid are within its widget."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF

from digitlab.gui.explain.slide.arrangement import CAPTION, MARGIN

Cell = tuple[int, int]
"""Row and column, of the padded map."""


@dataclass(frozen=True, slots=True)
class CellPlaces:
    """The places of cells below a caption.

    Attributes:
        shape: Rows and columns.
        size: Width and height of a cell, in logical pixels.
    """

    shape: tuple[int, int] = (1, 1)
    size: tuple[float, float] = (1.0, 1.0)

    @property
    def box(self) -> QRectF:
        """The rectangle of all cells."""
        rows, columns = self.shape
        return self.scaled(QRectF(0, 0, columns, rows))

    def scaled(self, cells: QRectF) -> QRectF:
        """Return the rectangle of some cells, which need not be whole."""
        wide, high = self.size
        return QRectF(
            MARGIN + cells.x() * wide, CAPTION + cells.y() * high, cells.width() * wide, cells.height() * high
        )

    def rect(self, cell: Cell) -> QRectF:
        """Return the rectangle of a cell."""
        return self.scaled(QRectF(cell[1], cell[0], 1, 1))

    def at(self, place: QPointF) -> Cell | None:
        """Return the cell under a point, or None."""
        if not self.box.contains(place):
            return None
        (wide, high), (rows, columns) = self.size, self.shape
        row, column = int((place.y() - CAPTION) / high), int((place.x() - MARGIN) / wide)
        return min(row, rows - 1), min(column, columns - 1)


def around(place: QRectF) -> QRect:
    """Return a rectangle with space for its outline."""
    return place.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).toAlignedRect()
