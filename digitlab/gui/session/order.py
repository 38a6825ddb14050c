"""The order in which the snapshots of a run are worked on."""


def coarse_to_fine(count: int) -> list[int]:
    """Return 0..count-1, each once: the first, the last, the middle, then the middles of what is left.

    So a curve has its shape already when only its first few points are known.
    """
    order = [0, count - 1] if count else []
    stride = count - 1
    while stride > 1:
        stride = -(-stride // 2)
        order.extend(range(0, count, stride))
    return list(dict.fromkeys(order))
