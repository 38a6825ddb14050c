"""The progress of training: two lines of text, a share, and whether it failed. No widgets."""

from dataclasses import dataclass

from digitlab.gui.session.names import names_of
from digitlab.gui.session.values import TrainingState
from digitlab.runs.run import Run
from digitlab.words.numbers import count, duration, epoch_text, percent, speed


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of training.

    Attributes:
        headline: Its state.
        detail: Speed and remaining time, or the result.
        share: The completed share, 0..1, or None if unknown.
        is_bar_shown: Whether the progress bar is shown.
        is_problem: Whether training failed.
    """

    headline: str
    detail: str = ""
    share: float | None = 0.0
    is_bar_shown: bool = False
    is_problem: bool = False


def progress_of(run: Run | None, name: str, state: TrainingState, activity: str, problem: str = "") -> Progress:
    """Return the progress to show.

    Args:
        run: The run shown; the previous one while the next is prepared.
        name: Its name; empty if it has none.
        state: The state of the training worker.
        activity: The current step of its preparation, as text.
        problem: Why training cannot start; empty if it can.
    """
    if state is TrainingState.PREPARING:
        return Progress(activity or "Preparing training…", share=None, is_bar_shown=True)
    if run is None and problem:
        return Progress("Not ready to train.", problem)
    if run is None:
        return Progress("Ready to train.", "Training reduces the loss, batch by batch.")
    if run.ended is not None:
        return _ended(run, name)
    if not state.is_busy:
        return Progress(f"Not finished: {_position(run)}.")
    return _under_way(run, state)


def has_failed(run: Run | None) -> bool:
    """Return whether a training ended with an error."""
    return run is not None and run.ended is not None and run.ended.error is not None


def _under_way(run: Run, state: TrainingState) -> Progress:
    share = run.step / run.started.total_steps
    if state is TrainingState.STOPPING:
        return Progress("Stopping after this batch…", _position(run), share, is_bar_shown=True)
    if run.is_paused or state is TrainingState.PAUSED:
        detail = "Press Resume to continue from this batch with the state of the optimizer."
        return Progress(f"Paused · {_position(run)}", detail, share, is_bar_shown=True)
    pace, left = run.samples_per_second(), run.seconds_left()
    parts = [] if pace is None else [speed(pace)]
    parts += [] if left is None else [f"{duration(max(round(left), 1))} left"]
    return Progress(_position(run), " · ".join(parts) or "Starting…", share, is_bar_shown=True)


def _position(run: Run) -> str:
    started = run.started
    origin = "" if started.origin is None else f" · continued from {epoch_text(started.first_epoch)}"
    if run.is_validating:
        epoch = max(round(run.step / started.steps_per_epoch), 1)
        images = f"{started.validation_count:,} {'test' if started.validates_on_test else 'validation'} images"
        return f"epoch {epoch} of {started.config.epochs}{origin} · validating on {images}…"
    epoch = min(max(run.step - 1, 0) // started.steps_per_epoch + 1, started.config.epochs)
    step = run.step - (epoch - 1) * started.steps_per_epoch
    return f"epoch {epoch} of {started.config.epochs}{origin} · step {step:,} of {started.steps_per_epoch:,}"


def _ended(run: Run, name: str) -> Progress:
    share = run.step / run.started.total_steps
    result = _result(run)
    ended = run.ended
    if ended is not None and ended.error is not None:
        error = ended.error
        remedy = error.remedy or "Change the recipe and train again."
        return Progress(error.happened, f"{error.expected} {remedy}".strip(), share, is_problem=True)
    if ended is not None and ended.was_stopped:
        headline = f"Stopped in {_position(run)}" if run.step else "Stopped before the first batch"
        return Progress(headline, result or "The network keeps what it has learned so far.", share)
    seconds = sum(epoch.seconds for epoch in run.epochs)
    # With its name: the run may differ from the recipe in the form, for example after a shipped network was opened.
    return Progress(
        f"{names_of(run, name, None)[0]}: {count(len(run.epochs), 'epoch')} in {duration(seconds)}", result, 1.0
    )


def _result(run: Run) -> str:
    if not run.epochs:
        return ""
    kind = "test" if run.started.validates_on_test else "validation"
    return f"{kind} accuracy {percent(run.epochs[-1].val_accuracy)} · {run.started.dataset_name}"
