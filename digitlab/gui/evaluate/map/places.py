"""The points of a map on screen: where they are, and which of them are visible. Without Qt."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.gui.evaluate.map.geometry import Frame, Places, nearest, next_in_direction
from digitlab.gui.evaluate.map.shown import ShownMap

_MARGIN_PX: Final = 16
"""Space around the points, for their digits."""


class PointsOnScreen:
    """The points of a map in a chart of some size.

    Attributes:
        labels: The digit of each point, shape (n,).
        is_own: Which points are own digits, shape (n,).
        is_visible: Which points are not hidden, shape (n,).
        places: Where they are on screen, shape (n, 2), in pixels.
        frame: How positions on the map become positions on screen.
    """

    def __init__(self) -> None:
        """Create a chart without points."""
        self._points: NDArray[np.float32] = np.empty((0, 2), np.float32)
        self._hidden: frozenset[int] = frozenset()
        self._hides_own = False
        self._size = (1, 1)
        self.labels: NDArray[np.uint8] = np.empty(0, np.uint8)
        self.is_own: NDArray[np.bool_] = np.empty(0, np.bool_)
        self.is_visible: NDArray[np.bool_] = np.empty(0, np.bool_)
        self.places: Places = np.empty((0, 2))
        self.frame = Frame.around(self._points, 1, 1, 0)

    def __len__(self) -> int:
        """Return the number of points, visible or not."""
        return len(self.labels)

    def show(self, shown: ShownMap | None) -> None:
        """Take the points of a map, or none; the zoom stays."""
        self._points = np.empty((0, 2), np.float32) if shown is None else shown.points
        self.labels = np.empty(0, np.uint8) if shown is None else shown.labels
        self.is_own = np.arange(len(self.labels)) >= (0 if shown is None else len(shown.found))
        self.hide(self._hidden, hides_own=self._hides_own)
        self.fit(*self._size)

    def hide(self, digits: frozenset[int], *, hides_own: bool) -> None:
        """Hide some digits, and perhaps the own digits."""
        self._hidden, self._hides_own = digits, hides_own
        self.is_visible = ~np.isin(self.labels, list(digits)) & ~(self.is_own & hides_own)

    def fit(self, width: int, height: int) -> None:
        """Fit all points into a chart of some size, in pixels; the zoom stays."""
        self._size = (width, height)
        self.use(Frame.around(self._points, width, height, _MARGIN_PX).zoomed_like(self.frame).moved(0, 0))

    def use(self, frame: Frame) -> None:
        """Show the points in another frame."""
        self.frame = frame
        self.places = frame.to_screen(self._points)

    def place(self, point: int) -> tuple[float, float]:
        """Return where a point is."""
        return float(self.places[point, 0]), float(self.places[point, 1])

    def place_within(self, position: NDArray[np.float32], edge: float) -> tuple[float, float]:
        """Return where a position on the map is on screen, moved to at least ``edge`` pixels within the chart."""
        across, down = self.frame.to_screen(position)
        width, height = self._size
        return (
            float(min(max(across, edge), max(width - edge, edge))),
            float(min(max(down, edge), max(height - edge, edge))),
        )

    def at(self, place: tuple[float, float], reach: float = math.inf) -> int | None:
        """Return the visible point that is nearest to a place, if one is within reach."""
        return nearest(self.places, self.is_visible, place, reach)

    def next(self, point: int, direction: tuple[int, int]) -> int:
        """Return the nearest visible point in a direction, or the point itself if there is none."""
        found = next_in_direction(self.places, self.is_visible, self.place(point), direction)
        return point if found is None else found
