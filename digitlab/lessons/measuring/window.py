"""Measures of the drawing, the training, and what the window shows."""

import numpy as np

from digitlab.lessons.scene import Scene, SceneError
from digitlab.training.events import EpochEnded
from digitlab.words.places import layer_name


def strokes(scene: Scene) -> int:
    """Return the number of strokes on the canvas."""
    return len(scene.sketch.drawing.strokes)


def is_blank(scene: Scene) -> bool:
    """Return whether the canvas is empty."""
    return scene.inspection.is_blank


def is_prepared(scene: Scene) -> bool:
    """Return whether DigitLab put the drawing on the canvas, and the person did not."""
    return scene.sketch.is_sample


def ink(scene: Scene) -> int:
    """Return the number of pixels of the network's input that are not 0."""
    return int(np.count_nonzero(scene.inspection.image))


def epoch(scene: Scene) -> float:
    """Return the epoch of the snapshot on screen."""
    return float(scene.snapshot.epoch)


def epochs(scene: Scene) -> int:
    """Return the number of finished epochs of the run on screen."""
    return 0 if scene.run is None else len(scene.run.epochs)


def accuracy_after(scene: Scene, epoch: int) -> float:
    """Return the validation accuracy of the run on screen after an epoch, from 1."""
    return _epoch(scene, epoch).val_accuracy


def loss_after(scene: Scene, epoch: int) -> float:
    """Return the validation loss of the run on screen after an epoch, from 1."""
    return _epoch(scene, epoch).val_loss


def is_own_run(scene: Scene) -> bool:
    """Return whether the run on screen was trained here, and did not come with DigitLab."""
    return scene.is_own_run


def training(scene: Scene) -> str:
    """Return what the training does: "idle", "running" or "paused"."""
    return scene.training


def tab(scene: Scene) -> str:
    """Return the tab on screen, such as "look inside"."""
    return scene.tab


def page(scene: Scene) -> str:
    """Return the page of Explain on screen, such as "worked sum"."""
    return scene.page


def explained_layer(scene: Scene) -> str:
    """Return the layer of the value that Explain explains; empty if it explains none yet."""
    return "" if scene.place is None else layer_name(scene.spec, scene.place.layer, scene.place.step)


def chosen_layer(scene: Scene) -> str:
    """Return the layer of the tile or value that the person chose last; empty before that."""
    return "" if scene.chosen is None else layer_name(scene.spec, scene.chosen.layer, scene.chosen.step)


def chosen_map(scene: Scene) -> int:
    """Return its map or unit; -1 before that."""
    return -1 if scene.chosen is None else scene.chosen.unit[-1]


def chosen_row(scene: Scene) -> int:
    """Return its row; -1 before that, and for a unit."""
    return -1 if scene.chosen is None or len(scene.chosen.unit) != 3 else scene.chosen.unit[0]


def chosen_column(scene: Scene) -> int:
    """Return its column; -1 before that, and for a unit."""
    return -1 if scene.chosen is None or len(scene.chosen.unit) != 3 else scene.chosen.unit[1]


def _epoch(scene: Scene, epoch: int) -> EpochEnded:
    epochs = [] if scene.run is None else scene.run.epochs
    found = next((one for one in epochs if one.epoch == epoch), None)
    if found is None:
        raise SceneError(f"The run on screen has no epoch {epoch}.", expected=f"It has {len(epochs)}.")
    return found
