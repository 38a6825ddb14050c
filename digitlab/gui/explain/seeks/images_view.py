"""The test images that excite a unit most."""

from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from digitlab.attribution.strongest import IMAGE_COUNT
from digitlab.gui import theme
from digitlab.gui.explain.seeks.wanted import Found, dimmed, enlarged
from digitlab.gui.explain.seeks.wording import image_text, images_line
from digitlab.gui.widgets.card import Card, quiet_label
from digitlab.gui.widgets.fields import describe, set_tip
from digitlab.gui.widgets.gallery.tile import LINE_PX, GalleryItem
from digitlab.gui.widgets.gallery.view import Gallery
from digitlab.insight.place import has_output_step
from digitlab.words.numbers import number

_LEAST_TILE_PX: Final = 64


class ImagesView(Card):
    """Shows the images; of those that excite a filter, the patch that does is bright, or shown alone.

    Signals:
        image_chosen: Put an image on the canvas; carries its ``Sketch``.
    """

    image_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a view without images."""
        self._patches = QPushButton("Patches")
        self._patches.setCheckable(True)
        describe(
            self._patches, "seeksPatchesButton", "Patches", "Show only the patches that the filter sees, enlarged."
        )
        super().__init__("Test images", (self._patches,), parent)
        self._found: Found | None = None
        self._line = quiet_label(wraps=False)
        self._line.setObjectName("seeksImagesLine")
        self._line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.gallery = Gallery(LINE_PX, _LEAST_TILE_PX, fits=IMAGE_COUNT)
        describe(
            self.gallery,
            "seeksGallery",
            "Test images that excite it most",
            "Click an image to put it on the canvas.",
            "The images of the test set that excite it most, the first most of all, with the value below each. Click "
            "an image, or press Enter on it, to put it on the canvas.",
        )
        self.gallery.setToolTip("")  # each tile has its own
        self.column.setContentsMargins(theme.SPACE_M, theme.SPACE_S, theme.SPACE_S, theme.SPACE_XS)
        self.column.setSpacing(theme.SPACE_XS)
        self.column.addWidget(self._line)
        self.column.addWidget(self.gallery, 1)
        self.gallery.tile_pressed.connect(self._choose)
        self.gallery.tile_entered.connect(self._on_gallery_tile_entered)
        self._patches.toggled.connect(self._show)

    @property
    def found(self) -> Found | None:
        """The images on screen."""
        return self._found

    def show_found(self, found: Found) -> None:
        """Show images."""
        self._found = found
        layer = found.search.place.layer
        spec = found.search.snapshot.spec
        is_logit = layer == len(spec.layers) - 1 and has_output_step(spec)
        self._line.setText(images_line(found, is_logit=is_logit))
        set_tip(self._line, found.data.title)
        self._show()

    def show_missing(self, reason: str) -> None:
        """Show no images, and say why there are none."""
        self._found = None
        self._line.setText("")
        self.gallery.show_nothing(reason)

    def show_searching(self, *, has_patches: bool) -> None:
        """Say that test images are being looked at; those on screen stay.

        Args:
            has_patches: Whether they will be those that excite a filter or map.
        """
        self._patches.setVisible(has_patches)
        self._line.setText("Looking at the test images …")

    @Slot()
    def _show(self) -> None:
        if self._found is not None:
            keys = np.array([one.index for one in self._found.images], np.int64)
            self.gallery.show_items(keys, partial(_item, self._found, self._shows_patches))

    @property
    def _shows_patches(self) -> bool:
        return self._patches.isChecked() and not self._patches.isHidden()

    @Slot(object)
    def _choose(self, index: int) -> None:
        if self._found is not None:
            self.image_chosen.emit(self._found.data.sketch(int(index)))

    @Slot(object, bool)
    def _on_gallery_tile_entered(self, index: int, has_control: bool) -> None:
        del has_control
        self._choose(index)


def _item(found: Found, is_patch: bool, row: int) -> GalleryItem:
    """Return an image as an item of the gallery."""
    exciting = found.images[row]
    image = found.data.digits.images[exciting.index]
    if is_patch:
        image = enlarged(image, exciting.patch)
    elif len(exciting.place.unit) == 3:
        image = dimmed(image, exciting.patch)

    def describe_image() -> tuple[str, str]:
        text = image_text(found, exciting)
        return text, text

    return GalleryItem(image.tobytes(), describe_image, lines=(number(exciting.value),))
