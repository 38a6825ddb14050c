"""Running commands, in this process or in another, and what they answer."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from digitlab import cli
from tests.structure import REPOSITORY


class Answer(NamedTuple):
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The JSON objects on standard output, which contains nothing else."""
        return [json.loads(line) for line in self.out.splitlines()]


Digitlab = Callable[..., Answer]


def runner(capsys: pytest.CaptureFixture[str]) -> Digitlab:
    """Return a function that runs a command in this process."""

    def run(*arguments: object) -> Answer:
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Answer(code, out, err)

    return run


def started(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Start a command in another process."""
    command = [sys.executable, "-m", "digitlab", *(str(argument) for argument in arguments)]
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": REPOSITORY, "text": True, **options}
    return subprocess.Popen(command, **settings)
