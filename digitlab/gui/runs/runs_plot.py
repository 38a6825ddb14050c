"""Curves of several runs on one plot. Needs pyqtgraph: import it late."""

import html
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from digitlab.gui import theme
from digitlab.gui.plots.axes import EpochAxis, ValueAxis
from digitlab.gui.plots.curves import Numbers, Quantity, curves_of
from digitlab.gui.plots.ranges import LOG_FLOOR, with_room
from digitlab.gui.runs import marks
from digitlab.gui.wording import epoch_words
from digitlab.training.run import Run

_ROOM_SHARE: Final = 0.012
"""Room behind the last epoch, so that its marks are seen whole."""

_MARK_PX: Final = 9
_SMALL_MARK_PX: Final = 5
_MANY_EPOCHS: Final = 40
_FADED: Final = 0.45
_GAP_PX: Final = 12
_ZOOM_A_KEY: Final = 0.64


@dataclass(frozen=True, slots=True, eq=False)
class DrawnRun:
    """A run on the plot.

    Attributes:
        name: What people call it.
        mark: Its number, which decides its colour and its mark.
        run: Its curves; it may grow.
    """

    name: str
    mark: int
    run: Run

    @property
    def positions(self) -> Numbers:
        """Where each of its epochs ended on the epoch axis."""
        started = self.run.started
        return np.array([started.epoch_of(started.first_step + epoch.step) for epoch in self.run.epochs])


class RunsPlot(pg.PlotWidget):  # type: ignore[misc]
    """Validation after each epoch, a line with marks for each run; behind it, thin, what the training images gave."""

    _is_built = False

    def __init__(self, quantity: Quantity, parent: QWidget | None = None) -> None:
        """Show nothing yet."""
        self._values = ValueAxis(quantity.write_tick)
        self._epochs = EpochAxis()
        super().__init__(parent, enableMenu=False, axisItems={"left": self._values, "bottom": self._epochs})
        self._quantity = quantity
        self._runs: tuple[DrawnRun, ...] = ()
        self._items: list[tuple[pg.PlotDataItem, pg.PlotDataItem]] = []
        self._is_log = False
        self._whole = 1.0
        self._at: float | None = None
        self._view = self.getViewBox()
        self._view.disableAutoRange()
        self._view.setMouseEnabled(x=True, y=False)
        self._values.setZValue(self._view.zValue() - 1)  # grid lines lie below the curves
        item = self.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.layout.setContentsMargins(0, 4, _GAP_PX, 0)
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.hide()
        self._view.addItem(self._line, ignoreBounds=True)
        self._readout = QLabel(self)
        self._readout.setObjectName("runsReadout")
        self._readout.setProperty("card", True)
        self._readout.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_S, theme.SPACE_XS)
        self._readout.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout.hide()
        self.setObjectName(f"runs{quantity.name.capitalize()}Plot")
        self.setAccessibleName(f"{quantity.name.capitalize()} of the ticked trainings")
        self.setWhatsThis(
            "<p>Lines with marks: validation after each epoch. Thin lines: the training images, smoothed. Point at the "
            "curves to read all of them. Wheel: zoom. Drag: move. Double-click: everything again. With the keyboard: "
            "left and right read values, plus and minus zoom, Home shows everything.</p>"
        )
        self.setMinimumSize(200, 120)
        self._is_built = True
        self._restyle()
        self._view.sigXRangeChanged.connect(self._on_view_x_range_changed)
        self._view.sigResized.connect(self._on_view_resized)
        self.scene().sigMouseMoved.connect(self._on_scene_mouse_moved)

    def set_log(self, *, is_log: bool) -> None:
        """Choose a logarithmic or a linear vertical scale."""
        if is_log != self._is_log:
            self._is_log = is_log
            self.getPlotItem().setLogMode(y=is_log)
            self.refresh()

    def show_runs(self, runs: tuple[DrawnRun, ...]) -> None:
        """Draw other runs, the whole of them."""
        self._runs = runs
        while len(self._items) > len(runs):
            for item in self._items.pop():
                self.removeItem(item)
        while len(self._items) < len(runs):
            self._items.append((self._add_curve(), self._add_curve()))
        for (training, validation), drawn in zip(self._items, runs, strict=True):
            training.setZValue(drawn.mark)
            validation.setZValue(100 + drawn.mark)
        self._restyle()
        self._whole = 0.0
        self.refresh()

    def refresh(self) -> None:
        """Draw what the runs hold now; nothing while nobody sees it."""
        if not self.isVisible():
            return
        whole = max((_end(drawn.run) for drawn in self._runs), default=1.0) * (1 + _ROOM_SHARE)
        if whole != self._whole:
            self._whole = whole
            self._view.setLimits(xMin=0, xMax=whole, minXRange=min(0.2, whole), maxXRange=whole)
            self._view.setXRange(0, whole, padding=0)
        first, last = self._view.viewRange()[0]
        size = _MARK_PX if last - first <= _MANY_EPOCHS else _SMALL_MARK_PX
        marked, smooth = [np.empty(0)], [np.empty(0)]
        for (training, validation), drawn in zip(self._items, self._runs, strict=True):
            curves = curves_of(drawn.run, self._quantity, (first, last), self._view.width())
            training.setData(curves.smooth_x, self._drawable(curves.smooth_y))
            at, values = drawn.positions, self._validation(drawn.run)
            validation.setData(at, self._drawable(values), symbolSize=size)
            marked.append(values[(at >= first) & (at <= last)])
            smooth.append(curves.smooth_y)
        # What is compared is the validation: a first batch that knew nothing must not press it into a line.
        values = np.concatenate(marked)
        self._fit(values if len(values) else np.concatenate(smooth))
        self._describe()

    def _add_curve(self) -> "pg.PlotDataItem":
        curve = pg.PlotDataItem(pen=None, antialias=True)
        self.addItem(curve, ignoreBounds=True)
        return curve

    def _validation(self, run: Run) -> Numbers:
        return np.array([self._quantity.validation(epoch) for epoch in run.epochs], dtype=np.float64)

    def _drawable(self, values: Numbers) -> Numbers:
        return np.maximum(values, LOG_FLOOR) if self._is_log else values

    def _fit(self, values: Numbers) -> None:
        finite = values[np.isfinite(values)]
        extremes = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
        wanted = with_room(*self._quantity.fit(*extremes, self._is_log), is_log=self._is_log)
        if list(wanted) != self._view.viewRange()[1]:
            self._view.setYRange(*wanted, padding=0)

    def _describe(self) -> None:
        """Tell a screen reader where each run has come to."""
        words = [
            f"{drawn.name}: {self._quantity.write(self._quantity.validation(drawn.run.epochs[-1]))} after epoch "
            f"{drawn.positions[-1]:.4g}."
            for drawn in self._runs
            if drawn.run.epochs
        ]
        text = " ".join(words)
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def _read(self, at: float) -> None:
        """Write the values of all runs at an epoch beside it."""
        first, last = self._view.viewRange()[0]
        self._at = at = min(max(at, first), last)
        self._readout.setText(readout_text(self._runs, self._quantity, at))
        self._readout.adjustSize()
        self._line.setValue(at)
        x = self._view.mapViewToScene(QPointF(at, 0)).x()
        field = self._view.sceneBoundingRect()
        right = x + _GAP_PX
        left = x - _GAP_PX - self._readout.width()
        # Where the curves are not: losses fall, accuracies rise.
        low = field.bottom() - self._readout.height() - theme.SPACE_S
        y = theme.SPACE_S if self._quantity.name == "loss" else max(low, 0)
        self._readout.move(round(right if right + self._readout.width() <= self.width() else left), round(y))
        self._line.show()
        self._readout.setVisible(bool(self._runs))

    def _stop_reading(self) -> None:
        self._at = None
        self._line.hide()
        self._readout.hide()

    def _restyle(self) -> None:
        palette = self.palette()
        surface = palette.color(theme.SURFACE)
        self.setBackground(surface)
        self._values.restyle(palette)
        self._epochs.restyle(palette)
        self._line.setPen(palette.color(theme.QUIET))
        for (training, validation), drawn in zip(self._items, self._runs, strict=True):
            colour = marks.colour(drawn.mark, palette)
            faded = marks.colour(drawn.mark, palette)
            faded.setAlphaF(_FADED)
            training.setPen(faded, width=1)
            validation.setPen(colour, width=2)
            validation.setSymbol(marks.shape(drawn.mark))
            validation.setSymbolBrush(colour)
            validation.setSymbolPen(surface, width=1)
        self._show_focus()

    def _show_focus(self) -> None:
        self._view.setBorder(self.palette().color(theme.ACCENT) if self.hasFocus() else None)

    @Slot(object, object)
    def _on_view_x_range_changed(self, view: object, x_range: tuple[float, float]) -> None:
        del view, x_range
        self.refresh()

    @Slot(object)
    def _on_view_resized(self, view: object) -> None:
        del view
        self.refresh()

    @Slot(object)
    def _on_scene_mouse_moved(self, position: QPointF) -> None:
        self._read(self._view.mapSceneToView(position).x())

    # Overrides of Qt

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(560, 260)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened unseen."""
        super().showEvent(event)
        self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if self._is_built and event.type() == QEvent.Type.PaletteChange:
            self._restyle()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show everything again."""
        super().mouseDoubleClickEvent(event)
        self._view.setXRange(0, self._whole, padding=0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read values and zoom without a mouse."""
        first, last = self._view.viewRange()[0]
        at = self._at if self._at is not None else (first + last) / 2
        match event.key():
            case Qt.Key.Key_Left:
                self._read(at - (last - first) / 50)
            case Qt.Key.Key_Right:
                self._read(at + (last - first) / 50)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self._view.scaleBy(x=_ZOOM_A_KEY, center=QPointF(at, 0))
            case Qt.Key.Key_Minus:
                self._view.scaleBy(x=1 / _ZOOM_A_KEY, center=QPointF(at, 0))
            case Qt.Key.Key_Home:
                self._view.setXRange(0, self._whole, padding=0)
            case _:
                event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        """Stop reading."""
        super().leaveEvent(event)
        self._stop_reading()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self._show_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Stop reading."""
        super().focusOutEvent(event)
        self._show_focus()
        self._stop_reading()


def readout_text(runs: tuple[DrawnRun, ...], quantity: Quantity, at: float) -> str:
    """Return what all runs had reached at an epoch as rich text: each one's newest validation until then."""
    rows = []
    for drawn in runs:
        reached = np.flatnonzero(drawn.positions <= at + 0.05)
        is_over = at > _end(drawn.run) + 0.5
        value = "–"
        if len(reached) and not is_over:
            value = quantity.write(quantity.validation(drawn.run.epochs[reached[-1]]))
        rows.append(f"<tr><td>{html.escape(drawn.name)}&nbsp;&nbsp;</td><td align=right><b>{value}</b></td></tr>")
    head = f"<tr><td>{epoch_words(at)}</td><td align=right>validation</td></tr>"
    return f"<table cellspacing='0' style='font-size:{theme.FONT_SMALL_PX}px'>{head}{''.join(rows)}</table>"


def _end(run: Run) -> float:
    """Return where a run ends on the epoch axis; of one that grows, where it will."""
    started = run.started
    if run.is_running:
        return started.first_epoch + started.config.epochs
    return max(started.epoch_of(started.first_step + run.step), 1e-3)
