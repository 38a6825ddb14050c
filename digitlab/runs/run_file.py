"""A training run in a ``.digitlab`` file: ``run.json`` for the settings, npz for curves and snapshots."""

import json
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digitlab.model.files.archive import Archive, damaged, opened_archive, pack_arrays
from digitlab.model.files.network_file import array_names, write_model
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.runs.history import MAXIMUM_STATES, History, index_to_drop
from digitlab.runs.run import Run, Series
from digitlab.runs.schema import (
    MAXIMUM_STEPS,
    epoch_from_json,
    start_from_json,
    start_to_json,
    updates_from_json,
    whole,
)
from digitlab.training.config import MAXIMUM_EPOCHS
from digitlab.training.events import TrainingEnded, TrainingStarted
from digitlab.training.optimizer_state import OptimizerState, slot_shapes

_RUN: Final = "run.json"
_CURVES: Final = "curves.npz"
_SNAPSHOTS: Final = "snapshots.npz"
_OPTIMIZER: Final = "optimizer.npz"
_MAXIMUM_RUN_BYTES: Final = 8 * 2**20
"""Limit on the description of a run: a thousand epochs take a tenth of it."""

_MAXIMUM_SNAPSHOTS: Final = 1_000
_MAXIMUM_SNAPSHOT_BYTES: Final = 400 * 2**20


def write_run(path: Path, snapshot: Snapshot, run: Run) -> None:
    """Save a network together with its run. Snapshots are stored as float16, the network itself as float32.

    Raises:
        DigitLabError: If it cannot be written.
    """
    started = run.started
    kept = _thinned(run.history, started.spec.total_parameters)
    states = {one.step: state for one in kept if (state := run.history.optimizer_state(one)) is not None}
    description = {
        **start_to_json(started),
        "batches": run.step,
        "epochs": [asdict(epoch) for epoch in run.epochs],
        "snapshot_steps": [snapshot.step for snapshot in kept],
        "was_stopped": run.ended is not None and run.ended.was_stopped,
        "updates": [asdict(update) for update in run.updates],
        "optimizer_states": [[step, state.iterations] for step, state in states.items()],
    }
    curves = {
        # The mean over a batch can slightly exceed the largest float32.
        "loss": np.minimum(run.losses.values, np.finfo(np.float32).max).astype(np.float32),
        "accuracy": run.accuracies.values.astype(np.float32),
    }
    extra = {
        _RUN: json.dumps(description, indent=1).encode(),
        _CURVES: pack_arrays(curves),
    }
    if kept:
        extra[_SNAPSHOTS] = pack_arrays(_stacked(started.spec, kept))
    if states:
        extra[_OPTIMIZER] = pack_arrays(
            {f"{step}.{index}": slot for step, state in states.items() for index, slot in enumerate(state.slots)}
        )
    write_model(path, snapshot, extra)


def _thinned(history: History, parameters: int) -> list[Snapshot]:
    """Return at most as many snapshots as can be read back, thinned out like the history."""
    kept = list(history.snapshots)
    limit = min(_MAXIMUM_SNAPSHOTS, _MAXIMUM_SNAPSHOT_BYTES // (4 * max(parameters, 1)))
    protected = frozenset(() if history.best_step is None else (history.best_step,))
    while len(kept) > limit:
        index = index_to_drop([snapshot.step for snapshot in kept], protected)
        if index is None:  # first, last and best stay: the limit is at least five even for the largest network
            break
        del kept[index]
    return kept


def _stacked(spec: ModelSpec, snapshots: list[Snapshot]) -> dict[str, NDArray[np.floating]]:
    """Return the weights of all snapshots by name, one array of shape (snapshots, ...) per weight."""
    shapes = [shape for layer in spec.weight_shapes for shape in layer.values()]
    stacked: dict[str, NDArray[np.floating]] = {}
    for index, (name, shape) in enumerate(zip(array_names(spec), shapes, strict=True)):
        weights = np.array([snapshot.arrays[index] for snapshot in snapshots], dtype=np.float32)
        weights = weights.reshape(len(snapshots), *shape)
        fits = not weights.size or np.abs(weights).max() <= np.finfo(np.float16).max
        stacked[name] = weights.astype(np.float16) if fits else weights
    return stacked


def has_run(path: Path) -> bool:
    """Return whether a file contains a run besides its network; the run is not checked.

    Raises:
        DigitLabError: If the file cannot be read or is damaged.
    """
    with opened_archive(path) as archive:
        return _RUN in archive.names


def read_run(path: Path, *, with_snapshots: bool = True) -> Run | None:
    """Read the run in a file; None if the file contains only a network.

    Args:
        path: The file.
        with_snapshots: Whether to read its snapshots too; without them a run takes little time and memory.

    Raises:
        DigitLabError: If the file is damaged or malicious.
    """
    with opened_archive(path) as archive:
        return _build_run(archive, path, with_snapshots=with_snapshots) if _RUN in archive.names else None


def _build_run(archive: Archive, path: Path, *, with_snapshots: bool) -> Run:
    description = archive.read_json(_RUN, _MAXIMUM_RUN_BYTES)
    started = start_from_json(description, path)
    batches = whole(description["batches"], MAXIMUM_STEPS)
    first = started.first_step
    steps = [first + whole(step - first, batches) for step in description["snapshot_steps"]]
    if len(steps) > _MAXIMUM_SNAPSHOTS or len(description["epochs"]) > MAXIMUM_EPOCHS:
        raise damaged(path)
    if any(earlier >= later for earlier, later in pairwise(steps)):
        raise damaged(path)
    run = Run(started)
    curves = archive.read_arrays(_CURVES, {"loss": (batches,), "accuracy": (batches,)})
    run.losses, run.accuracies = Series(curves["loss"]), Series(curves["accuracy"])
    run.epochs = [epoch_from_json(epoch) for epoch in description["epochs"]]
    run.updates = updates_from_json(description.get("updates", []), started, batches)
    run.mark_best()
    if with_snapshots and steps:
        states = _optimizer_states(started, description.get("optimizer_states", []), steps, archive, path)
        for snapshot in _unstacked(started, steps, archive):
            run.history.add(snapshot, states.get(snapshot.step))
    run.ended = TrainingEnded(was_stopped=bool(description["was_stopped"]))
    return run


def _unstacked(started: TrainingStarted, steps: list[int], archive: Archive) -> list[Snapshot]:
    """Return the snapshots of a run from the content of their archive member."""
    shapes = [shape for layer in started.spec.weight_shapes for shape in layer.values()]
    stacked = archive.read_arrays(
        _SNAPSHOTS, {name: (len(steps), *shape) for name, shape in zip(array_names(started.spec), shapes, strict=True)}
    )
    return [
        Snapshot.of(started.spec, [array[index] for array in stacked.values()], step, started.epoch_of(step))
        for index, step in enumerate(steps)
    ]


def _optimizer_states(
    started: TrainingStarted, listed: list[list[int]], steps: list[int], archive: Archive, path: Path
) -> dict[int, OptimizerState]:
    """Return the optimizer states by the step of their snapshot."""
    optimizer = started.config.optimizer
    if len(listed) > MAXIMUM_STATES or not {step for step, _ in listed} <= set(steps):
        raise damaged(path)
    shapes = slot_shapes(optimizer, started.spec)
    named = {f"{step}.{index}": shape for step, _ in listed for index, shape in enumerate(shapes)}
    arrays = archive.read_arrays(_OPTIMIZER, named) if listed else {}
    return {
        step: OptimizerState.of(
            optimizer,
            started.spec,
            whole(iterations, MAXIMUM_STEPS),
            [arrays[f"{step}.{index}"] for index in range(len(shapes))],
        )
        for step, iterations in listed
    }
