"""Files of drawings are read back as written, and bad ones are rejected by line."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.data.files import drawing_line, drawings_file
from digitlab.data.files.drawings_file import LeftOut, read_drawings, write_drawings
from digitlab.system.errors import DigitLabError

GOOD_LINE = '{"label": 3, "strokes": [[[1, 2], [3, 4]]]}\n'
PEN_FILE = Path(__file__).parents[5] / "shared" / "data" / "pen" / "digits.jsonl.gz"

finite = st.floats(-1e6, 1e6)
points2 = st.lists(st.tuples(finite, finite), min_size=1, max_size=5)
points3 = st.lists(st.tuples(finite, finite, st.floats(0.0, 1.0)), min_size=1, max_size=5)
drawings = st.builds(
    lambda strokes, label: Drawing(tuple(Stroke.of(stroke) for stroke in strokes), label),
    st.lists(points2 | points3, max_size=3),
    st.none() | st.integers(0, 9),
)


def equal(one: Drawing, other: Drawing) -> bool:
    return (
        one.label == other.label
        and len(one.strokes) == len(other.strokes)
        and all(np.array_equal(a.points, b.points) for a, b in zip(one.strokes, other.strokes, strict=True))
    )


@pytest.mark.parametrize("name", ["mine.jsonl", "mine.jsonl.gz"])
@given(several=st.lists(drawings, min_size=1, max_size=4))
def test_written_drawings_are_read_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, several: list[Drawing]
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    write_drawings(path, several)
    assert all(equal(*pair) for pair in zip(read_drawings(path), several, strict=True))


def test_format_is_the_documented_one(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write_drawings(path, [Drawing((Stroke.of([[1, 2], [3, 4.5]]), Stroke.of([[0, 0, 0.75]])), 3)])
    assert json.loads(path.read_text()) == {"label": 3, "strokes": [[[1, 2], [3, 4.5]], [[0, 0, 0.75]]]}


def test_reads_a_hand_made_file_with_other_keys_blank_lines_and_no_label(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"writer": 7, "strokes": [[[1, 2]]], "unit": "mm"}\n\n' + GOOD_LINE.strip())
    first, second = read_drawings(path)
    assert first.label is None
    assert first.strokes[0].points.tolist() == [[1.0, 2.0, 0.5]]
    assert second.label == 3


@pytest.mark.parametrize(
    ("word", "label"), [('"7"', 7), ('"cat"', None), ('"77"', None), ('""', None), ("7", None), ("null", None)]
)
def test_reads_a_drawing_of_quick_draw(tmp_path: Path, word: str, label: int | None) -> None:
    line = '{"word":%s,"key_id":"1","drawing":[[[0,200,90],[0,0,255]],[[5],[6],[0]]]}\n'
    (tmp_path / "seven.ndjson").write_text(line % word)
    (drawing,) = read_drawings(tmp_path / "seven.ndjson")
    assert drawing.label == label
    assert [stroke.points[:, :2].tolist() for stroke in drawing.strokes] == [[[0, 0], [200, 0], [90, 255]], [[5, 6]]]


def test_the_points_of_quick_draw_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "seven.ndjson").write_text('{"drawing":[[[0%s],[0%s]]]}\n' % ((",9" * 50,) * 2))
    assert len(read_drawings(tmp_path / "seven.ndjson")) == 1
    monkeypatch.setattr(drawings_file, "MAX_BRACKETS", 30)
    with pytest.raises(DigitLabError, match=r"seven.ndjson has more than 30 points"):
        read_drawings(tmp_path / "seven.ndjson")


def test_reads_the_shared_files_of_drawings(shared_data: Path) -> None:
    if not (shared_data / "hard").is_dir():
        pytest.skip(f"there is no folder {shared_data / 'hard'}")
    (seven,) = read_drawings(shared_data / "hard" / "quickdraw.ndjson")
    zeros = read_drawings(shared_data / "hard" / "slashed_zero.jsonl")
    assert seven.label == 7
    assert [zero.label for zero in zeros[:4]] == [0] * 4


def test_same_drawings_give_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        write_drawings(tmp_path / name, [Drawing((Stroke.of([[1, 2]]),))])
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("not json", "not JSON"),
        ('{"strokes": [[[1, 2]]', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("\x00\x01", "not JSON"),
        ('{"strokes": [[[NaN, 2]]]}', "not JSON"),
        ('{"strokes": [[[Infinity, 2]]]}', "not JSON"),
        ('{"strokes": [[[1e999, 2]]]}', "finite"),
        ('{"strokes": [[[1e300, 2]]]}', "finite"),
        ('{"strokes": [[["1", 2]]]}', "finite"),
        ('{"strokes": [[[true, 2]]]}', "finite"),
        ('{"strokes": [[[null, 2]]]}', "finite"),
        ('{"strokes": [[[1]]]}', "a point"),
        ('{"strokes": [[[1, 2, 3, 4]]]}', "a point"),
        ('{"strokes": [[[1, 2], [1, 2, 0.5]]]}', "a point"),
        ('{"strokes": [[1, 2]]}', "a point"),
        ('{"strokes": [[]]}', "without points"),
        ('{"strokes": [5]}', "a stroke"),
        ('{"strokes": {"0": 1}}', "strokes"),
        ('{"label": 3}', "strokes"),
        ("[1, 2]", "strokes"),
        ('{"drawing": 5}', "strokes"),
        ('{"drawing": [5]}', "a list of x"),
        ('{"drawing": [[[1, 2]]]}', "a list of x"),
        ('{"drawing": [[[1, 2], [3]]]}', "a list of x"),
        ('{"drawing": [[[1, 2], [3, 4], [5]]]}', "a list of x"),
        ('{"drawing": [[1, 2]]}', "a list of x"),
        ('{"drawing": [[[], []]]}', "without points"),
        ('{"drawing": [[["a"], [1]]]}', "finite"),
        ('{"label": 10, "strokes": []}', "label"),
        ('{"label": -1, "strokes": []}', "label"),
        ('{"label": "3", "strokes": []}', "label"),
        ('{"label": true, "strokes": []}', "label"),
        ('{"label": 3.0, "strokes": []}', "label"),
    ],
)
def test_bad_line_is_rejected_with_its_number(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(GOOD_LINE + line + "\n" + GOOD_LINE)
    with pytest.raises(DigitLabError, match=r"mine.jsonl, line 2 ") as caught:
        read_drawings(path)
    assert reason in caught.value.happened


def test_bytes_that_are_not_text_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_bytes(b"\xff\xfe\x80\n")
    with pytest.raises(DigitLabError, match="line 1 is not JSON"):
        read_drawings(path)


@pytest.mark.parametrize("content", ["", "\n  \n"])
def test_empty_file_is_rejected(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text(content)
    with pytest.raises(DigitLabError, match=r"mine.jsonl (contains no drawing|is an empty file)"):
        read_drawings(path)


def test_missing_file_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(DigitLabError, match=r"There is no file mine.jsonl"):
        read_drawings(tmp_path / "mine.jsonl")


@pytest.mark.parametrize("end", [5, 12, 20, -9, -1])
def test_truncated_gzip_is_rejected(tmp_path: Path, end: int) -> None:
    path = tmp_path / "mine.jsonl.gz"
    path.write_bytes(gzip.compress(GOOD_LINE.encode() * 50)[:end])
    with pytest.raises(DigitLabError, match=r"mine.jsonl.gz is damaged"):
        read_drawings(path)


@pytest.mark.parametrize("content", [GOOD_LINE.encode(), b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + b"\xff" * 30])
def test_file_that_is_not_gzip_is_rejected(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(DigitLabError, match=r"mine.jsonl.gz is damaged"):
        read_drawings(path)


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        ("MAX_BYTES", 3 * len(GOOD_LINE) - 1, "of text"),
        ("MAX_LINE_BYTES", len(GOOD_LINE) - 1, "a line, number 1"),
        ("MAX_LINES", 2, "more than 2 lines"),
        ("MAX_BRACKETS", 11, "more than 11 points"),
    ],
)
def test_limits_hold_after_decompression(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, reason: str
) -> None:
    path = tmp_path / "mine.jsonl.gz"
    path.write_bytes(gzip.compress(GOOD_LINE.encode() * 3))
    assert len(read_drawings(path)) == 3
    monkeypatch.setattr(drawings_file, limit, value)
    with pytest.raises(DigitLabError, match=r"mine.jsonl.gz") as caught:
        read_drawings(path)
    assert reason in caught.value.happened


def test_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file, not a folder")
    with pytest.raises(DigitLabError):
        write_drawings(tmp_path / "folder" / "mine.jsonl", [Drawing()])
    assert (tmp_path / "folder").read_text() == "a file, not a folder"


@pytest.mark.skipif(not PEN_FILE.is_file(), reason="the digits written on a tablet are not beside this checkout")
def test_reads_digits_written_on_a_tablet() -> None:
    several = read_drawings(PEN_FILE)
    assert len(several) == 7494
    assert {drawing.label for drawing in several} == set(range(10))


def test_a_drawing_with_too_many_points_is_no_drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing_line, "MAX_POINTS", 1)
    (tmp_path / "mine.jsonl").write_text(GOOD_LINE)
    with pytest.raises(DigitLabError, match="line 1 has more than 1 points"):
        read_drawings(tmp_path / "mine.jsonl")


@pytest.mark.parametrize(
    ("lines", "places", "text"),
    [
        (["good", "bad"], (1,), "1 of the 2 lines of mine.jsonl is left out: line 2 is not JSON."),
        (
            ["bad", "", "good", "5"],
            (0, 2),
            'are left out: line 1 is not JSON; line 4 has no list "strokes".',
        ),
        (
            ["good", *["bad"] * 6],
            (1, 2, 3, 4, 5, 6),
            "line 2 is not JSON; line 3 is not JSON; line 4 is not JSON; and 3 more.",
        ),
    ],
    ids=["one", "two", "many"],
)
def test_bad_lines_are_left_out_and_named(tmp_path: Path, lines: list[str], places: tuple[int, ...], text: str) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text("".join(f"{GOOD_LINE.strip() if line == 'good' else line}\n" for line in lines))
    told: list[LeftOut] = []
    assert len(read_drawings(path, told.append)) == 1
    assert told[0].places == places
    assert text in told[0].text


def test_nothing_is_told_of_a_good_file(tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_text(GOOD_LINE * 2)
    told: list[LeftOut] = []
    assert len(read_drawings(tmp_path / "mine.jsonl", told.append)) == 2
    assert told == []


def test_a_file_without_any_drawing_is_refused_with_the_first_reason(tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_text('{"word": "7"}\n' * 3)
    with pytest.raises(DigitLabError, match=r'contains no drawing: mine.jsonl, line 1 has no list "strokes"'):
        read_drawings(tmp_path / "mine.jsonl", lambda _: None)


def test_a_table_is_not_called_a_bad_file_of_drawings(tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_text("label,pixel0,pixel1\n7,0,0\n")
    with pytest.raises(DigitLabError, match=r"mine.jsonl is a table of comma-separated values"):
        read_drawings(tmp_path / "mine.jsonl", lambda _: None)


def test_the_advice_names_only_formats_that_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "drawing.jsonl"
    path.write_bytes(b"label,a,b\n7,0,0\n")
    with pytest.raises(DigitLabError) as refused:
        read_drawings(path, lambda _: None)
    assert "which DigitLab cannot read" in refused.value.happened
    advice = f"{refused.value.expected} {refused.value.remedy}"
    assert ".jsonl" in advice
    assert not any(other in advice for other in ("PNG", ".npz", ".digitlab"))


@pytest.mark.parametrize("content", [b"%PDF-1.4 a document", b"<svg></svg>"])
def test_a_picture_is_sent_where_pictures_are_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "drawing.jsonl"
    path.write_bytes(content)
    with pytest.raises(DigitLabError, match="not a file of drawings") as refused:
        read_drawings(path, lambda _: None)
    assert refused.value.remedy == "Open it in the window, or classify it with digitlab predict."


def test_a_file_of_mostly_bad_lines_is_refused_early(tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_text(GOOD_LINE + "bad\n" * 1_002)
    with pytest.raises(DigitLabError, match="line 2 is not JSON"):
        read_drawings(tmp_path / "mine.jsonl", lambda _: None)


def test_a_whole_number_of_400_digits_is_no_coordinate(tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_text(GOOD_LINE + '{"strokes": [[[' + "1" * 400 + ", 2]]]}")
    with pytest.raises(DigitLabError, match="line 2 has a coordinate that is not a finite number"):
        read_drawings(tmp_path / "mine.jsonl")
