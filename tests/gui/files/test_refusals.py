"""A good file of another kind gets the same sentence in the window, dropped or chosen, and on the command line."""

import os
from functools import partial

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QFileDialog

from digitlab import cli
from digitlab.model.files.network_file import write_model
from tests.helpers.desks import settle
from tests.helpers.foreign import FOREIGN, IDX
from tests.helpers.networks import random_snapshot, small_spec


def shown_for(qtbot, window, open_it):
    window.messages.dismiss()
    open_it()
    settle(qtbot, window.controllers.files.desk, window.controllers.files.desk)
    return window.messages.text


def printed_for(capsys, *arguments):
    assert cli.main(arguments) == 2
    return capsys.readouterr().err.removeprefix("digitlab: ").strip()


@pytest.fixture
def printed(tmp_path, capsys):
    """What the command line says of each foreign file, before there is a window in this process."""
    found = {}
    for name, (content, _) in FOREIGN.items():
        path = tmp_path / name
        path.write_bytes(content)
        found[name] = {
            printed_for(capsys, "predict", str(path)),
            printed_for(capsys, "evaluate", "pen", "--data", str(path)),
            printed_for(capsys, "summary", str(path)),
        }
    return found


def test_every_foreign_kind_gets_the_same_sentence_everywhere(printed, qtbot, window, tmp_path, monkeypatch):
    for name, (_, kind) in FOREIGN.items():
        path = tmp_path / name
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, path=path, **__: (str(path), ""))
        sentences = printed[name] | {
            shown_for(qtbot, window, lambda mime=mime: window.controllers.files.open_mime(mime)),
            shown_for(qtbot, window, window.controllers.dialogs.open),
        }
        assert len(sentences) == 1, sentences
        (sentence,) = sentences
        assert sentence.startswith(f"{name} is {kind.label}, which DigitLab cannot read. DigitLab opens networks")
        assert sentence.endswith(kind.remedy)
        assert "damaged" not in sentence
        assert "elete" not in sentence


@pytest.mark.parametrize("name", ["seven.png", "net.digitlab", "train-images-idx3-ubyte.gz", "digits.txt"])
def test_a_file_that_is_read_elsewhere_says_where(tmp_path, capsys, name):
    path = tmp_path / name
    match name:
        case "seven.png":
            Image.fromarray(np.zeros((28, 28), np.uint8)).save(path)
            expected = "is a picture, not a dataset"
        case "net.digitlab":
            write_model(path, random_snapshot(small_spec()))
            expected = "is a network of DigitLab (.digitlab), not a dataset"
        case "digits.txt":
            path.write_text('{"label": 3, "strokes": [[[1, 2], [3, 4]]]}\n')
            expected = "is a file of drawings, not a dataset"
        case _:
            path.write_bytes(IDX)
            expected = "is a file of IDX data, as of MNIST, not a dataset"
    sentence = printed_for(capsys, "evaluate", "pen", "--data", str(path))
    assert expected in sentence
    assert "damaged" not in sentence


SUFFIXES = ["", ".jsonl", ".jsonl.gz", ".npz", ".digitlab", ".digitlab-run", ".png"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in folders")
def test_no_file_that_is_none_blocks_what_comes_after_it(qtbot, window, tmp_path):
    for suffix in SUFFIXES:
        os.mkfifo(tmp_path / f"pipe{suffix}")
        (tmp_path / f"loop{suffix}").symlink_to(f"loop{suffix}")
        (tmp_path / f"device{suffix}").symlink_to("/dev/zero")
        for name, words in (
            (f"pipe{suffix}", "is a pipe, not a file"),
            (f"device{suffix}", "is a device, not a file"),
            (f"loop{suffix}", "Too many levels of symbolic links"),
            ("x" * 300 + suffix, "File name too long"),
            (f"none{suffix}", "There is no file" if suffix != ".digitlab-run" else "no longer exists"),
        ):
            shown = shown_for(qtbot, window, partial(window.controllers.files.open_path, tmp_path / name))
            assert words in shown
    Image.fromarray(np.zeros((28, 28), np.uint8)).save(tmp_path / "seven.png")
    window.controllers.files.open_path(tmp_path / "seven.png")
    qtbot.waitUntil(lambda: window.session.sketch.picture is not None)
