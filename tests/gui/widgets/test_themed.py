"""Widgets that restyle themselves after their construction."""

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QFrame, QLabel

from digitlab.gui.widgets.themed import Themed


class Framed(Themed, QFrame):
    def __init__(self):
        super().__init__()
        self.colours = []
        font = self.font()
        font.setPixelSize(31)
        self.setFont(font)
        self.label = QLabel(self)
        self.follow_theme()

    def restyle(self):
        self.colours.append(self.palette().color(QPalette.ColorRole.Window).name())


def test_a_widget_is_restyled_when_complete_and_on_every_change(qtbot):
    framed = Framed()
    qtbot.addWidget(framed)
    assert len(framed.colours) == 1
    palette = QPalette(framed.palette())
    palette.setColor(QPalette.ColorRole.Window, QColor("#123456"))
    framed.setPalette(palette)
    assert framed.colours[1:] == ["#123456"]
    font = framed.font()
    font.setPixelSize(37)
    framed.setFont(font)
    assert len(framed.colours) == 3
