"""Training small networks on a few digits, in the test's own thread."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from digitlab.data.dataset import Dataset
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.training.config import TrainingConfig
from digitlab.training.control import TrainingControl
from digitlab.training.events import SnapshotTaken, TrainingEvent
from digitlab.training.examples import batches as examples
from digitlab.training.examples.batches import Kind
from digitlab.training.runtime import load_tensorflow
from digitlab.training.trainer import TrainingRequest, train
from tests.helpers.networks import small_dataset, small_spec

SMALL_CONFIG = TrainingConfig(epochs=2, batch_size=50, learning_rate=0.05)
"""330 digits make six batches of 50 and a last one of 30."""

Trainer = Callable[..., list[TrainingEvent]]


@pytest.fixture(scope="session", autouse=True)
def _tensorflow() -> None:
    """Load TensorFlow once, so that its import counts for no test's duration."""
    load_tensorflow()


@pytest.fixture(scope="session")
def usual_events(run_training: Trainer) -> list[TrainingEvent]:
    """All events of one ordinary training."""
    return run_training()


@pytest.fixture(scope="session")
def run_training() -> Trainer:
    """Train and return all events. ``react`` is called with each event, in the training thread."""

    def run(
        *,
        spec: ModelSpec | None = None,
        dataset: Dataset | None = None,
        control: TrainingControl | None = None,
        react: Callable[[TrainingEvent], None] = lambda event: None,
        **changes: object,
    ) -> list[TrainingEvent]:
        events: list[TrainingEvent] = []

        def publish(event: TrainingEvent) -> None:
            events.append(event)
            react(event)

        config = replace(SMALL_CONFIG, **changes)  # type: ignore[arg-type]
        request = TrainingRequest(spec or small_spec(), config, dataset or small_dataset())
        train(request, control or TrainingControl(), publish)
        return events

    return run


@pytest.fixture
def few_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Generate only a few drawings, because thousands would take a second per test, and mix them with fixed shares."""
    for name in ("BUILTIN_DRAWINGS", "GENERATED_DRAWINGS", "SEVERAL_DRAWINGS"):
        monkeypatch.setattr(examples, name, 30)
    shares = {
        Kind.IMAGE: 0.50,
        Kind.DRAWN_DIGIT: 0.32,
        Kind.DRAWN_NO_DIGIT: 0.09,
        Kind.GENERATED: 0.06,
        Kind.SEVERAL: 0.03,
    }
    monkeypatch.setattr(examples, "SHARES", shares)


@pytest.fixture
def last_snapshot() -> Callable[[list[TrainingEvent]], Snapshot]:
    """Return the newest snapshot among events."""

    def last(events: list[TrainingEvent]) -> Snapshot:
        return [event.snapshot for event in events if isinstance(event, SnapshotTaken)][-1]

    return last
