"""Where the points of a map are on screen, and which of them is near a place or in a direction. Without Qt."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.float64]
"""Positions on screen, shape (n, 2): x to the right and y down, in pixels."""

MOST_ZOOM: Final = 40.0

_LEAST_EXTENT: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Frame:
    """How positions on a map become positions on screen: the same scale along both axes, y up.

    Attributes:
        scale: Pixels per unit of the map, without the zoom.
        centre: The position on the map that is in the middle of the screen, without the zoom.
        middle: The middle of the screen, in pixels.
        zoom: How much larger the map is shown, at least 1.
        shift: How far the zoomed map is moved, in pixels.
    """

    scale: float
    centre: tuple[float, float]
    middle: tuple[float, float]
    zoom: float = 1.0
    shift: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def around(cls, points: NDArray[np.floating], width: float, height: float, margin: float) -> "Frame":
        """Return the frame in which all points are visible.

        Args:
            points: Positions on the map, shape (n, 2).
            width: The width of the screen, in pixels.
            height: Its height.
            margin: The space to leave at each edge, in pixels.
        """
        middle = (width / 2, height / 2)
        if not len(points):
            return cls(1.0, (0.0, 0.0), middle)
        low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
        extent = np.maximum(high - low, _LEAST_EXTENT)
        free = np.maximum(np.array([width, height]) - 2 * margin, 1.0)
        centre = (low + high) / 2
        return cls(float((free / extent).min()), (float(centre[0]), float(centre[1])), middle)

    def zoomed_like(self, other: "Frame") -> "Frame":
        """Return this frame with the zoom of another."""
        return replace(self, zoom=other.zoom, shift=other.shift)

    def zoomed(self, factor: float, place: tuple[float, float]) -> "Frame":
        """Return a frame that is zoomed in or out around a place on screen, which stays where it is."""
        zoom = min(max(self.zoom * factor, 1.0), MOST_ZOOM)
        ratio = zoom / self.zoom
        offset = np.array(place) - self.middle
        shift = offset - ratio * (offset - np.array(self.shift))
        return replace(self, zoom=zoom)._moved_to(shift)

    def moved(self, across: float, down: float) -> "Frame":
        """Return a frame that is moved by some pixels, but not away from the map."""
        return self._moved_to(np.array(self.shift) + np.array([across, down]))

    def _moved_to(self, shift: NDArray[np.float64]) -> "Frame":
        limit = (self.zoom - 1) * np.array(self.middle)
        across, down = np.clip(shift, -limit, limit)
        return replace(self, shift=(float(across), float(down)))

    def to_screen(self, points: NDArray[np.floating]) -> Places:
        """Return positions on screen, given positions on the map, shape (..., 2)."""
        flipped = (points - np.array(self.centre)) * np.array([1.0, -1.0])
        return np.asarray(flipped * (self.scale * self.zoom) + np.array(self.middle) + np.array(self.shift))


def nearest(places: Places, shown: NDArray[np.bool_], place: tuple[float, float], reach: float) -> int | None:
    """Return the point that is nearest to a place, if one is within reach.

    Args:
        places: The points on screen, shape (n, 2).
        shown: Which of them are visible, shape (n,).
        place: The place on screen.
        reach: The largest distance, in pixels.
    """
    if not shown.any():
        return None
    squares = np.where(shown, np.square(places - np.array(place)).sum(axis=1), np.inf)
    best = int(squares.argmin())
    return best if squares[best] <= reach**2 else None


def next_in_direction(
    places: Places, shown: NDArray[np.bool_], start: tuple[float, float], direction: tuple[int, int]
) -> int | None:
    """Return the nearest point in a direction: within 45° of it, or else anywhere on that side.

    Args:
        places: The points on screen, shape (n, 2).
        shown: Which of them are visible, shape (n,).
        start: Where to start, on screen.
        direction: (1, 0) is to the right, (0, 1) down.
    """
    steps = places - np.array(start)
    along = steps @ np.array(direction, float)
    across = np.abs(steps @ np.array([-direction[1], direction[0]], float))
    ahead = shown & (along > _LEAST_EXTENT)
    for candidates in (ahead & (across <= along), ahead):
        if candidates.any():
            return int(np.where(candidates, np.hypot(along, across), np.inf).argmin())
    return None
