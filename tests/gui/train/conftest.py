"""A training panel on screen, and runs made of events."""

import pytest

from digitlab.gui.train.panel import TrainPanel
from digitlab.training.run import Run
from tests.gui.train.runs import advance, make_started


@pytest.fixture
def make_run():
    """Make a run that has come some steps far."""

    def make(steps=0, **started):
        return advance(Run(make_started(**started)), steps)

    return make


@pytest.fixture
def panel(qtbot, session):
    """A panel at its usual size, whose wishes for the recipe are granted, as the controller does."""
    panel = TrainPanel(session)
    qtbot.addWidget(panel)
    panel.recipe_edited.connect(session.set_recipe)
    panel.resize(930, 740)
    panel.show()
    qtbot.waitExposed(panel)
    panel.ensure_plots()
    return panel
