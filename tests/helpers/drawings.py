"""Drawings for tests."""

from collections.abc import Sequence

import numpy as np

from digitlab.data.drawing.geometry import bounds
from digitlab.data.drawing.strokes import Drawing, Stroke


def side_by_side(drawings: Sequence[Drawing], gap: float = 0.3) -> Drawing:
    """Put drawings side by side, each of height 1, with gaps as a share of their height."""
    strokes, right = [], 0.0
    for drawing in drawings:
        box = bounds(drawing)
        assert box is not None
        scale = 1.0 / (box[3] - box[1])
        for stroke in drawing.strokes:
            points = stroke.points.copy()
            points[:, :2] = (points[:, :2] - box[:2]) * scale + np.array([right, 0.0])
            strokes.append(Stroke.of(points))
        right += (box[2] - box[0]) * scale + gap
    return Drawing(tuple(strokes))
