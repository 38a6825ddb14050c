"""Contrast by WCAG 2.2, computed from what a widget renders."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyqtgraph import AxisItem
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QGraphicsView, QLabel, QListView, QWidget

from digitlab.gui.widgets.gallery.tile import TileDelegate

TEXT: Final = 4.5
"""Least contrast of text that is not large (success criterion 1.4.3, AA)."""

GRAPHIC: Final = 3.0
"""Least contrast of large text, and of what must be seen to use a control (1.4.3 and 1.4.11, AA)."""

DISABLED: Final = 2.5
"""Least contrast of the text of disabled controls, to which WCAG sets no limit."""

_SCALE: Final = 2
"""Pixels of an image for each pixel of the widget: most pixels of a stroke have its full colour."""

_FEWEST: Final = 12
"""Pixels of a text in sight; fewer belong to one that is scrolled out of sight."""

Colours = NDArray[np.uint8]
"""Red, green and blue along the last axis."""

_levels = np.arange(256) / 255
_LINEAR: Final = np.where(_levels <= 0.04045, _levels / 12.92, ((_levels + 0.055) / 1.055) ** 2.4)
"""The share of light of each value of a colour."""


def rendered(widget: QWidget) -> Colours:
    """Return what a widget looks like: shape (height, width, 3)."""
    image = QImage(widget.size() * _SCALE, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SCALE)
    image.fill(widget.palette().color(widget.backgroundRole()))
    widget.render(image)
    return colours_of(image)


def part_of(window: QWidget, place: QRect) -> Colours:
    """Return what a place of a window looks like."""
    return part(rendered(window), place)


def part(whole: Colours, place: QRect) -> Colours:
    """Return what a place of a window looks like, given what all of it looks like."""
    left, top, width, height = (_SCALE * value for value in place.getRect())  # type: ignore[attr-defined]
    return whole[top : top + height, left : left + width]


def place_in(window: QWidget, widget: QWidget) -> QRect:
    """Return the place of a widget in its window, as far as it is in sight."""
    shown = widget.visibleRegion().boundingRect()
    return QRect(widget.mapTo(window, shown.topLeft()), shown.size())


def colours_of(image: QImage) -> Colours:
    """Return the pixels of an image: shape (height, width, 3)."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    values = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4).copy()
    return values[:, : image.width(), 2::-1]


def contrasts(one: Colours, other: Colours) -> NDArray[np.float64]:
    """Return the contrast of each pair of colours, 1..21."""
    first, second = (_LINEAR[colours] @ np.array([0.2126, 0.7152, 0.0722]) for colours in (one, other))
    return np.asarray((np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05))


def contrast_of_change(shown: Colours, blank: Colours) -> float:
    """Return the contrast of what is in one picture and not in the other: that of its strongest pixel."""
    return float(contrasts(shown, blank).max())


def contrast_within(colours: Colours) -> float:
    """Return the contrast between the most frequent colour of a picture and the one that differs most from it."""
    return float(contrasts(colours, most_frequent(colours)).max())


def most_frequent(colours: Colours) -> Colours:
    """Return the most frequent colour of a picture."""
    codes, counts = np.unique(_codes(colours), return_counts=True)
    code = codes[counts.argmax()]
    return np.array([code >> 16, code >> 8 & 255, code & 255], dtype=np.uint8)


def _codes(colours: Colours) -> NDArray[np.int32]:
    codes = colours[..., 0].astype(np.int32)
    for channel in (1, 2):  # in place: there are millions of pixels
        codes <<= 8
        codes |= colours[..., channel]
    return codes


def rgb(colour: QColor) -> Colours:
    """Return a colour as an array of red, green and blue."""
    return np.array([colour.red(), colour.green(), colour.blue()], dtype=np.uint8)


# Labels


def faint_labels(window: QWidget) -> list[str]:
    """Return the texts of the labels in sight that, as a whole or in part, have too little contrast."""
    whole = rendered(window)
    return [
        f"{label.text()}: {found:.2f}"
        for label in window.findChildren(QLabel)
        if label.isVisible() and label.text() and _shows_a_line(label)
        for found, least in _label_contrasts(label, part(whole, place_in(window, label)))
        if found < least
    ]


def _shows_a_line(label: QLabel) -> bool:
    """Return whether at least one line of a label is in sight; the rest may be scrolled out."""
    return label.visibleRegion().boundingRect().height() >= label.fontMetrics().height()


def _label_contrasts(label: QLabel, seen: Colours) -> Iterator[tuple[float, float]]:
    """Yield the contrast of a label, and of what has a colour of its own in it, each with the least it may be."""
    yield contrast_within(seen), TEXT if label.isEnabled() else DISABLED
    for name, text in re.findall(r"color: ?(#[0-9a-fA-F]{6})[^>]*>(?:<b>)?([^<]*)", label.text()):
        is_mark = not any(map(str.isalnum, text))
        yield float(contrasts(rgb(QColor(name)), most_frequent(seen))), GRAPHIC if is_mark else TEXT


# Texts that widgets paint


class Painted(NamedTuple):
    """A text that was painted."""

    text: str
    colour: QColor
    alpha: float


def painted_contrasts(window: QWidget) -> Iterator[tuple[str, float]]:
    """Yield each text that Python code paints in a window, with its contrast.

    The window is painted twice: without these texts, and with each in a colour of its own that says where it is.
    """
    blank = _painted(window, None)
    texts: list[Painted] = []
    where = _painted(window, texts)
    codes = _codes(where)
    is_text = np.isin(codes, [_code(number) for number in range(len(texts))])
    is_text &= codes != _codes(blank)  # a picture may happen to have the colour of a text
    codes, blank = codes[is_text], blank[is_text]
    for number, painted in enumerate(texts):
        background = blank[codes == _code(number)]
        if len(background) >= _FEWEST:
            seen = painted.alpha * rgb(painted.colour) + (1 - painted.alpha) * background
            yield painted.text, float(np.percentile(contrasts(seen.round().astype(np.uint8), background), 5))


def _code(number: int) -> int:
    return 0x010305 + number * 0x1357  # no colour of the themes


def _painted(window: QWidget, texts: list[Painted] | None) -> Colours:
    _forget_pictures(window)
    with _recoloured(texts):
        colours = rendered(window)
    _forget_pictures(window)
    return colours


def _forget_pictures(window: QWidget) -> None:
    """Have everything painted again that is kept as a picture."""
    for widget in filter(QWidget.isVisible, window.findChildren(QWidget)):
        if isinstance(widget, QGraphicsView):
            for item in widget.items():
                if isinstance(item, AxisItem):
                    item.picture = None
        elif isinstance(widget, QListView) and isinstance(widget.itemDelegate(), TileDelegate):
            widget.itemDelegate().clear_cache()
        for name in ("_backdrop", "_background", "_picture"):
            if isinstance(getattr(widget, name, None), QPixmap):
                setattr(widget, name, None)


@contextmanager
def _recoloured(texts: list[Painted] | None) -> Iterator[None]:
    """Record the texts that are painted, and paint each in its own colour; paint none if there is no list."""
    draw = QPainter.drawText

    def drawn(painter: QPainter, *args: Any) -> None:
        if texts is None:
            return
        pen, opacity, hints = painter.pen(), painter.opacity(), painter.renderHints()
        text = next(arg for arg in args if isinstance(arg, str))
        texts.append(Painted(text, pen.color(), pen.color().alphaF() * opacity))
        painter.setPen(QPen(QColor(_code(len(texts) - 1))))
        painter.setOpacity(1)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, on=False)
        draw(painter, *args)
        painter.setPen(pen)
        painter.setOpacity(opacity)
        painter.setRenderHints(painter.renderHints(), on=False)
        painter.setRenderHints(hints)

    QPainter.drawText = drawn  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        QPainter.drawText = draw  # type: ignore[method-assign]
