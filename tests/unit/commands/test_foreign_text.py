"""Names and paths with escape sequences and markup, in every place where the command line or the log prints them."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from digitlab.commands import summary
from digitlab.commands.terminal import ProgressBar
from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.files.drawings_file import write_drawings
from digitlab.model.files.network_file import write_model
from digitlab.system.log import log_path, logging_to_file
from tests.helpers.command_line import Answer, Digitlab
from tests.helpers.networks import random_snapshot, small_dataset, small_spec, write_npz

HOSTILE: Final = "\x1b[2J\x1b]0;title\x07<b>&amp;\nforged line\r\x9b31m\u202e\u2028\x7f"
"""As a name: clears the screen, sets the title, rings, breaks the line, and turns the direction of the text around."""

SEEN: Final = r"\x1b[2J\x1b]0;title\x07<b>&amp;\nforged line\r\x9b31m\u202e\u2028\x7f"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Files of all kinds with hostile names, good and damaged ones."""
    suffixes = ("digitlab", "png", "jsonl", "npz")
    found = {suffix: tmp_path / f"{HOSTILE}.{suffix}" for suffix in suffixes}
    write_model(found["digitlab"], random_snapshot(replace(small_spec(), name=HOSTILE)))
    Image.new("L", (60, 60), 255).save(found["png"])
    write_drawings(found["jsonl"], [replace(builtin_drawing(7, builtin_styles(7)[0]), label=7)])
    write_npz(found["npz"], small_dataset())
    for suffix in suffixes:
        damaged = found[f"damaged {suffix}"] = tmp_path / f"damaged {HOSTILE}.{suffix}"
        damaged.write_bytes(found[suffix].read_bytes()[:100] + b"\x00")
        found[f"missing {suffix}"] = tmp_path / f"missing {HOSTILE}.{suffix}"
    return found


def _assert_plain(answer: Answer) -> None:
    """Assert that what was printed and logged holds no control character but the ends of its own lines."""
    for text in (answer.out, answer.err, log_path().read_text("utf-8")):
        assert all(line == "" or line.isprintable() for line in text.split("\n")), text
        assert "\nforged line" not in text


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("summary", "digitlab"), 0),
        (("summary", "digitlab", "--json"), 0),
        (("summary", "damaged digitlab"), 2),
        (("summary", "missing digitlab"), 2),
        (("predict", "png", "jsonl"), 0),
        (("predict", "--json", "png", "jsonl"), 0),
        (("predict", "damaged png", "damaged jsonl", "missing png", "missing jsonl", "npz"), 2),
        (("predict", "--model", "digitlab", "png"), 0),
        (("evaluate", "digitlab", "--data", "npz"), 0),
        (("evaluate", "digitlab", "--data", "jsonl", "--json"), 0),
        (("evaluate", "tutorial", "--data", "damaged npz"), 2),
        (("evaluate", "tutorial", "--data", "missing npz"), 2),
        (("train", "--data", "npz", "--epochs", "1", "--out", "missing digitlab"), 0),
        (("train", "--data", "npz", "--out", "digitlab/inside"), 2),
        (("train", "--data", "damaged npz"), 2),
        (("train", "--data", "npz", "--augmentation", "drawings", "--drawings", "damaged jsonl"), 2),
        (("missing digitlab",), 2),
    ],
)
def test_names_of_files_are_printed_without_control_characters(
    arguments: tuple[str, ...], code: int, files: dict[str, Path], digitlab: Digitlab
):
    paths = {**files, "digitlab/inside": files["digitlab"] / HOSTILE}
    answer = digitlab(*(paths.get(argument, argument) for argument in arguments))
    assert answer.code == code, answer.err
    _assert_plain(answer)
    if "--json" not in arguments:
        assert "forged line" in answer.out + answer.err or arguments[0] == "evaluate"


@pytest.mark.parametrize(
    "arguments",
    [
        ("summary", HOSTILE),
        ("summary", "--preset", HOSTILE),
        ("evaluate", HOSTILE),
        ("predict", "--model", HOSTILE, "a.png"),
        ("predict", HOSTILE),
        (HOSTILE,),
        (f"--{HOSTILE}",),
        *(
            ("train", f"--{option}", HOSTILE)
            for option in ("recipe", "preset", "optimizer", "schedule", "augmentation", "data", "epochs", "seed")
        ),
        ("demo", HOSTILE),
    ],
)
def test_arguments_are_printed_without_control_characters(arguments: tuple[str, ...], digitlab: Digitlab):
    answer = digitlab(*arguments)
    assert answer.code == 2
    _assert_plain(answer)
    assert "forged line" in answer.err
    assert answer.err.count("\n") == 1


def test_a_bug_is_logged_without_control_characters(digitlab: Digitlab, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object, **__: object) -> int:
        raise ZeroDivisionError(HOSTILE)

    monkeypatch.setattr(summary, "run", fail)
    answer = digitlab("summary")
    assert answer.code == 1
    _assert_plain(answer)
    assert "ZeroDivisionError" in log_path().read_text("utf-8")


def test_a_message_with_line_breaks_is_one_line_of_the_log():
    with logging_to_file():
        logging.getLogger("digitlab.test").warning("The file %s is bad.", HOSTILE)
    (line,) = [line for line in log_path().read_text("utf-8").splitlines() if "is bad." in line]
    assert line.endswith(f"The file {SEEN} is bad.")


def test_the_progress_bar_has_no_control_characters_but_its_own(monkeypatch: pytest.MonkeyPatch):
    written: list[str] = []

    class Terminal:
        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            written.append(text)
            return len(text)

        def flush(self) -> None:
            pass

    monkeypatch.setattr("sys.stderr", Terminal())
    ProgressBar().show(HOSTILE, 0.5)
    (bar,) = written
    assert bar.endswith(SEEN)
    assert bar.count("\x1b") == 1  # erases the line
