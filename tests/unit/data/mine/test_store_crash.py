"""``kill -9`` at random times while digits are drawn and kept loses nothing that was reported as written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROUNDS = 10


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    """What was reported and what was found, round after round, all in one file."""
    if sys.platform != "linux":
        pytest.skip("forks a process that has loaded NumPy, which is safe on Linux only")
    path = tmp_path_factory.mktemp("killed") / "my-digits.sqlite3"
    command = [sys.executable, "-m", "tests.unit.data.mine.killed_while_drawing", str(path), str(ROUNDS), "7"]
    root = Path(__file__).parents[4]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_digit_that_was_kept_is_there_after_each_kill(rounds):
    assert len(rounds) == ROUNDS
    kept = {}
    for told, found, *_ in rounds:
        kept |= {entry["id"]: entry["label"] for entry in told if "id" in entry}
        assert kept.items() <= dict(found).items()
    assert len(kept) >= ROUNDS  # they were killed at work, not before


def test_every_finished_stroke_is_there_after_each_kill(rounds):
    unkept, before = 0, set()
    for told, found, starts, *_ in rounds:
        numbers = {number for number, _ in found}
        last = told[-1]
        # The digit may have been kept without being reported; then its strokes are among the kept digits.
        kept_unsaid = bool(numbers - before - {entry.get("id") for entry in told})
        before = numbers
        if "count" in last and not kept_unsaid:
            unkept += 1
            assert last["x"] in starts
            assert len(starts) >= last["count"]
    assert unkept  # some were killed in the middle of a digit


def test_no_kill_damages_the_file(rounds):
    assert [(integrity, set_aside) for *_, integrity, set_aside in rounds] == [("ok", False)] * ROUNDS
