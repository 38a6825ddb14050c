"""The tutorial's recipe trained in the open window, with Train visible: a way of training for ``training_turns``."""

from typing import Final

from PySide6.QtCore import QEventLoop

from digitlab.data.dataset import Dataset
from digitlab.gui.train import jobs as training_jobs
from digitlab.training import trainer
from digitlab.training.control import TrainingControl
from digitlab.training.events import BatchEnded, TrainingEvent
from digitlab.training.recipes import RECIPES
from digitlab.training.trainer import TrainingRequest
from digitlab.training.watcher import Publish
from tests.bench.app_window import open_window, start_training, wait_for_tensorflow
from tests.bench.training_turns import BatchEnded as Ended

NEEDS_MAIN_THREAD: Final = True


def in_window(dataset: Dataset, batch_ended: Ended) -> None:
    """Train like a user with Ctrl+T; the window continues while the training's thread waits for its next turn."""
    train = trainer.train

    def train_by_turns(request: TrainingRequest, control: TrainingControl, publish: Publish) -> None:
        def publish_and_halt(event: TrainingEvent) -> None:
            publish(event)
            if isinstance(event, BatchEnded):
                batch_ended(None)

        train(request, control, publish_and_halt)

    trainer.train = train_by_turns
    training_jobs.load_dataset = lambda *_, **__: dataset  # type: ignore[assignment]
    window = open_window()
    wait_for_tensorflow(window)
    window.actions_by_name["showTrain"].trigger()
    start_training(window, RECIPES["tutorial"].config)
    QEventLoop().exec()
