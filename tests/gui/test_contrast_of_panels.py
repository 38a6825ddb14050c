"""Contrast of all texts of all panels, in both themes, from rendered pixels (WCAG 2.2, level AA)."""

import pytest
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from digitlab.gui import theme
from digitlab.gui.theme import ColourScheme
from digitlab.gui.widgets.label import RichLabel
from tests.helpers.contrast import TEXT, faint_labels, painted_contrasts
from tests.helpers.panels import filled_window, walk


def test_every_text_of_every_panel_is_readable(qapp):
    with filled_window() as window:
        window.resize(1280, 800)
        for scheme in (ColourScheme.LIGHT, ColourScheme.DARK):
            theme.apply_scheme(qapp, scheme)
            for name in walk(window):
                found = list(painted_contrasts(window))
                assert [(scheme, name, *one) for one in found if one[1] < TEXT] == []
                assert [(scheme, name, text) for text in faint_labels(window)] == []


@pytest.mark.parametrize(("colour", "is_found"), [("#6e6e6e", False), ("#a0a0a0", True)])
def test_a_faint_text_that_is_painted_or_in_a_label_is_found(qtbot, colour, is_found):
    class Painting(QWidget):
        def paintEvent(self, event):
            painter = QPainter(self)
            painter.fillRect(self.rect(), QColor("#ffffff"))
            painter.setPen(QColor(colour))
            painter.drawText(self.rect(), "Softmax")
            painter.end()

    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    label = QLabel("Softmax")
    label.setStyleSheet(f"color: {colour}; background: #ffffff")
    row.addWidget(label)
    row.addWidget(Painting())
    window.resize(300, 60)
    window.show()
    qtbot.waitExposed(window)
    assert any(found < TEXT for _, found in painted_contrasts(window)) is is_found
    assert bool(faint_labels(window)) is is_found


@pytest.mark.parametrize(("colour", "is_found"), [("#6e6e6e", False), ("#a0a0a0", True)])
def test_a_faint_part_of_a_rich_text_is_found(qtbot, colour, is_found):
    window = QWidget()
    qtbot.addWidget(window)
    label = RichLabel()
    QHBoxLayout(window).addWidget(label)
    label.setStyleSheet("color: #000000; background: #ffffff")
    label.setText(f'Softmax <span style="color: {colour}">healthy</span>')
    window.show()
    qtbot.waitExposed(window)
    assert bool(faint_labels(window)) is is_found
