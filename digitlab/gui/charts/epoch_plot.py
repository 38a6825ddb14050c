"""What every plot against epochs does: axes, wheel, drag and keys, values that fit themselves. Needs pyqtgraph."""

from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.charts.axes import EpochAxis, ValueAxis
from digitlab.gui.charts.curves import Numbers, Quantity
from digitlab.gui.charts.ranges import LOG_FLOOR, with_room

_RIGHT_PX: Final = 12
_TOP_PX: Final = 4
_ZOOM_A_KEY: Final = 0.64
_KEY_STEP: Final = 0.01
"""An arrow key moves the reading by this share of the epochs on screen."""


class EpochPlot(pg.PlotWidget):  # type: ignore[misc]
    """A quantity against epochs. Wheel and drag, which are pyqtgraph's own, change the epochs.

    A subclass draws (``refresh``), takes the palette's colours (``restyle``), reads values (``read``, ``stop_reading``)
    and knows what the whole is (``show_whole``). It calls ``finish`` when it is built.
    """

    _is_built = False

    def __init__(self, quantity: Quantity, parent: QWidget | None = None) -> None:
        """Make the axes.

        Args:
            quantity: What is plotted.
            parent: The widget around it.
        """
        self._values = ValueAxis(quantity.write_tick)
        self._epochs = EpochAxis()
        super().__init__(parent, enableMenu=False, axisItems={"left": self._values, "bottom": self._epochs})
        self._quantity = quantity
        self._is_log = False
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

    def finish(self) -> None:
        """Take the colours, and follow view and pointer from now on."""
        self._is_built = True
        self._restyle_all()
        self._view.sigXRangeChanged.connect(self._on_view_x_range_changed)
        self._view.sigResized.connect(self._on_view_resized)
        self.scene().sigMouseMoved.connect(self._on_scene_mouse_moved)

    # What a subclass does

    def refresh(self) -> None:
        """Draw what there is now; nothing while nobody sees it."""
        raise NotImplementedError

    def restyle(self) -> None:
        """Give the curves the palette's colours."""
        raise NotImplementedError

    def read(self, epoch: float) -> None:
        """Point out the values at an epoch."""
        raise NotImplementedError

    def stop_reading(self) -> None:
        """Point out nothing."""
        raise NotImplementedError

    def show_whole(self) -> None:
        """Show all epochs again."""
        raise NotImplementedError

    def note_epochs(self, first: float, last: float) -> None:
        """Take in that other epochs are on screen, which are drawn by now."""

    # What it offers to a subclass

    @property
    def x_range(self) -> tuple[float, float]:
        """First and last epoch on screen."""
        first, last = self._view.viewRange()[0]
        return float(first), float(last)

    @property
    def is_log(self) -> bool:
        """Whether the vertical scale is logarithmic."""
        return self._is_log

    def set_log(self, *, is_log: bool) -> None:
        """Choose a logarithmic or a linear vertical scale."""
        self._is_log = is_log
        self.getPlotItem().setLogMode(y=is_log)
        self.refresh()

    def _drawable(self, values: Numbers) -> Numbers:
        """Return values as they are drawn: on a logarithmic scale not below its floor."""
        return np.maximum(values, LOG_FLOOR) if self._is_log else values

    def _fit_values(self, values: Numbers) -> None:
        """Show a calm range that holds all values."""
        finite = values[np.isfinite(values)]
        extremes = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
        wanted = with_room(*self._quantity.fit(*extremes, self._is_log), is_log=self._is_log)
        if list(wanted) != self._view.viewRange()[1]:
            self._view.setYRange(*wanted, padding=0)

    def _restyle_all(self) -> None:
        """Take the palette's colours: pyqtgraph does not follow it by itself."""
        palette = self.palette()
        self.setBackground(palette.color(theme.SURFACE))
        self._values.restyle(palette)
        self._epochs.restyle(palette)
        self.restyle()
        self._show_focus()

    def _show_focus(self) -> None:
        self._view.setBorder(self.palette().color(theme.ACCENT) if self.hasFocus() else None)

    @Slot(object, object)
    def _on_view_x_range_changed(self, view: object, x_range: tuple[float, float]) -> None:
        del view
        self.refresh()
        self.note_epochs(*x_range)

    @Slot(object)
    def _on_view_resized(self, view: object) -> None:
        del view
        self.refresh()

    @Slot(object)
    def _on_scene_mouse_moved(self, position: QPointF) -> None:
        self.read(self._view.mapSceneToView(position).x())

    # Overrides of Qt

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(560, 280)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened unseen."""
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if self._is_built and event.type() == QEvent.Type.PaletteChange:
            self._restyle_all()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole again."""
        super().mouseDoubleClickEvent(event)
        self.show_whole()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read values and zoom without a mouse."""
        first, last = self.x_range
        at = self._pointed_at if self._pointed_at is not None else (first + last) / 2
        step = (last - first) * _KEY_STEP
        match event.key():
            case Qt.Key.Key_Left:
                self.read(max(at - step, first))
            case Qt.Key.Key_Right:
                self.read(min(at + step, last))
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._view.scaleBy(x=_ZOOM_A_KEY, center=QPointF(at, 0))
            case Qt.Key.Key_Minus:
                self._view.scaleBy(x=1 / _ZOOM_A_KEY, center=QPointF(at, 0))
            case Qt.Key.Key_Home:
                self.show_whole()
            case _:
                event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        """Stop pointing out."""
        super().leaveEvent(event)
        self.stop_reading()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self._show_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Stop pointing out."""
        super().focusOutEvent(event)
        self._show_focus()
        self.stop_reading()
