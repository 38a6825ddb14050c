"""The part of the demo in the lessons: the list, a question answered wrongly, and the same answered correctly."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from digitlab.gui import theme
from digitlab.gui.app.driver import Driver
from digitlab.gui.main_window import MainWindow
from digitlab.gui.theme import ColourScheme

_REST_MS: Final = 300
_SIZE: Final = (1280, 800)
_LESSON: Final = "lesson1"
"""The button of the second lesson, on filters."""

_WRONG, _RIGHT = "5", "5 x 5"


def picture_lessons(window: MainWindow, driver: Driver, app: QApplication) -> None:
    """Save pictures of the lessons in both themes.

    Args:
        window: The window.
        driver: Drives it.
        app: The application, whose theme is changed.
    """
    window.resize(*_SIZE)
    window.actions_by_name["lessons"].trigger()
    driver.rest(_REST_MS)
    driver.picture(f"lessons-{ColourScheme.LIGHT}-{_SIZE[0]}x{_SIZE[1]}")
    QTest.mouseClick(driver.find(QPushButton, _LESSON), Qt.MouseButton.LeftButton)
    title = driver.find(QWidget, "lessonStepTitle")
    driver.wait(title.isVisible, "The lesson does not begin.")
    driver.rest(_REST_MS)
    for scheme, answer in ((ColourScheme.DARK, _WRONG), (ColourScheme.LIGHT, _RIGHT)):
        theme.apply_scheme(app, scheme)
        driver.type_text("lessonAnswer", answer)
        driver.rest(_REST_MS)
        driver.picture(f"lesson-{scheme}-{_SIZE[0]}x{_SIZE[1]}")
    window.features.lessons.close()
