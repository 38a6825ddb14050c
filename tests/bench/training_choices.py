"""Alternative ways of training, alternating every few batches with the tutorial's plain script.

The script is without XLA. A column says whether the weights at the end equal the script's, bit for bit; the way that
the window takes has them too, which a test looks at, but shows no model here.
"""

import argparse
import sys
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from digitlab.data.dataset import Dataset
from digitlab.model.build import build_keras_model
from digitlab.model.presets import TUTORIAL
from digitlab.training.runtime import load_tensorflow
from digitlab.training.steps import Steps, shuffled_orders
from tests.bench import training_ways
from tests.bench.training_turns import BatchEnded, Way, cpu_s, in_turn, paired_ratio, step_ms, wall_s
from tests.bench.training_ways import BATCH_SIZE, EPOCHS, SEED, fit, for_keras

ROUNDS: Final = 40


def _compiled(model: Any) -> Any:
    import keras

    model.compile(
        loss="categorical_crossentropy", optimizer=keras.optimizers.SGD(0.01), metrics=["accuracy"], jit_compile=False
    )
    return model


def relu_later(dataset: Dataset, batch_ended: BatchEnded) -> None:
    """Keras' fit, the ReLU of a convolution after the pooling that follows it."""
    load_tensorflow()
    fit(_compiled(build_keras_model(TUTORIAL, SEED, for_training=True)), dataset, batch_ended)


def bytes_to_fit(dataset: Dataset, batch_ended: BatchEnded) -> None:
    """Keras' fit, with images of one byte per pixel and a layer that scales them."""
    load_tensorflow()
    import keras

    class EndCallback(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            batch_ended(self.model)

    inner = build_keras_model(TUTORIAL, SEED)
    model = _compiled(
        keras.Sequential([keras.Input((28, 28, 1), dtype="uint8"), keras.layers.Rescaling(1 / 255), inner])
    )
    model.fit(
        dataset.train.images[..., np.newaxis],
        for_keras(dataset.train)[1],
        batch_size=BATCH_SIZE,
        epochs=EPOCHS,
        verbose=0,
        callbacks=[EndCallback()],
    )


def steps_alone(dataset: Dataset, batch_ended: BatchEnded) -> None:
    """The window's compiled step, without events, snapshots and files."""
    _steps(dataset, batch_ended, for_training=True)


def relu_first(dataset: Dataset, batch_ended: BatchEnded) -> None:
    """The same, with the ReLU where the network has it."""
    _steps(dataset, batch_ended, for_training=False)


def _steps(dataset: Dataset, batch_ended: BatchEnded, *, for_training: bool) -> None:
    load_tensorflow()
    import keras

    model = build_keras_model(TUTORIAL, SEED, for_training=for_training)
    optimizer = keras.optimizers.SGD(0.01)
    optimizer.build(model.trainable_variables)
    steps = Steps(model, optimizer, TUTORIAL)
    for order in shuffled_orders(len(dataset.train), EPOCHS):
        for chosen in order.reshape(-1, BATCH_SIZE):
            steps.train(dataset.train.images[chosen], dataset.train.labels[chosen])
            batch_ended(model)


def five_at_once(dataset: Dataset, batch_ended: BatchEnded) -> None:
    """Five steps per execution, returning each loss."""
    load_tensorflow()
    import keras
    import tensorflow as tf

    at_once = 5
    model = build_keras_model(TUTORIAL, SEED, for_training=True)
    optimizer = keras.optimizers.SGD(0.01)
    optimizer.build(model.trainable_variables)
    loss_of, weights = keras.losses.CategoricalCrossentropy(), model.trainable_variables

    @tf.function(autograph=False, jit_compile=False)  # type: ignore[untyped-decorator]
    def train(images: Any, labels: Any) -> Any:
        losses: list[Any] = []
        for number in range(at_once):
            with tf.control_dependencies(losses[-1:]), tf.GradientTape() as tape:
                floats = tf.cast(images[number][..., tf.newaxis], tf.float32) * np.float32(1 / 255)
                loss = loss_of(tf.one_hot(labels[number], 10), model(floats, training=True))
            for gradient, weight in zip(tape.gradient(loss, weights), weights, strict=True):
                optimizer.update_step(gradient, weight.value, optimizer.learning_rate)
            losses.append(loss)
        return tf.stack(losses)

    for order in shuffled_orders(len(dataset.train), EPOCHS):
        for chosen in order.reshape(-1, at_once, BATCH_SIZE):
            images, labels = dataset.train.images[chosen], dataset.train.labels[chosen]
            for _ in train(tf.constant(images), tf.constant(labels)).numpy():
                batch_ended(model)


def same_batch(dataset: Dataset, batch_ended: BatchEnded) -> None:
    """The compiled step on always the same batch: the lower limit."""
    load_tensorflow()
    import keras

    model = build_keras_model(TUTORIAL, SEED, for_training=True)
    optimizer = keras.optimizers.SGD(0.01)
    optimizer.build(model.trainable_variables)
    steps = Steps(model, optimizer, TUTORIAL)
    images, labels = dataset.train.images[:BATCH_SIZE], dataset.train.labels[:BATCH_SIZE]
    while True:
        steps.train(images, labels)
        batch_ended(model)


def one_operation_at_a_time(dataset: Dataset, batch_ended: BatchEnded) -> None:
    """The script with one operation at a time, on all processors."""
    load_tensorflow()
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(1)
    training_ways.script(dataset, batch_ended)


def one_thread_an_operation(dataset: Dataset, batch_ended: BatchEnded) -> None:
    """The script with one processor for each operation, several operations at a time."""
    load_tensorflow()
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    training_ways.script(dataset, batch_ended)


CHOICES: Final[Mapping[str, Way]] = {
    "the script again": Way(training_ways.script),
    "with XLA": Way(training_ways.script_with_xla),
    "without oneDNN": Way(training_ways.script, {"TF_ENABLE_ONEDNN_OPTS": "0"}),
    "one operation at a time": Way(one_operation_at_a_time),
    "one thread an operation": Way(one_thread_an_operation),
    "images as bytes, fit": Way(bytes_to_fit),
    "ReLU after pooling, fit": Way(relu_later),
    "own step, ReLU first": Way(relu_first),
    "own step": Way(steps_alone),
    "own step, five per call": Way(five_at_once),
    "own step, one batch only": Way(same_batch),
    "as the window does": Way(training_ways.ours),
    "PyTorch": Way(training_ways.pytorch),
}


def main() -> int:
    """Measure and print a table; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.training_choices", description=__doc__)
    parser.add_argument("--only", default="", metavar="WORDS", help="measure what has these words in its name")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="turns of ten batches (default: %(default)s)")
    chosen = parser.parse_args()
    print(f"{'':26}{'ms':>8}{'CPU ms':>8}{'time':>8}{'CPU':>8}{'MB':>7}  weights")
    for name, way in CHOICES.items():
        if chosen.only not in name:
            continue
        # Pair by pair, so that no more than two have their memory at once, and each is beside the script.
        measured = in_turn({"script": Way(training_ways.script), name: way}, chosen.rounds)
        if name not in measured:
            continue
        ours, script = measured[name], measured["script"]
        weights = {"": "not shown", script[-1].weights: "same"}.get(ours[-1].weights, "others")
        print(
            f"{name:26}{step_ms(ours, wall_s):8.2f}{step_ms(ours, cpu_s):8.2f}"
            f"{paired_ratio(ours, script, wall_s):8.3f}{paired_ratio(ours, script, cpu_s):8.3f}"
            f"{ours[-1].resident_mb:7.0f}  {weights}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
