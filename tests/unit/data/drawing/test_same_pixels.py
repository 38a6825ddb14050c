"""The same strokes give the same pixels, from every source, at every position and in every size."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from digitlab.commands import predict
from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.geometry import Frame, scaled_to
from digitlab.data.drawing.raster import render_many
from digitlab.data.drawing.sketch import Sketch
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.files.drawings_file import read_drawings, write_drawings
from digitlab.insight.batch import answer_all
from digitlab.insight.lens import inspect
from digitlab.model.files.network_file import read_model
from digitlab.model.snapshot import Snapshot
from digitlab.system.assets import model_path

IN_THE_MIDDLE: Final = Frame(0.3, 0.3, 0.4)
ELSEWHERE: Final = {
    "tiny in the upper left corner": Frame(0.0, 0.0, 0.05),
    "tiny in the lower right corner": Frame(0.95, 0.95, 0.05),
    "filling the canvas": Frame(0.0, 0.0, 1.0),
}
ONE_LEVEL: Final = 1
"""Moving or scaling a drawing rounds its coordinates, which may change a grey level by one."""

EVERY: Final = 5
"""Every n-th digit is tested where all would take too long; this still includes all 30 writers."""


@pytest.fixture(scope="module")
def tutorial() -> Snapshot:
    """The shipped network."""
    return read_model(model_path("tutorial"))


def with_pressure(drawing: Drawing) -> Drawing:
    """Return the drawing with the pressure of a tablet's pen: lighter at the ends of its strokes."""
    strokes = []
    for stroke in drawing.strokes:
        points = stroke.points.copy()
        points[:, 2] = 0.1 + 0.6 * np.sin(np.linspace(0.0, np.pi, len(points)))
        strokes.append(Stroke.of(points))
    return Drawing(tuple(strokes), drawing.label)


@pytest.fixture(scope="module")
def digits() -> list[Drawing]:
    """All built-in digits on the canvas, each with a mouse and with a pen's pressure."""
    drawn = [builtin_drawing(digit, style) for digit in range(10) for style in builtin_styles(digit)]
    return [*drawn, *map(with_pressure, drawn)]


def placed(drawings: Sequence[Drawing], frame: Frame) -> list[Drawing]:
    return [scaled_to(drawing, frame, margin=0.0) for drawing in drawings]


def digits_of(snapshot: Snapshot, images: NDArray[np.uint8]) -> NDArray[np.intp]:
    answers = answer_all(snapshot, images)
    assert answers is not None
    return answers.outputs.argmax(axis=1)


def assert_same_answers(snapshot: Snapshot, drawings: Sequence[Drawing], frame: Frame) -> None:
    here, there = render_many(placed(drawings, IN_THE_MIDDLE)), render_many(placed(drawings, frame))
    assert np.abs(here.astype(np.int16) - there).max() <= ONE_LEVEL
    # Equal pixels give equal predictions.
    changed = (here != there).any(axis=(1, 2))
    assert np.array_equal(digits_of(snapshot, here[changed]), digits_of(snapshot, there[changed]))


def test_canvas_file_and_command_line_see_the_same_pixels(
    digits: list[Drawing], tutorial: Snapshot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "digits.jsonl.gz"
    write_drawings(path, digits)
    on_canvas = np.stack([Sketch(drawing=drawing).steps().image for drawing in digits])
    assert np.array_equal(render_many(read_drawings(path)), on_canvas)
    write_drawings(path, digits[::EVERY])
    assert predict.run([str(path)], str(model_path("tutorial")), as_json=True) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    for record, image in zip(records, on_canvas[::EVERY], strict=True):
        # The same probabilities to the last digit are the same pixels.
        assert record["probabilities"] == pytest.approx(inspect(tutorial, image).probabilities.tolist(), abs=0.0)


@pytest.mark.parametrize("frame", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_position_and_size_on_the_canvas_change_no_prediction(
    digits: list[Drawing], tutorial: Snapshot, frame: Frame
) -> None:
    assert_same_answers(tutorial, digits, frame)


def test_position_and_size_change_no_prediction_for_thirty_writers(shared_data: Path, tutorial: Snapshot) -> None:
    file = shared_data / "pen" / "digits.jsonl.gz"
    if not file.is_file():
        pytest.skip("needs the pen digits in ../shared/data, which are not beside this checkout")
    drawings = read_drawings(file)[::EVERY]
    for frame in ELSEWHERE.values():
        assert_same_answers(tutorial, drawings, frame)
