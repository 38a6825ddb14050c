"""An experiment as Keras code: a script or a notebook that needs nothing of DigitLab.

Both are made of the same cells, each a heading, a remark and code. With the same data, seed and settings they train the
same weights as DigitLab; what they leave out stands in their first lines.
"""

import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import Any, Final

from digitlab.data.sources import DataSource
from digitlab.model.build import OWN_TYPES
from digitlab.model.layer import Layer
from digitlab.model.spec import Loss, ModelSpec
from digitlab.system.errors import DigitLabError
from digitlab.system.storage import atomic_write
from digitlab.training.config import WARMUP_STEPS, Augmentation, Schedule, TrainingConfig
from digitlab.training.to_keras import OPTIMIZERS, takes_as_given

SCRIPT_SUFFIX: Final = ".py"
NOTEBOOK_SUFFIX: Final = ".ipynb"

_LINE: Final = 100
"""Longest line of a remark, in letters."""

_LOSSES: Final = {
    Loss.SOFTMAX_CROSS_ENTROPY: '"categorical_crossentropy"',
    Loss.SIGMOID_CROSS_ENTROPY: '"binary_crossentropy"',
    Loss.EUCLIDEAN: "half_squared_distance",
}

_HALF_SQUARED_DISTANCE: Final = '''\
def half_squared_distance(targets, outputs):
    """Half the squared distance between output and target (the Euclidean loss of Caffe)."""
    return 0.5 * keras.ops.sum(keras.ops.square(targets - outputs), axis=-1)


'''

_LOSS_AS_GIVEN: Final = '''\
def loss_of_outputs(targets, outputs):
    """The loss of the outputs as they are; Keras would take the values before their activation."""
    return keras.losses.{name}(targets, keras.ops.maximum(outputs, keras.config.epsilon()))


'''

_AUGMENTATION: Final = """\
augment = keras.Sequential(
    [
        layers.RandomRotation(0.03, fill_mode="constant", seed=SEED),
        layers.RandomTranslation(0.02, 0.02, fill_mode="constant", seed=SEED),
        layers.RandomZoom((-0.1, 0.1), (-0.1, 0.1), fill_mode="constant", seed=SEED),
        layers.RandomShear(0.2, 0.0, fill_mode="constant", seed=SEED),
    ]
)


def augmented(images, targets):
    return augment(images, training=True), targets


batches = (
    tf.data.Dataset.from_tensor_slices((x_train, y_train))
    .shuffle(len(x_train), seed=SEED)
    .batch(BATCH_SIZE)
    .map(augmented)
    .prefetch(2)
)
"""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A part of the code.

    Attributes:
        heading: What it does.
        code: The code, which uses what the cells before it define.
        remark: What is to be known about it; empty for nothing.
    """

    heading: str
    code: str
    remark: str = ""


def script_of(spec: ModelSpec, config: TrainingConfig, source: str = DataSource.MNIST) -> str:
    """Return a Python script that builds, trains, evaluates and saves the network.

    Args:
        spec: The network; it can be trained.
        config: The hyperparameters.
        source: The dataset: ``mnist``, ``builtin`` or a path. The code reads an ``.npz`` file; instead of any other
            data it takes MNIST, which Keras downloads once, and says so.

    Raises:
        DigitLabError: If the network cannot be trained, or a layer's source is not part of this installation.
    """
    parts = []
    for cell in _cells(spec, config, source):
        lines = [f"# {cell.heading}"]
        if cell.remark:
            lines.append(fill(cell.remark, _LINE, initial_indent="# ", subsequent_indent="# "))
        parts.append("\n".join([*lines, cell.code.rstrip()]))
    return "\n\n".join(parts) + "\n"


def notebook_of(spec: ModelSpec, config: TrainingConfig, source: str = DataSource.MNIST) -> str:
    """Return the same as a Jupyter notebook (nbformat 4.5), as JSON; see ``script_of``."""
    cells: list[dict[str, Any]] = []
    for number, cell in enumerate(_cells(spec, config, source)):
        title = f"{'##' if number else '#'} {cell.heading}"
        text = f"{title}\n\n{cell.remark}" if cell.remark else title
        cells.append({"cell_type": "markdown", "id": f"text-{number}", "metadata": {}, "source": text})
        code = {"cell_type": "code", "id": f"code-{number}", "metadata": {}, "source": cell.code.rstrip()}
        cells.append({**code, "execution_count": None, "outputs": []})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def write_code(path: Path, spec: ModelSpec, config: TrainingConfig, source: str = DataSource.MNIST) -> None:
    """Write a notebook or a script, whichever the suffix of the path says; see ``script_of``.

    Raises:
        DigitLabError: As ``script_of``, or if the file cannot be written.
    """
    make = notebook_of if path.suffix == NOTEBOOK_SUFFIX else script_of
    with atomic_write(path) as file:
        file.write(make(spec, config, source).encode())


def left_out(config: TrainingConfig) -> str:
    """Return what the code does differently from DigitLab, in a sentence; empty for nothing."""
    match config.augmentation:
        case Augmentation.NONE:
            return ""
        case Augmentation.IMAGES:
            return (
                "DigitLab also distorts the images elastically and changes the thickness of their lines; here they are "
                "rotated, shifted, scaled and sheared by layers of Keras, so the weights are not the same."
            )
        case Augmentation.DRAWINGS:
            return (
                "DigitLab also trained on drawings, which are no part of this code; here images alone are rotated, "
                "shifted, scaled and sheared by layers of Keras, so the weights are not the same."
            )


def _cells(spec: ModelSpec, config: TrainingConfig, source: str) -> Iterator[_Cell]:
    problem = spec.training_problem()
    if problem is not None:
        raise DigitLabError(problem.reason)
    about = f"Exported from DigitLab: {spec.total_parameters:,} parameters, {config.epochs} epochs. Needs TensorFlow."
    name = " ".join(spec.name.split())
    is_varied = config.augmentation is not Augmentation.NONE
    lines = (
        "import os",
        "",
        'os.environ.setdefault("KERAS_BACKEND", "tensorflow")',
        "",
        "import keras",
        "import numpy as np",
        *(("import tensorflow as tf",) if is_varied else ()),
        "from keras import layers",
        "",
        f"SEED = {config.seed}",
        f"EPOCHS = {config.epochs}",
        f"BATCH_SIZE = {config.batch_size}",
        f"CLASSES = {spec.output_count}",
        "",
        "keras.utils.set_random_seed(SEED)",
    )
    title = f"{name}: a network for handwritten digits"
    yield _Cell(title, "\n".join(lines), f"{about} {left_out(config)}".strip())
    yield _data(config, source)
    yield _Cell("The network", f"{_network(spec, config)}\nmodel.summary()")
    yield _Cell("Loss and optimizer", _compilation(spec, config))
    yield _training(config)
    yield _Cell(
        "The result",
        "loss, accuracy = model.evaluate(x_test, y_test, batch_size=500, verbose=0)\n"
        'print(f"test loss {loss:.4f}, test accuracy {accuracy:.2%}")\nmodel.save("digits.keras")',
    )


def _data(config: TrainingConfig, source: str) -> _Cell:
    load = "(x_train, labels), (x_test, test_labels) = keras.datasets.mnist.load_data()"
    remark = "MNIST, which Keras downloads once."
    if source.endswith(".npz"):
        load = (
            f"with np.load({_literal(source)}) as file:\n"
            '    x_train, labels = file["x_train"], file["y_train"]\n'
            '    x_test, test_labels = file["x_test"], file["y_test"]'
        )
        remark = "A file with MNIST's arrays: images of 28 x 28 pixels, 0 to 255, and labels."
    elif source == DataSource.BUILTIN:
        remark += " DigitLab was set to its built-in digits, which this code does not have."
    elif source != DataSource.MNIST:
        remark += " DigitLab was set to other data, which this code cannot read."
    share = config.validation_share
    split = (
        f"\nheld_out = round(len(x_train) * {share})  # the last ones, to validate on\n"
        "x_valid, y_valid = x_train[-held_out:], y_train[-held_out:]\n"
        "x_train, y_train = x_train[:-held_out], y_train[:-held_out]\n"
        if share
        else "\nx_valid, y_valid = x_test, y_test\n"
    )
    code = (
        f"{load}\n\n\ndef scaled(images):\n"
        '    """Return images of shape (n, 28, 28, 1) with values 0 to 1."""\n'
        "    return images[..., np.newaxis].astype(np.float32) * np.float32(1 / 255)\n\n\n"
        "def one_hot(labels):\n"
        '    """Return the targets, of shape (n, CLASSES)."""\n'
        "    return np.eye(CLASSES, dtype=np.float32)[labels]\n\n\n"
        "x_train, y_train = scaled(x_train), one_hot(labels)\n"
        f"x_test, y_test = scaled(x_test), one_hot(test_labels)\n{split}"
    )
    return _Cell("The data", code, remark)


def _network(spec: ModelSpec, config: TrainingConfig) -> str:
    own = {layer.type_name for layer in spec.layers} & set(OWN_TYPES)
    sources = [f"{_source_of(name)}\n\n{name} = {OWN_TYPES[name].__name__}()\n\n" for name in sorted(own)]
    lines = [_layer_code(layer, name) for layer, name in zip(spec.layers, spec.layer_names, strict=True)]
    if config.dropout:
        lines.insert(spec.last_with_kernel, f'layers.Dropout({config.dropout}, seed=SEED, name="recipe_dropout")')
    rows = "".join(f"        {line},\n" for line in (f"keras.Input({spec.input_shape})", *lines))
    imports = "from functools import cache\nfrom typing import Any\n\n\n" if own else ""
    return f"{imports}{''.join(sources)}model = keras.Sequential(\n    [\n{rows}    ]\n)"


def _source_of(type_name: str) -> str:
    try:
        return inspect.getsource(OWN_TYPES[type_name])
    except (OSError, TypeError) as error:
        raise DigitLabError(
            f"This installation of DigitLab does not contain the source of the layer {type_name}.",
            remedy="Install DigitLab with pip to export networks with this layer.",
        ) from error


def _layer_code(layer: Layer, name: str) -> str:
    module = "" if layer.type_name in OWN_TYPES else "layers."
    return f"{module}{layer.type_name}({_arguments({**layer.keras_arguments, 'name': name})})"


def _arguments(arguments: Mapping[str, object]) -> str:
    return ", ".join(f"{name}={_literal(value)}" for name, value in arguments.items())


def _literal(value: object) -> str:
    is_plain = isinstance(value, str) and value.isprintable()
    return json.dumps(value, ensure_ascii=False) if is_plain else repr(value)


def _compilation(spec: ModelSpec, config: TrainingConfig) -> str:
    rate, before = repr(config.learning_rate), ""
    if config.schedule is not Schedule.CONSTANT:
        before = (
            "steps = EPOCHS * -(-len(x_train) // BATCH_SIZE)\n"
            f"warmup_steps = min({WARMUP_STEPS}, steps // 10)\n"
            "rate = keras.optimizers.schedules.CosineDecay(\n"
            f"    0.0 if warmup_steps else {rate},\n    steps - warmup_steps,\n"
            f"    warmup_target={rate} if warmup_steps else None,\n    warmup_steps=warmup_steps,\n)\n"
        )
        rate = "rate"
    kind, arguments = OPTIMIZERS[config.optimizer]
    options = f", {_arguments(arguments)}" if arguments else ""
    function, loss = _HALF_SQUARED_DISTANCE if spec.loss is Loss.EUCLIDEAN else "", _LOSSES[spec.loss]
    if takes_as_given(spec):
        function, loss = _LOSS_AS_GIVEN.format(name=loss.strip('"')), "loss_of_outputs"
    return (
        f"{function}{before}model.compile(\n    loss={loss},\n"
        f"    optimizer=keras.optimizers.{kind}({rate}{options}),\n"
        '    metrics=["categorical_accuracy"],\n    jit_compile=False,\n)'
    )


def _training(config: TrainingConfig) -> _Cell:
    fit = (
        "history = model.fit(\n    {data},\n    epochs=EPOCHS,\n    validation_data=(x_valid, y_valid),\n"
        "    verbose=2,\n)"
    )
    if config.augmentation is Augmentation.NONE:
        return _Cell("Training", fit.format(data="x_train,\n    y_train,\n    batch_size=BATCH_SIZE"))
    varied = fit.format(data="batches,\n    shuffle=False")  # they are shuffled already
    return _Cell("Training", f"{_AUGMENTATION}\n{varied}", left_out(config))
