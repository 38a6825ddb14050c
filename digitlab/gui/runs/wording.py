"""What the list says of a run, in plain words. No Qt in here."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from digitlab.runs.kept import RunEnding, RunSummary
from digitlab.runs.run import Run
from digitlab.training.config import Augmentation, Schedule
from digitlab.training.events import TrainingStarted
from digitlab.words.numbers import count, duration, epoch_figure, epoch_words, exact_number, percent, size
from digitlab.words.recipes import AUGMENTATIONS, OPTIMIZERS, SCHEDULES

_ENDINGS: Final = {
    RunEnding.FINISHED: "",
    RunEnding.STOPPED: "stopped at ",
    RunEnding.FAILED: "failed at ",
    RunEnding.CUT_OFF: "cut off at ",
    None: "training, ",
}


def recipe_words(started: TrainingStarted) -> str:
    """Return how a network was trained: ``SGD 0.01, batches of 100``."""
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


def origin_words(started: TrainingStarted) -> str:
    """Return where a branch goes on from: ``Tutorial 2 at epoch 3.40``; empty for others."""
    origin = started.origin
    return "" if origin is None else f"{origin.run_name} at {epoch_words(origin.epoch)}"


def reached(run: RunSummary) -> float:
    """Return how many epochs a run was trained, those before its origin included."""
    return run.started.epoch_of(run.started.first_step + run.step)


def epochs_words(run: RunSummary) -> str:
    """Return how far a run has come and how it ended: ``10``, ``stopped at 3.4``."""
    epochs = reached(run)
    return _ENDINGS[run.ending] + epoch_figure(round(epochs, 1) or epochs)


def accuracy_words(run: RunSummary) -> str:
    """Return the best validation accuracy; a dash before the first epoch."""
    return "–" if run.best_accuracy is None else percent(run.best_accuracy)


def when_words(snapshot: datetime, now: datetime) -> str:
    """Return when a run began, shorter the nearer: ``today 14:05``, ``3 Nov 14:05``, ``3 Nov 2025``."""
    snapshot, now = snapshot.astimezone(), now.astimezone()
    if snapshot.date() == now.date():
        return f"today {snapshot:%H:%M}"
    if snapshot.year == now.year:
        return f"{snapshot.day} {snapshot:%b %H:%M}"
    return f"{snapshot.day} {snapshot:%b %Y}"


def size_words(size_bytes: int) -> str:
    """Return the room a run takes on the disk: ``0.4 MB``, ``13 MB``."""
    return size(size_bytes)


def facts(run: RunSummary) -> str:
    """Return all that is known of a run, for a tooltip."""
    started = run.started
    best = "" if run.best_accuracy is None else f", {percent(run.best_accuracy)} at best"
    images = "test" if started.validates_on_test else "held-out"
    lines = [
        run.name,
        f"{started.spec.name}, {started.spec.total_parameters:,} parameters",
        recipe_words(started),
        f"{started.dataset_name}: {started.training_count:,} images, "
        f"{count(started.validation_count, images + ' image')} to validate on",
        f"{epochs_words(run)} of {epoch_figure(started.first_epoch + started.config.epochs)} epochs{best}",
        f"{run.created.astimezone():%d %b %Y, %H:%M}; {duration(run.seconds)} of training",
    ]
    if started.origin is not None:
        lines.append(f"goes on from {origin_words(started)}")
    return "\n".join(lines)


def grown(run: RunSummary, growing: Run) -> RunSummary:
    """Return a run that grows as it is now, not as it was when the list was read."""
    best = growing.best_epoch
    return replace(
        run,
        step=growing.step,
        epoch_count=len(growing.epochs),
        best_accuracy=None if best is None else best.val_accuracy,
        seconds=max(run.seconds, sum(epoch.seconds for epoch in growing.epochs)),
    )
