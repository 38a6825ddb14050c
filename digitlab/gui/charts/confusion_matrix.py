"""The confusion matrix: true digits against predicted digits, with selectable cells."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.confusion import Counts
from digitlab.gui import theme
from digitlab.gui.charts.confusion_shading import (
    FAINTEST,
    STRONGEST,
    Cell,
    matrix_text,
    off_diagonal,
    rate_text,
    rates_of,
    strengths,
)
from digitlab.gui.widgets.fields import describe, set_description
from digitlab.gui.widgets.paint_queue import PaintQueue
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed
from digitlab.words.numbers import percent

_TITLE_PX: Final = 18
_DIGIT_PX: Final = 20
_BELOW_PX: Final = 54
"""Space for the legend and the readout."""

_LINE_PX: Final = 18
_BAR_PX: Final = 44
_LEAST_BAR_PX: Final = 12
_LEAST_CELL_PX: Final = 22
_MOST_CELL_PX: Final = 64
_GAP_PX: Final = 1.5
_CELLS_PER_SLICE: Final = 20
"""Number of cells painted in one event-loop slice."""

_Look = tuple[str, int, int]
"""The look of a cell: its text, its background colour, and its font size in pixels."""


class ConfusionMatrix(Themed, QWidget):
    """Ten by ten cells: rows are true digits, columns predicted digits.

    The diagonal and the mistakes have separate colours and scales, so that a few mistakes among thousands of correct
    predictions are visible.

    Signals:
        cell_chosen: The user chose a cell that is not empty; carries the true and the predicted digit.
        choice_ended: The user cleared the selection.
        pointed: Another cell is pointed at; ``readout`` has the text.
    """

    parts_kind = PartsKind.TABLE

    cell_chosen = Signal(int, int)
    choice_ended = Signal()
    pointed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty matrix."""
        super().__init__(parent)
        self._counts: Counts = np.zeros((CLASS_COUNT, CLASS_COUNT), np.int64)
        self._is_rates = False
        self._strengths = np.zeros((CLASS_COUNT, CLASS_COUNT))
        self._pointed: Cell | None = None
        self._chosen: Cell | None = None
        self._looks: dict[Cell, _Look] | None = None
        self._picture: QPixmap | None = None
        self._painted: dict[Cell, _Look] = {}  # already in the picture
        self._queue = PaintQueue(self)
        # The picture fills the widget, so that the card behind it is not repainted for each new count.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        describe(
            self,
            "confusionMatrix",
            "Confusion matrix",
            "Rows are the true digits, columns the digits that the network predicted. Click a cell to see its images.",
            "Rows are the true digits, columns the digits that the network predicted: correct "
            "predictions are on the diagonal (blue), mistakes off it (orange). Each has its own scale, so that a few "
            "mistakes among thousands of correct ones are visible. Click a cell, or select it with the arrow keys "
            "and press Enter, to see its images; click it again or press Esc to see all.",
        )
        self.follow_theme()

    # Contents

    @property
    def counts(self) -> Counts:
        """The counts shown, shape (10, 10)."""
        return self._counts

    def show_counts(self, counts: Counts | None) -> None:
        """Show counts, or none; the selection stays.

        Args:
            counts: Shape (10, 10): rows are true digits, columns predicted digits.
        """
        self._counts = np.zeros((CLASS_COUNT, CLASS_COUNT), np.int64) if counts is None else counts
        self._strengths = strengths(self._shown)
        self._looks = None
        self._announce()

    def show_rates(self, is_on: bool) -> None:
        """Show the share of the row in each cell instead of the count."""
        self._is_rates = is_on
        self._strengths = strengths(self._shown)
        self._looks = None
        self._announce()

    @property
    def chosen(self) -> Cell | None:
        """The selected cell, or None."""
        return self._chosen

    def choose(self, cell: Cell | None) -> None:
        """Select a cell or none, without emitting a signal."""
        self._chosen = cell
        self.update()

    @property
    def readout(self) -> str:
        """The text of the pointed cell, else of the selected cell, else of the whole matrix."""
        return matrix_text(self._counts, self._pointed or self._chosen)

    @property
    def _shown(self) -> NDArray[np.float64]:
        """The values of the cells: counts, or shares of the row."""
        return rates_of(self._counts) if self._is_rates else self._counts.astype(np.float64)

    def part_count(self) -> int:
        """Return the number of cells; 0 while there are no counts."""
        return int(self._counts.size) if self._counts.any() else 0

    def part(self, index: int) -> Part:
        """Return a cell, row by row."""
        cell = divmod(index, CLASS_COUNT)
        return Part(matrix_text(self._counts, cell), self.cell_rect(cell), cell, is_selected=cell == self._chosen)

    def _announce(self) -> None:
        set_description(self, self.readout)
        self.pointed.emit()
        self._queue.update(self, QRegion(self.rect()), self._prepare)

    def _point_at(self, cell: Cell | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self._announce()

    def _press(self, cell: Cell) -> None:
        """Select a cell if it is not empty, or clear the selection if it is already selected."""
        if cell == self._chosen:
            self.choose(None)
            self.choice_ended.emit()
        elif self._counts[cell]:
            self.choose(cell)
            self.cell_chosen.emit(*cell)

    # Geometry

    @property
    def _side(self) -> float:
        """Side of a cell in pixels."""
        across = (self.width() - _TITLE_PX - _DIGIT_PX - 2) / CLASS_COUNT
        down = (self.height() - _TITLE_PX - _DIGIT_PX - _BELOW_PX) / CLASS_COUNT
        return float(max(min(across, down, _MOST_CELL_PX), 1.0))

    @property
    def _origin(self) -> QPointF:
        """The upper left corner of the first cell."""
        spare = self.width() - 2 - CLASS_COUNT * self._side - _TITLE_PX - _DIGIT_PX
        return QPointF(_TITLE_PX + _DIGIT_PX + max(spare / 2, 0.0), _TITLE_PX + _DIGIT_PX)

    def cell_rect(self, cell: Cell) -> QRectF:
        """Return the rectangle of a cell on screen."""
        true, answer = cell
        origin, side = self._origin, self._side
        return QRectF(origin.x() + answer * side, origin.y() + true * side, side, side)

    def cell_at(self, place: QPointF) -> Cell | None:
        """Return the cell at a position on screen."""
        origin, side = self._origin, self._side
        true, answer = int((place.y() - origin.y()) // side), int((place.x() - origin.x()) // side)
        inside = 0 <= true < CLASS_COUNT and 0 <= answer < CLASS_COUNT
        return (true, answer) if inside else None

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint titles, cells, marks, legend and readout."""
        del event
        while self._prepare():
            pass
        assert self._picture is not None
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.setFont(theme.small_font(self.font()))
        self._paint_marked_titles(painter)
        self._paint_marks(painter)
        self._paint_below(painter)
        painter.end()

    def _prepare(self) -> bool:
        """Paint some of the changed cells into the cached picture; return whether there are more."""
        ratio = self.devicePixelRatioF()
        if self._picture is None or self._picture.devicePixelRatio() != ratio:
            self._picture, self._painted = self._make_picture(ratio), {}
        if self._looks is None:
            self._looks = self._new_looks()
        changed = [cell for cell, look in self._looks.items() if self._painted.get(cell) != look]
        if changed:
            painter = QPainter(self._picture)
            for cell in changed[:_CELLS_PER_SLICE]:
                self._paint_cell(painter, cell, self._looks[cell])
                self._painted[cell] = self._looks[cell]
            painter.end()
        return len(changed) > _CELLS_PER_SLICE

    def _make_picture(self, ratio: float) -> QPixmap:
        """Return a picture of the titles, without cells."""
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(self.palette().color(theme.SURFACE))
        painter = QPainter(picture)
        painter.setFont(theme.small_font(self.font()))
        self._paint_titles(painter)
        painter.end()
        return picture

    def _paint_titles(self, painter: QPainter) -> None:
        palette, side, origin = self.palette(), self._side, self._origin
        length, middle = CLASS_COUNT * side, Qt.AlignmentFlag.AlignCenter
        painter.setPen(palette.color(theme.QUIET))
        painter.drawText(QRectF(origin.x(), 0, length, _TITLE_PX), middle, "predicted digit")
        painter.save()
        painter.translate(origin.x() - _DIGIT_PX - _TITLE_PX, origin.y() + length / 2)
        painter.rotate(-90)
        painter.drawText(QRectF(-length / 2, 0, length, _TITLE_PX), middle, "true digit")
        painter.restore()
        painter.setPen(palette.color(theme.TEXT))
        for digit in range(CLASS_COUNT):
            for place in self._digit_places(digit, digit):
                painter.drawText(place, middle, str(digit))

    def _digit_places(self, true: int, answer: int) -> tuple[QRectF, QRectF]:
        """Return the positions of a true digit beside its row and of a predicted digit above its column."""
        side, origin = self._side, self._origin
        return (
            QRectF(origin.x() - _DIGIT_PX, origin.y() + true * side, _DIGIT_PX, side),
            QRectF(origin.x() + answer * side, _TITLE_PX, side, _DIGIT_PX),
        )

    def _paint_marked_titles(self, painter: QPainter) -> None:
        """Highlight the digits of the pointed or selected cell."""
        cell = self._pointed or self._chosen
        if cell is None:
            return
        painter.setPen(self.palette().color(theme.ACCENT))
        for place, digit in zip(self._digit_places(*cell), cell, strict=True):
            painter.fillRect(place, self.palette().color(theme.SURFACE))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, str(digit))

    def _new_looks(self) -> dict[Cell, _Look]:
        palette = self.palette()
        surface, empty = palette.color(theme.SURFACE), palette.color(theme.WINDOW)
        correct, wrong = theme.curve_colours(palette)
        counts, shares, rates = self._counts.tolist(), self._strengths.tolist(), rates_of(self._counts).tolist()
        font_px = self._cell_font(self.font(), self._side).pixelSize()
        looks: dict[Cell, _Look] = {}
        for true in range(CLASS_COUNT):
            for answer in range(CLASS_COUNT):
                number = counts[true][answer]
                if not number:
                    looks[true, answer] = ("", empty.rgb(), 0)
                    continue
                colour = theme.mixed(correct if true == answer else wrong, surface, shares[true][answer])
                text = rate_text(rates[true][answer]) if self._is_rates else f"{number:,}"
                looks[true, answer] = (text, colour.rgb(), font_px)
        return looks

    def _paint_cell(self, painter: QPainter, cell: Cell, look: _Look) -> None:
        text, rgb, font_px = look
        colour, side, cell_place = QColor(rgb), self._side, self.cell_rect(cell)
        place = QRectF(cell_place.left() + _GAP_PX / 2, cell_place.top() + _GAP_PX / 2, side - _GAP_PX, side - _GAP_PX)
        painter.fillRect(place, colour)
        if text:
            font = QFont(self.font())
            font.setPixelSize(font_px)
            painter.setFont(font)
            painter.setPen(theme.readable_on(colour))
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)

    def _cell_font(self, font: QFont, side: float) -> QFont:
        """Return the largest font in which the longest number fits a cell."""
        longest = f"{int(self._counts.max()):,}"
        if self._is_rates:
            longest = max(("99.9", *map(rate_text, rates_of(self._counts).flat)), key=len)
        font = QFont(font)
        for pixels in (theme.FONT_PX, theme.FONT_SMALL_PX, 10, 9, 8):
            font.setPixelSize(pixels)
            if QFontMetricsF(font).horizontalAdvance(longest) <= side - 4:
                break
        return font

    def _paint_marks(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        palette = self.palette()
        if self._chosen is not None:
            painter.setPen(QPen(palette.color(theme.TEXT), 2.5))
            painter.drawRoundedRect(self.cell_rect(self._chosen), 2, 2)
        if self._pointed is not None and self._pointed != self._chosen:
            painter.setPen(QPen(palette.color(theme.TEXT), 1.2))
            painter.drawRoundedRect(self.cell_rect(self._pointed), 2, 2)
        if self.hasFocus():
            painter.setPen(QPen(palette.color(theme.ACCENT), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)

    def _paint_below(self, painter: QPainter) -> None:
        palette, origin = self.palette(), self._origin
        font = theme.small_font(painter.font())
        painter.setFont(font)
        top = origin.y() + CLASS_COUNT * self._side + 5
        scales = self._scales()
        begin, bar_px = self._legend_place(scales, QFontMetricsF(font))
        left = begin
        for colour, text in scales:
            left = self._paint_scale(painter, QRectF(left, top, bar_px, _LINE_PX), colour, text) + theme.SPACE_M
        painter.setPen(palette.color(theme.TEXT))
        # A narrow matrix has space for more than one line below it; a low one is wide enough for its line.
        place = QRectF(begin, top + _LINE_PX + 4, self.width() - begin, self.height() - top - _LINE_PX - 4)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, self.readout)

    def _scales(self) -> list[tuple[QColor, str]]:
        """Return the colours of the legend with their texts."""
        correct, wrong = theme.curve_colours(self.palette())
        largest = (
            (correct, "correct", np.diag(self._shown).max()),
            (wrong, "wrong", off_diagonal(self._shown).max()),
        )
        return [
            (colour, f"{name}, up to {percent(float(most)) if self._is_rates else f'{int(most):,}'}")
            for colour, name, most in largest
            if most
        ]

    def _legend_place(self, scales: list[tuple[QColor, str]], metrics: QFontMetricsF) -> tuple[float, float]:
        """Return the left end of the legend and the width of its bars.

        It is below the digits, or further left, with shorter bars, if it would be cut off.
        """
        texts = sum(metrics.horizontalAdvance(text) + 2 for _, text in scales)
        fixed = texts + len(scales) * (theme.SPACE_XS + theme.SPACE_M) - theme.SPACE_M
        bar_px = min(max((self.width() - fixed) / max(len(scales), 1), _LEAST_BAR_PX), _BAR_PX)
        needed = fixed + len(scales) * bar_px
        return max(min(self._origin.x() - _DIGIT_PX, self.width() - needed), 0.0), bar_px

    def _paint_scale(self, painter: QPainter, at: QRectF, colour: QColor, text: str) -> float:
        """Paint the scale of one colour and return its right end."""
        surface = self.palette().color(theme.SURFACE)
        bar = at.adjusted(0, 4, 0, -4)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        gradient.setColorAt(0.0, theme.mixed(colour, surface, FAINTEST))
        gradient.setColorAt(1.0, theme.mixed(colour, surface, STRONGEST))
        painter.fillRect(bar, gradient)
        painter.setPen(self.palette().color(theme.QUIET))
        width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 2
        place = QRectF(bar.right() + theme.SPACE_XS, at.y(), width, _LINE_PX)
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        return float(place.right())

    # Overrides of Qt

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(_TITLE_PX + _DIGIT_PX + 36 * CLASS_COUNT + 2, _TITLE_PX + _DIGIT_PX + 36 * CLASS_COUNT + _BELOW_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest readable size."""
        side = _LEAST_CELL_PX * CLASS_COUNT + _TITLE_PX + _DIGIT_PX
        return QSize(side + 2, side + _BELOW_PX)

    def restyle(self) -> None:
        """Repaint everything."""
        self._picture = self._looks = None
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Repaint everything for the new size."""
        super().resizeEvent(event)
        self.restyle()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at the cell under the pointer."""
        self._point_at(self.cell_at(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the cell under the pointer."""
        cell = self.cell_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and cell is not None:
            self._press(cell)

    def leaveEvent(self, event: QEvent) -> None:
        """Clear the pointed cell."""
        super().leaveEvent(event)
        self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Point at the next cell with the arrow keys; select it with Enter or Space; clear the selection with Esc."""
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Home: (0, -CLASS_COUNT),
            Qt.Key.Key_End: (0, CLASS_COUNT),
        }
        key, last = Qt.Key(event.key()), CLASS_COUNT - 1
        if key in steps:
            here = self._pointed or self._chosen
            down, across = steps[key]
            there = (0, 0) if here is None else (here[0] + down, here[1] + across)
            self._point_at((min(max(there[0], 0), last), min(max(there[1], 0), last)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._pointed is not None:
            self._press(self._pointed)
        elif key == Qt.Key.Key_Escape and self._chosen is not None:
            self._press(self._chosen)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Clear the pointed cell."""
        super().focusOutEvent(event)
        self._point_at(None)
        self.update()
