"""The preprocessing strip: how the drawing becomes the network's input, step by step, each of which can be left out."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from digitlab.data.drawing.preprocessing import ALL_STEPS, NO_STEPS, Preprocessing, Step
from digitlab.data.drawing.raster import RasterSteps
from digitlab.gui import theme
from digitlab.gui.widgets.pixels import grey_image

_OFF_OPACITY: Final = 0.35
"""How much is left to see of a step that is not taken."""

_PLATE_HEIGHT: Final = 15
"""Height in pixels of the plate that says "off"."""

_HINT: Final = "Click a step to leave it out."


@dataclass(frozen=True, slots=True)
class _Part:
    """One tile.

    Attributes:
        name: Attribute of RasterSteps.
        caption: What stands under it.
        what: What is done, in full.
        without: What happens when it is left out.
        step: What it leaves out; None for the canvas itself.
    """

    name: str
    caption: str
    what: str
    without: str
    step: Step | None = None


_PARTS: Final = (
    _Part(
        "drawn",
        "drawn",
        "The whole canvas, shrunk to 28 × 28. A plain sketch program would feed the network this.",
        "Click to leave out all steps and do so.",
    ),
    _Part(
        "cropped",
        "cropped",
        "The square round the ink, cut out, so that place and size on the canvas do not matter.",
        "Left out: the whole canvas goes on, with the digit as small and as far from the middle as it was drawn.",
        Step.CROP,
    ),
    _Part(
        "boxed",
        "20 × 20",
        "Scaled into a box of 20 × 20 pixels, with four pixels round it, as in MNIST.",
        "Left out: what came before fills all 28 × 28 pixels.",
        Step.BOX,
    ),
    _Part(
        "centred",
        "pen",
        "The strokes drawn anew, 2.2 pixels wide, whatever size they had. A picture's strokes stay as they are.",
        "Left out: the pen is as wide as it became by cropping and scaling, too wide for a small digit.",
        Step.PEN,
    ),
    _Part(
        "image",
        "centred",
        "Shifted so that its centre of mass lies at the centre, as in MNIST. The network sees these 28 × 28 pixels.",
        "Left out: the box stays in the middle. The network sees that.",
        Step.MASS,
    ),
)


class StepTile(QAbstractButton):
    """One step as crisp pixels; a click or Space leaves it out or takes it again.

    Args:
        part: Which one it is.

    Signals:
        switch_requested: The ``Step`` to leave out or to take again; None on the canvas' own tile.
    """

    switch_requested = Signal(object)

    def __init__(self, part: _Part, parent: QWidget | None = None) -> None:
        """Begin black, taken."""
        super().__init__(parent)
        self.setObjectName(f"step_{part.name}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._part = part
        self._image: QImage | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCheckable(part.step is not None)
        self.clicked.connect(self._on_clicked)
        self.set_taken(is_taken=True)

    @property
    def step(self) -> Step | None:
        """The step that it leaves out; None for the canvas itself."""
        return self._part.step

    @property
    def is_off(self) -> bool:
        """Whether it is left out."""
        return self.isCheckable() and not self.isChecked()

    def set_taken(self, *, is_taken: bool) -> None:
        """Show whether the step is taken."""
        part = self._part
        self.setChecked(is_taken)
        explanation = f"{part.what}\n{part.without}"
        self.setAccessibleName(f"{part.caption}, left out" if self.is_off else part.caption)
        if part.step is None:
            doing = "Space leaves out all steps."
        else:
            doing = "It is left out. Space takes it again." if self.is_off else "Space leaves it out."
        self.setAccessibleDescription(f"{part.what} {doing}")
        self.setToolTip(explanation)
        self.setWhatsThis(explanation)
        self.update()

    @Slot()
    def _on_clicked(self) -> None:
        self.switch_requested.emit(self._part.step)

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
        """Paint the pixels, a frame, and whether it is left out."""
        del event
        painter = QPainter(self)
        side = min(self.width(), self.height())
        square = QRectF((self.width() - side) / 2, 0, side, side)
        painter.fillRect(square, Qt.GlobalColor.black)
        if self._image is not None:
            painter.setOpacity(_OFF_OPACITY if self.is_off else 1.0)
            painter.drawImage(square, self._image)
            painter.setOpacity(1.0)
        if self.is_off:
            self._paint_off(painter, square)
        self._paint_frame(painter, square)

    def _paint_off(self, painter: QPainter, square: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(Qt.GlobalColor.white), 1.5))
        painter.drawLine(QLineF(square.bottomLeft(), square.topRight()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        plate = QRectF(square.left(), square.center().y() - _PLATE_HEIGHT / 2, square.width(), _PLATE_HEIGHT)
        painter.fillRect(plate, self.palette().color(theme.SURFACE))
        font = self.font()
        font.setPixelSize(theme.FONT_SMALL_PX)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self.palette().color(theme.TEXT))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, "off")

    def _paint_frame(self, painter: QPainter, square: QRectF) -> None:
        is_focused, is_final = self.hasFocus(), self._part.name == "image"
        role = theme.ACCENT if is_final or is_focused or self.underMouse() else theme.LINE
        width = 2 if is_final or is_focused else 1
        inset = width / 2
        painter.setPen(QPen(self.palette().color(role), width))
        painter.drawRect(square.adjusted(inset, inset, -inset, -inset))
        if is_focused:
            # A second line inside, because the network's own input has the first one always.
            painter.setPen(QPen(QColor(Qt.GlobalColor.white), 1))
            painter.drawRect(square.adjusted(2.5, 2.5, -2.5, -2.5))


class PreprocessingStrip(QWidget):
    """Five tiles from the canvas to the network's input, each with its name.

    Signals:
        preprocessing_requested: The ``Preprocessing`` that the person wants.
    """

    preprocessing_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin with black tiles and all steps."""
        super().__init__(parent)
        self.setObjectName("preprocessingStrip")
        self.setAccessibleName("Preprocessing")
        self.setAccessibleDescription("How the drawing becomes the 28 by 28 pixels that the network sees.")
        self._preprocessing = ALL_STEPS
        self._steps: RasterSteps | None = None
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(theme.SPACE_XS)
        layout.setVerticalSpacing(2)
        self._tiles: dict[str, StepTile] = {}
        self._captions: dict[str, QLabel] = {}
        for column, part in enumerate(_PARTS):
            tile = StepTile(part, self)
            tile.switch_requested.connect(self._on_tile_switch_requested)
            label = QLabel(part.caption, self)
            label.setProperty("quiet", True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            # All tiles are equally large, whatever stands below them.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            label.setToolTip(tile.toolTip())
            layout.addWidget(tile, 0, column)
            layout.addWidget(label, 1, column)
            layout.setColumnStretch(column, 1)
            self._tiles[part.name], self._captions[part.name] = tile, label
        self._note = QLabel(_HINT, self)
        self._note.setObjectName("stepsNote")
        self._note.setProperty("quiet", True)
        self._reset = QPushButton("Take all", self)
        self._reset.setObjectName("takeAllStepsButton")
        self._reset.setProperty("link", True)
        self._reset.setAccessibleName("Take all steps")
        self._reset.setToolTip("Take all steps again, as in MNIST: what the network was trained with.")
        self._reset.clicked.connect(self._on_reset_clicked)
        # The row keeps its height, so that nothing below jumps.
        policy = self._reset.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._reset.setSizePolicy(policy)
        self._reset.hide()
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_S)
        row.addWidget(self._note, 1)
        row.addWidget(self._reset)
        layout.addLayout(row, 2, 0, 1, len(_PARTS))

    @property
    def note_text(self) -> str:
        """What is said under the tiles."""
        return self._note.text()

    def show_steps(self, steps: RasterSteps) -> None:
        """Show the steps of a drawing; the same ones again, as while the weights change, are left alone."""
        if steps is self._steps:
            return
        self._steps = steps
        for name, tile in self._tiles.items():
            tile.set_pixels(getattr(steps, name))

    def show_preprocessing(self, preprocessing: Preprocessing) -> None:
        """Show which steps are left out."""
        self._preprocessing = preprocessing
        for name, tile in self._tiles.items():
            tile.set_taken(is_taken=tile.step is None or preprocessing.takes(tile.step))
            label = self._captions[name]
            font = label.font()
            font.setStrikeOut(tile.is_off)
            label.setFont(font)
        if preprocessing.is_complete and self._reset.hasFocus():
            # A hidden button cannot keep the focus; the next in line would get it.
            self._tiles["image"].setFocus()
        self._note.setText(_note(preprocessing))
        self._reset.setVisible(not preprocessing.is_complete)

    @Slot(object)
    def _on_tile_switch_requested(self, step: Step | None) -> None:
        self.preprocessing_requested.emit(NO_STEPS if step is None else self._preprocessing.switched(step))

    @Slot()
    def _on_reset_clicked(self) -> None:
        self.preprocessing_requested.emit(ALL_STEPS)


def _note(preprocessing: Preprocessing) -> str:
    count = len(preprocessing.left_out)
    if count == 0:
        return _HINT
    if count == len(Step):
        return "All steps are left out."
    return f"{count} {'step is' if count == 1 else 'steps are'} left out."
