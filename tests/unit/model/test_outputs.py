"""The meaning of ten and of eleven outputs, and of those of other classes."""

import numpy as np
import pytest

from digitlab.model.outputs import class_probabilities, class_score, of_classes


def test_ten_outputs_are_the_probabilities_and_their_largest_the_baseline():
    outputs = np.full(10, 0.05, np.float32)
    outputs[3] = 0.55
    assert class_probabilities(outputs) is outputs
    assert class_score(outputs) == np.float32(0.55)


def test_the_eleventh_output_reduces_all_digits_equally():
    outputs = np.array([[0.1, 0.3, *[0.0] * 8, 0.6], [0.0] * 9 + [1.0, 0.0]], np.float32)
    probabilities = class_probabilities(outputs)
    assert probabilities.dtype == np.float32
    assert probabilities.shape == (2, 10)
    assert probabilities[0, :3] == pytest.approx([0.25, 0.75, 0])
    assert probabilities[1, 9] == 1
    assert class_score(outputs) == pytest.approx([0.4, 1.0])


@pytest.mark.parametrize("left", [0.0, 1e-45])
def test_where_all_digits_are_0_they_are_equally_likely(left: float):
    outputs = np.zeros(11, np.float32)
    outputs[[2, 10]] = left, 1
    assert class_probabilities(outputs) == pytest.approx(np.full(10, 0.1))


def test_nan_outputs_stay_nan():
    assert np.isnan(class_probabilities(np.full(11, np.nan))).all()


def test_eleven_outputs_of_eleven_classes_have_none_for_no_digit():
    outputs = np.full(11, 0.05, np.float32)
    outputs[10] = 0.5
    assert class_probabilities(outputs, 11) is outputs
    assert class_score(outputs, 11) == np.float32(0.5)


@pytest.mark.parametrize("count", [9, 12])
def test_another_number_of_outputs_than_the_classes_is_an_error(count):
    with pytest.raises(ValueError, match="outputs for 10 classes"):
        of_classes(np.zeros(count, np.float32))
