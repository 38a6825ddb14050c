"""Files on the command line that are bad in part, or no files at all."""

import json
import os
from pathlib import Path

import pytest

from digitlab import cli
from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.files.drawing_line import to_line

GOOD = [to_line(builtin_drawing(digit, builtin_styles(digit)[0])) for digit in range(10)]
HUGE = '{"label": 1, "strokes": [[[' + "1" * 400 + ", 2]]]}\n"


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    """Twelve lines, of which the second and the fourth are no drawings."""
    path = tmp_path / "mine.jsonl"
    path.write_text("".join([GOOD[0], "bad\n", GOOD[1], HUGE, *GOOD[2:]]))
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


WARNING = (
    "digitlab: 2 of the 12 lines of mine.jsonl are left out: line 2 is not JSON; "
    "line 4 has a coordinate that is not a finite number.\n"
)


def test_predict_leaves_out_bad_lines_and_warns(capsys, drawings):
    code, out, err = run(capsys, "predict", "--json", str(drawings))
    results = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, WARNING)
    assert [result["label"] for result in results] == list(range(10))
    # Each result can be matched with its line.
    assert [result["index"] for result in results] == [0, 2, *range(4, 12)]


def test_evaluate_leaves_out_bad_lines_and_warns(capsys, drawings):
    code, out, err = run(capsys, "evaluate", "pen", "--data", str(drawings))
    assert (code, err) == (0, WARNING)
    assert "of 10)" in out


@pytest.mark.parametrize("command", [("predict",), ("evaluate", "pen", "--data")])
def test_strict_refuses_a_file_with_a_bad_line(capsys, drawings, command):
    code, out, err = run(capsys, *command, str(drawings), "--strict")
    assert (code, out) == (2, "")
    assert "mine.jsonl, line 2 is not JSON" in err


def test_strict_is_for_training_too(capsys, drawings):
    code, _, err = run(capsys, "train", "--recipe", "pen", "--data", "builtin", "--drawings", str(drawings), "--strict")
    assert code == 2
    assert "mine.jsonl, line 2 is not JSON" in err


def test_the_files_after_a_bad_one_are_answered(capsys, tmp_path, drawings):
    bad = tmp_path / "bad.jsonl"
    bad.write_text(HUGE)
    code, out, err = run(capsys, "predict", str(bad), str(tmp_path / "none.png"), str(drawings))
    assert code == 2
    assert out.count("\n") == 10
    assert "bad.jsonl contains no drawing: bad.jsonl, line 1 has a coordinate" in err
    assert "There is no file none.png" in err


COMMANDS = [
    ("predict",),
    ("predict", "--model"),
    ("evaluate", "pen", "--data"),
    ("evaluate",),
    ("summary",),
    ("train", "--data"),
    ("train", "--recipe", "pen", "--data", "builtin", "--drawings"),
    (),
]
SUFFIXES = ["", ".jsonl", ".jsonl.gz", ".npz", ".digitlab", ".digitlab-run", ".png"]


def refused(capsys, command: tuple[str, ...], path: str) -> str:
    arguments = (*command, path, "x.png") if command == ("predict", "--model") else (*command, path)
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    return err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes in folders")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_command_waits_for_a_pipe(capsys, tmp_path, command, suffix):
    path = tmp_path / f"pipe{suffix}"
    os.mkfifo(path)
    assert f"pipe{suffix} is a pipe, not a file" in refused(capsys, command, str(path))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_command_reads_a_device_behind_a_link(capsys, tmp_path, command, suffix):
    path = tmp_path / f"link{suffix}"
    path.symlink_to("/dev/zero")
    assert f"link{suffix} is a device, not a file" in refused(capsys, command, str(path))


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("name", ["~nosuchuser/x", "x" * 300, "x" * 300 + ".jsonl"])
def test_a_name_that_cannot_be_a_file_is_one_sentence(capsys, command, name):
    err = refused(capsys, command, name)
    assert any(words in err for words in ("There is no", "File name too long"))
    assert len(err) < 800
