"""The jobs of the training thread: load Keras and the data, and train."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from digitlab.data.dataset import Dataset
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.files.drawings_file import LeftOut
from digitlab.data.sources import load_dataset, load_drawings
from digitlab.gui.session.desk import DEADLINE_S
from digitlab.gui.session.values import Recipe
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError
from digitlab.system.log import stderr_in_log
from digitlab.system.work import limited
from digitlab.training.config import Augmentation
from digitlab.training.control import TrainingControl
from digitlab.training.events import TrainingEnded, TrainingEvent

if TYPE_CHECKING:
    from digitlab.training.trainer import Checkpoint


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of loading data.

    Attributes:
        text: The current step.
        share: The completed share, 0..1.
        left_out: The lines of files of drawings that were left out, as text.
    """

    text: str
    share: float
    left_out: str = ""


Report = Callable[[Progress], None]


class UnreadableDrawingsError(DigitLabError):
    """The drawings to train on cannot be read."""


class TrainingJobs:
    """Runs in the training thread, one job at a time.

    Args:
        publish: Called with each training event.

    Attributes:
        is_loaded: Whether TensorFlow is loaded.
    """

    def __init__(self, publish: Callable[[TrainingEvent], None]) -> None:
        """Create the jobs; TensorFlow is not loaded yet."""
        self._publish = publish
        self._dataset: tuple[str, Dataset] | None = None
        self._drawings: tuple[tuple[str, ...], tuple[Drawing, ...]] = ((), ())
        self.is_loaded = False

    def load(self) -> float | None:
        """Load TensorFlow; returns how many seconds that took, or None if it was loaded before."""
        if self.is_loaded:
            return None
        from digitlab.training.runtime import load_tensorflow

        with stderr_in_log():
            seconds = load_tensorflow()
        self.is_loaded = True
        # The objects of TensorFlow stay until the process ends; collections need not traverse them.
        gc.freeze()
        return seconds

    def train(
        self, recipe: Recipe, control: TrainingControl, report: Report, checkpoint: "Checkpoint | None" = None
    ) -> None:
        """Train with a recipe from the start, or from a snapshot of a run.

        Raises:
            UnreadableDrawingsError: If the recipe's drawings cannot be read.
            DigitLabError: If the dataset cannot be loaded.
            StuckError: If reading the data was given up.
        """
        from digitlab.training.trainer import TrainingRequest, train

        self.load()
        with limited(DEADLINE_S):
            dataset = self._load_dataset(recipe.source, control, report)
            if recipe.config.augmentation is Augmentation.DRAWINGS:
                dataset = replace(dataset, drawings=self._load_drawings(recipe.drawings, report))
        if control.is_stopped:
            self._publish(TrainingEnded(was_stopped=True))
            return
        train(TrainingRequest(recipe.spec, recipe.config, dataset, checkpoint), control, self._publish)

    def initial_snapshot(self, recipe: Recipe) -> Snapshot:
        """Return the untrained network of a recipe."""
        from digitlab.training.trainer import initial_snapshot

        self.load()
        return initial_snapshot(recipe.spec, recipe.config.seed)

    def _load_dataset(self, source: str, control: TrainingControl, report: Report) -> Dataset:
        """Return a dataset; the last one is cached."""
        if self._dataset is None or self._dataset[0] != source:
            self._dataset = None
            loaded = load_dataset(
                source,
                download=True,
                progress=lambda text, share: report(Progress(text, share)),
                cancelled=lambda: control.is_stopped,
            )
            self._dataset = (source, loaded)
        return self._dataset[1]

    def _load_drawings(self, paths: tuple[str, ...], report: Report) -> tuple[Drawing, ...]:
        """Return the drawings of some files; the last ones are cached."""
        if self._drawings[0] != paths:
            self._drawings = ((), ())
            report(Progress("Reading the drawings", 0.0))
            try:
                left_out: list[LeftOut] = []
                drawings = load_drawings([Path(path) for path in paths], left_out.append)
                if left_out:
                    report(Progress("Reading the drawings", 1.0, " ".join(one.text for one in left_out)))
                self._drawings = (paths, drawings)
            except DigitLabError as error:
                raise UnreadableDrawingsError(error.happened, expected=error.expected, remedy=error.remedy) from error
        return self._drawings[1]
