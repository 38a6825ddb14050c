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
    return _python("-m", "digitlab", *arguments, **options)


def scripted(script: str, *arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Start a script in another process, such as one that runs DigitLab and prints how far it is."""
    return _python("-c", script, *arguments, **options)


def wait_for(process: subprocess.Popen[str], line: str) -> None:
    """Wait until a process prints a line; fail with its errors if it ends before."""
    assert process.stdout is not None
    while found := process.stdout.readline():
        if found.strip() == line:
            return
    pytest.fail(process.communicate()[1])


def assert_one_sentence(answer: Answer, *words: str) -> None:
    """Assert that wrong usage or input was reported: exit code 2, one line on standard error, no traceback."""
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.count("\n") == 1
    assert "Traceback" not in answer.err
    for word in words:
        assert word in answer.err


def _python(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": REPOSITORY, "text": True, **options}
    return subprocess.Popen([sys.executable, *map(str, arguments)], **settings)
