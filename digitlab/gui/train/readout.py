"""The values under the pointer, in a small card on the plot."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QLabel, QWidget

from digitlab.gui import theme
from digitlab.gui.train.curves import ACCURACY, Quantity, Reading

_GAP_PX: Final = 12


class Readout(QLabel):
    """Names and numbers of one batch; lets the pointer through."""

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

    def write(self, reading: Reading) -> None:
        """Write the values of a batch."""
        self.setText(readout_text(reading, self._quantity))
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


def readout_text(reading: Reading, quantity: Quantity) -> str:
    """Return the values under the pointer as rich text: a table of names and numbers."""
    validation = "after the epoch" if reading.validation is None else quantity.write(reading.validation)
    rows = (
        ("step", f"{reading.step:,}"),
        (f"batch {quantity.name}", quantity.write(reading.batch)),
        (f"epoch {reading.epoch} {quantity.name}", quantity.write(reading.training)),
        ("validation", validation),
    )
    cells = "".join(f"<tr><td>{name}&nbsp;&nbsp;</td><td align='right'><b>{text}</b></td></tr>" for name, text in rows)
    return f"<table cellspacing='0' style='font-size:{theme.FONT_SMALL_PX}px'>{cells}</table>"
