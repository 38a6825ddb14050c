"""The preprocessing strip: how the drawing becomes the network's input."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from digitlab.data.raster import RasterSteps
from digitlab.gui import theme
from digitlab.gui.draw.painting import grey_image

_STEPS: Final = (
    ("drawn", "drawn", "The whole canvas, shrunk to 28 × 28. A plain sketch program would feed the network this."),
    ("cropped", "cropped", "The square round the ink, cut out."),
    ("boxed", "20 × 20", "Scaled into a box of 20 × 20 pixels, drawn 2.2 pixels wide, whatever size it was drawn."),
    ("centred", "centred", "The box in the middle of 28 × 28 pixels."),
    ("image", "28 × 28", "Shifted so that its centre of mass lies at the centre, as in MNIST. The network sees this."),
)
"""Attribute of RasterSteps, caption, explanation."""


class StepTile(QWidget):
    """One step as crisp pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin black."""
        super().__init__(parent)
        self._image: QImage | None = None
        self._is_final = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_final(self) -> None:
        """Frame this tile: it is what the network sees."""
        self._is_final = True

    def set_pixels(self, pixels: NDArray[np.uint8]) -> None:
        """Show an image of shape (side, side), uint8."""
        self._image = grey_image(pixels)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the mock's tile."""
        return QSize(52, 52)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest tile in which pixels can be told apart."""
        return QSize(28, 28)

    def hasHeightForWidth(self) -> bool:
        """Return that tiles are square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of a square."""
        return width

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pixels and a frame."""
        del event
        painter = QPainter(self)
        side = min(self.width(), self.height())
        square = QRectF((self.width() - side) / 2, 0, side, side)
        painter.fillRect(square, Qt.GlobalColor.black)
        if self._image is not None:
            painter.drawImage(square, self._image)
        colour = self.palette().color(theme.ACCENT if self._is_final else theme.LINE)
        painter.setPen(QPen(colour, 2 if self._is_final else 1))
        painter.drawRect(square.adjusted(0.5, 0.5, -0.5, -0.5))


class PreprocessingStrip(QWidget):
    """Five tiles from the canvas to the network's input, each with its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin with black tiles."""
        super().__init__(parent)
        self.setObjectName("preprocessingStrip")
        self.setAccessibleName("Preprocessing")
        self.setAccessibleDescription("How the drawing becomes the 28 by 28 pixels that the network sees.")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.SPACE_XS)
        layout.setVerticalSpacing(2)
        self._tiles: dict[str, StepTile] = {}
        for column, (name, caption, explanation) in enumerate(_STEPS):
            tile = StepTile(self)
            tile.setObjectName(f"step_{name}")
            tile.setAccessibleName(caption)
            tile.setToolTip(explanation)
            tile.setWhatsThis(explanation)
            label = QLabel(caption, self)
            label.setProperty("quiet", True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            # All tiles are equally large, whatever stands below them.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            label.setToolTip(explanation)
            layout.addWidget(tile, 0, column)
            layout.addWidget(label, 1, column)
            layout.setColumnStretch(column, 1)
            self._tiles[name] = tile
        self._tiles["image"].set_final()

    def show_steps(self, steps: RasterSteps) -> None:
        """Show the steps of a drawing."""
        for name, tile in self._tiles.items():
            tile.set_pixels(getattr(steps, name))
