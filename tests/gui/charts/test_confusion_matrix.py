"""The confusion matrix with mouse and keys."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from digitlab.gui.charts.confusion_matrix import ConfusionMatrix
from tests.helpers.pixels import colour_at, colour_in


@pytest.fixture
def matrix(qtbot):
    """A matrix of 9,000 correct predictions and a few mistakes, without any 9."""
    counts = np.diag([1000] * 9 + [0]).astype(np.int64)
    counts[4, 9], counts[2, 7] = 12, 1
    matrix = ConfusionMatrix()
    qtbot.addWidget(matrix)
    matrix.resize(420, 460)
    matrix.show_counts(counts)
    matrix.show()
    qtbot.waitExposed(matrix)
    return matrix


@pytest.fixture
def commands(matrix):
    """The signals that the matrix emitted."""
    commands = []
    matrix.cell_chosen.connect(lambda true, answer: commands.append((true, answer)))
    matrix.choice_ended.connect(lambda: commands.append(None))
    return commands


def middle(matrix, cell):
    return matrix.cell_rect(cell).center().toPoint()


def click(matrix, cell):
    QTest.mouseClick(matrix, Qt.MouseButton.LeftButton, pos=middle(matrix, cell))


def colour(matrix, cell):
    """Return the colour of a cell, beside its number."""
    place = matrix.cell_rect(cell).topLeft().toPoint() + QPoint(4, 4)
    return colour_at(matrix, place)


def test_a_click_selects_a_cell_and_another_clears_the_selection(matrix, commands):
    click(matrix, (4, 9))
    assert matrix.chosen == (4, 9)
    click(matrix, (4, 4))
    click(matrix, (4, 4))
    assert commands == [(4, 9), (4, 4), None]
    assert matrix.chosen is None


def test_an_empty_cell_cannot_be_selected(matrix, commands):
    click(matrix, (0, 1))
    assert commands == []


def test_keys_move_from_cell_to_cell(matrix, commands):
    matrix.setFocus()
    QTest.keyClick(matrix, Qt.Key.Key_Down)
    for _ in range(4):
        QTest.keyClick(matrix, Qt.Key.Key_Down)
    QTest.keyClick(matrix, Qt.Key.Key_End)
    QTest.keyClick(matrix, Qt.Key.Key_Return)
    QTest.keyClick(matrix, Qt.Key.Key_Escape)
    assert commands == [(4, 9), None]


def test_pointing_reads_a_cell(matrix):
    assert matrix.readout == "Most frequent mistake: 4 classified as 9, 12 times."
    QTest.mouseMove(matrix, middle(matrix, (2, 7)))
    assert matrix.readout == "2 classified as 7: once, 0.1 % of all 2s."
    assert matrix.accessibleDescription() == matrix.readout
    QTest.mouseMove(matrix, middle(matrix, (3, 3)))
    assert matrix.readout == "3 classified correctly: 1,000 times, 100 % of all 3s."
    QTest.mouseMove(matrix, middle(matrix, (9, 4)))
    assert matrix.readout == "No image shows a 9."
    QTest.mouseMove(matrix, middle(matrix, (3, 8)))
    assert matrix.readout == "3 classified as 8: never."


def test_one_mistake_among_thousands_is_visible(matrix):
    empty, rare, frequent = (colour(matrix, cell) for cell in ((0, 1), (2, 7), (4, 9)))
    assert rare.blue() < empty.blue() - 30
    assert frequent.blue() < rare.blue() - 30
    # Correct predictions have another colour.
    assert colour(matrix, (3, 3)).blue() > 150 > colour(matrix, (3, 3)).red()


def test_rates_replace_counts(matrix):
    before = matrix.grab().toImage()
    matrix.show_rates(True)
    assert matrix.grab().toImage() != before
    matrix.show_rates(False)
    assert matrix.grab().toImage() == before


def test_an_empty_matrix_and_one_without_mistakes_are_shown(matrix):
    matrix.show_counts(None)
    matrix.grab()
    assert matrix.readout == ""
    matrix.show_counts(np.eye(10, dtype=np.int64))
    assert matrix.readout == "All predictions are correct."


def test_the_legend_is_not_cut_off_where_the_matrix_is_narrow(matrix):
    matrix.show_counts(np.full((10, 10), 1448))
    for width in range(330, 350):
        matrix.resize(width, 276)
        picture = matrix.grab().toImage()
        top = round(matrix.cell_rect((9, 0)).bottom()) + 5
        assert len({colour_in(picture, width - 1, y).name() for y in range(top, top + 18)}) == 1
