"""No share is shown as 0 or 100 %, in the window or in the terminal, unless it is exactly that."""

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument

from digitlab.commands import evaluate
from digitlab.data.classes import DIGITS
from digitlab.evaluation.metrics import Metrics
from digitlab.evaluation.predictions import Predictions
from digitlab.evaluation.reliability import RejectionCurve
from digitlab.gui.charts.confusion_shading import rate_text
from digitlab.gui.charts.curves import ACCURACY, Reading
from digitlab.gui.draw.bars import ProbabilityBars
from digitlab.gui.draw.verdict_view import VerdictView
from digitlab.gui.evaluate.wording import interval_text, rejection_text, tile_text
from digitlab.gui.inspect.columns import ColumnKind, Spot, columns_of
from digitlab.gui.inspect.wording import readout, worked_sum
from digitlab.gui.mydigits.wording import headline
from digitlab.gui.runs.runs_plot import DrawnRun
from digitlab.gui.runs.runs_plot import readout_text as runs_readout
from digitlab.gui.train.readout import readout_text as train_readout
from digitlab.insight.lens import Inspection, inspect
from digitlab.insight.verdict import Verdict
from digitlab.model.presets import TUTORIAL
from digitlab.runs.run import Run
from digitlab.training.events import BatchEnded, EpochEnded
from tests.helpers.networks import random_snapshot
from tests.helpers.runs import make_started

_PERCENT = re.compile(r"([<>]?)(\d[\d,]*(?:\.\d+)?) %")

NEARLY = st.one_of(
    st.sampled_from([1e-9, 0.00004, 0.0005, 0.5, 0.9995, 0.99996, 1 - 2**-24]),
    st.floats(2**-24, 1 - 2**-24, width=32),
)
"""The float32 shares closest to 0 and 1."""

relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_honest(text: str) -> None:
    assert _PERCENT.search(text) or "%" not in text
    for bound, shown in _PERCENT.findall(text):
        assert bound or float(shown.replace(",", "")) not in (0.0, 100.0), text


def inspection_of(share: float) -> Inspection:
    """Return an inspection whose outputs are a share for 4 and the rest for 9."""
    made = inspect(random_snapshot(TUTORIAL), np.pad(np.full((20, 12), 255, np.uint8), ((4, 4), (8, 8))))
    outputs = np.zeros(10, np.float32)
    outputs[[4, 9]] = share, min(1 - share, 1 - 2**-24)  # the largest float32 below 1
    return Inspection(made.snapshot, made.image, (*made.activations[:-1], outputs), made.sums)


@relaxed
@given(NEARLY)
def test_the_prediction_for_a_drawing(qtbot, share):
    inspection = inspection_of(share)
    verdict = Verdict.of(inspection.outputs)
    view, bars = VerdictView(), ProbabilityBars()
    qtbot.addWidget(view)
    qtbot.addWidget(bars)
    view.show_verdict(verdict, inspection, "")
    bars.show_outputs(inspection.outputs, DIGITS, 10, inspection.outputs)
    for text in (view.verdict_text, view.second_text, bars.accessibleDescription()):
        assert_honest(text)


@relaxed
@given(NEARLY)
def test_look_inside(share):
    inspection = inspection_of(share)
    columns = columns_of(TUTORIAL)
    at = next(index for index, column in enumerate(columns) if column.kind is ColumnKind.OUTPUTS)
    for channel in (4, 9):
        assert_honest(readout(inspection, columns, Spot(at, channel)))
        assert_honest(worked_sum(inspection, columns[at], Spot(at, channel)))


@relaxed
@given(NEARLY, NEARLY)
def test_evaluation_and_curves(share, other):
    one = np.ones(1)
    predictions = Predictions(
        *(np.zeros(1, np.uint8) for _ in range(3)), (one * share).astype("f4"), one, (one * other).astype("f4")
    )
    curve = RejectionCurve(np.array([0.0, min(share, 0.9)]), np.array([other, share]))
    texts = [
        *tile_text(predictions, 0),
        rejection_text(curve, 0.0),
        rejection_text(curve, 1.0),
        interval_text((min(share, other), max(share, other))),
        f"{rate_text(share)} %",
        ACCURACY.write(share),
        headline(("MNIST", share, 1.0), 9_999, 10_000),
        headline(("MNIST", other, 1.0), 1, 10_000),
    ]
    for text in texts:
        assert_honest(text)


@pytest.mark.parametrize("wrong", [1, 59_999])
def test_the_terminal(capsys, wrong):
    outputs = np.zeros((60_000, 10), np.float32)
    outputs[:, 3], outputs[:, 5] = 1e-6, 1 - 1e-6
    labels = np.full(60_000, 5, np.uint8)
    labels[:wrong] = 3
    evaluate._write(Metrics.of(outputs, labels, loss=1e-7))
    words = capsys.readouterr().out
    assert f"({60_000 - wrong:,} of 60,000)" in words
    assert_honest(words.splitlines()[0])
    assert "0.0000" not in words


def test_small_shares_survive_in_rich_text():
    reading = Reading(step=1, epoch=1, x=0.0, batch=1e-9, training=0.00004, validation=0.99999)
    started = make_started(steps_per_epoch=1)
    run = Run(started)
    run.add(BatchEnded(1, 2.0, 0.1, 0.1))
    run.add(EpochEnded(1, 1, 2.0, 0.1, 2.0, 1e-9, 0.1))
    for text, shown in (
        (train_readout(reading, None, ("", ""), ACCURACY), ["<0.01 %", "<0.01 %", ">99.99 %"]),
        (runs_readout((DrawnRun("run", 0, run),), ACCURACY, 1.0), ["<0.01 %"]),
    ):
        document = QTextDocument()
        document.setHtml(text)
        assert [bound + number + " %" for bound, number in _PERCENT.findall(document.toPlainText())] == shown
