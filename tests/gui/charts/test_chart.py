"""The charts that others build upon."""

import pytest

from digitlab.gui.charts.chart import Chart
from digitlab.gui.charts.snapshot_chart import SnapshotChart


def test_a_chart_that_says_too_little_is_told_of(qtbot):
    chart, moments = Chart("Share", "Share"), SnapshotChart("Moments", 0, 0)
    for widget in (chart, moments):
        qtbot.addWidget(widget)
        with pytest.raises(NotImplementedError):
            widget.y_ticks()
