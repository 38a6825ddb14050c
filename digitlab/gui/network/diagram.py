"""The widget with the diagram of a network, and its picture as a file."""

from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from digitlab.gui import theme
from digitlab.gui.network.volumes import least_column, paint_volumes, volumes_of
from digitlab.gui.widgets.fields import set_tip, tip_of
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.picture import Picture
from digitlab.model.presets import TUTORIAL
from digitlab.model.spec import ModelSpec
from digitlab.words.numbers import dimensions

_HEIGHT_PX: Final = 148
_PICTURE_COLUMN_PX: Final = 116
"""Width of each volume with its label in the picture."""
_PICTURE_HEIGHT_PX: Final = 170
_LINE_PX: Final = 14


class NetworkDiagram(QWidget):
    """Shows the volumes with their names and shapes.

    In the colours of the application: the style sheet gives the widget of a scroll area a transparent surface.
    """

    parts_kind = PartsKind.LIST

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a diagram of the tutorial's network."""
        super().__init__(parent)
        self.setObjectName("networkDiagram")
        self.setAccessibleName("Diagram of the network")
        set_tip(
            self,
            "Each box is a layer's output, to scale: its face shows the size of the maps, its depth their number. The "
            "orange window is what one value of the next layer is computed from.",
        )
        self.setWhatsThis(tip_of(self))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_spec(TUTORIAL)

    def show_spec(self, spec: ModelSpec) -> None:
        """Show a network that can be built."""
        self._name = spec.name
        self._volumes = volumes_of(spec)
        self.setAccessibleDescription("; ".join(self.part(index).name for index in range(len(self._volumes))))
        self.setMinimumWidth(len(self._volumes) * least_column(self._volumes))
        self.update()

    def picture(self) -> Picture:
        """Return the diagram for print, in light colours, with a line about each layer."""
        lines = max(len(one.titles) for one in self._volumes)
        size = QSize(len(self._volumes) * _PICTURE_COLUMN_PX, _PICTURE_HEIGHT_PX + lines * _LINE_PX)
        paint = partial(
            paint_volumes,
            area=QRectF(0, 0, size.width(), size.height()),
            volumes=self._volumes,
            palette=theme.light_palette(),
            has_titles=True,
        )
        return Picture(self._name, size, paint)

    def part_count(self) -> int:
        """Return the number of volumes."""
        return len(self._volumes)

    def part(self, index: int) -> Part:
        """Return a volume with the shape of its layer's output, and what follows without changing it."""
        one, width = self._volumes[index], self.width() / len(self._volumes)
        name = ", ".join((f"{one.name}: {dimensions(one.shape)}", *one.titles[1:]))
        return Part(name, QRectF(index * width, 0, width, self.height()))

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(560, _HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size."""
        return QSize(320, _HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the diagram, of a long network the part in sight."""
        with QPainter(self) as painter:
            palette, seen = QApplication.palette(), QRectF(event.rect())
            paint_volumes(painter, QRectF(self.rect()), self._volumes, palette, seen=seen)
