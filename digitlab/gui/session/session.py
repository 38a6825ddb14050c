"""The state of the application, as observed values. Panels read them and emit requests; controllers change them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtCore import QObject, Signal

from digitlab.data.drawing.distortions import NO_DISTORTION, Distortion
from digitlab.data.drawing.preprocessing import ALL_STEPS, Preprocessing
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.session.kept_runs import KeptRuns
from digitlab.gui.session.observed import Observed, set_together
from digitlab.gui.session.own_digits import OwnDigits
from digitlab.gui.session.values import EndedEdits, Evaluation, Learning, Recipe, Replay, TrainingState, View
from digitlab.insight.lens import Inspection, inspect
from digitlab.model.edits import Edits
from digitlab.runs.names import run_title

if TYPE_CHECKING:
    from pathlib import Path

    from digitlab.gui.session.overlay import Overlay
    from digitlab.insight.place import Place
    from digitlab.model.snapshot import Snapshot
    from digitlab.model.spec import ModelSpec
    from digitlab.runs.run import NamedRun, Run


class Session(QObject):
    """The open network, run and drawing, and what is on screen. Lives in the GUI thread.

    Each observed value has a signal ``<name>_changed``, which no other object emits. Controllers set the values;
    panels only read them.

    Attributes:
        mine: The user's own digits.
        kept: The kept runs.

    Signals:
        run_advanced: The run on screen has new events.
        network_opened: Another network is open, after all values have changed; not the next snapshot of a training.
        network_chosen: The user opened it: what failed to open before is out of date. Follows ``network_opened``, but
            not for what DigitLab opens by itself as it starts.
        edits_ended: The edits of a network ended with it; carries ``EndedEdits``.
    """

    sketch_changed = Signal()
    sketch: Observed[Sketch] = Observed()
    """The sketch on the canvas; it also changes while the pen moves."""

    preprocessing_changed = Signal()
    preprocessing: Observed[Preprocessing] = Observed()
    """The steps from the sketch to the network's input; unchanged by a new sketch."""

    distortion_changed = Signal()
    distortion: Observed[Distortion] = Observed()
    """How the network's input is distorted after the last step; unchanged by a new sketch, and not saved."""

    snapshot_changed = Signal()
    snapshot: Observed[Snapshot] = Observed()
    """The snapshot on screen: the network and weights that classify the sketch, with the edits. See ``show``."""

    edits_changed = Signal()
    edits_ended = Signal(object)
    edits: Observed[Edits] = Observed()
    """What is changed in the network on screen. Only ``edit`` and what shows another snapshot sets it."""

    newest_changed = Signal()
    newest: Observed[Snapshot] = Observed()
    """The last snapshot of the network: the newest of a run, or the one that was opened. ``advance`` sets it."""

    view_changed = Signal()
    view: Observed[View | None] = Observed()
    """The newest completed result, or None before the first; may be older than the sketch."""

    recipe_changed = Signal()
    recipe: Observed[Recipe] = Observed()
    """The recipe of the next training run."""

    unapplied_edits_changed = Signal()
    unapplied_edits: Observed[tuple[str, ...]] = Observed()
    """The fields in Network that differ from the recipe's network because one of them is invalid: "conv1 filters"."""

    own_presets_changed = Signal()
    own_presets: Observed[tuple[ModelSpec, ...]] = Observed()
    """The networks that the user saved as presets, in alphabetical order. The presets controller alone sets it."""

    replay_changed = Signal()
    replay: Observed[Replay] = Observed()
    """How the window moves through the snapshots of the run."""

    run_changed = Signal()
    run_advanced = Signal()
    network_opened = Signal()
    network_chosen = Signal()
    run: Observed[Run | None] = Observed()
    """The run whose curves are shown: in progress, finished, or recorded with the open network."""

    compared_run_changed = Signal()
    compared_run: Observed[NamedRun | None] = Observed()
    """The run whose curves are shown beside those of ``run``, or None."""

    training_state_changed = Signal()
    training_state: Observed[TrainingState] = Observed()
    """What the training worker is doing."""

    evaluation_changed = Signal()
    evaluation: Observed[Evaluation] = Observed()
    """What networks are evaluated on, the progress, and the newest result."""

    learning_changed = Signal()
    learning: Observed[Learning | None] = Observed()
    """The measurements of the layers of the network on screen, or None before the Learning tab was opened."""

    activity_changed = Signal()
    activity: Observed[str] = Observed()
    """What is being prepared for training, for the status bar and the progress of training; empty if nothing is.

    The training controller alone sets it, and ends it. Other news is a note; see ``Messages.note``."""

    is_collecting_changed = Signal()
    is_collecting: Observed[bool] = Observed()
    """Whether digits are being collected, and their panel is on screen."""

    receptive_field_changed = Signal()
    receptive_field: Observed[tuple[slice, slice] | None] = Observed()
    """Rows and columns of the 28x28 input that the hovered unit sees, or None."""

    overlay_changed = Signal()
    overlay: Observed[Overlay | None] = Observed()
    """The map that the canvas shows over the drawing, or None."""

    place_changed = Signal()
    place: Observed[Place | None] = Observed()
    """The value that Explain explains, or None before the first; it may be of another network than the one on screen,
    see ``Place.within``."""

    def __init__(self, snapshot: Snapshot, recipe: Recipe) -> None:
        """Create a session with a network, an empty canvas and no run."""
        super().__init__()
        self._names: WeakKeyDictionary[Snapshot | Run, str] = WeakKeyDictionary()
        self._files: WeakKeyDictionary[Snapshot | Run, Path] = WeakKeyDictionary()
        self.mine = OwnDigits(self)
        self.kept = KeptRuns(self)
        self.sketch = Sketch()
        self.preprocessing = ALL_STEPS
        self.distortion = NO_DISTORTION
        self._edits_of: WeakKeyDictionary[Snapshot, Edits] = WeakKeyDictionary()
        self.edits = Edits()
        self.snapshot = self.newest = snapshot
        self.replay = Replay()
        self.view = None
        self.recipe = recipe
        self.unapplied_edits = ()
        self.own_presets = ()
        self.run = None
        self.compared_run = None
        self.training_state = TrainingState.IDLE
        self.evaluation = Evaluation(recipe.source)
        self.learning = None
        self.activity = ""
        self.is_collecting = False
        self.receptive_field = None
        self.overlay = None
        self.place = None

    @property
    def inspection(self) -> Inspection:
        """What the network on screen computed: of the view, or before the first one for an empty canvas."""
        if self.view is not None:
            return self.view.inspection
        return inspect(self.snapshot, np.zeros(self.snapshot.spec.input_shape[:2], dtype=np.uint8))

    def advance(self, newest: Snapshot) -> None:
        """Set the newest snapshot of the network; it is shown if the window follows the training."""
        self.newest = newest
        if self.replay.is_following:
            self.show(newest)

    def show(self, snapshot: Snapshot) -> None:
        """Show another snapshot of the network, with the edits; other layers, as of a pinned network, end them."""
        edits = self.edits if snapshot.spec.has_weights_like(self.snapshot.spec) else Edits()
        self._show_edited(snapshot, edits)

    def show_unchanged(self, snapshot: Snapshot) -> None:
        """Show a snapshot as it is: with its own edits if it is edited, else without any."""
        set_together(self, edits=self._edits_of.get(snapshot, Edits()), snapshot=snapshot)

    def edit(self, edits: Edits) -> None:
        """Show the network on screen with other edits, which must fit it."""
        self._show_edited(self.snapshot, edits)

    def _show_edited(self, snapshot: Snapshot, edits: Edits) -> None:
        shown = self.snapshot
        is_same = snapshot.original is shown.original and edits == self.edits
        if is_same and shown.is_edited is not edits.is_empty:
            return  # another snapshot of the same weights would be computed and evaluated again
        edited = edits.applied_to(snapshot)
        if edited.is_edited:
            self._edits_of[edited] = edits
        set_together(self, edits=edits, snapshot=edited)

    def advance_run(self) -> None:
        """Announce that the run on screen has new events."""
        self.run_advanced.emit()

    def has_snapshot(self, snapshot: Snapshot) -> bool:
        """Return whether a snapshot belongs to the run on screen, edited or not; a pinned one may be of another run."""
        original = snapshot.original
        return original is self.newest or (
            self.run is not None and any(kept is original for kept in self.run.snapshots)
        )

    @property
    def run_name(self) -> str:
        """The name of the run on screen: in the list of runs, of its file, or of its recipe; empty without a run."""
        run = self.run
        return "" if run is None else self.kept.open_name or self._names.get(run) or run_title(run.started)

    @property
    def network_name(self) -> str:
        """The name of the network on screen."""
        return self.name_of(self.snapshot)

    def name_of(self, snapshot: Snapshot) -> str:
        """Return the name of a network: of its run, of its file, or else of its layers; says whether it is edited."""
        name = self._unedited_name(snapshot.original)
        return f"{name}, edited" if snapshot.is_edited else name

    def _unedited_name(self, original: Snapshot) -> str:
        name = self.run_name if self.has_snapshot(original) else ""
        return name or self._names.get(original) or original.spec.name

    def begin_run(self, run: Run) -> None:
        """Show a run that is about to be trained, and follow it."""
        ended = self._ended_edits(is_trained=run.started.origin is not None)
        self._keep_names()
        replay = replace(self.replay, is_following=True, is_playing=False)
        set_together(self, replay=replay, run=run, edits=Edits())
        self._tell_ended(ended)

    def _keep_names(self) -> None:
        """Keep the names of snapshots that can be shown after their run is gone."""
        for snapshot in (self.snapshot, self.replay.pinned):
            if snapshot is not None:
                self._names[snapshot.original] = self._unedited_name(snapshot.original)

    def _ended_edits(self, *, is_trained: bool = False) -> EndedEdits | None:
        """Return the edits of the network on screen with what is needed to open it again; None without edits."""
        if self.edits.is_empty:
            return None
        original = self.snapshot.original
        name = self._unedited_name(original)
        return EndedEdits(self.edits, original, self.run, name, self.open_file, is_trained)

    def _tell_ended(self, ended: EndedEdits | None) -> None:
        if ended is not None:
            self.edits_ended.emit(ended)

    @property
    def open_file(self) -> Path | None:
        """The file of the open network: of its run in the list of runs, or the one that was opened; None if none."""
        return self.kept.open or self._files.get(self.newest if self.run is None else self.run)

    def open_network(
        self,
        snapshot: Snapshot,
        run: Run | None,
        name: str = "",
        file: Path | None = None,
        *,
        is_at_start: bool = False,
    ) -> None:
        """Show another network, with its run if that is known.

        Args:
            snapshot: The network: the last snapshot of the run, or an earlier one.
            run: The run; no other object holds a reference to it.
            name: The name under which it is opened; empty if it has none but that of its run or its layers.
            file: The file that it was read from, unless it is one of the kept runs.
            is_at_start: Whether DigitLab opens it by itself as it starts.
        """
        keeps_edits = is_at_start and snapshot.spec.has_weights_like(self.snapshot.spec)
        edits = self.edits if keeps_edits else Edits()
        ended = None if keeps_edits else self._ended_edits()
        self._keep_names()
        self._names[snapshot if run is None else run] = name
        if file is not None:
            self._files[snapshot if run is None else run] = file
        newest = snapshot
        if run is not None and run.history.replace(snapshot):
            newest = run.snapshots[-1]
        # Together: slots of the run's signal read its snapshots, whose last is the newest.
        replay = Replay(is_following=snapshot is newest, pinned=self.replay.pinned)
        set_together(self, replay=replay, run=run, newest=newest, edits=edits, snapshot=edits.applied_to(snapshot))
        self.network_opened.emit()
        self._tell_ended(ended)
        if not is_at_start:
            self.network_chosen.emit()
