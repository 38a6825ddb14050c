"""Drawings selected from a table equal the originals."""

import numpy as np

from digitlab.data.builtin import random_drawing
from digitlab.data.drawing.raster import render_ink, render_many
from digitlab.data.drawing.strokes import Drawing
from digitlab.training.examples.drawing_table import DrawingTable


def test_selected_drawings_are_rendered_unchanged():
    rng = np.random.default_rng(0)
    drawings = [*(random_drawing(index % 10, rng) for index in range(20)), Drawing()]
    which = np.array([20, 3, 3, 19, 0, 8])
    table = DrawingTable.of(drawings)
    assert len(table) == 21
    assert np.array_equal(render_ink(table.picked(which).ink()), render_many([drawings[index] for index in which]))


def test_empty_tables_and_empty_selections_work():
    assert render_ink(DrawingTable.of([]).ink()).shape == (0, 28, 28)
    table = DrawingTable.of([random_drawing(3, np.random.default_rng(0))])
    assert len(table.picked(np.empty(0, dtype=np.intp))) == 0
