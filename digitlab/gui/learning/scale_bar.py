"""The legend of the heat maps: the colours of the shares."""

import math
from typing import Final

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.learning.histogram_map import SCALE
from digitlab.gui.widgets.fields import describe
from digitlab.words.numbers import exact_percent

_BAR_PX: Final = 180
_SIDE_PX: Final = 27
_TICKS: Final = ((1e-4, f"≤ {exact_percent(1e-4)}"), *((share, exact_percent(share)) for share in (1e-3, 1e-2, 0.1)))


class ScaleBar(QWidget):
    """A colour bar with labelled shares below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create the legend at its fixed size."""
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        describe(
            self,
            "histogramScale",
            "Colour scale of the histograms",
            "The share of a layer's values in one small range of values. The scale is logarithmic; above 30 % the "
            "colour stays the same.",
        )

    def sizeHint(self) -> QSize:
        """Return the size of the bar with its labels."""
        return QSize(_BAR_PX + 2 * _SIDE_PX, 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bar and labels."""
        del event
        painter = QPainter(self)
        painter.setFont(theme.small_font(self.font()))
        table = np.ascontiguousarray(theme.sequential_table())
        image = QImage(table.data, len(table), 1, 3 * len(table), QImage.Format.Format_RGB888)
        painter.drawImage(QRectF(_SIDE_PX, 1, _BAR_PX, 9), image)
        painter.setPen(self.palette().color(theme.QUIET))
        low, high = (math.log10(end) for end in SCALE)
        for share, text in _TICKS:
            x = _SIDE_PX + (math.log10(share) - low) / (high - low) * _BAR_PX
            painter.drawText(QRectF(x - 30, 11, 60, 15), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
