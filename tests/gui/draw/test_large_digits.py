"""Digits drawn larger than the canvas are answered as well as the same digits drawn to fit."""

from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from digitlab.data.builtin import random_drawing
from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.geometry import scaled_to
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.draw.canvas import Canvas
from digitlab.insight.lens import inspect
from digitlab.insight.several import verdict_for
from digitlab.insight.verdict import VerdictKind
from digitlab.model.files.network_file import read_model
from digitlab.system.assets import DEFAULT_MODEL, model_path

DIGITS = 360
LARGE = 1.2
"""Size in sides of the canvas."""


def drawn(canvas, drawing):
    """Draw with the mouse; return the sketch."""
    canvas.set_sketch(Sketch())
    for stroke in drawing.strokes:
        *way, last = [QPointF(*point) * canvas.width() for point in stroke.points[:, :2].tolist()]
        kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * len(way), QEvent.Type.MouseButtonRelease]
        for kind, place in zip(kinds, [*way, last, last], strict=True):
            button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
            held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
            at, plain = canvas.mapToGlobal(place), Qt.KeyboardModifier.NoModifier
            QApplication.sendEvent(canvas, QMouseEvent(kind, place, at, button, held, plain))
    return canvas.sketch


@pytest.fixture
def canvas(qtbot):
    canvas = Canvas()
    qtbot.addWidget(canvas)
    canvas.resize(288, 288)
    return canvas


def test_large_digits_are_doubted_no_more_often_than_the_same_digits_drawn_to_fit(canvas):
    network, rng = read_model(model_path(DEFAULT_MODEL)), np.random.default_rng(13)
    doubted, wrong = {"to fit": 0, "large": 0}, {"to fit": 0, "large": 0}
    for index in range(DIGITS):
        digit = index % CLASS_COUNT
        fitting = random_drawing(digit, rng)
        for size, drawing in (("to fit", fitting), ("large", scaled_to(fitting, margin=(1.0 - LARGE) / 2.0))):
            sketch = drawn(canvas, drawing)
            verdict = verdict_for(inspect(network, sketch.steps().image), partial(sketch.parts))
            doubted[size] += verdict.kind is not VerdictKind.CONFIDENT
            wrong[size] += verdict.digit != digit
    assert doubted["large"] <= doubted["to fit"]
    assert wrong["large"] <= wrong["to fit"]
