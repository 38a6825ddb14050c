"""What a gallery shows of one item, and how it is painted."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from digitlab.data.digit import IMAGE_SIDE
from digitlab.gui import theme

ITEM_ROLE: Final = Qt.ItemDataRole.UserRole
"""The ``GalleryItem`` of an index."""

PAD_PX: Final = 6
LABEL_PX: Final = 18
"""Height of the line with the label and its badge."""

LINE_PX: Final = 15
"""Height of a line of small text."""

_LINE_STEP_PX: Final = 13
_GAP_PX: Final = 4
_LABEL_WIDTH_PX: Final = 10
_BADGE_PX: Final = 9.0
_TICK: Final = ((0.0, 0.55), (0.38, 0.95), (1.0, 0.1))
_SELECTED_OPACITY: Final = 0.18

_MOST_CACHED: Final = 1_000
"""Size of the image cache and of the caption cache: more than fit on a screen; 12 MB each without display scaling."""

_Index = QModelIndex | QPersistentModelIndex


class Badge(Enum):
    """The mark beside a label."""

    NONE = auto()
    CORRECT = auto()
    WRONG = auto()


@dataclass(frozen=True, slots=True)
class GalleryItem:
    """One image and its texts.

    Attributes:
        pixels: 28 x 28 grey values, 0 black to 255 white, row by row: ``image.tobytes()`` of a uint8 array.
        describe: Returns its full description, for screen readers, and the text of its tooltip, which may have several
            lines. Called on demand: formatting the numbers of every visible tile takes longer than painting it.
        label: One or two characters in bold at the lower left of the image; may be empty.
        badge: A tick or a cross beside the label; a cross also frames the image.
        wrong_answer: The text after the cross.
        lines: Small centred text below the image; all lines but the first are quiet.
    """

    pixels: bytes
    describe: Callable[[], tuple[str, str]] = field(compare=False)
    label: str = ""
    badge: Badge = Badge.NONE
    wrong_answer: str = ""
    lines: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Its full description, for screen readers."""
        return self.describe()[0]

    @property
    def tooltip(self) -> str:
        """The text of its tooltip."""
        return self.describe()[1]


class TileDelegate(QStyledItemDelegate):
    """Paints items from two caches, of images and of captions.

    A screen fits more than a hundred tiles, and their captions can change thirty times a second while their images
    stay the same, so the two are cached separately.
    """

    def __init__(self, caption_px: int, parent: QWidget) -> None:
        """Create a delegate with empty caches.

        Args:
            caption_px: Height of the caption in pixels.
            parent: The gallery, which defines palette, font and display scaling.
        """
        super().__init__(parent)
        self._view = parent
        self._caption_px = caption_px
        self._cell = QSize()
        self._side = IMAGE_SIDE
        self._images: OrderedDict[Hashable, QPixmap] = OrderedDict()
        self._captions: OrderedDict[Hashable, QPixmap] = OrderedDict()

    def cell_size(self, width: int, scale: int) -> QSize:
        """Return the size of a tile of a given width, with images at ``scale`` times their size, in pixels."""
        return QSize(width, scale * IMAGE_SIDE + 2 * PAD_PX + self._caption_px)

    def resize(self, cell: QSize, scale: int) -> None:
        """Set the size of all tiles and the scale of their images."""
        if (cell, scale * IMAGE_SIDE) != (self._cell, self._side):
            self._cell, self._side = cell, scale * IMAGE_SIDE
            self.clear_cache()

    def clear_cache(self) -> None:
        """Clear the caches after a change of colours, fonts or sizes."""
        self._images.clear()
        self._captions.clear()

    def is_prepared(self, item: GalleryItem) -> bool:
        """Return whether both parts of a tile are in the caches."""
        return self._image_key(item) in self._images and self._caption_key(item) in self._captions

    def prepare(self, item: GalleryItem) -> tuple[QPixmap, QPixmap]:
        """Return the image and the caption of a tile, from the caches if possible."""
        image = _cached(self._images, self._image_key(item), lambda: self._paint_image(item))
        return image, _cached(self._captions, self._caption_key(item), lambda: self._paint_caption(item))

    def _image_key(self, item: GalleryItem) -> Hashable:
        return item.pixels, self._view.devicePixelRatioF()

    def _caption_key(self, item: GalleryItem) -> Hashable:
        return item.label, item.badge, item.wrong_answer, item.lines, self._view.devicePixelRatioF()

    def _paint_image(self, item: GalleryItem) -> QPixmap:
        ratio = self._view.devicePixelRatioF()
        grey = QImage(item.pixels, IMAGE_SIDE, IMAGE_SIDE, IMAGE_SIDE, QImage.Format.Format_Grayscale8)
        side = round(self._side * ratio)
        # Nearest neighbour, Qt's default: each pixel stays a sharp square.
        pixmap = QPixmap.fromImage(grey.scaled(side, side))
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _paint_caption(self, item: GalleryItem) -> QPixmap:
        ratio, palette = self._view.devicePixelRatioF(), self._view.palette()
        size = QSize(self._cell.width(), self._caption_px)
        pixmap = QPixmap(size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if item.label:
            self._paint_label(painter, item)
        painter.setFont(theme.small_font(self._view.font()))
        line = QRectF(0, 1 if not item.label else LABEL_PX, size.width(), LINE_PX)
        for number, text in enumerate(item.lines):
            painter.setPen(palette.color(theme.TEXT if number == 0 else theme.QUIET))
            painter.drawText(line.translated(0, number * _LINE_STEP_PX), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
        return pixmap

    def _paint_label(self, painter: QPainter, item: GalleryItem) -> None:
        palette = self._view.palette()
        line = QRectF((self._cell.width() - self._side) // 2, 0, self._side, LABEL_PX)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        font = theme.title_font(self._view.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(palette.color(theme.TEXT))
        painter.drawText(line, left, item.label)
        mark = QRectF(line.left() + _LABEL_WIDTH_PX + _GAP_PX, line.center().y() - _BADGE_PX / 2, _BADGE_PX, _BADGE_PX)
        if item.badge is Badge.CORRECT:
            painter.setPen(QPen(palette.color(theme.QUIET), 1.6))
            painter.drawPolyline([mark.topLeft() + QPointF(x * _BADGE_PX, y * _BADGE_PX) for x, y in _TICK])
        elif item.badge is Badge.WRONG:
            painter.setPen(QPen(QColor(theme.tokens_of(palette).error), 1.8))
            painter.drawLine(mark.topLeft(), mark.bottomRight())
            painter.drawLine(mark.topRight(), mark.bottomLeft())
            font.setBold(False)
            painter.setFont(font)
            painter.drawText(line.adjusted(mark.right() - line.left() + _GAP_PX, 0, 0, 0), left, item.wrong_answer)

    # Overrides of Qt

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the selection, the image, the caption and the frame of a wrong answer."""
        item: GalleryItem = index.data(ITEM_ROLE)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        self.paint_tile(painter, option.rect, item, is_selected=is_selected, has_focus=has_focus)

    def paint_tile(
        self, painter: QPainter, rect: QRect, item: GalleryItem, *, is_selected: bool, has_focus: bool
    ) -> None:
        """Paint an item into a rectangle of the size of all tiles."""
        if is_selected or has_focus:
            colour = self._view.palette().color(theme.ACCENT if self._view.hasFocus() else theme.QUIET)
            _paint_selection(painter, rect, colour, is_selected=is_selected, has_focus=has_focus)
        image, caption = self.prepare(item)
        left, top, side = rect.x() + (self._cell.width() - self._side) // 2, rect.y() + PAD_PX, self._side
        painter.drawPixmap(left, top, image)
        painter.drawPixmap(rect.x(), top + side + 2, caption)
        if item.badge is Badge.WRONG:
            painter.setPen(QPen(QColor(theme.tokens_of(self._view.palette()).error), 2))
            painter.drawRect(left, top, side, side)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Return the size of all tiles."""
        del option, index
        return self._cell


def _paint_selection(painter: QPainter, rect: QRect, colour: QColor, *, is_selected: bool, has_focus: bool) -> None:
    background = QColor(colour)
    background.setAlphaF(_SELECTED_OPACITY if is_selected else 0.0)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(background)
    painter.setPen(QPen(colour, 2 if has_focus else 1))
    painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), theme.RADIUS, theme.RADIUS)
    painter.restore()


def _cached(cache: OrderedDict[Hashable, QPixmap], key: Hashable, paint: Callable[[], QPixmap]) -> QPixmap:
    """Return a cached pixmap, painting it if necessary; a full cache drops the least recently used one."""
    found = cache.get(key)
    if found is None:
        found = cache[key] = paint()
        if len(cache) > _MOST_CACHED:
            cache.popitem(last=False)
    else:
        cache.move_to_end(key)
    return found
