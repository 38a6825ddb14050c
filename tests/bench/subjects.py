"""What is measured: one module of this package a subject, in the order in which they are measured."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to measure, in a process of its own.

    Attributes:
        name: The module with ``measure()``.
        title: What it is about; the heading of its rows.
        measures: What is measured, in a sentence.
        minutes: About how long that takes on two processors.
    """

    name: str
    title: str
    measures: str
    minutes: float


SUBJECTS: Final = (
    Subject(
        "start",
        "From the start of the process",
        "Seconds until the window is painted, the first stroke is taken and the first answer is on screen; beside a "
        "window that imports TensorFlow first.",
        1.0,
    ),
    Subject(
        "pen",
        "From the pen to the bars",
        "Milliseconds from a mouse move to the repainted bars: idle, while TensorFlow loads, while training; beside "
        "Keras' predict for one image.",
        1.5,
    ),
    Subject(
        "event_loop",
        "Lateness of the event loop",
        "How late a timer of 5 ms comes: start, TensorFlow loading, idle, training, evaluation, dragging the time "
        "slider; beside the same timer in an empty window, with the plain Keras call in a thread of its own.",
        3.0,
    ),
    Subject(
        "frames",
        "Frames",
        "Milliseconds from a change to its painting: maps, plots, grid of 10,000 digits, gallery of mistakes; beside "
        "an empty widget of the same size.",
        1.0,
    ),
    Subject(
        "replay",
        "The time slider",
        "Milliseconds a moment with everything painted, panel by panel, while the slider is dragged with the mouse.",
        2.5,
    ),
    Subject(
        "judging",
        "Evaluation",
        "Judging 10,000 images: the first figures, all of them; beside the arithmetic alone.",
        0.7,
    ),
    Subject("raster", "From strokes to 28 x 28", "One drawing, with and without the steps of the strip.", 0.1),
    Subject("dataset", "The built-in digits", "Drawing 12,000 digits.", 0.2),
    Subject("lens", "The lens", "One image through all layers; beside Keras in two ways.", 0.2),
    Subject(
        "training",
        "Training against plain scripts",
        "Batches trained in the open window, and in its way without one, paired with the tutorial's script and a loop "
        "of PyTorch's; the time to the tutorial's accuracy.",
        4.5,
    ),
    Subject(
        "memory",
        "Memory",
        "Megabytes: idle, training 60,000 digits beside the plain Keras script with the same data, growth over 50 "
        "trainings and over 1,200 actions of a person.",
        6.0,
    ),
    Subject("long_run", "A run of 60,000 steps", "Memory and busy time of the window in a very long training.", 1.0),
    Subject(
        "size",
        "Size of an installation",
        "Megabytes of all packages that DigitLab needs, beside TensorFlow and Keras alone.",
        0.1,
    ),
)
