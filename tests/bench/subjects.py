"""The subjects, one module of this package each, in the order in which they are measured."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject, measured in a separate process.

    Attributes:
        name: The module with ``measure()``.
        title: The heading of its rows.
        measures: What is measured, in a sentence.
        minutes: Approximate duration on two processors.
    """

    name: str
    title: str
    measures: str
    minutes: float


SUBJECTS: Final = (
    Subject(
        "start",
        "From the start of the process",
        "Seconds until the window is painted, the first stroke is accepted and the first answer is on screen; compared "
        "with a window that imports TensorFlow first.",
        1.0,
    ),
    Subject(
        "pen",
        "From the pen to the bars",
        "Milliseconds from a mouse move to the repainted bars: idle, while TensorFlow loads, while training; compared "
        "with Keras' predict for one image.",
        1.5,
    ),
    Subject(
        "event_loop",
        "Lateness of the event loop",
        "How late a timer of 5 ms comes: start, TensorFlow loading, idle, training, evaluation, dragging the time "
        "slider; compared with the same timer in an empty window, with the plain Keras call in a separate thread.",
        3.0,
    ),
    Subject(
        "busy",
        "Beside a busy process",
        "Seconds until TensorFlow is loaded and a training has begun, on one processor that a busy process shares; "
        "compared with the processor alone.",
        0.5,
    ),
    Subject(
        "frames",
        "Frames",
        "Milliseconds from a change to its painting: maps, plots, grid of 10,000 digits, gallery of misclassified "
        "digits; compared with an empty widget of the same size.",
        1.0,
    ),
    Subject(
        "explain",
        "Explain",
        "Milliseconds from a click in Look inside to the worked sum, layer by layer, and from a new drawing to it; "
        "compared with an empty widget of the same size.",
        1.0,
    ),
    Subject(
        "sliding",
        "The sliding window",
        "Milliseconds between the frames of the animation at three speeds, and how long one keeps the GUI thread busy; "
        "from the pen to the bars while it plays; compared with an empty widget and with the pen while it rests.",
        1.0,
    ),
    Subject(
        "digit_map",
        "The map of the digits",
        "Milliseconds from opening the map to its first 200 and to 2,000 digits, compared with the forward pass, and "
        "from the pen to the moved point, compared with the bars; both shipped networks.",
        1.0,
    ),
    Subject(
        "attribution",
        "Why this digit",
        "Milliseconds of each method of attribution with both shipped networks, the error of integrated gradients, the "
        "preferred image of a digit, and the most exciting of 10,000 images; the gradient compared with the forward "
        "pass.",
        0.5,
    ),
    Subject(
        "replay",
        "The time slider",
        "Milliseconds per snapshot until everything is painted, tab by tab, while the mouse drags the slider.",
        2.5,
    ),
    Subject(
        "evaluation",
        "Evaluation",
        "Seconds to evaluate 10,000 images: first metrics and all of them; compared with the computation alone.",
        0.7,
    ),
    Subject(
        "what_if",
        "What if",
        "Milliseconds from a filter off or a painted weight to the painted bars; seconds to the accuracy on 10,000 "
        "images, with the tutorial's network and the pen network.",
        1.0,
    ),
    Subject(
        "editor",
        "The network editor",
        "Milliseconds from an edit to the painted blocks, summary and diagram: a number, an invalid text, a layer "
        "added, undone, moved; with the tutorial's network and with 60 layers.",
        1.0,
    ),
    Subject("raster", "From strokes to 28 x 28", "One drawing, with and without the steps of the strip.", 0.1),
    Subject("dataset", "The built-in digits", "Generating 12,000 digits.", 0.2),
    Subject("lens", "The lens", "One image through all layers; compared with Keras in two ways.", 0.2),
    Subject(
        "training",
        "Training against plain scripts",
        "Batches trained in the open window, and in the same way without one, paired with the tutorial's script and a "
        "PyTorch loop; the time to the tutorial's accuracy.",
        4.5,
    ),
    Subject(
        "memory",
        "Memory",
        "Megabytes: idle, and training 60,000 digits, compared with the plain Keras script; growth over 50 trainings "
        "and over 1,200 actions of a user.",
        6.0,
    ),
    Subject("long_run", "A run of 60,000 steps", "Memory and busy time of the window in a very long training.", 1.0),
    Subject(
        "size",
        "Size of an installation",
        "Megabytes of all packages that DigitLab needs, compared with TensorFlow and Keras alone.",
        0.1,
    ),
)
