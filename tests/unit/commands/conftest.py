"""The command line in this process."""

import pytest

from tests.helpers.command_line import Digitlab, runner


@pytest.fixture
def digitlab(capsys: pytest.CaptureFixture[str]) -> Digitlab:
    """Run a command in this process."""
    return runner(capsys)
