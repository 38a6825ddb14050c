"""``kill -9`` at random times of trainings: the next start has all but the last snapshot interval."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROUNDS = 12


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    """What was reported and what was found, round after round, all in one folder."""
    if sys.platform != "linux":
        pytest.skip("forks a process that has loaded NumPy, which is safe on Linux only")
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.runs.killed_while_training", str(ROUNDS), "11"],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "DIGITLAB_HOME": str(tmp_path_factory.mktemp("killed"))},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_training_that_was_killed_is_found_once_and_nothing_is_damaged(rounds):
    assert len(rounds) == ROUNDS
    assert [(len(found), set_aside) for _, found, set_aside in rounds] == [(1, 0)] * ROUNDS
    assert [found[0][1:] for _, found, _ in rounds] == [["ok", True, True]] * ROUNDS


def test_each_run_has_everything_that_was_reported_as_written(rounds):
    reached = [(int(reported[-1]), found[0][0]) for reported, found, _ in rounds]
    assert all(recovered >= acknowledged for acknowledged, recovered in reached), reached
    assert max(acknowledged for acknowledged, _ in reached) > 50  # they were killed at work, not before
