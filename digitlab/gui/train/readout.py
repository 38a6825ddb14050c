"""The values under the pointer, as text."""

from digitlab.gui.charts.curves import Quantity, Reading
from digitlab.gui.charts.epoch_plot import readout_table
from digitlab.gui.widgets.label import escaped
from digitlab.words.numbers import NO_VALUE


def readout_text(reading: Reading | None, compared: Reading | None, names: tuple[str, str], quantity: Quantity) -> str:
    """Return the values of one batch of each run as rich text: a table of names and numbers, with one column per run.

    Args:
        reading: The values of the run, or None if it has none there.
        compared: The values of the compared run, or None if it has none there.
        names: The names of both runs; the second is empty without a comparison, the first if only that is shown.
        quantity: What is plotted.
    """
    epoch = next(one.epoch for one in (reading, compared) if one is not None)
    rows = [["step"], [f"batch {quantity.name}"], [f"epoch {epoch} {quantity.name}"], ["validation"]]
    columns = [_column(reading, quantity)] if names[0] or not names[1] else []
    if names[1]:
        columns.append(_column(compared, quantity))
        rows.insert(0, [""])
        for column, name in zip(columns, [name for name in names if name], strict=True):
            column.insert(0, escaped(name))
    return readout_table([row + list(texts) for row, *texts in zip(rows, *columns, strict=True)])


def _column(reading: Reading | None, quantity: Quantity) -> list[str]:
    """Return step, batch, epoch so far and validation as text; dashes where a run has no values."""
    if reading is None:
        return [NO_VALUE] * 4
    values = (reading.batch, reading.training, reading.validation)
    # Escaped, because a small share is written "<0.01 %".
    texts = ["after the epoch" if value is None else escaped(quantity.write(value)) for value in values]
    return [f"{reading.step:,}", *texts]
