"""The colours and texts of a confusion matrix: pure functions of its counts."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.digit import CLASS_COUNT
from digitlab.evaluation.confusion import Counts
from digitlab.words.numbers import percent, times

Cell = tuple[int, int]
"""The true and the predicted digit."""

FAINTEST: Final = 0.12
"""Share of the colour in a cell with a single mistake; it must be visible."""

STRONGEST: Final = 0.9
_IS_CORRECT: Final = np.eye(CLASS_COUNT, dtype=bool)


def rates_of(counts: Counts) -> NDArray[np.float64]:
    """Return each count as a share of its row, 0..1, shape (10, 10)."""
    rates: NDArray[np.float64] = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return rates


def off_diagonal(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a matrix, shape (10, 10), with zeros on its diagonal."""
    return np.where(_IS_CORRECT, 0.0, values)


def strengths(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the colour intensity of each cell; the diagonal and the rest have separate scales.

    Args:
        values: Counts or rates, shape (10, 10), 0 or more.

    Returns:
        Shape (10, 10): 0 for empty cells, else ``FAINTEST`` to ``STRONGEST``.
    """
    roots = np.zeros_like(values)
    for part in (_IS_CORRECT, ~_IS_CORRECT):
        largest = values[part].max()
        if largest > 0:
            # Square roots: next to a hundred mistakes of one kind, five of another still differ from one.
            roots[part] = np.sqrt(values[part] / largest)
    return np.where(values > 0, FAINTEST + (STRONGEST - FAINTEST) * roots, 0.0)


def matrix_text(counts: Counts, cell: Cell | None) -> str:
    """Return the text of a cell, or of the whole matrix; empty for an empty matrix.

    Args:
        counts: Shape (10, 10): rows are true digits, columns predicted digits.
        cell: The cell, or None.
    """
    if not counts.any():
        return ""
    if cell is None:
        mistakes = np.where(_IS_CORRECT, 0, counts)
        if not mistakes.any():
            return "All predictions are correct."
        true, answer = divmod(int(mistakes.argmax()), CLASS_COUNT)
        return f"Most frequent mistake: {true} classified as {answer}, {times(int(mistakes.max()))}."
    true, answer = cell
    number, whole = int(counts[cell]), int(counts[true].sum())
    if not whole:
        return f"No image shows a {true}."
    what = f"{true} classified {'correctly' if true == answer else f'as {answer}'}"
    if not number:
        return f"{what}: never."
    return f"{what}: {times(number)}, {percent(number / whole, whole)} of all {true}s."


def rate_text(rate: float) -> str:
    """Return the share of a row in percent, short enough for a cell."""
    return percent(rate, decimals=1).removesuffix(" %")
