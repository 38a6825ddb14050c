"""Every text has the space that it needs: in every panel, at every size of the window, at a scale of 1 and of 1.5."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QComboBox, QHBoxLayout, QLabel, QPushButton, QTabBar, QWidget

from digitlab.gui import theme
from digitlab.gui.main_window import MainWindow
from digitlab.gui.theme import ColourScheme
from tests.helpers.clipping import clipped_texts
from tests.helpers.panels import filled_window, open_shipped, settle, wait, walk

SIZES = ((960, 600), (1280, 800), (1920, 1080))
CHILD = """
from digitlab.gui.app.application import make_application
from tests.gui.test_clipped_texts import clipped_in
from tests.helpers.panels import filled_window
make_application()
with filled_window() as window:
    print(*clipped_in(window, [(960, 540), (1280, 720)]), sep="\\n")
"""


def clipped_in(window: MainWindow, sizes: list[tuple[int, int]]) -> Iterator[str]:
    """Yield what is cut off in any panel at these sizes of the window."""
    for size in sizes:
        window.resize(*size)
        settle(250)
        for name in walk(window):
            yield from (f"{name} at {size}: {problem}" for problem in clipped_texts(window))


def test_no_text_is_cut_off_in_any_panel_at_any_size_in_both_themes(qapp):
    with filled_window() as window:
        assert list(clipped_in(window, SIZES)) == []
        theme.apply_scheme(qapp, ColourScheme.DARK)
        assert list(clipped_in(window, SIZES[:1])) == []


def test_no_text_is_cut_off_with_a_longer_network_and_longer_names(qapp):
    with filled_window() as window:
        open_shipped(window, "pen")
        assert list(clipped_in(window, [(1024, 700)])) == []


def test_no_text_is_cut_off_before_anything_was_trained_or_kept(window, monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_HOME", str(tmp_path))  # other tests have kept runs in their common folder
    window.resize(1280, 800)
    wait(lambda: window.draw.bars.height() == window.draw.bars.sizeHint().height())
    window.controllers.runs.begin()
    for tab in (window.panels.runs, window.panels.my_digits):
        window.panels.setCurrentWidget(tab)
        settle(100)
        assert list(clipped_texts(window)) == []


def test_no_text_is_cut_off_at_a_scale_of_one_and_a_half(tmp_path):
    folders = {f"DIGITLAB_{name}": str(tmp_path / name) for name in ("DATA", "HOME", "CONFIG", "STATE")}
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, **folders, "QT_SCALE_FACTOR": "1.5"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


class Painted(QWidget):
    """Paints a text."""

    def __init__(self, text, width):
        super().__init__()
        self._text = text
        self.setFixedSize(width, 20)

    def paintEvent(self, event):
        painter = QPainter(self)
        painter.drawText(2, 14, self._text)
        painter.end()


def box(text):
    box = QComboBox()
    box.addItem(text)
    return box


def tabs(text):
    bar = QTabBar()
    bar.addTab(text)
    bar.setUsesScrollButtons(False)
    return bar


@pytest.mark.parametrize("make", [QLabel, QPushButton, box, tabs], ids=["label", "button", "box", "tabs"])
def test_a_text_without_enough_space_is_found(qtbot, make):
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    widget = make("Softmax cross-entropy")
    row.addWidget(widget)
    window.show()
    qtbot.waitExposed(window)
    widget.setFixedWidth(widget.sizeHint().width() + 8)
    QApplication.processEvents()
    assert clipped_texts(window) == []
    widget.setFixedWidth(60)
    QApplication.processEvents()
    assert any("Softmax cross-entropy" in problem for problem in clipped_texts(window))


@pytest.mark.parametrize(("width", "is_found"), [(200, False), (60, True)])
def test_a_painted_text_without_enough_space_is_found(qtbot, width, is_found):
    window = QWidget()
    qtbot.addWidget(window)
    QHBoxLayout(window).addWidget(Painted("Softmax cross-entropy", width))
    window.show()
    qtbot.waitExposed(window)
    assert bool(clipped_texts(window)) is is_found
