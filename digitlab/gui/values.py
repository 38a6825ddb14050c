"""What the session holds, as values: the recipe, what is on screen, what was judged."""

from dataclasses import dataclass, field
from enum import Enum, auto

from digitlab.data.raster import RasterSteps
from digitlab.data.sketch import Sketch
from digitlab.insight.lens import Inspection
from digitlab.insight.verdict import Verdict
from digitlab.model.presets import TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.training.config import TrainingConfig
from digitlab.training.judgement import Judgement


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


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What is on screen, computed from one snapshot, one sketch and the steps it takes.

    Attributes:
        sketch: What lay on the canvas.
        steps: How it became the network's input.
        inspection: What the network made of it.
        verdict: The same in a word; None if the network ends in feature maps.
    """

    sketch: Sketch
    steps: RasterSteps
    inspection: Inspection
    verdict: Verdict | None


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What judging a network brought.

    Attributes:
        snapshot: The network and its weights.
        data_name: What it was judged on.
        judgement: The figures.
        seconds: How long it took.
    """

    snapshot: Snapshot
    data_name: str
    judgement: Judgement
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Judging:
    """What networks are judged on, how far that is, and the newest result.

    Attributes:
        source: The data: ``builtin``, ``mnist``, or the path of a dataset or of drawings.
        is_busy: Whether a network is being judged.
        words: What is being done; empty if nothing is.
        share: How much of it is done, 0..1, or None if nobody knows.
        judged: The newest result, or None before the first.
    """

    source: str
    is_busy: bool = False
    words: str = ""
    share: float | None = None
    judged: Judged | None = None
