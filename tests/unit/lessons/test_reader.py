"""Each kind of mistake in a lesson file is named with its file, its line, and what was expected."""

import pytest

from digitlab.lessons.lesson import ChangeQuestion, ChoiceQuestion, ClickQuestion, Question, Task, ValueQuestion
from digitlab.lessons.reading.reader import LessonError, examine, read_lesson
from digitlab.system.errors import DigitLabError

TITLE = "# Title\nSummary.\n"
STEP = f"{TITLE}## A step\nText.\n"
ASKING = f"{STEP}### Question\nHow many?\n"
DOING = f"{STEP}### Task\nDraw.\n"


def in_step(entries: str) -> str:
    return "steps:\n  A step:\n" + "".join(f"    {line}\n" for line in entries.splitlines())


IN_TEXTS = {
    "no title": ("## A step\nText.\n", 1, 'a line "# Title"'),
    "no steps": (TITLE, 1, 'a line "## Title of the step"'),
    "a second title": (f"{STEP}# Again\n", 5, 'one "# Title" at the top'),
    'a second step "A step"': (f"{STEP}## A step\nMore.\n", 5, "a title of its own"),
    'the heading "#### Deep"': (f"{STEP}#### Deep\n", 5, 'a step "## " or its part "### "'),
    'the heading "### Question"': (f"{TITLE}### Question\nWhat?\n## A step\nText.\n", 3, 'a step "## "'),
    'the unknown measure "paramters"': (f"{STEP}\n{{{{paramters(conv1)}}}}\n", 6, "perhaps parameters"),
    'the condition "is_blank()" in a text': (f"{STEP}{{{{is_blank()}}}}\n", 5, "a number, a shape or a name"),
    'a single "{{"': (f"{STEP}Some {{{{ text.\n", 5, '"{{" and "}}"'),
    'a single "$"': (f"{STEP}It costs 5 $.\n", 5, '"$" and "$" around a value or formula'),
    "a picture": (f"{STEP}![a cat](cat.png)\n", 5, "text"),
    "a link": (f"{STEP}[a site](https://example.org)\n", 5, "text without links"),
    "a tag": (f"{STEP}<b>bold</b>\n", 5, "Markdown without HTML"),
    'the part "### Questoin", which nothing uses': (f"{STEP}### Questoin\nWhat?\n", 5, "perhaps Question"),
}


@pytest.mark.parametrize("found", IN_TEXTS)
def test_a_mistake_in_the_texts(files, found):
    texts, line, expected = IN_TEXTS[found]
    (mistake,) = [one for one in files.mistakes(texts) if one.found == found]
    assert (mistake.file, mistake.line) == ("own.md", line)
    assert expected in mistake.expected


IN_DATA = {
    "no YAML: an open bracket": (STEP, "steps: {A step: [\n", "YAML"),
    "a tab": (STEP, "steps:\n\tA step:\n", "YAML"),
    "a reference": (STEP, "steps: &all\n  A step: {}\n", "values written out"),
    "a tag": (STEP, "steps: !!python/object:os.system {}\n", "values without tags"),
    "a second document": (STEP, "steps: {}\n---\nsteps: {}\n", "one document"),
    "deep nesting": (STEP, f"steps: {'[' * 12}{']' * 12}\n", "8 levels deep"),
    "a list at the top": (STEP, "- A step\n", "entries such as steps"),
    "an unknown entry at the top": (STEP, "stpes: {}\n", "perhaps steps"),
    "a step that the texts do not have": (STEP, "steps:\n  A stop: {}\n", "perhaps A step"),
    "the same entry twice": (STEP, "steps:\n  A step: {}\n  A step: {}\n", "each name once"),
    "an unknown entry of a step": (STEP, in_step("hihglight: canvas"), "perhaps highlight"),
    "an unknown control": (STEP, in_step("highlight: canvsa"), "perhaps canvas"),
    "entries for a text": (STEP, in_step("highlight: {a: b}"), "a text, or a list of texts"),
    "an unknown arrangement": (STEP, in_step("set up: {netwerk: pen}"), "perhaps network"),
    "an unknown network": (STEP, in_step("set up: {network: pens}"), "perhaps pen"),
    "an unknown tab": (STEP, in_step("set up: {tab: explian}"), "perhaps explain"),
    "an unknown page": (STEP, in_step("set up: {page: sandbix}"), "perhaps sandbox"),
    "no digit": (STEP, in_step("set up: {drawing: 12}"), "a digit from 0 to 9"),
    "no style of a digit": (STEP, in_step('set up: {drawing: "7, 99"}'), "a style from 0 to"),
    "no epoch": (STEP, in_step("set up: {epoch: first}"), "a number of epochs from 0, or last"),
    "no place": (STEP, in_step("set up: {place: conv1}"), "a layer and whole numbers"),
    "no tile": (STEP, in_step('set up: {tile: "conv1, 1, 2, 3"}'), "a layer and a map or unit"),
    "a place in fractions": (STEP, in_step('set up: {place: "conv1, 0.5, 1, 1"}'), "a layer and whole numbers"),
    "a question without a text": (STEP, in_step("question: {value: rows(conv1)}"), '"### Question" below "## A step"'),
    "a question without its kind": (ASKING, in_step("question: {}"), "one of value, choose, click or change"),
    "a question of two kinds": (ASKING, in_step('question: {value: rows(conv1), click: "conv1, 1"}'), "one of value"),
    "a question beside a task": (
        ASKING,
        in_step("question: {value: rows(conv1)}\ntask: {until: is_blank(), show: {drawing: empty}}"),
        "one of them in a step",
    ),
    "an unknown entry of a question": (ASKING, in_step("question: {valeu: 3}"), "perhaps value"),
    "an expression that ends early": (ASKING, in_step("question: {value: rows(conv1}"), "a measure such as"),
    "a layer without a measure": (ASKING, in_step("question: {value: conv1}"), "conv1 alone is a name"),
    "too many values": (ASKING, in_step('question: {value: "rows(conv1, 2)"}'), "rows(layer)"),
    "a number for a layer": (ASKING, in_step("question: {value: rows(1)}"), "rows(layer)"),
    "a text for a number": (ASKING, in_step("question: {value: tab()}"), "a number or a shape"),
    "a condition for a number": (ASKING, in_step("question: {value: is_blank()}"), "a number or a shape"),
    "Python instead of a measure": (ASKING, in_step('question: {value: "[].append(1)"}'), "a measure such as"),
    "one equals sign": (DOING, in_step("task: {until: strokes() = 1, show: {drawing: 7}}"), "two equals signs"),
    "a comparison of unlike values": (
        DOING,
        in_step("task: {until: tab() == 3, show: {drawing: 7}}"),
        "two values of the same kind",
    ),
    "a tolerance that is no number": (
        ASKING,
        in_step("question: {value: rows(conv1), tolerance: some}"),
        "a number from 0",
    ),
    "a tolerance beside a click": (
        ASKING,
        in_step('question: {click: "conv1, 1", tolerance: 1}'),
        '"tolerance" beside "value" alone',
    ),
    "a typical mistake without a text": (
        ASKING,
        in_step("question:\n  value: rows(conv1)\n  mistakes: {of input: rows(input)}"),
        '"### If of input"',
    ),
    "a single answer to choose": (ASKING, in_step("question: {choose: {yes: is_blank()}}"), "2 to 6"),
    "an answer to choose that is no condition": (
        ASKING,
        in_step("question: {choose: {yes: rows(conv1), no: is_blank()}}"),
        "a condition",
    ),
    "a long answer to choose": (
        ASKING,
        in_step(f"question: {{choose: {{{'long ' * 12}: is_blank(), no: not is_blank()}}}}"),
        "at most",
    ),
    "answers to choose in a list": (ASKING, in_step("question: {choose: [yes, no]}"), "entries such as"),
    "nothing that changes": (ASKING, in_step("question: {change: mean(conv1)}"), '"after"'),
    "a shape that changes": (
        ASKING,
        in_step("question: {change: output_shape(conv1), after: {drawing: 1}}"),
        "a number",
    ),
    "a task without a text": (STEP, in_step("task: {until: is_blank(), show: {drawing: empty}}"), '"### Task"'),
    "a task without an end": (DOING, in_step("task: {show: {drawing: 7}}"), '"until"'),
    "a task that cannot be shown": (DOING, in_step("task: {until: is_blank()}"), '"show"'),
    "a task until a number": (DOING, in_step("task: {until: strokes(), show: {drawing: 7}}"), "a condition"),
}


@pytest.mark.parametrize("what", IN_DATA)
def test_a_mistake_in_the_data(files, what):
    texts, data, expected = IN_DATA[what]
    mistakes = [one for one in files.mistakes(texts, data) if one.file == "own.yaml"]
    matching = [one for one in mistakes if expected in one.expected]
    assert matching, [str(one) for one in mistakes]
    line = next((nth for nth, row in enumerate(data.splitlines(), 1) if nth > 2), 1)
    last = len(data.splitlines())
    assert all(1 <= one.line <= last for one in matching)
    if data.startswith("steps:\n  A step:\n    ") and last == 3:
        assert {one.line for one in matching} == {line}


def test_the_lines_of_mistakes_are_those_of_the_entries(files):
    first = "set up:\n  network: tutorial\n  tab: nowhere\n"
    data = in_step(f"{first}question:\n  value: rows(conv1)\n  mistakes:\n    of all: rows(\n")
    found = {one.line: one.expected for one in files.mistakes(f"{ASKING}### If of all\nNo.\n", data)}
    assert sorted(found) == [5, 9]
    assert found[5].startswith("a tab")
    assert found[9].startswith("a measure")


def test_all_mistakes_are_found_at_once_and_in_order(files):
    mistakes = files.mistakes(f"{STEP}{{{{no(1)}}}}\n### What\nx\n", in_step("highlight: x\nset up: {tab: y}"))
    places = [("own.md", 5), ("own.md", 6), ("own.yaml", 3), ("own.yaml", 4)]
    assert [(one.file, one.line) for one in mistakes] == places


def test_a_mistake_reads_as_compilers_write_it(files):
    (mistake,) = files.mistakes(STEP, in_step("highlight: canvsa"))
    assert str(mistake) == 'own.yaml:3: "canvsa". Expected a control, perhaps canvas.'


def test_reading_a_lesson_with_mistakes_fails_with_the_first(files):
    path = files.write(STEP, in_step("highlight: canvsa\nset up: {tab: y}"))
    with pytest.raises(LessonError, match="has 2 mistakes") as failure:
        read_lesson(path)
    assert failure.value.expected.startswith("own.yaml:3:")
    assert "digitlab lesson check" in failure.value.remedy


def test_a_lesson_needs_no_questions(files):
    files.path.write_text(STEP)
    lesson = read_lesson(files.path)
    assert (lesson.title, lesson.summary, [step.title for step in lesson.steps]) == ("Title", "Summary.", ["A step"])
    assert lesson.steps[0].exercise is None


def test_either_file_may_be_named(files):
    path = files.write(ASKING, in_step("question: {value: rows(conv1)}"))
    assert examine(path.with_suffix(".yaml")).lesson.title == "Title"


def test_files_that_are_missing_or_no_text_are_refused(files):
    with pytest.raises(DigitLabError, match="There is no file own"):
        examine(files.path)
    files.path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DigitLabError, match="no text in UTF-8"):
        examine(files.path)
    files.path.write_bytes(b"# x\n" * 30_000)
    with pytest.raises(DigitLabError, match="larger than"):
        examine(files.path)


def test_every_kind_of_exercise_is_read(files):
    texts = TITLE + "".join(
        f"## {name}\nText.\n### {'Task' if name == 'E' else 'Question'}\nWhat?\n{more}"
        for name, more in {"A": "### If half\nNo.\n", "B": "### If no\nNo.\n", "C": "", "D": "", "E": ""}.items()
    )
    data = """\
steps:
  A: {question: {value: rows(conv1), tolerance: 0.5, mistakes: {half: rows(conv1) / 2}, reveal: {tab: network}}}
  B: {question: {choose: {"yes": rows(conv1) > 3, "no": rows(conv1) <= 3}}}
  C: {question: {click: "conv1, 3", right: chosen_map() > 3}}
  D: {question: {change: probability(5), after: {epoch: 0}, same: 0.1}}
  E: {task: {until: strokes() > 0, show: {drawing: 7}}, highlight: [canvas, tabs]}
"""
    kinds = [step.exercise for step in files.lesson(texts, data).steps]
    assert all(isinstance(one, Question) for one in kinds[:4])
    assert [type(one.kind) for one in kinds[:4]] == [ValueQuestion, ChoiceQuestion, ClickQuestion, ChangeQuestion]
    assert isinstance(kinds[4], Task)
    assert kinds[0].kind.tolerance == 0.5
    assert [pitfall.name for pitfall in kinds[0].kind.pitfalls] == ["half"]
    assert [option.label for option in kinds[1].kind.options] == ["yes", "no"]
    assert kinds[3].kind.same == 0.1


def test_what_is_set_up_is_done_in_one_order_whatever_the_order_in_the_file(files):
    lesson = files.lesson(STEP, in_step('set up: {place: "conv1, 1, 2, 3", drawing: 7, network: tutorial}'))
    assert [type(one).__name__ for one in lesson.steps[0].set_up] == ["ShowNetwork", "ShowDrawing", "ShowPlace"]


def test_a_later_step_knows_what_was_set_up_before(files):
    texts = f"{STEP}## B\nText.\n## C\nText.\n"
    data = "steps:\n  A step: {set up: {network: pen, drawing: 1}}\n  B: {set up: {drawing: 2, tab: train}}\n"
    lesson = files.lesson(texts, data)
    arranged = lesson.set_up_until(2)
    assert [type(one).__name__ for one in arranged] == ["ShowNetwork", "ShowDrawing", "ShowTab"]
    assert arranged[1].digit == 2
