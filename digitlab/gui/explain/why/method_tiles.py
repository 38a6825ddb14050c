"""The maps of all methods side by side, of which one is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from digitlab.attribution.methods import METHODS
from digitlab.attribution.result import MethodId
from digitlab.gui import theme
from digitlab.gui.explain.why.ink import Line, ink_outline, limit_of
from digitlab.gui.explain.why.map_view import paint_ink
from digitlab.gui.maps.atlas import colour_tables
from digitlab.gui.maps.colours import Colours, Tiles, shade_signed
from digitlab.gui.maps.grid import Grid, Rect
from digitlab.gui.maps.legend import paint_legend
from digitlab.gui.widgets.fields import set_tip
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed
from digitlab.words.numbers import number

IDS: Final = tuple(METHODS)
_SIDE: Final = 28
_CAPTION: Final = 18
_LEGEND: Final = 18
_EDGE: Final = 4
_GAP: Final = 12
_NARROW_PX: Final = 130
"""Below this side there is no space for a legend, only for the largest number."""

_SMALLEST: Final = QSize(300, 220)
_TIP: Final = "The same drawing by every method. Click one to see it large."


@dataclass(frozen=True, slots=True, eq=False)
class MethodMap:
    """What one tile shows.

    Attributes:
        values: The map, shape (28, 28), float32.
        image: The drawing, shape (28, 28), uint8.
    """

    values: NDArray[np.float32]
    image: NDArray[np.uint8]


class MethodTiles(Themed, QWidget):
    """A tile for each method.

    Signals:
        method_chosen: A tile was chosen; carries its ``MethodId``.
    """

    parts_kind = PartsKind.LIST

    method_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create tiles without maps."""
        super().__init__(parent)
        self.setObjectName("whyMethods")
        self.setAccessibleName("All methods")
        self.setWhatsThis(f"{_TIP} Arrow keys choose, too. Each tile has colours of its own scale.")
        set_tip(self, _TIP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._maps: dict[MethodId, MethodMap] = {}
        self._pictures: dict[MethodId, tuple[QImage, list[Line], float]] = {}
        self._problems: Mapping[MethodId, str] = {}
        self._chosen = IDS[0]
        self.follow_theme()

    def show_map(self, method: MethodId, shown: MethodMap) -> None:
        """Show the map of a method."""
        self._maps[method] = shown
        self._pictures.pop(method, None)
        self.update(self.rect_of(IDS.index(method)).adjusted(-_EDGE, -_CAPTION, _EDGE, _LEGEND).toAlignedRect())

    def show_choice(self, chosen: MethodId, problems: Mapping[MethodId, str]) -> None:
        """Outline a method.

        Args:
            chosen: The method that is shown large.
            problems: Why some methods cannot explain the value.
        """
        if chosen is not self._chosen or problems != self._problems:
            self._chosen, self._problems = chosen, problems
            for method in problems:
                self._maps.pop(method, None)
                self._pictures.pop(method, None)
            self.update()

    @property
    def chosen(self) -> MethodId:
        """The method that is outlined."""
        return self._chosen

    @property
    def _grid(self) -> Grid:
        """The places of the pictures: as large as possible, cells of whole pixels."""
        return max((self._grid_of(across) for across in range(1, len(IDS) + 1)), key=lambda grid: grid.width)

    def _grid_of(self, across: int) -> Grid:
        down = -(-len(IDS) // across)
        wide = (self.width() - 2 * _EDGE) // across
        high = (self.height() - _EDGE) // down
        side = max(min(wide - _GAP, high - _CAPTION - _LEGEND - _EDGE) // _SIDE, 1) * _SIDE
        # Beside each other the tiles share the width, so that their names have space.
        return Grid(_EDGE, _CAPTION, len(IDS), across, side, side, wide - side, high - side, _SIDE, _SIDE)

    def rect_of(self, index: int) -> QRectF:
        """Return the rectangle of a picture in the widget."""
        return QRectF(*self._grid.tile(index))

    def part_count(self) -> int:
        """Return the number of methods."""
        return len(IDS)

    def part(self, index: int) -> Part:
        """Return a method with the size of its largest number."""
        method = IDS[index]
        problem, shown = self._problems.get(method), self._maps.get(method)
        what = problem or ("not computed yet" if shown is None else f"up to ±{number(limit_of(shown.values))}")
        return Part(f"{METHODS[method].name}: {what}", self.rect_of(index), is_selected=method is self._chosen)

    def restyle(self) -> None:
        """Use the colours of the theme."""
        self._pictures.clear()
        self.update()

    def _picture(self, method: MethodId) -> tuple[QImage, list[Line], float]:
        """Return the picture of a map, the outline of the ink, and the value of the strongest colour."""
        if method not in self._pictures:
            shown = self._maps[method]
            limit = limit_of(shown.values)
            indices = shade_signed(shown.values, limit)
            picture = QImage(indices.data, _SIDE, _SIDE, _SIDE, QImage.Format.Format_Indexed8)
            picture.setColorTable(colour_tables(QApplication.palette()).tables[Colours.DIVERGING])
            coloured = picture.convertToFormat(QImage.Format.Format_RGB32)
            self._pictures[method] = coloured, ink_outline(shown.image), limit
        return self._pictures[method]

    def _choose(self, index: int) -> None:
        if IDS[index] is not self._chosen:
            self.method_chosen.emit(IDS[index])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the tiles in need of it."""
        painter, palette = QPainter(self), QApplication.palette()
        painter.setFont(theme.small_font(self.font()))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for index, method in enumerate(IDS):
            place = self.rect_of(index)
            if not event.rect().intersects(place.adjusted(0, -_CAPTION, 0, _LEGEND).toAlignedRect()):
                continue
            painter.setPen(palette.color(theme.TEXT if method is self._chosen else theme.QUIET))
            space = QRectF(place.x(), place.y() - _CAPTION, place.width() + self._grid.gap - _EDGE, _CAPTION - 3)
            metrics = painter.fontMetrics()
            name = metrics.elidedText(METHODS[method].name, Qt.TextElideMode.ElideRight, int(space.width()))
            painter.drawText(space, left, name)
            self._paint_map(painter, method, place)
            if method is self._chosen:
                painter.setPen(QPen(palette.color(theme.ACCENT), 2))
                painter.drawRect(place.adjusted(-2, -2, 2, 2))
                if self.hasFocus():
                    painter.setPen(QPen(palette.color(theme.TEXT), 1, Qt.PenStyle.DotLine))
                    painter.drawRect(place.adjusted(-3.5, -3.5, 3.5, 3.5))
        painter.end()

    def _paint_map(self, painter: QPainter, method: MethodId, place: QRectF) -> None:
        palette = QApplication.palette()
        if method not in self._maps:
            painter.setPen(QPen(palette.color(theme.LINE), 1))
            painter.drawRect(place.adjusted(0, 0, -1, -1))
            painter.setPen(palette.color(theme.QUIET))
            text = "not for this value" if method in self._problems else "…"
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
            return
        picture, lines, limit = self._picture(method)
        painter.drawImage(place, picture)
        painter.setPen(QPen(palette.color(theme.LINE), 1))
        painter.drawRect(place)
        paint_ink(painter, lines, Rect(place.x(), place.y(), place.width(), place.height()), 1)
        painter.setPen(palette.color(theme.QUIET))
        if place.width() < _NARROW_PX:
            space = QRectF(place.x(), place.bottom() + 3, place.width(), _LEGEND - 4)
            painter.drawText(space, Qt.AlignmentFlag.AlignLeft, f"±{number(limit, 2)}")
            return
        tiles = Tiles(self._maps[method].values[np.newaxis], Colours.DIVERGING, limit)
        corner = QPointF(place.x(), place.bottom() + 2)
        paint_legend(painter, corner, _LEGEND - 4, tiles, colour_tables(palette))

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size."""
        return _SMALLEST

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return _SMALLEST

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the tile under the mouse."""
        found = self._grid.at(event.position().x(), event.position().y() + _CAPTION)
        if found is None or event.button() is not Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
        else:
            self._choose(found[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with the arrow keys, Home and End."""
        here, last, across = IDS.index(self._chosen), len(IDS) - 1, self._grid.across
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -across,
            Qt.Key.Key_Down: across,
            Qt.Key.Key_Home: -here,
            Qt.Key.Key_End: last - here,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif 0 <= here + step <= last:
            self._choose(here + step)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the focus is elsewhere."""
        super().focusOutEvent(event)
        self.update()
