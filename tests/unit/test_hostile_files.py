"""Every hostile file is refused in one sentence, within 2 s of CPU and 200 MB; ``python -m tests.fuzz`` makes more.

They are read in processes that are forked from one with a single thread.
"""

import json
import subprocess
import sys

import pytest

from tests.structure import REPOSITORY

pytest.importorskip("resource", reason="limits processes as on Linux")
from tests.fuzz.hostile import CASES

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="measures memory in /proc")


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "outcomes.json"
    command = [sys.executable, "-m", "tests.fuzz", "--minutes", "0", "--outcomes", str(path)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=600, check=False)
    assert path.is_file(), done.stderr
    return json.loads(path.read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.reader}, {case.name}")
def test_a_hostile_file_is_refused_in_one_sentence_within_the_limits(outcomes, case):
    ending, text = outcomes[f"{case.reader}, {case.name}"]
    assert ending == ("result" if case.is_good else "refused"), text
    assert case.is_good or 20 < len(text) < 700, text
