"""The outputs of the network as bars, one per class."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from digitlab.data.classes import DIGITS, Classes
from digitlab.gui import theme
from digitlab.gui.widgets.fields import wrapped
from digitlab.gui.widgets.parts import Part, PartsKind
from digitlab.gui.widgets.themed import Themed
from digitlab.words.edits import OFF
from digitlab.words.numbers import SILENT_BELOW, number, probability

_ROW_HEIGHT = 16
_DIGIT_WIDTH = 20
_LONGEST_MARK = 110
"""Width of the longest name of a class; longer ones are cut off."""
_MOST_ROWS = 12
"""More outputs are not shown all: only the largest, in their order."""
_NUMBER_WIDTH = 72
_LEAST_TRACK = 28
_BAR_HEIGHT = 10

_SMALLEST_BAR = 3
"""Width of the bar of the smallest probability shown."""

_OUTLINE_PX = 1.5

_EXACT_DIGITS = 8
"""Enough digits to distinguish the largest float32 below 1 from 1."""


class ProbabilityBars(Themed, QWidget):
    """One bar per class, 0 to 1, with its value, and one for "no digit" if the network has that output.

    Of many classes, those with the largest outputs have a bar, the largest first.
    """

    parts_kind = PartsKind.LIST

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create empty bars."""
        super().__init__(parent)
        self.setObjectName("probabilityBars")
        self.setAccessibleName("Outputs of the network")
        self.setWhatsThis(
            "The network's outputs for your drawing, one per class: for digits, 0 to 9. The longest bar is the "
            "prediction. Softmax outputs add up to 100 %. A network trained to reject non-digits has an eleventh "
            "output, marked –. Of more than twelve classes, the twelve with the largest outputs are shown. "
            "Green outlines are the outputs of the pinned snapshot for the same drawing."
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._outputs: NDArray[np.float32] | None = None
        self._pinned: NDArray[np.float32] | None = None
        self._classes = DIGITS
        self._rows: tuple[int, ...] = tuple(range(len(DIGITS)))
        self._mark_width = _DIGIT_WIDTH
        self._text = ""
        self._backdrop: QPixmap | None = None  # None until it is painted, and after a change of size or theme
        # The backdrop covers the whole widget, so that nothing behind it needs painting.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.show_outputs(None, DIGITS, len(DIGITS))
        self.follow_theme()

    @property
    def outputs(self) -> NDArray[np.float32] | None:
        """The outputs shown, or None."""
        return self._outputs

    @property
    def row_count(self) -> int:
        """The number of bars, with values or empty."""
        return len(self._rows)

    def show_outputs(
        self,
        outputs: NDArray[np.float32] | None,
        classes: Classes,
        count: int,
        pinned: NDArray[np.float32] | None = None,
        off: frozenset[int] = frozenset(),
    ) -> None:
        """Show a network's outputs, or empty bars.

        Args:
            outputs: Shape (count,), each 0..1; one after those of the classes is "no digit". None for empty bars.
            classes: What the outputs stand for.
            count: Number of outputs of the network; one without outputs has empty bars for its classes.
            pinned: The outputs of the pinned snapshot, drawn as outlines; None for none.
            off: The outputs that are switched off.
        """
        self._outputs, self._pinned, self._off = outputs, pinned, off
        count = max(count, len(classes))
        rows = tuple(range(min(count, _MOST_ROWS)))
        if outputs is not None and count > _MOST_ROWS:
            largest = np.argsort(-np.nan_to_num(outputs, nan=np.inf), kind="stable")  # NaN first, as argmax has it
            rows = tuple(largest[:_MOST_ROWS].tolist())
        if (rows, classes) != (self._rows, self._classes):
            if classes != self._classes:
                self._mark_width = self._width_of_marks(classes)
            if len(rows) != len(self._rows):
                self.updateGeometry()
            self._rows, self._classes = rows, classes
            self._backdrop = None
        self.update()
        text = self._accessible_text()
        if text != self._text:
            self._text = text
            self.setAccessibleDescription(text)
            if self._backdrop is not None:  # not before the first paint, which this would delay
                self._announce()

    def _width_of_marks(self, classes: Classes) -> int:
        if classes.are_digits:
            return _DIGIT_WIDTH
        font = QFont(self.font())
        font.setBold(True)
        metrics = QFontMetrics(font)
        widest = max(metrics.horizontalAdvance(name) for name in classes.names)
        return min(max(widest + theme.SPACE_S, _DIGIT_WIDTH), _LONGEST_MARK)

    def _mark(self, index: int) -> str:
        """Return the text before a bar: the whole name of a class, if there is space for it."""
        if self._classes.are_digits:
            return self._classes.symbol(index)
        width = self._mark_width - theme.SPACE_XS
        return QFontMetrics(self.font()).elidedText(self._classes.name(index), Qt.TextElideMode.ElideRight, width)

    def _announce(self) -> None:
        from PySide6.QtGui import QAccessible, QAccessibleEvent

        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def _accessible_text(self) -> str:
        outputs = self._outputs
        if outputs is None:
            return "No outputs yet."
        order = [int(index) for index in np.argsort(-outputs, kind="stable") if outputs[index] >= SILENT_BELOW]
        text = ", ".join(f"{self._classes.name(index)}: {probability(float(outputs[index]))}" for index in order)
        text += "".join(f", {self._classes.name(index)}: {OFF}" for index in sorted(self._off))
        if self._pinned is not None:
            best = int(self._pinned.argmax())
            text += f". Pinned snapshot: {self._classes.name(best)}: {probability(float(self._pinned[best]))}"
        return text

    def part_count(self) -> int:
        """Return the number of bars."""
        return len(self._rows)

    def part(self, index: int) -> Part:
        """Return a bar."""
        outputs, row = self._outputs, QRectF(0, index * _ROW_HEIGHT, self.width(), _ROW_HEIGHT)
        index = self._rows[index]
        if outputs is None:
            return Part(self._classes.name(index), row)
        text = f"{self._classes.name(index)}: {OFF if index in self._off else probability(float(outputs[index]))}"
        if self._pinned is not None and index < len(self._pinned):
            text += f", pinned snapshot {probability(float(self._pinned[index]))}"
        return Part(text, row, is_selected=index == int(outputs.argmax()))

    def restyle(self) -> None:
        """Repaint the backdrop in the theme's colours and font."""
        self._backdrop = None
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of all rows."""
        return QSize(260, len(self._rows) * _ROW_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest readable size."""
        return QSize(self._mark_width + _LEAST_TRACK + _NUMBER_WIDTH, len(self._rows) * _ROW_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cached backdrop, and the outputs over it."""
        del event
        if self._backdrop is None or self._backdrop.devicePixelRatio() != self.devicePixelRatioF():
            self._backdrop = self._paint_backdrop()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPixmap(0, 0, self._backdrop)
        if self._outputs is None:
            return
        best = int(self._outputs.argmax())
        self._paint_best_mark(painter, self._rows.index(best))
        for row, index in enumerate(self._rows):
            value = float(self._outputs[index])
            if index in self._off:
                self._paint_number(painter, self._track(row), OFF, is_best=False)
            elif value >= SILENT_BELOW:
                self._paint_value(painter, self._track(row), value, is_best=index == best)
            if self._pinned is not None and index < len(self._pinned) and self._pinned[index] >= SILENT_BELOW:
                self._paint_pinned(painter, self._track(row), float(self._pinned[index]))

    def _paint_backdrop(self) -> QPixmap:
        """Return a picture of the labels and the empty tracks, which do not depend on the outputs."""
        ratio, palette = self.devicePixelRatioF(), self.palette()
        backdrop = QPixmap(math.ceil(self.width() * ratio), math.ceil(self.height() * ratio))
        backdrop.setDevicePixelRatio(ratio)
        backdrop.fill(palette.color(theme.SURFACE))
        painter = QPainter(backdrop)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        for row, index in enumerate(self._rows):
            painter.setPen(palette.color(theme.QUIET))
            painter.drawText(self._mark_box(row), Qt.AlignmentFlag.AlignVCenter, self._mark(index))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(theme.TRACK))
            painter.drawRoundedRect(self._track(row), _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
        painter.end()
        return backdrop

    def _paint_best_mark(self, painter: QPainter, row: int) -> None:
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.fillRect(self._mark_box(row), self.palette().color(theme.SURFACE))
        painter.setPen(self.palette().color(theme.TEXT))
        painter.drawText(self._mark_box(row), Qt.AlignmentFlag.AlignVCenter, self._mark(self._rows[row]))

    def _mark_box(self, row: int) -> QRectF:
        return QRectF(0, row * _ROW_HEIGHT, self._mark_width - theme.SPACE_XS, _ROW_HEIGHT)

    def _track(self, row: int) -> QRectF:
        top = row * _ROW_HEIGHT + (_ROW_HEIGHT - _BAR_HEIGHT) / 2
        return QRectF(self._mark_width, top, max(self.width() - self._mark_width - _NUMBER_WIDTH, 1), _BAR_HEIGHT)

    def _paint_pinned(self, painter: QPainter, track: QRectF, value: float) -> None:
        outline = QRectF(track)
        outline.setWidth(max(track.width() * value, _SMALLEST_BAR))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.compared_colours()[0], _OUTLINE_PX))
        painter.drawRect(outline.adjusted(1, -1, -1, 1))

    def _paint_value(self, painter: QPainter, track: QRectF, value: float, *, is_best: bool) -> None:
        palette = self.palette()
        bar = QRectF(track.topLeft(), QPointF(track.left() + max(track.width() * value, _SMALLEST_BAR), track.bottom()))
        font = QFont(self.font())
        font.setBold(is_best)
        painter.setFont(font)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.color(theme.ACCENT if is_best else theme.QUIET))
        radius = min(bar.width(), bar.height()) / 2
        painter.drawRoundedRect(bar, radius, radius)
        self._paint_number(painter, track, probability(value), is_best=is_best)

    def _paint_number(self, painter: QPainter, track: QRectF, text: str, *, is_best: bool) -> None:
        painter.setPen(self.palette().color(theme.TEXT if is_best else theme.QUIET))
        top = track.center().y() - _ROW_HEIGHT / 2
        place = QRectF(self.width() - _NUMBER_WIDTH, top, _NUMBER_WIDTH, _ROW_HEIGHT)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)

    def event(self, event: QEvent) -> bool:
        """Show the exact value of the bar under the pointer in a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            row = event.pos().y() // _ROW_HEIGHT
            if self._outputs is not None and 0 <= row < len(self._rows):
                index = self._rows[row]
                value = OFF if index in self._off else number(float(self._outputs[index]), _EXACT_DIGITS)
                text = f"{self._classes.name(index)}: {value}"
                if self._pinned is not None and index < len(self._pinned):
                    text += f"\npinned: {number(float(self._pinned[index]), _EXACT_DIGITS)}"
                QToolTip.showText(event.globalPos(), wrapped(text), self)
                return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Repaint the backdrop at the new size."""
        super().resizeEvent(event)
        self._backdrop = None
