"""The styles of the run and the compared run. Needs pyqtgraph: import it late."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from digitlab.gui import theme
from digitlab.gui.charts.items import cosmetic_pen
from digitlab.gui.charts.run_curves import LineStyle, MarkStyle, RunStyle
from digitlab.gui.train.legend import smoothed_pen

RUN: Final = RunStyle(
    batches=LineStyle("batch", lambda palette: cosmetic_pen(theme.batch_colour(palette), 1), 0, is_smooth=False),
    smoothed=LineStyle("smoothed", lambda palette: smoothed_pen(palette, is_compared=False), 1),
    training=MarkStyle(
        "epoch mean",
        "s",
        8,
        4,
        outline=lambda palette: cosmetic_pen(theme.curve_colours(palette)[0], 1.5),
        fill=lambda palette: palette.color(theme.SURFACE),
        level=3,
    ),
    validation=MarkStyle(
        "validation",
        "o",
        8,
        4,
        outline=lambda palette: QPen(Qt.PenStyle.NoPen),
        fill=lambda palette: theme.curve_colours(palette)[1],
        level=5,
    ),
)
"""The run of the session: per batch, smoothed, and both values of each epoch."""

COMPARED: Final = RunStyle(
    smoothed=LineStyle("compared smoothed", lambda palette: smoothed_pen(palette, is_compared=True), 2),
    validation=MarkStyle(
        "compared validation",
        "d",
        10,
        6,
        outline=lambda palette: cosmetic_pen(palette.color(theme.SURFACE), 1),
        fill=lambda palette: theme.compared_colours()[1],
        level=4,
    ),
)
"""The compared run: smoothed and validation, in other colours and shapes."""
