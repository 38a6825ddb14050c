"""How long an epoch takes, by the trainings of this machine."""

from dataclasses import replace

import pytest

from digitlab.model.presets import MLP, PEN, TUTORIAL
from digitlab.training.config import Augmentation, TrainingConfig
from digitlab.training.speed import (
    ELSEWHERE_ERROR,
    OTHER_NETWORK_ERROR,
    SAME_NETWORK_ERROR,
    SECONDS_PER_IMAGE,
    Measured,
    estimate,
    step_seconds,
    work_seconds,
)

CONFIG = TrainingConfig()


def _trained(spec, times, config=CONFIG):
    """Return a training of two epochs of MNIST that took some times as long as the constants say."""
    seconds = times * 2 * work_seconds(spec, config, 600, 10_000)
    return Measured(spec, config, 1_200, 20_000, seconds)


def test_an_epoch_is_its_steps_and_a_third_of_their_work_for_each_validated_image():
    whole = work_seconds(TUTORIAL, CONFIG, 600, 0)
    assert whole == pytest.approx(600 * step_seconds(TUTORIAL, CONFIG))
    assert work_seconds(TUTORIAL, CONFIG, 600, 30_000) == pytest.approx(whole + 100 * step_seconds(TUTORIAL, CONFIG))


def test_augmented_images_take_their_time_in_training_alone():
    varied = replace(CONFIG, augmentation=Augmentation.IMAGES)
    more = 60_000 * SECONDS_PER_IMAGE[Augmentation.IMAGES]
    assert work_seconds(TUTORIAL, varied, 600, 500) == pytest.approx(work_seconds(TUTORIAL, CONFIG, 600, 500) + more)


def test_before_any_training_the_estimate_is_of_another_machine():
    guess = estimate(TUTORIAL, CONFIG, 60_000, 10_000, ())
    assert (guess.error, guess.count) == (ELSEWHERE_ERROR, 0)
    assert guess.seconds == pytest.approx(work_seconds(TUTORIAL, CONFIG, 600, 10_000))


def test_trainings_of_the_same_network_count_before_all_others():
    """Twice as slow as the constants say for this network, whatever the others were."""
    measured = [_trained(MLP, 9.0), _trained(TUTORIAL, 2.0), _trained(PEN, 0.5)]
    guess = estimate(TUTORIAL, CONFIG, 60_000, 10_000, measured)
    assert guess.seconds == pytest.approx(2 * work_seconds(TUTORIAL, CONFIG, 600, 10_000))
    assert (guess.error, guess.count) == (SAME_NETWORK_ERROR, 1)


def test_another_network_is_estimated_by_the_median_with_the_spread_as_its_error():
    measured = [_trained(MLP, 1.0), _trained(MLP, 2.0), _trained(PEN, 6.0)]
    guess = estimate(TUTORIAL, CONFIG, 60_000, 10_000, measured)
    assert guess.seconds == pytest.approx(2 * work_seconds(TUTORIAL, CONFIG, 600, 10_000))
    assert guess.error == pytest.approx(2.0)  # 6 is three times the median
    assert estimate(TUTORIAL, CONFIG, 60_000, 10_000, measured[:1]).error == OTHER_NETWORK_ERROR


def test_only_the_newest_trainings_count():
    measured = [_trained(MLP, 1.0)] * 8 + [_trained(MLP, 50.0)] * 20
    assert estimate(PEN, CONFIG, 60_000, 10_000, measured).error == OTHER_NETWORK_ERROR
