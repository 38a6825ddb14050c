"""The tutorial's network trained as in the window, by the tutorial's script, and in a plain PyTorch loop."""

import gc
import importlib.util
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from digitlab.data.dataset import Dataset, DigitSet
from digitlab.data.digit import CLASS_COUNT
from digitlab.model.spec import ModelSpec
from digitlab.runs.recorder import RunRecorder
from digitlab.runs.run import Run
from digitlab.system.work import Worker
from digitlab.training.config import TrainingConfig
from digitlab.training.control import TrainingControl
from digitlab.training.events import BatchEnded, TrainingEnded, TrainingEvent, TrainingStarted
from digitlab.training.recipes import RECIPES
from digitlab.training.runtime import load_tensorflow
from digitlab.training.trainer import TrainingRequest, train
from tests.bench import plain_keras
from tests.bench.training_turns import BatchEnded as Ended

SEED: Final = 1
EPOCHS: Final = 10
BATCH_SIZE: Final = 100
"""The tutorial's."""

_EVALUATED_AT_ONCE: Final = 500
_WAIT_S: Final = 60.0


def ours(dataset: Dataset, batch_ended: Ended) -> None:
    """Train the tutorial's recipe as in the window: with events for a run and its file."""
    _as_the_window(dataset, batch_ended, "tutorial")


def ours_fast(dataset: Dataset, batch_ended: Ended) -> None:
    """Train the recipe "fast" in the same way."""
    _as_the_window(dataset, batch_ended, "fast")


def _as_the_window(dataset: Dataset, batch_ended: Ended, recipe: str) -> None:
    load_tensorflow()
    gc.freeze()  # as the window does
    runs: list[Run] = []
    files = Worker("bench runs", lambda _: None)
    recorder = RunRecorder(files, lambda _: None)

    def publish(event: TrainingEvent) -> None:
        recorder.publish(event)
        if isinstance(event, TrainingStarted):
            runs.append(Run(event))
        else:
            runs[0].add(event)
        if isinstance(event, BatchEnded):
            batch_ended(None)
        elif isinstance(event, TrainingEnded) and event.error is not None:
            raise event.error

    spec: ModelSpec = RECIPES[recipe].spec
    config: TrainingConfig = RECIPES[recipe].config
    train(TrainingRequest(spec, config, dataset), TrainingControl(), publish)
    files.close(_WAIT_S)


def script(dataset: Dataset, batch_ended: Ended) -> None:
    """Train like the tutorial's script, but without XLA."""
    _load()
    fit(plain_keras.model(), dataset, batch_ended)


def script_with_xla(dataset: Dataset, batch_ended: Ended) -> None:
    """Train like the tutorial's script, with Keras's default compilation."""
    import keras

    _load()
    model = plain_keras.model()
    model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.SGD(0.01), metrics=["accuracy"])
    fit(model, dataset, batch_ended)


def _load() -> None:
    load_tensorflow()
    import keras

    keras.utils.set_random_seed(SEED)


def fit(model: Any, dataset: Dataset, batch_ended: Ended) -> None:
    """Train a Keras model like the tutorial's script."""
    import keras

    class EndCallback(keras.callbacks.Callback):  # type: ignore[misc]
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            batch_ended(self.model)

    images, labels = for_keras(dataset.train)
    model.fit(
        images,
        labels,
        batch_size=BATCH_SIZE,
        epochs=EPOCHS,
        validation_data=for_keras(dataset.test),
        verbose=0,
        callbacks=[EndCallback()],
    )


def for_keras(digits: DigitSet) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return images, (n, 28, 28, 1), 0..1, and labels, (n, 10), one-hot, as in a script."""
    images = digits.images[..., np.newaxis].astype(np.float32) * np.float32(1 / 255)
    return images, np.eye(CLASS_COUNT, dtype=np.float32)[digits.labels]


def has_pytorch() -> bool:
    """Return whether PyTorch is installed; it comes with the extra ``bench``."""
    return importlib.util.find_spec("torch") is not None


def pytorch(dataset: Dataset, batch_ended: Ended) -> None:
    """Train in a plain PyTorch loop, with its default number of threads."""
    import torch
    from torch import nn

    torch.manual_seed(SEED)
    model = nn.Sequential(
        nn.Conv2d(1, 32, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1024, CLASS_COUNT),
    )
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    loss_of = nn.CrossEntropyLoss()
    parts = [
        (torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(labels).argmax(1))
        for images, labels in map(for_keras, (dataset.train, dataset.test))
    ]
    (images, labels), result = parts
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(images)).split(BATCH_SIZE):
            optimizer.zero_grad()
            loss = loss_of(model(images[chosen]), labels[chosen])
            loss.backward()
            optimizer.step()
            loss.item()  # as Keras and the window have each batch's loss
            batch_ended(None)
        with torch.no_grad():
            for some, right in zip(*(part.split(_EVALUATED_AT_ONCE) for part in result), strict=True):
                (model(some).argmax(1) == right).sum().item()
