"""The texts of the list of runs. No Qt here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from digitlab.runs.kept import RunEnding, RunSummary
from digitlab.runs.run import Run
from digitlab.training.config import Augmentation, Schedule
from digitlab.training.events import TrainingStarted
from digitlab.words.names import one_line
from digitlab.words.numbers import NO_VALUE, count, duration, epoch_number, epoch_text, exact_number, percent
from digitlab.words.recipes import AUGMENTATIONS, OPTIMIZERS, SCHEDULES

NONE: Final = "none"
"""Stands where a run that has ended was never validated."""

_ENDINGS: Final = {
    RunEnding.FINISHED: "",
    RunEnding.STOPPED: "stopped at ",
    RunEnding.FAILED: "failed at ",
    RunEnding.CUT_OFF: "interrupted at ",
    None: "training, ",
}


def recipe_text(started: TrainingStarted) -> str:
    """Return how a network was trained, for example ``SGD 0.01, batches of 100``."""
    config = started.config
    parts = [
        f"{OPTIMIZERS[config.optimizer][0]} {exact_number(config.learning_rate)}",
        f"batches of {config.batch_size:,}",
    ]
    if config.schedule is not Schedule.CONSTANT:
        parts.append(SCHEDULES[config.schedule][0].lower())
    if config.augmentation is not Augmentation.NONE:
        parts.append(AUGMENTATIONS[config.augmentation][0].lower())
    if config.dropout:
        parts.append(f"dropout {exact_number(config.dropout)}")
    return ", ".join(parts)


def origin_text(started: TrainingStarted) -> str:
    """Return where a branch started from, for example ``Tutorial 2 at epoch 3.4``; empty for other runs."""
    origin = started.origin
    return "" if origin is None else f"{one_line(origin.run_name)} at {epoch_text(origin.epoch)}"


def reached(run: RunSummary) -> float:
    """Return how many epochs a run was trained, including those of the run that it branched from."""
    return run.started.epoch_of(run.started.first_step + run.step)


def epochs_text(run: RunSummary) -> str:
    """Return how many epochs a run was trained and how it ended, for example ``10`` or ``stopped at 3.4``."""
    return _ENDINGS[run.ending] + epoch_number(reached(run))


def accuracy_text(run: RunSummary) -> str:
    """Return the best validation accuracy; ``none`` if the run ended before it was validated, a dash until then."""
    if run.best_accuracy is not None:
        return percent(run.best_accuracy)
    return NO_VALUE if run.ending is None else NONE


def legend_text(unvalidated: Sequence[str]) -> str:
    """Return what the thin lines of the plot are, and which runs have no others.

    Args:
        unvalidated: The names of the plotted runs that have not been validated.
    """
    text = "thin lines: training, smoothed"
    if not unvalidated:
        return text
    which = one_line(unvalidated[0]) if len(unvalidated) == 1 else count(len(unvalidated), "run")
    return f"{text} · no validation: {which}"


def start_text(started: datetime, now: datetime) -> str:
    """Return when a run started: ``today 14:05``, ``3 Nov 14:05`` this year, ``3 Nov 2025`` in earlier years."""
    started, now = started.astimezone(), now.astimezone()
    if started.date() == now.date():
        return f"today {started:%H:%M}"
    if started.year == now.year:
        return f"{started.day} {started:%b %H:%M}"
    return f"{started.day} {started:%b %Y}"


def facts(run: RunSummary) -> str:
    """Return the tooltip of a run, with all its details."""
    started = run.started
    best = f", {percent(run.best_accuracy)} at best" if run.best_accuracy is not None else ", not validated"
    last = started.first_epoch + started.config.epochs
    images = "test" if started.validates_on_test else "held-out"
    lines = [
        one_line(run.name),
        f"{one_line(started.spec.name)}, {started.spec.total_parameters:,} parameters",
        recipe_text(started),
        f"{one_line(started.dataset_name)}: {count(started.training_count, 'image')}, "
        f"{count(started.validation_count, images + ' image')} for validation",
        f"{epochs_text(run)} of {epoch_number(last)} {'epoch' if last == 1 else 'epochs'}{best}",
        f"{run.created.astimezone():%d %b %Y, %H:%M}; {duration(run.seconds)} of training",
    ]
    if started.origin is not None:
        lines.append(f"continued from {origin_text(started)}")
    return "\n".join(lines)


def grown(run: RunSummary, growing: Run) -> RunSummary:
    """Return the up-to-date summary of a run in progress; the list may be older."""
    best = growing.best_epoch
    return replace(
        run,
        step=growing.step,
        epoch_count=len(growing.epochs),
        best_accuracy=None if best is None else best.val_accuracy,
        seconds=max(run.seconds, growing.seconds),
    )
