"""Finding labels and pages of the panel."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTabWidget


def text(panel, name):
    """Return the text of a label; empty while it is hidden."""
    label = panel.findChild(QLabel, name)
    return label.text() if label.isVisible() else ""


def texts(panel):
    """Return the texts of all visible labels."""
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def open_page(panel, title):
    """Click a page's tab."""
    bar = panel.findChild(QTabWidget, "evaluatePages").tabBar()
    index = next(index for index in range(bar.count()) if bar.tabText(index) == title)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(index).center())
