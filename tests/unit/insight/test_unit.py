"""The worked sum of any unit agrees with the lens, including at the borders."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitlab.insight.lens import Inspection, inspect
from digitlab.insight.unit import explain_unit
from digitlab.model.layer import Activation, GlobalPooling, Padding, Pooling
from digitlab.model.layers import (
    ActivationLayer,
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GlobalPooling2D,
    Pooling2D,
)
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from tests.helpers.networks import random_snapshot


def _inspection(spec: ModelSpec, seed: int = 0) -> Inspection:
    image = np.random.default_rng(seed).integers(0, 256, (28, 28)).astype(np.uint8)
    return inspect(random_snapshot(spec, seed), image)


@st.composite
def _specs(draw: st.DrawFn) -> ModelSpec:
    def convolution(filters: int) -> Conv2D:
        return Conv2D(
            filters,
            draw(st.integers(1, 5)),
            draw(st.integers(1, 3)),
            draw(st.sampled_from(Padding)),
            draw(st.sampled_from([one for one in Activation if one is not Activation.SOFTMAX])),
        )

    pooling = Pooling2D(draw(st.integers(1, 3)), draw(st.sampled_from(Pooling)))
    to_list = draw(st.sampled_from([Flatten(), *map(GlobalPooling2D, GlobalPooling)]))
    between = draw(st.sampled_from([BatchNormalization(), Dropout(), *map(ActivationLayer, Activation)]))
    layers = (convolution(3), between, pooling, convolution(2), to_list, between, Dense(10, Activation.SOFTMAX))
    return ModelSpec("any", layers)


@given(spec=_specs(), seed=st.integers(0, 2**16))
def test_every_sum_agrees_with_the_lens(spec: ModelSpec, seed: int) -> None:
    if spec.building_problem() is not None:
        return
    inspection = _inspection(spec, seed)
    rng = np.random.default_rng(seed)
    for layer, sums in enumerate(inspection.sums):
        corners = [tuple(0 for _ in sums.shape), tuple(length - 1 for length in sums.shape)]
        inner = tuple(int(rng.integers(length)) for length in sums.shape)
        for unit in (*corners, inner):
            explained = explain_unit(inspection, layer, unit)
            assert explained.sum == pytest.approx(float(sums[unit]), abs=1e-4)
            assert explained.activation == float(inspection.activations[layer + 1][unit])


def test_products_and_bias_add_up_by_hand() -> None:
    spec = ModelSpec("hand", (Conv2D(1, 3, padding=Padding.SAME),))
    image = np.zeros((28, 28), dtype=np.uint8)
    image[0, 0], image[0, 1], image[1, 0] = 255, 51, 102
    kernel = np.arange(9, dtype=np.float32).reshape(3, 3, 1, 1)
    explained = explain_unit(inspect(Snapshot.of(spec, [kernel, np.array([0.5])]), image), 0, (0, 0, 0))
    # The window's first row and column lie outside; 1·4 + 0.2·5 + 0.4·7 + 0.5.
    assert explained.inputs[0].max() == 0
    assert explained.inputs[:, 0].max() == 0
    assert explained.sum == pytest.approx(8.3)
    assert explained.products is not None
    assert explained.products[1, 1, 0] == pytest.approx(4)


def test_pooling_shows_its_four_inputs_and_their_largest() -> None:
    spec = ModelSpec("pool", (Pooling2D(2),))
    image = np.zeros((28, 28), dtype=np.uint8)
    image[2:4, 4:6] = [[0, 51], [255, 102]]
    explained = explain_unit(inspect(Snapshot.of(spec, []), image), 0, (1, 2, 0))
    assert explained.kernel is None
    assert explained.inputs[:, :, 0].tolist() == pytest.approx(np.array([[0, 0.2], [1, 0.4]]))
    assert explained.sum == explained.activation == 1


def test_average_pooling_takes_the_mean() -> None:
    spec = ModelSpec("pool", (Pooling2D(2, Pooling.AVERAGE),))
    image = np.zeros((28, 28), dtype=np.uint8)
    image[0, 0] = 255
    assert explain_unit(inspect(Snapshot.of(spec, []), image), 0, (0, 0, 0)).sum == pytest.approx(0.25)


def test_norm_pooling_takes_the_root_of_the_sum_of_squares() -> None:
    spec = ModelSpec("pool", (Pooling2D(2, Pooling.NORM),))
    image = np.zeros((28, 28), dtype=np.uint8)
    image[0, 2:4] = [3 * 51, 4 * 51]  # 0.6 and 0.8
    explained = explain_unit(inspect(Snapshot.of(spec, []), image), 0, (0, 1, 0))
    assert explained.inputs[:, :, 0].tolist() == pytest.approx(np.array([[0.6, 0.8], [0, 0]]))
    assert explained.sum == pytest.approx(1.0)
    assert explained.activation == pytest.approx(1.0)


@pytest.mark.parametrize(("kind", "wanted"), [(GlobalPooling.MAX, 1.0), (GlobalPooling.AVERAGE, 3 / 784)])
def test_global_pooling_shows_the_whole_map(kind: GlobalPooling, wanted: float) -> None:
    spec = ModelSpec("pool", (Conv2D(2, 1), GlobalPooling2D(kind)))
    image = np.zeros((28, 28), dtype=np.uint8)
    image[3, 4:7] = 255
    arrays = [np.array([[[[0.0, 1.0]]]]), np.zeros(2)]  # the second map is the image
    inspection = inspect(Snapshot.of(spec, arrays), image)
    explained = explain_unit(inspection, 1, (1,))
    assert explained.inputs.shape == (28, 28, 1)
    assert np.array_equal(explained.inputs, inspection.activations[1][:, :, 1:])
    assert (explained.kernel, explained.products, explained.bias) == (None, None, None)
    assert explained.sum == pytest.approx(wanted)
    assert explained.activation == pytest.approx(wanted)
