"""What the session holds, as values: the recipe, what is on screen, what was judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from digitlab.data.dataset import Part
from digitlab.model.presets import TUTORIAL
from digitlab.model.spec import ModelSpec
from digitlab.training.config import TrainingConfig

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from digitlab.data.drawing.raster import RasterSteps
    from digitlab.data.drawing.sketch import Sketch
    from digitlab.data.held_out import HeldOutSet
    from digitlab.evaluation.metrics import Metrics
    from digitlab.evaluation.predictions import Predictions
    from digitlab.insight.learning import SnapshotStatistics
    from digitlab.insight.lens import Inspection
    from digitlab.insight.verdict import Verdict
    from digitlab.model.snapshot import Snapshot


class TrainingState(Enum):
    """What the training worker is doing for the person."""

    IDLE = auto()
    PREPARING = auto()
    """Loading TensorFlow or the dataset, building the network."""
    RUNNING = auto()
    PAUSED = auto()
    STOPPING = auto()

    @property
    def is_busy(self) -> bool:
        """Whether a training is under way, paused or not."""
        return self is not TrainingState.IDLE


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the next training will do.

    Attributes:
        spec: The network.
        config: How to train it.
        source: The dataset: ``builtin``, ``mnist`` or a path.
        drawings: Paths of files with strokes to learn from besides the dataset, where the configuration asks for
            drawings; without any, DigitLab's own handwriting.
    """

    spec: ModelSpec = TUTORIAL
    config: TrainingConfig = field(default_factory=TrainingConfig)
    source: str = "builtin"
    drawings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replay:
    """How the window moves through the moments of a run.

    Attributes:
        is_following: Whether the newest moment is shown, also while the run grows.
        is_playing: Whether the moments pass by themselves.
        pinned: A second moment, shown beside the first for the same drawing, or None.
    """

    is_following: bool = True
    is_playing: bool = False
    pinned: Snapshot | None = None


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What is on screen, computed from one snapshot, one sketch and the steps it takes.

    Attributes:
        sketch: What lay on the canvas.
        steps: How it became the network's input.
        inspection: What the network made of it.
        verdict: The same in a word; None if the network ends in feature maps.
        pinned: What the network made of it at the pinned moment; None if none is pinned.
    """

    sketch: Sketch
    steps: RasterSteps
    inspection: Inspection
    verdict: Verdict | None
    pinned: Inspection | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationResult:
    """What judging a network brought, on all images or on those answered so far.

    Attributes:
        snapshot: The network and its weights.
        data: What it was judged on.
        metrics: The figures.
        predictions: The answer to each image.
        seconds: How long it took.
    """

    snapshot: Snapshot
    data: HeldOutSet
    metrics: Metrics
    predictions: Predictions
    duration_s: float

    @property
    def is_whole(self) -> bool:
        """Whether all digits were answered; else those answered were drawn at random."""
        return len(self.predictions) == len(self.data.digits)


class Task(Enum):
    """What the evaluation works at."""

    NONE = auto()
    EVALUATE = auto()
    """The network on screen, because the person asked for it."""
    FOLLOW = auto()
    """The moment on screen, because it changed."""
    SNAPSHOTS = auto()
    """All kept moments of the run."""

    @property
    def is_requested(self) -> bool:
        """Whether the person asked for it, waits for it and can call it off."""
        return self in (Task.EVALUATE, Task.SNAPSHOTS)


@dataclass(frozen=True, slots=True)
class AccuracyOverTime:
    """How right the network was at the kept moments of the run on screen, as far as that is known.

    Attributes:
        steps: Number of batches trained before each, rising.
        epochs: The same in epochs.
        accuracies: The share of right answers at each, 0..1, all among the same images; None where nobody has asked.
        count: Among how many images; 0 where no moment is known.
    """

    steps: tuple[int, ...] = ()
    epochs: tuple[float, ...] = ()
    accuracies: tuple[float | None, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What networks are judged on, how far that is, and the newest result.

    Attributes:
        source: The data: ``builtin``, ``mnist``, ``mine``, or the path of a dataset or of drawings.
        part: Which digits of a dataset.
        is_following: Whether the moment on screen is judged when it changes.
        task: What is being done.
        words: The same in words; empty if nothing is.
        share: How much of it is done, 0..1, or None if nobody knows.
        result: The result shown, or None before the first; it may still grow.
        measured: What is known of the run's moments on these data.
    """

    source: str
    part: Part = Part.TEST
    is_following: bool = True
    task: Task = Task.NONE
    progress_text: str = ""
    progress: float | None = None
    result: EvaluationResult | None = None
    over_time: AccuracyOverTime = AccuracyOverTime()


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Moments laid side by side; a new value for each one measured.

    Attributes:
        steps: Number of batches trained before each, ascending.
        epochs: The same in epochs.
        measured: What was measured; None where it is still to come.
    """

    steps: tuple[int, ...]
    epochs: tuple[float, ...]
    measured: tuple[SnapshotStatistics | None, ...]

    @property
    def missing(self) -> int:
        """Number of moments still to be measured."""
        return sum(stats is None for stats in self.measured)


@dataclass(frozen=True, slots=True, eq=False)
class Updates:
    """Lengths of single steps, as shares of the weights' lengths.

    Attributes:
        steps: Shape (n,), int64, ascending: the number of batches trained, the step included.
        ratios: Shape (n, layers that learn), float64.
    """

    steps: NDArray[np.int64]
    ratios: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Learning:
    """What the layers of the network on screen look like at the kept moments of its run, as far as it is measured.

    Attributes:
        spec: The network.
        columns: The moments laid side by side, oldest first: of a network without a run, the one on screen alone.
        shown: The moment on screen, or the one before while it is being measured; None before the first.
        updates: How far single steps moved the weights; empty if it was not measured.
        is_of_run: Whether the columns are a run's.
        is_broken: Whether measuring failed, so that nothing more will come.
    """

    spec: ModelSpec
    columns: Columns
    shown: SnapshotStatistics | None
    updates: Updates
    is_of_run: bool
    is_broken: bool = False
