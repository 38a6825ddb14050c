"""A network panel on screen."""

import pytest

from digitlab.gui.network.panel import NetworkPanel


@pytest.fixture
def panel(qtbot, session):
    """A panel at its usual size, with its edits applied to the session as the controller does."""
    panel = NetworkPanel(session)
    qtbot.addWidget(panel)
    panel.recipe_edited.connect(lambda recipe: setattr(session, "recipe", recipe))
    panel.resize(930, 740)
    panel.show()
    qtbot.waitExposed(panel)
    return panel
