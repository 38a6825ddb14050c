"""The zoomable plot: a quantity of one or more runs over epochs. Needs pyqtgraph: import it late."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.charts.axes import EpochAxis, ValueAxis
from digitlab.gui.charts.curves import Numbers, Quantity
from digitlab.gui.charts.items import cosmetic_pen
from digitlab.gui.charts.ranges import with_margin
from digitlab.gui.charts.run_curves import PlottedRun, RunCurves, VisibleRange
from digitlab.gui.widgets.label import RichLabel
from digitlab.gui.widgets.themed import Themed

_RIGHT_PX: Final = 12
_TOP_PX: Final = 4
_READOUT_GAP_PX: Final = 12
_ZOOM_PER_KEY: Final = 0.64
_KEY_STEP: Final = 0.01
"""An arrow key moves the readout by this share of the epochs on screen."""

_NARROWEST_STEPS: Final = 10
"""The fewest batches that can be zoomed in to."""

_END_SHARE: Final = 0.012
"""Space after the last epoch, so that its marks are fully visible."""

_LINES_LEVEL: Final = 1000
"""Level of the lines that mark an epoch: above all curves."""


class EpochPlot(Themed, pg.PlotWidget):  # type: ignore[misc]
    """A quantity of one or more runs over epochs.

    Pyqtgraph's own wheel and drag handling changes the epochs on screen; the vertical range follows.

    Signals:
        x_range_changed: The epochs on screen changed; carries the first and the last.
        hovered: The pointer or an arrow key moved to an epoch; carries the epoch.
        left: The pointer or the focus left the plot.
    """

    x_range_changed = Signal(float, float)
    hovered = Signal(float)
    left = Signal()

    def __init__(self, quantity: Quantity, name: str, parent: QWidget | None = None) -> None:
        """Create an empty plot.

        Args:
            quantity: What is plotted.
            name: Prefix of the object names: the plot's name ends with ``Plot``, the readout's with
                ``Readout``.
            parent: The widget around it.
        """
        self._values = ValueAxis(quantity.write_tick)
        self._epochs = EpochAxis()
        axes = {"left": self._values, "bottom": self._epochs}
        super().__init__(parent, enableMenu=False, axisItems=axes)  # type: ignore[call-arg]
        self._quantity = quantity
        self._is_log = False
        self._runs: tuple[RunCurves, ...] = ()
        self._whole = 1.0
        self._pointed_at: float | None = None
        self._view = self.getViewBox()
        self._view.disableAutoRange()
        self._view.setMouseEnabled(x=True, y=False)
        self._values.setZValue(self._view.zValue() - 1)  # grid lines lie below the curves
        item = self.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.layout.setContentsMargins(0, _TOP_PX, _RIGHT_PX, 0)
        self.setMinimumSize(200, 120)
        self._line = self._add_line(0)
        self._pinned = self._add_line(1)
        self._snapshot = self._add_line(2)
        self._spot = pg.PlotDataItem(name="read", pen=None, symbol="o", symbolSize=7, antialias=True)
        self._spot.setZValue(_LINES_LEVEL + 3)
        self.addItem(self._spot, ignoreBounds=True)
        self._readout = _readout_label(self, f"{name}Readout")
        self._set_names(name)
        self.follow_theme()
        self._view.sigXRangeChanged.connect(self._on_view_x_range_changed)
        self._view.sigResized.connect(self._on_view_resized)
        self.scene().sigMouseMoved.connect(self._on_scene_mouse_moved)

    def _add_line(self, level: int) -> "pg.InfiniteLine":
        line = pg.InfiniteLine(angle=90, movable=False)
        line.setZValue(_LINES_LEVEL + level)
        line.hide()
        self._view.addItem(line, ignoreBounds=True)
        return line

    def _set_names(self, name: str) -> None:
        self.setObjectName(f"{name}Plot")
        self.setAccessibleName(f"{self._quantity.name.capitalize()} over epochs")
        self.setWhatsThis(
            "Point at the curves to read values. Wheel: zoom. Drag: pan. Double-click: show all epochs again. "
            "With the keyboard: left and right read values, plus and minus zoom, Home shows all epochs."
        )

    # Contents

    @property
    def quantity(self) -> Quantity:
        """The plotted quantity."""
        return self._quantity

    @property
    def runs(self) -> tuple[PlottedRun, ...]:
        """The runs in the plot."""
        return tuple(curves.plotted for curves in self._runs)

    @property
    def x_range(self) -> tuple[float, float]:
        """First and last epoch on screen."""
        first, last = self._view.viewRange()[0]
        return float(first), float(last)

    @property
    def whole(self) -> float:
        """The end of the axis when all epochs are on screen."""
        return self._whole

    @property
    def is_log(self) -> bool:
        """Whether the vertical scale is logarithmic."""
        return self._is_log

    def show_runs(self, runs: Sequence[PlottedRun], end: float) -> None:
        """Show runs, keeping the zoom.

        Args:
            runs: The runs. A run that was already shown keeps its curves.
            end: The last epoch of all runs, including remaining ones; greater than 0.
        """
        before = {curves.plotted: curves for curves in self._runs}
        for plotted, curves in before.items():
            if plotted not in runs:
                for item in curves.items:
                    self.removeItem(item)
        self._runs = tuple(before.get(plotted) or RunCurves(plotted, self._add_item) for plotted in runs)
        for curves in self._runs:
            curves.restyle(self.palette())
        self._whole = whole = end * (1 + _END_SHARE)
        steps_per_epoch = max((plotted.run.started.steps_per_epoch for plotted in runs), default=1)
        narrowest = min(_NARROWEST_STEPS / steps_per_epoch, whole)
        self._view.setLimits(xMin=0, xMax=whole, minXRange=narrowest, maxXRange=whole)
        self._refresh(is_forced=True)

    def _add_item(self, item: "pg.PlotDataItem") -> None:
        self.addItem(item, ignoreBounds=True)

    @Slot()
    def show_whole(self) -> None:
        """Show all epochs of all runs."""
        self.show_epochs(0, self._whole)

    def show_epochs(self, first: float, last: float) -> None:
        """Zoom to a range of epochs, limited to the existing ones."""
        self._view.setXRange(first, last, padding=0)

    def set_log(self, *, is_log: bool) -> None:
        """Use a logarithmic or a linear vertical scale."""
        self._is_log = is_log
        self.getPlotItem().setLogMode(y=is_log)
        self.refresh()

    def show_snapshots(self, shown: float | None, pinned: float | None) -> None:
        """Mark the snapshot on screen and the pinned one.

        Args:
            shown: In epochs, or None to mark none.
            pinned: The same.
        """
        for line, at in ((self._snapshot, shown), (self._pinned, pinned)):
            if at is not None:
                line.setValue(at)
            if line.isVisible() != (at is not None):
                line.setVisible(at is not None)

    def show_reading(self, at: float, text: str, value: float | None = None) -> None:
        """Show values beside an epoch.

        Args:
            at: The epoch.
            text: The values as rich text; empty for none.
            value: The value that a ring marks, or None for no ring.
        """
        self._pointed_at = at
        self._line.setValue(at)
        self._line.show()
        self._spot.setVisible(value is not None)
        if value is not None:
            self._spot.setData([at], self._visible_range().drawable(np.array([value])))
        self._readout.setText(text)
        self._readout.adjustSize()
        self._readout.setVisible(bool(text))
        self._place_readout(at)

    def hide_reading(self) -> None:
        """Hide the values."""
        self._pointed_at = None
        for part in (self._line, self._spot, self._readout):
            part.hide()

    def refresh(self) -> None:
        """Draw the current data of the runs, unless the plot is hidden or up to date."""
        self._refresh(is_forced=False)

    def _refresh(self, *, is_forced: bool) -> None:
        if not self.isVisible():
            return
        visible = self._visible_range()
        is_new = [curves.refresh(self._quantity, visible) for curves in self._runs]
        if any(is_new) or is_forced:
            values = [curves.scaled_to for curves in self._runs]
            if not any(len(part) for part in values):
                values = [curves.curve for curves in self._runs]
            self._fit_values(np.concatenate([np.empty(0), *values]))
            self._describe()

    def _visible_range(self) -> VisibleRange:
        return VisibleRange(*self.x_range, self._view.width(), self._is_log)

    def _fit_values(self, values: Numbers) -> None:
        """Show a range that contains all values and seldom changes."""
        finite = values[np.isfinite(values)]
        extremes = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
        wanted = with_margin(*self._quantity.fit(*extremes, self._is_log), is_log=self._is_log)
        if list(wanted) != self._view.viewRange()[1]:
            self._view.setYRange(*wanted, padding=0)

    def _describe(self) -> None:
        """Describe each run's last epoch for screen readers."""
        sentences = [plotted.describe(self._quantity) for plotted in self.runs]
        text = " ".join(filter(None, sentences)) or "No epoch has finished yet."
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def _place_readout(self, at: float) -> None:
        """Place the readout beside an epoch, away from the curves: losses fall, accuracies rise."""
        x = self._view.mapViewToScene(QPointF(at, 0)).x()
        field, label = self._view.sceneBoundingRect(), self._readout
        right, left = x + _READOUT_GAP_PX, x - _READOUT_GAP_PX - label.width()
        low = max(field.bottom() - label.height() - theme.SPACE_S, 0)
        top = theme.SPACE_S if self._quantity.falls else low
        label.move(round(right if right + label.width() <= self.width() else left), round(top))

    def restyle(self) -> None:
        """Apply the colours of the palette, which pyqtgraph does not follow by itself."""
        palette = self.palette()
        self.setBackground(palette.color(theme.SURFACE))
        self._values.restyle(palette)
        self._epochs.restyle(palette)
        for curves in self._runs:
            curves.restyle(palette)
        self._line.setPen(palette.color(theme.QUIET))
        self._snapshot.setPen(palette.color(theme.ACCENT), width=2)
        self._pinned.setPen(theme.compared_colours()[0], width=2)
        self._spot.setSymbolPen(cosmetic_pen(palette.color(theme.TEXT), 1.5))
        self._spot.setSymbolBrush(palette.color(theme.SURFACE))
        self._show_focus()

    def _show_focus(self) -> None:
        self._view.setBorder(self.palette().color(theme.ACCENT) if self.hasFocus() else None)

    @Slot(object, object)
    def _on_view_x_range_changed(self, view: object, x_range: tuple[float, float]) -> None:
        del view
        self.refresh()
        if self._pointed_at is not None:
            self._place_readout(self._pointed_at)
        self.x_range_changed.emit(*x_range)

    @Slot(object)
    def _on_view_resized(self, view: object) -> None:
        del view
        self.refresh()

    @Slot(object)
    def _on_scene_mouse_moved(self, position: QPointF) -> None:
        self.hovered.emit(self._view.mapSceneToView(position).x())

    # Overrides of Qt

    def sizeHint(self) -> QSize:
        """Return the usual size."""
        return QSize(560, 280)

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what changed while the plot was hidden."""
        super().showEvent(event)
        self._refresh(is_forced=True)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all epochs again."""
        super().mouseDoubleClickEvent(event)
        self.show_whole()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read values and zoom with the keyboard."""
        first, last = self.x_range
        at = self._pointed_at if self._pointed_at is not None else (first + last) / 2
        step = (last - first) * _KEY_STEP
        match event.key():
            case Qt.Key.Key_Left:
                self.hovered.emit(max(at - step, first))
            case Qt.Key.Key_Right:
                self.hovered.emit(min(at + step, last))
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._view.scaleBy(x=_ZOOM_PER_KEY, center=QPointF(at, 0))
            case Qt.Key.Key_Minus:
                self._view.scaleBy(x=1 / _ZOOM_PER_KEY, center=QPointF(at, 0))
            case Qt.Key.Key_Home:
                self.show_whole()
            case _:
                event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        """Stop reading values."""
        super().leaveEvent(event)
        self.left.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self._show_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Stop reading values."""
        super().focusOutEvent(event)
        self._show_focus()
        self.left.emit()


def _readout_label(plot: QWidget, name: str) -> RichLabel:
    """Return a small card for values that ignores the mouse."""
    label = RichLabel(plot)
    label.setObjectName(name)
    label.setProperty("card", True)
    label.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_S, theme.SPACE_XS)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    label.hide()
    return label


def readout_table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of texts for a readout as rich text: names, then bold values.

    Args:
        rows: Already escaped texts; the first of each is a name.
    """
    cells = "".join(
        f"<tr><td>{name}&nbsp;&nbsp;</td>{''.join(f'<td align=right><b>&nbsp;{text}</b></td>' for text in texts)}</tr>"
        for name, *texts in rows
    )
    return f"<table cellspacing='0' style='font-size:{theme.FONT_SMALL_PX}px'>{cells}</table>"
