"""What ``digitlab train`` prints and saves of a training."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from digitlab.commands.terminal import ProgressBar, show_error, write_json, write_line, write_message
from digitlab.model.snapshot import Snapshot
from digitlab.runs.recorder import RecordingEnded, RecordingFailed, RunRecorder
from digitlab.runs.run import Run
from digitlab.runs.run_file import write_run
from digitlab.system.errors import DigitLabError
from digitlab.system.rescue import RESCUED_RUN, rescue_path
from digitlab.system.work import Worker
from digitlab.training.control import TrainingControl
from digitlab.training.events import (
    BatchEnded,
    EpochEnded,
    SnapshotTaken,
    TrainingEnded,
    TrainingEvent,
    TrainingStarted,
)
from digitlab.training.watcher import Publish
from digitlab.words.numbers import duration, epoch_text, loss, percent, speed

_FLUSH_TIMEOUT_S: Final = 20.0
"""How long saving the end of a training may take; usually some hundredths of a second."""


class Recording:
    """Saves a training in the list of runs, so that a crash costs a few seconds of it at most.

    Attributes:
        is_whole: Whether the training has ended and is completely saved.
    """

    def __init__(self, publish: Publish) -> None:
        """Start the thread that writes.

        Args:
            publish: Also called with each event.
        """
        self.is_whole = False
        self._worker = Worker("runs", self._report)
        self._recorder = RunRecorder(self._worker, self._report)
        self._publish = publish

    def publish(self, event: TrainingEvent) -> None:
        """Save an event and pass it on."""
        self._recorder.publish(event)
        self._publish(event)

    def close(self) -> None:
        """Write the end of the training."""
        if not self._worker.close(_FLUSH_TIMEOUT_S):
            write_message("The disk is too slow: the end of this training was not saved in the list of runs.")

    def _report(self, event: object) -> None:
        match event:
            case RecordingEnded():
                self.is_whole = True
            case RecordingFailed(error, is_over):
                write_message(
                    str(error) if not is_over else f"This training was not saved in the list of runs. {error.happened}"
                )
            case Exception():
                write_message(f"This training was not saved in the list of runs: {type(event).__name__}.")


@contextmanager
def recorded(publish: Publish) -> Iterator[Recording]:
    """Save the training of the block in the list of runs.

    Args:
        publish: Also called with each event.
    """
    recording = Recording(publish)
    try:
        yield recording
    finally:
        recording.close()


class TrainingReporter:
    """Reports the training's events and stores its run."""

    def __init__(self, control: TrainingControl, *, as_json: bool) -> None:
        """Create the reporter of one training.

        Args:
            control: Stops it if the output cannot be written.
            as_json: Whether to write JSON lines.
        """
        self._progress = ProgressBar()
        self._control = control
        self._as_json = as_json
        self._run: Run | None = None
        self._last: Snapshot | None = None
        self._ended: TrainingEnded | None = None
        self._output_failure: DigitLabError | BrokenPipeError | None = None

    def publish(self, event: TrainingEvent) -> None:
        """Handle an event; if the output cannot be written, stop the training."""
        try:
            self._handle(event)
        except (DigitLabError, BrokenPipeError) as error:
            self._output_failure = error
            self._control.stop()

    @property
    def is_complete(self) -> bool:
        """Whether all epochs were trained."""
        return self._ended is not None and not self._ended.was_stopped and self._ended.error is None

    @property
    def _learned(self) -> Snapshot | None:
        """The newest snapshot; None before the first batch."""
        return self._last if self._last is not None and self._last.step else None

    def raise_failure(self) -> None:
        """Raise what went wrong, if anything did.

        Raises:
            DigitLabError: If the training broke down, or the output could not be written.
            BrokenPipeError: If the reader of the output has closed the pipe.
        """
        error = self._ended.error if self._ended is not None else None
        failure = error or self._output_failure
        if failure is not None:
            raise failure

    def save(self, path: Path | None, *, is_recorded: bool) -> None:
        """Save the network and its run, however far the training went, if a file was named.

        What can be saved neither there nor in the list of runs is saved to the system's temporary folder.

        Args:
            path: The file, or None.
            is_recorded: Whether the run is in the list of runs.

        Raises:
            DigitLabError: If the file cannot be written.
        """
        learned = self._learned
        if self._run is None or learned is None:
            if path is not None:
                write_message(f"{path} was not written: no batch was trained.")
            return
        try:
            if path is not None:
                write_run(path, learned, self._run)
                what = "" if self.is_complete else f", as trained until {epoch_text(learned.epoch)}"
                write_message(f"Saved to {path}{what}.")
            elif not is_recorded:
                self._rescue(learned, self._run)
        except DigitLabError:
            if is_recorded:
                write_message("The training is in the list of runs: start digitlab and open Runs to export it.")
            else:
                self._rescue(learned, self._run)
            raise

    def _rescue(self, learned: Snapshot, run: Run) -> None:
        path = rescue_path(RESCUED_RUN)
        try:
            write_run(path, learned, run)
        except DigitLabError as error:
            write_message(f"The training is lost: it could not be saved to {path.parent} either. {error.happened}")
        else:
            write_message(f"Saved to {path} instead. The next start of the window moves it to the list of runs.")

    def report_interruption(self) -> None:
        """Write how far the training went."""
        if self._ended is not None and self._ended.error is not None:
            show_error(self._ended.error)
        write_message("Interrupted." if self._learned is None else f"Interrupted at {epoch_text(self._learned.epoch)}.")

    def explain_resuming(self, out: Path | None, *, is_recorded: bool) -> None:
        """Write how to resume the training after an interruption.

        Args:
            out: The file that it was saved to, or None.
            is_recorded: Whether it is in the list of runs.
        """
        if self._learned is None:
            return
        if is_recorded:
            write_message("To resume it, start digitlab, open Runs and choose Resume training.")
        elif out is not None:
            write_message(f"To continue it, open {out} with digitlab and choose Continue from here.")

    def _handle(self, event: TrainingEvent) -> None:
        if isinstance(event, TrainingStarted):
            self._run = Run(event)
        elif self._run is not None:
            self._run.add(event)
        match event:
            case SnapshotTaken():
                self._last = event.snapshot
            case BatchEnded():
                self._show_progress(event)
            case EpochEnded():
                self._progress.clear()
                self._write_epoch(event)
            case TrainingEnded():
                self._ended = event
                self._progress.clear()

    def _show_progress(self, event: BatchEnded) -> None:
        run = self._run
        if run is None:
            return
        epoch = min((event.step - 1) // run.started.steps_per_epoch + 1, run.started.config.epochs)
        parts = [f"epoch {epoch}/{run.started.config.epochs}", f"loss {loss(event.loss)}"]
        pace, left = run.samples_per_second(), run.seconds_left()
        if pace is not None and left is not None:
            parts += [speed(pace), f"{duration(max(round(left), 1))} left"]
        self._progress.show("  ".join(parts), event.step / run.started.total_steps)

    def _write_epoch(self, event: EpochEnded) -> None:
        if self._as_json:
            write_json(
                {
                    "epoch": event.epoch,
                    "loss": event.loss,
                    "accuracy": event.accuracy,
                    "val_loss": event.val_loss,
                    "val_accuracy": event.val_accuracy,
                    "seconds": event.seconds,
                }
            )
        else:
            started = self._run.started if self._run else None
            epochs = started.config.epochs if started else event.epoch
            training_count, validation_count = (started.training_count, started.validation_count) if started else (0, 0)
            write_line(
                f"epoch {event.epoch:{len(str(epochs))}}/{epochs}  loss {loss(event.loss)}  "
                f"accuracy {percent(event.accuracy, training_count)}  test loss {loss(event.val_loss)}  "
                f"test accuracy {percent(event.val_accuracy, validation_count)}  {duration(event.seconds)}"
            )
