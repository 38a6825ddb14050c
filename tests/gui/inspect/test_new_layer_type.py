"""A new layer type is one class and one entry in each table: everything else follows, from files to Look inside."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest

from digitlab.attribution.methods import METHODS
from digitlab.attribution.result import MethodId
from digitlab.cli import main
from digitlab.data.builtin import builtin_drawing, builtin_styles
from digitlab.data.drawing.sketch import Sketch
from digitlab.gui.explain.sheets.choosing import sheet_of
from digitlab.gui.explain.sheets.sheet import Options
from digitlab.gui.inspect.columns import ColumnKind, Spot
from digitlab.gui.inspect.links import links_of
from digitlab.gui.inspect.network_view import NetworkView
from digitlab.gui.inspect.panel import InspectPanel
from digitlab.gui.inspect.unit.facts_view import FactsView
from digitlab.gui.inspect.wording import readout, worked_sum
from digitlab.gui.network.panel import NetworkPanel
from digitlab.gui.network.summary_model import rows_of
from digitlab.gui.session.session import Session
from digitlab.gui.session.values import Recipe, View
from digitlab.insight.backward import BACKWARD, Target, gradients
from digitlab.insight.batch import answer_all
from digitlab.insight.forward import FORWARD
from digitlab.insight.learning import measure, probe_images
from digitlab.insight.lens import Inspection, inspect
from digitlab.insight.path import path_through
from digitlab.insight.place import Place
from digitlab.insight.unit import explain_unit
from digitlab.model.files.network_file import read_model, write_model
from digitlab.model.hyperparameters import WholeNumber
from digitlab.model.layer import Activation, Box, Layer, Shape, UnbuildableError
from digitlab.model.layers import LAYER_TYPES, Conv2D, Dense, Flatten, Pooling2D
from digitlab.model.snapshot import Snapshot
from digitlab.model.spec import ModelSpec
from digitlab.system.errors import DigitLabError
from tests.helpers.fields import field, type_into
from tests.helpers.gradients import assert_equal_gradients, tape_gradients
from tests.helpers.networks import keras_model_of, random_snapshot

PADDED = 1
"""Index of the new layer in the network below."""


@dataclass(frozen=True, slots=True)
class ZeroPadding2D(Layer):
    """Zero padding around maps: without weights or a window, and not a plain copy, unlike DigitLab's layer types."""

    size: int = 1

    HYPERPARAMETERS = (WholeNumber("size", "Size", "Rows and columns of zeros on each side.", 1, 8),)
    stem = "padding"
    explanation = "Zeros around each map, so that its border counts as much as its middle."
    unit_word = "map"

    @property
    def keras_arguments(self) -> Mapping[str, object]:
        return {"padding": self.size}

    @property
    def title(self) -> str:
        return f"zeros {self.size}"

    def output_shape(self, input_shape: Shape) -> Shape:
        if len(input_shape) != 3:
            raise UnbuildableError("", "Zeros go around maps, but the input is a flat list.", "Put it before flatten.")
        height, width, channels = input_shape
        return (height + 2 * self.size, width + 2 * self.size, channels)

    def sources(self, box: Box, input_shape: Shape) -> Box:
        clipped = [
            slice(min(max(part.start - self.size, 0), length), max(min(part.stop - self.size, length), 0))
            for part, length in zip(box[:2], input_shape, strict=False)
        ]
        return (*clipped, box[2])


def _forward(
    layer: ZeroPadding2D, inputs: np.ndarray, weights: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, np.ndarray]:
    del weights
    pads = [(0, 0)] * (inputs.ndim - 3) + [(layer.size, layer.size)] * 2 + [(0, 0)]
    padded = np.pad(inputs, pads)
    return padded, padded


def _backward(
    layer: ZeroPadding2D,
    inputs: np.ndarray,
    sums: np.ndarray,
    weights: tuple[np.ndarray, ...],
    gradient: np.ndarray,
) -> np.ndarray:
    del sums, weights
    height, width = inputs.shape[-3:-1]
    return gradient[..., layer.size : layer.size + height, layer.size : layer.size + width, :]


SPEC = ModelSpec(
    "With zeros",
    (Conv2D(3, 5), ZeroPadding2D(2), Conv2D(4, 3), Pooling2D(2), Flatten(), Dense(10, Activation.SOFTMAX)),
)


@pytest.fixture(autouse=True)
def _new_layer_type(monkeypatch) -> None:
    monkeypatch.setitem(LAYER_TYPES, "zeropadding2d", ZeroPadding2D)
    monkeypatch.setitem(FORWARD, ZeroPadding2D, _forward)
    monkeypatch.setitem(BACKWARD, ZeroPadding2D, _backward)


@pytest.fixture
def snapshot() -> Snapshot:
    return random_snapshot(SPEC, seed=3)


@pytest.fixture
def inspection(snapshot) -> Inspection:
    return inspect(snapshot, Sketch(builtin_drawing(5, builtin_styles(5)[0])).steps().image)


def test_shapes_costs_and_names():
    assert SPEC.building_problem() is None
    row = SPEC.summary()[PADDED]
    assert (row.name, row.type_name, row.title) == ("padding", "ZeroPadding2D", "zeros 2")
    assert (row.output_shape, row.parameters, row.multiply_adds) == ((28, 28, 3), 0, 0)
    table = rows_of(SPEC)[PADDED + 1]
    assert table.cells == ("padding", "28 × 28 × 3", "–", "9.4 kB", "–")
    assert replace(SPEC, layers=(Flatten(), ZeroPadding2D())).building_problem().layer == 1


def test_the_forward_pass_equals_keras(snapshot, inspection):
    output = inspection.image[np.newaxis, :, :, np.newaxis].astype(np.float32) / np.float32(255)
    for ours, layer in zip(inspection.activations[1:], keras_model_of(snapshot).layers, strict=True):
        output = layer(output)
        np.testing.assert_allclose(ours, np.asarray(output)[0], rtol=0, atol=1e-5)


def test_gradients_through_it_equal_tensorflow(inspection):
    target = Target.logit(SPEC, 3)
    assert_equal_gradients(gradients(inspection, target), tape_gradients(inspection, target))


def test_without_a_backward_pass_it_has_no_gradients_but_the_layers_before_have(monkeypatch, inspection):
    monkeypatch.delitem(BACKWARD, ZeroPadding2D)
    with pytest.raises(DigitLabError, match=r"The layer padding \(zeros 2\) has no gradient"):
        gradients(inspection, Target.logit(SPEC, 3))
    covered = METHODS[MethodId.OCCLUSION].attribute(
        inspection, Target.logit(SPEC, 3), lambda share: None, lambda: False
    )
    assert covered is not None
    assert covered.values.any()
    assert gradients(inspection, Target(0, ((10, 10, 0),), of_sums=True))[0].any()


def test_many_images_are_classified_and_measured(snapshot):
    answers = answer_all(snapshot, probe_images())
    assert answers is not None
    assert np.isfinite(answers.outputs).all()
    measured = measure(snapshot, probe_images()[:5])
    assert measured is not None
    assert len(measured.layers) == 3


def test_files_store_it_and_refuse_values_outside_its_limits(snapshot, tmp_path, capsys):
    path = tmp_path / "zeros.digitlab"
    write_model(path, snapshot)
    assert read_model(path).spec == SPEC
    assert main(["summary", str(path)]) == 0
    assert "ZeroPadding2D" in capsys.readouterr().out
    too_large = Snapshot(SPEC.with_layer(PADDED, ZeroPadding2D(9)), snapshot.weights)
    write_model(path, too_large)
    assert main(["summary", str(path)]) == 2
    assert "zeros.digitlab is damaged" in capsys.readouterr().err


def test_a_unit_is_explained(inspection):
    inner = explain_unit(inspection, PADDED, (2, 3, 1))
    assert inner.inputs.tolist() == [inspection.activations[PADDED][0, 1, 1]]
    assert inner.sum == inner.activation == pytest.approx(float(inspection.activations[PADDED][0, 1, 1]))
    border = explain_unit(inspection, PADDED, (0, 0, 1))
    assert (border.inputs.size, border.sum, border.activation) == (0, 0.0, 0.0)


def test_the_editor_offers_its_hyperparameter(qtbot, session):
    panel = NetworkPanel(session)
    qtbot.addWidget(panel)
    panel.recipe_edited.connect(lambda recipe: setattr(session, "recipe", recipe))
    session.recipe = Recipe(SPEC)
    panel.show()
    type_into(qtbot, field(panel, "padding.size"), "3")
    panel.apply_now()
    assert session.recipe.spec.layers[PADDED] == ZeroPadding2D(3)


def test_look_inside_shows_it_cell_by_cell(qtbot, inspection):
    session = Session(inspection.snapshot, Recipe())
    panel = InspectPanel(session)
    qtbot.addWidget(panel)
    panel.resize(930, 640)
    session.view = View(Sketch(), Sketch().steps(), inspection, None)
    panel.show()
    qtbot.waitExposed(panel)
    network = panel.findChild(NetworkView, "networkView")
    qtbot.waitUntil(lambda: network.scene.inspection is inspection)
    columns = network.scene.columns
    at = next(index for index, column in enumerate(columns) if column.name == "padding")
    assert (columns[at].kind, columns[at].shape, columns[at].note) == (ColumnKind.MAPS, "28 × 28 × 3", "zeros 2")

    inner, border = Spot(at, 1, 2, 3), Spot(at, 1, 0, 0)
    assert readout(inspection, columns, inner).endswith("receptive field: rows 0–4, columns 1–5")
    assert readout(inspection, columns, border).endswith("= 0; no receptive field")
    assert worked_sum(inspection, columns[at], inner).startswith("copied: ")
    assert worked_sum(inspection, columns[at], border) == "constant: 0"
    links = links_of(inspection, columns, inner)
    assert links is not None
    assert (links.channels.tolist(), links.strengths) == ([1], None)
    assert (links.window, links.field) == ((slice(0, 1), slice(1, 2)), (slice(0, 5), slice(1, 6)))
    assert links_of(inspection, columns, border) is None
    for spot in (inner, border):
        network.select(spot)
        network.set_hover(spot)
        assert not panel.grab().isNull()
    assert panel.findChild(FactsView, "unitFacts").lines[0] == "padding · map 1"


def test_explain_has_a_path_and_a_sheet_through_it(inspection):
    border, inner = Place(PADDED, (0, 5, 1)), Place(PADDED, (6, 7, 1))
    path = path_through(inspection, inner)
    assert path[1] == Place(0, (4, 5, 1))
    assert path[3].layer == PADDED + 1
    for place in (*path, border):
        assert sheet_of(inspection, place, Options()).result
    sheet = sheet_of(inspection, inner, Options())
    assert sheet.blocks[0].marked == (0, 4, 5)
    assert sheet_of(inspection, border, Options()).result == "constant: 0"
    rows, cols = SPEC.receptive_pixels(PADDED, (6, 7, 1))
    assert (rows.tolist(), cols.tolist()) == ([4, 5, 6, 7, 8], [5, 6, 7, 8, 9])
