"""A training panel on screen."""

import pytest

from digitlab.gui.train.panel import TrainPanel


@pytest.fixture
def panel(qtbot, session):
    """A panel at its usual size; its recipe edits reach the session, as with the controller."""
    panel = TrainPanel(session)
    qtbot.addWidget(panel)
    panel.recipe_edited.connect(lambda recipe: setattr(session, "recipe", recipe))
    panel.resize(930, 740)
    panel.show()
    qtbot.waitExposed(panel)
    panel.ensure_plots()
    return panel
