"""What a network costs, in sentences."""

from typing import Final

from digitlab.insight.costs import Sight, cost_shares, inference_bytes, left_out, training_bytes
from digitlab.model.spec import ModelSpec
from digitlab.training.speed import Estimate
from digitlab.words.lists import listed
from digitlab.words.names import one_line
from digitlab.words.numbers import count, dimensions, duration, percent, size

_MOST: Final = 0.5
"""A share above this is most of it."""


def sight(seen: Sight | None) -> str:
    """Return what a value of a layer sees of the input: ``sees 14 × 14``; empty for None."""
    return "" if seen is None else f"sees {dimensions(seen.field)}"


def step(seen: Sight | None) -> str:
    """Return how far the receptive fields of neighbouring values are apart: ``2 pixels``; empty for None."""
    if seen is None:
        return ""
    down, right = seen.step
    return count(down, "pixel") if down == right else f"{dimensions(seen.step)} pixels"


def memory_note(spec: ModelSpec, batch_size: int, slots: int) -> str:
    """Return what predicting and training need of memory; see ``costs.training_bytes``."""
    return (
        f"Memory: {size(inference_bytes(spec))} to predict one image, "
        f"{size(training_bytes(spec, batch_size, slots))} to train on a batch of {batch_size:,}."
    )


def time_note(expected: Estimate, images: int) -> str:
    """Return how long an epoch takes, with its error."""
    low, high = (duration(expected.seconds * (1 + expected.error) ** sign) for sign in (-1, 1))
    about = f"An epoch of {images:,} images takes about {duration(expected.seconds)}"
    if not expected.count:
        return f"{about} on an ordinary laptop, {low} to {high}; your first training measures this machine."
    return f"{about} here, {low} to {high}, by {count(expected.count, 'training')} on this machine."


def rule_note(spec: ModelSpec) -> str:
    """Return whether the rule of thumb about convolutions and dense layers is true of a network, with its numbers."""
    shares = cost_shares(spec)
    parts = (
        ("computation", shares.multiply_adds.convolutions, "in convolutions"),
        ("memory", shares.memory.convolutions, "in convolutions"),
        ("parameters", shares.parameters.dense, "in dense layers"),
    )
    true = [f"{name} ({percent(share)} {where})" for name, share, where in parts if share > _MOST]
    false = [f"{name} ({percent(share)} {where})" for name, share, where in parts if share <= _MOST]
    verdict = f"true of {listed(true)}" if true else ""
    verdict += f"{', ' if true and false else ''}not true of {listed(false)}" if false else ""
    return (
        "Rule of thumb: computation and memory are in the convolutions, parameters in the dense layers. Here that is "
        f"{verdict}."
    )


def left_out_note(spec: ModelSpec) -> str:
    """Return which rows and columns no window of a layer covers; empty if there are none."""
    sentences = []
    for index, name in enumerate(spec.layer_names):
        rows, columns = left_out(spec, index)
        parts = [_last(number, what) for number, what in ((rows, "row"), (columns, "column")) if number]
        if parts:
            sentences.append(f"{one_line(name)} leaves out {listed(parts)} of its input.")
    return " ".join(sentences)


def _last(number: int, what: str) -> str:
    return f"the last {what}" if number == 1 else f"the last {count(number, what)}"
