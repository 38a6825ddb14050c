"""The values under the pointer, in a small card on the plot."""

import html
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QLabel, QWidget

from digitlab.gui import theme
from digitlab.gui.charts.curves import ACCURACY, Quantity, Reading

_GAP_PX: Final = 12


class Readout(QLabel):
    """Names and numbers of one batch, or of one of each run; lets the pointer through."""

    def __init__(self, quantity: Quantity, parent: QWidget) -> None:
        """Say nothing yet."""
        super().__init__(parent)
        self._plot = parent
        self._quantity = quantity
        self.setObjectName(f"{quantity.name}Readout")
        self.setProperty("card", True)
        self.setContentsMargins(theme.SPACE_S, theme.SPACE_XS, theme.SPACE_S, theme.SPACE_XS)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def write(self, reading: Reading | None, compared: Reading | None, names: tuple[str, str]) -> None:
        """Write the values of a batch of the run and of the one beside it.

        Args:
            reading: The run's, or None where it has none.
            compared: The other run's, or None where it has none.
            names: What the runs are called; the second is empty if there is no other.
        """
        self.setText(readout_text(reading, compared, names, self._quantity))
        self.adjustSize()

    def place(self, x: float, field: QRectF) -> None:
        """Stand beside a position, where the curves are not: losses fall, accuracies rise.

        Args:
            x: The position in pixels of the plot.
            field: Where the curves are, in the same pixels.
        """
        right = x + _GAP_PX
        fits = right + self.width() <= self._plot.width()
        low = field.bottom() - self.height() - theme.SPACE_S
        top = low if self._quantity is ACCURACY else theme.SPACE_S
        self.move(round(right if fits else x - _GAP_PX - self.width()), round(top))


def readout_text(reading: Reading | None, compared: Reading | None, names: tuple[str, str], quantity: Quantity) -> str:
    """Return the values under the pointer as rich text: a table of names and numbers, a column for each run."""
    epoch = next(one.epoch for one in (reading, compared) if one is not None)
    rows = ["step", f"batch {quantity.name}", f"epoch {epoch} {quantity.name}", "validation"]
    columns = [_column(reading, quantity)] if names[0] or not names[1] else []
    if names[1]:
        columns.append(_column(compared, quantity))
        rows.insert(0, "")
        for column, name in zip(columns, [name for name in names if name], strict=True):
            column.insert(0, html.escape(name))
    cells = "".join(
        f"<tr><td>{row}&nbsp;&nbsp;</td>{''.join(f'<td align=right><b>&nbsp;{text}</b></td>' for text in texts)}</tr>"
        for row, *texts in zip(rows, *columns, strict=True)
    )
    return f"<table cellspacing='0' style='font-size:{theme.FONT_SMALL_PX}px'>{cells}</table>"


def _column(reading: Reading | None, quantity: Quantity) -> list[str]:
    """Return step, batch, epoch so far and validation as text; dashes where a run has nothing to read."""
    if reading is None:
        return ["–"] * 4
    values = (reading.batch, reading.training, reading.validation)
    # Escaped, because a small share reads "<0.01 %".
    texts = ["after the epoch" if value is None else html.escape(quantity.write(value)) for value in values]
    return [f"{reading.step:,}", *texts]
