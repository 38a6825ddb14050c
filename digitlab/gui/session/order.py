"""In which order work on the moments of a run is done."""


def coarse_to_fine(count: int) -> list[int]:
    """Return 0..count-1, each once: the first, the last, the middle, then the middles of what is left.

    A curve of which only the first points are known then has its shape already.
    """
    order = [0, count - 1] if count else []
    stride = count - 1
    while stride > 1:
        stride = -(-stride // 2)
        order.extend(range(0, count, stride))
    return list(dict.fromkeys(order))
