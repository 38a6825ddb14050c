"""The part of the demo in Explain: every step of the path, every page, and the sliding window moving."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QWidget

from digitlab.gui import theme
from digitlab.gui.app.driver import Driver
from digitlab.gui.explain.pages import PAGES
from digitlab.gui.main_window import MainWindow
from digitlab.gui.theme import ColourScheme

_REST_MS: Final = 300
_SHEET_REST_MS: Final = 120
"""A worked sum is shown at once; maps, images and surveys take longer."""

_SIZE: Final = (1280, 800)
_FRAME_MS: Final = 120
_SPEEDS: Final = (("15 a second", 16), ("60 a second", 76))
"""Of the sliding window, and for how many frames: first so slow that the numbers can be read, then to the end."""

_WIDTH_PX: Final = 720
"""Of the animated picture."""


def picture_explanations(window: MainWindow, driver: Driver, app: QApplication) -> None:
    """Save a picture of the worked sum of each layer and of each page, in both themes, and the sliding window moving.

    Args:
        window: The window, with a network that has been run on a drawing.
        driver: Drives it.
        app: The application, whose theme is changed.
    """
    window.resize(*_SIZE)
    window.actions_by_name["showExplain"].trigger()
    panel = driver.find(QWidget, "explainPanel")
    for scheme in (ColourScheme.LIGHT, ColourScheme.DARK):
        theme.apply_scheme(app, scheme)
        QTest.mouseClick(driver.find(QPushButton, PAGES[0][0]), Qt.MouseButton.LeftButton)
        driver.rest(_REST_MS)
        for button in _steps(panel):
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            driver.rest(_SHEET_REST_MS)
            layer = button.text().removeprefix("› ").partition(" ")[0]
            driver.picture(f"explain-{layer}-{scheme}-{_SIZE[0]}x{_SIZE[1]}")
        QTest.mouseClick(_steps(panel)[1], Qt.MouseButton.LeftButton)
        for name, text, _ in PAGES[1:]:
            QTest.mouseClick(driver.find(QPushButton, name), Qt.MouseButton.LeftButton)
            driver.rest(_REST_MS)
            driver.picture(f"{text.lower().replace(' ', '-')}-{scheme}-{_SIZE[0]}x{_SIZE[1]}")
    theme.apply_scheme(app, ColourScheme.LIGHT)
    _animate(driver, panel)


def _steps(panel: QWidget) -> list[QToolButton]:
    """Return the buttons of the path, from the input to the loss."""
    buttons = [one for one in panel.findChildren(QToolButton) if one.objectName().startswith("explainStep")]
    return sorted((one for one in buttons if one.isVisible()), key=lambda one: int(one.objectName()[11:]))


def _animate(driver: Driver, panel: QWidget) -> None:
    """Save the sliding window moving over the drawing."""
    QTest.mouseClick(driver.find(QPushButton, "explainSlide"), Qt.MouseButton.LeftButton)
    page = driver.find(QWidget, "slidePage")
    QTest.mouseClick(driver.find(QToolButton, "slideRestart"), Qt.MouseButton.LeftButton)
    play = driver.find(QToolButton, "slidePlay")
    QTest.mouseClick(play, Qt.MouseButton.LeftButton)
    frames: list[QImage] = []
    for speed, count in _SPEEDS:
        driver.choose("slideSpeed", speed)
        frames += driver.frames(page, count=count, frame_ms=_FRAME_MS, width=_WIDTH_PX)
    QTest.mouseClick(play, Qt.MouseButton.LeftButton)
    driver.animation("sliding-window", frames, _FRAME_MS)
