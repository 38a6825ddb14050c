"""``digitlab evaluate --distorted``."""

from pathlib import Path

import pytest

from digitlab.data.drawing.distortions import KINDS, STRENGTHS
from digitlab.data.drawing.photographs import PHOTO_KINDS
from digitlab.evaluation import distorted
from tests.helpers.command_line import Digitlab


@pytest.fixture(autouse=True)
def _few_digits(monkeypatch):
    monkeypatch.setattr(distorted, "INPUT_COUNT", 12)
    monkeypatch.setattr(distorted, "PHOTO_COUNT", 2)


def test_distorted_digits_are_measured_as_json(digitlab: Digitlab, dataset: Path):
    (record,) = digitlab("evaluate", "tutorial", "--data", dataset, "--distorted", "--json").records
    cells = record["distorted"]
    assert len(cells) == (len(KINDS) + len(PHOTO_KINDS)) * (1 + len(STRENGTHS))
    assert {cell["kind"] for cell in cells} == {*KINDS, *PHOTO_KINDS}
    assert {(cell["is_photo"], cell["count"]) for cell in cells} == {(False, 12), (True, 2)}
    for cell in cells:
        low, high = cell["interval"]
        assert 0.0 <= low <= cell["accuracy"] <= high <= 1.0


def test_distorted_digits_are_measured_as_text(digitlab: Digitlab, dataset: Path):
    lines = digitlab("evaluate", "tutorial", "--data", dataset, "--distorted").out.splitlines()
    heads = [line for line in lines if line.startswith("accuracy by distortion of")]
    assert [head.split(",")[0] for head in heads] == [
        "accuracy by distortion of the network's input",
        "accuracy by distortion of the photo",
    ]
    assert "12 digits drawn at random" in heads[0]
    for name in (*KINDS, *PHOTO_KINDS):
        (line,) = [line for line in lines if line.split()[:1] == [name]]
        assert line.count("%") == 1 + len(STRENGTHS)


def test_nothing_is_distorted_unless_asked_for(digitlab: Digitlab, dataset: Path):
    (record,) = digitlab("evaluate", "tutorial", "--data", dataset, "--json").records
    assert "distorted" not in record
