"""Integrated gradients add up, and agree with a fine sum of equal steps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitlab.attribution.gradient_maps import COMPLETENESS_GOAL, integrated_gradients
from digitlab.attribution.passes import slopes_at, values_at
from digitlab.attribution.result import Attribution
from digitlab.insight.backward import Target, gradients
from digitlab.insight.forward import network_input
from digitlab.insight.lens import Inspection, inspect
from digitlab.insight.place import Place
from digitlab.model.files.network_file import read_model
from digitlab.model.presets import TUTORIAL
from digitlab.model.spec import ModelSpec
from digitlab.system.assets import model_path
from tests.helpers.networks import random_snapshot, small_dataset, specs


def _targets(inspection: Inspection) -> list[Target]:
    spec = inspection.snapshot.spec
    digit, rival = np.argsort(-inspection.sums[-1][:10])[:2].tolist()
    return [
        Target.logit(spec, digit),
        Target.difference(spec, digit, rival),
        Target(len(spec.layers) - 1, ((digit,),)),
        Target.whole_map(spec, 0, 1),
    ]


@pytest.mark.parametrize("name", ["tutorial", "pen"])
def test_they_add_up_to_the_difference_from_a_blank_canvas(name: str):
    snapshot = read_model(model_path(name))
    for image in small_dataset().test.images[:2]:
        inspection = inspect(snapshot, image)
        blank = inspect(snapshot, np.zeros_like(image))
        for target in _targets(inspection):
            found = integrated_gradients(inspection, target)
            assert found is not None
            here, there = (
                float(target.value(one.sums[-1] if target.of_sums else one.activations[target.layer + 1]))
                for one in (inspection, blank)
            )
            assert found.explained == pytest.approx(here - there, rel=1e-4, abs=1e-5)
            assert found.completeness_error is not None
            assert found.completeness_error <= COMPLETENESS_GOAL
            assert float(found.values.sum()) == pytest.approx(here - there, rel=COMPLETENESS_GOAL, abs=1e-4)


@pytest.mark.parametrize("name", ["tutorial", "pen"])
def test_rough_maps_come_first_and_know_their_error(name: str):
    inspection = inspect(read_model(model_path(name)), small_dataset().test.images[3])
    target, rough = _targets(inspection)[1], list[Attribution]()
    found = integrated_gradients(inspection, target, rough=rough.append)
    assert found is not None
    assert not found.is_rough
    assert rough
    distances = [float(np.abs(one.values - found.values).sum()) for one in rough]
    assert distances == sorted(distances, reverse=True)
    for one in rough:
        assert one.is_rough
        assert one.explained == found.explained
        missed = abs(float(one.values.sum(dtype=np.float64)) - one.explained)
        assert one.completeness_error == pytest.approx(missed / abs(one.explained), rel=1e-3)


def test_a_map_can_be_cancelled_once_a_rough_one_is_there():
    inspection = inspect(read_model(model_path("pen")), small_dataset().test.images[3])
    rough: list[Attribution] = []
    target = _targets(inspection)[1]
    assert integrated_gradients(inspection, target, is_cancelled=lambda: bool(rough), rough=rough.append) is None
    assert len(rough) == 1


@settings(max_examples=60)
@given(specs(classifying=True), st.integers(0, 2**31))
def test_they_add_up_in_any_network(spec: ModelSpec, seed: int):
    inspection = inspect(random_snapshot(spec, seed), small_dataset().test.images[seed % 100])
    found = integrated_gradients(inspection, Target.logit(spec, seed % 10))
    assert found is not None
    assert found.explained is not None
    # In float32, a tiny difference of large logits is known no better than this.
    assert abs(float(found.values.sum(dtype=np.float64)) - found.explained) <= 1e-5 + 0.01 * abs(found.explained)


@pytest.mark.parametrize("name", ["tutorial", "pen"])
def test_each_pixel_agrees_with_a_thousand_equal_steps(name: str):
    inspection = inspect(read_model(model_path(name)), small_dataset().test.images[4])
    target, ink = _targets(inspection)[0], inspection.activations[0]
    shades = ((np.arange(1000) + 0.5) / 1000).astype(np.float32)
    slopes = [
        slopes_at(inspection.snapshot, batch[:, np.newaxis, np.newaxis, np.newaxis] * ink, target).gradients
        for batch in np.split(shades, 50)
    ]
    exact = (np.concatenate(slopes).mean(axis=0) * ink)[..., 0]
    found = integrated_gradients(inspection, target)
    assert found is not None
    assert np.abs(found.values - exact).sum() <= 0.03 * np.abs(exact).sum()


def test_a_batch_gives_the_values_and_gradients_of_the_lens():
    snapshot, images = random_snapshot(TUTORIAL), small_dataset().test.images[:3]
    for target in (
        Target.difference(TUTORIAL, 4, 9),
        Target(1, ((3, 4, 5),)),
        Target.at(TUTORIAL, Place(-1, (9, 9, 0))),
    ):
        found = slopes_at(snapshot, network_input(images), target)
        np.testing.assert_allclose(values_at(snapshot, network_input(images), target), found.values, atol=1e-6)
        for nth, image in enumerate(images):
            inspection = inspect(snapshot, image)
            source = inspection.sums[-1] if target.of_sums else inspection.activations[target.layer + 1]
            assert found.values[nth] == pytest.approx(float(target.value(source)), abs=1e-5)
            np.testing.assert_allclose(found.gradients[nth], gradients(inspection, target)[0], atol=1e-5)
