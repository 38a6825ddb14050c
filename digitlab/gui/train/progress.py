"""The progress of training: two lines of text, a share, and whether it failed. No widgets."""

from dataclasses import dataclass

from digitlab.gui.session.values import TrainingState
from digitlab.runs.run import Run
from digitlab.words.names import one_line
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
        brief: The epoch and the remaining time of a training in progress, in a few words; empty without one.
    """

    headline: str
    detail: str = ""
    share: float | None = 0.0
    is_bar_shown: bool = False
    is_problem: bool = False
    brief: str = ""


def progress_of(run: Run | None, name: str, state: TrainingState, activity: str, problem: str = "") -> Progress:
    """Return the progress to show.

    Args:
        run: The run shown; the previous one while the next is prepared.
        name: Its name; empty if there is no run.
        state: The state of the training worker.
        activity: The current step of its preparation, as text.
        problem: Why training cannot start; empty if it can.
    """
    if state is TrainingState.PREPARING:
        return _unmeasured(activity or "Preparing training…")
    if state is TrainingState.STOPPING and (run is None or run.ended is not None):
        return _unmeasured("Stopping…")
    if run is None and problem:
        return Progress("Not ready to train.", problem)
    if run is None:
        return Progress("Ready to train.", "Training reduces the loss, batch by batch.")
    if run.ended is not None:
        return _ended(run, name)
    if not state.is_busy:
        return Progress(f"Not finished: {_position(run)}.")
    return _under_way(run, state)


def _unmeasured(text: str) -> Progress:
    return Progress(text, share=None, is_bar_shown=True, brief=text)


def has_failed(run: Run | None) -> bool:
    """Return whether a training ended with an error."""
    return run is not None and run.ended is not None and run.ended.error is not None


def _under_way(run: Run, state: TrainingState) -> Progress:
    share = run.step / run.started.total_steps
    if state is TrainingState.STOPPING:
        text = "Stopping after this batch…"
        return Progress(text, _position(run), share, is_bar_shown=True, brief=text)
    if run.is_paused or state is TrainingState.PAUSED:
        detail = "Resume continues from this batch."
        brief = f"Paused · {_epoch(run)}"
        return Progress(f"Paused · {_position(run)}", detail, share, is_bar_shown=True, brief=brief)
    pace, left = run.samples_per_second(), run.seconds_left()
    time_left = "" if left is None else f"{duration(max(round(left), 1))} left"
    detail = " · ".join(part for part in ("" if pace is None else speed(pace), time_left) if part) or "Starting…"
    now = "validating" if run.is_validating else time_left or "starting"
    return Progress(_position(run), detail, share, is_bar_shown=True, brief=f"{_epoch(run).capitalize()} · {now}")


def _epoch(run: Run) -> str:
    epochs, length = run.started.config.epochs, run.started.steps_per_epoch
    return f"epoch {min(max(run.step - 1, 0) // length + 1, epochs)} of {epochs}"


def _position(run: Run) -> str:
    started = run.started
    origin = "" if started.origin is None else f" · continued from {epoch_text(started.first_epoch)}"
    if run.is_validating:
        images = f"{started.validation_count:,} {'test' if started.validates_on_test else 'validation'} images"
        return f"{_epoch(run)}{origin} · validating on {images}…"
    step = (run.step - 1) % started.steps_per_epoch + 1 if run.step else 0
    return f"{_epoch(run)}{origin} · step {step:,} of {started.steps_per_epoch:,}"


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
    # With its name: the run may differ from the recipe in the form, for example after a shipped network was opened.
    return Progress(f"{name}: {count(len(run.epochs), 'epoch')} in {duration(run.seconds)}", result, 1.0)


def _result(run: Run) -> str:
    if not run.epochs:
        return ""
    kind = "test" if run.started.validates_on_test else "validation"
    return f"{kind} accuracy {percent(run.epochs[-1].val_accuracy)} · {one_line(run.started.dataset_name)}"
