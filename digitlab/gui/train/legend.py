"""The legend of the plots: each mark with its name, one line per run."""

from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.items import cosmetic_pen
from digitlab.gui.widgets.fields import set_tip
from digitlab.words.names import one_line

_SAMPLE_PX: Final = 14
_GAP_PX: Final = 4
_SPACE_PX: Final = 12
_LINE_PX: Final = 16
_NAME_PX: Final = 200
"""Width of a run's name for which the wide legend has space."""

_NARROW_NAME_PX: Final = 66
"""The same in the narrow legend. Names that need more than there is are elided, and the tooltip has them in full."""


class Mark(Enum):
    """How something is drawn in a plot."""

    BATCH = auto()
    SMOOTH = auto()
    TRAINING = auto()
    VALIDATION = auto()


_TEXTS: Final = {
    Mark.BATCH: "batch",
    Mark.SMOOTH: "smoothed",
    Mark.TRAINING: "epoch mean",
    Mark.VALIDATION: "validation",
}

_COMPARED_MARKS: Final = (Mark.SMOOTH, Mark.VALIDATION)
"""What is drawn of the compared run."""

_MEANINGS: Final = (
    "batch: single batches.\nsmoothed: the mean of the last tenth of an epoch.\n"
    "epoch mean: the mean over the training images of a whole epoch, while the weights were still changing, so it "
    "lags behind.\nvalidation: the value on images not used for training, after the epoch."
)

_DESCRIPTION: Final = (
    "Thin line: each batch. Thick line: smoothed. "
    "Hollow squares: training mean of each epoch. Dots: validation after each epoch."
)


class Legend(QWidget):
    """Names the marks of a run; in a comparison, names both runs, one below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create the legend of a single run."""
        super().__init__(parent)
        self._name = self._compared = ""
        self.setFont(theme.small_font(self.font()))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setObjectName("curvesLegend")
        self.setAccessibleName("Legend")
        self.setWhatsThis(_MEANINGS)
        self.show_names("", "")

    def show_names(self, name: str, compared: str) -> None:
        """Set the names of the runs.

        Args:
            name: The run shown; empty if there is none.
            compared: The compared run; empty if there is none, and then the first name is not shown either.
        """
        self._name, self._compared = name, compared = one_line(name), one_line(compared)
        runs = f"{name}: solid lines, squares and dots.\n" if name else ""
        runs += f"{compared}: dashed line and diamonds.\n"
        set_tip(self, f"{runs if compared else ''}{_MEANINGS}")
        both = f" {compared}: dashed line smoothed, diamonds validation after each epoch." if compared else ""
        self.setAccessibleDescription(f"{name + ': ' if name and compared else ''}{_DESCRIPTION}{both}")
        self.update()

    @property
    def _runs(self) -> list[tuple[str, tuple[Mark, ...], bool]]:
        """The name and the marks of each run, and whether it is the compared one."""
        if not self._compared:
            return [("", tuple(Mark), False)]
        compared = (self._compared, _COMPARED_MARKS, True)
        return [(self._name, tuple(Mark), False), compared] if self._name else [compared]

    def _mark_width(self, mark: Mark) -> int:
        return _SAMPLE_PX + _GAP_PX + QFontMetrics(self.font()).horizontalAdvance(_TEXTS[mark]) + _SPACE_PX

    @property
    def _is_narrow(self) -> bool:
        """Whether the marks of a run need two lines."""
        return self.width() < self.sizeHint().width()

    def _name_font(self) -> QFont:
        font = self.font()
        font.setBold(True)
        return font

    def sizeHint(self) -> QSize:
        """Return the size of two lines, one for each run, even if only one is shown."""
        return QSize(_NAME_PX + sum(map(self._mark_width, Mark)), 2 * _LINE_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the size of the narrow legend: two marks beside a name, for two runs."""
        rows = (sum(map(self._mark_width, row)) for row in self._pairs(tuple(Mark)))
        return QSize(_NARROW_NAME_PX + max(rows) - _SPACE_PX, 2 * _LINE_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height of two runs, which depends on the width only: the plots must not move with a comparison."""
        super().resizeEvent(event)
        self.setFixedHeight(_LINE_PX * (3 if self._is_narrow else 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint marks and texts."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        limit = self.width() - max(sum(map(self._mark_width, row)) for row in self._rows(tuple(Mark))) + _SPACE_PX
        bold, line = QFontMetrics(self._name_font()), 0
        widths = [bold.horizontalAdvance(name) + 2 + _SPACE_PX for name, _, _ in self._runs if name]
        names_px = min(max(widths), limit) if widths else 0
        for name, marks, is_compared in self._runs:
            self._paint_name(painter, name, line, names_px - _SPACE_PX)
            for row in self._rows(marks):
                x = names_px
                for mark in row:
                    if mark in marks:
                        self._paint_entry(painter, mark, x, line, is_compared=is_compared)
                    x += self._mark_width(mark)
                line += 1
        painter.end()

    def _rows(self, marks: tuple[Mark, ...]) -> list[tuple[Mark, ...]]:
        """Return the marks of each line of a run; in the wide legend, those of both runs are below each other."""
        if not self._is_narrow:
            return [tuple(Mark)]
        return self._pairs(marks)

    @staticmethod
    def _pairs(marks: tuple[Mark, ...]) -> list[tuple[Mark, ...]]:
        return [marks[start : start + 2] for start in range(0, len(marks), 2)]

    def _base(self, line: int) -> int:
        """Return the base line of a line of text."""
        metrics = QFontMetrics(self.font())
        return round(_LINE_PX * (line + 0.5) + (metrics.ascent() - metrics.descent()) / 2)

    def _paint_name(self, painter: QPainter, name: str, line: int, width: int) -> None:
        painter.setFont(self._name_font())
        painter.setPen(self.palette().color(theme.TEXT))
        text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, width)
        painter.drawText(0, self._base(line), text)

    def _paint_entry(self, painter: QPainter, mark: Mark, x: int, line: int, *, is_compared: bool) -> None:
        centre = QPointF(x + _SAMPLE_PX / 2, _LINE_PX * (line + 0.5))
        self._paint_mark(painter, mark, centre, is_compared=is_compared)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(theme.QUIET))
        painter.drawText(x + _SAMPLE_PX + _GAP_PX, self._base(line), _TEXTS[mark])

    def _paint_mark(self, painter: QPainter, mark: Mark, centre: QPointF, *, is_compared: bool) -> None:
        training, validation = theme.compared_colours() if is_compared else theme.curve_colours(self.palette())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if mark in (Mark.BATCH, Mark.SMOOTH):
            half = QPointF(_SAMPLE_PX / 2, 0)
            painter.setPen(smoothed_pen(self.palette(), is_compared=is_compared))
            if mark is Mark.BATCH:
                painter.setPen(QPen(theme.batch_colour(self.palette()), 1))
            painter.drawLine(centre - half, centre + half)
        elif mark is Mark.TRAINING:
            painter.setPen(QPen(training, 1.5))
            painter.setBrush(self.palette().color(theme.SURFACE))
            painter.drawRect(QRectF(centre.x() - 3.5, centre.y() - 3.5, 7, 7))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(validation)
            if is_compared:
                corners = ((0, -5), (5, 0), (0, 5), (-5, 0))
                painter.drawPolygon(QPolygonF([centre + QPointF(x, y) for x, y in corners]))
            else:
                painter.drawEllipse(centre, 4, 4)


def smoothed_pen(palette: QPalette, *, is_compared: bool) -> QPen:
    """Return the pen of a smoothed curve, its width in pixels; dashed for the compared run."""
    if is_compared:
        return cosmetic_pen(theme.compared_colours()[0], 2, (2.5, 1.5))
    return cosmetic_pen(theme.curve_colours(palette)[0], 2)
