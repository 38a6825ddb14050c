"""The legend of the plots: each mark with its name, one line per run."""

import html
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.items import cosmetic_pen

_SAMPLE_PX: Final = 14
_GAP_PX: Final = 4
_SPACE_PX: Final = 12
_LINE_PX: Final = 16
_NAME_PX: Final = 240
"""Maximum width of a run's name; longer names are elided, and the tooltip shows them in full."""

_NARROW_NAME_PX: Final = 80
"""The same in a small window, so that the drawing panel keeps its width during a comparison."""


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
    "<p><b>batch</b>: single batches.<br><b>smoothed</b>: the mean of the last tenth of an epoch."
    "<br><b>epoch mean</b>: the mean over the training images of a whole epoch, "
    "while the weights were still changing, so it lags behind."
    "<br><b>validation</b>: the value on images not used for training, after the epoch.</p>"
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
        self.show_names("", "")

    def show_names(self, name: str, compared: str) -> None:
        """Set the names of the runs.

        Args:
            name: The run shown; empty if there is none.
            compared: The compared run; empty if there is none, and then the first name is not shown either.
        """
        self._name, self._compared = name, compared
        runs = f"<p><b>{html.escape(name)}</b>: solid lines, squares and dots.<br>" if name else "<p>"
        runs += f"<b>{html.escape(compared)}</b>: dashed line and diamonds.</p>"
        self.setToolTip(f"{runs if compared else ''}{_MEANINGS}")
        self.setWhatsThis(self.toolTip())
        both = f" {compared}: dashed line smoothed, diamonds validation after each epoch." if compared else ""
        self.setAccessibleDescription(f"{name + ': ' if name and compared else ''}{_DESCRIPTION}{both}")
        self.updateGeometry()
        self.update()

    @property
    def _lines(self) -> list[tuple[str, tuple[Mark, ...], bool]]:
        """The name and marks of each line, and whether it is the compared run."""
        if not self._compared:
            return [("", tuple(Mark), False)]
        compared = (self._compared, _COMPARED_MARKS, True)
        return [(self._name, tuple(Mark), False), compared] if self._name else [compared]

    def _name_width(self, limit: int) -> int:
        """Return the width of the longest name, up to a limit, plus the space after it; 0 without names."""
        metrics = QFontMetrics(self._name_font())
        widths = [metrics.horizontalAdvance(name) for name, _, _ in self._lines if name]
        return min(max(widths), limit) + _SPACE_PX if widths else 0

    def _marks_width(self) -> int:
        metrics = QFontMetrics(self.font())
        return sum(_SAMPLE_PX + _GAP_PX + metrics.horizontalAdvance(text) + _SPACE_PX for text in _TEXTS.values())

    def _name_font(self) -> QFont:
        font = self.font()
        font.setBold(True)
        return font

    def sizeHint(self) -> QSize:
        """Return the size of all texts."""
        return self._size(_NAME_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the size of all texts with elided names."""
        return self._size(_NARROW_NAME_PX)

    def _size(self, limit: int) -> QSize:
        return QSize(self._name_width(limit) + self._marks_width() - _SPACE_PX, _LINE_PX * len(self._lines))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint marks and texts."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetrics(self.font())
        space = min(max(self.width() - self._marks_width(), _NARROW_NAME_PX), _NAME_PX)
        for number, (name, marks, is_compared) in enumerate(self._lines):
            middle = _LINE_PX * number + _LINE_PX / 2
            base = round(middle + (metrics.ascent() - metrics.descent()) / 2)
            self._paint_name(painter, name, base, space)
            x = self._name_width(space)
            for mark, text in _TEXTS.items():
                if mark in marks:
                    self._paint_mark(painter, mark, QPointF(x + _SAMPLE_PX / 2, middle), is_compared=is_compared)
                    painter.setFont(self.font())
                    painter.setPen(self.palette().color(theme.QUIET))
                    painter.drawText(x + _SAMPLE_PX + _GAP_PX, base, text)
                x += _SAMPLE_PX + _GAP_PX + metrics.horizontalAdvance(text) + _SPACE_PX
        painter.end()

    def _paint_name(self, painter: QPainter, name: str, base: int, width: int) -> None:
        painter.setFont(self._name_font())
        painter.setPen(self.palette().color(theme.TEXT))
        painter.drawText(0, base, painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, width))

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
