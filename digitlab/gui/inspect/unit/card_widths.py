"""The widths of the pictures in the detail card. Pure computation, without Qt."""

from dataclasses import dataclass
from typing import Final

from digitlab.gui import theme
from digitlab.gui.maps.tile_grid import CAPTION, LEGEND, NARROWEST

WEIGHTS_SHARE: Final = 0.22
"""Share of the card's width for the weights beside a map, or more if it is spare; without a map twice as much."""
CLOSE_UP_SHARE: Final = 0.62
"""Side of the enlarged kernel relative to the card's height."""
FACTS_COMFORTABLE: Final = 440
"""Width in which the lines about a unit need not be wrapped."""
FACTS_SMALLEST: Final = 250
"""Width that the buttons below those lines need."""
HISTOGRAM_SHARE: Final = 0.14
HISTOGRAM_NARROWEST: Final = 136
HISTOGRAMS_FROM_PX: Final = 720
CLOSE_UP_FROM_PX: Final = 860
"""In a narrower card the sum and the buttons need the space of histograms and enlarged kernel."""
BESIDE_FROM_PX: Final = 1200
"""In a wider card the histograms stand side by side, otherwise one below the other."""


@dataclass(frozen=True, slots=True)
class CardWidths:
    """Widths in pixels.

    Attributes:
        weights: Of the weights, at most.
        close_up: Side of the enlarged kernel; 0 if there is no space for it.
        histogram: Of one histogram; 0 if there is no space for it.
        is_beside: Whether the histograms stand side by side.
    """

    weights: float
    close_up: float
    histogram: int
    is_beside: bool


def card_widths(width: float, height: float, *, has_map: bool) -> CardWidths:
    """Divide the width of the card.

    Args:
        width: Width of the card.
        height: Height for the pictures, with their captions and legends.
        has_map: Whether the card shows an enlarged map.
    """
    has_histograms, has_close_up = width >= HISTOGRAMS_FROM_PX, width >= CLOSE_UP_FROM_PX
    is_beside = width >= BESIDE_FROM_PX
    histogram = round(max(width * HISTOGRAM_SHARE, HISTOGRAM_NARROWEST)) if has_histograms else 0
    close_up = height * CLOSE_UP_SHARE if has_close_up else 0.0
    parts = [
        2 * theme.SPACE_M,
        max(height - CAPTION - LEGEND, NARROWEST) + theme.SPACE_M if has_map else 0,
        max(close_up, NARROWEST) + theme.SPACE_M if has_close_up else 0,
        (histogram + theme.SPACE_M) * (2 if is_beside else 1) if has_histograms else 0,
        theme.SPACE_M,
    ]
    spare = width - sum(parts)
    wanted = width * WEIGHTS_SHARE * (1 if has_map else 2)
    weights = min(max(wanted, spare - FACTS_COMFORTABLE), spare - FACTS_SMALLEST)
    return CardWidths(max(weights, NARROWEST), close_up, histogram, is_beside)
