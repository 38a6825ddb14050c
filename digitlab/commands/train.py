"""``digitlab train``: train a network with a recipe and report its progress."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

from digitlab.commands.interruption import EXIT_INTERRUPTED, interruption
from digitlab.commands.sources import open_dataset, preset
from digitlab.commands.terminal import ProgressBar, write_json, write_line, write_message
from digitlab.data.dataset import Dataset
from digitlab.data.sources import load_drawings
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.runs.recorder import RecordingFailed, RunRecorder
from digitlab.runs.run import Run
from digitlab.runs.run_file import write_run
from digitlab.system.errors import DigitLabError
from digitlab.system.log import stderr_in_log
from digitlab.system.storage import check_writable
from digitlab.system.work import Worker
from digitlab.training.config import Augmentation, Optimizer, Schedule, TrainingConfig
from digitlab.training.control import TrainingControl
from digitlab.training.events import (
    BatchEnded,
    EpochEnded,
    SnapshotTaken,
    TrainingEnded,
    TrainingEvent,
    TrainingStarted,
)
from digitlab.training.recipes import RECIPES, NamedRecipe
from digitlab.training.runtime import load_tensorflow
from digitlab.training.trainer import TrainingRequest, train
from digitlab.training.watcher import Publish
from digitlab.words.numbers import duration, loss, percent, speed

SCHEDULES: Final[Mapping[str, Schedule]] = {"constant": Schedule.CONSTANT, "cosine": Schedule.WARMUP_COSINE}
"""The schedules by their name on the command line."""

_FLUSH_TIMEOUT_S: Final = 20.0
"""How long saving the end of a training may take; usually some hundredths of a second."""

_Chosen = TypeVar("_Chosen")


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """The options of ``digitlab train``. None means the value of the recipe.

    Attributes:
        recipe: Name of the recipe.
        preset: Name of another network than the recipe's.
        data: Name or path of the dataset.
        drawings: Files of drawings to train on.
        epochs: Passes over the training digits.
        batch_size: Digits per step.
        optimizer: Name of the optimizer.
        learning_rate: The learning rate; None with another optimizer than the recipe's means its usual one.
        schedule: Name of the schedule.
        augmentation: Name of the augmentation.
        seed: Determines the initial weights and the order of the digits.
        out: File for the network and its run, or None.
        as_json: Whether to write JSON lines.
    """

    recipe: str
    preset: str | None
    data: str
    drawings: tuple[Path, ...]
    epochs: int | None
    batch_size: int | None
    optimizer: str | None
    learning_rate: float | None
    schedule: str | None
    augmentation: str | None
    seed: int
    out: Path | None
    as_json: bool


def run(options: TrainOptions) -> int:
    """Train; returns the exit code.

    Raises:
        DigitLabError: If an option is invalid, or the training fails.
    """
    recipe = _named(options.recipe, "recipe", RECIPES)
    spec = recipe.spec if options.preset is None else preset(options.preset)
    config = _config(options, recipe)
    problem = spec.training_problem()
    if problem is not None:
        raise DigitLabError(problem.reason)
    if options.drawings and config.augmentation is not Augmentation.DRAWINGS:
        raise DigitLabError(
            "The drawings would not be used: this recipe trains on images only.",
            remedy="Add --augmentation drawings, or choose --recipe pen.",
        )
    if options.out is not None:
        check_writable(options.out)
    drawings = load_drawings(options.drawings)  # before a download of the dataset
    dataset = replace(open_dataset(options.data), drawings=drawings)
    _check_drawings(dataset, spec, config)
    with stderr_in_log():
        load_tensorflow()
    control = TrainingControl()
    reporter = _Reporter(control, as_json=options.as_json)
    with interruption(control.stop), _recorded(reporter.publish) as publish:
        train(TrainingRequest(spec, config, dataset), control, publish)
    reporter.raise_failure()
    if control.is_stopped:
        write_message(f"Interrupted; {options.out.name} was not written." if options.out else "Interrupted.")
        if reporter.has_trained:
            write_message("The training up to that point is in the window, under Runs.")
        return EXIT_INTERRUPTED
    if options.out is not None:
        reporter.save(options.out)
    return 0


@contextmanager
def _recorded(publish: Publish) -> Iterator[Publish]:
    """Also save the training in the list of runs, so that a crash costs a few seconds of it at most."""
    worker = Worker("runs", _report_recording)
    recorder = RunRecorder(worker, _report_recording)

    def publish_both(event: TrainingEvent) -> None:
        recorder.publish(event)
        publish(event)

    try:
        yield publish_both
    finally:
        if not worker.close(_FLUSH_TIMEOUT_S):
            write_message("The disk is too slow: the end of this training was not saved in the list of runs.")


def _report_recording(event: object) -> None:
    match event:
        case RecordingFailed(error, is_over):
            write_message(
                str(error) if not is_over else f"This training was not saved in the list of runs. {error.happened}"
            )
        case Exception():
            write_message(f"This training was not saved in the list of runs: {type(event).__name__}.")


def _named(name: str, what: str, choices: Mapping[str, _Chosen]) -> _Chosen:
    if name not in choices:
        raise DigitLabError(f"There is no {what} {name}.", expected=f"Expected one of: {', '.join(choices)}.")
    return choices[name]


def _config(options: TrainOptions, recipe: NamedRecipe) -> TrainingConfig:
    """Return the recipe's hyperparameters with the changes of the options."""
    config = replace(recipe.config, seed=options.seed)
    if options.optimizer is not None:
        optimizer = _named(options.optimizer, "optimizer", {member.value: member for member in Optimizer})
        if optimizer is not config.optimizer:
            config = replace(config, optimizer=optimizer, learning_rate=optimizer.usual_learning_rate)
    if options.schedule is not None:
        config = replace(config, schedule=_named(options.schedule, "schedule", SCHEDULES))
    if options.augmentation is not None:
        known = {member.value: member for member in Augmentation}
        config = replace(config, augmentation=_named(options.augmentation, "augmentation", known))
    return replace(
        config,
        epochs=config.epochs if options.epochs is None else options.epochs,
        batch_size=config.batch_size if options.batch_size is None else options.batch_size,
        learning_rate=config.learning_rate if options.learning_rate is None else options.learning_rate,
    )


def _check_drawings(dataset: Dataset, spec: ModelSpec, config: TrainingConfig) -> None:
    """Warn if network, recipe and drawings do not fit together.

    Raises:
        DigitLabError: If the network cannot be trained on any of the drawings.
    """
    if spec.has_no_digit_output and config.augmentation is not Augmentation.DRAWINGS:
        write_message(
            'This training has no examples for the network\'s output "no digit"; add --augmentation drawings for that.'
        )
    if not dataset.drawings or spec.has_no_digit_output:
        return
    if all(drawing.label is None for drawing in dataset.drawings):
        raise DigitLabError(
            "None of the drawings has a label, and this network can only be trained on digits.",
            expected='Drawings without a label are examples of "no digit", which this network has no output for.',
            remedy="Choose --preset pen, or drawings with labels.",
        )
    if any(drawing.label is None for drawing in dataset.drawings):
        write_message('Drawings without a label are ignored: this network has no output for "no digit".')


class _Reporter:
    """Reports the training's events and stores its run."""

    def __init__(self, control: TrainingControl, *, as_json: bool) -> None:
        self._progress = ProgressBar()
        self._control = control
        self._as_json = as_json
        self._run: Run | None = None
        self._last: Snapshot | None = None
        self._failure: DigitLabError | BrokenPipeError | None = None

    def publish(self, event: TrainingEvent) -> None:
        """Handle an event; if the output cannot be written, stop the training."""
        try:
            self._handle(event)
        except (DigitLabError, BrokenPipeError) as error:
            self._failure = error
            self._control.stop()

    @property
    def has_trained(self) -> bool:
        """Whether at least one batch was trained."""
        return self._run is not None and self._run.step > 0

    def raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def save(self, path: Path) -> None:
        if self._run is None or self._last is None:
            raise DigitLabError("There is nothing to save.")
        write_run(path, self._last, self._run)
        write_message(f"Saved to {path}.")

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
                self._progress.clear()
                self._failure = self._failure or event.error

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
