"""Tables and pictures of the report."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from measures import Unseen, outputs
from PIL import Image, ImageDraw

from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.raster import render_many
from digitlab.evaluation.metrics import Metrics

_SHEET_COLUMNS: Final = 10
_SHEET_ROWS: Final = 6
_TILE: Final = 96
_CAPTION: Final = 16


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown; all columns but the first are aligned to the right."""
    lines = [" | ".join(head), "|".join("---" if index == 0 else "---:" for index in range(len(head)))]
    lines += [" | ".join(row) for row in rows]
    return "\n".join(f"| {line} |" if "---" not in line else f"|{line}|" for line in lines) + "\n"


def percent(share: float, places: int = 2) -> str:
    """Return a share, 0..1, in percent, without the sign."""
    return "–" if np.isnan(share) else f"{100 * share:.{places}f}"


def draw_worst(folds: Sequence[Unseen], path: Path) -> None:
    """Save a sheet of the digits with the lowest probability of their label."""
    digits = [digit for fold in folds for digit in fold.digits]
    shares = np.concatenate([outputs(fold.digit_sums, fold.calibration) for fold in folds])[:, :CLASS_COUNT]
    labels = np.concatenate([fold.labels for fold in folds])
    of_label = shares[np.arange(len(labels)), labels] / shares.sum(axis=1)
    worst = np.argsort(of_label)[: _SHEET_ROWS * _SHEET_COLUMNS]
    images = render_many([digits[place].drawing for place in worst])
    rows = -(-len(worst) // _SHEET_COLUMNS)
    sheet = Image.new("L", (_SHEET_COLUMNS * _TILE, rows * (_TILE + _CAPTION)), 255)
    pen = ImageDraw.Draw(sheet)
    for number, (place, image) in enumerate(zip(worst, images, strict=True)):
        x, y = number % _SHEET_COLUMNS * _TILE, number // _SHEET_COLUMNS * (_TILE + _CAPTION)
        tile = Image.fromarray(255 - image).resize((_TILE - 12, _TILE - 12), Image.Resampling.NEAREST)
        sheet.paste(tile, (x + 6, y + 2))
        caption = f"{labels[place]} read {shares[place].argmax()}  {100 * of_label[place]:.1f} %"
        pen.text((x + 6, y + _TILE - 8), caption, fill=0)
    sheet.save(path, optimize=True)


def draw_metrics(metrics: Metrics, folder: Path) -> None:
    """Save the diagrams of the Evaluate tab as pictures."""
    from PySide6.QtCore import QSize

    from digitlab.gui import theme
    from digitlab.gui.app.application import make_application
    from digitlab.gui.evaluate.rejection_plot import RejectionPlot
    from digitlab.gui.evaluate.reliability_diagram import ReliabilityDiagram

    app = make_application()
    theme.apply_scheme(app, theme.ColourScheme.LIGHT)
    diagram, plot = ReliabilityDiagram(), RejectionPlot()
    diagram.show_metrics(metrics)
    plot.show_curve(metrics.rejection)
    for widget, name in ((diagram, "reliability"), (plot, "rejection")):
        widget.setFixedSize(QSize(560, 420))
        widget.setAutoFillBackground(True)
        widget.grab().save(str(folder / f"{name}.png"))
