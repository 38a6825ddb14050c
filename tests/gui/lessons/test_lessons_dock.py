"""The dock of the lessons: the first offer, where it stands, what is remembered, and own lessons."""

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QProgressBar, QPushButton, QWidget

from digitlab.gui import theme
from digitlab.gui.app.application import make_window, start_up
from digitlab.gui.lessons.text_view import TextView
from digitlab.gui.theme import ColourScheme
from digitlab.gui.train.controller import TrainingController
from digitlab.lessons.reading.shipped import shipped_lessons
from digitlab.system.settings import Settings
from tests.helpers.lesson_player import LessonPlayer
from tests.helpers.panels import settle, wait

PLAIN = {"colour_scheme": "light", "data_source": "builtin"}
FIRST = shipped_lessons()[0]


@pytest.fixture
def started(qtbot, monkeypatch, tmp_path):
    """Opens windows as the program does, with a home of their own."""
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))
    monkeypatch.setattr(TrainingController, "load_tensorflow", lambda controller: None)
    windows = []

    def start(settings, size=(1280, 800)):
        window = make_window(QApplication.instance(), settings)
        qtbot.addWidget(window)
        windows.append(window)
        window.resize(*size)
        window.show()
        start_up(window, None)
        wait(lambda: window.panels.inspect.built is not None)
        settle(300)
        return window

    yield start
    for window in windows:
        window.close()


def offer(window):
    return [one for one in window.findChildren(QPushButton, "messageOption") if one.isVisible()]


def test_the_first_start_offers_the_first_lesson_once(started):
    window = started(Settings(**PLAIN))
    assert "New to neural networks?" in window.messages.text
    start, not_now = offer(window)
    assert (start.text(), not_now.text()) == ("Start lesson 1", "Not now")
    QTest.mouseClick(not_now, Qt.MouseButton.LeftButton)
    settings = window.settings()
    assert settings.lessons == "offered"
    assert window.messages.text == ""
    window.close()
    again = started(settings)
    assert again.messages.text == ""
    assert again.features._lessons is None  # whoever does not want it, pays nothing for it


def test_the_offer_begins_the_first_lesson(started):
    window = started(Settings(**PLAIN))
    QTest.mouseClick(offer(window)[0], Qt.MouseButton.LeftButton)
    player = LessonPlayer(window)
    wait(lambda: player.panel.lesson is not None and window.session.network_name == "Tutorial")
    settle(200)
    assert player.panel.lesson.path == FIRST.path
    assert player.find(QWidget, "lessonStepTitle").text() == player.panel.lesson.steps[0].title


def test_the_lessons_come_back_where_they_were(started):
    window = started(Settings(**PLAIN, lessons="offered"))
    player = LessonPlayer(window)
    window.actions_by_name["lessons"].trigger()
    player.panel.open_lesson(FIRST.path)
    wait(lambda: player.panel._is_begun)
    for _ in range(2):
        player.click("lessonNext")
        settle(150)
    window.features.lessons.setFloating(True)
    settle(50)
    settings = window.settings()
    assert (settings.lessons, settings.lesson) == ("shown", str(FIRST.path))
    window.close()

    again = started(settings)
    player = LessonPlayer(again)
    wait(lambda: again.features._lessons is not None and player.panel.lesson is not None)
    settle(100)
    assert player.is_at(player.panel.lesson.steps[2])
    assert again.features.lessons.isFloating()
    assert again.messages.text == ""
    assert "Set up again" in player.find(QWidget, "lessonTrouble").text()  # the drawing of the step is not kept
    player.click("lessonSetUp")
    settle(300)
    assert again.session.sketch.is_sample
    assert [one for one in player.panel.findChildren(QWidget, "lessonTrouble") if one.isVisible()] == []
    player.click("closeLessonsButton")
    closed = again.settings()
    assert closed.lessons == "closed"
    assert closed.lesson_progress == settings.lesson_progress
    again.close()

    third = started(closed)
    assert third.features._lessons is None
    third.actions_by_name["lessons"].trigger()
    settle(100)
    button = third.features.lessons.panel.findChild(QPushButton, "lesson0")
    assert button.text() == "Go on"


@pytest.mark.parametrize("scheme", [ColourScheme.LIGHT, ColourScheme.DARK])
def test_a_small_window_keeps_its_size_and_its_tabs(window, qapp, scheme):
    theme.apply_scheme(qapp, scheme)
    window.place_dock()
    window.resize(960, 600)
    settle(50)
    tabs = window.panels.width()
    window.actions_by_name["lessons"].trigger()
    settle(100)
    assert (window.width(), window.height()) == (960, 600)
    assert window.panels.width() == tabs
    assert window.features.lessons.isVisible()
    assert window.tabifiedDockWidgets(window.features.lessons) == [window.features.dock]


def test_a_large_window_shows_drawing_and_lessons_beside_each_other(window):
    window.place_dock()
    window.resize(1280, 800)
    settle(50)
    window.actions_by_name["lessons"].trigger()
    settle(100)
    assert window.features.lessons.x() > window.panels.mapTo(window, window.panels.rect().center()).x()
    assert window.draw.canvas.isVisible()
    assert window.panels.width() >= 560


def test_the_lessons_follow_the_size_of_the_window_unless_they_were_moved(window):
    window.place_dock()
    window.resize(1280, 800)
    settle(50)
    window.actions_by_name["lessons"].trigger()
    settle(100)
    dock, drawing = window.features.lessons, window.features.dock
    window.resize(960, 600)
    settle(200)
    assert window.tabifiedDockWidgets(dock) == [drawing]
    assert window.panels.width() >= 560
    window.resize(1280, 800)
    settle(200)
    assert window.tabifiedDockWidgets(dock) == []
    assert window.dockWidgetArea(dock) == Qt.DockWidgetArea.RightDockWidgetArea
    dock.setFloating(True)
    window.resize(960, 600)
    settle(200)
    assert dock.isFloating()
    window.actions_by_name["resetLayout"].trigger()
    settle(100)
    assert window.tabifiedDockWidgets(dock) == [drawing]
    dock.close()
    window.resize(1280, 800)
    settle(100)
    assert dock.isHidden()


def test_every_control_has_a_name_and_a_tooltip_and_can_be_reached(window):
    window.place_dock()
    window.actions_by_name["lessons"].trigger()
    settle(100)
    panel = window.features.lessons.panel
    lessons = [panel.findChild(QPushButton, f"lesson{nth}").accessibleName() for nth in range(len(shipped_lessons()))]
    assert lessons[0] == "Begin: What a convolutional network is"
    panel.open_first()
    wait(lambda: panel._is_begun)
    settle(100)
    controls = [
        one
        for one in panel._view.findChildren(QWidget)
        if one.isVisible() and isinstance(one, QAbstractButton | QLineEdit | QProgressBar)
    ]
    assert len(controls) >= 7
    for one in controls:
        assert one.objectName(), one
        assert one.accessibleName(), one.objectName()
        assert one.toolTip(), one.objectName()
        assert isinstance(one, QProgressBar) or one.focusPolicy() & Qt.FocusPolicy.TabFocus, one.objectName()
    for one in panel._view.findChildren(TextView):
        assert one.accessibleName(), one.objectName()
    assert "table of numbers" in panel.findChild(QWidget, "lessonScroll").accessibleDescription()


def test_formulas_follow_the_theme(window, qapp, tmp_path):
    window.controllers.files.open_path(write(tmp_path, "# Mine\n## One\n$$ \\frac{a}{b} = 5 $$\n"))
    wait(lambda: window.features._lessons is not None and window.features.lessons.panel._is_begun)
    settle(100)
    view = window.features.lessons.panel.findChild(TextView, "lessonText")
    for scheme in (ColourScheme.LIGHT, ColourScheme.DARK):
        theme.apply_scheme(qapp, scheme)
        settle(100)
        image = view.grab().toImage()
        lightness = [image.pixelColor(x, y).lightness() for x in range(image.width()) for y in range(image.height())]
        background = image.pixelColor(1, 1).lightness()
        assert (background > 200) is (scheme is ColourScheme.LIGHT)
        assert (max(lightness) if scheme is ColourScheme.DARK else 255 - min(lightness)) > 180


def write(folder, texts="# Mine\n## One\nText.\n", data=""):
    (folder / "mine.md").write_text(texts)
    (folder / "mine.yaml").write_text(data)
    return folder / "mine.md"


@pytest.mark.parametrize("suffix", [".md", ".yaml"])
def test_an_own_lesson_is_opened_as_any_file(window, tmp_path, suffix):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(write(tmp_path).with_suffix(suffix)))])
    assert window.controllers.files.open_mime(mime)
    wait(lambda: window.features._lessons is not None and window.features.lessons.panel.lesson is not None)
    settle(100)
    assert LessonPlayer(window).text("lessonText") == "Text."


def test_a_lesson_with_mistakes_is_refused_with_the_first_one(window, tmp_path):
    window.controllers.files.open_path(write(tmp_path, data="steps:\n  One: {highlight: canvsa}\n"))
    wait(lambda: "has a mistake" in window.messages.text)
    assert "mine.yaml:2:" in window.messages.text
    assert window.features._lessons is None
