"""Room for words that change often: nothing around it is laid out anew."""

import pytest
from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QVBoxLayout, QWidget

from digitlab.gui.widgets.still import StillRoom


class Layouts(QObject):
    """Counts how often a widget is asked to lay out what is in it."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.fixture
def around(qtbot):
    """A window with a layout."""
    around = QWidget()
    qtbot.addWidget(around)
    QVBoxLayout(around)
    around.resize(300, 100)
    return around


@pytest.fixture
def label():
    label = QLabel("7")
    label.setMinimumHeight(20)
    label.setMaximumHeight(22)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return label


def layouts_with_new_words(qtbot, around: QWidget, label: QLabel) -> int:
    around.show()
    qtbot.waitExposed(around)
    QApplication.sendPostedEvents()
    layouts = Layouts(around)
    label.setText("many more words than before")
    QApplication.sendPostedEvents()
    return layouts.count


def test_other_words_lay_out_nothing(qtbot, around, label):
    around.layout().addWidget(StillRoom(label))
    assert layouts_with_new_words(qtbot, around, label) == 0


def test_without_the_room_they_do(qtbot, around, label):
    around.layout().addWidget(label)
    assert layouts_with_new_words(qtbot, around, label) > 0


def test_the_label_has_all_of_the_room(qtbot, around, label):
    room = StillRoom(label)
    around.layout().addWidget(room)
    around.show()
    qtbot.waitExposed(around)
    assert room.height() in (20, 21, 22)
    assert room.width() > 200
    assert label.geometry() == room.rect()
    around.resize(500, 100)
    qtbot.waitUntil(lambda: room.width() > 400)
    assert label.size() == room.size()


def test_the_room_is_as_large_as_the_label_wishes(qtbot, label):
    room = StillRoom(label)
    qtbot.addWidget(room)
    label.setText("a wish")
    assert (room.sizeHint(), room.minimumSizeHint()) == (label.sizeHint(), label.minimumSizeHint())
    assert room.sizeHint() != QSize(-1, -1)
    assert room.sizePolicy() == label.sizePolicy()
