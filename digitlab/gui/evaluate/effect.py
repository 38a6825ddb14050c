"""What edits of the network on screen do to its accuracy."""

from digitlab.data.held_out import HeldOutSet
from digitlab.gui.evaluate.cache import ResultCache
from digitlab.gui.session.values import EditEffect
from digitlab.model.snapshot import Snapshot


def effect_of(cache: ResultCache, snapshot: Snapshot, data: HeldOutSet, most: int) -> EditEffect:
    """Return the accuracy of a network and of the one it was edited from, on the same images, as far as it is known.

    Args:
        cache: The results so far.
        snapshot: The network, edited or not.
        data: The data.
        most: The maximum number of images.
    """
    (before, after), count = cache.accuracies((snapshot.original, snapshot), data, least=1)
    return EditEffect(snapshot, data.title, before, after, count, min(len(data.digits), most))
