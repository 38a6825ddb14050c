"""Numbers that stand in the texts of the shipped lessons as they are, not computed from the network on screen."""

import math
import re
from pathlib import Path

import pytest

from digitlab.evaluation.reliability import wilson_interval
from digitlab.model.files.network_file import read_model
from digitlab.model.layer import Padding, Span
from digitlab.runs.run_file import read_run
from digitlab.system.assets import model_path, resources_folder

LESSONS = sorted((resources_folder() / "lessons" / "en").glob("*.md"))

FACTS = {
    "60,000": "the training images of MNIST",
    "60000": "the same, in a formula",
    "10,000": "the test images of MNIST",
    "100": "the batch size of the tutorial, and a round number",
    "600": "its steps in an epoch",
    "6,000": "its steps in all",
    "10": "its epochs, and the digits",
    "2.7": "e",
    "2.718": "e",
    "7.39": "e²",
    "0.14": "1 / e²",
    "20": "e to the power of 3",
    "0.37": "1 / e",
    "90.5": "percent, of which the negative logarithm is 0.1",
    "0.0001": "a bound of the probability of the 3 for the drawn 5",
    "0.69": "the negative logarithm of 0.5",
    "3.00": "the negative logarithm of 0.05",
    "26": "the filters of conv1 with a positive bias",
    "75,000": "digits for an interval of 0.1 points around 98 %",
    "2.3": "the logarithm of 10",
    "98": "of 100 own digits, with the interval from 93 to 99.4 %",
    "93": "see 98",
    "99.4": "see 98",
    **dict.fromkeys(
        [
            "0.5",
            "0.05",
            "0.1",
            "0.8",
            "0.2",
            "95",
            "97.9",
            "98.1",
            "99.9",
            "64",
            "0.4",
            "0.6",
            "0.3",
            "0.005",
            "20,000",
        ],
        "an example",
    ),
    **dict.fromkeys(["16", "30", "305", "49"], "a place, which is shown beside the text"),
    "873": "the number of the list that contributes most to the 5",
    "14": "rows of conv1 with stride 2 and padding same, or with a filter of 15 rows",
    "15": "see 14",
}
"""Every number of two digits or more, and why it is right."""


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_number_in_a_text_is_computed_or_a_known_fact(path: Path):
    text = re.sub(r"\{\{.*?\}\}", "", path.read_text("utf-8"))
    found = {number.rstrip(".,") for number in re.findall(r"\d[\d,.]*\d", text)}
    assert found <= set(FACTS)


def test_the_facts_about_the_recorded_training():
    run = read_run(model_path("tutorial"))
    assert run is not None
    steps = run.snapshots[-1].step
    assert (run.started.config.batch_size, run.started.config.epochs, len(run.epochs)) == (100, 10, 10)
    assert steps == 6_000
    assert steps * run.started.config.batch_size // len(run.epochs) == 60_000
    assert steps // len(run.epochs) == 600


def test_the_facts_of_arithmetic():
    assert round(math.e, 1) == 2.7
    assert round(math.e, 3) == 2.718
    assert round(math.exp(2), 2) == 7.39
    assert round(math.exp(-2), 2) == 0.14
    assert round(math.exp(3)) == 20 == round(2.7**3)
    assert round(math.exp(-1), 2) == 0.37
    assert round(100 * math.exp(-0.1), 1) == 90.5
    assert math.log(10) * 40 < 100
    assert round(-math.log(0.5), 2) == 0.69
    assert round(-math.log(0.05), 2) == 3.0
    assert round(math.log(10), 1) == 2.3
    assert math.log(0.5 / 0.05) == pytest.approx(math.log(10))
    assert pytest.approx(0.2) == (0.8 + 0 + 0 + 0) / 4
    assert math.sqrt(0.8**2) == pytest.approx(0.8)
    assert 1 / (1 + math.exp(0)) == 0.5
    low, high = wilson_interval(0.98, 100)
    assert (round(100 * low), round(100 * high, 1)) == (93, 99.4)
    low, high = wilson_interval(0.98, 75_000)
    assert high - low == pytest.approx(0.002, rel=0.01)


def test_the_facts_about_the_drawn_5(scene):
    assert 1e-5 < scene.inspection.outputs[3] < 1e-4  # a 1 divided by 10 between four and five times
    pool2, numbers = (scene.inspection.activations[scene.layer(name) + 1] for name in ("pool2", "flatten"))
    assert numbers[305] == pool2[1, 0, 49]
    assert (numbers * scene.snapshot.weights[-1][0][:, 5]).argmax() == 873


def test_two_ways_lead_to_maps_of_14_rows():
    assert Span(5, 2, Padding.SAME).output_length(28) == 14 == Span(15, 1, Padding.VALID).output_length(28)


def test_the_facts_about_the_shipped_weights():
    kernel, bias = read_model(model_path("tutorial")).weights[0]
    assert kernel[4, :, 0, 30].min() > 0 > kernel[:3, :, 0, 30].mean()
    assert (len(bias), int((bias > 0).sum())) == (32, 26)
