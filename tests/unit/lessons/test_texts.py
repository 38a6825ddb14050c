"""Texts with values and formulas, progress, and the reference of the documentation."""

import re

import pytest

from digitlab.lessons.formulas import typeset
from digitlab.lessons.mistakes import MistakeError, Mistakes
from digitlab.lessons.progress import AllProgress, Progress
from digitlab.lessons.reading.reader import examine
from digitlab.lessons.reference import reference_lines
from digitlab.lessons.rehearsal import rehearse
from digitlab.lessons.text import read_text
from tests.structure import REPOSITORY

PAGE = REPOSITORY / "docs" / "lessons.md"


def filled(markdown, scene):
    mistakes = Mistakes("own.md")
    text = read_text(markdown, 1, mistakes)
    assert mistakes.found == []
    return text.filled(scene, lambda tex, is_display: f"[{'display' if is_display else 'inline'}: {tex}]")


def test_values_stand_in_texts_and_in_formulas(scene):
    assert filled("It has {{parameters()}} of {{output_shape(conv1)}}.", scene) == "It has 62,346 of 24 × 24 × 32."
    assert filled("So $x_{{{inputs(conv1)}}}$ and $$a = {{parameters()}}$$", scene) == (
        "So [inline: x_{25}] and [display: a = 62{,}346]"
    )
    assert filled("$ {{output_shape(dense)}}, {{probability(1) - probability(1)}} $", scene) == r"[inline:  10, 0\ \% ]"


def test_formulas_become_pictures_with_a_baseline():
    flat, deep = typeset("x", 16.0, "#112233"), typeset(r"\frac{a}{b}", 16.0, "#112233")
    assert flat.svg.startswith("<svg")
    assert "<symbol" not in deep.svg  # which Qt does not draw
    assert "#112233" in flat.svg
    assert 4 < flat.width < 20
    assert deep.ascent > flat.ascent > 4
    assert deep.descent > flat.descent
    with pytest.raises(MistakeError, match="the formula"):
        typeset(r"\frac{a", 16.0, "#112233")


def test_progress_survives_the_settings():
    progress = AllProgress()
    assert progress.of("a") == Progress()
    one = Progress().at(0).at(1).with_solved(1)
    progress = progress.with_lesson("a", one).with_lesson("b: with a colon", Progress(4, frozenset({4})))
    assert AllProgress.of_texts(progress.texts()) == progress
    assert not one.is_complete(3)
    assert one.at(2).is_complete(3)


@pytest.mark.parametrize("text", ["", "nonsense", "a: 1", "a: x; 1; 2", "a: ; ; ", ": 1; 2; 3", "a: 99999; 1; 2"])
def test_damaged_progress_is_left_out(text):
    assert AllProgress.of_texts([text]).by_lesson == {}


def test_the_documentation_lists_all_that_can_be_named():
    assert "\n".join(reference_lines()) in PAGE.read_text("utf-8")


def test_the_example_of_the_documentation_is_a_lesson_without_mistakes(files):
    page = PAGE.read_text("utf-8")
    texts = re.search(r"```markdown\n(.*?)```", page, re.DOTALL)
    data = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert texts is not None
    assert data is not None
    read = examine(files.write(texts[1], data[1]))
    assert [str(one) for one in (*read.mistakes, *rehearse(read.lesson))] == []
