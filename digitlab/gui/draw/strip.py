"""The preprocessing strip: the steps from the drawing to the network's input; each of them can be skipped."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from digitlab.data.drawing.distortions import NO_DISTORTION, Distortion
from digitlab.data.drawing.preprocessing import ALL_STEPS, NO_STEPS, Preprocessing, Step
from digitlab.data.drawing.raster import RasterSteps
from digitlab.gui import theme
from digitlab.gui.draw.step_tile import DISTORTED_PART, STEP_PARTS, StepTile
from digitlab.gui.widgets.card import FoldingRow, quiet_label
from digitlab.gui.widgets.fields import set_tip, tip_of
from digitlab.gui.widgets.label import Label

_HINT: Final = "Click a step to skip it."
_APPLY_ALL: Final = "Apply all", "Apply all steps", "Apply all steps again, as in MNIST and in training."
_RESET: Final = "Reset", "Reset the distortion", "End the distortion, and apply all steps, as in MNIST and in training."


class PreprocessingStrip(QWidget):
    """Five captioned tiles from the canvas to the network's input; if that is distorted, it replaces the first one.

    Signals:
        preprocessing_requested: Another ``Preprocessing`` was chosen; carries it.
        distortion_requested: Another ``Distortion`` was chosen; carries it.
    """

    preprocessing_requested = Signal(object)
    distortion_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a strip of black tiles, all steps applied."""
        super().__init__(parent)
        self.setObjectName("preprocessingStrip")
        self.setAccessibleName("Preprocessing")
        self.setAccessibleDescription("How the drawing becomes the 28 by 28 pixels that the network sees.")
        self._preprocessing = ALL_STEPS
        self._distortion = NO_DISTORTION
        self._image: NDArray[np.uint8] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme.SPACE_XS)
        self._grid.setVerticalSpacing(2)
        column.addLayout(self._grid)
        self._tiles: dict[str, StepTile] = {}
        self._captions: dict[str, Label] = {}
        for place, part in enumerate((*STEP_PARTS, DISTORTED_PART)):
            tile = StepTile(part, self)
            wanted = self._on_distorted_clicked if part is DISTORTED_PART else self._on_tile_switch_requested
            tile.switch_requested.connect(wanted)
            label = quiet_label(part.caption, wraps=False)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            # All tiles have the same width, however long their captions are.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            set_tip(label, tip_of(tile))
            self._grid.addWidget(tile, 0, place)
            self._grid.addWidget(label, 1, place)
            self._grid.setColumnStretch(place, 1)
            self._tiles[part.name], self._captions[part.name] = tile, label
        self._note = quiet_label(_HINT, wraps=False)
        self._note.setObjectName("stepsNote")
        self._reset = QPushButton("Apply all", self)
        self._reset.setObjectName("applyAllStepsButton")
        self._reset.setProperty("link", True)
        self._reset.clicked.connect(self._on_reset_clicked)
        self._tools = FoldingRow()
        self._tools.row.addWidget(self._note, 1)
        self._tools.row.addWidget(self._reset)
        self._tools.setMinimumHeight(self._reset.sizeHint().height())  # nothing below moves when it appears
        column.addWidget(self._tools)
        self._show_what_is_on()

    def add_tool(self, tool: QPushButton) -> None:
        """Add a button at the right end of the row below the tiles; where that is narrow, it shows only its icon."""
        self._tools.row.addWidget(tool)
        self._tools.fold({tool: ""})

    @property
    def note_text(self) -> str:
        """The text below the tiles."""
        return self._note.text()

    def show_steps(self, steps: RasterSteps, image: NDArray[np.uint8]) -> None:
        """Show the steps of a drawing; nothing is repainted if only the weights changed.

        Args:
            steps: The steps.
            image: The network's input, shape (28, 28), uint8: the last step, or that distorted.
        """
        if image is self._image:
            return
        self._image = image
        for name in (part.name for part in STEP_PARTS):
            self._tiles[name].set_pixels(getattr(steps, name), steps.left_out if name == "drawn" else None)
            # The caption explains what its tile does.
            set_tip(self._captions[name], tip_of(self._tiles[name]))
        self._tiles["distorted"].set_pixels(image)

    def show_preprocessing(self, preprocessing: Preprocessing) -> None:
        """Show which steps are skipped."""
        self._preprocessing = preprocessing
        for name, tile in self._tiles.items():
            tile.set_applied(is_applied=tile.step is None or preprocessing.takes(tile.step))
            label = self._captions[name]
            font = label.font()
            font.setStrikeOut(tile.is_off)
            label.setFont(font)
        self._show_what_is_on()

    def show_distortion(self, distortion: Distortion) -> None:
        """Show whether the network's input is distorted."""
        self._distortion = distortion
        self._show_what_is_on()

    def _show_what_is_on(self) -> None:
        """Update the tile of the distortion, the note and the button that undoes what it says."""
        preprocessing, is_distorted = self._preprocessing, self._distortion.is_on
        is_usual = preprocessing.is_complete and not is_distorted
        tile = self._tiles["distorted"]
        if (is_usual and self._reset.hasFocus()) or (tile.hasFocus() and not is_distorted):
            # Hiding them would move the focus to the next widget.
            self._tiles["image"].setFocus()
        # In place of the first tile: six would be too narrow for their captions.
        for name, is_shown in (("drawn", not is_distorted), ("distorted", is_distorted)):
            self._tiles[name].setVisible(is_shown)
            self._captions[name].setVisible(is_shown)
            self._grid.setColumnStretch(list(self._tiles).index(name), int(is_shown))
        tile.set_input(is_input=is_distorted)
        self._tiles["image"].set_input(is_input=not is_distorted)
        self._note.setText(_note(preprocessing, self._distortion))
        text, name, tip = _RESET if is_distorted else _APPLY_ALL
        self._reset.setText(text)
        self._reset.setAccessibleName(name)
        set_tip(self._reset, tip)
        self._reset.setVisible(not is_usual)

    @Slot(object)
    def _on_tile_switch_requested(self, step: Step | None) -> None:
        self.preprocessing_requested.emit(NO_STEPS if step is None else self._preprocessing.switched(step))

    @Slot()
    def _on_reset_clicked(self) -> None:
        self.preprocessing_requested.emit(ALL_STEPS)
        self._on_distorted_clicked()

    @Slot()
    def _on_distorted_clicked(self) -> None:
        self.distortion_requested.emit(NO_DISTORTION)


def _note(preprocessing: Preprocessing, distortion: Distortion) -> str:
    count = len(preprocessing.left_out)
    if distortion.is_on:
        return f"Distorted, {count} skipped." if count else "Distorted."
    if count == 0:
        return _HINT
    if count == len(Step):
        return "All steps are skipped."
    return f"{count} {'step is' if count == 1 else 'steps are'} skipped."
