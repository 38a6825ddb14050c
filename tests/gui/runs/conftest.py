"""A runs panel on screen, and synthetic run summaries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digitlab.gui.runs.panel import RunsPanel
from digitlab.runs.kept import RunEnding, RunSummary
from tests.helpers.runs import make_started

NOW = datetime(2026, 3, 14, 15, 9, tzinfo=UTC)


@pytest.fixture
def make_summary():
    """Make the summary of a run; the higher its number, the newer it is."""

    def make(number, **changes):
        run = RunSummary(
            Path(f"/runs/{number}.digitlab-run"),
            f"Tutorial {number}",
            NOW + timedelta(hours=number),
            make_started(epochs=10),
            RunEnding.FINISHED,
            6000,
            10,
            0.95 + number / 1000,
            60.0 * number,
            number * 2**20,
        )
        return replace(run, **changes)

    return make


@pytest.fixture
def panel(qtbot, session):
    """A panel at its usual size."""
    panel = RunsPanel(session)
    qtbot.addWidget(panel)
    panel.plot_requested.connect(session.kept.plot)
    panel.resize(930, 640)
    panel.show()
    qtbot.waitExposed(panel)
    panel.ensure_plots()
    return panel


@pytest.fixture
def listed(panel, session, make_summary):
    """The panel with five runs, the newest on top."""
    session.kept.set_runs(tuple(make_summary(number) for number in (5, 4, 3, 2, 1)))
    return panel
