"""Ten colours for ten digits, in both themes; each point also is its digit, so that no meaning depends on them."""

from typing import Final

from PySide6.QtGui import QColor, QPalette

from digitlab.gui import theme

_LIGHT: Final = (
    *("#2355D8", "#D62728", "#2A812A", "#8959BA", "#B45400"),
    *("#7A463C", "#C23A90", "#087E7E", "#677600", "#3F4756"),
)
_DARK: Final = (
    *("#5AA9F0", "#FF6B6B", "#5CCB5C", "#B99AF0", "#FF9F40"),
    *("#C9957F", "#FF85CC", "#3ED0DC", "#C8D04A", "#D5DBE6"),
)
"""After Tableau's ten categorical colours, each with a contrast of at least 4.5 to the surface of its theme."""


def digit_colours(palette: QPalette) -> tuple[QColor, ...]:
    """Return the colours of the digits 0 to 9 in a palette's theme."""
    return tuple(map(QColor, _DARK if theme.is_dark(palette) else _LIGHT))
