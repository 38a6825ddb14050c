"""Runs built from training events."""

import numpy as np

from digitlab.model.presets import TUTORIAL
from digitlab.training.config import TrainingConfig
from digitlab.training.events import BatchEnded, EpochEnded, TrainingStarted


def make_started(*, epochs=10, steps_per_epoch=600, validation_share=0.0, config=None, dataset_name="MNIST"):
    config = config or TrainingConfig(epochs=epochs, validation_share=validation_share)
    count = config.batch_size * steps_per_epoch
    return TrainingStarted(TUTORIAL, config, dataset_name, count, 10_000, config.validation_share == 0)


def advance(run, steps, seconds_a_step=0.05):
    """Add batches with a falling, noisy loss; every full epoch ends with validation."""
    per_epoch = run.started.steps_per_epoch
    noise = np.random.default_rng(run.step)
    for step in range(run.step + 1, run.step + steps + 1):
        loss = 2.3 * np.exp(-step / per_epoch) + 0.2 * noise.random()
        run.add(BatchEnded(step, float(loss), float(1 - loss / 4), step * seconds_a_step))
        if step % per_epoch == 0:
            epoch = step // per_epoch
            run.add(EpochEnded(epoch, step, loss + 0.1, 0.9, float(loss), 0.95, per_epoch * seconds_a_step))
    return run


def curve(plot, name):
    """Return the points of one of a plot's curves as passed to it: positions and values; None if it has none."""
    items = [item for item in plot.listDataItems() if item.name() == name]
    return items[0].getOriginalDataset() if items else (None, None)


def newest_batch(plot, steps_per_epoch=600):
    """Return the number of the last batch that a plot of single batches shows."""
    return round(curve(plot, "batch")[0][-1] * steps_per_epoch)
