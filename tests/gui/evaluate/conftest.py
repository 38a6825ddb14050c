"""An Evaluate panel on screen, and judgements of made-up outputs."""

import numpy as np
import pytest

from digitlab.gui.evaluate.panel import EvaluatePanel
from digitlab.gui.values import Judged
from digitlab.training.judgement import Judgement


def made_judgement(*, is_eleven=False):
    """Return a judgement of 200 answers: 100 given with 92 % of which 80 are right, 100 with 51 % of which 50 are."""
    labels = np.zeros(200, np.uint8)
    outputs = np.zeros((200, 11 if is_eleven else 10))
    outputs[:100, 0], outputs[:100, 1] = 0.92, 0.08
    outputs[100:, 0], outputs[100:, 1] = 0.51, 0.49
    labels[80:100] = labels[150:] = 1
    others = None
    if is_eleven:
        others = np.zeros((5, 11))
        others[:, 10], others[:, 0] = 0.9, 0.1
    return Judgement.of(outputs, labels, loss=0.25, other_outputs=others)


@pytest.fixture
def panel(qtbot, session):
    """A panel at its usual size."""
    panel = EvaluatePanel(session)
    qtbot.addWidget(panel)
    panel.resize(930, 740)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def judged(session):
    """What judging the network on screen brought."""
    return Judged(session.snapshot, "Some digits", made_judgement(), 1.5)
