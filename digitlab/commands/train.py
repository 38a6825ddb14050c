"""``digitlab train``: train a preset and tell how it goes."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from digitlab.commands.interruption import EXIT_INTERRUPTED, interruption
from digitlab.commands.sources import open_dataset, preset
from digitlab.commands.terminal import ProgressBar, tell, write_json, write_line
from digitlab.errors import DigitLabError
from digitlab.log import stderr_in_log
from digitlab.model.snapshot import Snapshot
from digitlab.training.config import Optimizer, TrainingConfig
from digitlab.training.control import TrainingControl
from digitlab.training.events import (
    BatchEnded,
    EpochEnded,
    SnapshotTaken,
    TrainingEnded,
    TrainingEvent,
    TrainingStarted,
)
from digitlab.training.run import Run
from digitlab.training.run_files import write_run
from digitlab.training.runtime import load_tensorflow
from digitlab.training.trainer import TrainingRequest, train


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """What a person asked for on the command line.

    Attributes:
        preset: Name of the network.
        data: Name or path of the dataset.
        epochs: Passes over the training digits.
        batch_size: Digits a step.
        optimizer: Name of the optimizer.
        learning_rate: None takes the optimizer's usual one.
        seed: Decides the first weights and the order of the digits.
        out: Where to save the network and its run, or None.
        as_json: Whether to write JSON lines.
    """

    preset: str
    data: str
    epochs: int
    batch_size: int
    optimizer: str
    learning_rate: float | None
    seed: int
    out: Path | None
    as_json: bool


def run(options: TrainOptions) -> int:
    """Train; returns the exit code.

    Raises:
        DigitLabError: If the options make no training, or the training fails.
    """
    spec, config = preset(options.preset), _config(options)
    problem = spec.training_problem()
    if problem is not None:
        raise DigitLabError(problem.reason)
    if options.out is not None:
        check_writable(options.out)
    dataset = open_dataset(options.data)
    with stderr_in_log():
        load_tensorflow()
    control = TrainingControl()
    reporter = _Reporter(control, as_json=options.as_json)
    with interruption(control.stop):
        train(TrainingRequest(spec, config, dataset), control, reporter.publish)
    reporter.raise_failure()
    if control.is_stopped:
        tell("Interrupted; nothing was saved." if options.out else "Interrupted.")
        return EXIT_INTERRUPTED
    if options.out is not None:
        reporter.save(options.out)
    return 0


def check_writable(path: Path) -> None:
    """Check, without changing anything, that a file can be written, before hours are spent on its content.

    Raises:
        DigitLabError: If it cannot.
    """
    if path.is_dir():
        raise DigitLabError(f"{path} is a folder.", remedy="Add the name of a file to it.")
    folder = next(folder for folder in path.absolute().parents if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise DigitLabError(
            f"{path.name} could not be written: {error.strerror or type(error).__name__}.",
            remedy=f"Nothing was trained yet. Check the folder {folder}, or save to another place.",
        ) from error


def _config(options: TrainOptions) -> TrainingConfig:
    if options.optimizer not in list(Optimizer):
        raise DigitLabError(
            f"There is no optimizer {options.optimizer}.", expected=f"Expected one of: {', '.join(Optimizer)}."
        )
    optimizer = Optimizer(options.optimizer)
    rate = optimizer.usual_learning_rate if options.learning_rate is None else options.learning_rate
    return TrainingConfig(options.epochs, options.batch_size, optimizer, rate, options.seed)


class _Reporter:
    """Takes in the training's events and tells of them."""

    def __init__(self, control: TrainingControl, *, as_json: bool) -> None:
        self._progress = ProgressBar()
        self._control = control
        self._as_json = as_json
        self._run: Run | None = None
        self._last: Snapshot | None = None
        self._failure: DigitLabError | BrokenPipeError | None = None

    def publish(self, event: TrainingEvent) -> None:
        """Take in an event; if the output cannot be written, stop the training."""
        try:
            self._take(event)
        except (DigitLabError, BrokenPipeError) as error:
            self._failure = error
            self._control.stop()

    def raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def save(self, path: Path) -> None:
        if self._run is None or self._last is None:
            raise DigitLabError("There is nothing to save.")
        write_run(path, self._last, self._run)
        tell(f"Saved to {path}.")

    def _take(self, event: TrainingEvent) -> None:
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
                self._progress.clear()
                self._failure = self._failure or event.error

    def _show_progress(self, event: BatchEnded) -> None:
        run = self._run
        if run is None:
            return
        epoch = min((event.step - 1) // run.started.steps_per_epoch + 1, run.started.config.epochs)
        parts = [f"epoch {epoch}/{run.started.config.epochs}", f"loss {event.loss:.3f}"]
        speed, left = run.samples_per_second(), run.seconds_left()
        if speed is not None and left is not None:
            parts += [f"{speed:,.0f} digits/s", f"{left:,.0f} s left"]
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
            epochs = self._run.started.config.epochs if self._run else event.epoch
            write_line(
                f"epoch {event.epoch:{len(str(epochs))}}/{epochs}  loss {event.loss:.4f}  accuracy {event.accuracy:.2%}"
                f"  test loss {event.val_loss:.4f}  test accuracy {event.val_accuracy:.2%}  {event.seconds:.1f} s"
            )
