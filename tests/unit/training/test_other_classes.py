"""Networks for other classes and sizes than MNIST's: trained, saved and evaluated like those for digits."""

import numpy as np
import pytest

from digitlab.data.classes import Classes
from digitlab.data.dataset import Dataset, DigitSet
from digitlab.data.drawing.sketch import Picture, Sketch
from digitlab.data.drawing.strokes import Drawing, Stroke
from digitlab.evaluation.metrics import Metrics
from digitlab.evaluation.predictions import Predictions
from digitlab.insight.batch import answer_all
from digitlab.insight.lens import inspect
from digitlab.insight.verdict import Verdict, VerdictKind
from digitlab.model.files.network_file import read_model, write_model
from digitlab.model.presets import TUTORIAL
from digitlab.training.config import Augmentation, Optimizer
from digitlab.training.events import SnapshotTaken
from digitlab.words.verdict import verdict_text

SHAPES = Classes(("bar", "ring", "dot"))


def shapes(count, side, seed):
    """Draw bars, rings and dots at random places."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % 3).astype(np.uint8)
    rows, columns = np.indices((side, side))
    images = np.zeros((count, side, side), np.uint8)
    for image, label in zip(images, labels, strict=True):
        y, x = rng.uniform(0.35 * side, 0.65 * side, 2)
        distance = np.hypot(rows - y, columns - x) / side
        inside = (abs(rows - y) < 0.05 * side, abs(distance - 0.25) < 0.06, distance < 0.12)[label]
        image[inside] = 255
    return DigitSet(images, labels, SHAPES)


@pytest.fixture(scope="module")
def dataset():
    return Dataset("Shapes", shapes(300, 32, 0), shapes(60, 32, 1))


@pytest.fixture(scope="module")
def snapshot(run_training, dataset):
    events = run_training(
        spec=TUTORIAL.fitted_to(dataset.classes, dataset.side),
        dataset=dataset,
        epochs=2,
        batch_size=10,
        optimizer=Optimizer.ADAM,
        learning_rate=0.003,
        augmentation=Augmentation.DRAWINGS,
    )
    return [event for event in events if isinstance(event, SnapshotTaken)][-1].snapshot


def test_three_classes_of_32x32_pixels_are_learned(snapshot, dataset):
    answers = answer_all(snapshot, dataset.test.images)
    metrics = Metrics.of(answers.outputs, dataset.test.labels, 0.0, class_count=3)
    assert metrics.accuracy > 0.9
    assert metrics.confusion.shape == (3, 3)
    predictions = Predictions.of(answers.outputs, dataset.test.labels, np.arange(60), 3)
    assert np.array_equal(predictions.confusion, metrics.confusion)


def test_the_verdict_has_the_name_of_the_class(snapshot, dataset):
    image = dataset.test.images[1]
    verdict = Verdict.of_inspection(inspect(snapshot, image))
    assert verdict.digit == 1
    assert verdict_text(Verdict(VerdictKind.PROBABLE, (1,), 2, 0.7), SHAPES) == "probably ring"
    assert verdict_text(Verdict(VerdictKind.BETWEEN, (1,), 2, 0.7), SHAPES) == "between ring and dot"


def test_the_file_keeps_classes_and_size(snapshot, tmp_path):
    path = tmp_path / "shapes.digitlab"
    write_model(path, snapshot)
    opened = read_model(path)
    assert opened.spec == snapshot.spec
    assert (opened.spec.classes, opened.spec.side) == (SHAPES, 32)
    assert all(np.array_equal(one, other) for one, other in zip(opened.arrays, snapshot.arrays, strict=True))


@pytest.mark.parametrize("side", [16, 28, 32, 64])
def test_a_drawing_is_rendered_in_any_size_at_the_same_place(side):
    angle = np.linspace(0.0, 6.0, 40)
    points = np.stack([0.4 + 0.2 * np.cos(angle), 0.5 + 0.3 * np.sin(angle), angle], axis=1)
    sketch = Sketch(Drawing((Stroke(points),)))
    small, large = sketch.steps(side=28), sketch.steps(side=side)
    assert large.image.shape == (side, side)
    assert large.drawn.shape == (28, 28)
    for image, size in ((small.image, 28), (large.image, side)):
        rows, columns = np.indices(image.shape)
        centre = np.array([(rows * image).sum(), (columns * image).sum()]) / image.sum() + 0.5
        np.testing.assert_allclose(centre / size, 14.5 / 28, atol=0.02)
    np.testing.assert_allclose(
        small.placement.region(slice(0, 28), slice(0, 28)), large.placement.region(slice(0, side), slice(0, side))
    )
    assert large.image.mean() == pytest.approx(small.image.mean(), rel=0.05)


def test_an_image_of_a_dataset_goes_into_the_network_as_it_is(dataset):
    pixels = dataset.test.images[2]
    assert np.array_equal(Sketch(picture=Picture(pixels, "", is_input=True)).steps(side=32).image, pixels)
    assert Sketch(picture=Picture(pixels, "", is_input=True)).steps(side=28).image.shape == (28, 28)
    assert not np.array_equal(Sketch(picture=Picture(pixels, "")).steps(side=32).image, pixels)
