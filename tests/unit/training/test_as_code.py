"""An experiment as Keras code: it runs by itself, and trains what DigitLab trains."""

import json
import runpy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nbclient
import nbformat
import numpy as np
import pytest
from hypothesis import given, settings

from digitlab.data.builtin import builtin_dataset
from digitlab.data.dataset import Dataset
from digitlab.model.build import build_keras_model
from digitlab.model.layer import Initializer, Layer, Padding, Pooling
from digitlab.model.layers import ActivationLayer, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Pooling2D
from digitlab.model.presets import PEN, PRESETS, TUTORIAL
from digitlab.model.spec import Loss, ModelSpec
from digitlab.system.errors import DigitLabError
from digitlab.training import as_code
from digitlab.training.as_code import left_out, notebook_of, script_of, write_code
from digitlab.training.config import Augmentation, Optimizer, Schedule, TrainingConfig
from digitlab.training.events import SnapshotTaken
from digitlab.training.recipes import RECIPES
from tests.helpers.networks import small_dataset, small_spec, specs
from tests.unit.training.conftest import SMALL_CONFIG, Trainer

RUN = "import runpy, sys, numpy; numpy.savez(sys.argv[2], *runpy.run_path(sys.argv[1])['model'].get_weights())"


def _write_data(path: Path, dataset: Dataset) -> str:
    arrays = {"x_train": dataset.train.images, "y_train": dataset.train.labels}
    np.savez(path, **arrays, x_test=dataset.test.images, y_test=dataset.test.labels)
    return str(path)


def _weights_of(script: Path) -> list[np.ndarray]:
    """Run a script in a new interpreter, in its own folder, and return the weights of its model."""
    saved = script.with_suffix(".npz")
    run = subprocess.run(
        [sys.executable, "-c", RUN, script, saved], cwd=script.parent, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert "test accuracy" in run.stdout
    assert (script.parent / "digits.keras").exists()
    with np.load(saved) as arrays:
        return [arrays[name] for name in arrays.files]


def _run_here(script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[np.ndarray]:
    """Run a script in this interpreter, and return the weights of its model."""
    monkeypatch.chdir(folder)
    (folder / "script.py").write_text(script, encoding="utf-8")
    return runpy.run_path("script.py")["model"].get_weights()  # type: ignore[no-any-return]


def _trained(run_training: Trainer, **changes: object) -> tuple[np.ndarray, ...]:
    """Return the last weights of a training in DigitLab."""
    return [event for event in run_training(**changes) if isinstance(event, SnapshotTaken)][-1].snapshot.arrays


def _assert_same(ours: tuple[np.ndarray, ...], theirs: list[np.ndarray]) -> None:
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


def test_the_tutorials_script_trains_the_same_weights_in_a_new_interpreter(tmp_path: Path, run_training: Trainer):
    """One epoch on 2,000 images with the same seed: within 1e-6."""
    whole = builtin_dataset()
    dataset = replace(whole, train=whole.train.subset(slice(2_000)), test=whole.test.subset(slice(300)))
    config = replace(RECIPES["tutorial"].config, epochs=1, seed=11)
    script = tmp_path / "tutorial.py"
    write_code(script, TUTORIAL, config, _write_data(tmp_path / "digits.npz", dataset))
    theirs = _weights_of(script)
    changes = {"epochs": 1, "seed": 11, "batch_size": config.batch_size, "learning_rate": config.learning_rate}
    _assert_same(_trained(run_training, spec=TUTORIAL, dataset=dataset, **changes), theirs)


@pytest.mark.parametrize(
    ("loss", "changes"),
    [
        (Loss.SIGMOID_CROSS_ENTROPY, {"optimizer": Optimizer.NESTEROV, "validation_share": 0.25}),
        (Loss.EUCLIDEAN, {"optimizer": Optimizer.ADAM, "schedule": Schedule.WARMUP_COSINE}),
        (Loss.SOFTMAX_CROSS_ENTROPY, {"optimizer": Optimizer.RMSPROP, "learning_rate": 0.001}),
    ],
    ids=lambda value: value.value if isinstance(value, Loss) else "",
)
def test_losses_optimizers_schedules_and_held_out_images_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_training: Trainer, loss: Loss, changes: dict[str, object]
):
    spec = small_spec().with_loss(loss)
    source = _write_data(tmp_path / "digits.npz", small_dataset())
    theirs = _run_here(script_of(spec, replace(SMALL_CONFIG, **changes), source), tmp_path, monkeypatch)
    _assert_same(_trained(run_training, spec=spec, **changes), theirs)


@pytest.mark.parametrize(
    ("loss", "other"),
    [
        (Loss.SOFTMAX_CROSS_ENTROPY, Loss.SIGMOID_CROSS_ENTROPY),
        (Loss.SIGMOID_CROSS_ENTROPY, Loss.SOFTMAX_CROSS_ENTROPY),
    ],
)
def test_a_loss_with_the_outputs_of_another_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_training: Trainer, loss: Loss, other: Loss
):
    spec = replace(small_spec().with_loss(other), loss=loss)
    source = _write_data(tmp_path / "digits.npz", small_dataset())
    theirs = _run_here(script_of(spec, SMALL_CONFIG, source), tmp_path, monkeypatch)
    _assert_same(_trained(run_training, spec=spec), theirs)


@pytest.mark.parametrize(
    "layers",
    [
        (Conv2D(2, 5, strides=2), Pooling2D(3, Pooling.NORM)),
        (
            Conv2D(2, (7, 3), (2, 1), Padding.SAME, use_bias=False, kernel_initializer=Initializer.HE_NORMAL, l2=0.01),
            Pooling2D((3, 4), Pooling.NORM, (2, 3), Padding.SAME),
        ),
    ],
    ids=["square", "uneven"],
)
def test_a_layer_that_keras_does_not_have_comes_with_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_training: Trainer, layers: tuple[Layer, ...]
):
    spec = ModelSpec("Norm", (*layers, Flatten(), Dense(10, TUTORIAL.layers[-1].activation)))
    source = _write_data(tmp_path / "digits.npz", small_dataset())
    theirs = _run_here(script_of(spec, SMALL_CONFIG, source), tmp_path, monkeypatch)
    _assert_same(_trained(run_training, spec=spec), theirs)


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_dropout_and_normalisation_are_the_same_in_layers_and_in_the_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_training: Trainer, dropout: float
):
    first, *others = small_spec().layers
    spec = ModelSpec("Dropout", (first, BatchNormalization(), ActivationLayer(), Dropout(0.2), *others))
    source = _write_data(tmp_path / "digits.npz", small_dataset())
    theirs = _run_here(script_of(spec, replace(SMALL_CONFIG, dropout=dropout), source), tmp_path, monkeypatch)
    _assert_same(_trained(run_training, spec=spec, dropout=dropout), theirs)


@pytest.mark.parametrize("recipe", ["fast", "pen"])
def test_recipes_that_vary_the_images_run_and_say_what_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recipe: str
):
    config = replace(RECIPES[recipe].config, epochs=1, batch_size=200)
    source = _write_data(tmp_path / "digits.npz", small_dataset())
    script = script_of(RECIPES[recipe].spec, config, source)
    weights = _run_here(script, tmp_path, monkeypatch)
    assert [array.shape for array in weights] == [
        shape for shapes in RECIPES[recipe].spec.weight_shapes for shape in shapes.values()
    ]
    assert "the weights are not the same" in script.replace("\n# ", " ")
    assert left_out(TrainingConfig()) == ""


@settings(max_examples=15, deadline=None)
@given(specs(classifying=True))
def test_the_network_written_as_code_is_the_one_that_digitlab_builds(spec: ModelSpec):
    names: dict[str, object] = {}
    exec("import keras\nfrom keras import layers\n" + as_code._network(spec, TrainingConfig()), names)
    ours, theirs = build_keras_model(spec).get_config(), names["model"].get_config()  # type: ignore[attr-defined]
    assert [layer["config"] for layer in theirs["layers"][1:]] == [layer["config"] for layer in ours["layers"][1:]]


def test_the_notebook_runs(tmp_path: Path):
    path = tmp_path / "tutorial.ipynb"
    config = TrainingConfig(epochs=1)
    write_code(path, TUTORIAL, config, _write_data(tmp_path / "digits.npz", small_dataset()))
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    printed = json.dumps([cell.get("outputs", ()) for cell in notebook.cells])
    assert "test accuracy" in printed
    assert "62,346" in printed


def test_script_and_notebook_have_the_same_code():
    cells = json.loads(notebook_of(PEN, RECIPES["pen"].config))["cells"]
    script = script_of(PEN, RECIPES["pen"].config)
    assert all(cell["source"] in script for cell in cells if cell["cell_type"] == "code")


@pytest.mark.parametrize("source", ["builtin", "/data/train-images.gz"])
def test_data_that_the_code_cannot_read_is_named(source: str):
    script = script_of(TUTORIAL, TrainingConfig(), source)
    assert "keras.datasets.mnist.load_data()" in script
    assert "DigitLab was set to" in script


def test_paths_and_names_stay_inside_their_lines():
    """Neither a quote or a line break in a path, nor one in a name, becomes code."""
    spec = replace(TUTORIAL, name="x\nimport os; os.abort()")
    for path in ("a'b\"c.npz", 'a"\nimport os\n.npz', "a\\b.npz", "\U0001f600.npz", "\udc80.npz"):
        script = script_of(spec, TrainingConfig(), path)
        code = compile(script, "script.py", "exec")
        assert path in code.co_consts
        assert script.encode()
        assert "\nimport os; os.abort()" not in script


def test_a_network_that_cannot_be_trained_is_refused(tmp_path: Path):
    with pytest.raises(DigitLabError, match="feature maps"):
        write_code(tmp_path / "one.py", PRESETS["one-conv"], TrainingConfig())
    assert not list(tmp_path.iterdir())


def test_what_differs_is_said_for_each_augmentation():
    differing = [left_out(TrainingConfig(augmentation=augmentation)) for augmentation in Augmentation]
    assert len(set(differing)) == len(Augmentation)
