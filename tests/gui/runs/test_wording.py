"""What the list says of a run."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from digitlab.gui.runs.wording import epochs_words, facts, recipe_words, size_words, when_words
from digitlab.runs.kept import RunEnding
from digitlab.training.config import TrainingConfig
from digitlab.training.recipes import RECIPES
from tests.gui.train.runs import make_started


def test_recipes_are_told_by_what_differs():
    assert recipe_words(make_started(config=TrainingConfig())) == "SGD 0.01, batches of 100"
    pen = recipe_words(make_started(config=RECIPES["pen"].config))
    assert pen == "Adam 0.002, batches of 128, warm-up and cosine, images and drawings, dropout 0.3"


@pytest.mark.parametrize(
    ("ending", "step", "words"),
    [
        (RunEnding.FINISHED, 6000, "10"),
        (RunEnding.STOPPED, 2040, "stopped at 3.4"),
        (RunEnding.FAILED, 12, "failed at 0.02"),
        (RunEnding.CUT_OFF, 2040, "cut off at 3.4"),
        (None, 90, "training, 0.1"),
    ],
)
def test_how_far_a_run_has_come_and_how_it_ended(make_summary, ending, step, words):
    assert epochs_words(make_summary(1, ending=ending, step=step)) == words


def test_moments_are_told_shorter_the_nearer():
    now = datetime(2026, 3, 14, 12, 0).astimezone()
    assert when_words(now.replace(hour=9, minute=5), now) == "today 09:05"
    assert when_words(now.replace(day=2), now) == "2 Mar 12:00"
    assert when_words(now.replace(year=2025), now) == "14 Mar 2025"
    assert when_words(datetime(2026, 3, 14, 12, tzinfo=UTC), now).startswith(("today", "14 Mar", "13 Mar", "15 Mar"))


def test_sizes_have_as_many_digits_as_are_of_use():
    assert [size_words(size) for size in (40_000, 2**20, 200 * 2**20)] == ["40.0 kB", "1.0 MB", "209.7 MB"]


def test_the_facts_name_everything_and_do_without_what_is_missing(make_summary):
    words = facts(make_summary(1))
    for part in ("Tutorial 1", "62,346 parameters", "SGD 0.01", "MNIST: 60,000 images", "10 of 10 epochs", "95.1 %"):
        assert part in words
    assert "at best" not in facts(replace(make_summary(1), best_accuracy=None))
