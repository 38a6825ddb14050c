"""An Evaluate panel on screen, and evaluations of made-up outputs."""

from dataclasses import replace

import numpy as np
import pytest

from digitlab.data.dataset import DigitSet
from digitlab.data.held_out import HeldOutSet
from digitlab.evaluation.metrics import Metrics
from digitlab.evaluation.predictions import Predictions
from digitlab.gui.evaluate.panel import EvaluatePanel
from digitlab.gui.session.values import EvaluationResult


def make_result(snapshot, outputs, labels, *, others=None, total=None, loss=0.25):
    """Return an evaluation of made-up outputs.

    The digits are a set of ``total`` images, each with its number in its first two pixels.
    """
    total = total or len(labels)
    images = np.zeros((total, 28, 28), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.arange(total) // 256, np.arange(total) % 256
    all_labels = np.zeros(total, np.uint8)
    all_labels[: len(labels)] = labels
    others_count = 0 if others is None else len(others)
    digits = DigitSet(images, all_labels)
    data = HeldOutSet("builtin", "Some digits", digits, np.zeros((others_count, 28, 28), np.uint8))
    metrics = Metrics.of(outputs, labels, loss, others)
    return EvaluationResult(snapshot, data, metrics, Predictions.of(outputs, labels, np.arange(len(labels))), 1.5)


def made_result(snapshot, *, is_eleven=False, total=None):
    """Return an evaluation of 200 predictions: 100 with 92 % confidence, 80 correct, and 100 with 51 %, 50 correct."""
    labels = np.zeros(200, np.uint8)
    outputs = np.zeros((200, 11 if is_eleven else 10))
    outputs[:100, 0], outputs[:100, 1] = 0.92, 0.08
    outputs[100:, 0], outputs[100:, 1] = 0.51, 0.49
    labels[80:100] = labels[150:] = 1
    others = None
    if is_eleven:
        others = np.zeros((5, 11))
        others[:, 10], others[:, 0] = 0.9, 0.1
    return make_result(snapshot, outputs, labels, others=others, total=total)


@pytest.fixture
def panel(qtbot, session):
    """A panel at its usual size."""
    panel = EvaluatePanel(session)
    qtbot.addWidget(panel)
    panel.resize(930, 600)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def result(session):
    """An evaluation of the network on screen."""
    return made_result(session.snapshot)


@pytest.fixture
def show(session):
    """Change the session's evaluation."""

    def change(**changes):
        session.evaluation = replace(session.evaluation, **changes)

    return change
