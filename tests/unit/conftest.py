"""What tests of the command line share."""

from pathlib import Path

import pytest

from tests.helpers.command_line import Digitlab, runner
from tests.helpers.networks import small_dataset, write_npz


@pytest.fixture
def digitlab(capsys: pytest.CaptureFixture[str]) -> Digitlab:
    """Run a command in this process."""
    return runner(capsys)


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A small dataset in the format of MNIST."""
    return write_npz(tmp_path / "few.npz", small_dataset())
