"""A painted grid of cells: its numbers, its outlines, and what is not filled yet."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter, QPixmap
from PySide6.QtWidgets import QApplication

from digitlab.gui import theme
from digitlab.gui.explain.slide.arrangement import Pane
from digitlab.gui.explain.slide.cell_grid import CellGrid
from digitlab.gui.maps.atlas import colour_tables
from digitlab.gui.maps.cell_painter import _fitting, _ink
from digitlab.gui.maps.cells import Cells
from digitlab.gui.maps.colours import Colours
from tests.helpers.contrast import TEXT, contrasts


@pytest.fixture
def painter(qapp):
    picture = QPixmap(10, 10)
    painter = QPainter(picture)
    painter.setFont(theme.small_font(QFont(qapp.font())))
    yield painter
    painter.end()


def cells(values, colours=Colours.DIVERGING, **marks):
    values = np.array(values, np.float32)
    return Cells(values, colours, float(np.abs(values).max()), **marks)


def texts(painter, values, wide):
    return [[text for text, _ in line] for line in _fitting(painter, cells(values), wide)[0]]


def test_numbers_have_the_decimals_that_fit(painter):
    values = [[0.084, -0.031], [0, 0.0002]]
    assert texts(painter, values, 60) == [["0.084", "−0.031"], ["0", "0.0002"]]
    assert texts(painter, values, 33) == [["0.08", "−0.03"], ["0", "≈0"]]


def test_a_number_is_never_called_almost_zero_that_is_not(painter):
    assert texts(painter, [[-1213.0, 0.5]], 32)[0][0] == "…"
    for wide in (32, 34, 40):
        assert texts(painter, [[-0.25, 0.11]], wide) == [["−0.25", "0.11"]]


@pytest.mark.parametrize("colours", Colours)
@pytest.mark.parametrize("scheme", [theme.ColourScheme.LIGHT, theme.ColourScheme.DARK])
def test_numbers_contrast_with_every_colour(qapp, colours, scheme):
    theme.apply_scheme(qapp, scheme)
    for rgb in colour_tables(QApplication.palette()).tables[colours]:
        behind = np.array([[rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255]], np.uint8)
        ink = np.array([_ink(rgb).getRgb()[:3]], np.uint8)
        assert contrasts(ink, behind)[0] >= TEXT


@pytest.fixture
def grid(qtbot):
    grid = CellGrid("grid", "Grid", "A grid.")
    qtbot.addWidget(grid)
    grid.place(Pane(0, 0, 150, 150, (20.0, 20.0)), has_legend=True)
    grid.show_cells(cells(np.full((4, 5), 1.0), Colours.SEQUENTIAL), "caption")
    grid.show()
    qtbot.waitExposed(grid)
    return grid


def colour_at(grid, cell):
    place = grid.rect_of_cell(cell).center().toPoint()
    image = grid.grab().toImage()
    return image.pixelColor(place).getRgb()[:3]


def test_cells_that_are_not_filled_are_empty(grid):
    whole, empty = colour_at(grid, (0, 0)), QApplication.palette().color(theme.SURFACE).getRgb()[:3]
    assert colour_at(grid, (3, 4)) == whole != empty
    grid.set_filled(7)
    assert [colour_at(grid, cell) == whole for cell in ((0, 4), (1, 1), (1, 2), (3, 0))] == [True, True, False, False]
    assert colour_at(grid, (1, 2)) == empty
    grid.set_filled(None)
    assert colour_at(grid, (3, 4)) == whole


def test_the_window_is_outlined_where_it_is_between_cells_too(grid):
    before = grid.grab().toImage()
    grid.set_window(QRectF(0.5, 0.5, 2, 2))
    after = grid.grab().toImage()
    corner = grid.rect_of_cell((0, 0)).center().toPoint()
    assert after.pixelColor(corner).getRgb() == theme.MARK.getRgb() != before.pixelColor(corner).getRgb()


def test_padding_and_skipped_cells_look_different(grid):
    padding, skipped = np.zeros((4, 5), np.bool_), np.zeros((4, 5), np.bool_)
    padding[0, 0] = skipped[3, 4] = True
    plain = grid.grab().toImage()
    grid.show_cells(cells(np.full((4, 5), 1.0), Colours.SEQUENTIAL, padding=padding, skipped=skipped), "caption")
    marked = grid.grab().toImage()
    for cell, is_other in (((0, 0), True), ((3, 4), True), ((1, 1), False)):
        place = grid.rect_of_cell(cell).toAlignedRect()
        assert (plain.copy(place) != marked.copy(place)) is is_other


def test_points_outside_the_cells_are_no_cell(grid):
    assert grid.cell_at(grid.rect_of_cell((2, 3)).center()) == (2, 3)
    assert grid.cell_at(QPointF(1, 1)) is None
    assert grid.cell_at(QPointF(140, 60)) is None


def test_the_same_cells_are_not_painted_again(grid):
    grid.grab()
    picture = grid._picture
    grid.show_cells(cells(np.full((4, 5), 1.0), Colours.SEQUENTIAL), "caption")
    assert grid._picture is picture
    grid.show_cells(cells(np.full((4, 5), 2.0), Colours.SEQUENTIAL), "caption")
    assert grid._picture is None
