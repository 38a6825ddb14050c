"""What the training's thread does: it owns Keras, loads it and the data, and trains."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from digitlab.data.dataset import Dataset
from digitlab.data.drawing.strokes import Drawing
from digitlab.data.sources import load_dataset, load_drawings
from digitlab.gui.session.values import Recipe
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError
from digitlab.system.log import stderr_in_log
from digitlab.training.config import Augmentation
from digitlab.training.control import TrainingControl
from digitlab.training.events import TrainingEnded, TrainingEvent

if TYPE_CHECKING:
    from digitlab.training.trainer import Checkpoint


@dataclass(frozen=True, slots=True, eq=False)
class Progress:
    """How far it is with loading data."""

    words: str
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Failed:
    """A job raised."""

    error: Exception


@dataclass(frozen=True, slots=True, eq=False)
class DrawingsFailed:
    """The drawings to learn from cannot be read."""

    error: DigitLabError


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """TensorFlow is there."""

    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Untrained:
    """The network that a recipe starts from."""

    snapshot: Snapshot


class TrainingJobs:
    """Does one job after another, all in one thread."""

    def __init__(self, post: Callable[[object], None], publish: Callable[[TrainingEvent], None]) -> None:
        """Load nothing yet.

        Args:
            post: Takes ``Progress``, ``DrawingsFailed``, ``Loaded`` or ``Untrained``.
            publish: Takes the events of a training.
        """
        self._post = post
        self._publish = publish
        self._dataset: tuple[str, Dataset] | None = None
        self._drawings: tuple[tuple[str, ...], tuple[Drawing, ...]] = ((), ())
        self.is_loaded = False
        """Whether TensorFlow is there."""

    def load(self) -> None:
        """Load TensorFlow, unless it is there."""
        if self.is_loaded:
            return
        from digitlab.training.runtime import load_tensorflow

        with stderr_in_log():
            seconds = load_tensorflow()
        self.is_loaded = True
        # What TensorFlow brought stays for good; collections need not walk through it.
        gc.freeze()
        self._post(Loaded(seconds))

    def train(self, recipe: Recipe, control: TrainingControl, checkpoint: "Checkpoint | None" = None) -> None:
        """Train a recipe from the beginning, or from a moment of a run."""
        from digitlab.training.trainer import TrainingRequest, train

        self.load()
        dataset = self._load_dataset(recipe.source, control)
        if recipe.config.augmentation is Augmentation.DRAWINGS:
            try:
                dataset = replace(dataset, drawings=self._load_drawings(recipe.drawings))
            except DigitLabError as error:
                self._post(DrawingsFailed(error.with_traceback(None)))
                return
        if control.is_stopped:
            self._publish(TrainingEnded(was_stopped=True))
            return
        train(TrainingRequest(recipe.spec, recipe.config, dataset, checkpoint), control, self._publish)

    def reset(self, recipe: Recipe) -> None:
        """Make the untrained network of a recipe."""
        from digitlab.training.trainer import initial_snapshot

        self.load()
        self._post(Untrained(initial_snapshot(recipe.spec, recipe.config.seed)))

    def _load_dataset(self, source: str, control: TrainingControl) -> Dataset:
        """Return a dataset, the last one without reading it again."""
        if self._dataset is None or self._dataset[0] != source:
            self._dataset = None
            loaded = load_dataset(
                source,
                download=True,
                progress=lambda words, share: self._post(Progress(words, share)),
                cancelled=lambda: control.is_stopped,
            )
            self._dataset = (source, loaded)
        return self._dataset[1]

    def _load_drawings(self, paths: tuple[str, ...]) -> tuple[Drawing, ...]:
        """Return the drawings of some files, the last ones without reading them again."""
        if self._drawings[0] != paths:
            self._drawings = ((), ())
            self._post(Progress("Reading the drawings", 0.0))
            self._drawings = (paths, load_drawings([Path(path) for path in paths]))
        return self._drawings[1]
