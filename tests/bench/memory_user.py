"""About an hour of a user's actions in the window, without the pauses; prints the memory over time.

Run as ``python -m tests.bench.memory_user``; prints JSON with megabytes. An action every three seconds makes
1,200 per hour.
"""

import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from digitlab.gui.actions import shipped_action
from digitlab.gui.main_window import MainWindow
from digitlab.gui.replay.slider import TimeSlider
from digitlab.gui.session.values import Task
from digitlab.system.assets import shipped_model_names
from digitlab.training.config import TrainingConfig
from tests.bench.app_window import (
    draw_stroke,
    open_window,
    place_on_slider,
    rest,
    start_training,
    stop_training,
    wait,
    wait_for_tensorflow,
)
from tests.bench.machine import resident_mb
from tests.bench.memory_window import kept_text, write_few

ACTIONS: Final = 1_200
SAMPLES: Final = 20
"""The memory is measured after every 5 % of the actions."""

_PAUSE_MS: Final = 30
_SETTLE_MS: Final = 2_500
_PAUSE_BEFORE_SAMPLE_MS: Final = 1_000
_SEED: Final = 1
_POINTS: Final = 12
_SLIDES: Final = 8
_TABS: Final = ("Inspect", "Network", "Train", "Learning", "Runs", "Evaluate", "MyDigits")


class _User:
    """A simulated user.

    Args:
        window: The window.
        few: A small dataset to train on.
    """

    def __init__(self, window: MainWindow, few: str) -> None:
        self._window = window
        self._few = few
        self._chance = random.Random(_SEED)
        self._actions: dict[Callable[[], object], int] = {
            self._draw: 40,
            self._clear: 10,
            self._undo: 10,
            self._show_another_panel: 14,
            self._drag: 8,
            self._keep: 6,
            self._evaluate: 2,
            self._change_colours: 2,
            self._open_a_network: 2,
            self._train: 2,
            self._stop: 4,
        }

    def act(self, number: int) -> None:
        """Perform an action: first each of them once, then random ones."""
        actions = list(self._actions)
        action = (
            actions[number] if number < len(actions) else self._chance.choices(actions, [*self._actions.values()])[0]
        )
        action()
        rest(_PAUSE_MS)

    def pause(self) -> None:
        """Stop a training and wait, so that nothing is running."""
        self._stop()
        rest(_PAUSE_BEFORE_SAMPLE_MS)

    def _trigger(self, name: str) -> None:
        self._window.actions_by_name[name].trigger()

    def _draw(self) -> None:
        draw_stroke(self._window, self._chance.randrange(200), _POINTS)

    def _clear(self) -> None:
        self._trigger("clear")

    def _undo(self) -> None:
        self._trigger("undo")

    def _show_another_panel(self) -> None:
        self._trigger(f"show{self._chance.choice(_TABS)}")

    def _drag(self) -> None:
        slider = self._window.findChild(TimeSlider)
        assert slider is not None
        if slider.maximum() < 1:
            return
        QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=place_on_slider(slider, 0))
        for _ in range(_SLIDES):
            QTest.mouseMove(slider, place_on_slider(slider, self._chance.randint(0, slider.maximum())))
            rest(_PAUSE_MS)
        QTest.mouseRelease(slider, Qt.MouseButton.LeftButton)

    def _keep(self) -> None:
        self._draw()
        self._trigger(f"keepAs{self._chance.randrange(10)}")

    def _evaluate(self) -> None:
        self._trigger("evaluate")
        wait(lambda: self._window.session.evaluation.task is Task.NONE)

    def _change_colours(self) -> None:
        self._trigger(self._chance.choice(("schemeLight", "schemeDark")))

    def _open_a_network(self) -> None:
        self._trigger(shipped_action(self._chance.choice(shipped_model_names())))

    def _train(self) -> None:
        if not self._window.session.training_state.is_busy:
            start_training(self._window, TrainingConfig(epochs=20), self._few)

    def _stop(self) -> None:
        if self._window.session.training_state.is_busy:
            stop_training(self._window)


def main() -> None:
    """Perform the actions, and print the result."""
    window = open_window()
    wait_for_tensorflow(window)
    rest(_SETTLE_MS)
    begun = time.perf_counter()
    curve = []
    with tempfile.TemporaryDirectory() as folder:
        user = _User(window, write_few(Path(folder)))
        for number in range(ACTIONS):
            user.act(number)
            if (number + 1) % (ACTIONS // SAMPLES) == 0:
                user.pause()
                curve.append(round(resident_mb(), 1))
    kept = len(window.session.mine.digits)
    result = {
        "curve": curve,
        "count": ACTIONS,
        "seconds": time.perf_counter() - begun,
        "why": f"{kept} digits were kept, and {kept_text(window)}.",
    }
    print(json.dumps(result), flush=True)
    window.close()


if __name__ == "__main__":
    main()
