"""One tile of the preprocessing strip: the image after a step, which a click skips or applies again."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from digitlab.data.drawing.preprocessing import Step
from digitlab.gui import theme
from digitlab.gui.draw.painting import grey_image, marked_image
from digitlab.gui.widgets.fields import set_tip

_OFF_OPACITY: Final = 0.35
"""Opacity of a skipped step."""

_OFF_LABEL_PX: Final = 15
"""Height in pixels of the label "off"."""


_LEFT_OUT: Final = (
    "In orange: left out, because it touches the border or stands apart from the digit: a frame, a ruled line, a speck "
    "or part of another digit."
)


@dataclass(frozen=True, slots=True)
class TilePart:
    """A step and its texts.

    Attributes:
        name: Attribute of RasterSteps.
        caption: The text below it.
        what: Description of the step.
        without: The effect of skipping it.
        step: The step; None for the canvas itself.
    """

    name: str
    caption: str
    what: str
    without: str
    step: Step | None = None


STEP_PARTS: Final = (
    TilePart(
        "drawn",
        "drawn",
        "The whole canvas, scaled down to 28 × 28, without any preprocessing.",
        "Click to skip all steps and use this as the input.",
    ),
    TilePart(
        "cropped",
        "cropped",
        "Cropped to a square around the strokes, so that position and size on the canvas do not matter.",
        "Skipped: the whole canvas is used, with the digit as small and off-centre as it was drawn.",
        Step.CROP,
    ),
    TilePart(
        "boxed",
        "20 × 20",
        "Scaled to 20 × 20 pixels, with a margin of four pixels, as in MNIST.",
        "Skipped: the image fills all 28 × 28 pixels.",
        Step.BOX,
    ),
    TilePart(
        "centred",
        "pen",
        "The strokes redrawn 2.2 pixels wide, whatever their size. Of a picture, only lines that are far too thin.",
        "Skipped: the strokes are as wide as cropping and scaling make them, too wide for a small digit.",
        Step.PEN,
    ),
    TilePart(
        "image",
        "centred",
        "Shifted to put the centre of mass at the centre, as in MNIST. These 28 × 28 pixels are the network's input.",
        "Skipped: the bounding box stays centred instead.",
        Step.MASS,
    ),
)


DISTORTED_PART: Final = TilePart(
    "distorted",
    "input",
    "The centred image, distorted by the sliders. These 28 × 28 pixels are the network's input.",
    "Click to reset the distortion.",
)


class StepTile(QAbstractButton):
    """The image after one step, in sharp pixels; a click or Space skips the step or applies it again.

    Signals:
        switch_requested: The ``Step`` to skip or to apply again; None from the tile of the canvas.
    """

    switch_requested = Signal(object)

    def __init__(self, part: TilePart, parent: QWidget | None = None) -> None:
        """Create a black tile for an applied step.

        Args:
            part: The step.
            parent: The widget around it.
        """
        super().__init__(parent)
        self.setObjectName(f"step_{part.name}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._part = part
        self._image: QImage | None = None
        self._is_input = False
        self._has_left_out = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setCheckable(part.step is not None)
        self.clicked.connect(self._on_clicked)
        self.set_applied(is_applied=True)

    @property
    def step(self) -> Step | None:
        """The step; None for the canvas itself."""
        return self._part.step

    @property
    def is_off(self) -> bool:
        """Whether the step is skipped."""
        return self.isCheckable() and not self.isChecked()

    def set_applied(self, *, is_applied: bool) -> None:
        """Show whether the step is applied."""
        part = self._part
        self.setChecked(is_applied)
        what = f"{part.what} {_LEFT_OUT}" if self._has_left_out else part.what
        explanation = f"{what}\n{part.without}"
        self.setAccessibleName(f"{part.caption}, skipped" if self.is_off else part.caption)
        if part is DISTORTED_PART:
            hint = "Press Space to reset the distortion."
        elif part.step is None:
            hint = "Press Space to skip all steps."
        else:
            hint = "It is skipped. Press Space to apply it again." if self.is_off else "Press Space to skip it."
        set_tip(self, explanation)
        self.setAccessibleDescription(f"{what} {hint}")
        self.setWhatsThis(explanation)
        self.update()

    @Slot()
    def _on_clicked(self) -> None:
        self.switch_requested.emit(self._part.step)

    def set_input(self, *, is_input: bool) -> None:
        """Mark the tile as the network's input, or not."""
        self._is_input = is_input
        self.update()

    def set_pixels(self, pixels: NDArray[np.uint8], left_out: NDArray[np.uint8] | None = None) -> None:
        """Show an image.

        Args:
            pixels: Shape (side, side), uint8.
            left_out: Same shape: the part that the next step leaves out, painted in a colour of its own.
        """
        is_marked = left_out is not None
        self._image = grey_image(pixels) if left_out is None else marked_image(pixels, left_out, theme.MARK)
        if is_marked != self._has_left_out:
            self._has_left_out = is_marked
            self.set_applied(is_applied=not self.is_off)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return QSize(52, 52)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size at which single pixels are visible."""
        return QSize(28, 28)

    def hasHeightForWidth(self) -> bool:
        """Return True, since tiles are square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of a square."""
        return width

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pixels, a frame, and whether the step is skipped."""
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
        label_rect = QRectF(square.left(), square.center().y() - _OFF_LABEL_PX / 2, square.width(), _OFF_LABEL_PX)
        painter.fillRect(label_rect, self.palette().color(theme.SURFACE))
        font = theme.small_font(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(self.palette().color(theme.TEXT))
        painter.drawText(label_rect, Qt.AlignmentFlag.AlignCenter, "off")

    def _paint_frame(self, painter: QPainter, square: QRectF) -> None:
        is_focused, is_final = self.hasFocus(), self._is_input
        role = theme.ACCENT if is_final or is_focused or self.underMouse() else theme.LINE
        width = 2 if is_final or is_focused else 1
        inset = width / 2
        painter.setPen(QPen(self.palette().color(role), width))
        painter.drawRect(square.adjusted(inset, inset, -inset, -inset))
        if is_focused:
            # A second frame inside, since the tile of the network's input always has the first one.
            painter.setPen(QPen(QColor(Qt.GlobalColor.white), 1))
            painter.drawRect(square.adjusted(2.5, 2.5, -2.5, -2.5))
