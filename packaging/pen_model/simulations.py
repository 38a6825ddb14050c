"""Accuracy under simulated faults with known truth: photos by kind, and the kinds of MNIST-C."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from photos import scanned

from digitlab.data.builtin import random_drawing
from digitlab.data.dataset import DigitSet
from digitlab.data.digit import CLASS_COUNT
from digitlab.data.drawing.distortions import KINDS, STRENGTHS, distorted
from digitlab.data.drawing.photographs import PHOTO_KINDS, photographed, read_back
from digitlab.data.drawing.raster import render_many
from digitlab.insight.batch import answer_all
from digitlab.model.files.network_file import read_model
from digitlab.model.snapshot import Snapshot
from digitlab.system.assets import model_path

SAMPLE: Final = 125
"""Digits of each source: the standard error of an accuracy of 95 % is 1.4 points over both."""

SEED: Final = 13

Row = list[float]
"""Accuracy at each strength, 0..1."""


def simulate(snapshots: Mapping[str, Snapshot], test: DigitSet) -> dict[str, dict[str, Row]]:
    """Measure networks on the same simulated faults.

    Args:
        snapshots: The networks by name, with ten or eleven outputs.
        test: MNIST's test digits.

    Returns:
        For each network and each kind the accuracy of the largest output of the ten digits, at each strength.
    """
    images, labels = sample(test)
    seen: dict[str, list[NDArray[np.uint8]]] = {"nothing": [images], "clean photo": [_photos([*images], "thin", 0.0)]}
    for name, photo_kind in PHOTO_KINDS.items():
        seen[f"photo: {photo_kind.title}"] = [_photos([*images], name, strength) for strength in STRENGTHS]
    for name, kind in KINDS.items():
        seen[kind.title] = [distorted(images, name, strength, np.random.default_rng(SEED)) for strength in STRENGTHS]
    scans = np.random.default_rng(SEED)
    seen["scan of 16 x 16 pixels"] = [np.stack([scanned(image, scans) for image in images])]
    return {
        name: {kind: [_accuracy(snapshot, shown, labels) for shown in rows] for kind, rows in seen.items()}
        for name, snapshot in snapshots.items()
    }


def sample(test: DigitSet) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return images, shape (2 * SAMPLE, 28, 28), and labels: half of MNIST's test digits, half rendered drawings."""
    rng = np.random.default_rng(SEED)
    chosen = test.subset(rng.choice(len(test), SAMPLE, replace=False))
    drawn = (np.arange(SAMPLE) % CLASS_COUNT).astype(np.uint8)
    images = render_many([random_drawing(int(digit), rng) for digit in drawn])
    return np.concatenate([chosen.images, images]), np.concatenate([chosen.labels, drawn])


def _photos(digits: list[NDArray[np.uint8]], kind: str, strength: float) -> NDArray[np.uint8]:
    rng = np.random.default_rng(SEED)
    return np.stack([read_back(photographed(digit, kind, strength, rng)) for digit in digits])


def _accuracy(snapshot: Snapshot, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> float:
    answers = answer_all(snapshot, images)
    assert answers is not None
    return float((answers.sums[:, :CLASS_COUNT].argmax(axis=1) == labels).mean())


def read(path: Path) -> Mapping[str, Mapping[str, Row]]:
    """Read what ``write`` wrote: for each network and each kind the accuracy at each strength."""
    found: Mapping[str, Mapping[str, Row]] = json.loads(path.read_text("utf-8"))
    return found


def write(path: Path, test: DigitSet) -> None:
    """Measure the shipped networks and write the result, also to compare a later commit with it.

    Args:
        path: The JSON file to write.
        test: MNIST's test digits.
    """
    found = simulate({name: read_model(model_path(name)) for name in ("pen", "tutorial")}, test)
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
