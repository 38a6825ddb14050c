"""A training run within a ``.digitlab`` file: ``run.json`` for the settings, npz for curves and snapshots."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from digitlab.errors import DigitLabError
from digitlab.model.archive import damaged, pack_arrays, parse_json, read_archive, unpack_arrays
from digitlab.model.files import array_names, spec_from_json, spec_to_json, write_model
from digitlab.model.snapshot import Snapshot
from digitlab.training.config import Optimizer, TrainingConfig
from digitlab.training.events import EpochEnded, TrainingEnded, TrainingStarted
from digitlab.training.run import Run, Series

_RUN: Final = "run.json"
_CURVES: Final = "curves.npz"
_SNAPSHOTS: Final = "snapshots.npz"
_MAXIMUM_SNAPSHOTS: Final = 1_000
_MAXIMUM_STEPS: Final = 10_000_000


def write_run(path: Path, snapshot: Snapshot, run: Run) -> None:
    """Save a network together with the run that made it. Snapshots are kept as float16, the network itself exactly.

    Raises:
        DigitLabError: If it cannot be written.
    """
    names = array_names(run.started.spec)
    stacked = {
        name: np.stack([snapshot.arrays[index] for snapshot in run.snapshots]).astype(np.float16)
        for index, name in enumerate(names)
    }
    started = run.started
    description = {
        "spec": spec_to_json(started.spec),
        "config": asdict(started.config),
        "dataset": started.dataset_name,
        "training_count": started.training_count,
        "validation_count": started.validation_count,
        "validates_on_test": started.validates_on_test,
        "batches": run.step,
        "epochs": [asdict(epoch) for epoch in run.epochs],
        "snapshot_steps": [snapshot.step for snapshot in run.snapshots],
        "was_stopped": run.ended is not None and run.ended.was_stopped,
    }
    curves = {
        "loss": run.losses.values.astype(np.float32),
        "accuracy": run.accuracies.values.astype(np.float32),
    }
    extra = {
        _RUN: json.dumps(description, indent=1).encode(),
        _CURVES: pack_arrays(curves),
        _SNAPSHOTS: pack_arrays(stacked),
    }
    write_model(path, snapshot, extra)


def read_run(path: Path) -> Run | None:
    """Open the run in a file, or None if the file holds a network alone.

    Raises:
        DigitLabError: If the file is damaged or hostile.
    """
    members = read_archive(path, wanted=(_RUN, _CURVES, _SNAPSHOTS), required=())
    if _RUN not in members:
        return None
    if len(members) != 3:
        raise damaged(path)
    description = parse_json(members[_RUN], path)
    try:
        return _build_run(description, members, path)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise damaged(path) from error


def _build_run(description: dict[str, Any], members: dict[str, bytes], path: Path) -> Run:
    started = _started(description, path)
    batches, steps = description["batches"], description["snapshot_steps"]
    if not (0 <= batches <= _MAXIMUM_STEPS and len(steps) <= _MAXIMUM_SNAPSHOTS):
        raise damaged(path)
    run = Run(started)
    curves = unpack_arrays(members[_CURVES], {"loss": (batches,), "accuracy": (batches,)}, path)
    run.losses, run.accuracies = Series(curves["loss"]), Series(curves["accuracy"])
    run.epochs = [_epoch(epoch) for epoch in description["epochs"]]
    shapes = [shape for layer in started.spec.weight_shapes for shape in layer.values()]
    stacked = unpack_arrays(
        members[_SNAPSHOTS],
        {name: (len(steps), *shape) for name, shape in zip(array_names(started.spec), shapes, strict=True)},
        path,
    )
    for index, step in enumerate(steps):
        arrays = [array[index] for array in stacked.values()]
        run.snapshots.append(Snapshot.of(started.spec, arrays, int(step), int(step) / started.steps_per_epoch))
    run.ended = TrainingEnded(was_stopped=bool(description["was_stopped"]))
    return run


def _started(description: dict[str, Any], path: Path) -> TrainingStarted:
    config = description["config"]
    started = TrainingStarted(
        spec_from_json(description["spec"], path),
        TrainingConfig(**{**config, "optimizer": Optimizer(config["optimizer"])}),
        str(description["dataset"])[:100],
        training_count=int(description["training_count"]),
        validation_count=int(description["validation_count"]),
        validates_on_test=bool(description["validates_on_test"]),
    )
    if started.training_count < 1:
        raise DigitLabError(f"{path.name} tells of a training without images.")
    return started


def _epoch(value: dict[str, Any]) -> EpochEnded:
    epoch = EpochEnded(**value)
    if not all(isinstance(number, int | float) and math.isfinite(number) for number in value.values()):
        raise ValueError("epochs")
    return epoch
