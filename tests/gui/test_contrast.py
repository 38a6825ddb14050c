"""Readable text in both themes: contrast computed from rendered pixels (WCAG 2.2, success criterion 1.4.3, AA)."""

from collections import Counter

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QMenu

from digitlab.gui import theme
from digitlab.gui.theme import ColourScheme
from digitlab.gui.widgets.fields import ChoiceBox

LEAST = 4.5
"""Least contrast of text that is not large."""


def luminance(rgb):
    """Return the relative luminance of a colour, 0..1 (WCAG 2.2)."""
    parts = [part / 255 for part in rgb]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(image):
    """Return the contrast between the most frequent colour of an image and the one that differs most from it."""
    colours = Counter(image.pixelColor(x, y).getRgb()[:3] for x in range(image.width()) for y in range(image.height()))
    background = luminance(colours.most_common(1)[0][0])
    return max(
        (max(background, light) + 0.05) / (min(background, light) + 0.05)
        for light in (luminance(colour) for colour in colours)
    )


def test_contrast_is_that_of_black_and_white():
    assert (luminance((255, 255, 255)) + 0.05) / (luminance((0, 0, 0)) + 0.05) == pytest.approx(21)


@pytest.fixture(params=[ColourScheme.LIGHT, ColourScheme.DARK])
def scheme(request, qapp):
    theme.apply_scheme(qapp, request.param)
    return request.param


def test_every_entry_of_a_drop_down_is_readable(qtbot, scheme):
    box = ChoiceBox()
    qtbot.addWidget(box)
    for text in ("Tutorial", "Fast", "Pen and paper"):
        box.add_choice(text, text)
    box.resize(200, 30)
    box.show()
    qtbot.waitExposed(box)
    box.showPopup()
    view = box.view()
    qtbot.waitUntil(view.isVisible)
    for row in range(box.count()):
        view.setCurrentIndex(box.model().index(row, 0))
        QApplication.processEvents()
        for shown in range(box.count()):
            place = view.visualRect(box.model().index(shown, 0)).adjusted(2, 2, -2, -2)
            assert contrast(view.viewport().grab(place).toImage()) >= LEAST, (row, shown)
    box.hidePopup()


def test_every_entry_of_a_menu_is_readable(qtbot, scheme):
    menu = QMenu()
    qtbot.addWidget(menu)
    actions = [menu.addAction(text) for text in ("Open", "Save network", "Quit")]
    menu.popup(QPoint(0, 0))
    qtbot.waitExposed(menu)
    for highlighted in actions:
        menu.setActiveAction(highlighted)
        for action in actions:
            place = menu.actionGeometry(action).adjusted(2, 2, -2, -2)
            assert contrast(menu.grab(place).toImage()) >= LEAST, (highlighted.text(), action.text())
    menu.close()
