"""Several files dropped at once: one of each kind is taken, and a message says what happened to each."""

import re

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDropEvent

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.raster import render
from digitlab.data.files.drawings_file import write_drawings
from digitlab.gui.session.values import TrainingState
from digitlab.system.assets import model_path
from tests.helpers.desks import settle
from tests.helpers.networks import small_dataset, write_npz


@pytest.fixture
def files(tmp_path):
    """Return a function that makes a file of a kind: a picture, drawings, a dataset, a network, or nothing readable."""
    seven = builtin_drawing(7, builtin_styles(7)[0])

    def make(name):
        path = tmp_path / name
        if path.suffix == ".png":
            Image.fromarray(255 - np.kron(render(seven), np.ones((4, 4), np.uint8))).save(path)
        elif path.suffix == ".jsonl":
            write_drawings(path, [seven])
        elif path.suffix == ".npz":
            write_npz(path, small_dataset())
        elif path.suffix == ".digitlab":
            path.write_bytes(model_path("tutorial").read_bytes())
        else:
            path.write_text("nothing that can be opened")
        return path

    return make


@pytest.fixture
def drop(qtbot, window):
    """Return a function that drops URLs on the window, waits until all are done, and returns the message."""

    def do(*urls):
        mime = QMimeData()
        mime.setUrls([QUrl(url) if isinstance(url, str) else QUrl.fromLocalFile(str(url)) for url in urls])
        arguments = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        window.dropEvent(QDropEvent(window.rect().center(), *arguments))
        qtbot.waitUntil(lambda: "pened" in window.messages.text)
        settle(qtbot, window.controllers.files.desk)
        return window.messages.text

    return do


def test_one_of_each_kind_is_taken(window, files, drop):
    network, data = files("mine.digitlab"), files("digits.npz")
    said = drop(data, network, files("seven.png"))
    assert said == "Opened digits.npz, mine.digitlab and seven.png."
    assert window.session.run is not None
    assert window.session.sketch.picture is not None


def test_two_files_of_one_kind_are_not_both_shown_and_the_message_says_so(window, files, drop):
    said = drop(files("a.png"), files("b.jsonl"), files("c.png"), files("d.npz"), files("e.npz"))
    assert said == (
        "Opened a.png and d.npz. Not opened, as one drawing is shown at a time: b.jsonl and c.png. "
        "Not opened, as one dataset is shown at a time: e.npz."
    )
    assert window.session.recipe.source.endswith("d.npz")


def test_a_file_that_cannot_be_read_does_not_take_the_place_of_one_that_can(window, files, drop):
    said = drop(files("notes.txt"), files("a.png"), files("b.png"))
    assert said.startswith("Opened a.png. Not opened, as one drawing is shown at a time: b.png. notes.txt ")
    assert window.session.sketch.picture.name == "a.png"


@pytest.mark.parametrize("count", [2, 3, 50])
def test_files_that_cannot_be_read_are_all_accounted_for(files, drop, count):
    said = drop(*(files(f"{number}.txt") for number in range(count)))
    assert said.startswith("None of the files was opened.")
    named = re.findall(r"\b\d+\.txt is a text", said)
    assert len(named) == min(count, 4)
    assert said.endswith("46 other files could not be opened.") == (count > 4)


def test_many_pictures_are_counted(window, files, drop):
    said = drop(*(files(f"{number}.png") for number in range(30)))
    assert said == (
        "Opened 0.png. Not opened, as one drawing is shown at a time: 1.png, 2.png, 3.png, 4.png and 25 other files."
    )


def test_links_among_the_files_are_named(files, drop):
    said = drop("https://example.org/seven.png", files("a.png"))
    assert said == "Opened a.png. 1 link cannot be opened: save the linked files, then drop those."


def test_a_network_dropped_with_a_picture_during_a_training_is_not_opened_and_the_message_says_so(window, files, drop):
    before = window.session.snapshot
    window.session.training_state = TrainingState.RUNNING
    said = drop(files("mine.digitlab"), files("a.png"))
    assert said == "Opened a.png. mine.digitlab was not opened: training is in progress."
    assert window.session.snapshot is before
    window.session.training_state = TrainingState.IDLE
