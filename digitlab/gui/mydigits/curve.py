"""The accuracy on the user's own digits over the snapshots of a run, and that on the run's test digits."""

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from digitlab.gui import theme
from digitlab.gui.charts.chart import Chart
from digitlab.gui.charts.items import Curve, Dot, Mark, Ring, VerticalLine
from digitlab.gui.charts.plot import Plot, Pointed, axes_frame
from digitlab.gui.charts.scales import Numbers, Targets, epoch_scale, percent_scale
from digitlab.gui.widgets.fields import describe
from digitlab.words.numbers import epoch_text, percent

_MOST_EPOCHS = 3
_MOST_SQUARES = 60

Points = tuple[tuple[float, float], ...]
"""Epochs and accuracies (0..1), from left to right."""


@dataclass(frozen=True, slots=True)
class OwnCurves:
    """The data of the plot.

    Attributes:
        own: Accuracy on the user's own digits at the kept snapshots for which it is known.
        snapshots: Number of kept snapshots, known or not.
        total: Number of the user's own digits.
        reference: Accuracy on the digits that the run was validated on, after each epoch.
        reference_name: The name of those digits.
        shown: The epoch of the snapshot on screen, or None if it does not belong to the run.
        end: The last epoch.
    """

    own: Points = ()
    snapshots: int = 0
    total: int = 0
    reference: Points = ()
    reference_name: str = ""
    shown: float | None = None
    end: float = 1.0


def reference_and_own_colours(palette: QPalette) -> tuple[QColor, QColor]:
    """Return the colours of both curves: validation, as in the Train tab, and the user's own digits."""
    return theme.curve_colours(palette)[1], theme.compared_colours()[0]


class OwnCurvePlot(Chart):
    """Two curves over epochs on a square-root scale, which gives more space to the start, where most changes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create an empty chart."""
        super().__init__(axes_frame("epoch (square-root scale)", "accuracy"), parent)
        self._curves = OwnCurves()
        describe(
            self,
            "ownCurvePlot",
            "Accuracy over the training",
            "The accuracy over the training: on your own digits (line with dots) and on the test digits (dashed with "
            "squares).",
            "The accuracy at each kept snapshot of the training: on your own digits, a line with dots, and on the "
            "digits that the training was validated on after each epoch, dashed with squares. The vertical line marks "
            "the snapshot on screen. Point at a curve, or use the arrow keys, to read it.",
        )
        self.show_plot(_plot(self._curves))

    @property
    def curves(self) -> OwnCurves:
        """The curves shown."""
        return self._curves

    def show_curves(self, curves: OwnCurves) -> None:
        """Show other curves, or the same ones with another snapshot marked."""
        if curves == self._curves:
            return
        is_same = replace(curves, shown=None) == replace(self._curves, shown=None)
        self._curves = curves
        self.show_plot(self.plot if is_same else _plot(curves), marks=_marks(curves), summary=_summary(curves))


def _plot(curves: OwnCurves) -> Plot:
    x = epoch_scale(max(curves.end, 0.01), _MOST_EPOCHS)
    epochs, shares = _columns(curves.own)

    def read(pointed: Pointed) -> str:
        epoch, share = curves.own[pointed.index]
        beside = [value for at, value in curves.reference if at <= epoch + 1e-6]
        reference = f", {curves.reference_name} {percent(beside[-1])}" if beside else ""
        return f"{epoch_text(epoch).capitalize()}: you {percent(share, curves.total)}{reference}."

    def highlight(index: int | None) -> tuple[Ring, ...]:
        return () if index is None else (Ring(*curves.own[index]),)

    return Plot(
        x=x,
        y=percent_scale(4),
        items=(
            Curve(
                *_columns(curves.reference),
                lambda palette: reference_and_own_colours(palette)[0],
                Dot.SQUARE,
                Qt.PenStyle.DashLine,
                _MOST_SQUARES,
            ),
            Curve(epochs, shares, lambda palette: reference_and_own_colours(palette)[1]),
        ),
        targets=Targets.nearest(x.places(epochs)),
        read=read,
        highlight=highlight,
    )


def _columns(points: Points) -> tuple[Numbers, Numbers]:
    """Return the epochs and the accuracies of points, each of shape (n,)."""
    table = np.array(points, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _marks(curves: OwnCurves) -> tuple[Mark, ...]:
    """Return the marks of the snapshot on screen: a line, and a ring if its accuracy is known."""
    if curves.shown is None:
        return ()
    rings = (Ring(epoch, share, is_large=True) for epoch, share in curves.own if epoch == curves.shown)
    return (VerticalLine(min(curves.shown, curves.end)), *rings)


def _summary(curves: OwnCurves) -> str:
    """Return the best snapshot; empty while none is known."""
    if not curves.own:
        return ""
    epoch, share = max(curves.own, key=lambda point: point[1])
    so_far = "" if len(curves.own) >= curves.snapshots else f" of {len(curves.own)} evaluated so far"
    return f"Your best snapshot{so_far}: {percent(share, curves.total)} at {epoch_text(epoch)}."
