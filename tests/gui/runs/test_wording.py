"""The texts of the list of runs."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from digitlab.gui.runs.wording import accuracy_text, epochs_text, facts, legend_text, recipe_text, start_text
from digitlab.runs.kept import RunEnding
from digitlab.training.config import TrainingConfig
from digitlab.training.recipes import RECIPES
from tests.helpers.runs import make_started


def test_a_recipe_shows_what_differs_from_the_default():
    assert recipe_text(make_started(config=TrainingConfig())) == "SGD 0.01, batches of 100"
    pen = recipe_text(make_started(config=RECIPES["pen"].config))
    assert pen == "Adam 0.002, batches of 128, warm-up and cosine, images and drawings, dropout 0.3"


@pytest.mark.parametrize(
    ("ending", "step", "text"),
    [
        (RunEnding.FINISHED, 6000, "10"),
        (RunEnding.STOPPED, 2040, "stopped at 3.4"),
        (RunEnding.FAILED, 12, "failed at 0.02"),
        (RunEnding.CUT_OFF, 2040, "interrupted at 3.4"),
        (None, 90, "training, 0.15"),
    ],
)
def test_epochs_show_how_the_training_ended(make_summary, ending, step, text):
    assert epochs_text(make_summary(1, ending=ending, step=step)) == text


def test_recent_times_are_short():
    now = datetime(2026, 3, 14, 12, 0).astimezone()
    assert start_text(now.replace(hour=9, minute=5), now) == "today 09:05"
    assert start_text(now.replace(day=2), now) == "2 Mar 12:00"
    assert start_text(now.replace(year=2025), now) == "14 Mar 2025"
    assert start_text(datetime(2026, 3, 14, 12, tzinfo=UTC), now).startswith(("today", "14 Mar", "13 Mar", "15 Mar"))


def test_the_tooltip_shows_all_details(make_summary):
    text = facts(make_summary(1))
    for part in ("Tutorial 1", "62,346 parameters", "SGD 0.01", "MNIST: 60,000 images", "10 of 10 epochs", "95.1 %"):
        assert part in text
    assert "at best" not in facts(replace(make_summary(1), best_accuracy=None))


@pytest.mark.parametrize(("epochs", "text"), [(1, "1 of 1 epoch,"), (2, "1 of 2 epochs,"), (10, "1 of 10 epochs,")])
def test_the_tooltip_counts_one_epoch_and_several(make_summary, epochs, text):
    summary = make_summary(1, epoch_count=1, step=600)
    started = replace(summary.started, config=replace(summary.started.config, epochs=epochs))
    assert text in facts(replace(summary, started=started))


@pytest.mark.parametrize(
    ("names", "end"),
    [([], "smoothed"), (["Small 7"], "no validation: Small 7"), (["a", "b", "c"], "no validation: 3 runs")],
)
def test_the_legend_explains_the_thin_lines_and_names_runs_without_validation(names, end):
    assert legend_text(names).startswith("thin lines: training, smoothed")
    assert legend_text(names).endswith(end)


def test_a_run_that_ended_before_it_was_validated_says_so(make_summary):
    summary = make_summary(1, best_accuracy=None, epoch_count=0, ending=RunEnding.STOPPED)
    assert accuracy_text(summary) == "none"
    assert "not validated" in facts(summary)
    assert accuracy_text(replace(summary, ending=None)) == "–"
