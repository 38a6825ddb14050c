"""New texts of labels that do not cause a layout around them."""

import pytest
from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QVBoxLayout, QWidget

from digitlab.gui.widgets.label import LayoutBarrier


class Layouts(QObject):
    """Counts how often a widget is asked to lay out its children."""

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


def layouts_after_a_new_text(qtbot, around: QWidget, label: QLabel) -> int:
    around.show()
    qtbot.waitExposed(around)
    QApplication.sendPostedEvents()
    layouts = Layouts(around)
    label.setText("a much longer text than before")
    QApplication.sendPostedEvents()
    return layouts.count


def test_a_new_text_causes_no_layout(qtbot, around, label):
    around.layout().addWidget(LayoutBarrier(label))
    assert layouts_after_a_new_text(qtbot, around, label) == 0


def test_without_the_barrier_a_new_text_causes_a_layout(qtbot, around, label):
    around.layout().addWidget(label)
    assert layouts_after_a_new_text(qtbot, around, label) > 0


def test_the_label_fills_the_barrier(qtbot, around, label):
    barrier = LayoutBarrier(label)
    around.layout().addWidget(barrier)
    around.show()
    qtbot.waitExposed(around)
    assert barrier.height() in (20, 21, 22)
    assert barrier.width() > 200
    assert label.geometry() == barrier.rect()
    around.resize(500, 100)
    qtbot.waitUntil(lambda: barrier.width() > 400)
    assert label.size() == barrier.size()


def test_the_barrier_has_the_label_s_size_hints(qtbot, label):
    barrier = LayoutBarrier(label)
    qtbot.addWidget(barrier)
    label.setText("another text")
    assert (barrier.sizeHint(), barrier.minimumSizeHint()) == (label.sizeHint(), label.minimumSizeHint())
    assert barrier.sizeHint() != QSize(-1, -1)
    assert barrier.sizePolicy() == label.sizePolicy()
