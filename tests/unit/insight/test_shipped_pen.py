"""What the shipped pen network must always do, and never do."""

from pathlib import Path

import numpy as np
import pytest

from digitlab.data.drawing.raster import render_many
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.files.drawings_file import read_drawings
from digitlab.data.files.mnist import read_mnist
from digitlab.insight.batch import answer_all
from digitlab.insight.lens import inspect
from digitlab.insight.several import verdict_for
from digitlab.insight.verdict import Verdict, VerdictKind
from digitlab.model.files.network_file import read_model
from digitlab.model.presets import PEN
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run_file import read_run
from digitlab.system.assets import DEFAULT_MODEL, model_path

MAXIMUM_FILE_BYTES = 12_000_000
MAXIMUM_NETWORK_BYTES = 2_500_000


@pytest.fixture(scope="module")
def pen() -> Snapshot:
    return read_model(model_path("pen"))


def _verdict(snapshot: Snapshot, *strokes: list[tuple[float, float]]) -> Verdict:
    sketch = Sketch(Drawing(tuple(Stroke.of(np.array(stroke)) for stroke in strokes)))
    verdict = verdict_for(inspect(snapshot, sketch.steps().image), sketch.pieces)
    assert verdict is not None
    return verdict


def _hatched(left: float, right: float, top: float, bottom: float, rows: int) -> list[tuple[float, float]]:
    heights = np.linspace(top, bottom, rows)
    sides = ((left, right), (right, left))
    return [(x, float(y)) for row, y in enumerate(heights) for x in sides[row % 2]]


def test_it_is_the_default_network_equals_the_preset_and_is_small(pen: Snapshot):
    assert DEFAULT_MODEL == "pen"
    assert model_path("pen").stat().st_size < MAXIMUM_FILE_BYTES
    assert sum(array.nbytes for array in pen.arrays) < MAXIMUM_NETWORK_BYTES
    assert pen.spec.layers == PEN.layers


def test_its_training_can_be_replayed_and_ends_with_it(pen: Snapshot):
    run = read_run(model_path("pen"))
    assert run is not None
    assert 20 <= len(run.snapshots) <= 30
    last = run.snapshots[-1]
    assert last.step == pen.step
    for kept, array in zip(last.arrays, pen.arrays, strict=True):
        np.testing.assert_allclose(kept, array, rtol=1e-3, atol=1e-3)  # snapshots are float16


def test_a_blank_canvas_gets_no_digit(pen: Snapshot):
    verdict = _verdict(pen)
    assert (verdict.kind, verdict.digit, verdict.digit_score) == (VerdictKind.EMPTY, None, 0.0)


@pytest.mark.parametrize(
    "strokes",
    [
        [[(0.5, 0.5)]],
        [[(0.1, 0.9)]],
        [[(0.5, 0.5), (0.505, 0.5)]],
        [[(0.1, 0.5), (0.9, 0.5)]],
        [[(0.1, 0.52), (0.5, 0.5), (0.9, 0.49)]],
        [_hatched(0.2, 0.8, 0.3, 0.7, 25)],
        [_hatched(0.2, 0.8, 0.2, 0.8, 40)],
        [_hatched(0.35, 0.65, 0.1, 0.9, 40)],
    ],
    ids=["dot", "dot in a corner", "slipped dot", "level line", "wavering line", "wide", "square", "tall"],
)
def test_plain_shapes_are_not_digits(pen: Snapshot, strokes: list[list[tuple[float, float]]]):
    verdict = _verdict(pen, *strokes)
    assert verdict.digit is None
    assert verdict.digit_score < 0.1


@pytest.mark.parametrize("lean", [-0.08, 0.0, 0.08])
def test_an_upright_stroke_is_a_one(pen: Snapshot, lean: float):
    verdict = _verdict(pen, [(0.5 + lean, 0.1), (0.5, 0.5), (0.5 - lean, 0.9)])
    assert verdict.digit == 1
    assert verdict.digit_score > 0.5


def test_it_classifies_the_pen_digits_of_many_people(pen: Snapshot, shared_data: Path):
    """A sample that would reveal a damaged file; the report's numbers come from unseen writers."""
    file = shared_data / "pen" / "digits.jsonl.gz"
    if not file.is_file():
        pytest.skip("needs the pen digits in ../shared/data, which are not beside this checkout")
    drawings = read_drawings(file)[::50]
    verdicts = [Verdict.of_inspection(inspect(pen, image)) for image in render_many(drawings)]
    right = [verdict and verdict.digit == drawing.label for verdict, drawing in zip(verdicts, drawings, strict=True)]
    assert np.mean(right) > 0.98


def test_a_zero_with_a_slash_is_a_zero(pen: Snapshot, shared_data: Path):
    for drawing in read_drawings(shared_data / "hard" / "slashed_zero.jsonl")[:4]:
        verdict = Verdict.of_inspection(inspect(pen, Sketch(drawing).steps().image))
        assert verdict is not None
        assert verdict.digit == 0
        assert verdict.digit_score > 0.5


def test_it_classifies_mnist(pen: Snapshot, shared_data: Path):
    digits = read_mnist(shared_data / "mnist.npz").test.subset(slice(0, 1_000))
    answers = answer_all(pen, digits.images)
    assert answers is not None
    assert np.mean(answers.outputs[:, :10].argmax(axis=1) == digits.labels) > 0.985
