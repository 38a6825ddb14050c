"""What the marks in a plot mean: each drawn beside its word."""

from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from digitlab.gui import theme

_SAMPLE_PX = 14
_GAP_PX = 4
_SPACE_PX = 12


class Mark(Enum):
    """How something is drawn in a plot."""

    BATCH = auto()
    SMOOTH = auto()
    TRAINING = auto()
    VALIDATION = auto()


_WORDS = {
    Mark.BATCH: "batch",
    Mark.SMOOTH: "smoothed",
    Mark.TRAINING: "epoch mean",
    Mark.VALIDATION: "validation",
}


class Legend(QWidget):
    """A line of marks and words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Name all marks."""
        super().__init__(parent)
        font = self.font()
        font.setPixelSize(theme.FONT_SMALL_PX)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend")
        self.setAccessibleDescription(
            "Thin line: each batch. Thick line: smoothed. "
            "Hollow squares: training mean of each epoch. Dots: validation after each epoch."
        )
        self.setToolTip(
            "<p><b>batch</b>: each batch alone.<br><b>smoothed</b>: the mean of the last tenth of an epoch."
            "<br><b>epoch mean</b>: the mean over the training images of a whole epoch, "
            "while the weights still changed; so it lags behind."
            "<br><b>validation</b>: images that were not trained on, after the epoch.</p>"
        )
        self.setWhatsThis(self.toolTip())

    def sizeHint(self) -> QSize:
        """Return the room that all words take."""
        metrics = QFontMetrics(self.font())
        width = sum(_SAMPLE_PX + _GAP_PX + metrics.horizontalAdvance(word) + _SPACE_PX for word in _WORDS.values())
        return QSize(width - _SPACE_PX, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint marks and words."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = painter.fontMetrics()
        x = 0
        for mark, word in _WORDS.items():
            self._paint_mark(painter, mark, QPointF(x + _SAMPLE_PX / 2, self.height() / 2))
            x += _SAMPLE_PX + _GAP_PX
            painter.setPen(self.palette().color(theme.QUIET))
            painter.drawText(x, (self.height() + metrics.ascent() - metrics.descent()) // 2, word)
            x += metrics.horizontalAdvance(word) + _SPACE_PX
        painter.end()

    def _paint_mark(self, painter: QPainter, mark: Mark, centre: QPointF) -> None:
        training, validation = theme.curve_colours(self.palette())
        half = QPointF(_SAMPLE_PX / 2, 0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if mark is Mark.BATCH:
            painter.setPen(QPen(theme.batch_colour(self.palette()), 1))
            painter.drawLine(centre - half, centre + half)
        elif mark is Mark.SMOOTH:
            painter.setPen(QPen(training, 2))
            painter.drawLine(centre - half, centre + half)
        elif mark is Mark.TRAINING:
            painter.setPen(QPen(training, 1.5))
            painter.setBrush(self.palette().color(theme.SURFACE))
            painter.drawRect(QRectF(centre.x() - 3.5, centre.y() - 3.5, 7, 7))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(validation)
            painter.drawEllipse(centre, 4, 4)
