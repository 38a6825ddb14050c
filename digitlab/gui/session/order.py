"""The order in which the snapshots of a run are worked on."""


def coarse_to_fine(count: int) -> list[int]:
    """Return 0..count-1, each once: the first, the last, the middle, then the middles of the gaps.

    So a curve shows its shape after its first few points.
    """
    order = [0, count - 1] if count else []
    stride = count - 1
    while stride > 1:
        stride = -(-stride // 2)
        order.extend(range(0, count, stride))
    return list(dict.fromkeys(order))
