"""Dragging through a recorded training: the time to update everything on screen per snapshot, tab by tab."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.files.drawings_file import write_drawings
from digitlab.gui.main_window import MainWindow
from digitlab.gui.replay.slider import TimeSlider
from digitlab.gui.session.values import Task
from digitlab.model.files.network_file import read_model
from digitlab.runs.run_file import read_run
from digitlab.system.assets import model_path
from tests.bench.app_window import Painted, open_window, painted_widget, place_on_slider, rest, wait
from tests.bench.rows import Row, median, percentile

ROUNDS: Final = 2
GOAL_PER_SECOND: Final = 30
_BACKGROUND_MS: Final = 12_000
_SETTLE_MS: Final = 1_500


@dataclass(frozen=True, slots=True)
class _Panel:
    """A tab that is visible while dragging.

    Attributes:
        action: The action that shows it.
        widgets: Names of the widgets that change with each snapshot and must be painted, besides the slider and the
            bars. Everything else that changes is painted along with them.
    """

    action: str
    widgets: tuple[str, ...]


PANELS: Final = (
    _Panel("showInspect", ("networkView",)),
    _Panel("showNetwork", ()),
    _Panel("showTrain", ("lossPlot", "accuracyPlot")),
    _Panel("showLearning", ("conv1Weights", "denseActivations")),
    _Panel("showEvaluate", ()),
    _Panel("showMyDigits", ()),
)
"""Without Runs, which does not depend on the snapshot."""

OWN_DIGITS: Final = 60


def _follows(window: MainWindow, *, is_evaluating: bool) -> bool:
    """Return whether everything on screen belongs to the snapshot that the slider points to."""
    view, result, shown = window.session.view, window.session.evaluation.result, window.session.snapshot
    is_evaluated = not is_evaluating or (result is not None and result.snapshot is shown)
    return is_evaluated and view is not None and view.inspection.snapshot is shown


def steps_ms(window: MainWindow, panel: _Panel) -> list[float]:
    """Drag from end to end with the mouse; return how long each step took until all was painted, in ms."""
    window.actions_by_name[panel.action].trigger()
    rest(_SETTLE_MS)
    slider = window.findChild(TimeSlider)
    assert slider is not None
    watched = [slider, window.draw.bars, *(painted_widget(window, name) for name in panel.widgets)]
    painted = Painted(watched, lambda: _follows(window, is_evaluating=panel.action == "showEvaluate"))
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=place_on_slider(slider, slider.maximum()))
    there = range(slider.maximum() - 1, -1, -1)
    back = range(1, slider.maximum() + 1)
    times = [
        painted.after(lambda index=index: QTest.mouseMove(slider, place_on_slider(slider, index)))  # type: ignore[misc]
        for index in [*there, *back] * ROUNDS
    ]
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton)
    return times


def _keep_digits(window: MainWindow) -> None:
    """Fill My digits; the measurement has its own data folder."""
    drawings = [
        replace(builtin_drawing(digit, style), label=digit) for digit in range(10) for style in builtin_styles(digit)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.jsonl"
        write_drawings(path, drawings[:OWN_DIGITS])
        window.controllers.my_digits.import_files([path])
        wait(lambda: len(window.session.mine.digits) > 0)


def _prepare(window: MainWindow) -> None:
    """Let the tabs process all snapshots, as they do in the background."""
    for name in ("showLearning", "showMyDigits"):
        window.actions_by_name[name].trigger()
        rest(_BACKGROUND_MS)
    window.actions_by_name["showEvaluate"].trigger()
    window.controllers.evaluation.choose_source("builtin")
    window.controllers.evaluation.evaluate_snapshots(False)
    wait(lambda: window.session.evaluation.task is Task.NONE and window.session.evaluation.over_time is not None)


def measure() -> Iterator[Row]:
    """Measure each panel."""
    window = open_window()
    rest(_SETTLE_MS)
    _keep_digits(window)
    window.session.open_network(read_model(model_path("tutorial")), read_run(model_path("tutorial")))
    _prepare(window)
    for panel in PANELS:
        times = steps_ms(window, panel)
        name = panel.action.removeprefix("show")
        frame = 1000 / GOAL_PER_SECOND
        yield Row(
            f"one of 60 snapshots, {name} visible, all painted, median",
            median(times),
            "ms",
            frame,
            "30 per second",
            1.0,
            True,
        )
        yield Row(
            f"one of 60 snapshots, {name} visible, all painted, p95",
            percentile(times, 95),
            "ms",
            frame,
            "30 per second",
        )
    window.close()
