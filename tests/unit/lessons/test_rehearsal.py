"""A lesson is played through without a window: whatever cannot be computed is found, and the shipped ones are fine."""

import pytest

from digitlab.lessons.lesson import Question, Task
from digitlab.lessons.reading.reader import examine
from digitlab.lessons.reading.shipped import shipped_lessons
from digitlab.lessons.rehearsal import first_scene, rehearse

TITLE = "# Title\n## A step\n"


@pytest.mark.parametrize("headline", shipped_lessons(), ids=lambda headline: headline.name)
def test_a_shipped_lesson_is_without_mistakes(headline):
    read = examine(headline.path)
    assert [str(mistake) for mistake in (*read.mistakes, *rehearse(read.lesson))] == []
    assert headline.steps == len(read.lesson.steps)
    assert headline.summary
    assert 5 <= len(read.lesson.steps) <= 10
    assert sum(step.exercise is not None for step in read.lesson.steps) >= 3


@pytest.mark.parametrize("headline", shipped_lessons(), ids=lambda headline: headline.name)
def test_each_step_can_be_set_up_at_once_and_shows_the_same_network_and_tab(headline):
    lesson = examine(headline.path).lesson
    played = first_scene()
    for nth, step in enumerate(lesson.steps):
        jumped = first_scene()
        for one in lesson.set_up_until(nth):
            jumped = one.apply(jumped)
        for one in step.set_up:
            played = one.apply(played)
        assert (jumped.spec, jumped.tab, jumped.page) == (played.spec, played.tab, played.page)
        assert (jumped.recipe, jumped.snapshot.is_edited) == (played.recipe, played.snapshot.is_edited)
        exercise = step.exercise
        shown = exercise.show if isinstance(exercise, Task) else exercise.reveal if exercise is not None else ()
        after = exercise.kind.after if isinstance(exercise, Question) and hasattr(exercise.kind, "after") else ()
        for one in (*after, *shown):
            played = one.apply(played)


CASES = {
    "a layer that the network does not have": (
        f"{TITLE}It has {{{{units(conv3)}}}}.\n",
        "steps: {A step: {set up: {network: tutorial}}}\n",
        3,
        "no layer conv3",
    ),
    "a row that a map does not have": (
        f"{TITLE}Text.\n### Question\nWhat?\n",
        'steps: {A step: {set up: {network: tutorial}, question: {value: "value(conv1, 1, 24, 1)"}}}\n',
        5,
        "no row 24",
    ),
    "a typical mistake that is no mistake": (
        f"{TITLE}Text.\n### Question\nWhat?\n### If so\nNo.\n",
        "steps: {A step: {question: {value: rows(conv1), mistakes: {so: columns(conv1)}}}}\n",
        7,
        "which leads to the right answer",
    ),
    "two right answers": (
        f"{TITLE}Text.\n### Question\nWhat?\n",
        "steps: {A step: {question: {choose: {a: rows(conv1) > 1, b: rows(conv1) > 2}}}}\n",
        5,
        "2 of the answers are right",
    ),
    "a tile that does not exist": (
        f"{TITLE}Text.\n### Question\nWhat?\n",
        'steps: {A step: {question: {click: "conv1, 99"}}}\n',
        5,
        "no map 99",
    ),
    "a place that does not exist": (
        f"{TITLE}Text.\n",
        'steps: {A step: {set up: {place: "conv1, 1, 99, 1"}}}\n',
        2,
        "no row 99",
    ),
    "a filter that does not exist": (
        f"{TITLE}Text.\n",
        'steps: {A step: {set up: {network: tutorial, off: "conv1, 32"}}}\n',
        2,
        "no filter 32",
    ),
    "a task about a missing layer": (
        f"{TITLE}Text.\n### Task\nDo.\n",
        "steps: {A step: {task: {until: rows(conv9) > 3, show: {drawing: 7}}}}\n",
        5,
        "no layer conv9",
    ),
    "a formula that is none": (f"{TITLE}It is $\\frac{{a$.\n", "", 3, "the formula"),
}


@pytest.mark.parametrize("what", CASES)
def test_what_cannot_be_computed_is_found(files, what):
    texts, data, line, found = CASES[what]
    mistakes = rehearse(files.lesson(texts, data))
    assert [(one.file, one.line) for one in mistakes] == [("own.md", line)]
    assert found in mistakes[0].found
