"""The outputs for many images against the lens, which is tested against Keras elsewhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab.insight.batch import answer_all
from digitlab.insight.lens import inspect
from digitlab.model.presets import PEN, PRESETS, TUTORIAL
from digitlab.model.snapshot import Snapshot
from digitlab.system.errors import DigitLabError
from tests.helpers.networks import random_snapshot, small_dataset, small_spec, specs


def assert_like_the_lens(snapshot: Snapshot, images: np.ndarray) -> None:
    answers = answer_all(snapshot, images)
    assert answers is not None
    assert answers.outputs.dtype == answers.sums.dtype == np.float32
    for image, outputs, sums in zip(images, answers.outputs, answers.sums, strict=True):
        inspection = inspect(snapshot, image)
        np.testing.assert_allclose(sums, inspection.sums[-1], rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(outputs, inspection.activations[-1], atol=1e-5)


@settings(max_examples=40)
@given(specs(classifying=True), st.integers(0, 2**31))
def test_answers_of_any_network_are_those_of_the_lens(spec, seed):
    images = np.random.default_rng(seed).integers(0, 256, (3, 28, 28)).astype(np.uint8)
    assert_like_the_lens(random_snapshot(spec, seed), images)


@pytest.mark.parametrize("spec", [TUTORIAL, PEN])
def test_answers_of_the_shipped_networks_are_those_of_the_lens(spec):
    assert_like_the_lens(random_snapshot(spec, seed=3), small_dataset().test.images[:7])


def test_the_smaller_last_batch_is_included():
    shares: list[float] = []
    images = small_dataset().test.images
    answers = answer_all(random_snapshot(small_spec()), images, shares.append)
    assert answers is not None
    assert answers.outputs.shape == (120, 10)
    np.testing.assert_allclose(answers.outputs.sum(axis=1), 1.0, rtol=1e-5)
    assert shares == [100 / 120, 1.0]


def test_cancelling_returns_none():
    shares: list[float] = []
    images = small_dataset().test.images
    assert answer_all(random_snapshot(small_spec()), images, shares.append, lambda: bool(shares)) is None
    assert len(shares) == 1


def test_a_diverged_network_gives_no_warning():
    snapshot = random_snapshot(small_spec(), scale=1e30)
    assert answer_all(snapshot, small_dataset().test.images[:2]) is not None


def test_a_network_without_outputs_for_digits_is_an_error():
    with pytest.raises(DigitLabError, match="feature maps"):
        answer_all(random_snapshot(PRESETS["one-conv"]), small_dataset().test.images[:2])
