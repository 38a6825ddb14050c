"""The one observable answer to: what is open now? Panels read it and emit wishes; controllers change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from digitlab.data.drawing.preprocessing import ALL_STEPS, Preprocessing
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.session.kept_runs import KeptRuns
from digitlab.gui.session.my_set import MySet
from digitlab.gui.session.values import Judging, Learning, Recipe, Replay, TrainingState, View

if TYPE_CHECKING:
    from digitlab.model.snapshot import Snapshot
    from digitlab.runs.run import NamedRun, Run


class Session(QObject):
    """What is open now. Lives in the GUI thread.

    Attributes:
        mine: The person's own digits.
        kept: The runs that are kept.

    Signals:
        sketch_changed: The canvas holds something else (also while the pen moves).
        preprocessing_changed: A step on the way to the network's input is left out, or taken again.
        snapshot_changed: Another network, or other weights, are shown.
        view_changed: A new ``View`` was computed from the newest sketch, preprocessing and snapshot.
        recipe_changed: The next training's recipe was edited.
        newest_changed: There is a newer moment of the network, or another network.
        replay_changed: The window follows, plays or pins another moment, or stopped doing so.
        run_changed: Another run is shown (or none).
        run_advanced: The shown run took in new events.
        compared_run_changed: Another run is shown beside it (or none).
        training_state_changed: The training worker does something else.
        judging_changed: ``judging`` is another: other data, progress, or a result.
        learning_changed: ``learning`` is another: another moment is on screen, or more of them were measured.
        activity_changed: ``activity`` has new words.
        receptive_field_changed: Another part of the 28x28 input is pointed out.
    """

    sketch_changed = Signal()
    preprocessing_changed = Signal()
    snapshot_changed = Signal()
    view_changed = Signal()
    recipe_changed = Signal()
    newest_changed = Signal()
    replay_changed = Signal()
    run_changed = Signal()
    run_advanced = Signal()
    compared_run_changed = Signal()
    training_state_changed = Signal()
    judging_changed = Signal()
    learning_changed = Signal()
    activity_changed = Signal()
    receptive_field_changed = Signal()

    def __init__(self, snapshot: Snapshot, recipe: Recipe) -> None:
        """Begin with a network, an empty canvas and no run."""
        super().__init__()
        self.mine = MySet(self)
        self.kept = KeptRuns(self)
        self._sketch = Sketch()
        self._preprocessing = ALL_STEPS
        self._snapshot = self._newest = snapshot
        self._replay = Replay()
        self._view: View | None = None
        self._recipe = recipe
        self._run: Run | None = None
        self._compared_run: NamedRun | None = None
        self._training_state = TrainingState.IDLE
        self._judging = Judging(recipe.source)
        self._learning: Learning | None = None
        self._activity = ""
        self._receptive_field: tuple[slice, slice] | None = None

    @property
    def sketch(self) -> Sketch:
        """What lies on the canvas."""
        return self._sketch

    def set_sketch(self, sketch: Sketch) -> None:
        """Put something else on the canvas."""
        self._sketch = sketch
        self.sketch_changed.emit()

    @property
    def preprocessing(self) -> Preprocessing:
        """Which steps the sketch takes to the network's input; it stays when the sketch changes."""
        return self._preprocessing

    def set_preprocessing(self, preprocessing: Preprocessing) -> None:
        """Leave steps out, or take them again."""
        if preprocessing != self._preprocessing:
            self._preprocessing = preprocessing
            self.preprocessing_changed.emit()

    @property
    def snapshot(self) -> Snapshot:
        """The network and the weights that answer."""
        return self._snapshot

    def set_snapshot(self, snapshot: Snapshot) -> None:
        """Show another network or other weights."""
        self._snapshot = snapshot
        self.snapshot_changed.emit()

    @property
    def newest(self) -> Snapshot:
        """The last moment of the network: what a training has come to, or what was opened."""
        return self._newest

    @property
    def replay(self) -> Replay:
        """How the window moves through the moments of the run."""
        return self._replay

    def set_replay(self, replay: Replay) -> None:
        """Follow, play or pin another moment, or stop doing so."""
        if replay != self._replay:
            self._replay = replay
            self.replay_changed.emit()

    def advance(self, newest: Snapshot) -> None:
        """Take in the newest moment of the network; it is shown if the window follows."""
        self._newest = newest
        self.newest_changed.emit()
        if self._replay.is_following:
            self.set_snapshot(newest)

    def has_moment(self, snapshot: Snapshot) -> bool:
        """Return whether a snapshot is a moment of the run on screen; a pinned one may be of another run."""
        return snapshot is self._newest or (
            self._run is not None and any(kept is snapshot for kept in self._run.snapshots)
        )

    def open_network(self, snapshot: Snapshot, run: Run | None) -> None:
        """Show another network, with the run that made it if that is known.

        Args:
            snapshot: The network: what the run ended with, or an earlier moment of it.
            run: The run; nobody else has it.
        """
        newest = snapshot
        if run is not None and run.history.replace(snapshot):
            newest = run.snapshots[-1]
        # All values before the first signal: whoever hears of the run asks for its moments, of which this is the last.
        self._snapshot, self._newest, self._run = snapshot, newest, run
        self.set_replay(Replay(is_following=snapshot is newest, pinned=self._replay.pinned))
        self.run_changed.emit()
        self.newest_changed.emit()
        self.snapshot_changed.emit()

    @property
    def view(self) -> View | None:
        """The newest finished computation, or None before the first; may be a moment behind the sketch."""
        return self._view

    def set_view(self, view: View) -> None:
        """Show what was computed."""
        self._view = view
        self.view_changed.emit()

    @property
    def recipe(self) -> Recipe:
        """What the next training will do."""
        return self._recipe

    def set_recipe(self, recipe: Recipe) -> None:
        """Change what the next training will do."""
        if recipe != self._recipe:
            self._recipe = recipe
            self.recipe_changed.emit()

    @property
    def run(self) -> Run | None:
        """The run whose curves are shown: going on, finished, or recorded with the model that is open."""
        return self._run

    def set_run(self, run: Run | None) -> None:
        """Show another run."""
        self._run = run
        self.run_changed.emit()

    @property
    def compared_run(self) -> NamedRun | None:
        """The run whose curves are shown beside those of ``run``, or None."""
        return self._compared_run

    def set_compared_run(self, compared: NamedRun | None) -> None:
        """Show another run beside the run, or none."""
        if compared is not self._compared_run:
            self._compared_run = compared
            self.compared_run_changed.emit()

    @property
    def training_state(self) -> TrainingState:
        """What the training worker is doing."""
        return self._training_state

    def set_training_state(self, state: TrainingState) -> None:
        """Say what the training worker is doing now."""
        if state is not self._training_state:
            self._training_state = state
            self.training_state_changed.emit()

    @property
    def judging(self) -> Judging:
        """What networks are judged on, how far that is, and the newest result."""
        return self._judging

    def set_judging(self, judging: Judging) -> None:
        """Say how far judging is, or what came of it."""
        self._judging = judging
        self.judging_changed.emit()

    @property
    def learning(self) -> Learning | None:
        """How the layers of the network on screen learn, or None before anybody looked."""
        return self._learning

    def set_learning(self, learning: Learning) -> None:
        """Show what was measured."""
        self._learning = learning
        self.learning_changed.emit()

    @property
    def activity(self) -> str:
        """One line about what goes on in the background, for the status bar; empty if nothing."""
        return self._activity

    def set_activity(self, activity: str) -> None:
        """Say what goes on in the background."""
        if activity != self._activity:
            self._activity = activity
            self.activity_changed.emit()

    @property
    def receptive_field(self) -> tuple[slice, slice] | None:
        """Rows and columns of the 28x28 input that the pointed-at unit sees, or None."""
        return self._receptive_field

    def set_receptive_field(self, field: tuple[slice, slice] | None) -> None:
        """Point out a part of the input, or nothing."""
        if field != self._receptive_field:
            self._receptive_field = field
            self.receptive_field_changed.emit()
