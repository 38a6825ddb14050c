"""The values of the session: the recipe, what is on screen, the evaluation, and the measurements of the layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from digitlab.data.dataset import Part
from digitlab.model.presets import TUTORIAL
from digitlab.model.spec import ModelSpec
from digitlab.training.config import TrainingConfig

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from digitlab.data.drawing.raster import RasterSteps
    from digitlab.data.drawing.sketch import Sketch
    from digitlab.data.held_out import HeldOutSet
    from digitlab.evaluation.distorted import DistortedRow
    from digitlab.evaluation.metrics import Metrics
    from digitlab.evaluation.predictions import Predictions
    from digitlab.insight.learning import SnapshotStatistics
    from digitlab.insight.lens import Inspection
    from digitlab.insight.verdict import Verdict
    from digitlab.model.edits import Edits
    from digitlab.model.snapshot import Snapshot
    from digitlab.runs.run import Run


class TrainingState(Enum):
    """What the training worker is doing."""

    IDLE = auto()
    PREPARING = auto()
    """Loading TensorFlow or the dataset, building the network."""
    RUNNING = auto()
    PAUSED = auto()
    STOPPING = auto()

    @property
    def is_busy(self) -> bool:
        """Whether training is in progress or paused."""
        return self is not TrainingState.IDLE

    @property
    def can_pause_or_resume(self) -> bool:
        """Whether training can be paused or resumed."""
        return self in (TrainingState.RUNNING, TrainingState.PAUSED)

    @property
    def can_stop(self) -> bool:
        """Whether training can be stopped."""
        return self.is_busy and self is not TrainingState.STOPPING


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of the next training run.

    Attributes:
        spec: The network.
        config: How to train it.
        source: The dataset: ``builtin``, ``mnist`` or a path.
        drawings: Paths of files with strokes to train on besides the dataset, if the configuration uses drawings;
            if empty, DigitLab's own handwriting.
    """

    spec: ModelSpec = TUTORIAL
    config: TrainingConfig = field(default_factory=TrainingConfig)
    source: str = "builtin"
    drawings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replay:
    """How the window moves through the snapshots of a run.

    Attributes:
        is_following: Whether the newest snapshot is shown, even as the run grows.
        is_playing: Whether the run is being played back.
        pinned: A second snapshot, shown beside the first for the same drawing, or None.
    """

    is_following: bool = True
    is_playing: bool = False
    pinned: Snapshot | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EndedEdits:
    """The edits of a network that is not open any more.

    Attributes:
        edits: What was changed.
        original: The network without the edits.
        run: Its run, or None.
        name: Its name.
        file: The file it was read from, or None.
        is_trained: Whether a training started from the edited network, so that its weights go on there.
    """

    edits: Edits
    original: Snapshot
    run: Run | None
    name: str
    file: Path | None
    is_trained: bool


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What is on screen, computed from one snapshot, one sketch and its preprocessing steps.

    Attributes:
        sketch: The sketch on the canvas at that time.
        steps: The image after each step to the network's input, which is ``inspection.image``: the last of them,
            distorted if the session says so.
        inspection: The network's activations and outputs for it.
        verdict: The prediction and its confidence; None if the network ends in feature maps.
        pinned: The activations and outputs of the pinned snapshot; None if none is pinned.
    """

    sketch: Sketch
    steps: RasterSteps
    inspection: Inspection
    verdict: Verdict | None
    pinned: Inspection | None = None


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationResult:
    """The result of evaluating a snapshot, on all images or on those evaluated so far.

    Attributes:
        snapshot: The network and its weights.
        data: What it was evaluated on.
        metrics: The metrics.
        predictions: The prediction for each image.
        duration_s: How long it took, in seconds.
    """

    snapshot: Snapshot
    data: HeldOutSet
    metrics: Metrics
    predictions: Predictions
    duration_s: float

    @property
    def is_whole(self) -> bool:
        """Whether all digits were evaluated; else a random sample of them."""
        return len(self.predictions) == len(self.data.digits)


@dataclass(frozen=True, slots=True, eq=False)
class DistortedResult:
    """The accuracy of a snapshot on distorted digits, as far as it is evaluated.

    Attributes:
        snapshot: The network and its weights.
        data: What it was evaluated on.
        rows: A row for each kind of distortion.
    """

    snapshot: Snapshot
    data: HeldOutSet
    rows: tuple[DistortedRow, ...]


class Task(Enum):
    """The current task of the evaluation."""

    NONE = auto()
    EVALUATE = auto()
    """Evaluating the snapshot on screen, on request."""
    FOLLOW = auto()
    """Evaluating the snapshot on screen, because it changed."""
    SNAPSHOTS = auto()
    """Evaluating all kept snapshots of the run, on request."""
    DISTORTED = auto()
    """Evaluating the snapshot on screen on distorted digits, on request."""

    @property
    def is_requested(self) -> bool:
        """Whether the user requested it and can cancel it."""
        return self in (Task.EVALUATE, Task.SNAPSHOTS, Task.DISTORTED)


@dataclass(frozen=True, slots=True)
class AccuracyOverTime:
    """The accuracy at the kept snapshots of the run on screen, as far as it is known.

    Attributes:
        steps: Number of batches trained before each, ascending.
        epochs: The same in epochs.
        accuracies: The accuracy at each, 0..1, all on the same images; None where it is unknown.
        count: Number of images; 0 if no accuracy is known.
    """

    steps: tuple[int, ...] = ()
    epochs: tuple[float, ...] = ()
    accuracies: tuple[float | None, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class EditEffect:
    """The accuracy of the network on screen with and without its edits, as far as it is known.

    Attributes:
        snapshot: The network on screen, edited or not.
        title: What it was evaluated on.
        before: The accuracy without the edits, 0..1; None if unknown.
        after: The accuracy with the edits, 0..1; None if unknown.
        count: Number of images that both were evaluated on.
        total: Number of images that they will be evaluated on; 0 while the data are being loaded.
    """

    snapshot: Snapshot
    title: str
    before: float | None
    after: float | None
    count: int
    total: int

    @property
    def is_whole(self) -> bool:
        """Whether both accuracies are known on all images."""
        return self.before is not None and self.after is not None and self.count >= self.total


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """What networks are evaluated on, the progress, and the newest result.

    Attributes:
        source: The data: ``builtin``, ``mnist``, ``mine``, or the path of a dataset or of drawings.
        part: Which digits of a dataset.
        is_following: Whether the snapshot on screen is evaluated when it changes.
        task: The current task.
        progress_text: The task and its progress as text; empty if idle.
        progress: The completed share of the task, 0..1, or None if unknown.
        result: The result shown, or None before the first; it may still be incomplete.
        over_time: The accuracies of the run's snapshots on these data.
        distorted: The newest result on distorted digits of these data, or None before the first.
        effect: What the edits do to the accuracy; None while nobody looks, or the data are not on this computer.
        data: The chosen data, once they are loaded.
    """

    source: str
    part: Part = Part.TEST
    is_following: bool = True
    task: Task = Task.NONE
    progress_text: str = ""
    progress: float | None = None
    result: EvaluationResult | None = None
    over_time: AccuracyOverTime = AccuracyOverTime()
    distorted: DistortedResult | None = None
    effect: EditEffect | None = None
    data: HeldOutSet | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """The snapshots of a run laid side by side, one column each.

    Attributes:
        steps: Number of batches trained before each, ascending.
        epochs: The same in epochs.
        measured: The statistics of each; None if not measured yet.
    """

    steps: tuple[int, ...]
    epochs: tuple[float, ...]
    measured: tuple[SnapshotStatistics | None, ...]

    @property
    def missing(self) -> int:
        """Number of snapshots that are not measured yet."""
        return sum(stats is None for stats in self.measured)


@dataclass(frozen=True, slots=True, eq=False)
class Updates:
    """Update ratios: for single steps, the norm of the update divided by the norm of the weights.

    Attributes:
        steps: Shape (n,), int64, ascending: the number of batches trained, the step included.
        ratios: Shape (n, layers that learn), float64.
    """

    steps: NDArray[np.int64]
    ratios: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Learning:
    """The layers of the network on screen at the kept snapshots of its run, as far as measured.

    Attributes:
        spec: The network.
        columns: The snapshots laid side by side, oldest first; without a run, the one on screen alone.
        shown: The snapshot on screen, or the one before while it is being measured; None before the first.
        updates: The update ratios; empty if they were not measured.
        is_of_run: Whether the columns are a run's.
        is_broken: Whether a measurement failed, so that nothing more is measured.
    """

    spec: ModelSpec
    columns: Columns
    shown: SnapshotStatistics | None
    updates: Updates
    is_of_run: bool
    is_broken: bool = False
