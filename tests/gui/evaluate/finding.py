"""Finding what is on the panel, and its pages."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTabWidget


def text(panel, name):
    """Return what a label says, or nothing if it is out of sight."""
    label = panel.findChild(QLabel, name)
    return label.text() if label.isVisible() else ""


def texts(panel):
    """Return what all labels in sight say."""
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


def open_page(panel, title):
    """Click a page's tab."""
    bar = panel.findChild(QTabWidget, "evaluatePages").tabBar()
    index = next(index for index in range(bar.count()) if bar.tabText(index) == title)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(index).center())
