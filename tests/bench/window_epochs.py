"""What an epoch takes in the open window, against the tutorial's script in a process of its own."""

from collections.abc import Iterator
from typing import Final

from digitlab.gui.main_window import MainWindow
from digitlab.training.config import TrainingConfig
from tests.bench.app_window import open_window, say, start_training, wait_for_end, wait_for_tensorflow
from tests.bench.processes import last_line
from tests.bench.rows import Row, median

ROUNDS: Final = 5
GOAL: Final = 1.01

# The second epoch, when everything is traced.
_SCRIPT: Final = """
import time
import keras
from tests.bench import plain_keras

images, labels = plain_keras.digits_for_keras()
test_images, test_labels = plain_keras.test_digits_for_keras()
ends = []

class Clock(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        ends.append(time.perf_counter())

plain_keras.model().fit(
    images, labels, batch_size=100, epochs=2, validation_data=(test_images, test_labels), verbose=0, callbacks=[Clock()]
)
print(ends[1] - ends[0])
"""


def _second_epoch_in_window(window: MainWindow) -> float:
    start_training(window, TrainingConfig(epochs=2))
    wait_for_end(window)
    assert window.session.run is not None
    return window.session.run.epochs[1].seconds


def _second_epoch_in_script() -> float:
    return float(last_line("-c", _SCRIPT))


def measure() -> Iterator[Row]:
    """Measure in turn, with Train in sight."""
    window = open_window()
    wait_for_tensorflow(window)
    window.actions_by_name["showTrain"].trigger()
    pairs = []
    for number in range(ROUNDS):
        pairs.append((_second_epoch_in_window(window), _second_epoch_in_script()))
        say(f"round {number + 1} of {ROUNDS}: window {pairs[-1][0]:.2f} s, script {pairs[-1][1]:.2f} s")
    windows, scripts = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    ratios = [pair[0] / pair[1] for pair in pairs]
    told = ", ".join(f"{ratio:.3f}" for ratio in ratios)
    yield Row("an epoch of 12,000 digits, median", median(windows), "s", median(scripts), "the script without XLA")
    yield Row(
        "the same, median of paired ratios", median(ratios), "x", 1.0, "the script without XLA", GOAL, True,
        f"The ratios of the pairs were {told}.", tuple(ratios),
    )  # fmt: skip
    window.close()
