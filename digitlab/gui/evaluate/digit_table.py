"""Precision, recall, F1 and support of each digit as a table."""

from typing import Final

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHeaderView, QWidget

from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.confusion import Counts, digit_metrics, macro_average
from digitlab.gui.charts.share_table import Column, ShareRow, ShareTable
from digitlab.gui.widgets.fields import describe
from digitlab.words.numbers import NO_VALUE, percent, times

_COLUMNS: Final = (
    Column("Digit", "The true digit.", is_text=True),
    Column("Precision", "The share of the predictions of this digit that are correct."),
    Column("Recall", "The share of the images of this digit that are classified correctly."),
    Column("F1", "The harmonic mean of precision and recall."),
    Column("Support", "The number of images of this digit."),
    Column("Confused with", "The most frequent wrong prediction for images of this digit.", is_text=True),
)
_DIGIT_PX: Final = 72


class DigitTable(ShareTable):
    """Shows the metrics of each digit and their mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Create a table without values."""
        super().__init__(_COLUMNS, _DIGIT_PX, parent)
        self.horizontalHeader().setSectionResizeMode(len(_COLUMNS) - 1, QHeaderView.ResizeMode.ResizeToContents)
        describe(
            self,
            "digitTable",
            "Per-digit metrics",
            "Precision, recall, F1 and support of each digit; the bars show the distance to 100 %.",
            "Precision: the share of the predictions of this digit that are correct. Recall: the share of the images "
            "of this digit that are classified correctly. F1: their harmonic mean. Support: the number of images of "
            "this digit. The orange bars show the distance to 100 %, on a common scale. Ctrl+C copies the table.",
        )
        # Each column has its own tooltip.
        self.setToolTip("")
        self.show_counts(None)

    def show_counts(self, counts: Counts | None) -> None:
        """Show the metrics of a confusion matrix, or none."""
        self.show_rows(_rows(np.zeros((CLASS_COUNT, CLASS_COUNT), np.int64) if counts is None else counts))

    def minimumSizeHint(self) -> QSize:
        """Return a size at which every row is visible."""
        return self.height_of(CLASS_COUNT + 1)


def _rows(counts: Counts) -> list[ShareRow]:
    metrics, total = digit_metrics(counts), int(counts.sum())
    rows = []
    for digit, entry in enumerate(metrics):
        shares = entry.precision, entry.recall, entry.f1
        rows.append(_row(str(digit), shares, entry.support, (f"{entry.support:,}", _rival(counts, digit))))
    mean = macro_average(metrics) if total else None
    shares = (None, None, None) if mean is None else (mean.precision, mean.recall, mean.f1)
    # The mean has as many decimals as the metrics of one digit.
    rows.append(_row("Mean", shares, total // CLASS_COUNT, (f"{total:,}", ""), is_strong=True))
    return rows


def _row(
    name: str, shares: tuple[float | None, ...], count: int, rest: tuple[str, ...], *, is_strong: bool = False
) -> ShareRow:
    texts = (NO_VALUE if share is None else percent(share, count) for share in shares)
    return ShareRow((name, *texts, *rest), (None, *shares, None, None), is_strong=is_strong)


def _rival(counts: Counts, digit: int) -> str:
    """Return the most frequent wrong prediction for a digit."""
    mistakes = counts[digit].copy()
    mistakes[digit] = 0
    number = int(mistakes.max())
    return f"{int(mistakes.argmax())}, {times(number)}" if number else NO_VALUE
