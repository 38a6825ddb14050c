"""Digits drawn larger than the canvas are answered as well as the same digits drawn to fit."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from digitlab.data.builtin import random_drawing
from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.geometry import scaled_to
from digitlab.data.drawing.raster import render_many
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.draw.canvas import Canvas
from digitlab.insight.batch import answer_all
from digitlab.insight.verdict import Verdict, VerdictKind
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
    labels = [index % CLASS_COUNT for index in range(DIGITS)]
    fitting = [random_drawing(label, rng) for label in labels]
    large = [scaled_to(drawing, margin=(1.0 - LARGE) / 2.0) for drawing in fitting]
    doubted, wrong = [], []
    for drawings in (fitting, large):
        images = render_many([drawn(canvas, drawing).drawing for drawing in drawings])
        verdicts = [Verdict.of(outputs) for outputs in answer_all(network, images).outputs]
        doubted.append(sum(verdict.kind is not VerdictKind.CONFIDENT for verdict in verdicts))
        wrong.append(sum(verdict.digit != label for verdict, label in zip(verdicts, labels, strict=True)))
    assert doubted[1] <= doubted[0]
    assert wrong[1] <= wrong[0]
