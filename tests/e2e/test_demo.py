"""The demo as a real program, in a separate process."""

import json
import os
import subprocess
import sys

import pytest
from PySide6.QtGui import QImage

PANELS = ("inspect", "network", "train", "evaluate")
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
SIZES = ("1280x800", "1920x1080")


@pytest.fixture(scope="module")
def tour(tmp_path_factory):
    """The demo's output folder, its lines and its exit code, without a display."""
    out = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-m", "digitlab", "demo", "--out", str(out), "--json"],
        capture_output=True,
        text=True,
        timeout=600,
        env={name: value for name, value in os.environ.items() if name not in DISPLAYS},
        check=False,
    )
    return out, done


def test_the_demo_succeeds(tour):
    _, done = tour
    assert done.returncode == 0, done.stderr


def test_the_demo_classifies_the_digits_that_it_draws(tour):
    lines = [json.loads(line) for line in tour[1].stdout.splitlines()]
    assert next(line for line in lines if "right" in line)["right"] >= 9


def test_the_demo_s_training_learns(tour):
    lines = [json.loads(line) for line in tour[1].stdout.splitlines()]
    epochs = [line for line in lines if "epoch" in line]
    assert [line["epoch"] for line in epochs] == [1, 2]
    assert epochs[1]["val_accuracy"] > 0.8


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_picture_shows_something(tour, panel, scheme, size):
    image = QImage(str(tour[0] / f"{panel}-{scheme}-{size}.png"))
    width, height = (int(part) for part in size.split("x"))
    assert (image.width(), image.height()) == (width, height)
    colours = {image.pixelColor(x, y).rgb() for x in range(340, width, 7) for y in range(100, height, 7)}
    assert len(colours) > 20
    background = image.pixelColor(width - 3, height // 2).lightness()
    assert (background < 100) == (scheme == "dark")
