"""``digitlab lesson``: mistakes with their lines, and what lesson files can name."""

import json

import pytest

from digitlab.cli import main
from digitlab.lessons.reading.shipped import shipped_lessons

GOOD = "# Mine\n## One\nIt has {{parameters()}} parameters.\n"


@pytest.fixture
def lesson(tmp_path):
    def write(texts, data=""):
        path = tmp_path / "mine.md"
        path.write_text(texts)
        path.with_suffix(".yaml").write_text(data)
        return str(path)

    return write


def test_a_lesson_without_mistakes(lesson, capsys):
    path = lesson(GOOD)
    assert main(["lesson", "check", path]) == 0
    assert capsys.readouterr().out == f"{path}: no mistakes. “Mine” has 1 step, 0 with a question or task.\n"


def test_every_mistake_has_its_file_and_line(lesson, capsys):
    path = lesson(GOOD, "steps:\n  One:\n    set up: {network: pens}\n    highlight: canvsa\n")
    assert main(["lesson", "check", path]) == 2
    assert capsys.readouterr().out.splitlines() == [
        'mine.yaml:3: "pens". Expected a shipped network, perhaps pen.',
        'mine.yaml:4: "canvsa". Expected a control, perhaps canvas.',
    ]


def test_what_cannot_be_computed_is_a_mistake_too(lesson, capsys):
    assert main(["lesson", "check", lesson("# Mine\n## One\n{{units(conv9)}}\n")]) == 2
    assert capsys.readouterr().out.startswith("mine.md:3: the network on screen has no layer conv9. Expected its ")


def test_mistakes_as_json(lesson, capsys):
    assert main(["lesson", "check", "--json", lesson("## One\nText.\n")]) == 2
    assert json.loads(capsys.readouterr().out) == {
        "file": "mine.md",
        "line": 1,
        "found": "no title",
        "expected": 'a line "# Title" at the top of the file',
    }


def test_a_missing_file_does_not_keep_the_others_from_being_checked(lesson, capsys):
    assert main(["lesson", "check", "nowhere.md", lesson(GOOD)]) == 2
    written = capsys.readouterr()
    assert "There is no file nowhere.md" in written.err
    assert "no mistakes" in written.out


def test_the_shipped_lessons_are_without_mistakes(capsys):
    assert main(["lesson", "check", *(str(one.path) for one in shipped_lessons())]) == 0
    assert capsys.readouterr().out.count("no mistakes") == len(shipped_lessons())


def test_the_reference_lists_measures_and_controls(capsys):
    assert main(["lesson", "reference"]) == 0
    written = capsys.readouterr().out
    assert "| `parameters(layer?)` |" in written
    assert "| drawing | a digit, or empty |" in written
    assert "time slider" in written


def test_without_what_to_do_it_says_what_can_be_done(capsys):
    assert main(["lesson"]) == 2
    assert "check|reference" in capsys.readouterr().err
