"""The texts of My digits, and the order of the requested digits. Without Qt."""

from collections.abc import Iterable
from random import Random

from digitlab.data.digit import CLASS_COUNT
from digitlab.model.snapshot import Snapshot
from digitlab.runs.run import Run
from digitlab.training.events import TrainingStarted
from digitlab.words.names import one_line
from digitlab.words.numbers import count, epoch_label, epoch_number, percent

_LONGEST_NAME = 20


def held_out(run: Run | None, snapshot: Snapshot) -> tuple[str, float, float] | None:
    """Return the accuracy of a run on digits that it was not trained on, up to one of its snapshots.

    Args:
        run: The run of the snapshot; None if it is not the run shown.
        snapshot: The snapshot on screen.

    Returns:
        The name of the digits, the accuracy (0..1) after the last epoch before the snapshot, and that epoch; None
        without a run, before its first epoch ended, or for an edited network.
    """
    epoch = None if run is None or snapshot.is_edited else run.epoch_before(snapshot.step)
    if run is None or epoch is None:
        return None
    started = run.started
    return reference_name(started), epoch.val_accuracy, started.first_epoch + epoch.epoch


def reference_name(started: TrainingStarted) -> str:
    """Return the name of the digits that a run was validated on."""
    name = one_line(started.dataset_name)
    return name if started.validates_on_test else f"{name} (validation)"


def headline(reference: tuple[str, float, float] | None, correct: int, total: int) -> str:
    """Return both accuracies in one line: ``MNIST 98.1 %, you 87 %``; long names are only in the explanation."""
    own = percent(correct / total, total)
    if reference is None:
        return f"You {own}"
    name = reference[0] if len(reference[0]) <= _LONGEST_NAME else "Held-out digits"
    return f"{name} {percent(reference[1])}, you {own}"


def explanation(reference: tuple[str, float, float] | None, snapshot: Snapshot, correct: int, total: int) -> str:
    """Return the details of the accuracies in the headline."""
    own = f"{correct:,} of your {count(total, 'digit')} {'is' if total == 1 else 'are'} classified correctly"
    if reference is None:
        return f"{own} ({epoch_label(snapshot)}). No accuracy on test digits is known for this snapshot."
    return f"{own} ({epoch_label(snapshot)}); {reference[0]}: after epoch {epoch_number(reference[2])}."


def collecting_order(labels: Iterable[int], number: int, random: Random) -> tuple[int, ...]:
    """Return digits to request, in random order, so that the set approaches equal numbers of each.

    Args:
        labels: The labels of the set so far.
        number: How many to request.
        random: The source of randomness.

    Returns:
        The digits, 0..9; none twice in a row while another is equally rare.
    """
    counts = [0] * CLASS_COUNT
    for label in labels:
        counts[label] += 1
    order: list[int] = []
    for _ in range(number):
        rarest = [digit for digit in range(CLASS_COUNT) if counts[digit] == min(counts)]
        others = [digit for digit in rarest if not order or digit != order[-1]]
        digit = random.choice(others or rarest)
        counts[digit] += 1
        order.append(digit)
    return tuple(order)
