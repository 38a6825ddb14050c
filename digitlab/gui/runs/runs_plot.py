"""Curves of several runs on one plot. Needs pyqtgraph: import it late."""

import html
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.curves import Numbers, Quantity, curves_of
from digitlab.gui.charts.epoch_plot import EpochPlot
from digitlab.gui.runs import marks
from digitlab.runs.run import Run
from digitlab.words.numbers import epoch_figure, epoch_words

_ROOM_SHARE: Final = 0.012
"""Room behind the last epoch, so that its marks are seen whole."""

_MARK_PX: Final = 9
_SMALL_MARK_PX: Final = 5
_MANY_EPOCHS: Final = 40
_FADED: Final = 0.45
_GAP_PX: Final = 12


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


class RunsPlot(EpochPlot):
    """Validation after each epoch, a line with marks for each run; behind it, thin, what the training images gave."""

    def __init__(self, quantity: Quantity, parent: QWidget | None = None) -> None:
        """Show nothing yet."""
        super().__init__(quantity, parent)
        self._runs: tuple[DrawnRun, ...] = ()
        self._items: list[tuple[pg.PlotDataItem, pg.PlotDataItem]] = []
        self._whole = 1.0
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
        self.finish()

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
        self.restyle()
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
        self._fit_values(values if len(values) else np.concatenate(smooth))
        self._describe()

    def _add_curve(self) -> "pg.PlotDataItem":
        curve = pg.PlotDataItem(pen=None, antialias=True)
        self.addItem(curve, ignoreBounds=True)
        return curve

    def _validation(self, run: Run) -> Numbers:
        return np.array([self._quantity.validation(epoch) for epoch in run.epochs], dtype=np.float64)

    def _describe(self) -> None:
        """Tell a screen reader where each run has come to."""
        words = [
            f"{drawn.name}: {self._quantity.write(self._quantity.validation(drawn.run.epochs[-1]))} after epoch "
            f"{epoch_figure(drawn.positions[-1])}."
            for drawn in self._runs
            if drawn.run.epochs
        ]
        text = " ".join(words)
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def read(self, epoch: float) -> None:
        """Write the values of all runs at an epoch beside it."""
        first, last = self.x_range
        self._pointed_at = at = min(max(epoch, first), last)
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

    def stop_reading(self) -> None:
        """Write none."""
        self._pointed_at = None
        self._line.hide()
        self._readout.hide()

    def show_whole(self) -> None:
        """Show all epochs of all runs."""
        self._view.setXRange(0, self._whole, padding=0)

    def restyle(self) -> None:
        """Give each run its colour."""
        palette = self.palette()
        surface = palette.color(theme.SURFACE)
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


def readout_text(runs: tuple[DrawnRun, ...], quantity: Quantity, at: float) -> str:
    """Return what all runs had reached at an epoch as rich text: each one's newest validation until then."""
    rows = []
    for drawn in runs:
        reached = np.flatnonzero(drawn.positions <= at + 0.05)
        is_over = at > _end(drawn.run) + 0.5
        value = "–"
        if len(reached) and not is_over:
            value = html.escape(quantity.write(quantity.validation(drawn.run.epochs[reached[-1]])))
        rows.append(f"<tr><td>{html.escape(drawn.name)}&nbsp;&nbsp;</td><td align=right><b>{value}</b></td></tr>")
    head = f"<tr><td>{epoch_words(at)}&nbsp;&nbsp;</td><td align=right>validation</td></tr>"
    return f"<table cellspacing='0' style='font-size:{theme.FONT_SMALL_PX}px'>{head}{''.join(rows)}</table>"


def _end(run: Run) -> float:
    """Return where a run ends on the epoch axis; of one that grows, where it will."""
    started = run.started
    if run.is_running:
        return started.first_epoch + started.config.epochs
    return max(started.epoch_of(started.first_step + run.step), 1e-3)
