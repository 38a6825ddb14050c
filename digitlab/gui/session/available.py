"""What can be done now: whether menu entries and buttons have something to act on. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitlab.gui.session.own_digits import reason_not_to_keep
from digitlab.gui.session.timeline import position_of, snapshots_of

if TYPE_CHECKING:
    from digitlab.gui.session.session import Session


def is_idle(session: Session) -> bool:
    """Return whether no training is in progress."""
    return not session.training_state.is_busy


def can_train_or_pause(session: Session) -> bool:
    """Return whether a training can be started, paused or resumed."""
    return is_idle(session) or session.training_state.can_pause_or_resume


def can_stop(session: Session) -> bool:
    """Return whether there is a training to stop."""
    return session.training_state.can_stop


def reason_not_to_continue(session: Session) -> str:
    """Return why no training can continue from the snapshot on screen; empty if one can."""
    if not is_idle(session):
        return "Stop the training first."
    return "This network cannot be trained." if session.snapshot.spec.training_problem() is not None else ""


def can_be_code(session: Session) -> bool:
    """Return whether the recipe can be written as Keras code: its network can be trained."""
    return session.recipe.spec.training_problem() is None


def can_continue(session: Session) -> bool:
    """Return whether a training can continue from the snapshot on screen."""
    return not reason_not_to_continue(session)


def can_evaluate(session: Session) -> bool:
    """Return whether the network on screen makes predictions, and is not being evaluated on request."""
    return session.snapshot.spec.classifies and not session.evaluation.task.is_requested


def is_edited(session: Session) -> bool:
    """Return whether the network on screen is edited."""
    return session.snapshot.is_edited


def has_sketch(session: Session) -> bool:
    """Return whether there is something on the canvas."""
    return not session.sketch.is_empty


def has_strokes(session: Session) -> bool:
    """Return whether there are strokes on the canvas."""
    return not session.sketch.drawing.is_empty


def has_image(session: Session) -> bool:
    """Return whether there is an image that the network sees."""
    return session.view is not None and has_sketch(session)


def can_keep(session: Session) -> bool:
    """Return whether the drawing can be kept as one of the user's digits."""
    return not reason_not_to_keep(session.sketch)


def has_run(session: Session) -> bool:
    """Return whether there is a kept run to open."""
    return is_idle(session) and len(session.kept.runs) > 0


def has_earlier_run(session: Session) -> bool:
    """Return whether there is a kept run before the newest one."""
    return is_idle(session) and len(session.kept.runs) > 1


def has_past(session: Session) -> bool:
    """Return whether there are earlier snapshots to play back."""
    return len(snapshots_of(session.run, session.newest)) > 1


def can_go_back(session: Session) -> bool:
    """Return whether there is a snapshot before the one on screen."""
    return has_past(session) and not _is_at(session, 0)


def can_go_forward(session: Session) -> bool:
    """Return whether there is a snapshot after the one on screen."""
    return has_past(session) and not _is_at(session, -1)


def can_show_newest(session: Session) -> bool:
    """Return whether the newest snapshot is not the only one, or not on screen."""
    return has_past(session) or not session.replay.is_following


def can_swap(session: Session) -> bool:
    """Return whether a snapshot is pinned."""
    return session.replay.pinned is not None


def _is_at(session: Session, end: int) -> bool:
    """Return whether the snapshot on screen is the first one, 0, or the last one, -1; not if it is of another run."""
    snapshots = snapshots_of(session.run, session.newest)
    position = position_of(snapshots, session.snapshot)
    return position is not None and position == range(len(snapshots))[end]
